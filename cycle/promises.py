"""Promises: adding, keeping and renegotiating commitments (practices E11–E13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle import words
from cycle.access import may_see
from cycle.calendar import add_months, hours_in
from cycle.errors import Complaints, Gone, NotAllowed, Refused
from cycle.reach import active_pair, existing, hold_active_pair, hold_pair_of
from cycle.replanning import replan
from cycle.state import view_pair
from storage.commitments import ChangeRequest, Commitment, CommitmentState, RequestState
from storage.discussions import Discussion
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store

LONGEST_PROMISE = 500  # characters
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
class PromiseEntry:
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


def check_promise(entry: PromiseEntry, me: Person, now: datetime, complaints: Complaints) -> None:
    """Complain about a row that is half filled in or whose date cannot be kept."""
    text, today = entry.text.strip(), hours_in(me.tz).day_of(now)
    if not text:
        if entry.due_on is not None:
            complaints.add(entry.text_field, "This date has no promise yet. What will be done by then?")
        return
    if len(text) > LONGEST_PROMISE:
        complaints.add(entry.text_field, f"Please keep it within {LONGEST_PROMISE} characters.")
    if (sentence := wrong_date(entry.due_on, today)) is not None:
        complaints.add(entry.date_field, sentence)


def wrong_date(due_on: date | None, today: date) -> str | None:
    """What is wrong with the date of a promise, if anything."""
    if due_on is None:
        return "By when? A promise without a date is easily forgotten."
    if due_on <= today:
        return f"{words.day(due_on, today)} has come already. Please choose a day from tomorrow on."
    if due_on > add_months(today, FURTHEST_MONTHS):
        return "That is more than a year and a half away. What would be a first step before that?"
    return None


def new_promise(pair: Pair, entry: PromiseEntry, now: datetime, discussion_id: int | None) -> Commitment:
    """A commitment from a checked row."""
    if entry.due_on is None:
        raise Refused({entry.date_field: "By when?"})
    return Commitment(
        pair_id=pair.pk,
        discussion_id=discussion_id,
        owner_id=pair.person_id(entry.owner),
        text=entry.text.strip(),
        due_on=entry.due_on,
        agreed_at=now,
    )


@dataclass(frozen=True)
class PromisesView:
    """What stands between the two, and what was kept lately."""

    pair: Pair
    employee: Person
    manager: Person
    standing: Sequence[Commitment]  # the employee's first (E1), the next due first
    asked: Mapping[int, ChangeRequest]  # changes that wait for an answer, by commitment
    kept: Sequence[Commitment]
    last_talk: Discussion | None

    def person(self, person_id: int) -> Person:
        """One of the two by key."""
        return self.employee if person_id == self.employee.id else self.manager

    def other_than(self, person_id: int) -> Person:
        """The other of the two."""
        return self.person(self.pair.other_than(person_id))


async def between(store: Store, me: Person, pair_id: int, now: datetime) -> PromisesView:
    """The promises of a pair of mine."""
    pair = await active_pair(store, me, pair_id)
    view = await view_pair(store, pair.pk, now)
    settled = await store.commitments.settled_of([pair.pk], RECENTLY_KEPT)
    return PromisesView(
        pair=pair,
        employee=view.employee,
        manager=view.manager,
        standing=sorted(
            (one for one in view.commitments if may_see(me.pk, one, pair)),
            key=lambda one: one.owner_id != pair.employee_id,
        ),
        asked={one.commitment_id: one for one in view.requests if one.state is RequestState.ASKED},
        kept=[one for one in settled if one.state is CommitmentState.DONE and may_see(me.pk, one, pair)],
        last_talk=view.held,
    )


@dataclass(frozen=True)
class ChangeView:
    """A promise that somebody would like to change, as one of the two sees it."""

    promise: Commitment
    owner: Person
    other: Person
    waiting: ChangeRequest | None  # asked for already, and not answered


@dataclass(frozen=True)
class AnswerView:
    """A change that waits for an answer, as whoever answers sees it."""

    promise: Commitment
    request: ChangeRequest
    other: Person  # who asked


async def to_change(store: Store, me: Person, commitment_id: int, now: datetime) -> ChangeView:
    """An open promise, for asking for a change. Raises `Gone` when it is settled."""
    promise = await existing(store.commitments.get, commitment_id)
    pair = await active_pair(store, me, promise.pair_id)
    if promise.state is not CommitmentState.OPEN:
        raise Gone(SETTLED)
    people = await store.people.named([pair.employee_id, pair.manager_id])
    asked = [one for one in await store.commitments.requests_of([pair.pk], now) if one.commitment_id == promise.id]
    return ChangeView(
        promise=promise,
        owner=people[promise.owner_id],
        other=people[pair.other_than(me.pk)],
        waiting=next((one for one in asked if one.state is RequestState.ASKED), None),
    )


async def to_answer(store: Store, me: Person, request_id: int) -> AnswerView:
    """A change that waits for my answer. Raises `Gone` once answered, `NotAllowed` when I asked myself."""
    request = await existing(store.commitments.get_request, request_id)
    await active_pair(store, me, request.pair_id)
    _check_answerable(request, me)
    promise = await store.commitments.get(request.commitment_id)
    return AnswerView(promise, request, await store.people.get(request.asked_by_id))


def _check_answerable(request: ChangeRequest, me: Person) -> None:
    if request.state is not RequestState.ASKED:
        raise Gone("That has been answered or taken back already.")
    if request.asked_by_id == me.id:
        raise NotAllowed("You asked; the other side answers this one.")


async def add(store: Store, me: Person, pair_id: int, entry: PromiseEntry, now: datetime) -> Commitment:
    """Add a promise of my own between talks. Raises `Refused`."""
    pair = await hold_active_pair(store, me, pair_id)
    if not entry.text.strip():
        raise Refused({entry.text_field: "What will you do?"})
    complaints = Complaints()
    check_promise(entry, me, now, complaints)
    complaints.raise_if_any()
    promise = new_promise(pair, entry, now, None)
    if promise.owner_id != me.id:
        raise NotAllowed("Only they can promise this.")
    store.add(promise)
    await replan(store, pair.pk, now)
    return promise


async def done(store: Store, me: Person, commitment_id: int, now: datetime) -> Commitment:
    """Mark a promise of mine as kept. Raises `NotAllowed`; a promise that is done already stays done."""
    promise = await existing(store.commitments.get, commitment_id)
    pair = await hold_pair_of(store, me, promise)
    if promise.owner_id != me.id:
        raise NotAllowed("Whoever made a promise marks it as done.")
    if promise.state is CommitmentState.DONE:
        return promise
    if promise.state is not CommitmentState.OPEN:
        raise Gone("That promise has been replaced by a newer one.")
    promise.state, promise.settled_at = CommitmentState.DONE, now
    await _settle_requests(store, promise, now)
    await replan(store, pair.pk, now)
    return promise


async def ask_change(  # noqa: PLR0913, PLR0917 - a change is a date, words and a reason
    store: Store, me: Person, commitment_id: int, due_on: date | None, text: str, reason: str, now: datetime
) -> ChangeRequest:
    """Ask the other side to agree to a new date (or new words). Raises `Refused` on `DUE_ON` or `TEXT`."""
    promise = await existing(store.commitments.get, commitment_id)
    pair = await hold_pair_of(store, me, promise)
    if promise.state is not CommitmentState.OPEN:
        raise Gone(SETTLED)
    text = text.strip() or promise.text
    complaints = Complaints()
    if (sentence := wrong_date(due_on, hours_in(me.tz).day_of(now))) is not None:
        complaints.add(DUE_ON, sentence)
    elif due_on == promise.due_on and text == promise.text:
        complaints.add(DUE_ON, "That is what you have agreed on already. Please choose another day.")
    if len(text) > LONGEST_PROMISE:
        complaints.add(TEXT, f"Please keep it within {LONGEST_PROMISE} characters.")
    complaints.raise_if_any()
    await _settle_requests(store, promise, now)
    request = ChangeRequest(
        commitment_id=promise.pk, pair_id=pair.pk, asked_by_id=me.pk, text=text, due_on=due_on or promise.due_on,
        reason=reason.strip() or None, asked_at=now,
    )  # fmt: skip
    store.add(request)
    await replan(store, pair.pk, now)
    return request


async def answer_change(store: Store, me: Person, request_id: int, *, agree: bool, now: datetime) -> Commitment:
    """Agree to a change, or keep what was agreed. Returns the promise that now stands."""
    request = await existing(store.commitments.get_request, request_id)
    pair = await hold_pair_of(store, me, request)
    promise = await store.commitments.get(request.commitment_id)
    _check_answerable(request, me)
    request.state, request.answered_at = RequestState.AGREED if agree else RequestState.DECLINED, now
    stands = _replace(store, promise, request, now) if agree else promise
    await replan(store, pair.pk, now)
    return stands


def _replace(store: Store, promise: Commitment, request: ChangeRequest, now: datetime) -> Commitment:
    promise.state, promise.settled_at = CommitmentState.RENEGOTIATED, now
    successor = Commitment(
        pair_id=promise.pair_id, discussion_id=promise.discussion_id, owner_id=promise.owner_id, text=request.text,
        due_on=request.due_on, agreed_at=now, confirmed_at=now, replaces_id=promise.pk,
    )  # fmt: skip
    store.add(successor)
    return successor


async def _settle_requests(store: Store, promise: Commitment, now: datetime) -> None:
    """A request that is overtaken is withdrawn, so that nobody answers what no longer matters."""
    for request in await store.commitments.requests_of([promise.pair_id], now):
        if request.commitment_id == promise.id and request.state is RequestState.ASKED:
            request.state, request.answered_at = RequestState.WITHDRAWN, now
    await store.flush()
