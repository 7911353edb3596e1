"""One objective in depth: benchmarks, what it leads to and fits, how to develop, support (practices E8, M3, M6–M9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cycle import formatting
from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import existing, in_use, with_own_pair
from cycle.zones import local_day
from storage.objectives import Benchmark, Development, Horizon, Objective, ObjectiveState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store
from storage.team_objectives import TeamObjective

LEADS_TO: Final = "leads_to"  # fields
FITS: Final = "fits"
DEVELOPMENT: Final = "development"
SUPPORT: Final = "support"
BENCHMARK: Final = "benchmark"
BENCHMARK_BY: Final = "benchmark_by"

LONGEST_BENCHMARK: Final = 300  # characters
LONGEST_SUPPORT: Final = 500  # characters
MOST_BENCHMARKS: Final = 8  # of one objective: more are a project plan

CHANGED: Final = "This objective has been changed since. The roadmap shows it as it is now."
DROPPED: Final = "This objective has been dropped since. The roadmap shows the current ones."
OWNER_ONLY: Final = "Only the one whose objective it is can change that."


@dataclass(frozen=True)
class ObjectiveView:
    """One objective with all that belongs to it."""

    pair: Pair
    objective: Objective
    owner: Person
    other: Person  # the other of the two, seen from me
    benchmarks: Sequence[Benchmark]
    current: Sequence[Objective]  # all current ones that I may read
    team: Sequence[TeamObjective]  # what it can fit; empty for the manager
    fits: TeamObjective | None
    updates: int = 0  # how many the two wrote about it

    @property
    def leads_to(self) -> Objective | None:
        """The longer one that it leads to, if I may read that."""
        return next((one for one in self.current if one.id == self.objective.leads_to_id), None)


@dataclass(frozen=True)
class DetailsForm:
    """What the owner submits about an objective. Keys are 0 for none."""

    leads_to_id: int = 0
    team_objective_id: int = 0
    is_personal: bool = False
    development: Development | None = None
    support: str = ""
    benchmark: str = ""  # a further one
    benchmark_by: date | None = None


async def view(store: Store, me: Person, objective_id: int) -> ObjectiveView:
    """An objective that I may read. Raises `NotAllowed`, or `NotAvailable` where it was changed or dropped."""
    pair, objective = await with_own_pair(store, objective_id, Objective)
    return await _view(store, me, in_use(pair, me), objective)


async def view_in(store: Store, me: Person, pair: Pair, objective_id: int) -> ObjectiveView:
    """An objective of a pair of mine that I may read; raises as `view` does."""
    return await _view(store, me, pair, await existing(store.objectives.get, objective_id))


async def _view(store: Store, me: Person, pair: Pair, objective: Objective) -> ObjectiveView:
    if objective.state is ObjectiveState.CHANGED:
        raise NotAvailable(CHANGED)
    if objective.state is ObjectiveState.DROPPED:
        raise NotAvailable(DROPPED)
    other = await store.people.get(pair.other_than(me.pk))
    is_mine = objective.owner_id == me.id
    team = await store.team_objectives.for_reports_of(pair.manager_id) if is_mine else ()
    fits = next((one for one in team if one.id == objective.team_objective_id), None)
    if fits is None and objective.team_objective_id is not None:
        fits = await store.team_objectives.get(objective.team_objective_id)  # no longer listed, or not mine to choose
    found = await store.objectives.current_beside(pair.pk, objective.pk)
    return ObjectiveView(
        pair=pair,
        objective=objective,
        owner=me if is_mine else other,
        other=other,
        benchmarks=[benchmark for _, benchmark in found if benchmark is not None],
        current=list({one.pk: one for one, _ in found if one.state is ObjectiveState.CURRENT}.values()),
        team=team,
        fits=fits,
        updates=len(await store.updates.about_objective(objective.pk)),
    )


def can_lead_to(objective: Objective, current: Sequence[Objective]) -> list[Objective]:
    """The longer objectives that one can lead to: those with the same date or a later one, and no circle (M9). Pure."""
    return [one for one in current if one.horizon is Horizon.LONG and wrong_link(objective, one, current) is None]


def wrong_link(objective: Objective, longer: Objective, current: Sequence[Objective]) -> str | None:
    """What is wrong with an objective that leads to another, if anything. Pure."""
    if longer.pk == objective.pk:
        return "An objective can't lead to itself. Please choose another."
    by_key = {one.pk: one for one in current}
    above: Objective | None = longer
    seen: set[int] = set()
    while above is not None and above.pk not in seen:
        if above.pk == objective.pk:
            return "That one leads to this one already. Please choose another."
        seen.add(above.pk)
        above = by_key.get(above.leads_to_id or 0)
    if longer.horizon is not Horizon.LONG:
        return "Please choose a longer-term objective."
    if longer.target_on < objective.target_on:
        return "That one has an earlier date than this one. Please choose another, or change a date first."
    return None


def check_details(form: DetailsForm, shown: ObjectiveView, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with what the owner submits. Pure."""
    errors, objective, today = FieldErrors(), shown.objective, local_day(me, now)
    if form.leads_to_id:
        longer = next((one for one in shown.current if one.id == form.leads_to_id), None)
        if longer is None:
            errors.add(LEADS_TO, "That objective is no longer there. Please choose another.")
        elif (sentence := wrong_link(objective, longer, shown.current)) is not None:
            errors.add(LEADS_TO, sentence)
    offered = {one.pk for one in shown.team} | {objective.team_objective_id or 0}
    if form.team_objective_id and form.team_objective_id not in offered:
        errors.add(FITS, "That team objective is no longer listed. Please choose another.")
    if len(form.support) > LONGEST_SUPPORT:
        errors.add(SUPPORT, too_long(form.support, LONGEST_SUPPORT))
    errors.update(_check_benchmark(form, shown, today))
    return errors


