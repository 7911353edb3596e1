"""Bundling: what falls due together for one person goes into one message, or into as few as have room for it. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from cycle.calendar import WorkingCalendar
from scheduler.messenger import MessageSize
from storage.nudges import Nudge

Part = TypeVar("Part")

LATE_AFTER: Final = timedelta(hours=3)
"""A nudge that could have been sent this long ago, or before the present working day began, admits being late. A
shorter time would apologise for a restart over lunch that nobody noticed."""


def bundle(
    parts: Sequence[Part], size: Callable[[Part], MessageSize], capacity: MessageSize
) -> Iterator[Sequence[Part]]:
    """Parts in their order, divided where the next one has no room. A part that is too large goes alone."""
    if len(parts) == 1:
        yield parts  # nearly always; a part by itself needs no measuring
        return
    start, taken = 0, MessageSize(0, 0)
    for number, part in enumerate(parts):
        more = size(part)
        if number > start and not taken.plus(more).fits(capacity):
            yield parts[start:number]
            start, taken = number, MessageSize(0, 0)
        taken = taken.plus(more)
    yield parts[start:]


def could_come(row: Nudge, calendar: WorkingCalendar) -> datetime:
    """When a nudge could first have been sent: not before it was known, nor while it was held back or put off."""
    waits = (row.due_at, row.planned_at, row.held_until, row.put_off_until)
    return calendar.next_open(max(moment for moment in waits if moment is not None))


def is_late(due_at: datetime, calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether what could first have been sent at a moment comes noticeably later."""
    today = calendar.opening(calendar.day_of(now))
    return due_at < today or now - due_at > LATE_AFTER
