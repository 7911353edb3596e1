"""Time zones: what day and what time it is for a person. When they work is another question (`cycle.calendar`)."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.people import Person


@lru_cache(maxsize=1024)
def zone_named(tz: str) -> ZoneInfo:
    """The IANA time zone of that name; an unknown one counts as UTC."""
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last one: a name longer than a file's may be
        return ZoneInfo("UTC")


def local_time(person: Person, moment: datetime) -> datetime:
    """A moment (aware) on the person's own clock. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime belongs to no zone")
    return moment.astimezone(zone_named(person.tz))


def local_day(person: Person, moment: datetime) -> date:
    """The person's own date at a moment."""
    return local_time(person, moment).date()
