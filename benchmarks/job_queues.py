"""Peers of delivery: one job per reminder in a scheduler or job queue that others maintain, with the same HTTP call.

None of them rechecks whether a reminder still has a reason, and none sends it once: a worker that is killed between the
call and its bookkeeping sends again (pgqueuer, after the heartbeat) or leaves the job behind (procrastinate, until its
stalled jobs are retried by hand; APScheduler, which deletes a job before it runs it, and of which two processes on one
store run every job twice). Nor do they bundle messages, wait for people's working hours or keep Slack's rates.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import asyncpg
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from pgqueuer import AsyncpgPoolDriver, PgQueuer, Queries
from pgqueuer.models import Job
from pgqueuer.types import QueueExecutionMode
from procrastinate import App, PsycopgConnector

from benchmarks.postgres import new_database

BATCH: Final = 50
"""Jobs that pgqueuer takes at a time: with more it gets no faster."""

CONNECTIONS: Final = 10
"""Of a queue to PostgreSQL, at most."""

Remind = Callable[[str], Awaitable[None]]
"""Posts a reminder to a person, by Slack's U… id."""


class JobQueue(Protocol):
    """A peer."""

    name: str

    async def put_back(self, reminders: int) -> None:
        """Store this many jobs that are due now."""

    async def deliver(self) -> None:
        """Run all jobs."""


@dataclass
class Round:
    """What APScheduler's stored jobs have in common: a stored job names its function, which has to be in a module."""

    remind: Remind
    left: int
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, slack_id: str) -> None:
        """One job."""
        await self.remind(slack_id)
        self.left -= 1
        if self.left == 0:
            self.done.set()


_rounds: dict[str, Round] = {}


async def run_stored_job(url: str, slack_id: str) -> None:
    """What each stored job calls."""
    await _rounds[url].run(slack_id)


class ApScheduler:
    """APScheduler with its SQLAlchemyJobStore. It finds jobs by their time, and loads each from a pickle."""

    name = "APScheduler with SQLAlchemyJobStore"

    def __init__(self, url: str, remind: Remind) -> None:
        self._url = url
        self._remind = remind
        store = SQLAlchemyJobStore(url=url)
        defaults = {"misfire_grace_time": None, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(jobstores={"default": store}, job_defaults=defaults, timezone=UTC)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["ApScheduler"]:
        """Started, but paused while jobs are stored."""
        self._scheduler.start(paused=True)
        yield self
        self._scheduler.shutdown(wait=False)

    async def put_back(self, reminders: int) -> None:
        """Store this many jobs that are due now. There is no way to store several at once."""
        _rounds[self._url] = Round(self._remind, reminders)
        await asyncio.to_thread(self._add, reminders)

    def _add(self, reminders: int) -> None:
        now = datetime.now(UTC)
        for number in range(1, reminders + 1):
            self._scheduler.add_job(run_stored_job, "date", run_date=now, args=(self._url, f"U{number}"))

    async def deliver(self) -> None:
        """Run all jobs."""
        self._scheduler.resume()
        await _rounds[self._url].done.wait()
        self._scheduler.pause()


class Procrastinate:
    """procrastinate, with as many jobs at a time as we have messages in flight."""

    name = "procrastinate"

    def __init__(self, url: str, remind: Remind, in_flight: int) -> None:
        self._app = App(connector=PsycopgConnector(conninfo=url, max_size=CONNECTIONS))
        self._in_flight = in_flight
        self._task = self._app.task(name="remind")(remind)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Procrastinate"]:
        """With its tables."""
        async with self._app.open_async():
            await self._app.schema_manager.apply_schema_async()
            yield self

    async def put_back(self, reminders: int) -> None:
        """Store this many jobs that are due now."""
        await self._task.batch_defer_async(*({"slack_id": f"U{number}"} for number in range(1, reminders + 1)))

    async def deliver(self) -> None:
        """Run all jobs."""
        await self._app.run_worker_async(
            wait=False, concurrency=self._in_flight, install_signal_handlers=False, listen_notify=False
        )


class Pgqueuer:
    """pgqueuer with asyncpg. With psycopg its listener holds the one connection, and it manages some 60 jobs/s."""

    name = "pgqueuer"

    def __init__(self, url: str, remind: Remind) -> None:
        self._url = url
        self._remind = remind

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Pgqueuer"]:
        """With its tables."""
        async with asyncpg.create_pool(self._url, min_size=2, max_size=CONNECTIONS) as self._pool:
            await Queries(AsyncpgPoolDriver(self._pool)).install()
            yield self

    async def put_back(self, reminders: int) -> None:
        """Store this many jobs that are due now."""
        payloads: list[bytes | None] = [f"U{number}".encode() for number in range(1, reminders + 1)]
        await Queries(AsyncpgPoolDriver(self._pool)).enqueue(["remind"] * reminders, payloads, [0] * reminders)

    async def deliver(self) -> None:
        """Run all jobs. A queue that has run empty does not start again, so each time it is a new one."""
        queue = PgQueuer.from_asyncpg_pool(self._pool)
        queue.entrypoint("remind")(self._run)
        await queue.run(batch_size=BATCH, mode=QueueExecutionMode.drain)

    async def _run(self, job: Job) -> None:
        await self._remind((job.payload or b"").decode())


@asynccontextmanager
async def job_queues(
    sqlite_file: str, server: str | None, post: Callable[[dict[str, Any]], Awaitable[Any]], message: dict[str, Any],
    in_flight: int,
) -> AsyncIterator[Sequence[JobQueue]]:  # fmt: skip
    """The peers that run on SQLite, or with the address of a server those that run on PostgreSQL."""
    room = asyncio.Semaphore(in_flight)

    async def remind(slack_id: str) -> None:
        async with room:
            await post({"channel": slack_id, **message})

    for name in ("apscheduler", "procrastinate", "pgqueuer"):
        logging.getLogger(name).setLevel(logging.ERROR)
    async with AsyncExitStack() as stack:
        if server is None:
            yield [await stack.enter_async_context(ApScheduler(f"sqlite:///{sqlite_file}", remind).open())]
            return
        apscheduler_url = (await new_database(server, "apscheduler")).replace("postgresql://", "postgresql+psycopg://")
        yield [
            await stack.enter_async_context(ApScheduler(apscheduler_url, remind).open()),
            await stack.enter_async_context(
                Procrastinate(await new_database(server, "procrastinate"), remind, in_flight).open()
            ),
            await stack.enter_async_context(Pgqueuer(await new_database(server, "pgqueuer"), remind).open()),
        ]
