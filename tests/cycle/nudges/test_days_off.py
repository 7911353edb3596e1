"""Days off of either move what concerns both, in its order, and the message says so."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.day_spans import DaySpan
from cycle.nudges import plan, worded
from cycle.nudges.scheduling import SCHEDULE_CALLS
from cycle.snapshot import PairSnapshot
from tests.support.builders import LONG_AGO, MADRID, at, planning, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER

DUE_ON = date(2026, 12, 18)
THURSDAY = at(MADRID, 2026, 12, 17, 10)


def away(who: str, first: date, last: date, **discussions: Any) -> PairSnapshot:
    """Ana and Bo, one of whom is away."""
    taken = view(**discussions)
    one = {"employee": taken.employee, "manager": taken.manager}[who]
    one.time_off = str(DaySpan(first, last))
    return view_again(taken)


def view_again(taken: PairSnapshot) -> PairSnapshot:
    """The same with the calendars that the people have now."""
    return PairSnapshot(taken.pair, taken.employee, taken.manager, taken.now, taken.current)


def moments(snapshot: PairSnapshot, kind: str, person_id: int = EMPLOYEE) -> list[datetime]:
    """When a person gets nudges of a kind."""
    return sorted(
        one.due_at for one in plan(snapshot, LONG_AGO).values() if (one.kind, one.person_id) == (kind, person_id)
    )


def test_E17_nobody_is_asked_to_find_a_date_with_someone_who_is_away():
    """Two calls would come while the manager is away: they become one on the day after, which says why."""
    snapshot = away("manager", date(2026, 11, 25), date(2026, 12, 9), current=partial(planning, due_on=DUE_ON))
    assert moments(snapshot, "schedule_next") == [at(MADRID, 2026, 12, 10, 9), at(MADRID, 2026, 12, 11, 9)]
    first, last = sorted(
        (one for one in plan(snapshot, LONG_AGO).values() if one.kind == "schedule_next" and one.person_id == EMPLOYEE),
        key=lambda one: one.due_at,
    )
    assert (worded(snapshot, first, snapshot.employee) or first).reason == "I waited until Bo was back."  # type: ignore[union-attr]
    assert (worded(snapshot, last, snapshot.employee) or last).reason is None  # type: ignore[union-attr]
    assert moments(snapshot, "gone_quiet")[0] > moments(snapshot, "schedule_next")[-1]


def test_E15_the_agenda_is_asked_for_earlier_where_the_manager_could_not_read_it():
    """The manager is away for the week before and back on the day itself: the employee is asked a week earlier."""
    usual = view(current=partial(scheduled, starts_at=THURSDAY))
    snapshot = away("manager", date(2026, 12, 9), date(2026, 12, 16), current=partial(scheduled, starts_at=THURSDAY))
    earlier = moments(snapshot, "propose_agenda")
    assert moments(usual, "propose_agenda")[0] == at(MADRID, 2026, 12, 8, 9)
    assert earlier[0] <= at(MADRID, 2026, 12, 4, 9)
    planned = next(one for one in plan(snapshot, LONG_AGO).values() if one.kind == "propose_agenda")
    text = worded(snapshot, planned, snapshot.employee)
    assert text is not None
    assert text.reason == "I'm asking early: Bo is off for most of the week before."
    prepares = moments(snapshot, "prepare_manager", MANAGER)
    assert prepares == [at(MADRID, 2026, 12, 4, 9)]
    assert earlier[0] <= prepares[0] < moments(snapshot, "day_before", MANAGER)[0]


@pytest.mark.parametrize("weekdays", [("01", "234"), ("0", "6")])
def test_people_who_share_no_working_day_are_asked_on_their_own(weekdays: tuple[str, str]):
    """There is no day for both: each is asked as if the other worked every day."""
    taken = view(current=partial(planning, due_on=DUE_ON, postponed=True))
    taken.employee.weekdays, taken.manager.weekdays = weekdays
    snapshot = view_again(taken)
    for who in (EMPLOYEE, MANAGER):
        assert len(moments(snapshot, "schedule_next", who)) == SCHEDULE_CALLS
        assert all(snapshot.calendar(who).is_open(moment) for moment in moments(snapshot, "schedule_next", who))


days = st.dates(date(2026, 10, 1), date(2027, 2, 28))


@given(who=st.sampled_from(["employee", "manager"]), first=days, length=st.integers(0, 60), dated=st.booleans())
def test_whoever_is_away_the_order_is_kept_and_nothing_comes_on_days_off(
    who: str, first: date, length: int, *, dated: bool
):
    """Every nudge is in its person's working hours, what ends is after its beginning, and stages keep their order."""
    current = (
        partial(scheduled, starts_at=THURSDAY) if dated else partial(planning, due_on=DUE_ON, postponed=True)
    )  # fmt: skip
    snapshot = away(who, first, first + timedelta(days=length), current=current)
    planned = plan(snapshot, datetime(2026, 1, 1, tzinfo=UTC)).values()
    assert [one for one in planned if not snapshot.calendar(one.person_id).is_open(one.due_at)] == []
    assert [one for one in planned if one.ends_at is not None and one.ends_at <= one.due_at] == []
    for person_id in (EMPLOYEE, MANAGER):
        mine = [one for one in planned if one.person_id == person_id]
        calls = [one.due_at for one in sorted(mine, key=lambda one: one.stage) if one.kind == "schedule_next"]
        assert calls == sorted(calls)
        asked = [one.due_at for one in mine if one.kind == "propose_agenda"]
        briefs = [one.due_at for one in mine if one.kind == "day_before"]
        assert all(moment < brief for moment in asked for brief in briefs)


def test_nobody_else_waits():
    """A manager's own days off do not move what only the employee has to do."""
    usual = view(current=partial(scheduled, starts_at=THURSDAY))
    snapshot = away("manager", date(2026, 12, 14), date(2026, 12, 15), current=partial(scheduled, starts_at=THURSDAY))
    assert moments(snapshot, "propose_agenda") == moments(usual, "propose_agenda")
    assert moments(snapshot, "day_before") == moments(usual, "day_before")
