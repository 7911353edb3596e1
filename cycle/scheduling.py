"""Scheduling: setting, moving and cancelling the date of a talk (practices E10, L2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cycle import agendas, formatting, preparations
from cycle.calendar import add_months, hours_in
from cycle.errors import CareerError, FieldErrors, InvalidInput, NotAvailable
from cycle.guards import active_pair, lock_active_pair, open_discussion
from cycle.replanning import replan
from cycle.zones import local_day
from storage.discussions import Discussion, DiscussionState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

# No talk is longer than this; it bounds where an overlap can begin.
LONGEST_DISCUSSION = timedelta(hours=4)
# There is at least one talk a year (M1), with a month of tolerance for choosing a day.
FURTHEST_MONTHS = 13
# A cancelled talk's successor is due in three weeks, unless the cycle leaves more time.
AFTER_CANCELLING = timedelta(days=21)

STARTS_AT = "starts_at"  # fields of the form
MINUTES = "minutes"
REASON = "reason"


class Unusual(CareerError):
    """A date that nothing forbids, and whose oddities the person has not seen yet."""

    def __init__(self, warnings: Sequence[str]) -> None:
        super().__init__(" ".join(warnings))
        self.warnings = tuple(warnings)


@dataclass(frozen=True)
class ScheduleView:
    """What somebody sees before choosing a date."""

    pair: Pair
    discussion: Discussion
    me: Person
    other: Person
    cancelled: Discussion | None  # the turn before, where it was cancelled

    def warnings(self, starts_at: datetime, minutes: int) -> list[str]:
        """What is unusual about a time."""
        return warnings(starts_at, minutes, (self.me, self.other), self.me)


async def schedule_of(store: Store, me: Person, pair_id: int) -> ScheduleView:
    """How the next talk of a pair stands. Raises `NotAllowed` or `Gone`."""
    pair = await active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    before = [turn for turn in await store.discussions.latest([pair.pk]) if turn.number == discussion.number - 1]
    return ScheduleView(
        pair=pair,
        discussion=discussion,
        me=me,
        other=await store.people.get(pair.other_than(me.pk)),
        cancelled=next((turn for turn in before if turn.state is DiscussionState.CANCELLED), None),
    )


async def set_date(  # noqa: PLR0913 - a date is a moment, a length, and the state in which it was chosen
    store: Store,
    me: Person,
    pair_id: int,
    starts_at: datetime,
    minutes: int,
    *,
    seen_round: int,
    now: datetime,
    seen_id: int | None = None,
    ask_first: bool = False,
) -> Discussion:
    """Set or move the date. Raises `Refused` on `STARTS_AT`, `NotAllowed` or `Gone`.

    `seen_id` and `seen_round` are the talk and the round that the person saw when choosing: if the other side has set a
    date meanwhile, it stands. With `ask_first`, a date that `warnings` has something to say about raises `Unusual`.
    """
    pair = await lock_active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    _same_discussion(discussion, seen_id)
    if discussion.round != seen_round and discussion.starts_at is not None:
        stands = formatting.moment(discussion.starts_at, me)
        raise InvalidInput(
            {STARTS_AT: f"Meanwhile the other side set {stands}. Close this and open it again to change that."}
        )
    errors = FieldErrors()
    await check_date(store, me, pair, starts_at, minutes, now=now, besides=discussion, field=STARTS_AT, errors=errors)
    errors.raise_if_any()
    if ask_first:
        other = await store.people.get(pair.other_than(me.pk))
        if said := warnings(starts_at, minutes, (me, other), me):
            raise Unusual(said)
    put_date(discussion, me, starts_at, minutes, now)
    await replan(store, pair.pk, now)
    return discussion


def _same_discussion(discussion: Discussion, seen_id: int | None) -> None:
    """Whoever acts on a talk that has ended meanwhile does not mean the one after it."""
    if seen_id is not None and discussion.pk != seen_id:
        raise NotAvailable(
            "Meanwhile this talk was cancelled or wrapped up, and the next one is open. Please look again."
        )


def put_date(discussion: Discussion, me: Person, starts_at: datetime, minutes: int, now: datetime) -> None:
    """Write a date into a discussion. The same date again is no new round."""
    if (discussion.starts_at, discussion.minutes, discussion.state) == (starts_at, minutes, DiscussionState.SCHEDULED):
        return
    discussion.starts_at, discussion.minutes, discussion.state = starts_at, minutes, DiscussionState.SCHEDULED
    discussion.round += 1
    discussion.dated_at, discussion.dated_by_id, discussion.postponed = now, me.pk, False


async def check_date(  # noqa: PLR0913 - used by every form that sets a date, each with its own field
    store: Store,
    me: Person,
    pair: Pair,
    starts_at: datetime,
    minutes: int,
    *,
    now: datetime,
    besides: Discussion,
    field: str,
    errors: FieldErrors,
) -> None:
    """Complain about a date that has passed, lies too far ahead, or overlaps another discussion of either."""
    if starts_at <= now:
        errors.add(field, f"{formatting.moment(starts_at, me)} has passed. Please choose a time to come.")
        return
    if local_day(me, starts_at) > add_months(local_day(me, now), FURTHEST_MONTHS):
        errors.add(field, "That is more than a year away. Please choose a time within the next twelve months.")
        return
    ends_at = starts_at + timedelta(minutes=minutes)
    both = (pair.employee_id, pair.manager_id)
    busy = await store.discussions.busy(both, starts_at - LONGEST_DISCUSSION, ends_at)
    overlapping = [
        one for one in busy
        if one.discussion_id != besides.id and one.starts_at < ends_at and starts_at < one.ends_at
    ]  # fmt: skip
    if overlapping:
        mine = any(one.person_id == me.pk for one in overlapping)
        who = "You have" if mine else f"{formatting.first_name(await store.people.get(pair.other_than(me.pk)))} has"
        errors.add(field, f"{who} another career discussion at that time. Please choose a time beside it.")


def warnings(starts_at: datetime, minutes: int, people: tuple[Person, Person], me: Person) -> list[str]:
    """What is unusual about a time, though nothing forbids it: outside somebody's working hours (L2)."""
    said = []
    last_minute = starts_at + timedelta(minutes=minutes) - timedelta(minutes=1)
    for person in people:
        hours = hours_in(person.tz)
        if not (hours.is_open(starts_at) and hours.is_open(last_minute)):
            who = "your" if person.id == me.id else f"{formatting.first_name(person)}'s"
            said.append(f"{formatting.moment(starts_at, person)} is outside {who} working hours.")
    return said


