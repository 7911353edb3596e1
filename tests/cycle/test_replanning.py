from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import col, select

from cycle import scheduling
from cycle.nudges.scheduling import UNWRAPPED_CALLS
from cycle.replanning import LOOKED_AHEAD, out_of_line, replan, replan_many, replan_people
from cycle.snapshot_loading import load_snapshot
from storage.database import Database
from storage.discussions import DiscussionState
from storage.nudges import Nudge, NudgeScope, NudgeState
from storage.pairs import Pair
from storage.store import Store
from storage.thanks import ThankYou
from tests.support.builders import MADRID, TOKYO, at, commitment, held, pair, person, planning, saved, scheduled
from tests.support.planning import item

NOW = at(MADRID, 2026, 11, 2, 9)
MEETS_AT = at(MADRID, 2026, 11, 26, 10)
AROUND_A_DATE = 9 + 2 * UNWRAPPED_CALLS


async def all_nudges(store: Store) -> dict[str, Nudge]:
    """Every nudge by key, in whatever state, as it is now."""
    statement = select(Nudge).execution_options(populate_existing=True)
    return {row.key: row for row in await store.nudges._all(statement)}


async def stored(database: Database, workspace_id: int) -> dict[str, dict[str, Any]]:
    """Everything that is kept of every nudge."""
    async with database.reading(workspace_id) as store:
        return {key: row.model_dump() for key, row in (await all_nudges(store)).items()}


async def change_all(database: Database, workspace_id: int, **values: Any) -> None:
    """Make something of all nudges that delivering would have made of them."""
    async with database.unit(workspace_id) as store:
        await store._session.exec(sa.update(Nudge).where(col(Nudge.id).is_not(None)).values(**values))


@pytest.fixture
async def dated(database: Database, workspace_id: int) -> Pair:
    """A pair with a discussion on Thursday the 26th, planned."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, MEETS_AT, dated_at=NOW))
        await replan(store, two, NOW)
    return two


async def move_discussion(store: Store, two: Pair, starts_at: datetime) -> None:
    """The employee sets another date, as the form does."""
    discussion = await store.discussions.open_of(two.pk)
    assert discussion is not None
    ana = await store.people.get(two.employee_id)
    await scheduling.set_date(store, ana, two, discussion, starts_at, 60, NOW)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is sent to the database meanwhile; many rows written at once are one statement."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement.split(maxsplit=1)[0])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


# --- one pair --------------------------------------------------------------------------------------------------------


async def test_planning_twice_changes_nothing(database: Database, workspace_id: int, dated: Pair):
    """Replanning leaves every row of an unchanged pair as it was, to the last column, however it is done."""
    before = await stored(database, workspace_id)
    assert len(before) == AROUND_A_DATE
    later = NOW + timedelta(days=1)
    async with database.unit(workspace_id) as store:
        await replan(store, dated, later)
        await replan(store, dated, later, await load_snapshot(store, dated, later))
        assert (await replan_many(store, [dated.pk], later)).written == 0
    assert await stored(database, workspace_id) == before


async def test_E17_a_new_date_cancels_the_old_nudges_and_plans_new_ones(
    database: Database, workspace_id: int, dated: Pair
):
    """Setting another date moves everything around it, in the same transaction, and brings the news of it."""
    old = await stored(database, workspace_id)
    async with database.unit(workspace_id) as store:
        await move_discussion(store, dated, MEETS_AT + timedelta(days=7))
    now = await stored(database, workspace_id)
    assert {now[key]["state"] for key in old} == {NudgeState.CANCELLED}
    assert {now[key]["ready_at"] for key in old} == {None}
    fresh = {key: row for key, row in now.items() if key not in old}
    assert len(fresh) == AROUND_A_DATE + 1
    assert {row["state"] for row in fresh.values()} == {NudgeState.PLANNED}
    assert [key for key in fresh if key.startswith("date_set:")]


async def test_what_comes_back_is_planned_again(database: Database, workspace_id: int, dated: Pair):
    """A nudge whose reason went and came back is planned again, from now on; it is not late for that."""
    async with database.unit(workspace_id) as store:
        discussion = await store.discussions.open_of(dated.pk)
        assert discussion is not None
        discussion.state = DiscussionState.PLANNING
        await replan(store, dated, NOW)
        assert {row.state for key, row in (await all_nudges(store)).items() if "day_before" in key} == {
            NudgeState.CANCELLED
        }
        discussion.state = DiscussionState.SCHEDULED
        await replan(store, dated, NOW + timedelta(hours=1))
    briefs = [row for key, row in (await stored(database, workspace_id)).items() if "day_before" in key]
    assert {(row["state"], row["ready_at"], row["planned_at"]) for row in briefs} == {
        (NudgeState.PLANNED, at(MADRID, 2026, 11, 25, 9), NOW + timedelta(hours=1))
    }


@pytest.mark.parametrize("state", [NudgeState.SENT, NudgeState.FAILED, NudgeState.CLAIMED])
async def test_what_is_sent_or_being_sent_is_left_alone(
    database: Database, workspace_id: int, dated: Pair, state: NudgeState
):
    """Whatever has been said, or may be on its way, is no longer planning's to change."""
    await change_all(database, workspace_id, state=state)
    before = await stored(database, workspace_id)
    async with database.unit(workspace_id) as store:
        await move_discussion(store, dated, MEETS_AT + timedelta(days=7))
    now = await stored(database, workspace_id)
    assert {key: now[key] for key in before} == before


