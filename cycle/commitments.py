"""Commitments: adding, keeping and renegotiating them (practices E11–E13)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cycle.calendar import add_months
from cycle.errors import FieldErrors, InvalidInput, NotAllowed, NotAvailable, too_long
from cycle.follow_through import LOOKS_BACK, FollowThrough, follow_through
from cycle.guards import active_pair, existing, in_use, pair_of
from cycle.replanning import replan
from cycle.snapshot import NEWS_KEPT
from cycle.zones import local_day
from storage.commitments import Advocacy, ChangeRequest, Commitment, CommitmentState, RequestState
from storage.discussions import Discussion
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from storage.wrap_ups import Notes

LONGEST_COMMITMENT = 500  # characters
# A commitment further away than this is an objective.
FURTHEST_MONTHS = 18
# Kept commitments shown below the open ones: enough to be proud of, few enough to read.
RECENTLY_KEPT = 5
# After a month, what was kept is no longer recent.
RECENTLY = timedelta(days=30)
# "Done" pressed by mistake can be taken back for a day; after that the commitment is history.
UNDO_WITHIN = timedelta(days=1)
SETTLED = "That commitment is settled already."

DUE_ON = "due_on"  # fields of the form
TEXT = "text"
REASON = "reason"
ADVOCACY = "advocacy"
LONGEST_REASON = 500  # characters


@dataclass(frozen=True)
class CommitmentEntry:
    """A row of a form: who does what by when. `slot` names its fields."""

    slot: str
    owner: Side
    text: str = ""
    due_on: date | None = None
    advocacy: Advocacy | None = None  # where the manager speaks up for the employee (M8)

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

    @property
    def advocacy_field(self) -> str:
        """The field of the way to speak up."""
        return f"{self.slot}.{ADVOCACY}"


def check_commitment(entry: CommitmentEntry, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with a row: half filled in, or a date that cannot be kept. Pure."""
    errors, text, today = FieldErrors(), entry.text.strip(), local_day(me, now)
    if not text:
        if entry.due_on is not None:
            errors.add(entry.text_field, "This date has no commitment yet. What will be done by then?")
        return errors
    if len(text) > LONGEST_COMMITMENT:
        errors.add(entry.text_field, too_long(text, LONGEST_COMMITMENT))
    if (sentence := wrong_date(entry.due_on, today)) is not None:
        errors.add(entry.date_field, sentence)
    return errors


def wrong_date(due_on: date | None, today: date) -> str | None:
    """What is wrong with the date of a commitment, if anything."""
    if due_on is None:
        return "By when? Please pick a day."
    if due_on <= today:
        return (
            "That day has passed. Pick tomorrow or later."
            if due_on < today
            else "That is today. Pick tomorrow or later."
        )
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
        advocacy=entry.advocacy if entry.owner is Side.MANAGER else None,
    )


@dataclass(frozen=True)
class CommitmentsView:
    """What is open between the two, and what was kept recently."""

    pair: Pair
    employee: Person
    manager: Person
    open: Sequence[Commitment]  # the employee's first (E1), the next due first
    asked: Mapping[int, ChangeRequest]  # changes that wait for an answer, by commitment
    kept: Sequence[Commitment]
    last_discussion: Discussion | None
    notes: Sequence[Notes]  # of the last discussion, the employee's first (E1)
    mirror: Mapping[int, FollowThrough] = field(default_factory=dict)  # of each of the two, by person (M8)
    written: Mapping[int, int] = field(default_factory=dict)  # how many updates the two wrote lately, by commitment

    def person(self, person_id: int) -> Person:
        """One of the two by key."""
        return self.employee if person_id == self.employee.id else self.manager

    def other_than(self, person_id: int) -> Person:
        """The other of the two."""
        return self.person(self.pair.other_than(person_id))


async def between(store: Store, me: Person, pair_id: int, now: datetime) -> CommitmentsView:
    """The commitments of a pair of mine."""
    pair = await active_pair(store, me, pair_id)
    other = await store.people.get(pair.other_than(me.pk))
    people = {me.pk: me, other.pk: other}
    found = await store.commitments.open_or_kept([pair.pk], now - LOOKS_BACK)
    still_open = [one for one in found if one.state is CommitmentState.OPEN]
    requests = await store.commitments.requests_of([pair.pk], now)
    updates = await store.updates.of_pairs([pair.pk], now - NEWS_KEPT)
    last = await store.wrap_ups.last_held(pair.pk)
    return CommitmentsView(
        pair=pair,
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        open=sorted(still_open, key=lambda one: one.owner_id != pair.employee_id),
        asked={one.commitment_id: one for one in requests if one.state is RequestState.ASKED},
        mirror={one.pk: follow_through(found, one, now) for one in (me, other)},
        kept=_kept_recently(found, now),
        written=Counter(one.commitment_id for one in updates if one.commitment_id is not None),
        last_discussion=last[0][0] if last else None,
        notes=sorted(
            (notes for _, notes in last if notes is not None), key=lambda one: one.author_id != pair.employee_id
        ),
    )


