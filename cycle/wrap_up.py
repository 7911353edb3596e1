"""Wrapping up: what came of a discussion, and the next one opens (practices E9–E11, E17, C9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cycle import formatting
from cycle.agendas import in_order
from cycle.calendar import add_months
from cycle.commitments import CommitmentEntry, check_commitment, new_commitment
from cycle.errors import FieldErrors, NotAvailable, too_long
from cycle.replanning import replan
from cycle.scheduling import STARTS_AT, check_date, moved_since, open_next, postpone, put_date, set_date
from cycle.zones import local_day
from storage.agenda import AgendaItem, ItemState
from storage.commitments import Commitment, CommitmentState
from storage.discussions import OPEN, Discussion, DiscussionState
from storage.pairs import Cadence, NotesBy, Pair, Place, Side
from storage.people import Person
from storage.store import Store
from storage.wrap_ups import Addition, Notes

LONGEST_NOTES = 3000  # characters: Slack's limit for a text input
# For this long after a wrap-up, and until the next discussion, wrapping up means adding to what was written down.
ADDED_TO_FOR = timedelta(days=14)
MONTHS = {Cadence.MONTHLY: 1, Cadence.TWO_MONTHS: 2, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}

HAPPENED = "happened"  # fields of the form
LATER = "later"
NOTES = "notes"
NO_COMMITMENTS = "no_commitments"
NEXT_STARTS_AT = "next_starts_at"
NEXT_LATER = "next_later"
AGREED_STARTS_AT = "agreed_starts_at"  # the next date, as the first of the two chose it


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
    notes: Sequence[Notes]  # the employee's first (E1)
    commitments: Sequence[Commitment]  # the employee's first (E1)
    coming: Discussion | None
    today: date  # mine

    def person(self, person_id: int) -> Person:
        """One of the two by key."""
        return self.employee if person_id == self.pair.employee_id else self.manager

    def other_than(self, me: Person) -> Person:
        """The other of the two."""
        return self.person(self.pair.other_than(me.pk))

    def notes_of(self, person: Person) -> Notes | None:
        """What one of the two wrote down."""
        return next((one for one in self.notes if one.author_id == person.id), None)

    def still_ahead(self, now: datetime) -> Discussion | None:
        """The next discussion, if its date can still be chosen here: it has none, or it is to come."""
        coming = self.coming
        return coming if coming is not None and (coming.starts_at is None or coming.starts_at > now) else None


@dataclass(frozen=True)
class AdditionForm:
    """What a person adds to a discussion that is wrapped up; the rest is as the two have agreed on it."""

    cadence: Cadence
    minutes: int
    place: Place | None
    notes_by: NotesBy | None
    notes: str = ""  # all of mine
    commitments: Sequence[CommitmentEntry] = ()  # further ones
    starts_at: datetime | None = None  # of the next discussion; None leaves it as it is
    seen_round: int = 0  # the round of its date that the person saw

    @property
    def format(self) -> tuple[Cadence, int, Place | None, NotesBy | None]:
        """How the two want to meet."""
        return self.cadence, self.minutes, self.place, self.notes_by


@dataclass(frozen=True)
class Added:
    """What a submission has added."""

    notes: bool = False
    for_employee: int = 0
    for_manager: int = 0
    format: bool = False
    date: bool = False

    @property
    def is_news(self) -> bool:
        """Whether there is anything to tell the other side about, beside the date, which is news of its own."""
        return self.notes or self.format or self.for_employee + self.for_manager > 0


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
        notes=await notes_of(store, pair, discussion),
        commitments=sorted(agreed, key=lambda one: one.owner_id != pair.employee_id),
        coming=await store.discussions.open_of(pair.pk),
        today=local_day(me, now),
    )


async def notes_of(store: Store, pair: Pair, discussion: Discussion | None) -> list[Notes]:
    """What the two wrote down at a discussion, the employee's first (E1)."""
    notes = await store.wrap_ups.notes([discussion.pk]) if discussion is not None else ()
    return sorted(notes, key=lambda one: one.author_id != pair.employee_id)


async def to_wrap_up(store: Store, pair: Pair, now: datetime) -> Discussion | None:
    """The discussion that wrapping up is about, where the person names none.

    The one that was wrapped up lately, to add to, until the next one has begun; otherwise the open one.
    """
    coming = await store.discussions.open_of(pair.pk)
    if coming is not None and coming.starts_at is not None and coming.starts_at <= now:
        return coming
    for held in await store.discussions.latest_held(pair.pk, limit=1):
        if held.state is DiscussionState.HELD and held.wrapped_up_at and held.wrapped_up_at > now - ADDED_TO_FOR:
            return held
    return coming


def what_became_of(discussion: Discussion, me: Person, other: Person) -> str:
    """A sentence about the state of a discussion: not wrapped up yet, cancelled, or wrapped up and by whom. Pure."""
    if discussion.state in OPEN:
        return "This discussion is not wrapped up yet."
    if discussion.state is DiscussionState.CANCELLED:
        return "This discussion was cancelled; there is nothing to wrap up."
    who = "You have" if discussion.wrapped_up_by_id == me.id else f"{formatting.first_name(other)} has"
    return f"{who} wrapped up this discussion already."


