from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.calendar import WorkingHours, add_months, hours_in
from tests.support.builders import MADRID, at

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix", "right")))
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
days = st.dates(date(2024, 1, 1), date(2032, 1, 1))
counts = st.integers(1, 30)


@given(zones, moments)
def test_the_next_open_moment_is_open_and_the_first(tz: str, moment: datetime):
    """Wherever somebody is, the next open moment is within their hours, and there is none before it."""
    hours = hours_in(tz)
    found = hours.next_open(moment)
    assert hours.is_open(found)
    assert found >= moment
    assert found.tzinfo is UTC
    assert (found == moment) == hours.is_open(moment)
    if found > moment:
        assert hours.local(found).time() == hours.opens
        assert found - moment <= timedelta(days=3, hours=18)  # Friday's close to Monday's opening, and a clock change
        assert not hours.is_open(found - timedelta(minutes=1))


@given(days, counts)
def test_working_days_lie_where_they_should(day: date, count: int):
    """Counting working days forwards and backwards lands on working days, and undoes itself on them."""
    hours = hours_in("UTC")
    after, before = hours.working_days_after(day, count), hours.working_days_before(day, count)
    assert after.weekday() < 5
    assert before.weekday() < 5
    assert before < day < after
    start = hours.working_day_from(day)
    assert hours.working_days_before(hours.working_days_after(start, count), count) == start
    passed = [day + timedelta(days=number) for number in range(1, (after - day).days + 1)]
    assert sum(one.weekday() < 5 for one in passed) == count


@given(zones, days)
def test_opening_is_nine_on_the_persons_clock(tz: str, day: date):
    """A day opens at nine there, also when the clocks change."""
    hours = hours_in(tz)
    assert hours.local(hours.opening(day)).replace(tzinfo=None) == datetime.combine(day, time(9))


@given(days, st.integers(0, 30))
def test_a_later_month_keeps_the_day_where_it_can(day: date, months: int):
    """The same day of a later month, or its last."""
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("local", "next_open"),
    [
        ((2026, 11, 20, 16, 59), (2026, 11, 20, 16, 59)),
        ((2026, 11, 20, 17, 0), (2026, 11, 23, 9, 0)),  # Friday evening to Monday
        ((2026, 11, 22, 12, 0), (2026, 11, 23, 9, 0)),
        ((2026, 11, 23, 8, 59), (2026, 11, 23, 9, 0)),
        ((2027, 3, 27, 12, 0), (2027, 3, 29, 9, 0)),  # the clocks go forward on the Sunday between
        ((2026, 10, 24, 12, 0), (2026, 10, 26, 9, 0)),  # and back
    ],
)
def test_evenings_and_weekends_wait_for_the_morning(local: tuple[int, ...], next_open: tuple[int, ...]):
    """By example, in Madrid."""
    assert hours_in(MADRID).next_open(at(MADRID, *local)) == at(MADRID, *next_open)


def test_an_unknown_zone_counts_as_utc():
    """A zone that nobody knows does not lose a nudge."""
    for unknown in ("Mars/Olympus", "", "../etc/passwd"):
        assert hours_in(unknown).zone == ZoneInfo("UTC")


def test_naive_moments_and_empty_weeks_are_refused():
    """What would be guessed otherwise is refused where it enters."""
    with pytest.raises(ValueError, match="naive"):
        hours_in(MADRID).local(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point
    for wrong in ({"days": frozenset()}, {"opens": time(17), "closes": time(9)}):
        with pytest.raises(ValueError, match="working hours"):
            WorkingHours(ZoneInfo("UTC"), **wrong)  # type: ignore[arg-type]
