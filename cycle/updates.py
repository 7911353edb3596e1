"""In between: how a commitment is going, a question about it, and the answer (practice E14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.errors import FieldErrors, NotAvailable
from cycle.guards import existing, in_use, pair_of
from cycle.replanning import replan
from storage.commitments import Commitment, CommitmentState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store
from storage.updates import CommitmentUpdate, UpdateKind

TEXT: Final = "text"  # fields
ASKS: Final = "asks"

LONGEST_UPDATE: Final = 1500  # characters: half of what a section of a message takes, since escaping lengthens
REPLACED: Final = "You two have changed that commitment since. The list of commitments shows it as it is now."


@dataclass(frozen=True)
class UpdatesView:
    """A commitment with all that the two have written about it."""

    commitment: Commitment
    owner: Person
    other: Person
    written: Sequence[CommitmentUpdate]  # oldest first
    waiting: CommitmentUpdate | None  # the last question of the other side that I have not answered


@dataclass(frozen=True)
class UpdateForm:
    """What a person writes: `asks` where they want the other side's guidance."""

    text: str
    asks: bool = False


async def about(store: Store, me: Person, commitment_id: int) -> UpdatesView:
    """What was written about a commitment of a pair of mine. Raises `NotAllowed`, or `NotAvailable` if replaced."""
    pair = await pair_of(store, me, commitment_id, Commitment)
    return await _view(store, me, pair, commitment_id)


async def _view(store: Store, me: Person, pair: Pair, commitment_id: int) -> UpdatesView:
    commitment = await existing(store.commitments.get, commitment_id)
    if commitment.state is CommitmentState.RENEGOTIATED:
        raise NotAvailable(REPLACED)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    written = await store.updates.about(commitment.pk)
    theirs = [one for one in written if one.waits and one.author_id != me.id]
    return UpdatesView(
        commitment=commitment,
        owner=people[commitment.owner_id],
        other=people[pair.other_than(me.pk)],
        written=written,
        waiting=theirs[-1] if theirs else None,
    )


def check(form: UpdateForm) -> FieldErrors:
    """What is wrong: a sentence for each field. Pure."""
    errors, text = FieldErrors(), form.text.strip()
    if not text:
        errors.add(TEXT, "Please write a line or two.")
    elif len(text) > LONGEST_UPDATE:
        errors.add(TEXT, f"That is {len(text)} characters. Please keep it within {LONGEST_UPDATE}.")
    return errors


async def write(
    store: Store, me: Person, pair: Pair, commitment_id: int, form: UpdateForm, now: datetime
) -> tuple[UpdatesView, UpdateKind]:
    """Send a checked update to the other side of a locked pair. What I write answers all that they have asked.

    Returns the commitment with it, and what it was.
    """
    view = await _view(store, me, in_use(pair, me), commitment_id)
    kind = UpdateKind.QUESTION if form.asks else UpdateKind.ANSWER if view.waiting else UpdateKind.PROGRESS
    for one in view.written:
        if one.waits and one.author_id != me.id:
            one.answered_at = now
    store.add(
        CommitmentUpdate(
            pair_id=pair.pk, commitment_id=commitment_id, author_id=me.pk, kind=kind, text=form.text.strip(),
            written_at=now,
        )
    )  # fmt: skip
    await store.flush()
    await replan(store, pair, now)
    return await _view(store, me, pair, commitment_id), kind
