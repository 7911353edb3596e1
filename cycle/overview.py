"""The overview: all of a person's pairs at a glance, for the App Home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cycle.commitments import RECENTLY, RECENTLY_KEPT
from cycle.pairing import is_open_request
from cycle.roadmap import Progress, progress
from cycle.snapshot import PairSnapshot
from cycle.snapshot_loading import load_snapshots
from cycle.todo import ToDo, to_do
from storage.commitments import Commitment
from storage.objectives import Benchmark, Objective
from storage.pairs import Pair, PairState
from storage.people import Person
from storage.store import Store

MOST_IN_FULL: Final = 5  # pairs; with more, each is a line and a row of buttons


@dataclass(frozen=True)
class Measured:
    """A current objective and how far it is."""

    objective: Objective
    progress: Progress


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
    measured: Mapping[int, Sequence[Measured]] = field(default_factory=dict)  # by pair; where pairs are shown in full


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
        measured=await measured(store, shown) if len(shown) <= MOST_IN_FULL else {},
    )


async def measured(store: Store, pairs: Sequence[Pair]) -> dict[int, list[Measured]]:
    """The current objectives of some pairs that have benchmarks, the nearest date first, by pair."""
    together: dict[int, tuple[Objective, list[Benchmark]]] = {}
    for objective, benchmark in await store.objectives.measured(
        [one.pk for one in pairs if one.state is PairState.ACTIVE]
    ):
        together.setdefault(objective.pk, (objective, []))[1].append(benchmark)
    found: dict[int, list[Measured]] = {}
    for objective, benchmarks in together.values():
        found.setdefault(objective.pair_id, []).append(Measured(objective, progress(benchmarks)))
    return found


def with_all(pairs: Sequence[PairSnapshot], me: Person, now: datetime) -> list[tuple[PairSnapshot, ToDo]]:
    """What a person could do now in all their pairs, the most pressing first. Pure."""
    found = [(snapshot, item) for snapshot in pairs for item in to_do(snapshot, me, now)]
    return sorted(found, key=lambda one: one[1].pressing)
