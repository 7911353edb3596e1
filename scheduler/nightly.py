"""Nightly jobs: each runs once a night per workspace, however many processes there are, and is made up for when missed.

The database holds the night that each job last ran for. So a process that was down at the hour runs the job when it
starts, what a process that died has left unfinished is run by another, and no two processes run the same job.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from scheduler.clocks import Clocks
from storage.database import Database
from storage.due import CLOCKS_AGREE_WITHIN, workspaces
from storage.job_runs import RunLimits

log = structlog.get_logger(__name__)

ALIVE_EVERY: Final = 60.0
"""Seconds after which a running job shows again that its process is alive."""

ABANDONED_AFTER: Final = timedelta(minutes=10)
"""A job whose process has not shown that it is alive for this long is run by another."""


class Run:
    """One run of a job in a workspace, as the job sees it."""

    def __init__(self, nightly: "Nightly", name: str, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self._nightly = nightly
        self._name = name
        self._shown_at = nightly.clocks.monotonic()

    async def goes_on(self) -> bool:
        """Whether to go on with the next piece of work. Call it before each: it also shows that we are alive."""
        if self._nightly.is_leaving:
            return False
        if self._nightly.clocks.monotonic() - self._shown_at >= ALIVE_EVERY:
            self._shown_at = self._nightly.clocks.monotonic()
            async with self._nightly.database.unit(self.workspace_id) as store:
                await store.job_runs.show_alive(self._name, self._nightly.clocks.now())
        return True


@dataclass(frozen=True)
class NightlyJob:
    """What a job is called, the hour (UTC) at which it is due, and what it does in a workspace."""

    name: str
    hour: int
    work: Callable[[Run], Awaitable[Any]]
    serves: Callable[[int], bool] = lambda _workspace_id: True
    """Whether this process can do it in a workspace."""


class Nightly:
    """Runs what is due of the nightly jobs."""

    def __init__(self, database: Database, jobs: Sequence[NightlyJob], clocks: Clocks) -> None:
        self.database = database
        self.clocks = clocks
        self.is_leaving = False
        self._jobs = jobs
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._once_more: set[str] = set()

    def start_due(self, *, besides: Container[str] = ()) -> list[asyncio.Task[None]]:
        """Start what is due, but for some jobs; the tasks of all jobs. They log their failures.

        One that is running in this process is looked at once more afterwards: the clock may have been set meanwhile.
        """
        if self.is_leaving:
            return []
        for job in self._jobs:
            if job.name in besides:
                continue
            if job.name in self._tasks:
                self._once_more.add(job.name)
            else:
                self._tasks[job.name] = asyncio.create_task(self._run_everywhere(job))
        return list(self._tasks.values())

    async def do_due(self, *, besides: Container[str] = ()) -> None:
        """Run what is due, but for some jobs, and wait for it, also for what is looked at once more."""
        tasks = self.start_due(besides=besides)
        while tasks:
            await asyncio.gather(*tasks)
            tasks = list(self._tasks.values())

    def next_night(self) -> datetime:
        """When all jobs of the coming night are due."""
        last_hour = max(job.hour for job in self._jobs)
        return last_due(last_hour, self.clocks.now()) + timedelta(days=1)

    async def stop(self) -> None:
        """End what is running, even in the middle of a job: another process, or this one next time, goes on with it."""
        self.is_leaving = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_everywhere(self, job: NightlyJob) -> None:
        try:
            for workspace in await workspaces(self.database):
                if job.serves(workspace.id) and not self.is_leaving:
                    await self._run(job, workspace.id)
        except Exception:
            log.exception("nightly.failed", job=job.name)
        finally:
            del self._tasks[job.name]
            if job.name in self._once_more and not self.is_leaving:
                self._once_more.discard(job.name)
                self._tasks[job.name] = asyncio.create_task(self._run_everywhere(job))

    async def _run(self, job: NightlyJob, workspace_id: int) -> None:
        """Run a job in a workspace if it is due. One that fails is due again once it counts as abandoned."""
        now = self.clocks.now()
        limits = RunLimits(abandoned_before=now - ABANDONED_AFTER, wrong_after=now + CLOCKS_AGREE_WITHIN)
        async with self.database.unit(workspace_id) as store:
            is_ours = await store.job_runs.claim(job.name, last_due(job.hour, now), now, limits)
        if not is_ours:
            return
        try:
            await job.work(Run(self, job.name, workspace_id))
        except Exception:
            log.exception("nightly.job_failed", job=job.name, workspace=workspace_id)
            return
        if not self.is_leaving:
            async with self.database.unit(workspace_id) as store:
                await store.job_runs.finish(job.name, self.clocks.now())


def last_due(hour: int, now: datetime) -> datetime:
    """When a job of this hour (UTC) was last due. Pure."""
    today = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)
