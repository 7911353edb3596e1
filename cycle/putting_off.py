"""Putting a reminder off: it comes again later, if its reason still holds."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from cycle.calendar import A_WEEK_OF_DAYS, WorkingCalendar, calendar_of
from cycle.errors import NotAvailable
from cycle.nudges import Action
from storage.people import Person
from storage.store import Store

OVER: Final = "That reminder is over, or put off already. The App Home shows what you can do now."


def tomorrow(calendar: WorkingCalendar, now: datetime) -> datetime:
    """As the next working day begins."""
    return calendar.opening(calendar.working_days_after(calendar.day_of(now), 1))


def next_week(calendar: WorkingCalendar, now: datetime) -> datetime:
    """As work begins in the week after this one."""
    today = calendar.day_of(now)
    monday = today + timedelta(days=A_WEEK_OF_DAYS - today.weekday())
    return calendar.opening(calendar.working_day_from(monday))


UNTIL: Final[Mapping[Action, Callable[[WorkingCalendar, datetime], datetime]]] = MappingProxyType(
    {Action.REMIND_TOMORROW: tomorrow, Action.REMIND_NEXT_WEEK: next_week}
)


async def put_off(store: Store, me: Person, key: str, choice: Action, now: datetime) -> datetime:
    """Have a reminder that I was sent, by its stable key, come again later: when. Raises `NotAvailable`."""
    until = UNTIL[choice](calendar_of(me), now)
    if not await store.nudges.put_off(me.pk, key, until):
        raise NotAvailable(OVER)
    return until