def _kept_recently(commitments: Sequence[Commitment], now: datetime) -> list[Commitment]:
    """Those that were kept in the last month, the latest first."""
    kept = [
        (one.settled_at, one.pk, one)
        for one in commitments
        if one.state is CommitmentState.DONE and one.settled_at is not None and one.settled_at >= now - RECENTLY
    ]
    return [one for _, _, one in sorted(kept, key=lambda each: each[:2], reverse=True)[:RECENTLY_KEPT]]


@dataclass(frozen=True)
class ChangeView:
    """A commitment to ask for a change of, as one of the two sees it."""

    commitment: Commitment
    owner: Person
    other: Person
    waiting: ChangeRequest | None  # asked for already, and not answered


@dataclass(frozen=True)
class AnswerView:
    """A change that waits for an answer, as the person who is to answer sees it."""

    commitment: Commitment
    request: ChangeRequest
    other: Person  # who asked


async def to_change(store: Store, me: Person, commitment_id: int, now: datetime) -> ChangeView:
    """An open commitment to ask for a change of. Raises `NotAllowed`, or `NotAvailable` when it is settled."""
    pair = await pair_of(store, me, commitment_id, Commitment)
    commitment = await _open_commitment(store, pair, commitment_id)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    return ChangeView(
        commitment=commitment,
        owner=people[commitment.owner_id],
        other=people[pair.other_than(me.pk)],
        waiting=next(iter(await _waiting(store, commitment, now)), None),
    )


async def to_answer(store: Store, me: Person, request_id: int) -> AnswerView:
    """A change that waits for my answer. Raises `NotAvailable` once answered, `NotAllowed` when I asked myself."""
    await pair_of(store, me, request_id, ChangeRequest)
    request = await existing(store.commitments.get_request, request_id)
    _check_answerable(request, me)
    commitment = await store.commitments.get(request.commitment_id)
    return AnswerView(commitment, request, await store.people.get(request.asked_by_id))


def _check_answerable(request: ChangeRequest, me: Person) -> None:
    if request.state is not RequestState.ASKED:
        raise NotAvailable("That has been answered or taken back already.")
    if request.asked_by_id == me.id:
        raise NotAllowed("You asked; the other side answers this one.")


