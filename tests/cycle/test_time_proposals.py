"""Which times are proposed for a discussion (practices E10, E15, L2)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cycle.calendar import WorkingCalendar
from cycle.time_proposals import BREAK, SOONEST, Wanted, propose_times
from storage.discussions import BusyTime
from tests.support.builders import MADRID, at

LONDON, NEW_YORK, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
HERE = ZoneInfo(MADRID)
NOW = at(MADRID, 2026, 11, 24, 10)  # a Tuesday
DUE = date(2026, 12, 16)  # a Wednesday


def wanted(
    other: ZoneInfo = LONDON, near: date = DUE, *, minutes: int = 60, busy: Sequence[BusyTime] = (),
    besides: datetime | None = None,
) -> Wanted:  # fmt: skip
    """A discussion of someone in Madrid with someone elsewhere."""
    return Wanted(minutes, near, (WorkingCalendar(HERE), WorkingCalendar(other)), busy, besides)


def proposed(what: Wanted, now: datetime = NOW) -> list[str]:
    """The times on the clock in Madrid."""
    return [f"{one.astimezone(HERE):%a %-d %b %H:%M}" for one in propose_times(what, now)]


def taken(starts_at: datetime, minutes: int = 60, person_id: int = 1) -> BusyTime:
    """Another discussion of one of the two."""
    return BusyTime(person_id, 9, 99, starts_at, starts_at + timedelta(minutes=minutes))


def test_E10_three_times_near_the_due_date_are_proposed():
    """On the due day and its neighbours, mornings and afternoons."""
    assert proposed(wanted()) == ["Tue 15 Dec 14:00", "Wed 16 Dec 10:00", "Thu 17 Dec 10:00"]


def test_E10_both_are_at_work_from_the_first_minute_to_the_last():
    """With someone in New York the two hours that both work are left, and an hour fits into them until four."""
    assert {one.split()[-1] for one in proposed(wanted(NEW_YORK))} <= {"15:00", "15:30", "16:00"}
    assert len(proposed(wanted(NEW_YORK))) == 3
    assert proposed(wanted(NEW_YORK, minutes=150)) == []


def test_nothing_is_proposed_where_the_hours_do_not_meet():
    """Tokyo closes before Madrid opens."""
    assert proposed(wanted(TOKYO)) == []


def test_L2_other_discussions_of_either_keep_their_distance():
    """A time right beside another discussion is not proposed, whoever of the two has it."""
    all_day = taken(at(MADRID, 2026, 12, 15, 9), 8 * 60)
    theirs = taken(at(MADRID, 2026, 12, 16, 11), person_id=2)
    times = proposed(wanted(busy=(all_day, theirs)))
    assert not any("15 Dec" in one for one in times)
    assert "Wed 16 Dec 09:30" not in times
    assert "Wed 16 Dec 10:00" not in times
    assert any("16 Dec" in one for one in times)


def test_E15_what_is_due_soon_or_was_due_leaves_time_to_prepare():
    """A discussion that is overdue is proposed from two days from now on, not in the past and not tomorrow."""
    assert proposed(wanted(near=date(2026, 10, 1))) == ["Thu 26 Nov 10:00", "Fri 27 Nov 14:00", "Mon 30 Nov 10:00"]


def test_the_present_date_is_not_proposed_again():
    """Whoever wants to move a discussion gets other times."""
    present = at(MADRID, 2026, 12, 16, 10)
    assert present not in propose_times(wanted(besides=present), NOW)


@given(
    other=st.sampled_from([HERE, LONDON, NEW_YORK, TOKYO, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Auckland")]),
    near=st.dates(date(2026, 9, 1), date(2027, 12, 31)),
    minutes=st.sampled_from([30, 45, 60, 90, 120]),
    hours=st.lists(st.integers(0, 24 * 120), max_size=12),
)
def test_every_proposal_suits_both(other: ZoneInfo, near: date, minutes: int, hours: list[int]):
    """Whatever the zones, dates and other discussions: in both people's hours, free, later than tomorrow, in order."""
    busy = [taken(NOW + timedelta(hours=hour)) for hour in hours]
    what = wanted(other, near, minutes=minutes, busy=busy)
    times = propose_times(what, NOW)
    assert times == sorted(set(times))
    assert len({what.calendars[0].day_of(one) for one in times}) == len(times) <= 3
    for one in times:
        ends_at = one + timedelta(minutes=minutes)
        for calendar in what.calendars:
            assert calendar.is_open(one)
            assert calendar.is_open(ends_at - timedelta(minutes=1))
        assert what.calendars[0].day_of(one) >= what.calendars[0].day_of(NOW) + SOONEST
        assert all(one >= other_one.ends_at + BREAK or ends_at + BREAK <= other_one.starts_at for other_one in busy)