def _check_benchmark(form: DetailsForm, shown: ObjectiveView, today: date) -> FieldErrors:
    errors, text, by = FieldErrors(), form.benchmark.strip(), form.benchmark_by
    if not text:
        if by is not None:
            errors.add(BENCHMARK, "This date has no benchmark yet. How will you tell that you are on your way?")
        return errors
    if len(text) > LONGEST_BENCHMARK:
        errors.add(BENCHMARK, too_long(text, LONGEST_BENCHMARK))
    elif len(shown.benchmarks) >= MOST_BENCHMARKS:
        errors.add(BENCHMARK, f"There are {MOST_BENCHMARKS} already. Please remove one first.")
    if by is not None and by < today:
        errors.add(BENCHMARK, "That day has passed. Pick today or later.")
    elif by is not None and by > shown.objective.target_on:
        target = formatting.day(shown.objective.target_on, today)
        errors.add(BENCHMARK, f"That is after the objective's own date, {target}.")
    return errors


def save_details(store: Store, me: Person, shown: ObjectiveView, form: DetailsForm, now: datetime) -> None:
    """Save checked details. The pair is locked. Raises `NotAllowed` for the other of the two."""
    objective = _own(shown.objective, me)
    objective.leads_to_id = form.leads_to_id or None
    objective.team_objective_id = form.team_objective_id or None
    objective.is_personal = form.is_personal and not form.team_objective_id
    objective.development = form.development
    support = form.support.strip() or None
    if support != objective.support_asked:
        objective.support_asked, objective.support_given = support, None  # what was agreed to was another support
    if text := form.benchmark.strip():
        store.add(
            Benchmark(
                pair_id=shown.pair.pk, objective_id=objective.pk, text=text, due_on=form.benchmark_by, set_at=now
            )
        )  # fmt: skip


def check_support(text: str) -> FieldErrors:
    """What is wrong with the support that the manager gives. Pure."""
    errors = FieldErrors()
    if len(text) > LONGEST_SUPPORT:
        errors.add(SUPPORT, too_long(text, LONGEST_SUPPORT))
    return errors


def give_support(shown: ObjectiveView, me: Person, text: str) -> None:
    """The manager agrees to the support that is asked for, as it is or in words of their own (E8)."""
    if shown.objective.owner_id == me.id:
        raise NotAllowed("The support is for the other of you two to give.")
    shown.objective.support_given = text.strip() or None


async def reach(store: Store, me: Person, objective_id: int, now: datetime) -> Objective:
    """The owner has reached an objective. Raises `NotAllowed` or `NotAvailable`."""
    objective = _own(await existing(store.objectives.get, objective_id), me)
    if objective.state is not ObjectiveState.CURRENT:
        raise NotAvailable(CHANGED)
    objective.state, objective.settled_at = ObjectiveState.REACHED, now
    return objective


async def reopen(store: Store, me: Person, objective_id: int) -> Objective:
    """It is not reached after all. Raises `NotAllowed` or `NotAvailable`."""
    objective = _own(await existing(store.objectives.get, objective_id), me)
    if objective.state is not ObjectiveState.REACHED:
        raise NotAvailable(CHANGED)
    objective.state, objective.settled_at = ObjectiveState.CURRENT, None
    return objective


async def mark_benchmark(store: Store, me: Person, benchmark_id: int, now: datetime, *, reached: bool) -> Objective:
    """A benchmark is reached, or is not after all. Returns its objective. Raises `NotAllowed`."""
    objective, benchmark = await _own_benchmark(store, me, benchmark_id)
    benchmark.reached_at = (benchmark.reached_at or now) if reached else None
    return objective


async def remove_benchmark(store: Store, me: Person, benchmark_id: int) -> Objective:
    """Take a benchmark out. Returns its objective. Raises `NotAllowed`."""
    objective, benchmark = await _own_benchmark(store, me, benchmark_id)
    await store.delete(benchmark)
    await store.flush()
    return objective


async def _own_benchmark(store: Store, me: Person, benchmark_id: int) -> tuple[Objective, Benchmark]:
    objective = _own(await existing(store.objectives.objective_of, benchmark_id), me)
    return objective, await existing(store.objectives.get_benchmark, benchmark_id)


def _own(objective: Objective, me: Person) -> Objective:
    if objective.owner_id != me.id:
        raise NotAllowed(OWNER_ONLY)
    return objective
