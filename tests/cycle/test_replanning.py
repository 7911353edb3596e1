from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cycle.nudges.setting_dates import QUIET_CALLS
from cycle.replanning import replan
from storage.database import Database
from storage.discussions import DiscussionState
from storage.nudges import Nudge, NudgeState
from storage.pairs import Pair
from storage.store import Store
from tests.support.builders import MADRID, at, pair, person, saved, scheduled

NOW = at(MADRID, 2026, 11, 2, 9)
TALKS_AT = at(MADRID, 2026, 11, 26, 10)


async def all_nudges(store: Store) -> dict[str, Nudge]:
    """Every nudge by key, in whatever state."""
    return {row.key: row for row in await store.nudges._all(select(Nudge))}


async def as_they_stand(database: Database, workspace_id: int) -> dict[str, dict[str, object]]:
    """Everything that is kept of every nudge."""
    async with database.reading(workspace_id) as store:
        return {key: row.model_dump() for key, row in (await all_nudges(store)).items()}


@pytest.fixture
async def talking(database: Database, workspace_id: int) -> Pair:
    """A pair with a talk on Thursday the 26th, planned."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, TALKS_AT, dated_at=NOW))
        await replan(store, two.pk, NOW)
    return two


async def move_discussion(store: Store, two: Pair, starts_at: datetime) -> None:
    """Set another date."""
    discussion = await store.discussions.open_of(two.pk)
    assert discussion is not None
    discussion.starts_at, discussion.round = starts_at, discussion.round + 1


async def test_planning_twice_changes_nothing(database: Database, workspace_id: int, talking: Pair):
    """The nightly replan leaves every row of an unchanged pair as it was, to the last column."""
    before = await as_they_stand(database, workspace_id)
    assert len(before) == 8 + 2 * QUIET_CALLS
    async with database.unit(workspace_id) as store:
        await replan(store, talking.pk, NOW + timedelta(days=1))
    assert await as_they_stand(database, workspace_id) == before


async def test_E17_a_new_date_cancels_the_old_nudges_and_plans_new_ones(
    database: Database, workspace_id: int, talking: Pair
):
    """Moving a talk moves everything around it, in the same transaction."""
    old = await as_they_stand(database, workspace_id)
    async with database.unit(workspace_id) as store:
        await move_discussion(store, talking, TALKS_AT + timedelta(days=7))
        await replan(store, talking.pk, NOW)
    now = await as_they_stand(database, workspace_id)
    assert {now[key]["state"] for key in old} == {NudgeState.CANCELLED}
    assert {now[key]["ready_at"] for key in old} == {None}
    fresh = [row for key, row in now.items() if key not in old]
    assert len(fresh) == 8 + 2 * QUIET_CALLS
    assert {row["state"] for row in fresh} == {NudgeState.PLANNED}


async def test_what_comes_back_is_planned_again(database: Database, workspace_id: int, talking: Pair):
    """A nudge whose reason went and came back is planned again, from now on; it is not late for that."""
    async with database.unit(workspace_id) as store:
        discussion = await store.discussions.open_of(talking.pk)
        assert discussion is not None
        discussion.state = DiscussionState.PLANNING
        await replan(store, talking.pk, NOW)
        assert {row.state for key, row in (await all_nudges(store)).items() if "day_before" in key} == {
            NudgeState.CANCELLED
        }
        discussion.state = DiscussionState.SCHEDULED
        await replan(store, talking.pk, NOW + timedelta(hours=1))
    briefs = [row for key, row in (await as_they_stand(database, workspace_id)).items() if "day_before" in key]
    assert {(row["state"], row["ready_at"], row["planned_at"]) for row in briefs} == {
        (NudgeState.PLANNED, at(MADRID, 2026, 11, 25, 9), NOW + timedelta(hours=1))
    }


@pytest.mark.parametrize("state", [NudgeState.SENT, NudgeState.FAILED, NudgeState.CLAIMED])
async def test_what_is_sent_or_being_sent_is_left_alone(
    database: Database, workspace_id: int, talking: Pair, state: NudgeState
):
    """Whatever has been said, or may be on its way, is no longer planning's to change."""
    async with database.unit(workspace_id) as store:
        for row in (await all_nudges(store)).values():
            row.state = state
    before = await as_they_stand(database, workspace_id)
    async with database.unit(workspace_id) as store:
        await move_discussion(store, talking, TALKS_AT + timedelta(days=7))
        await replan(store, talking.pk, NOW)
    now = await as_they_stand(database, workspace_id)
    assert {key: now[key] for key in before} == before


async def test_a_nudge_that_waits_for_office_hours_is_not_brought_forward(
    database: Database, workspace_id: int, talking: Pair
):
    """What was put back for rates or for the night keeps its moment while its reason stays the same."""
    later = at(MADRID, 2026, 11, 26, 9)
    async with database.unit(workspace_id) as store:
        for row in (await all_nudges(store)).values():
            row.ready_at = later
        await replan(store, talking.pk, NOW)
        assert {row.ready_at for row in (await all_nudges(store)).values()} == {later}
