"""Wrapping up: what came of a discussion, and the next one opens (practices E9–E11, E17, C9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cycle import formatting
from cycle.agendas import in_order
from cycle.calendar import add_months
from cycle.commitments import CommitmentEntry, check_commitment, new_commitment
from cycle.errors import FieldErrors, NotAvailable
from cycle.replanning import replan
from cycle.scheduling import STARTS_AT, check_date, moved_since, open_next, postpone, put_date, set_date
from cycle.zones import local_day
from storage.agenda import AgendaItem, ItemState
from storage.commitments import Commitment, CommitmentState
from storage.discussions import OPEN, Discussion, DiscussionState
from storage.pairs import Cadence, NotesBy, Pair, Place
from storage.people import Person
from storage.store import Store

LONGEST_NOTES = 3000  # characters: Slack's limit for a text input
MONTHS = {Cadence.MONTHLY: 1, Cadence.TWO_MONTHS: 2, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}

HAPPENED = "happened"  # fields of the form
LATER = "later"
NOTES = "notes"
NO_COMMITMENTS = "no_commitments"
NEXT_STARTS_AT = "next_starts_at"
NEXT_LATER = "next_later"


@dataclass(frozen=True)
class WrapUpForm:
    """What a person submits after a discussion."""

    cadence: Cadence
    minutes: int
    notes: str = ""
    commitments: Sequence[CommitmentEntry] = ()
    no_commitments: bool = False
    place: Place | None = None
    notes_by: NotesBy | None = None
    next_starts_at: datetime | None = None
    next_later: bool = False
    discussed: frozenset[int] = field(default_factory=frozenset)  # agenda items
    seen_round: int | None = None  # the round of the date that the person saw, where they saw one

    @property
    def has_commitment(self) -> bool:
        """Whether any commitment is written down."""
        return any(entry.text.strip() for entry in self.commitments)


@dataclass(frozen=True)
class WrapUpView:
    """A discussion about to be wrapped up: all that the form shows."""

    pair: Pair
    discussion: Discussion
    employee: Person
    manager: Person
    agenda: Sequence[AgendaItem]  # the active items, in order
    before: Discussion | None  # the last one that was held


@dataclass(frozen=True)
class Outcome:
    """What the two wrote down after a discussion, and what comes next."""

    pair: Pair
    discussion: Discussion
    employee: Person
    manager: Person
    commitments: Sequence[Commitment]  # the employee's first (E1)
    coming: Discussion | None
    today: date  # mine


@dataclass(frozen=True)
class AnotherTime:
    """A discussion that did not take place: its new date, or left open on purpose."""

    starts_at: datetime | None = None
    later: bool = False
    seen_round: int = 0


async def about_to_wrap_up(store: Store, pair: Pair, discussion: Discussion) -> WrapUpView:
    """An open discussion that is to be wrapped up."""
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    before = await store.discussions.latest_held(pair.pk, limit=1)
    return WrapUpView(
        pair=pair,
        discussion=discussion,
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        agenda=in_order(await store.agenda.of_discussions([discussion.pk]), pair),
        before=next(iter(before), None),
    )


async def outcome(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> Outcome:
    """What came of a discussion. Raises `NotAvailable` when it is not wrapped up."""
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    if discussion.wrapped_up_at is None:
        raise NotAvailable(what_became_of(discussion, me, people[pair.other_than(me.pk)]))
    kept = {CommitmentState.OPEN, CommitmentState.DONE}
    agreed = [one for one in await store.commitments.of_discussion(discussion.pk) if one.state in kept]
    return Outcome(
        pair=pair,
        discussion=discussion,
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        commitments=sorted(agreed, key=lambda one: one.owner_id != pair.employee_id),
        coming=await store.discussions.open_of(pair.pk),
        today=local_day(me, now),
    )


def what_became_of(discussion: Discussion, me: Person, other: Person) -> str:
    """A sentence about the state of a discussion: not wrapped up yet, cancelled, or wrapped up and by whom. Pure."""
    if discussion.state in OPEN:
        return "This discussion is not wrapped up yet."
    if discussion.state is DiscussionState.CANCELLED:
        return "This discussion was cancelled; there is nothing to wrap up."
    who = "You have" if discussion.wrapped_up_by_id == me.id else f"{formatting.first_name(other)} has"
    return f"{who} wrapped up this discussion already."


def due_after(held_at: datetime, cadence: Cadence, person: Person) -> date:
    """By when the next discussion should take place."""
    day = local_day(person, held_at)
    if cadence is Cadence.TWO_WEEKS:
        return day + timedelta(days=14)
    return add_months(day, MONTHS[cadence])


async def check(store: Store, me: Person, view: WrapUpView, form: WrapUpForm, now: datetime) -> FieldErrors:
    """What is wrong with a wrap-up: a sentence for each field. The pair and both people are locked."""
    errors, discussion = FieldErrors(), view.discussion
    other = view.manager if me.id == view.employee.id else view.employee
    is_to_come = discussion.starts_at is not None and discussion.starts_at > now
    if form.seen_round is not None and is_to_come:
        moved = moved_since(discussion, form.seen_round, me, other, now)
        if moved is not None:
            errors.add(HAPPENED, moved)
    if len(form.notes) > LONGEST_NOTES:
        errors.add(NOTES, f"Please keep the notes within {LONGEST_NOTES} characters.")
    for entry in form.commitments:
        errors.update(check_commitment(entry, me, now))
    if not form.has_commitment and not form.no_commitments:
        errors.add(NO_COMMITMENTS, "Please add a commitment, or tick that there is nothing to do this time.")
    if form.has_commitment and form.no_commitments:
        errors.add(NO_COMMITMENTS, "There is a commitment above. Please untick this, or clear the commitment.")
    if form.next_starts_at is None and not form.next_later:
        errors.add(NEXT_LATER, "Please pick the next date above, or tick to decide later.")
    elif form.next_starts_at is not None and form.next_later:
        errors.add(NEXT_LATER, "There is a date above. Please untick this, or clear the date.")
    elif form.next_starts_at is not None:
        errors.update(
            await check_date(
                store, me, view.pair, form.next_starts_at, form.minutes,
                now=now, besides=discussion, field=NEXT_STARTS_AT,
            )
        )  # fmt: skip
    return errors


async def wrap_up(store: Store, me: Person, view: WrapUpView, form: WrapUpForm, now: datetime) -> Discussion:
    """Save what came of a discussion, checked, and open the next one (E17), which is returned."""
    pair, discussion = view.pair, view.discussion
    await _close_the_ones_before(store, pair, now)
    discussion.state, discussion.wrapped_up_at, discussion.wrapped_up_by_id = DiscussionState.HELD, now, me.pk
    discussion.starts_at = min(discussion.starts_at or now, now)  # two who met earlier than planned
    discussion.notes = form.notes.strip() or None
    pair.cadence, pair.minutes, pair.place, pair.notes_by = form.cadence, form.minutes, form.place, form.notes_by
    store.add(*(new_commitment(pair, entry, now, discussion.pk) for entry in form.commitments if entry.text.strip()))
    for item in view.agenda:
        if item.pk in form.discussed:
            item.state = ItemState.DISCUSSED
    await store.flush()
    successor = await open_next(store, pair, discussion, due_after(discussion.starts_at, form.cadence, me))
    if form.next_starts_at is not None:
        put_date(successor, me, form.next_starts_at, form.minutes, now)
    successor.postponed = form.next_later
    await replan(store, pair, now)
    return successor


async def check_another_time(
    store: Store, me: Person, view: WrapUpView, form: AnotherTime, now: datetime
) -> FieldErrors:
    """What is wrong with moving a discussion that did not take place. Pair and people are locked."""
    other = view.manager if me.id == view.employee.id else view.employee
    if form.starts_at is None and not form.later:
        return FieldErrors({LATER: "Please pick a new date above, or tick to leave it open."})
    if form.starts_at is not None and form.later:
        return FieldErrors({LATER: "There is a date above. Please untick this, or clear the date."})
    if (sentence := moved_since(view.discussion, form.seen_round, me, other, now)) is not None:
        return FieldErrors({STARTS_AT if form.starts_at else LATER: sentence})
    if form.starts_at is None:
        return FieldErrors()
    return await check_date(
        store, me, view.pair, form.starts_at, view.discussion.minutes, now=now, besides=view.discussion
    )


async def did_not_happen(store: Store, me: Person, view: WrapUpView, form: AnotherTime, now: datetime) -> None:
    """Move a discussion that did not take place, checked, or leave its date open on purpose (E10, E17)."""
    discussion = view.discussion
    if form.starts_at is None:
        await postpone(store, me, view.pair, discussion, now)
    else:
        await set_date(store, me, view.pair, discussion, form.starts_at, discussion.minutes, now)


async def _close_the_ones_before(store: Store, pair: Pair, now: datetime) -> None:
    for earlier in await store.discussions.latest_held(pair.pk, limit=10):
        if earlier.state is DiscussionState.HELD:
            earlier.state, earlier.closed_at = DiscussionState.CLOSED, now
