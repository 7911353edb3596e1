"""An admin sets the days of the workspace while others write: on PostgreSQL, under the interleavings that matter."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

from cycle import workspace_days
from cycle.day_spans import spans_from_text
from storage.database import Database
from storage.people import Person
from tests.support.builders import person, saved
from tests.support.databases import until_waiting

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHRISTMAS, EASTER = date(2026, 12, 24), date(2027, 3, 26)


async def admins(database: Database, workspace_id: int) -> list[Person]:
    """Two of them."""
    async with database.unit(workspace_id) as store:
        both = [person("Ana Ruiz", is_admin=True), person("Bo Lind", is_admin=True)]
        await saved(store, *both)
    return both


async def closes(database: Database, workspace_id: int, admin: Person, day: date, locked: asyncio.Event) -> None:
    """An admin adds a closed day to those that are entered."""
    async with database.unit(workspace_id) as store:
        me = await workspace_days.lock(store, await store.people.get(admin.pk))
        locked.set()
        entered = await workspace_days.workspace_time(store, me, NOW)
        await workspace_days.set_workspace_time(store, replace(entered, closed_from=day))


async def test_two_admins_who_save_at_once_lose_nothing(postgres_database: Database):
    """The second reads what the first has saved, and keeps it."""
    workspace_id = await postgres_database.workspace("T0ACME", "Acme")
    ana, bo = await admins(postgres_database, workspace_id)
    async with postgres_database.unit(workspace_id) as store:
        me = await workspace_days.lock(store, await store.people.get(ana.pk))
        second = asyncio.create_task(closes(postgres_database, workspace_id, bo, EASTER, asyncio.Event()))
        await until_waiting(postgres_database)
        entered = await workspace_days.workspace_time(store, me, NOW)
        await workspace_days.set_workspace_time(store, replace(entered, closed_from=CHRISTMAS))
    await second
    async with postgres_database.reading(workspace_id) as store:
        days = await store.people.workspace_days()
    assert [span.first for span in spans_from_text(days.closed_days)] == [CHRISTMAS, EASTER]


async def test_a_claim_and_an_admin_do_not_wait_for_each_other(postgres_database: Database):
    """A claim locks people and then takes slots of the workspace: whoever saves its days locks people first as well."""
    workspace_id = await postgres_database.workspace("T0ACME", "Acme")
    ana, bo = await admins(postgres_database, workspace_id)
    async with asyncio.timeout(10), postgres_database.unit(workspace_id) as store:
        await store.people.lock(bo.pk)
        waiting = asyncio.create_task(closes(postgres_database, workspace_id, ana, CHRISTMAS, asyncio.Event()))
        await until_waiting(postgres_database)
        await store.pacing.lock_next_slot()
        await store.pacing.set_next_slot(NOW)
    await waiting
