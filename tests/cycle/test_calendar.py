from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cycle.calendar import LONGEST_ABSENCE, LONGEST_AWAY, WorkingCalendar, add_months, calendar_of
from cycle.zones import zone_named
from tests.support.builders import MADRID, at, person

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix", "right")))
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
days = st.dates(date(2024, 1, 1), date(2032, 1, 1))
counts = st.integers(1, 30)


@st.composite
def calendars_in(draw: st.DrawFn, tz: str) -> WorkingCalendar:
    """Any calendar in a zone: any days of the week and hours, scattered holidays, a few longer absences."""
    opens = draw(st.integers(0, 22))
    absences: set[date] = set()
    for _ in range(draw(st.integers(0, 3))):
        first, length = draw(days), draw(st.integers(1, 60))
        absences |= {first + timedelta(days=number) for number in range(length)}
    return WorkingCalendar(
        ZoneInfo(tz),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=time(opens, draw(st.sampled_from([0, 30]))),
        closes=time(draw(st.integers(opens + 1, 23)), 45),
        holidays=draw(st.frozensets(days, max_size=20)),
        absences=frozenset(absences),
    )


calendars = zones.flatmap(calendars_in)


@given(calendars, moments)
def test_the_next_open_moment_is_open_and_the_first(calendar: WorkingCalendar, moment: datetime):
    """Wherever someone is, whatever days they have off, the next open moment is in their hours, and none is earlier."""
    found = calendar.next_open(moment)
    assert calendar.is_open(found)
    assert found >= moment
    assert found.tzinfo is UTC
    assert (found == moment) == calendar.is_open(moment)
    if found > moment:
        assert not calendar.is_open(found - timedelta(minutes=1))
        between = calendar.day_of(moment) + timedelta(days=1)
        while between < calendar.day_of(found):
            assert not calendar.is_working_day(between)
            between += timedelta(days=1)


@given(calendars, moments)
def test_nobody_is_at_work_on_a_day_off(calendar: WorkingCalendar, moment: datetime):
    """Open is a working weekday, no holiday, no absence, between opening and closing on the person's own clock."""
    here = moment.astimezone(calendar.zone)
    wanted = (
        here.weekday() in calendar.weekdays
        and here.date() not in calendar.holidays
        and here.date() not in calendar.absences
        and calendar.opens <= here.time() < calendar.closes
    )
    assert calendar.is_open(moment) == wanted


@given(calendars, days, counts)
def test_working_days_lie_where_they_should(calendar: WorkingCalendar, day: date, count: int):
    """Counting working days forwards and backwards lands on working days, skips none, and undoes itself on them."""
    after, before = calendar.working_days_after(day, count), calendar.working_days_before(day, count)
    assert calendar.is_working_day(after)
    assert calendar.is_working_day(before)
    assert before < day < after
    start = calendar.working_day_from(day)
    assert calendar.working_days_before(calendar.working_days_after(start, count), count) == start
    for first, last in ((day, after), (before - timedelta(days=1), day - timedelta(days=1))):
        passed = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
        assert sum(calendar.is_working_day(one) for one in passed) == count


@given(calendars, days)
def test_the_nearest_working_day_is_the_day_itself_or_next_to_days_off_only(calendar: WorkingCalendar, day: date):
    """Forwards and backwards, everything between the day and the working day that is found is off."""
    later, earlier = calendar.working_day_from(day), calendar.working_day_until(day)
    assert (later == day) == (earlier == day) == calendar.is_working_day(day)
    off = {day + timedelta(days=number) for number in range((earlier - day).days + 1, (later - day).days)}
    assert not any(calendar.is_working_day(one) for one in off)


@given(zones, days)
def test_opening_is_nine_on_the_persons_clock(tz: str, day: date):
    """A day opens at nine there, even when the clocks change."""
    calendar = calendar_of(person(tz=tz))
    assert calendar.local(calendar.opening(day)).replace(tzinfo=None) == datetime.combine(day, time(9))


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
    assert calendar_of(person(tz=MADRID)).next_open(at(MADRID, *local)) == at(MADRID, *next_open)


@pytest.mark.parametrize(
    ("tz", "moment", "opening"),
    [
        ("Asia/Kathmandu", (2026, 11, 23, 3, 14), (2026, 11, 23, 3, 15)),  # 08:59 there, five and three quarters ahead
        ("Pacific/Chatham", (2026, 11, 22, 19, 0), (2026, 11, 22, 19, 15)),  # summer time, thirteen and three quarters
        ("Pacific/Kiritimati", (2026, 11, 22, 18, 59), (2026, 11, 22, 19, 0)),  # Monday there, Sunday in London
        ("Pacific/Pago_Pago", (2026, 11, 23, 19, 0), (2026, 11, 23, 20, 0)),  # the last to begin that Monday
    ],
)
def test_quarter_hours_and_the_date_line(tz: str, moment: tuple[int, ...], opening: tuple[int, ...]):
    """By example, in UTC: zones of three quarters of an hour, and either side of the date line."""
    assert calendar_of(person(tz=tz)).next_open(at("UTC", *moment)) == at("UTC", *opening)


