"""Wrapping up: what came of a talk, and the next one opens (practices E9–E11, E17, C9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cycle import formatting
from cycle.access import may_see
from cycle.agendas import in_order
from cycle.calendar import add_months
from cycle.commitments import CommitmentEntry, check_commitment, new_commitment
from cycle.errors import FieldErrors, InvalidInput, NotAvailable
from cycle.guards import active_pair, existing, lock_pair_of
from cycle.replanning import replan
from cycle.scheduling import check_date, open_next, postpone, put_date, set_date
from cycle.zones import local_day
from storage.agenda import ACTIVE_ITEMS, AgendaItem, ItemState
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
    """What somebody hands in after a talk."""

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


@dataclass(frozen=True)
class WrapUpView:
    """A talk about to be wrapped up: all that the form shows."""

    pair: Pair
    discussion: Discussion
    employee: Person
    manager: Person
    agenda: Sequence[AgendaItem]  # on the table, in order
    before: Discussion | None  # the last talk that took place


@dataclass(frozen=True)
class Outcome:
    """What the two wrote down after a talk, and what comes next."""

    pair: Pair
    discussion: Discussion
    employee: Person
    manager: Person
    commitments: Sequence[Commitment]  # the employee's first (E1)
    coming: Discussion | None


async def about_to_wrap_up(store: Store, me: Person, discussion_id: int) -> WrapUpView:
    """A talk to wrap up. Raises `Gone` with what became of it when it is wrapped up or cancelled already."""
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await active_pair(store, me, discussion.pair_id)
    if discussion.state not in OPEN:
        raise NotAvailable(await _who_was_first(store, me, pair, discussion))
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    items = [item for item in await store.agenda.of_discussions([discussion.pk]) if may_see(me.pk, item, pair)]
    before = await store.discussions.latest_held(pair.pk, limit=1)
    return WrapUpView(
        pair=pair,
        discussion=discussion,
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        agenda=in_order(items, pair),
        before=next(iter(before), None),
    )


async def outcome(store: Store, me: Person, discussion_id: int) -> Outcome:
    """What came of a talk, for either of the two. Raises `Gone` when it is not wrapped up."""
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await active_pair(store, me, discussion.pair_id)
    if discussion.wrapped_up_at is None:
        raise NotAvailable(await _who_was_first(store, me, pair, discussion))
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    standing = {CommitmentState.OPEN, CommitmentState.DONE}
    agreed = [one for one in await store.commitments.of_discussion(discussion.pk) if one.state in standing]
    return Outcome(
        pair=pair,
        discussion=discussion,
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        commitments=sorted(
            (one for one in agreed if may_see(me.pk, one, pair)), key=lambda one: one.owner_id != pair.employee_id
        ),
        coming=await store.discussions.open_of(pair.pk),
    )


def due_after(talked_at: datetime, cadence: Cadence, person: Person) -> date:
    """By when the next talk should take place."""
    day = local_day(person, talked_at)
    if cadence is Cadence.TWO_WEEKS:
        return day + timedelta(days=14)
    return add_months(day, MONTHS[cadence])


async def wrap_up(store: Store, me: Person, discussion_id: int, form: WrapUpForm, now: datetime) -> Discussion:
    """Keep what came of a talk and open the next one (E17). Returns the next. Raises `Refused` or `Gone`."""
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await lock_pair_of(store, me, discussion)
    if discussion.state not in OPEN:
        raise NotAvailable(await _who_was_first(store, me, pair, discussion))
    await _check(store, me, pair, discussion, form, now)
    await _close_the_ones_before(store, pair, now)
    discussion.state, discussion.wrapped_up_at, discussion.wrapped_up_by_id = DiscussionState.HELD, now, me.pk
    discussion.starts_at = min(discussion.starts_at or now, now)  # two who met earlier than planned
    discussion.notes = form.notes.strip() or None
    pair.cadence, pair.minutes, pair.place, pair.notes_by = form.cadence, form.minutes, form.place, form.notes_by
    store.add(*(new_commitment(pair, entry, now, discussion.pk) for entry in form.commitments if entry.text.strip()))
    for item in await store.agenda.of_discussions([discussion.pk]):
        if item.pk in form.discussed and item.state in ACTIVE_ITEMS:
            item.state = ItemState.DISCUSSED
    await store.flush()
    successor = await open_next(store, pair, discussion, due_after(discussion.starts_at, form.cadence, me))
    if form.next_starts_at is not None:
        put_date(successor, me, form.next_starts_at, form.minutes, now)
    successor.postponed = form.next_later
    await replan(store, pair.pk, now)
    return successor


async def did_not_happen(  # noqa: PLR0913 - a new date, or none on purpose, and the state in which that was chosen
    store: Store,
    me: Person,
    discussion_id: int,
    starts_at: datetime | None,
    *,
    later: bool,
    seen_round: int,
    now: datetime,
) -> Discussion:
    """Move a talk that did not take place, or leave its date for later on purpose (E10, E17).

    Raises `Refused` on `scheduling.STARTS_AT` or `LATER`, `Gone` when the talk is wrapped up or cancelled already.
    """
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await lock_pair_of(store, me, discussion)
    if discussion.state not in OPEN:
        raise NotAvailable(await _who_was_first(store, me, pair, discussion))
    if starts_at is None and not later:
        raise InvalidInput({LATER: "Please choose a new date above, or tick to leave it for later."})
    if starts_at is not None and later:
        raise InvalidInput({LATER: "There is a date above. Please untick this, or clear the date."})
    if starts_at is not None:
        return await set_date(store, me, pair.pk, starts_at, discussion.minutes, seen_round=seen_round, now=now)
    if discussion.round != seen_round:
        raise InvalidInput({LATER: await _moved_meanwhile(store, me, pair, discussion)})
    return await postpone(store, me, pair.pk, now)


async def _check(store: Store, me: Person, pair: Pair, discussion: Discussion, form: WrapUpForm, now: datetime) -> None:
    errors = FieldErrors()
    if (
        form.seen_round not in {None, discussion.round}
        and discussion.starts_at is not None
        and discussion.starts_at > now
    ):
        errors.add(HAPPENED, await _moved_meanwhile(store, me, pair, discussion))
    if len(form.notes) > LONGEST_NOTES:
        errors.add(NOTES, f"Please keep the notes within {LONGEST_NOTES} characters.")
    for entry in form.commitments:
        check_commitment(entry, me, now, errors)
    any_commitment = any(entry.text.strip() for entry in form.commitments)
    if not any_commitment and not form.no_commitments:
        errors.add(NO_COMMITMENTS, "Please write one promise at least, or tick that there is none this time.")
    if any_commitment and form.no_commitments:
        errors.add(NO_COMMITMENTS, "There is a promise above. Please untick this, or clear the commitment.")
    if form.next_starts_at is None and not form.next_later:
        errors.add(NEXT_LATER, "Please choose the next date above, or tick to decide later.")
    elif form.next_starts_at is not None and form.next_later:
        errors.add(NEXT_LATER, "There is a date above. Please untick this, or clear the date.")
    elif form.next_starts_at is not None:
        await check_date(
            store, me, pair, form.next_starts_at, form.minutes,
            now=now, besides=discussion, field=NEXT_STARTS_AT, errors=errors,
        )  # fmt: skip
    errors.raise_if_any()


async def _who_was_first(store: Store, me: Person, pair: Pair, discussion: Discussion) -> str:
    if discussion.state in OPEN:
        return "This talk is not wrapped up yet."
    if discussion.state is DiscussionState.CANCELLED:
        return "This talk was cancelled; there is nothing to wrap up."
    if discussion.wrapped_up_by_id == me.id:
        return "You have wrapped this talk up already. `/career commitments` shows what you agreed on."
    other = formatting.first_name(await store.people.get(pair.other_than(me.pk)))
    return f"{other} has wrapped this talk up already. `/career commitments` shows what you agreed on."


async def _moved_meanwhile(store: Store, me: Person, pair: Pair, discussion: Discussion) -> str:
    other = formatting.first_name(await store.people.get(pair.other_than(me.pk)))
    moved = (
        f"moved it to {formatting.moment(discussion.starts_at, me)}" if discussion.starts_at else "left it for later"
    )
    return f"Meanwhile {other} {moved}. To change that all the same, close this and open it again."


async def _close_the_ones_before(store: Store, pair: Pair, now: datetime) -> None:
    for earlier in await store.discussions.latest_held(pair.pk, limit=10):
        if earlier.state is DiscussionState.HELD:
            earlier.state, earlier.closed_at = DiscussionState.CLOSED, now
