"""Promises: adding, keeping and renegotiating commitments (practices E11–E13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle import formatting
from cycle.access import may_see
from cycle.calendar import add_months
from cycle.errors import FieldErrors, InvalidInput, NotAllowed, NotAvailable
from cycle.guards import active_pair, existing, lock_active_pair, lock_pair_of
from cycle.replanning import replan
from cycle.snapshot import load_snapshot
from cycle.zones import local_day
from storage.commitments import ChangeRequest, Commitment, CommitmentState, RequestState
from storage.discussions import Discussion
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store

LONGEST_COMMITMENT = 500  # characters
# A promise further away than this is an objective.
FURTHEST_MONTHS = 18
# Kept promises shown below the open ones: enough to be proud of, few enough to read.
RECENTLY_KEPT = 5
SETTLED = "That promise is settled already."

DUE_ON = "due_on"  # fields of the form
TEXT = "text"
REASON = "reason"
LONGEST_REASON = 500  # characters


@dataclass(frozen=True)
class CommitmentEntry:
    """A row of a form: who does what by when. `slot` names its fields."""

    slot: str
    owner: Side
    text: str = ""
    due_on: date | None = None

    @property
    def text_field(self) -> str:
        """The field of the words."""
        return f"{self.slot}.{TEXT}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was filled in."""
        return not self.text.strip() and self.due_on is None

    @property
    def date_field(self) -> str:
        """The field of the date."""
        return f"{self.slot}.{DUE_ON}"


def check_commitment(entry: CommitmentEntry, me: Person, now: datetime, errors: FieldErrors) -> None:
    """Complain about a row that is half filled in or whose date cannot be kept."""
    text, today = entry.text.strip(), local_day(me, now)
    if not text:
        if entry.due_on is not None:
            errors.add(entry.text_field, "This date has no promise yet. What will be done by then?")
        return
    if len(text) > LONGEST_COMMITMENT:
        errors.add(entry.text_field, f"Please keep it within {LONGEST_COMMITMENT} characters.")
    if (sentence := wrong_date(entry.due_on, today)) is not None:
        errors.add(entry.date_field, sentence)


def wrong_date(due_on: date | None, today: date) -> str | None:
    """What is wrong with the date of a promise, if anything."""
    if due_on is None:
        return "By when? A promise without a date is easily forgotten."
    if due_on <= today:
        return f"{formatting.day(due_on, today)} has come already. Please choose a day from tomorrow on."
    if due_on > add_months(today, FURTHEST_MONTHS):
        return "That is more than a year and a half away. What would be a first step before that?"
    return None


def new_commitment(pair: Pair, entry: CommitmentEntry, now: datetime, discussion_id: int | None) -> Commitment:
    """A commitment from a checked row."""
    if entry.due_on is None:
        raise InvalidInput({entry.date_field: "By when?"})
    return Commitment(
        pair_id=pair.pk,
        discussion_id=discussion_id,
        owner_id=pair.person_id(entry.owner),
        text=entry.text.strip(),
        due_on=entry.due_on,
        agreed_at=now,
    )


@dataclass(frozen=True)
class CommitmentsView:
    """What stands between the two, and what was kept lately."""

    pair: Pair
    employee: Person
    manager: Person
    standing: Sequence[Commitment]  # the employee's first (E1), the next due first
    asked: Mapping[int, ChangeRequest]  # changes that wait for an answer, by commitment
    kept: Sequence[Commitment]
    last_discussion: Discussion | None

    def person(self, person_id: int) -> Person:
        """One of the two by key."""
        return self.employee if person_id == self.employee.id else self.manager

    def other_than(self, person_id: int) -> Person:
        """The other of the two."""
        return self.person(self.pair.other_than(person_id))


async def between(store: Store, me: Person, pair_id: int, now: datetime) -> CommitmentsView:
    """The promises of a pair of mine."""
    pair = await active_pair(store, me, pair_id)
    view = await load_snapshot(store, pair.pk, now)
    settled = await store.commitments.settled_of([pair.pk], RECENTLY_KEPT)
    return CommitmentsView(
        pair=pair,
        employee=view.employee,
        manager=view.manager,
        standing=sorted(
            (one for one in view.commitments if may_see(me.pk, one, pair)),
            key=lambda one: one.owner_id != pair.employee_id,
        ),
        asked={one.commitment_id: one for one in view.requests if one.state is RequestState.ASKED},
        kept=[one for one in settled if one.state is CommitmentState.DONE and may_see(me.pk, one, pair)],
        last_discussion=view.held,
    )


@dataclass(frozen=True)
class ChangeView:
    """A promise that somebody would like to change, as one of the two sees it."""

    commitment: Commitment
    owner: Person
    other: Person
    waiting: ChangeRequest | None  # asked for already, and not answered


@dataclass(frozen=True)
class AnswerView:
    """A change that waits for an answer, as whoever answers sees it."""

    commitment: Commitment
    request: ChangeRequest
    other: Person  # who asked


async def to_change(store: Store, me: Person, commitment_id: int, now: datetime) -> ChangeView:
    """An open promise, for asking for a change. Raises `Gone` when it is settled."""
    commitment = await existing(store.commitments.get, commitment_id)
    pair = await active_pair(store, me, commitment.pair_id)
    if commitment.state is not CommitmentState.OPEN:
        raise NotAvailable(SETTLED)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    asked = [one for one in await store.commitments.requests_of([pair.pk], now) if one.commitment_id == commitment.id]
    return ChangeView(
        commitment=commitment,
        owner=people[commitment.owner_id],
        other=people[pair.other_than(me.pk)],
        waiting=next((one for one in asked if one.state is RequestState.ASKED), None),
    )


