"""A discussion as an iCalendar file: what a calendar reads is what the two have agreed on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from cycle.calendar_event import NO_DATE_YET, OVER, REMINDERS, event_of
from cycle.errors import NotAvailable
from rendering.calendar_file import calendar_file
from rendering.plain import one_line
from storage.discussions import Discussion, DiscussionState
from tests.support.builders import LONG_AGO, MADRID, at, pair, person, scheduled

YEARS = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2090-01-01")
MOMENTS = st.datetimes(*YEARS, timezones=st.timezones()).map(lambda one: one.replace(microsecond=0))
NAMES = st.text(min_size=1, max_size=300) | st.sampled_from(
    ["O'Neil, Ana; PhD\\n", "Ana\nBEGIN:VALARM", "Ana\r\nATTENDEE:mailto:x@example.com", "🧗🏽‍♀️" * 40, "Ünïcödé " * 40]
)


def read(content: bytes) -> tuple[Calendar, Event]:
    """The file as a calendar reads it; and no line is longer than the standard allows, in bytes."""
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    assert event.errors == []
    return calendar, event


def file_of(discussion: Discussion, *, reader: int = 1, names: tuple[str, str] = ("Ana Ruiz", "Ben Okafor")) -> bytes:
    """The file about a discussion for the employee, 1, or the manager, 2."""
    ana, ben = person(names[0], id=1), person(names[1], id=2)
    me, other = (ana, ben) if reader == 1 else (ben, ana)
    return calendar_file(event_of(discussion, pair(ana, ben, id=1), me, other, "T0ACME"), LONG_AGO)


def discussion(starts_at: datetime | None, **also: Any) -> Discussion:
    """A discussion of the pair."""
    two = pair(person(id=1), person(id=2), id=1)
    found = scheduled(two, starts_at or LONG_AGO, **({"id": 7} | also))
    found.starts_at = starts_at
    return found


@given(starts_at=MOMENTS, minutes=st.integers(15, 240), names=st.tuples(NAMES, NAMES))
def test_E10_L2_a_calendar_reads_the_same_moment_and_names(starts_at: datetime, minutes: int, names: tuple[str, str]):
    """In any zone, across changes of the clock and of the year; and whatever is in a name stays a name."""
    _, event = read(file_of(discussion(starts_at, minutes=minutes), names=names))
    assert event["dtstart"].dt == starts_at.astimezone(UTC)
    assert event["dtend"].dt == starts_at.astimezone(UTC) + timedelta(minutes=minutes)
    assert event["dtstart"].dt.utcoffset() == timedelta()
    assert set(event) == {
        "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "TRANSP",
        "CLASS", "X-MICROSOFT-CDO-BUSYSTATUS",
    }  # fmt: skip
    assert len(event.subcomponents) == len(REMINDERS)
    if all(name == one_line(name) for name in names):
        assert all(name in event["description"] for name in names)


@pytest.mark.parametrize(
    ("starts_at", "written"),
    [
        (at(MADRID, 2026, 10, 25, 10), "DTSTART:20261025T090000Z"),  # on the day when summer time ends
        (at(MADRID, 2027, 3, 28, 10), "DTSTART:20270328T080000Z"),
        (at("Pacific/Auckland", 2027, 1, 1, 9), "DTSTART:20261231T200000Z"),
    ],
)
def test_E10_times_are_in_utc(starts_at: datetime, written: str):
    """So that no calendar has to know the rules of a zone, nor which year it is there."""
    assert written in file_of(discussion(starts_at)).decode().split("\r\n")


def test_L2_the_time_is_busy_private_and_announced():
    """The title says with whom and no more; a reminder comes the day before and 15 minutes before."""
    calendar, mine = read(file_of(discussion(at(MADRID, 2026, 11, 26, 10))))
    _, theirs = read(file_of(discussion(at(MADRID, 2026, 11, 26, 10)), reader=2))
    assert (mine["summary"], theirs["summary"]) == ("Career discussion with Ben", "Career discussion with Ana")
    assert "Ana Ruiz and Ben Okafor" in mine["description"] == theirs["description"]
    assert (mine["transp"], mine["class"], mine["status"]) == ("OPAQUE", "PRIVATE", "CONFIRMED")
    assert [one["trigger"].dt for one in mine.walk("VALARM")] == [-timedelta(days=1), -timedelta(minutes=15)]
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    assert mine["uid"] == theirs["uid"]


def test_E10_each_change_of_the_date_is_a_later_file_of_the_same_event():
    """Set, moved, dropped, set again and cancelled: one id, a growing sequence, and two files that take it out."""
    first, second = at(MADRID, 2026, 11, 26, 10), at(MADRID, 2026, 12, 3, 10)
    files = [
        read(file_of(one))
        for one in (
            discussion(first, round=1),
            discussion(second, round=2),
            discussion(None, round=3, state=DiscussionState.PLANNING, moved_from=second),
            discussion(first, round=4),
            discussion(first, round=4, state=DiscussionState.CANCELLED),
        )
    ]
    assert [event["sequence"] for _, event in files] == [1, 2, 3, 4, 5]
    assert len({event["uid"] for _, event in files}) == 1
    ways = [(str(calendar["method"]), str(event["status"]), str(event["transp"])) for calendar, event in files]
    keep, remove = ("PUBLISH", "CONFIRMED", "OPAQUE"), ("CANCEL", "CANCELLED", "TRANSPARENT")
    assert ways == [keep, keep, remove, keep, remove]
    assert [len(event.walk("VALARM")) for _, event in files] == [2, 2, 0, 2, 0]
    assert files[2][1]["dtstart"].dt == second
    assert all(
        ("no longer holds" in event["description"]) is (how == remove)
        for (_, event), how in zip(files, ways, strict=True)
    )
    assert read(file_of(discussion(first, id=8)))[1]["uid"] != files[0][1]["uid"]


def test_E10_there_is_no_file_without_a_date_or_after_the_discussion():
    """Each with a sentence of its own; a dropped date that nobody knows any more can still be taken out."""
    for also, sentence in (
        ({"round": 0, "state": DiscussionState.PLANNING}, NO_DATE_YET),
        ({"state": DiscussionState.HELD}, OVER),
        ({"state": DiscussionState.CLOSED}, OVER),
    ):
        with pytest.raises(NotAvailable, match=sentence[:20]):
            file_of(discussion(None, **also))
    _, event = read(file_of(discussion(None, round=2, state=DiscussionState.PLANNING)))
    assert "dtstart" not in event
    assert event["dtstamp"].dt == LONG_AGO.astimezone(UTC)
