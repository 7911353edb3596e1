"""What is coming, from snapshots alone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cycle.budget import DAYS
from cycle.calendar import DayOff, calendar_of
from cycle.day_spans import DaySpan
from cycle.forecast import DAYS_AHEAD, DaysOff, Outlook, clock_changes, days_off, forecast, if_accepted
from cycle.nudges import KINDS
from cycle.snapshot import PairSnapshot
from storage.nudges import NudgeScope
from storage.pairs import PairState
from storage.people import Person
from tests.support.builders import MADRID, TOKYO, at, commitment, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 23, 10)
AHEAD = timedelta(days=DAYS_AHEAD)

moments = st.datetimes(datetime(2026, 11, 1), datetime(2027, 11, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
zones = st.sampled_from([MADRID, TOKYO, "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])


@st.composite
def people(draw: Any, key: int) -> Person:
    """Someone, somewhere, with hours, holidays, time off and limits of their own."""
    opens = draw(st.integers(0, 22))
    away_from = draw(st.none() | st.dates(date(2026, 11, 1), date(2027, 12, 1)))
    return person(
        f"Person {key}", draw(zones), id=key, country=draw(st.sampled_from(["ES", "JP", "US", "none"])),
        weekdays=draw(st.none() | st.sets(st.integers(0, 6), min_size=1).map(lambda days: "".join(map(str, days)))),
        opens=time(opens), closes=time(draw(st.integers(opens + 1, 23))),
        time_off=str(DaySpan(away_from, away_from + timedelta(days=draw(st.integers(0, 60))))) if away_from else "",
        per_day=draw(st.integers(0, 2)), per_week=draw(st.integers(0, 4)),
    )  # fmt: skip


def outlook(employee: Person, manager: Person, now: datetime = NOW, **also: Any) -> Outlook:
    """What is ahead of the employee of a pair; discussions are given as functions of the pair."""
    two = pair(employee, manager, id=1, **also.pop("pair", {}))
    made = {name: make(two) if callable(make) else make for name, make in also.items()}
    for number, name in enumerate(made.keys() & {"current", "held"}, start=1):
        made[name].id = number
    snapshot = PairSnapshot(two, employee, manager, now, **made)
    return Outlook(employee, now, {(NudgeScope.PAIR, 1): snapshot}, {}, [])


@settings(max_examples=40)
@given(people(1), people(2), moments, st.none() | st.integers(-200, 2000), st.lists(st.integers(-20, 100), max_size=6))
def test_each_message_comes_in_working_hours_and_within_the_limits(
    me: Person, manager: Person, now: datetime, hours: int | None, due: list[int]
):
    """Whatever the zone, the hours, the holidays and the time off: never outside of them, none twice, not too many."""
    current = (
        partial(planning, due_on=now.date())
        if hours is None
        else partial(scheduled, starts_at=now + timedelta(hours=hours))
    )
    of_it = pair(me, manager, id=1)
    owed = [commitment(of_it, me, now.date() + timedelta(days=day), id=key) for key, day in enumerate(due, 1)]
    coming = list(forecast(outlook(me, manager, now, current=current, commitments=owed), now + AHEAD))
    calendar = calendar_of(me)
    assert [one.at for one in coming if not calendar.is_open(one.at)] == []
    assert [one.at for one in coming] == sorted({one.at for one in coming})
    keys = [nudge.planned.key for one in coming for nudge in one.nudges]
    assert len(keys) == len(set(keys))
    waited = [calendar.day_of(one.at) for one in coming if all(_may_wait(nudge.planned.kind) for nudge in one.nudges)]
    for day in waited:
        assert not me.per_day or waited.count(day) <= me.per_day
        assert not me.per_week or sum(day - DAYS < one <= day for one in waited) <= me.per_week


def _may_wait(kind: str) -> bool:
    return KINDS[kind].urgency.is_held_back


def test_a_request_is_forecast_as_it_is_and_as_if_it_was_accepted():
    """As things stand the one who asked gets nothing; with a yes today, the news of it and the calls for a date."""
    asked: Mapping[str, Any] = {"state": PairState.ASKED, "answered_at": None, "asked_at": NOW - timedelta(days=1)}
    waiting = outlook(person(id=1), person("Bo Lind", id=2), pair=asked)
    assert list(forecast(waiting, NOW + AHEAD)) == []
    kinds = [nudge.planned.kind for one in forecast(if_accepted(waiting), NOW + AHEAD) for nudge in one.nudges]
    assert kinds == ["pair_answered", *["schedule_next"] * 3, "gone_quiet", "gone_quiet"]
    assert waiting.snapshots[NudgeScope.PAIR, 1].pair.state is PairState.ASKED  # type: ignore[union-attr]


def test_several_requests_are_accepted_at_once():
    """Two people have asked the same manager: with a yes to both, each is asked for a date, in one message."""
    manager = person("Bo Lind", id=2, per_day=0, per_week=0)
    asked = {"state": PairState.ASKED, "answered_at": None, "asked_at": NOW - timedelta(days=1)}
    pairs = [pair(person(f"Report {key}", id=key), manager, id=key, **asked) for key in (3, 4)]
    waiting = {
        (NudgeScope.PAIR, two.pk): PairSnapshot(two, person(f"Report {two.pk}", id=two.pk), manager, NOW)
        for two in pairs
    }
    outlook_of_both = Outlook(manager, NOW, waiting, {}, [])
    for accepted, number in ((if_accepted(outlook_of_both), 2), (if_accepted(outlook_of_both, 3), 1)):
        coming = list(forecast(accepted, NOW + timedelta(days=20)))
        assert [len(one.nudges) for one in coming if one.nudges[0].planned.kind == "schedule_next"] == [number]


def test_days_off_are_named_and_put_together():
    """Christmas by its name, time off from its first to its last day, and no ordinary weekend."""
    ana = person(country="ES", time_off="2026-12-28/2026-12-30")
    found = days_off(ana, date(2026, 12, 9), date(2026, 12, 31))
    christmas = DaysOff(ana, date(2026, 12, 25), date(2026, 12, 25), DayOff.HOLIDAY, "Christmas Day")
    assert found == [christmas, DaysOff(ana, date(2026, 12, 28), date(2026, 12, 30), DayOff.ABSENCE)]


def test_the_clock_changes_on_two_days_of_a_year():
    """In Madrid forward in March and back in October; in Tokyo never."""
    year = date(2027, 1, 1), date(2027, 12, 31)
    hour = timedelta(hours=1)
    assert clock_changes(person(), *year) == [(date(2027, 3, 28), hour), (date(2027, 10, 31), -hour)]
    assert clock_changes(person(tz=TOKYO), *year) == []


def test_a_week_with_a_change_of_the_clock_keeps_to_nine_o_clock():
    """A weekly call before and after it comes at nine on the person's clock, an hour apart in UTC."""
    now = at(MADRID, 2027, 3, 22, 8)
    found = outlook(person(id=1), person("Bo Lind", id=2), now, current=partial(planning, due_on=date(2027, 4, 12)))
    coming = list(forecast(found, now + AHEAD))
    zone = calendar_of(person()).zone
    assert {one.at.astimezone(zone).time() for one in coming} == {time(9)}
    assert {one.at.time() for one in coming} == {time(8), time(7)}