def due_after(wrapped_up_at: datetime, cadence: Cadence, person: Person) -> date:
    """By when the next discussion should take place: counted from a late wrap-up, so that it is not overdue at once."""
    day = local_day(person, wrapped_up_at)
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
        errors.add(NOTES, too_long(form.notes, LONGEST_NOTES))
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
    discussion.place = pair.place  # what the form says is how they meet from now on
    await _write_notes(store, me, discussion, None, form.notes, now)
    pair.cadence, pair.minutes, pair.place, pair.notes_by = form.cadence, form.minutes, form.place, form.notes_by
    store.add(*(new_commitment(pair, entry, now, discussion.pk) for entry in form.commitments if entry.text.strip()))
    for item in view.agenda:
        if item.pk in form.discussed:
            item.state = ItemState.DISCUSSED
    await store.flush()
    successor = await open_next(store, pair, discussion, due_after(now, form.cadence, me))
    if form.next_starts_at is not None:
        put_date(successor, me, form.next_starts_at, form.minutes, now)
    successor.postponed = form.next_later
    await replan(store, pair, now)
    return successor


async def _write_notes(
    store: Store, me: Person, discussion: Discussion, before: Notes | None, text: str, now: datetime
) -> bool:
    """Write down my notes in the place of those before; whether there is anything new to read."""
    text = text.strip()
    if text == (before.text if before else ""):
        return False
    if before is None:
        known = {"pair_id": discussion.pair_id, "discussion_id": discussion.pk, "author_id": me.pk}
        store.add(Notes(**known, text=text, written_at=now))
    elif text:
        before.text, before.written_at = text, now
    else:
        await store.delete(before)
    return bool(text)


# --- adding to it afterwards -----------------------------------------------------------------------------------------


async def check_addition(store: Store, me: Person, record: Outcome, form: AdditionForm, now: datetime) -> FieldErrors:
    """What is wrong with what a person wants to add. The pair and both people are locked."""
    errors = FieldErrors()
    if len(form.notes) > LONGEST_NOTES:
        errors.add(NOTES, too_long(form.notes, LONGEST_NOTES))
    for entry in form.commitments:
        errors.update(check_commitment(entry, me, now))
    if (wanted := _wanted_date(record, form, now)) is not None:
        coming, starts_at, minutes = wanted
        sentence = moved_since(coming, form.seen_round, me, record.other_than(me), now)
        if sentence is not None:
            errors.add(AGREED_STARTS_AT, sentence)
        else:
            errors.update(
                await check_date(
                    store, me, record.pair, starts_at, minutes, now=now, besides=coming, field=AGREED_STARTS_AT
                )
            )
    return errors


async def add_to(store: Store, me: Person, record: Outcome, form: AdditionForm, now: datetime) -> Added:
    """Add to a discussion that is wrapped up, checked. The other side hears of it, and of another date."""
    pair, discussion = record.pair, record.discussion
    wanted, fresh = _wanted_date(record, form, now), fresh_commitments(record, form.commitments)
    added = Added(
        notes=await _write_notes(store, me, discussion, record.notes_of(me), form.notes, now),
        for_employee=sum(entry.owner is Side.EMPLOYEE for entry in fresh),
        for_manager=sum(entry.owner is Side.MANAGER for entry in fresh),
        format=_agree_on_format(record, me, form, now),
        date=wanted is not None,
    )
    store.add(*(new_commitment(pair, entry, now, discussion.pk) for entry in fresh))
    if added.is_news:
        discussion.added_at = now
        store.add(
            Addition(
                pair_id=pair.pk, discussion_id=discussion.pk, author_id=me.pk, added_at=now, has_notes=added.notes,
                for_employee=added.for_employee, for_manager=added.for_manager, has_format=added.format,
            )
        )  # fmt: skip
    await store.flush()
    if wanted is not None:
        coming, starts_at, minutes = wanted
        await set_date(store, me, pair, coming, starts_at, minutes, now)
    else:
        await replan(store, pair, now)
    return added


def fresh_commitments(record: Outcome, entries: Sequence[CommitmentEntry]) -> list[CommitmentEntry]:
    """Those entries that are filled in and that the two have not agreed on already, each once. Pure."""
    known: set[tuple[int, str, date | None]] = {(one.owner_id, one.text, one.due_on) for one in record.commitments}
    fresh = []
    for entry in entries:
        what = (record.pair.person_id(entry.owner), entry.text.strip(), entry.due_on)
        if entry.text.strip() and what not in known:
            known.add(what)
            fresh.append(entry)
    return fresh


def adds_nothing(record: Outcome, me: Person, form: WrapUpForm) -> bool:
    """Whether all that a wrap-up says is in the record already: it was submitted twice. Pure."""
    mine = record.notes_of(me)
    return not fresh_commitments(record, form.commitments) and form.notes.strip() == (mine.text if mine else "")


def _wanted_date(record: Outcome, form: AdditionForm, now: datetime) -> tuple[Discussion, datetime, int] | None:
    """The next discussion with the moment and length it should have; None where that is what it has."""
    coming = record.still_ahead(now)
    if coming is None or (starts_at := form.starts_at or coming.starts_at) is None:
        return None
    minutes = form.minutes if form.minutes != record.pair.minutes else coming.minutes
    return None if (coming.starts_at, coming.minutes) == (starts_at, minutes) else (coming, starts_at, minutes)


def _agree_on_format(record: Outcome, me: Person, form: AdditionForm, now: datetime) -> bool:
    """Write down how the two want to meet, if that has changed: whether it has."""
    pair, coming = record.pair, record.still_ahead(now)
    before = pair.cadence, pair.minutes, pair.place, pair.notes_by
    if form.format == before:
        return False
    pair.cadence, pair.minutes, pair.place, pair.notes_by = form.format
    if coming is not None and form.cadence is not before[0]:
        due_on = due_after(record.discussion.wrapped_up_at or now, form.cadence, me)
        coming.due_on = max(due_on, local_day(me, now))
    if coming is not None and coming.starts_at is None:
        coming.minutes = form.minutes
    return True


# --- it did not take place -------------------------------------------------------------------------------------------


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
