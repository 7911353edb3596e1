"""Times to propose for a discussion: within both people's working hours, when neither is busy (practices E10, L2)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final

from cycle.calendar import WorkingCalendar
from storage.discussions import BusyTime

# Three times are a choice; more are a list to read.
PROPOSALS: Final = 3
# A date this far ahead leaves a week for the agenda, which is asked for nine days before (E15).
LEAVES_TIME_FOR_AGENDA: Final = timedelta(days=10)
# A discussion that is due sooner, or was due already, still leaves this long to prepare.
SOONEST: Final = timedelta(days=2)
# Days on either side of the best one that are looked at.
LOOK_AROUND: Final = 28
# Between two discussions of one person: time to write down the first and think of the second (L2).
BREAK: Final = timedelta(minutes=30)
# Discussions begin on the hour or at half past.
EVERY: Final = timedelta(minutes=30)
# What both would rather have, in this order: people are fresh in the middle of the morning, and free after lunch.
FAVOURITES: Final = (time(10), time(14))


@dataclass(frozen=True)
class Wanted:
    """What to look for: a discussion of a length, near a day, on the calendars of both."""

    minutes: int
    near: date
    calendars: Sequence[WorkingCalendar]
    """The reader's first: days are theirs."""
    busy: Collection[BusyTime] = ()
    """When either has another discussion."""
    besides: datetime | None = None
    """The present date, which is not proposed again."""


def propose_times(wanted: Wanted, now: datetime) -> list[datetime]:
    """Up to three moments on different days (UTC, in order), near the day; none where the hours share nothing.

    Mornings and afternoons alternate, so that one of them suits. Pure.
    """
    chosen = list(islice(_found(wanted, now), PROPOSALS))
    return sorted(chosen)


def look_between(near: date, calendar: WorkingCalendar, now: datetime) -> tuple[datetime, datetime]:
    """From and until when discussions of either have to be known. Pure."""
    days = _days(near, calendar.day_of(now))
    return calendar.at(min(days), time()), calendar.at(max(days) + timedelta(days=1), time())


def _found(wanted: Wanted, now: datetime) -> Iterator[datetime]:
    mine, number = wanted.calendars[0], 0
    for day in _days(wanted.near, mine.day_of(now)):
        favourite = FAVOURITES[number % len(FAVOURITES)]
        if (moment := _best_on(day, favourite, wanted)) is not None:
            number += 1
            yield moment


def _days(near: date, today: date) -> list[date]:
    """The days to look at: those nearest to the best one first, and of two equally near the earlier one."""
    soonest = today + SOONEST
    best = max(near, soonest)
    first = min(today + LEAVES_TIME_FOR_AGENDA, best)
    around = (best + timedelta(days=shift) for shift in range(-LOOK_AROUND, LOOK_AROUND + 1))
    return sorted((day for day in around if day >= soonest), key=lambda day: (day < first, abs((day - best).days), day))


def _best_on(day: date, favourite: time, wanted: Wanted) -> datetime | None:
    """The time of a day that is nearest to a favourite; None where nothing suits both."""
    mine = wanted.calendars[0]
    if not mine.is_working_day(day):
        return None
    ideal, moment, closing = mine.at(day, favourite), mine.opening(day), mine.at(day, mine.closes)
    suits = []
    while moment < closing:
        if _suits(moment, wanted):
            suits.append(moment)
        moment += EVERY
    return min(suits, key=lambda one: (abs(one - ideal), one), default=None)


def _suits(moment: datetime, wanted: Wanted) -> bool:
    ends_at = moment + timedelta(minutes=wanted.minutes)
    last_minute = ends_at - timedelta(minutes=1)
    if moment == wanted.besides:
        return False
    if not all(calendar.is_open(moment) and calendar.is_open(last_minute) for calendar in wanted.calendars):
        return False
    return not any(one.starts_at < ends_at + BREAK and moment < one.ends_at + BREAK for one in wanted.busy)
