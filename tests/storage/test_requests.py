"""Processed requests: each has its effect once."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from storage.database import Database
from storage.requests import ProcessedRequest
from tests.support.builders import LONG_AGO as NOW
from tests.support.databases import until_waiting


async def test_a_request_is_first_once(database: Database, workspace_id: int):
    """The same key is no longer first, in the same transaction or a later one; another key is."""
    async with database.unit(workspace_id) as store:
        assert await store.requests.is_first("Ev1", NOW)
        assert not await store.requests.is_first("Ev1", NOW)
    async with database.unit(workspace_id) as store:
        assert not await store.requests.is_first("Ev1", NOW + timedelta(days=1))
        assert await store.requests.is_first("Ev2", NOW)


async def test_a_request_that_had_no_effect_is_first_again(database: Database, workspace_id: int):
    """Rolled back with what it did, a request is not remembered, so that it counts when Slack sends it again."""

    async def lost() -> None:
        async with database.unit(workspace_id) as store:
            assert await store.requests.is_first("Ev1", NOW)
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        await lost()
    async with database.unit(workspace_id) as store:
        assert await store.requests.is_first("Ev1", NOW)


@pytest.mark.postgres
@pytest.mark.parametrize("is_saved", [True, False])
async def test_the_same_request_waits_for_what_becomes_of_the_first(postgres_database: Database, *, is_saved: bool):
    """The second of two at once is first only where the other one is rolled back."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")

    async def second() -> bool:
        async with database.unit(workspace_id) as store:
            return await store.requests.is_first("Ev1", NOW)

    async def first() -> None:
        async with database.unit(workspace_id) as store:
            assert await store.requests.is_first("Ev1", NOW)
            waiting.append(asyncio.create_task(second()))
            await until_waiting(database)
            if not is_saved:
                raise RuntimeError("lost")

    waiting: list[asyncio.Task[bool]] = []
    if is_saved:
        await first()
    else:
        with pytest.raises(RuntimeError, match="lost"):
            await first()
    assert await waiting[0] is not is_saved


@pytest.mark.parametrize("at_once", [1, 2, 500])
async def test_old_requests_are_deleted(
    database: Database, workspace_id: int, monkeypatch: pytest.MonkeyPatch, at_once: int
):
    """Those that Slack will not send again go, some at a time, and are counted; the moment itself is kept."""
    monkeypatch.setattr("storage.base.DELETED_AT_ONCE", at_once)
    async with database.unit(workspace_id) as store:
        for key, age in (("Ev1", 2), ("Ev2", 1), ("Ev3", 0)):
            await store.requests.is_first(key, NOW - timedelta(seconds=age))
    async with database.unit(workspace_id) as store:
        assert await store.requests.delete_before(NOW) == 2
    async with database.reading(workspace_id) as store:
        assert [one.key for one in await store.requests._all(select(ProcessedRequest))] == ["Ev3"]
