"""The jobs: what runs when. They live in code and in memory only; the database is the truth.

APScheduler's own clock starts them, in real time. What is due is asked with the clock that the bot was given, which in
the sandbox people can move.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from cycle.replanning import replan
from scheduler.delivering import Deliverer
from scheduler.refreshing import Refreshing
from storage.database import Database

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 3
"""How often is looked for what is due: soon enough for a wrap-up, and cheap, since one index answers."""

REFRESH_AT_HOUR: Final = 0  # UTC; before the replan, which builds on where people are
REPLAN_AT_HOUR: Final = 2  # UTC; somebody is always at work, and a replan only takes moments from them
HOUSEKEEPING_AT_HOUR: Final = 3  # UTC

DRAFTS_KEPT: Final = timedelta(days=90)
"""A draft that nobody came back to for a quarter is forgotten. Nothing else ever is."""

MISFIRE_GRACE_SECONDS: Final = 3600
"""A job that could not start in time, since the machine was busy or asleep, starts late rather than never."""


class Jobs:
    """Keeps the nudges of one workspace going: delivers, replans, tidies up."""

    def __init__(
        self,
        database: Database,
        workspace_id: int,
        deliverer: Deliverer,
        refreshing: Refreshing,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._deliverer = deliverer
        self._refreshing = refreshing
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._leaving = False
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_SECONDS}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def start(self) -> None:
        """Begin. Call it within the running event loop."""
        daily = (
            ("refresh", self.refresh_people, REFRESH_AT_HOUR),
            ("replan", self.replan_all, REPLAN_AT_HOUR),
            ("housekeeping", self.tidy_up, HOUSEKEEPING_AT_HOUR),
        )
        for name, job, hour in daily:
            self._scheduler.add_job(self._guarded, CronTrigger(hour=hour, timezone=UTC), args=(name, job), id=name)
        tick = IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC)
        self._scheduler.add_job(self._guarded, tick, args=("deliver", self.catch_up), id="deliver")
        self._scheduler.start()

    def wake(self) -> None:
        """Look for what is due now rather than at the next tick: somebody has just done something."""
        if self._scheduler.running and not self._leaving:
            self._scheduler.add_job(
                self._guarded, args=("deliver", self.catch_up), id="deliver now", replace_existing=True
            )

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, and wait up to `drain_seconds` for what is being sent."""
        self._leaving = True
        self._deliverer.leave()
        if self._scheduler.running:
            self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=drain_seconds)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def catch_up(self) -> None:
        """Deliver until nothing is due. Raises what the database raises; nothing is lost by that."""
        async with self._one_at_a_time:
            while (await self._deliverer.deliver(self._clock())).taken:
                pass

    async def next_moment(self) -> datetime | None:
        """When there is next something to do; None when nothing is planned."""
        async with self._database.reading(self._workspace_id) as store:
            return await store.nudges.next_ready()

    async def refresh_people(self) -> None:
        """Learn who moved and who left."""
        await self._refreshing.refresh_all(self._clock, lambda: self._leaving)

    async def replan_all(self) -> None:
        """Bring all nudges in line: people may have moved to other time zones, and rules change with releases."""
        async with self._database.reading(self._workspace_id) as store:
            pair_ids = await store.pairs.current_ids()
        for pair_id in pair_ids:
            if self._leaving:
                return
            await self._replan(pair_id)
        log.info("replan.done", pairs=len(pair_ids))

    async def _replan(self, pair_id: int) -> None:
        try:
            async with self._database.unit(self._workspace_id) as store:
                await store.pairs.lock(pair_id)
                await replan(store, pair_id, self._clock())
        except SQLAlchemyError:
            raise  # the database is away: no other pair would fare better
        except Exception:
            log.exception("replan.pair_failed", pair=pair_id)

    async def tidy_up(self) -> None:
        """Forget drafts that nobody came back to."""
        async with self._database.unit(self._workspace_id) as store:
            forgotten = await store.drafts.delete_saved_before(self._clock() - DRAFTS_KEPT)
        log.info("housekeeping.done", drafts=forgotten)

    async def _guarded(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job. Whatever goes wrong is told and tried again at the next tick: a job never dies."""
        task = asyncio.current_task()
        if task is None or self._leaving:
            return
        self._running.add(task)
        try:
            await job()
        except Exception:
            log.exception("job.failed", job=name)
        finally:
            self._running.discard(task)
