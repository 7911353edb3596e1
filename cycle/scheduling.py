"""Scheduling: setting, moving and cancelling the date of a discussion (practices E10, L2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

from cycle import agendas, formatting, preparations
from cycle.calendar import DayOff, add_months, calendar_of
from cycle.errors import FieldErrors, NotAvailable, too_long
from cycle.guards import in_use
from cycle.nudges.kind import key_of
from cycle.nudges.scheduling import date_set_key
from cycle.nudges.wrap_up import AGAIN, FIRST
from cycle.replanning import replan
from cycle.time_proposals import Wanted, look_between, propose_times
from cycle.zones import local_day
from storage.discussions import Discussion, DiscussionState
from storage.nudges import NudgeState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

# No discussion is longer than this; it bounds where an overlap can begin.
LONGEST_DISCUSSION = timedelta(hours=4)
# There is at least one discussion a year (M1), with a month of tolerance for choosing a day.
FURTHEST_MONTHS = 13
# The successor of a cancelled discussion is due in three weeks, unless the cycle leaves more time.
SOON = timedelta(days=21)  # when someone who asks to meet would rather meet than at a far due date
AFTER_CANCELLING = timedelta(days=21)
# A date this long after the discussion is due is asked about: it may be a slip of the month.
LATE = timedelta(days=31)
LONGEST_REASON = 1000  # characters

NEWS_OF_DATES = ("date_set", "postponed")  # kinds of nudges, about a discussion and a round
TOLD = frozenset({NudgeState.CLAIMED, NudgeState.SENT})

STARTS_AT = "starts_at"  # fields of the forms
MINUTES = "minutes"
REASON = "reason"


class Heard(StrEnum):
    """How the other side hears of a date."""

    BY_MESSAGE = "by_message"
    BY_EDIT = "by_edit"  # of the message that they have of the same day: nothing notifies them
    NOT = "not"  # it is before their next working hours
    ALREADY = "already"  # it is the date that they set themselves, and nothing has changed


@dataclass(frozen=True)
class ScheduleView:
    """What a person sees before choosing a date."""

    pair: Pair
    discussion: Discussion
    me: Person
    other: Person
    today: date  # mine
    cancelled: Discussion | None  # the one before, where it was cancelled

    def warnings(self, starts_at: datetime, minutes: int) -> list[str]:
        """What is unusual about a time."""
        odd = warnings(starts_at, minutes, (self.me, self.other), self.me, self.today)
        due_on = self.discussion.due_on
        if local_day(self.me, starts_at) <= max(due_on, self.today) + LATE:
            return odd
        was_due = "it was due" if due_on < self.today else "it is due"
        return [*odd, f"That is more than a month after {was_due} ({formatting.day(due_on, self.today)})."]

    def hears_of(self, starts_at: datetime, now: datetime) -> bool:
        """Whether the other side is at work before a date that is set now, and so can get a message about it."""
        return calendar_of(self.other).next_open(now) < starts_at


async def schedule_of(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> ScheduleView:
    """How the open discussion of a pair is scheduled."""
    return ScheduleView(
        pair=pair,
        discussion=discussion,
        me=me,
        other=await store.people.get(pair.other_than(me.pk)),
        today=local_day(me, now),
        cancelled=await _cancelled_before(store, pair, discussion),
    )


async def times_to_propose(
    store: Store, view: ScheduleView, minutes: int, now: datetime, *, soon: bool = False
) -> list[datetime]:
    """Up to three times that suit both: near the present date or, where there is none, the due date.

    `soon` is for someone who asks to meet: they are near three weeks from now, where the due date is later.
    """
    starts_at, calendars = view.discussion.starts_at, (calendar_of(view.me), calendar_of(view.other))
    near = local_day(view.me, starts_at) if starts_at else view.discussion.due_on
    if soon:
        near = min(near, view.today + SOON)
    since, until = look_between(near, calendars[0], now)
    both = (view.pair.employee_id, view.pair.manager_id)
    busy = [
        one
        for one in await store.discussions.busy(both, since - LONGEST_DISCUSSION, until)
        if one.discussion_id != view.discussion.id
    ]
    return propose_times(Wanted(minutes, near, calendars, busy, besides=starts_at), now)


def moved_since(discussion: Discussion, seen_round: int, me: Person, other: Person, now: datetime) -> str | None:
    """What happened to the date since the person saw it: a sentence, or None if it is the one they saw. Pure."""
    if discussion.round == seen_round:
        return None
    who = "You" if discussion.dated_by_id == me.id else formatting.first_name(other)
    if discussion.starts_at is None:
        return f"{formatting.first_name(other)} left the date open meanwhile. Close this and open it again to see it."
    when = formatting.moment(discussion.starts_at, me, local_day(me, now))
    return f"{who} set {when} meanwhile. To change that, close this and open it again."


async def check_date(  # noqa: PLR0913 - used by every form that sets a date, each with its own field
    store: Store, me: Person, pair: Pair, starts_at: datetime, minutes: int,
    *, now: datetime, besides: Discussion, field: str = STARTS_AT,
) -> FieldErrors:  # fmt: skip
    """What is wrong with a date: passed, too far ahead, or at the same time as another discussion of either.

    Both people are locked, so that nobody books them meanwhile.
    """
    if starts_at <= now:
        return FieldErrors({field: "That time has passed. Please pick a time in the future."})
    if local_day(me, starts_at) > add_months(local_day(me, now), FURTHEST_MONTHS):
        return FieldErrors({field: "That is more than a year away. Please pick a time within the next twelve months."})
    ends_at = starts_at + timedelta(minutes=minutes)
    both = (pair.employee_id, pair.manager_id)
    overlapping = [
        one
        for one in await store.discussions.busy(both, starts_at - LONGEST_DISCUSSION, ends_at)
        if one.discussion_id != besides.id and one.starts_at < ends_at and starts_at < one.ends_at
    ]
    if not overlapping:
        return FieldErrors()
    if any(one.person_id == me.pk for one in overlapping):
        return FieldErrors({field: "You have another career discussion at that time. Please pick another time."})
    name = formatting.first_name(await store.people.get(pair.other_than(me.pk)))
    return FieldErrors({field: f"{name} has another career discussion at that time. Please pick another time."})


async def set_date(  # noqa: PLR0913, PLR0917 - who sets which date of which discussion, and when
    store: Store, me: Person, pair: Pair, discussion: Discussion, starts_at: datetime, minutes: int, now: datetime
) -> None:
    """Set or move the date, checked, of the open discussion of a pair that is locked together with both people."""
    before = await _date_known_to_other(store, me, pair, discussion)
    put_date(discussion, me, starts_at, minutes, now, before=before)
    await replan(store, pair, now)


async def hears_how(store: Store, view: ScheduleView, starts_at: datetime, now: datetime) -> Heard:
    """How the other side hears of the date that was set just now, and planned."""
    if view.discussion.dated_by_id != view.me.id:
        return Heard.ALREADY
    if not view.hears_of(starts_at, now):
        return Heard.NOT
    rows = await store.nudges.of_pair(view.pair.pk, {date_set_key(view.discussion)})
    return Heard.BY_EDIT if any(row.reworded for row in rows) else Heard.BY_MESSAGE


async def _date_known_to_other(store: Store, me: Person, pair: Pair, discussion: Discussion) -> datetime | None:
    """The date that the other side knows of: the present one, or the one before it while they have not heard of that.

    What is moved twice before the other side hears of it is then one move to them, from the date that they know.
    """
    if discussion.dated_by_id != me.id:
        return discussion.starts_at  # their own choice
    nudges = await _nudges_naming(store, pair, discussion, pair.other_than(me.pk))
    return discussion.starts_at if await _was_told(store, pair, nudges) else discussion.moved_from


async def _nudges_naming(store: Store, pair: Pair, discussion: Discussion, reader_id: int) -> set[str]:
    """The keys of the nudges from which a reader learns of the present date, or of its loss.

    There is none of the date itself where it came with a wrap-up, or is before their next working hours.
    """
    about_date = partial(key_of, subject_id=discussion.pk, round_=discussion.round)
    keys = {about_date(kind) for kind in NEWS_OF_DATES}
    keys.add(about_date("day_before", person_id=reader_id))
    keys |= {about_date("wrap_up", person_id=reader_id, stage=stage) for stage in (FIRST, AGAIN)}
    held = await store.discussions.latest_held(pair.pk, limit=1)
    return keys | {key_of("wrapped_up", one.pk) for one in held if one.wrapped_up_at == discussion.dated_at}


async def _date_lost_to_other(store: Store, me: Person, pair: Pair, discussion: Discussion) -> datetime | None:
    """The date that the other side has to hear is cancelled; None where they knew of none.

    Where I cancel the next discussion as well before they hear of the first cancellation, there is one message, about
    the date that they know.
    """
    known = await _date_known_to_other(store, me, pair, discussion)
    before = await _cancelled_before(store, pair, discussion)
    if known is not None or before is None or before.cancelled_by_id != me.id:
        return known
    return None if await _was_told(store, pair, {key_of("cancelled", before.pk)}) else before.moved_from


async def _cancelled_before(store: Store, pair: Pair, discussion: Discussion) -> Discussion | None:
    """The discussion right before this one, where it was cancelled."""
    before = [one for one in await store.discussions.latest([pair.pk]) if one.number == discussion.number - 1]
    return next((one for one in before if one.state is DiscussionState.CANCELLED), None)


async def _was_told(store: Store, pair: Pair, keys: Collection[str]) -> bool:
    """Whether any of these nudges was sent, or is on its way. Editing an earlier message, silently, tells no one."""
    return any(
        row.key in keys and row.state in TOLD and not row.reworded for row in await store.nudges.of_pair(pair.pk, keys)
    )


def put_date(
    discussion: Discussion, me: Person, starts_at: datetime, minutes: int, now: datetime,
    *, before: datetime | None = None,
) -> None:  # fmt: skip
    """Write a date into a discussion. The same date again is no new round.

    `before` is the date that the other side knows of; None where they know of none.
    """
    present = (discussion.starts_at, discussion.minutes, discussion.state)
    if present == (starts_at, minutes, DiscussionState.SCHEDULED):
        return
    discussion.moved_from = before
    discussion.starts_at, discussion.minutes, discussion.state = starts_at, minutes, DiscussionState.SCHEDULED
    discussion.round += 1
    discussion.dated_at, discussion.dated_by_id, discussion.postponed = now, me.pk, False


def warnings(starts_at: datetime, minutes: int, people: tuple[Person, Person], me: Person, today: date) -> list[str]:
    """What is unusual about a time, though nothing forbids it: outside one's working hours (L2). Pure."""
    days = {local_day(person, starts_at) for person in people}
    reasons = {calendar_of(person).day_off(local_day(person, starts_at)) for person in people}
    if len(days) == 1 and reasons == {DayOff.FREE_WEEKDAY}:
        return [f"That's a {days.pop():%A} for both of you."]
    if len(days) == 1 and reasons == {DayOff.HOLIDAY}:
        return [f"{formatting.day(days.pop(), today)} is a public holiday for both of you."]
    if DayOff.CLOSED in reasons:
        return [f"Your workspace is closed on {formatting.day(local_day(me, starts_at), today)}."]
    each = (_unusual(starts_at, minutes, person, is_mine=person.id == me.id, today=today) for person in people)
    return [sentence for sentence in each if sentence is not None]