def test_a_holiday_and_an_absence_move_the_days_around_them():
    """Christmas on a Friday, and the week after off: Thursday's evening is followed by Monday 4 January."""
    week_off = frozenset(date(2026, 12, 28) + timedelta(days=number) for number in range(5))
    calendar = WorkingCalendar(ZoneInfo(MADRID), holidays=frozenset({date(2026, 12, 25)}), absences=week_off)
    assert calendar.next_open(at(MADRID, 2026, 12, 24, 18)) == at(MADRID, 2027, 1, 4, 9)
    assert calendar.working_days_before(date(2027, 1, 4), 1) == date(2026, 12, 24)
    assert calendar.working_days_after(date(2026, 12, 23), 2) == date(2027, 1, 4)


def test_people_work_as_those_around_them_do():
    """Without any setting: the weekend and the public holidays of the country of one's time zone, nine to five."""
    madrid, jerusalem = (calendar_of(person(tz=tz, country=None)) for tz in (MADRID, "Asia/Jerusalem"))
    assert madrid.next_open(at(MADRID, 2026, 12, 24, 18)) == at(MADRID, 2026, 12, 28, 9)  # Christmas is a Friday
    assert jerusalem.next_open(at("Asia/Jerusalem", 2026, 12, 24, 18)) == at("Asia/Jerusalem", 2026, 12, 27, 9)
    assert jerusalem.is_open(at("Asia/Jerusalem", 2026, 12, 27, 16, 59))


def test_what_a_person_sets_counts():
    """Their own days, hours, country and time off come before what their time zone tells."""
    ana = person(
        country="US", weekdays="0123", opens=time(7, 30), closes=time(11),
        time_off="2026-11-30/2026-12-01", status_from=date(2026, 12, 2), status_until=date(2026, 12, 2),
    )  # fmt: skip
    calendar = calendar_of(ana)
    assert calendar.next_open(at(MADRID, 2026, 11, 24, 11)) == at(MADRID, 2026, 11, 25, 7, 30)
    # Thanksgiving, a free Friday, the weekend, time off, an absence in Slack: the next is Thursday of the week after.
    assert calendar.next_open(at(MADRID, 2026, 11, 25, 11)) == at(MADRID, 2026, 12, 3, 7, 30)


def test_two_of_the_longest_absences_in_a_row_leave_a_calendar():
    """Half a year that a person entered, and a status in Slack that goes on after it, which is cut to as much."""
    far = person(
        time_off=f"2026-01-01/{date(2025, 12, 31) + LONGEST_ABSENCE}",
        status_from=date(2026, 1, 1) + LONGEST_ABSENCE, status_until=date(2036, 1, 1),
    )  # fmt: skip
    assert calendar_of(far).working_day_from(date(2026, 1, 1)) == date(2026, 12, 28)  # 360 days later is a Sunday
    backwards = person(time_off="2026-11-25/2026-11-24")
    assert calendar_of(backwards).is_working_day(date(2026, 11, 24))


def test_an_unknown_zone_counts_as_utc():
    """A zone that nobody knows does not lose a nudge."""
    for unknown in ("Mars/Olympus", "", "../etc/passwd", "Z" * 400):
        assert zone_named(unknown) == calendar_of(person(tz=unknown)).zone == ZoneInfo("UTC")


def test_naive_moments_and_empty_weeks_are_refused():
    """What would be guessed otherwise is refused where it enters."""
    with pytest.raises(ValueError, match="naive"):
        calendar_of(person()).local(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point
    for wrong in ({"weekdays": frozenset()}, {"opens": time(17), "closes": time(9)}):
        with pytest.raises(ValueError, match="working hours"):
            WorkingCalendar(ZoneInfo("UTC"), **wrong)  # type: ignore[arg-type]


@given(
    weekdays=st.frozensets(st.integers(0, 6), min_size=1), first=days, length=st.integers(600, 850), split=st.booleans()
)
def test_more_than_two_years_without_a_working_day_is_refused(
    weekdays: frozenset[int], first: date, length: int, *, split: bool
):
    """Days off may fill two years and no more, whichever weekdays count; so no search for a working day is longer."""
    assume(first.weekday() in weekdays)
    off = [first + timedelta(days=number) for number in range(length)]
    working = [day for day in off if day.weekday() in weekdays]
    back = {working[len(working) // 2]} if split else set()
    wanted = {"absences": frozenset(off) - back}
    if not split and working[-1] - first + timedelta(days=1) > LONGEST_AWAY:
        with pytest.raises(ValueError, match="every two years"):
            WorkingCalendar(ZoneInfo("UTC"), weekdays, **wanted)
    else:
        calendar = WorkingCalendar(ZoneInfo("UTC"), weekdays, **wanted)
        assert calendar.working_day_from(first) - first <= LONGEST_AWAY + timedelta(days=7)
