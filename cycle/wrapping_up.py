"""Wrapping up: what came of a talk, and the next one opens (practices E9–E11, E17, C9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cycle import words
from cycle.calendar import add_months, hours_in
from cycle.errors import Complaints, Gone
from cycle.promises import PromiseEntry, check_promise, new_promise
from cycle.reach import existing, hold_pair_of
from cycle.replanning import replan
from cycle.scheduling import check_date, open_next, put_date
from storage.agenda import ON_THE_TABLE, ItemState
from storage.discussions import OPEN, Discussion, DiscussionState
from storage.pairs import Cadence, NotesBy, Pair, Place
from storage.people import Person
from storage.store import Store

LONGEST_NOTES = 3000  # characters: Slack's limit for a text input
MONTHS = {Cadence.MONTHLY: 1, Cadence.TWO_MONTHS: 2, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}

NOTES = "notes"  # fields of the form
NO_PROMISES = "no_promises"
NEXT_STARTS_AT = "next_starts_at"
NEXT_LATER = "next_later"


@dataclass(frozen=True)
class WrapUpForm:
    """What somebody hands in after a talk."""

    cadence: Cadence
    minutes: int
    notes: str = ""
    promises: Sequence[PromiseEntry] = ()
    no_promises: bool = False
    place: Place | None = None
    notes_by: NotesBy | None = None
    next_starts_at: datetime | None = None
    next_later: bool = False
    discussed: frozenset[int] = field(default_factory=frozenset)  # agenda items


def due_after(talked_at: datetime, cadence: Cadence, person: Person) -> date:
    """By when the next talk should take place."""
    day = hours_in(person.tz).day_of(talked_at)
    if cadence is Cadence.TWO_WEEKS:
        return day + timedelta(days=14)
    return add_months(day, MONTHS[cadence])


async def wrap_up(store: Store, me: Person, discussion_id: int, form: WrapUpForm, now: datetime) -> Discussion:
    """Keep what came of a talk and open the next one (E17). Returns the next. Raises `Refused` or `Gone`."""
    talk = await existing(store.discussions.get, discussion_id)
    pair = await hold_pair_of(store, me, talk)
    if talk.state not in OPEN:
        raise Gone(await _who_was_first(store, me, pair, talk))
    await _check(store, me, pair, talk, form, now)
    await _close_the_ones_before(store, pair, now)
    talk.state, talk.wrapped_up_at, talk.wrapped_up_by_id = DiscussionState.HELD, now, me.pk
    talk.starts_at = min(talk.starts_at or now, now)  # two who met earlier than planned
    talk.notes = form.notes.strip() or None
    pair.cadence, pair.minutes, pair.place, pair.notes_by = form.cadence, form.minutes, form.place, form.notes_by
    store.add(*(new_promise(pair, entry, now, talk.pk) for entry in form.promises if entry.text.strip()))
    for item in await store.agenda.of_discussions([talk.pk]):
        if item.pk in form.discussed and item.state in ON_THE_TABLE:
            item.state = ItemState.DISCUSSED
    await store.flush()
    successor = await open_next(store, pair, talk, due_after(talk.starts_at, form.cadence, me))
    if form.next_starts_at is not None:
        put_date(successor, me, form.next_starts_at, form.minutes, now)
    successor.postponed = form.next_later
    await replan(store, pair.pk, now)
    return successor


async def _check(store: Store, me: Person, pair: Pair, talk: Discussion, form: WrapUpForm, now: datetime) -> None:
    complaints = Complaints()
    if len(form.notes) > LONGEST_NOTES:
        complaints.add(NOTES, f"Please keep the notes within {LONGEST_NOTES} characters.")
    for entry in form.promises:
        check_promise(entry, me, now, complaints)
    any_promise = any(entry.text.strip() for entry in form.promises)
    if not any_promise and not form.no_promises:
        complaints.add(NO_PROMISES, "Please write one promise at least, or tick that there is none this time.")
    if any_promise and form.no_promises:
        complaints.add(NO_PROMISES, "There is a promise above. Please untick this, or clear the promise.")
    if form.next_starts_at is None and not form.next_later:
        complaints.add(NEXT_LATER, "Please choose the next date above, or tick to decide later.")
    elif form.next_starts_at is not None and form.next_later:
        complaints.add(NEXT_LATER, "There is a date above. Please untick this, or clear the date.")
    elif form.next_starts_at is not None:
        await check_date(
            store, me, pair, form.next_starts_at, form.minutes,
            now=now, besides=talk, field=NEXT_STARTS_AT, complaints=complaints,
        )  # fmt: skip
    complaints.raise_if_any()


async def _who_was_first(store: Store, me: Person, pair: Pair, talk: Discussion) -> str:
    if talk.state is DiscussionState.CANCELLED:
        return "This talk was cancelled; there is nothing to wrap up."
    if talk.wrapped_up_by_id == me.id:
        return "You have wrapped this talk up already. `/career commitments` shows what you agreed on."
    other = words.first_name(await store.people.get(pair.other_than(me.pk)))
    return f"{other} has wrapped this talk up already. `/career commitments` shows what you agreed on."


async def _close_the_ones_before(store: Store, pair: Pair, now: datetime) -> None:
    for earlier in await store.discussions.took_place(pair.pk, limit=10):
        if earlier.state is DiscussionState.HELD:
            earlier.state, earlier.closed_at = DiscussionState.CLOSED, now