def _unusual(starts_at: datetime, minutes: int, person: Person, *, is_mine: bool, today: date) -> str | None:
    """What is unusual about a time for one of the two."""
    calendar, name = calendar_of(person), formatting.first_name(person)
    when = formatting.day(local_day(person, starts_at), today)
    last_minute = starts_at + timedelta(minutes=minutes) - timedelta(minutes=1)
    match calendar.day_off(local_day(person, starts_at)):
        case DayOff.ABSENCE:
            return f"You are away on {when}." if is_mine else f"{name} is away on {when}."
        case DayOff.HOLIDAY:
            return f"{when} is a public holiday for {'you' if is_mine else name}."
    if calendar.is_open(starts_at) and calendar.is_open(last_minute):
        return None
    whose = "your" if is_mine else f"{name}'s"
    return f"{formatting.moment(starts_at, person, today)} is outside {whose} working hours."


def check_cancelling(reason: str) -> FieldErrors:
    """What is wrong with a cancellation. Pure."""
    if not reason.strip():
        return FieldErrors({REASON: "A word on why helps the other side. It stays between you two."})
    if len(reason) > LONGEST_REASON:
        return FieldErrors({REASON: too_long(reason, LONGEST_REASON)})
    return FieldErrors()


async def cancel(
    store: Store, me: Person, pair: Pair, discussion: Discussion, reason: str, now: datetime
) -> Discussion:
    """Cancel the dated discussion of a locked pair, with a checked reason.

    Returns its successor, which inherits agenda, preparations and their drafts. Raises `NotAvailable` when there is no
    date, or no longer.
    """
    in_use(pair, me)
    if discussion.state is not DiscussionState.SCHEDULED:
        raise NotAvailable("There is no date to cancel any more.")
    discussion.moved_from = await _date_lost_to_other(store, me, pair, discussion)
    discussion.state, discussion.cancelled_at, discussion.cancelled_by_id = DiscussionState.CANCELLED, now, me.pk
    discussion.cancel_reason = reason.strip()
    await store.flush()
    # They meant to meet by that date: the next one is due then, or as soon as there is time to find one.
    planned_on = discussion.due_on if discussion.starts_at is None else local_day(me, discussion.starts_at)
    due_on = max(min(discussion.due_on, planned_on), _due_after_cancelling(me, now))
    successor = await open_next(store, pair, discussion, due_on)
    successor.question_set = discussion.question_set
    for preparation in await store.preparations.of_discussion([discussion.pk]):
        preparation.discussion_id = successor.pk
    await store.drives.move(pair.pk, discussion.pk, successor.pk)
    for form in (*preparations.DRAFTS, agendas.FORM):
        await store.drafts.move(form, discussion.pk, successor.pk)
    await replan(store, pair, now)
    return successor


async def postpone(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> None:
    """Take the date away without a new one, on purpose (E10): back to planning, and it comes up again."""
    discussion.moved_from = await _date_known_to_other(store, me, pair, discussion)
    discussion.state, discussion.starts_at, discussion.postponed = DiscussionState.PLANNING, None, True
    discussion.due_on = max(discussion.due_on, _due_after_cancelling(me, now))
    discussion.round += 1
    discussion.dated_at, discussion.dated_by_id = now, me.pk
    await replan(store, pair, now)


def _due_after_cancelling(me: Person, now: datetime) -> date:
    return local_day(me, now) + AFTER_CANCELLING


async def open_next(store: Store, pair: Pair, before: Discussion, due_on: date) -> Discussion:
    """Open the discussion after one that ended (E17), with what was not discussed carried over."""
    successor = Discussion(pair_id=pair.pk, number=before.number + 1, due_on=due_on, minutes=pair.minutes)
    store.add(successor)
    await store.flush()
    await agendas.carry_into(store, before, successor)
    return successor