async def test_a_change_of_time_zone_moves_the_moment(database: Database, workspace_id: int, dated: Pair):
    """Someone who has moved to Tokyo gets the brief in the morning there."""
    async with database.unit(workspace_id) as store:
        (await store.people.get(dated.employee_id)).tz = TOKYO
        await replan(store, dated, NOW + timedelta(hours=1))
    brief = (await stored(database, workspace_id))[f"day_before:1:1:{dated.employee_id}"]
    assert brief["due_at"] == brief["ready_at"] == at(TOKYO, 2026, 11, 25, 9)
    assert brief["planned_at"] == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(MADRID, 2026, 11, 27, 22), at(MADRID, 2026, 11, 30, 9)),
        (at(MADRID, 2026, 11, 27, 15), at(MADRID, 2026, 11, 28, 0)),
        (at(MADRID, 2026, 11, 27, 15), at(MADRID, 2026, 12, 27, 15)),
    ],
    ids=["until the next working day", "after a fault", "by a wrong clock, which delivery undoes"],
)
async def test_a_nudge_that_was_put_back_is_not_brought_forward(
    database: Database, workspace_id: int, dated: Pair, now: datetime, until: datetime
):
    """What waits for the morning, or for Slack's rates, keeps its moment."""
    wrap_up = f"wrap_up:1:1:{dated.employee_id}:again"
    async with database.unit(workspace_id) as store:
        row = (await all_nudges(store))[wrap_up]
        assert row.due_at < now
        row.ready_at = until
    async with database.unit(workspace_id) as store:
        await replan(store, dated, now)
    assert (await stored(database, workspace_id))[wrap_up]["ready_at"] == until


