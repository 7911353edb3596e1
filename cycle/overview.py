"""The overview: all of a person's pairs at a glance, for the App Home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cycle.commitments import RECENTLY, RECENTLY_KEPT
from cycle.pairing import is_open_request
from cycle.snapshot import PairSnapshot, load_snapshots
from cycle.todo import ToDo, to_do
from storage.commitments import Commitment
from storage.pairs import PairState
from storage.people import Person
from storage.store import Store


@dataclass(frozen=True)
class Overview:
    """What one person sees: their pairs (the one as employee first, E1), what to do now, what was settled lately.

    What is most pressing comes first in `to_do`, whichever pair it is about.
    """

    me: Person
    now: datetime
    pairs: Sequence[PairSnapshot]
    to_do: Sequence[tuple[PairSnapshot, ToDo]]
    kept: Sequence[tuple[PairSnapshot, Commitment]]


async def overview(store: Store, me: Person, now: datetime) -> Overview:
    """What a person sees when they open the App Home. A request that has expired is no longer there."""
    current = await store.pairs.current_of(me.pk)
    shown = [pair for pair in current if pair.state is PairState.ACTIVE or is_open_request(pair, now)]
    snapshots = await load_snapshots(store, shown, now) if shown else {}
    pairs = [snapshots[pair.pk] for pair in shown]
    pair_ids = [pair.pk for pair in shown]
    kept = await store.commitments.settled_of(pair_ids, now - RECENTLY, RECENTLY_KEPT) if shown else ()
    return Overview(
        me=me,
        now=now,
        pairs=pairs,
        to_do=with_all(pairs, me, now),
        kept=[(snapshots[one.pair_id], one) for one in kept],
    )


def with_all(pairs: Sequence[PairSnapshot], me: Person, now: datetime) -> list[tuple[PairSnapshot, ToDo]]:
    """What a person could do now in all their pairs, the most pressing first. Pure."""
    found = [(snapshot, item) for snapshot in pairs for item in to_do(snapshot, me, now)]
    return sorted(found, key=lambda one: one[1].pressing)
