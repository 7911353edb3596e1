"""The nightly replan: bringing all nudges in line, in case a use case did not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final

import structlog

from cycle.replanning import Replanned, out_of_line, replan_many, replan_opportunities, replan_people
from scheduler.clocks import Clocks
from scheduler.nightly import Run
from storage.database import Database

log = structlog.get_logger(__name__)

AT_ONCE: Final = 400
"""Pairs or people per transaction: their snapshots are in memory meanwhile, and others wait for their locks."""

IN_WORK: Final = 2
"""Batches in work at a time: while the database answers for one, the other is planned."""

Work = Callable[[int, Sequence[int]], Awaitable[int]]
"""Replans some pairs or people of a workspace. Returns how many nudges it has written."""


class Replanning:
    """The nightly round through all pairs, people and opportunities.

    People move to other time zones, and rules change with releases.
    """

    def __init__(self, database: Database, clocks: Clocks) -> None:
        self._database = database
        self._clocks = clocks

    async def replan(self, run: Run) -> None:
        """Replan a workspace. What fails is logged and left as it is; what is in line is only read."""
        async with self._database.reading(run.workspace_id) as store:
            pair_ids = await store.pairs.current_ids()
            people_ids = await store.pairs.manager_ids()
            opportunity_ids = await store.opportunities.open_ids(self._clocks.now())
        written = 0
        for ids, work in (
            (pair_ids, self._replan_pairs),
            (people_ids, self._replan_people),
            (opportunity_ids, self._replan_opportunities),
        ):
            written += await _in_batches(run, ids, work)
        if await run.goes_on():
            log.info("replan.done", workspace=run.workspace_id, pairs=len(pair_ids), nudges=written)

    async def _replan_pairs(self, workspace_id: int, pair_ids: Sequence[int]) -> int:
        async with self._database.reading(workspace_id) as store:
            pair_ids = await out_of_line(store, pair_ids, self._clocks.now())
        if not pair_ids:
            return 0
        async with self._database.unit(workspace_id) as store:
            return _written(await replan_many(store, pair_ids, self._clocks.now()), "pair")

    async def _replan_people(self, workspace_id: int, person_ids: Sequence[int]) -> int:
        async with self._database.unit(workspace_id) as store:
            return _written(await replan_people(store, person_ids, self._clocks.now()), "person")

    async def _replan_opportunities(self, workspace_id: int, opportunity_ids: Sequence[int]) -> int:
        async with self._database.unit(workspace_id) as store:
            return _written(await replan_opportunities(store, opportunity_ids, self._clocks.now()), "opportunity")


async def _in_batches(run: Run, ids: Sequence[int], work: Work) -> int:
    """Do the work on some pairs or people, batch by batch, for as long as the run goes on. Returns what was written."""
    batches: Iterator[Sequence[int]] = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    written = 0

    async def take_turns() -> None:
        nonlocal written
        while await run.goes_on() and (some := next(batches, ())):
            written += await work(run.workspace_id, some)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_WORK):
            group.create_task(take_turns())
    return written


def _written(replanned: Replanned, owner: str) -> int:
    failed: Mapping[int, Exception] = replanned.failed
    for owner_id, error in failed.items():
        log.error("replan.failed", **{owner: owner_id}, exc_info=error)
    return replanned.written
