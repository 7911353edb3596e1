"""In between: how a commitment or an objective is going, a question about it, and the answer (practice E14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.errors import FieldErrors, NotAvailable, too_long
from cycle.guards import existing, in_use, pair_of
from cycle.objective_details import view_in
from cycle.replanning import replan
from storage.commitments import Commitment, CommitmentState
from storage.objectives import Objective
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store
from storage.updates import Update, UpdateKind

TEXT: Final = "text"  # fields
ASKS: Final = "asks"

LONGEST_UPDATE: Final = 1500  # characters: half of what a section of a message takes, since escaping lengthens
NOT_SHARED: Final = "Only you see this objective. Share it in your preparation first; then you two can write about it."
REPLACED: Final = "You two have changed that commitment since. The list of commitments shows it as it is now."


Matter = Commitment | Objective
"""What the two write to each other about."""


@dataclass(frozen=True)
class UpdatesView:
    """A commitment or an objective with all that the two have written about it."""

    matter: Matter
    owner: Person
    other: Person
    written: Sequence[Update]  # oldest first
    waiting: Update | None  # the last question of the other side that I have not answered


@dataclass(frozen=True)
class UpdateForm:
    """What a person writes: `asks` where they want the other side's guidance."""

    text: str
    asks: bool = False


async def about(store: Store, me: Person, noun: type[Matter], key: int) -> UpdatesView:
    """What was written about a matter of a pair of mine. Raises `NotAllowed`, or `NotAvailable` if it was replaced."""
    return await _view(store, me, await pair_of(store, me, key, noun), noun, key)


async def _view(store: Store, me: Person, pair: Pair, noun: type[Matter], key: int) -> UpdatesView:
    matter, owner_id = await _matter(store, me, pair, noun, key)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    repository = store.updates
    written = await (repository.about(key) if isinstance(matter, Commitment) else repository.about_objective(key))
    theirs = [one for one in written if one.waits and one.author_id != me.id]
    return UpdatesView(
        matter=matter,
        owner=people[owner_id],
        other=people[pair.other_than(me.pk)],
        written=written,
        waiting=theirs[-1] if theirs else None,
    )


async def _matter(store: Store, me: Person, pair: Pair, noun: type[Matter], key: int) -> tuple[Matter, int]:
    """What it is about, and whose it is."""
    if noun is Commitment:
        commitment = await existing(store.commitments.get, key)
        if commitment.state is CommitmentState.RENEGOTIATED:
            raise NotAvailable(REPLACED)
        return commitment, commitment.owner_id
    objective = (await view_in(store, me, pair, key)).objective
    if not objective.shared:
        raise NotAvailable(NOT_SHARED)
    return objective, objective.owner_id


def check(form: UpdateForm) -> FieldErrors:
    """What is wrong: a sentence for each field. Pure."""
    errors, text = FieldErrors(), form.text.strip()
    if not text:
        errors.add(TEXT, "Please write a line or two.")
    elif len(text) > LONGEST_UPDATE:
        errors.add(TEXT, too_long(text, LONGEST_UPDATE))
    return errors


async def write(  # noqa: PLR0913, PLR0917 - who writes what about which matter, and when
    store: Store, me: Person, pair: Pair, noun: type[Matter], key: int, form: UpdateForm, now: datetime
) -> tuple[UpdatesView, UpdateKind]:
    """Send a checked update to the other side of a locked pair. What I write answers all that they have asked.

    Returns the matter with it, and what it was.
    """
    view = await _view(store, me, in_use(pair, me), noun, key)
    kind = UpdateKind.QUESTION if form.asks else UpdateKind.ANSWER if view.waiting else UpdateKind.PROGRESS
    for one in view.written:
        if one.waits and one.author_id != me.id:
            one.answered_at = now
    update = Update(pair_id=pair.pk, author_id=me.pk, kind=kind, text=form.text.strip(), written_at=now)
    if noun is Commitment:
        update.commitment_id = key
    else:
        update.objective_id = key
    store.add(update)
    await store.flush()
    await replan(store, pair, now)
    return await _view(store, me, pair, noun, key), kind
