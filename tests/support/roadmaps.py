"""A roadmap to work on: Ana's objectives, a benchmark and a skill gap, written straight to the database."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from storage.gaps import Gap
from storage.objectives import Benchmark, Horizon, Objective
from tests.support.builders import saved
from tests.support.harness import BotHarness


class RoadmapKeys(NamedTuple):
    """The keys of what there is."""

    short: int
    longer: int
    benchmark: int
    gap: int


async def with_roadmap(
    harness: BotHarness, workspace: Any, *, shared: bool = True, only_objectives: bool = False
) -> RoadmapKeys:
    """Ana has a short-term objective with a benchmark, a longer-term one, and a skill gap; or objectives alone."""
    two, ana, now = workspace.two.pk, workspace.ana.pk, harness.now

    def objective(horizon: Horizon, text: str, target_on: date) -> Objective:
        return Objective(
            pair_id=two, owner_id=ana, horizon=horizon, text=text, target_on=target_on, shared=shared, set_at=now
        )

    async with harness.database.unit(harness.workspace_id) as store:
        short = objective(Horizon.SHORT, "Pass the <trainer> exam", now.date() + timedelta(days=300))
        longer = objective(Horizon.LONG, "Lead the night shift", now.date() + timedelta(days=1000))
        gap = Gap(pair_id=two, author_id=ana, skill="Rostering", way="Ask Chiyo", shared=shared, set_at=now)
        await saved(store, short, longer)
        if only_objectives:
            return RoadmapKeys(short.pk, longer.pk, 0, 0)
        await saved(store, gap)
        benchmark = Benchmark(pair_id=two, objective_id=short.pk, text="Two practice runs", set_at=now)
        await saved(store, benchmark)
        return RoadmapKeys(short.pk, longer.pk, benchmark.pk, gap.pk)
