"""The budget: how many messages a person gets of what may wait, a day and a week (pure).

What may wait comes on no day that had a message already, and in a week not more often than the person wants. Else it is
held back: it goes with the next message of whatever kind, or by itself on the next day with room. Meanwhile it stands
in the App Home, which shows what is open. What cannot wait is not held back, and takes no room from the week's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cycle.calendar import WorkingCalendar
from cycle.nudges import KINDS
from storage.messages import Sent
from storage.people import Person

DAYS: Final = timedelta(days=7)
"""A week's messages are those of this many days, today included."""
NO_LIMIT: Final = 0


def may_wait(kind: str, put_off_until: datetime | None) -> bool:
    """Whether a nudge may be held back: not where its person has said when it is to come."""
    known = KINDS.get(kind) if put_off_until is None else None
    return known is not None and known.urgency.is_held_back


def held_until(person: Person, sent: Sequence[Sent], calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """When what may wait can go to a person next (UTC); None if it can go now.

    `sent` are their messages of the last week.
    """
    today = calendar.day_of(now)
    days = [calendar.day_of(one.at) for one in sent]
    waited = [calendar.day_of(one.at) for one in sent if one.may_wait]
    day = today
    while True:
        on_it = days.count(day)
        of_week = sum(day - DAYS < one <= day for one in waited)
        if _has_room(on_it, person.per_day) and _has_room(of_week, person.per_week):
            return None if day == today else calendar.opening(day)
        day = calendar.working_days_after(day, 1)


def _has_room(messages: int, limit: int) -> bool:
    return limit == NO_LIMIT or messages < limit
