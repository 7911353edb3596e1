from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from storage.commitments import ChangeRequest, RequestState
from storage.database import Database
from storage.discussions import DiscussionState
from storage.nudges import Nudge
from storage.pairs import PairState
from tests.support.builders import LONG_AGO, commitment, pair, person, planning, saved

TODAY = date(2026, 11, 23)


async def test_an_employee_has_one_manager(database: Database, workspace_id: int):
    """Two answers that race each other cannot both give an employee a manager; once the first has ended, one can."""
    async with database.unit(workspace_id) as store:
        ana, bo, chiyo = person(), person("Bo"), person("Chiyo")
        await saved(store, ana, bo, chiyo)
        first, second = pair(ana, bo), pair(ana, chiyo, state=PairState.ASKED)
        await saved(store, first, second)
    with pytest.raises(IntegrityError):
        async with database.unit(workspace_id) as store:
            (await store.pairs.get(second.pk)).state = PairState.ACTIVE
    async with database.unit(workspace_id) as store:
        (await store.pairs.get(first.pk)).state = PairState.ENDED
        (await store.pairs.get(second.pk)).state = PairState.ACTIVE


async def test_a_pair_has_one_open_discussion(database: Database, workspace_id: int):
    """Two wrap-ups that race each other cannot open two next discussions."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        held = planning(two, TODAY, state=DiscussionState.HELD)
        await saved(store, held, planning(two, TODAY, number=2))
    with pytest.raises(IntegrityError):
        async with database.unit(workspace_id) as store:
            store.add(planning(two, TODAY, number=3, state=DiscussionState.SCHEDULED))


async def test_a_commitment_has_one_change_to_answer(database: Database, workspace_id: int):
    """Two who ask for a change at once leave one to answer."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        made = commitment(two, ana, TODAY)
        await saved(store, made)
        asked = {"commitment_id": made.pk, "pair_id": two.pk, "asked_by_id": ana.pk, "text": "Later", "due_on": TODAY,
                 "asked_at": LONG_AGO}  # fmt: skip
        await saved(store, ChangeRequest(**asked, state=RequestState.WITHDRAWN), ChangeRequest(**asked))
    with pytest.raises(IntegrityError):
        async with database.unit(workspace_id) as store:
            store.add(ChangeRequest(**asked))


async def test_a_key_is_planned_once_in_a_workspace(database: Database, workspace_id: int):
    """Planning the same nudge from two sides at once plans it once; another workspace has keys of its own."""

    async def plan_it(where: int) -> None:
        async with database.unit(where) as store:
            ana, bo = person(), person("Bo")
            await saved(store, ana, bo)
            two = pair(ana, bo)
            await saved(store, two)
            store.add(Nudge(person_id=ana.pk, pair_id=two.pk, kind="k", key="same", subject_id=1, due_at=LONG_AGO,
                            planned_at=LONG_AGO))  # fmt: skip

    await plan_it(workspace_id)
    await plan_it(await database.workspace("T0OTHER", "Other"))
    with pytest.raises(IntegrityError):
        await plan_it(workspace_id)


async def test_moments_come_back_aware_and_in_utc(database: Database, workspace_id: int):
    """Whatever zone a moment is written in, it is read as aware UTC; a naive one is refused."""
    noon_in_tokyo = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=9)))
    async with database.unit(workspace_id) as store:
        ana = person(seen_at=noon_in_tokyo)
        await saved(store, ana)
    async with database.reading(workspace_id) as store:
        seen_at = (await store.people.get(ana.pk)).seen_at
    assert seen_at == noon_in_tokyo
    assert seen_at.tzinfo is UTC
    with pytest.raises(StatementError):
        async with database.unit(workspace_id) as store:
            store.add(person(seen_at=datetime(2026, 11, 23, 12)))  # noqa: DTZ001 - that is the point


async def test_a_unit_of_work_is_kept_whole_or_not_at_all(database: Database, workspace_id: int):
    """What fails half-way leaves nothing behind."""

    async def fail_half_way() -> None:
        async with database.unit(workspace_id) as store:
            await saved(store, person(slack_id="U0GONE"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with database.reading(workspace_id) as store:
        assert await store.people.by_slack_id("U0GONE") is None


async def test_what_is_only_read_is_not_kept(database: Database, workspace_id: int):
    """Changing something in a unit that only looks changes nothing."""
    async with database.unit(workspace_id) as store:
        ana = person()
        await saved(store, ana)
    async with database.reading(workspace_id) as store:
        (await store.people.get(ana.pk)).name = "Someone else"
    async with database.reading(workspace_id) as store:
        assert (await store.people.get(ana.pk)).name == "Ana Ruiz"