@pytest.mark.parametrize(
    ("failure", "comes_back"), [("user_disabled", True), ("broken", True), ("invalid_blocks", False)]
)
async def test_someone_who_was_deactivated_and_is_back_gets_what_still_holds(
    database: Database, workspace_id: int, dated: Pair, failure: str, *, comes_back: bool
):
    """A nudge that failed for the deactivation is planned again, as of now; one with another cause stays failed."""
    await change_all(database, workspace_id, state=NudgeState.FAILED, failure=failure, ready_at=None, settled_at=NOW)
    async with database.unit(workspace_id) as store:
        ana = await store.people.get(dated.employee_id)
        ana.deactivated = True
        await replan(store, dated, NOW)
    mine = f"day_before:1:1:{dated.employee_id}"
    assert (await stored(database, workspace_id))[mine]["state"] is NudgeState.FAILED
    back_at = NOW + timedelta(days=1)
    async with database.unit(workspace_id) as store:
        (await store.people.get(dated.employee_id)).deactivated = False
        await replan(store, dated, back_at)
    row = (await stored(database, workspace_id))[mine]
    if comes_back:
        assert (row["state"], row["ready_at"], row["planned_at"]) == (NudgeState.PLANNED, row["due_at"], back_at)
        assert (row["failure"], row["message_id"], row["settled_at"]) == (None, None, None)
    else:
        assert (row["state"], row["failure"]) == (NudgeState.FAILED, failure)


async def test_twelve_commitments_cost_one_insert(database: Database, workspace_id: int, dated: Pair):
    """A change with many nudges writes them in one INSERT, and takes them back in one UPDATE."""
    async with database.unit(workspace_id) as store:
        ana = await store.people.get(dated.employee_id)
        made = [commitment(dated, ana, date(2027, 1, number), NOW) for number in range(4, 16)]
        await saved(store, *made)
        with statements(database) as sent:
            await replan(store, dated, NOW)
        assert [one for one in sent if one != "SELECT"] == ["INSERT"]
        assert len(sent) <= 9
        assert len(await all_nudges(store)) > 12 * 5
        for one in made:
            one.state = "done"
        await store.flush()
        with statements(database) as sent:
            await replan(store, dated, NOW)
        assert [one for one in sent if one != "SELECT"] == ["UPDATE"]


async def test_a_snapshot_that_is_at_hand_is_not_loaded_again(database: Database, workspace_id: int, dated: Pair):
    """Given the snapshot, replanning an unchanged pair reads the stored nudges, and nothing else."""
    async with database.unit(workspace_id) as store:
        snapshot = await load_snapshot(store, dated, NOW)
        with statements(database) as sent:
            await replan(store, dated, NOW, snapshot)
        assert sent == ["SELECT"]


async def test_E12_a_note_reaches_the_manager_even_if_they_have_met_again(
    database: Database, workspace_id: int, dated: Pair
):
    """Sent in the evening, with the next discussion wrapped up before the manager's morning: it stays planned."""
    evening, night = at(MADRID, 2026, 11, 26, 20), at(MADRID, 2026, 11, 26, 23)
    async with database.unit(workspace_id) as store:
        discussion = await store.discussions.open_of(dated.pk)
        assert discussion is not None
        discussion.state, discussion.wrapped_up_at = DiscussionState.HELD, evening
        discussion.wrapped_up_by_id = dated.employee_id
        note = ThankYou(
            pair_id=dated.pk, discussion_id=discussion.pk, author_id=dated.employee_id, text="x", sent_at=evening
        )
        await saved(store, note)
        discussion.state = DiscussionState.CLOSED
        await replan(store, dated, evening)
        next_one = held(dated, night, night, number=2)
        await saved(store, next_one)
        await replan(store, dated, night)
    row = (await stored(database, workspace_id))[f"thank_you_note:{note.pk}"]
    assert (row["state"], row["ready_at"]) == (NudgeState.PLANNED, at(MADRID, 2026, 11, 27, 9))


# --- many at once ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def many(database: Database, workspace_id: int) -> list[int]:
    """Twelve pairs with a date, an agenda and a commitment each, not planned yet."""
    async with database.unit(workspace_id) as store:
        people = [person(f"P{number}", tz=TOKYO if number % 3 else MADRID) for number in range(24)]
        await saved(store, *people)
        pairs = [pair(*two) for two in zip(people[:12], people[12:], strict=True)]
        await saved(store, *pairs)
        discussions = [scheduled(two, MEETS_AT + timedelta(hours=two.pk), dated_at=NOW) for two in pairs]
        await saved(store, *discussions)
        for two, discussion, owner in zip(pairs, discussions, people, strict=False):
            store.add(item(owner.pk, NOW, pair_id=two.pk, discussion_id=discussion.pk))
            store.add(commitment(two, owner, date(2027, 1, 15), NOW))
    return [two.pk for two in pairs]