async def to_answer(store: Store, me: Person, request_id: int) -> AnswerView:
    """A change that waits for my answer. Raises `Gone` once answered, `NotAllowed` when I asked myself."""
    request = await existing(store.commitments.get_request, request_id)
    await active_pair(store, me, request.pair_id)
    _check_answerable(request, me)
    commitment = await store.commitments.get(request.commitment_id)
    return AnswerView(commitment, request, await store.people.get(request.asked_by_id))


def _check_answerable(request: ChangeRequest, me: Person) -> None:
    if request.state is not RequestState.ASKED:
        raise NotAvailable("That has been answered or taken back already.")
    if request.asked_by_id == me.id:
        raise NotAllowed("You asked; the other side answers this one.")


async def add(store: Store, me: Person, pair_id: int, entry: CommitmentEntry, now: datetime) -> Commitment:
    """Add a promise of my own between talks. Raises `Refused`."""
    pair = await lock_active_pair(store, me, pair_id)
    if not entry.text.strip():
        raise InvalidInput({entry.text_field: "What will you do?"})
    errors = FieldErrors()
    check_commitment(entry, me, now, errors)
    errors.raise_if_any()
    commitment = new_commitment(pair, entry, now, None)
    if commitment.owner_id != me.id:
        raise NotAllowed("Only they can promise this.")
    store.add(commitment)
    await replan(store, pair.pk, now)
    return commitment


async def done(store: Store, me: Person, commitment_id: int, now: datetime) -> Commitment:
    """Mark a promise of mine as kept. Raises `NotAllowed`; a promise that is done already stays done."""
    commitment = await existing(store.commitments.get, commitment_id)
    pair = await lock_pair_of(store, me, commitment)
    if commitment.owner_id != me.id:
        raise NotAllowed("Whoever made a promise marks it as done.")
    if commitment.state is CommitmentState.DONE:
        return commitment
    if commitment.state is not CommitmentState.OPEN:
        raise NotAvailable("That promise has been replaced by a newer one.")
    commitment.state, commitment.settled_at = CommitmentState.DONE, now
    await _settle_requests(store, commitment, now)
    await replan(store, pair.pk, now)
    return commitment


async def ask_change(  # noqa: PLR0913, PLR0917 - a change is a date, words and a reason
    store: Store, me: Person, commitment_id: int, due_on: date | None, text: str, reason: str, now: datetime
) -> ChangeRequest:
    """Ask the other side to agree to a new date (or new words). Raises `Refused` on `DUE_ON` or `TEXT`."""
    commitment = await existing(store.commitments.get, commitment_id)
    pair = await lock_pair_of(store, me, commitment)
    if commitment.state is not CommitmentState.OPEN:
        raise NotAvailable(SETTLED)
    text = text.strip() or commitment.text
    errors = FieldErrors()
    if (sentence := wrong_date(due_on, local_day(me, now))) is not None:
        errors.add(DUE_ON, sentence)
    elif due_on == commitment.due_on and text == commitment.text:
        errors.add(DUE_ON, "That is what you have agreed on already. Please choose another day.")
    if len(text) > LONGEST_COMMITMENT:
        errors.add(TEXT, f"Please keep it within {LONGEST_COMMITMENT} characters.")
    errors.raise_if_any()
    await _settle_requests(store, commitment, now)
    request = ChangeRequest(
        commitment_id=commitment.pk, pair_id=pair.pk, asked_by_id=me.pk, text=text, due_on=due_on or commitment.due_on,
        reason=reason.strip() or None, asked_at=now,
    )  # fmt: skip
    store.add(request)
    await replan(store, pair.pk, now)
    return request


async def answer_change(store: Store, me: Person, request_id: int, *, agree: bool, now: datetime) -> Commitment:
    """Agree to a change, or keep what was agreed. Returns the promise that now stands."""
    request = await existing(store.commitments.get_request, request_id)
    pair = await lock_pair_of(store, me, request)
    commitment = await store.commitments.get(request.commitment_id)
    _check_answerable(request, me)
    request.state, request.answered_at = RequestState.AGREED if agree else RequestState.DECLINED, now
    stands = _replace(store, commitment, request, now) if agree else commitment
    await replan(store, pair.pk, now)
    return stands


def _replace(store: Store, commitment: Commitment, request: ChangeRequest, now: datetime) -> Commitment:
    commitment.state, commitment.settled_at = CommitmentState.RENEGOTIATED, now
    successor = Commitment(
        pair_id=commitment.pair_id, discussion_id=commitment.discussion_id, owner_id=commitment.owner_id,
        text=request.text, due_on=request.due_on, agreed_at=now, confirmed_at=now, replaces_id=commitment.pk,
    )  # fmt: skip
    store.add(successor)
    return successor


async def _settle_requests(store: Store, commitment: Commitment, now: datetime) -> None:
    """A request that is overtaken is withdrawn, so that nobody answers what no longer matters."""
    for request in await store.commitments.requests_of([commitment.pair_id], now):
        if request.commitment_id == commitment.id and request.state is RequestState.ASKED:
            request.state, request.answered_at = RequestState.WITHDRAWN, now
    await store.flush()
