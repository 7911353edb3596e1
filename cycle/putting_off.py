"""Putting a reminder off: it comes again later, if its reason still holds."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from cycle import formatting
from cycle.calendar import A_WEEK_OF_DAYS, WorkingCalendar, calendar_of
from cycle.errors import NotAvailable
from cycle.nudges import Action, plan
from cycle.snapshot import load
from cycle.zones import local_day
from storage.nudges import NudgeState
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
    """Have a reminder that I was sent, by its stable key, come again later: when.

    Raises `NotAvailable` where it is over, or would be by then: another one takes its place, or it is too late.
    """
    nudge = await store.nudges.lock_live(me.pk, key)
    snapshot = (await load(store, [nudge.snapshot_key], now)).get(nudge.snapshot_key) if nudge else None
    planned = plan(snapshot, now, [nudge.kind]).get(key) if nudge and snapshot else None
    if nudge is None or planned is None:
        raise NotAvailable(OVER)
    until = UNTIL[choice](calendar_of(me), now)
    if not planned.holds(until):
        day = formatting.day(calendar_of(me).day_of(until), local_day(me, now))
        raise NotAvailable(f"On {day} that reminder would be out of date. The App Home shows what is open until then.")
    nudge.state, nudge.ready_at, nudge.put_off_until, nudge.held_until = NudgeState.PLANNED, until, until, None
    nudge.message_id, nudge.live_since, nudge.settled_at = None, None, None
    return until