async def test_many_pairs_are_planned_as_one_by_one(database: Database, workspace_id: int, many: list[int]):
    """The nightly way and the way of every change write the same rows."""
    async with database.unit(workspace_id) as store:
        for pair_id in many:
            await replan(store, await store.pairs.lock(pair_id), NOW)
    one_by_one = await stored(database, workspace_id)
    async with database.unit(workspace_id) as store:
        await store._session.exec(sa.delete(Nudge).where(col(Nudge.id).is_not(None)))
        written = (await replan_many(store, many, NOW)).written
    at_once = await stored(database, workspace_id)
    assert written == len(at_once) == len(one_by_one)
    for rows in (at_once, one_by_one):
        for row in rows.values():
            del row["id"]
    assert at_once == one_by_one


async def test_the_number_of_statements_does_not_grow_with_the_pairs(
    database: Database, workspace_id: int, many: list[int]
):
    """Planning two pairs and ten takes the same statements; so does looking at them once they are in line."""
    async with database.unit(workspace_id) as store:
        with statements(database) as for_two:
            await replan_many(store, many[:2], NOW)
    async with database.unit(workspace_id) as store:
        with statements(database) as for_ten:
            await replan_many(store, many[2:], NOW)
    assert for_two == for_ten
    assert [one for one in for_ten if one not in {"SELECT", "BEGIN"}] == ["INSERT"]
    looked = []
    for some in (many[:2], many):
        async with database.reading(workspace_id) as store:
            with statements(database) as sent:
                assert await out_of_line(store, some, NOW) == []
        looked.append(sent)
    assert looked[0] == looked[1]
    assert not {"INSERT", "UPDATE"} & set(looked[1])


@pytest.mark.parametrize(("beyond", "is_found"), [(timedelta(hours=1), False), (timedelta(hours=-2), True)])
async def test_a_night_looks_at_the_weeks_ahead(
    database: Database, workspace_id: int, many: list[int], beyond: timedelta, *, is_found: bool
):
    """What has moved in the far future is found on the night on which it comes near, and not before."""
    async with database.unit(workspace_id) as store:
        await replan_many(store, many, NOW)
        far = next(row for key, row in (await all_nudges(store)).items() if key.startswith("gone_quiet:3:1:3:3"))
        night = far.due_at - LOOKED_AHEAD - beyond
        await replan_many(store, many, night)
        far.due_at += timedelta(hours=1)
    async with database.reading(workspace_id) as store:
        assert await out_of_line(store, many, night) == ([far.pair_id] if is_found else [])


async def test_only_what_is_out_of_line_has_to_be_replanned(database: Database, workspace_id: int, many: list[int]):
    """Looking finds the pairs whose plan, stored moments or stored nudges differ, and no others."""
    async with database.unit(workspace_id) as store:
        await replan_many(store, many, NOW)
        assert await out_of_line(store, many, NOW) == []
        new_plan = await store.discussions.open_of(many[0])
        assert new_plan is not None
        new_plan.starts_at = MEETS_AT + timedelta(days=3)
        by_pair = {row.pair_id: row for row in (await all_nudges(store)).values()}
        by_pair[many[1]].due_at += timedelta(hours=1)
        await store.delete(by_pair[many[2]])
        await store.flush()
    async with database.reading(workspace_id) as store:
        assert await out_of_line(store, many, NOW) == many[:3]
    async with database.unit(workspace_id) as store:
        await replan_many(store, many[:3], NOW)
        assert await out_of_line(store, many, NOW) == []