async def cancel(
    store: Store, me: Person, pair_id: int, reason: str, now: datetime, *, seen_id: int | None = None
) -> Discussion:
    """Cancel the dated talk with a reason. Returns its successor, which inherits agenda, preparations and their drafts.

    Raises `Refused` on `REASON`, `NotAllowed`, or `Gone` where there is no date (any more).
    """
    pair = await lock_active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    _same_discussion(discussion, seen_id)
    if discussion.state is not DiscussionState.SCHEDULED:
        raise NotAvailable("There is no date to cancel any more.")
    if not reason.strip():
        raise InvalidInput({REASON: "A word on why helps the other side. It stays between you two."})
    discussion.state, discussion.cancelled_at, discussion.cancelled_by_id = DiscussionState.CANCELLED, now, me.pk
    discussion.cancel_reason = reason.strip()
    await store.flush()
    today = local_day(me, now)
    successor = await open_next(store, pair, discussion, max(discussion.due_on, today + AFTER_CANCELLING))
    successor.question_set = discussion.question_set
    for preparation in await store.preparations.of_discussion([discussion.pk]):
        preparation.discussion_id = successor.pk
    for draft in await store.preparations.drafts_about(preparations.FORM, discussion.pk):
        draft.subject_id = successor.pk
    await replan(store, pair.pk, now)
    return successor


async def postpone(store: Store, me: Person, pair_id: int, now: datetime) -> Discussion:
    """Take the date away without a new one, on purpose (E10): the talk goes back to planning, and comes up again."""
    pair = await lock_active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    discussion.state, discussion.starts_at, discussion.postponed = DiscussionState.PLANNING, None, True
    discussion.due_on = max(discussion.due_on, local_day(me, now) + AFTER_CANCELLING)
    discussion.round += 1
    await replan(store, pair.pk, now)
    return discussion


async def open_next(store: Store, pair: Pair, before: Discussion, due_on: date) -> Discussion:
    """Open the turn after one that ended (E17), with what was not discussed carried over."""
    successor = Discussion(pair_id=pair.pk, number=before.number + 1, due_on=due_on, minutes=pair.minutes)
    store.add(successor)
    await store.flush()
    await agendas.carry_into(store, before, successor)
    return successor
