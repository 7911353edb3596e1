"""The roadmap: objectives from short to long, how far each one is, and skill gaps (practices C3, M6, M7, M9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from cycle.guards import active_pair, side
from cycle.zones import local_day
from storage.gaps import Gap, GapState
from storage.objectives import Benchmark, Horizon, Objective, ObjectiveState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from storage.team_objectives import TeamObjective

# What was reached or closed stays on the roadmap for this long, to be proud of; the history has all of it.
SHOWN_FOR: Final = timedelta(days=183)


@dataclass(frozen=True)
class Branch:
    """An objective in the tree. `depth` is 0 for one that leads to no other that the reader can see."""

    objective: Objective
    depth: int


@dataclass(frozen=True)
class Progress:
    """How far an objective is: how many of its benchmarks are reached."""

    reached: int
    total: int


@dataclass(frozen=True)
class Roadmap:
    """What one of the two sees of the employee's way: everything of one's own, of the other's what is shared."""

    pair: Pair
    me: Person
    other: Person
    today: date  # mine
    current: Sequence[Objective]
    reached: Sequence[Objective]
    fits: Mapping[int, TeamObjective]  # by objective
    gaps: Sequence[Gap]  # open
    closed: Sequence[Gap]
    benchmarks: Mapping[int, Sequence[Benchmark]] = field(default_factory=dict)  # by objective

    @property
    def is_mine(self) -> bool:
        """Whether I am the employee, whose way it is."""
        return side(self.pair, self.me) is Side.EMPLOYEE

    def progress(self, objective: Objective) -> Progress:
        """How far an objective is."""
        return progress(self.benchmarks.get(objective.pk, ()))


async def roadmap(store: Store, me: Person, pair_id: int, now: datetime) -> Roadmap:
    """The roadmap of a pair of mine. Raises `NotAllowed` or `NotAvailable`."""
    pair = await active_pair(store, me, pair_id)
    found = await store.objectives.with_reached(pair.pk, now - SHOWN_FOR)
    objectives = [one for one, _ in found]
    gaps = await store.gaps.open_or_closed(pair.pk, now - SHOWN_FOR)
    return Roadmap(
        pair=pair,
        me=me,
        other=await store.people.get(pair.other_than(me.pk)),
        today=local_day(me, now),
        current=[one for one in objectives if one.state is ObjectiveState.CURRENT],
        reached=[one for one in objectives if one.state is ObjectiveState.REACHED],
        fits={one.pk: team for one, team in found if team is not None},
        gaps=[one for one in gaps if one.state is GapState.OPEN],
        closed=[one for one in gaps if one.state is GapState.CLOSED],
        benchmarks=await benchmarks_of(store, objectives),
    )


async def benchmarks_of(store: Store, objectives: Sequence[Objective]) -> dict[int, list[Benchmark]]:
    """The benchmarks of objectives, by objective."""
    found: dict[int, list[Benchmark]] = {}
    for one in await store.objectives.benchmarks([objective.pk for objective in objectives]):
        found.setdefault(one.objective_id, []).append(one)
    return found


def tree(objectives: Sequence[Objective]) -> list[Branch]:
    """The objectives with those that lead to each one right below it, the nearest date first (M9). Pure.

    An objective is a root if what it leads to is not in the list, or if it is part of a circle, which only a database
    edited by hand can contain.
    """
    by_key = {one.pk: one for one in objectives}
    below: dict[int, list[Objective]] = {}
    for one in sorted(objectives, key=lambda one: (one.target_on, one.pk)):
        root = one.leads_to_id not in by_key or leads_in_a_circle(one, by_key)
        below.setdefault(0 if root else one.leads_to_id or 0, []).append(one)
    found: list[Branch] = []

    def grow(parent_id: int, depth: int) -> None:
        # Long ones come first at the top: what leads to nothing yet is read after what the rest leads to.
        for one in sorted(below.get(parent_id, ()), key=lambda one: one.horizon is not Horizon.LONG):
            found.append(Branch(one, depth))
            grow(one.pk, depth + 1)

    grow(0, 0)
    return found


def leads_in_a_circle(objective: Objective, by_key: Mapping[int, Objective]) -> bool:
    """Whether following what an objective leads to comes back to it. Pure."""
    seen: set[int] = set()
    one: Objective | None = objective
    while one is not None and one.pk not in seen:
        seen.add(one.pk)
        one = by_key.get(one.leads_to_id or 0)
    return one is not None and one.pk == objective.pk


def orphans(objectives: Sequence[Objective]) -> list[Objective]:
    """The short-term objectives that lead to no longer one (M9); none where there is no longer one yet. Pure."""
    keys = {one.pk for one in objectives}
    if not any(one.horizon is Horizon.LONG for one in objectives):
        return []
    return [one for one in objectives if one.horizon is Horizon.SHORT and one.leads_to_id not in keys]


def progress(benchmarks: Sequence[Benchmark]) -> Progress:
    """How many of some benchmarks are reached. Pure."""
    return Progress(sum(one.reached_at is not None for one in benchmarks), len(benchmarks))
