"""The jobs: what runs when. They live in code and in memory only; the database is the truth.

Real time starts them. What is due is asked with the clock that the bot was given, which in the sandbox people can move.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.exc import SQLAlchemyError

from cycle.pairing import expire_requests
from cycle.replanning import replan
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.messenger import MessengerOf
from scheduler.profile_check import ProfileCheck
from scheduler.profile_sync import DirectoryOf, ProfileSync
from storage.database import Database
from storage.due import next_moment, workspace_ids

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 3.0
"""How often we look for what is due: soon enough for a wrap-up, and cheap, since four indexes answer."""

PROFILES_AT_HOUR: Final = 0  # UTC; before the replan, which builds on where people are
REPLAN_AT_HOUR: Final = 2  # UTC; someone is always at work, and a replan only takes moments from them
HOUSEKEEPING_AT_HOUR: Final = 3  # UTC

DRAFTS_KEPT: Final = timedelta(days=90)
"""A draft that its author did not come back to for a quarter is deleted."""

REQUESTS_KEPT: Final = timedelta(days=2)
"""Slack sends an event again for minutes, and a person may submit a modal again for as long as it is open: a day."""

MISFIRE_GRACE_SECONDS: Final = 3600
"""A job that could not start in time, since the machine was busy or asleep, starts late rather than never."""


class Jobs:
    """Keeps the nudges of all workspaces going: delivers, replans, tidies up."""

    def __init__(
        self,
        database: Database,
        dispatch: Dispatch,
        profile_sync: ProfileSync,
        clocks: Clocks,
        *,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._database = database
        self._dispatch = dispatch
        self._profile_sync = profile_sync
        self._clocks = clocks
        self._tick_seconds = tick_seconds
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[Any]] = set()
        self._ticking: asyncio.Task[None] | None = None
        self._leaving = False
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_SECONDS}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def start(self) -> None:
        """Begin. Call it within the running event loop."""
        daily = (
            ("profiles", self.sync_profiles, PROFILES_AT_HOUR),
            ("replan", self.replan_all, REPLAN_AT_HOUR),
            ("housekeeping", self.tidy_up, HOUSEKEEPING_AT_HOUR),
        )
        for name, job, hour in daily:
            self._scheduler.add_job(self._guarded, CronTrigger(hour=hour, timezone=UTC), args=(name, job), id=name)
        self._scheduler.start()
        self._ticking = asyncio.create_task(self._tick_for_ever())

    def wake(self) -> None:
        """Look for what is due now rather than at the next tick: someone has just done something."""
        self._woken.set()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, and wait up to `drain_seconds` for what is being posted."""
        self._leaving = True
        if self._scheduler.running:
            self._scheduler.pause()
        if self._ticking is not None:
            self._ticking.cancel()
        await self._dispatch.stop(drain_seconds)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, *filter(None, [self._ticking]), return_exceptions=True)

    async def catch_up(self) -> None:
        """Deliver until nothing is due. Raises what the database raises; nothing is lost by that."""
        await self._dispatch.catch_up()

    async def next_moment(self) -> datetime | None:
        """When there is next something to do; None when nothing is planned."""
        return await next_moment(self._database)

    async def _tick_for_ever(self) -> None:
        """Start what is due at every tick. The event loop's clock is monotonic: a wall clock that jumps delays none."""
        while True:
            await self._guarded("deliver", self._dispatch.start_due)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._tick_seconds):
                    await self._woken.wait()
            self._woken.clear()

    async def sync_profiles(self) -> None:
        """Learn who moved and who left."""
        for workspace_id in await workspace_ids(self._database):
            await self._profile_sync.sync(workspace_id, lambda: self._leaving)

    async def replan_all(self) -> None:
        """Bring all nudges in line: people may have moved to other time zones, and rules change with releases."""
        for workspace_id in await workspace_ids(self._database):
            async with self._database.reading(workspace_id) as store:
                pair_ids = await store.pairs.current_ids()
            for pair_id in pair_ids:
                if self._leaving:
                    return
                await self._replan(workspace_id, pair_id)
            log.info("replan.done", workspace=workspace_id, pairs=len(pair_ids))

    async def _replan(self, workspace_id: int, pair_id: int) -> None:
        try:
            async with self._database.unit(workspace_id) as store:
                await store.pairs.lock(pair_id)
                await replan(store, pair_id, self._clocks.now())
        except SQLAlchemyError:
            raise  # the database is away: no other pair would fare better
        except Exception:
            log.exception("replan.pair_failed", pair=pair_id)

    async def tidy_up(self) -> None:
        """Delete old drafts and the ids of old requests from Slack, and close requests to pair without an answer."""
        now = self._clocks.now()
        for workspace_id in await workspace_ids(self._database):
            async with self._database.unit(workspace_id) as store:
                drafts = await store.drafts.delete_saved_before(now - DRAFTS_KEPT)
                requests = await store.requests.delete_before(now - REQUESTS_KEPT)
            async with self._database.unit(workspace_id) as store:
                expired = await expire_requests(store, now)
            log.info(
                "housekeeping.done", workspace=workspace_id, drafts=drafts, requests=requests, expired_pairs=expired
            )

    async def _guarded(self, name: str, job: Callable[[], Awaitable[Any]]) -> None:
        """Run a job. Whatever goes wrong is logged and tried again at the next tick: a job never dies."""
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


def jobs_of(database: Database, messenger_of: MessengerOf, directory_of: DirectoryOf, clocks: Clocks) -> Jobs:
    """The jobs of a process, for the workspaces of which it has a messenger and a directory."""
    profile_check = ProfileCheck(database, directory_of, clocks)
    delivery = Delivery(database, messenger_of, clocks, profile_check)
    confirmation = Confirmation(database, messenger_of, clocks)
    dispatch = Dispatch(database, delivery, confirmation, clocks)
    return Jobs(database, dispatch, ProfileSync(database, directory_of, clocks), clocks)