def check_own(entry: CommitmentEntry, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with a commitment that I add between discussions. Pure."""
    if not entry.text.strip():
        return FieldErrors({entry.text_field: "What will you do?"})
    return check_commitment(entry, me, now)


async def add(store: Store, me: Person, pair: Pair, entry: CommitmentEntry, now: datetime) -> None:
    """Add a checked commitment of my own to a locked pair, between discussions."""
    commitment = new_commitment(in_use(pair, me), entry, now, None)
    if commitment.owner_id != me.id:
        raise NotAllowed("Only they can take this on.")
    store.add(commitment)
    await replan(store, pair, now)


async def done(store: Store, me: Person, pair: Pair, commitment_id: int, now: datetime) -> None:
    """Mark a commitment of mine as done. One that is done already stays done."""
    in_use(pair, me)
    commitment = await existing(store.commitments.get, commitment_id)
    if commitment.owner_id != me.id:
        raise NotAllowed("Only the person who made a commitment can mark it as done.")
    if commitment.state is CommitmentState.DONE:
        return
    if commitment.state is not CommitmentState.OPEN:
        raise NotAvailable("That commitment has been replaced by a newer one.")
    commitment.state, commitment.settled_at = CommitmentState.DONE, now
    await _withdraw_requests(store, commitment, now)
    await replan(store, pair, now)


def can_be_undone(commitment: Commitment, me: Person, now: datetime) -> bool:
    """Whether I marked a commitment as done so lately that I can take that back. Pure."""
    is_mine_and_done = commitment.owner_id == me.id and commitment.state is CommitmentState.DONE
    return is_mine_and_done and commitment.settled_at is not None and now - commitment.settled_at < UNDO_WITHIN


async def undo_done(store: Store, me: Person, pair: Pair, commitment_id: int, now: datetime) -> None:
    """Open a commitment of mine again that I marked as done. One that is open already stays open.

    A change that was asked for before is not asked for again. Raises `NotAvailable` after a day.
    """
    in_use(pair, me)
    commitment = await existing(store.commitments.get, commitment_id)
    if commitment.owner_id != me.id:
        raise NotAllowed("Only the person who made a commitment can open it again.")
    if commitment.state is CommitmentState.OPEN:
        return
    if not can_be_undone(commitment, me, now):
        raise NotAvailable("That was marked as done more than a day ago. You can add it as a new commitment.")
    commitment.state, commitment.settled_at = CommitmentState.OPEN, None
    await replan(store, pair, now)


@dataclass(frozen=True)
class ChangeForm:
    """A change that a person asks for: a new date, new words (empty to keep them), and perhaps a reason."""

    due_on: date | None
    text: str = ""
    reason: str = ""

    def text_for(self, commitment: Commitment) -> str:
        """The words of the commitment after the change."""
        return self.text.strip() or commitment.text


async def open_commitment(store: Store, me: Person, pair: Pair, commitment_id: int) -> Commitment:
    """A commitment of a locked pair that can still be changed. Raises `NotAvailable`."""
    return await _open_commitment(store, in_use(pair, me), commitment_id)


def check_change(form: ChangeForm, commitment: Commitment, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with a change that is asked for. Pure."""
    errors = FieldErrors()
    if (sentence := wrong_date(form.due_on, local_day(me, now))) is not None:
        errors.add(DUE_ON, sentence)
    elif form.due_on == commitment.due_on and form.text_for(commitment) == commitment.text:
        errors.add(DUE_ON, "That is what you agreed on already. Please pick another day.")
    if len(form.text_for(commitment)) > LONGEST_COMMITMENT:
        errors.add(TEXT, too_long(form.text_for(commitment), LONGEST_COMMITMENT))
    if len(form.reason) > LONGEST_REASON:
        errors.add(REASON, too_long(form.reason, LONGEST_REASON))
    return errors


async def ask_change(
    store: Store, me: Person, pair: Pair, commitment: Commitment, form: ChangeForm, now: datetime
) -> None:
    """Ask the other side to agree to a checked change."""
    await _withdraw_requests(store, commitment, now)
    request = ChangeRequest(
        commitment_id=commitment.pk, pair_id=pair.pk, asked_by_id=me.pk, text=form.text_for(commitment),
        due_on=form.due_on or commitment.due_on, reason=form.reason.strip() or None, asked_at=now,
    )  # fmt: skip
    store.add(request)
    await replan(store, pair, now)


async def answer_change(
    store: Store, me: Person, pair: Pair, request_id: int, now: datetime, *, agree: bool
) -> Commitment:
    """Agree to a change, or keep what was agreed. Returns the commitment as it is from now on."""
    in_use(pair, me)
    request = await existing(store.commitments.get_request, request_id)
    commitment = await store.commitments.get(request.commitment_id)
    _check_answerable(request, me)
    request.state, request.answered_at = RequestState.AGREED if agree else RequestState.DECLINED, now
    current = _replace(store, commitment, request, now) if agree else commitment
    if agree:
        await store.flush()
        await store.updates.move(commitment.pk, current.pk)
    await replan(store, pair, now)
    return current


async def _open_commitment(store: Store, pair: Pair, commitment_id: int) -> Commitment:
    commitment = await existing(store.commitments.get, commitment_id)
    if commitment.pair_id != pair.pk or commitment.state is not CommitmentState.OPEN:
        raise NotAvailable(SETTLED)
    return commitment


def _replace(store: Store, commitment: Commitment, request: ChangeRequest, now: datetime) -> Commitment:
    commitment.state, commitment.settled_at = CommitmentState.RENEGOTIATED, now
    successor = Commitment(
        pair_id=commitment.pair_id, discussion_id=commitment.discussion_id, owner_id=commitment.owner_id,
        text=request.text, due_on=request.due_on, agreed_at=now, confirmed_at=now, replaces_id=commitment.pk,
        advocacy=commitment.advocacy,
    )  # fmt: skip
    store.add(successor)
    return successor


async def _waiting(store: Store, commitment: Commitment, now: datetime) -> list[ChangeRequest]:
    requests = await store.commitments.requests_of([commitment.pair_id], now)
    return [one for one in requests if one.commitment_id == commitment.id and one.state is RequestState.ASKED]


async def _withdraw_requests(store: Store, commitment: Commitment, now: datetime) -> None:
    """Withdraw requests that are out of date, so that nobody answers what no longer matters."""
    for request in await _waiting(store, commitment, now):
        request.state, request.answered_at = RequestState.WITHDRAWN, now
    await store.flush()