async def test_a_pair_that_cannot_be_planned_holds_up_no_other(database: Database, workspace_id: int, many: list[int]):
    """A fault in one plan is handed back, that pair's nudges stay as they are, and the others' are written."""
    async with database.unit(workspace_id) as store:
        await replan_many(store, many[4:5], NOW)
        before = set(await all_nudges(store))
        broken = await store.pairs.get(many[4])
        ana = await store.people.get(broken.employee_id)
        await saved(store, commitment(broken, ana, date.max, NOW))  # the day after is no date
    async with database.unit(workspace_id) as store:
        replanned = await replan_many(store, many, NOW)
        assert {key: type(error) for key, error in replanned.failed.items()} == {many[4]: OverflowError}
        rows = (await all_nudges(store)).values()
        assert {row.pair_id for row in rows} == set(many)
        assert {row.key for row in rows if row.pair_id == many[4]} == before
    async with database.reading(workspace_id) as store:
        assert await out_of_line(store, many, NOW) == [many[4]]


# --- beyond a pair ---------------------------------------------------------------------------------------------------


async def test_M1_a_manager_is_planned_for_across_their_reports(database: Database, workspace_id: int):
    """Two reports of one week are one nudge of the manager's own; a date for one leaves the other, for both none."""
    async with database.unit(workspace_id) as store:
        ana, elif_, bo = person(), person("Elif Kaya"), person("Bo Lind")
        await saved(store, ana, elif_, bo)
        first, second = pair(ana, bo), pair(elif_, bo)
        await saved(store, first, second)
        talked_at = at(MADRID, 2026, 1, 27, 10)
        next_ones = [planning(two, date(2027, 1, 1), number=2) for two in (first, second)]
        await saved(store, *(held(two, talked_at, talked_at) for two in (first, second)), *next_ones)
        await replan_people(store, [bo.pk], NOW)
        row, *_later = sorted((await all_nudges(store)).values(), key=lambda row: row.due_at)
        assert row.key == f"annual_floor:{bo.pk}:2026-11-30"
        assert (row.scope, row.pair_id, row.person_id, row.stage) == (NudgeScope.PERSON, None, bo.pk, "2026-11-30")
        assert row.due_at == row.ready_at == at(MADRID, 2026, 11, 30, 9)
        assert (await replan_people(store, [bo.pk, ana.pk], NOW + timedelta(hours=1))).written == 0
        for number, discussion in enumerate(next_ones, start=1):
            scheduling.put_date(discussion, ana, MEETS_AT, 60, NOW)
            await store.flush()
            await replan_people(store, [bo.pk], NOW)
            state = (await all_nudges(store))[row.key].state
            assert state is (NudgeState.PLANNED if number == 1 else NudgeState.CANCELLED)


async def test_the_nudges_of_a_person_and_of_their_pairs_leave_each_other_alone(
    database: Database, workspace_id: int, dated: Pair
):
    """Replanning a pair cancels nothing of the manager's own, and replanning the manager nothing of the pair's."""
    async with database.unit(workspace_id) as store:
        own = Nudge(person_id=dated.manager_id, scope=NudgeScope.PERSON, kind="annual_floor", key="annual_floor:x",
                    subject_id=1, due_at=NOW, planned_at=NOW, ready_at=NOW)  # fmt: skip
        await saved(store, own)
    before = await stored(database, workspace_id)
    async with database.unit(workspace_id) as store:
        await replan(store, dated, NOW)
        await replan_many(store, [dated.pk], NOW)
    assert await stored(database, workspace_id) == before
    async with database.unit(workspace_id) as store:
        await replan_people(store, [dated.manager_id], NOW)
    after = await stored(database, workspace_id)
    assert after["annual_floor:x"]["state"] is NudgeState.CANCELLED
    of_pair = [key for key in before if key != "annual_floor:x"]
    assert {key: after[key] for key in of_pair} == {key: before[key] for key in of_pair}
    assert all(key.startswith("annual_floor:") for key in after.keys() - before.keys())
