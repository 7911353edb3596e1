"""Promises: adding, keeping and renegotiating commitments (practices E11–E13)."""

from dataclasses import dataclass
from datetime import date, datetime

from cycle import words
from cycle.calendar import add_months, hours_in
from cycle.errors import Complaints, Gone, NotAllowed, Refused
from cycle.reach import existing, hold_active_pair, hold_pair_of
from cycle.replanning import replan
from storage.commitments import ChangeRequest, Commitment, CommitmentState, RequestState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store

LONGEST_PROMISE = 500  # characters
# A promise further away than this is an objective.
FURTHEST_MONTHS = 18

DUE_ON = "due_on"  # fields of the form
TEXT = "text"


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
        raise Gone("That promise is settled already.")
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
    if request.state is not RequestState.ASKED:
        raise Gone("That has been answered or taken back already.")
    if request.asked_by_id == me.id:
        raise NotAllowed("You asked; the other side answers this one.")
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
