"""Putting a reminder off: it comes again later, if its reason still holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from cycle import formatting
from cycle.calendar import A_WEEK_OF_DAYS, WorkingCalendar, calendar_of
from cycle.day_spans import ONE_DAY
from cycle.errors import FieldErrors, NotAvailable
from cycle.nudges import Action, NudgeText, PlannedNudge, plan, worded
from cycle.sent_nudges import EDIT_AFTER
from cycle.snapshot_loading import load
from cycle.zones import local_day
from storage.nudges import Nudge, NudgeState
from storage.people import Person
from storage.store import Store

OVER: Final = "That reminder is over, or put off already. The App Home shows what you can do now."
AN_HOUR: Final = timedelta(hours=1)
DAY: Final = "day"  # the field with the day
LONGEST: Final = timedelta(days=365)
"""A reminder of which a year later nobody knows what it was about is none."""


def in_an_hour(calendar: WorkingCalendar, now: datetime) -> datetime:
    """In an hour, or as work begins next where that is outside of it."""
    return calendar.next_open(now + AN_HOUR)


def tomorrow(calendar: WorkingCalendar, now: datetime) -> datetime:
    """As the next working day begins."""
    return calendar.opening(calendar.working_days_after(calendar.day_of(now), 1))


def next_week(calendar: WorkingCalendar, now: datetime) -> datetime:
    """As work begins in the week after this one."""
    today = calendar.day_of(now)
    monday = today + timedelta(days=A_WEEK_OF_DAYS - today.weekday())
    return calendar.opening(calendar.working_day_from(monday))


UNTIL: Final[Mapping[Action, Callable[[WorkingCalendar, datetime], datetime]]] = MappingProxyType(
    {Action.REMIND_IN_AN_HOUR: in_an_hour, Action.REMIND_TOMORROW: tomorrow, Action.REMIND_NEXT_WEEK: next_week}
)


@dataclass(frozen=True)
class Reminder:
    """A reminder that its reader was sent, and whose reason holds."""

    nudge: Nudge
    planned: PlannedNudge
    text: NudgeText

    def holds_on(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether it still makes sense as work begins on a day, or on the next working day."""
        return self.planned.holds(calendar.opening(calendar.working_day_from(day)))

    def last_day(self, calendar: WorkingCalendar, today: date) -> date:
        """The last day on which it still makes sense, at most a year ahead."""
        ends_at = self.planned.ends_at
        day = today + LONGEST if ends_at is None else min(calendar.day_of(ends_at), today + LONGEST)
        while day > today and not (calendar.is_working_day(day) and self.holds_on(day, calendar)):
            day -= ONE_DAY
        return day


async def find_reminder(store: Store, me: Person, key: str, now: datetime, *, lock: bool = False) -> Reminder | None:
    """A reminder that I was sent, by its stable key; None where it is over or put off already."""
    nudge = await (store.nudges.lock_live(me.pk, key) if lock else store.nudges.live(me.pk, key))
    snapshot = (await load(store, [nudge.snapshot_key], now)).get(nudge.snapshot_key) if nudge else None
    planned = plan(snapshot, now, [nudge.kind]).get(key) if nudge and snapshot else None
    text = worded(snapshot, planned, me) if snapshot and planned else None
    return Reminder(nudge, planned, text) if nudge and planned and text else None


async def put_off(store: Store, me: Person, key: str, choice: Action, now: datetime) -> datetime:
    """Have a reminder that I was sent, by its stable key, come again later: when.

    Raises `NotAvailable` where it is over, or would be by then: another one takes its place, or it is too late.
    """
    if (reminder := await find_reminder(store, me, key, now, lock=True)) is None:
        raise NotAvailable(OVER)
    until = UNTIL[choice](calendar_of(me), now)
    if not reminder.planned.holds(until):
        raise NotAvailable(out_of_date(until, me, now))
    _plan_again(reminder.nudge, until)
    reminder.nudge.message_id = None  # the answer to a press in a message takes its place
    return until


def check_day(reminder: Reminder, day: date | None, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with a day to be reminded on. Pure."""
    errors, calendar, today = FieldErrors(), calendar_of(me), local_day(me, now)
    if day is None:
        errors.add(DAY, "Please choose a day.")
    elif day <= today:
        errors.add(DAY, f"Please choose a day after today, {formatting.day(today, today)}.")
    elif day - today > LONGEST:
        errors.add(DAY, "That is more than a year away. Please choose an earlier day.")
    elif not reminder.holds_on(day, calendar):
        last = reminder.last_day(calendar, today)
        sentence = out_of_date(calendar.opening(calendar.working_day_from(day)), me, now)
        until = f" {formatting.day(last, today)} is the last day for it." if last > today else ""
        errors.add(DAY, sentence + until)
    return errors


async def put_off_to(store: Store, me: Person, reminder: Reminder, day: date, now: datetime) -> datetime:
    """Have a locked reminder come again as work begins on a checked day, or on the next working day: when.

    Its message is edited to say so.
    """
    calendar = calendar_of(me)
    until = calendar.opening(calendar.working_day_from(day))
    _plan_again(reminder.nudge, until)
    if reminder.nudge.message_id is not None:
        await store.messages.ask_for_edits([reminder.nudge.message_id], now + EDIT_AFTER)
    return until


def _plan_again(nudge: Nudge, until: datetime) -> None:
    nudge.state, nudge.ready_at, nudge.put_off_until, nudge.held_until = NudgeState.PLANNED, until, until, None
    nudge.live_since, nudge.settled_at = None, None


def out_of_date(until: datetime, me: Person, now: datetime) -> str:
    """That a reminder cannot wait until then."""
    day = formatting.day(local_day(me, until), local_day(me, now))
    return f"On {day} that reminder would be out of date. The App Home shows what is open until then."


def comes_again(until: datetime, me: Person, now: datetime) -> str:
    """When a reminder comes again."""
    return f"I'll remind you on {formatting.moment(until, me, local_day(me, now))}, unless it is done by then."


def comes_after_hours(until: datetime, me: Person, now: datetime) -> str:
    """The same, where an hour later is outside of the person's hours."""
    when = formatting.moment(until, me, local_day(me, now))
    return f"In an hour you are off, so I'll remind you on {when}, unless it is done by then."


def comes_after_day_off(day: date, until: datetime, me: Person, now: datetime) -> str:
    """The same, where the day that was chosen is a day off."""
    today = local_day(me, now)
    off, when = formatting.day(day, today), formatting.moment(until, me, today)
    return f"You are off on {off}, so I'll remind you on {when}, unless it is done by then."
