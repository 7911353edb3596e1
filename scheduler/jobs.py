"""The jobs: what runs when. They live in code and in memory only; the database is the truth.

What is due is looked for every second, and nightly jobs that are due every hour: the database says which are.
The time comes from the clock that the bot was given, which people can move in the sandbox.
"""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.housekeeping import Housekeeping
from scheduler.messenger import MessengerOf
from scheduler.nightly import Nightly, NightlyJob
from scheduler.pace import Pace
from scheduler.profile_check import ProfileCheck
from scheduler.profile_sync import SECONDS_BETWEEN_PEOPLE, DirectoryOf, ProfileSync
from scheduler.replanning import Replanning
from storage.database import Database
from storage.due import CLOCKS_AGREE_WITHIN, next_moment

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 1.0
"""How often we look for what is due: no message is late by more than that, and a look is cheap, since five partial
indexes answer."""

PROFILES: Final = "profiles"
PROFILES_AT_HOUR: Final = 0  # UTC; before the replan, which depends on people's time zones
REPLAN_AT_HOUR: Final = 2  # UTC; it is working hours somewhere at any time, and a replan delays people by moments only
HOUSEKEEPING_AT_HOUR: Final = 3  # UTC

HOURLY: Final = CronTrigger(minute=0, timezone=UTC)
"""When nightly jobs are looked for: at their hour, and again in case one failed or its process died."""


class Jobs:
    """Keeps the nudges of all workspaces going: delivers, and starts the nightly jobs."""

    def __init__(
        self,
        database: Database,
        dispatch: Dispatch,
        nightly: Nightly,
        clocks: Clocks,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._database = database
        self._dispatch = dispatch
        self._nightly = nightly
        self._clocks = clocks
        self._tick_seconds = tick_seconds
        self._woken = asyncio.Event()
        self._ticking: asyncio.Task[None] | None = None
        self._clock_ahead: float | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin. Call it within the running event loop. Nightly jobs that were missed run at once."""
        self._scheduler.add_job(self._start_nightly, HOURLY, id="nightly", misfire_grace_time=None, coalesce=True)
        self._scheduler.start()
        self._nightly.start_due()
        self._clock_was_set()  # from now on
        self._ticking = asyncio.create_task(self._tick_for_ever())

    def wake(self) -> None:
        """Look for what is due now rather than at the next tick: someone has just done something."""
        self._woken.set()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, and wait up to `drain_seconds` for what is being posted."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._ticking is not None:
            self._ticking.cancel()
        await self._dispatch.stop(drain_seconds)
        await self._nightly.stop()
        await asyncio.gather(*filter(None, [self._ticking]), return_exceptions=True)

    async def catch_up(self) -> None:
        """Deliver until nothing is due. Raises what the database raises; nothing is lost by that."""
        await self._dispatch.catch_up()

    async def do_due(self) -> None:
        """Do all that is due now, the nightly jobs included, and nothing later. Otherwise as `catch_up`."""
        await self._nightly.do_due()
        await self._dispatch.catch_up()

    async def do_night(self) -> None:
        """Do what a night does to the plan, and deliver what is due, for a clock that is moved through many nights.

        Nobody is asked about: while it is moved, nobody's profile changes.
        """
        await self._nightly.do_due(besides={PROFILES})
        await self._dispatch.catch_up()

    def next_night(self) -> datetime:
        """When all jobs of the coming night are due."""
        return self._nightly.next_night()

    async def next_moment(self) -> datetime | None:
        """When there is next something to deliver; None when nothing is planned."""
        return await next_moment(self._database)

    async def _tick_for_ever(self) -> None:
        """Start what is due at every tick. The event loop's clock is monotonic: a wall clock that jumps delays none."""
        while True:
            try:
                if self._clock_was_set():
                    self._scheduler.reschedule_job("nightly", trigger=HOURLY)  # it waits for an hour of the old time
                    self._nightly.start_due()
                await self._dispatch.start_due()
            except Exception:
                log.exception("tick.failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._tick_seconds):
                    await self._woken.wait()
            self._woken.clear()

    async def _start_nightly(self) -> None:
        self._nightly.start_due()

    def _clock_was_set(self) -> bool:
        """Whether the wall clock was set since the last tick, or the machine was asleep."""
        ahead = self._clocks.now().timestamp() - self._clocks.monotonic()
        before, self._clock_ahead = self._clock_ahead, ahead
        if before is None or abs(ahead - before) <= CLOCKS_AGREE_WITHIN.total_seconds():
            return False
        log.warning("clock.was_set", by_seconds=round(ahead - before))
        return True


def jobs_of(
    database: Database, messenger_of: MessengerOf, directory_of: DirectoryOf, clocks: Clocks, pace: Pace
) -> Jobs:
    """The jobs of a process, for the workspaces that it has a messenger and a directory for."""
    profile_check = ProfileCheck(database, directory_of, clocks)
    delivery = Delivery(database, messenger_of, clocks, profile_check, pace=pace)
    confirmation = Confirmation(database, messenger_of, clocks)
    dispatch = Dispatch(database, delivery, confirmation, Editing(database, messenger_of, clocks), clocks)
    pause = 0.0 if clocks.moved_by_people else SECONDS_BETWEEN_PEOPLE  # a year of nights would take hours
    profile_sync = ProfileSync(database, directory_of, clocks, pause)
    nightly = (
        NightlyJob(PROFILES, PROFILES_AT_HOUR, profile_sync.sync, profile_sync.serves),
        NightlyJob("replan", REPLAN_AT_HOUR, Replanning(database, clocks).replan),
        NightlyJob("housekeeping", HOUSEKEEPING_AT_HOUR, Housekeeping(database, clocks).tidy_up),
    )
    return Jobs(database, dispatch, Nightly(database, nightly, clocks), clocks)
