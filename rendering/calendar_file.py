"""An event as an iCalendar file (RFC 5545), which every calendar reads.

Times are in UTC, and each calendar shows them on its owner's clock. The method is PUBLISH or CANCEL rather than
REQUEST, without an organizer, since nobody is asked to answer; a calendar that is given a later file with the same id
changes or removes what it has.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from cycle.calendar_event import REMINDERS, CalendarEvent
from rendering.plain import lines, one_line

PRODUCT: Final = "-//Career discussions//EN"


def calendar_file(event: CalendarEvent, made_at: datetime) -> bytes:
    """The whole file, with the line breaks that the standard wants."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if event.is_cancelled else "PUBLISH")
    calendar.add_component(_event(event, made_at.astimezone(UTC)))
    content: bytes = calendar.to_ical()
    return content


def _event(event: CalendarEvent, made_at: datetime) -> Event:
    written = Event()
    written.add("uid", event.uid)
    written.add("sequence", event.sequence)
    written.add("dtstamp", made_at)
    written.add("last-modified", made_at)
    if event.starts_at is not None:
        starts_at = event.starts_at.astimezone(UTC)
        written.add("dtstart", starts_at)
        written.add("dtend", starts_at + timedelta(minutes=event.minutes))
    written.add("summary", one_line(event.title))
    written.add("description", "\n".join(lines(event.description)))
    written.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    written.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    written.add("class", "PRIVATE")  # colleagues who may look into the calendar see that the time is taken
    if not event.is_cancelled:
        written.add("x-microsoft-cdo-busystatus", "BUSY")
        for before in REMINDERS:
            written.add_component(_alarm(event, before))
    return written


def _alarm(event: CalendarEvent, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one_line(event.title))
    alarm.add("trigger", -before)
    return alarm
