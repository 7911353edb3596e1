"""Several workers on one PostgreSQL database: what each adds, and whether they hold each other up.

As a program (arguments: database, address of the fake Slack) it is one worker: it waits for a line on standard input,
delivers as in production until there is another line, and prints what it took. While workers deliver, the database is
asked again and again how many of their transactions wait for a lock. Slack's rates, which are each workspace's own, are
left out.
"""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
import sqlalchemy as sa
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.delivery import messages_arrived, slack_process
from benchmarks.due_people import NOW, REPORTS, prepare, put_back
from benchmarks.postgres import postgres
from benchmarks.statements import Statements
from benchmarks.support import BOT_TOKEN, ENCRYPTION_KEY, ROOT, Row, Verdict, at_most
from bot.logs import SLACK_CALLS
from bot.messenger import SlackMessenger
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.jobs import Jobs
from scheduler.messenger import OutgoingMessage, Posted
from scheduler.nightly import Nightly
from storage.database import Database
from storage.encryption import Cipher

NUDGES: Final = 5_000
WORKSPACES: Final = 8
MOST_WORKERS: Final = 4
POLL_SECONDS: Final = 0.02
LOOK_SECONDS: Final = 0.005
SPREAD: Final = """
    UPDATE pair SET workspace_id = mod((id - 1) / {reports}, {workspaces}) + 1;
    UPDATE discussion SET workspace_id = mod((pair_id - 1) / {reports}, {workspaces}) + 1;
    UPDATE nudge SET workspace_id = mod((pair_id - 1) / {reports}, {workspaces}) + 1;
    UPDATE person SET workspace_id = mod(CASE WHEN id <= {employees} THEN (id - 1) / {reports}
                                              ELSE id - {employees} - 1 END, {workspaces}) + 1;
"""
LOCK_WAITS: Final = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
DEADLOCKS: Final = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
WAITING_WANTED: Final = 0.01
"""The share of the looks that may find a transaction waiting."""


@dataclass
class Contention:
    """What the database says while workers deliver."""

    looks: int = 0
    waiting: int = 0
    """The looks at which at least one transaction waited for a lock."""

    async def watch(self, database: Database, done: asyncio.Event) -> None:
        """Look until all workers are done."""
        async with database.engine.connect() as connection:
            while not done.is_set():
                self.looks += 1
                self.waiting += (await connection.execute(LOCK_WAITS)).scalar_one() > 0
                await connection.rollback()  # what the server says of itself stays the same within a transaction
                await asyncio.sleep(LOOK_SECONDS)


@dataclass
class Took:
    """What some workers took together."""

    seconds: float = 0.0
    statements: int = 0
    errors: int = 0
    shares: list[int] = field(default_factory=list)
    """How many nudges each of them sent."""


async def measure() -> list[Row]:
    """One to four workers in turn, each time with everything due again."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = await stack.enter_async_context(slack_process(folder))
        url = await stack.enter_async_context(postgres())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
        stack.push_async_callback(database.close)
        await _prepare(database)
        contention, took = Contention(), {}
        for workers in range(1, MOST_WORKERS + 1):
            before = await messages_arrived(session, slack)

            async def all_arrived(wanted: int = before + NUDGES) -> None:
                while True:
                    if await messages_arrived(session, slack) >= wanted:
                        return
                    await asyncio.sleep(POLL_SECONDS)

            took[workers] = await _deliver(database, workers, (url, slack), contention, all_arrived)
            arrived = await messages_arrived(session, slack) - before
            assert arrived == NUDGES == sum(took[workers].shares), f"{arrived} messages arrived instead of {NUDGES}"
            await put_back(database)
        async with database.engine.connect() as connection:
            deadlocks = int((await connection.execute(DEADLOCKS)).scalar_one())
    return _rows(took, contention, deadlocks)


async def _prepare(database: Database) -> None:
    """Managers with all their reports in one workspace, and the workspaces in turn."""
    for number in range(1, WORKSPACES + 1):
        await database.workspace(f"T{number}", "Benchmark")
    await prepare(database, 1, NUDGES)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(SPREAD.format(reports=REPORTS, employees=NUDGES, workspaces=WORKSPACES))


async def _deliver(
    database: Database,
    workers: int,
    arguments: Sequence[str],
    contention: Contention,
    all_arrived: Callable[[], Awaitable[None]],
) -> Took:
    """Have some workers deliver everything, beginning together."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.workers", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment,
        )
        for _ in range(workers)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()  # it is ready
    done = asyncio.Event()
    watching = asyncio.create_task(contention.watch(database, done))
    began = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
    await all_arrived()
    seconds = time.perf_counter() - began
    answers = await asyncio.gather(*(process.communicate(b"stop\n") for process in processes))
    done.set()
    await watching
    figures = [json.loads(answer) for answer, _ in answers]
    return Took(
        seconds=seconds,
        statements=sum(one["statements"] for one in figures),
        errors=sum(one["errors"] for one in figures),
        shares=[one["sent"] for one in figures],
    )


def _rows(took: Mapping[int, Took], contention: Contention, deadlocks: int) -> list[Row]:
    what, alone = f"Delivering {NUDGES:,} due nudges on PostgreSQL", NUDGES / took[1].seconds
    rows = [
        Row(
            what, f"{workers} worker{'s' * (workers > 1)}", f"{NUDGES / one.seconds:,.0f}/s",
            f"shares {', '.join(f'{share:,}' for share in one.shares)}", f"{NUDGES / one.seconds / alone:.2f}×",
        )
        for workers, one in took.items()
    ]  # fmt: skip
    each = max(one.statements for one in took.values()) / NUDGES
    rows.append(Row(what, "statements a nudge, with the ticks", f"at most {each:.2f}"))
    errors, waiting = sum(one.errors for one in took.values()), contention.waiting / max(contention.looks, 1)
    verdict = Verdict.MISSED if errors + deadlocks else at_most(waiting, WAITING_WANTED)
    rows.append(
        Row(
            what, "contention", f"{deadlocks} deadlocks, {errors} errors",
            f"a lock was waited for at {contention.waiting} of {contention.looks:,} looks",
            wanted=f"none, at most {WAITING_WANTED:.0%} of the looks", verdict=verdict,
        )
    )  # fmt: skip
    return rows


class Counted(SlackMessenger):
    """Counts what it has posted."""

    posted = 0

    async def post(self, message: OutgoingMessage) -> Posted:
        """Post one message."""
        posted = await super().post(message)
        Counted.posted += len(message.parts)
        return posted


async def _work(url: str, slack: str) -> dict[str, float]:
    """Deliver what is due, tick by tick, from the first word to the second one; what it took."""
    errors: list[str] = []

    def note(_logger: Any, level: str, event: dict[str, Any]) -> dict[str, Any]:
        if level not in {"info", "debug"}:
            errors.append(event["event"])
        raise structlog.DropEvent

    structlog.configure(processors=[note])
    logging.getLogger(SLACK_CALLS).setLevel(logging.INFO)  # as in the running bot
    database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack}/api/", session=session)
        messenger, clocks = Counted(client, nudge_message), Clocks(lambda: NOW)
        of = dict.fromkeys(range(1, WORKSPACES + 1), messenger).get
        dispatch = Dispatch(
            database, Delivery(database, of, clocks), Confirmation(database, of, clocks), Editing(database, of, clocks),
            clocks,
        )  # fmt: skip
        jobs = Jobs(database, dispatch, Nightly(database, (), clocks), clocks)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        with Statements(database.engine) as statements:
            jobs.start()
            await asyncio.to_thread(sys.stdin.readline)
            await jobs.stop(drain_seconds=10)
    await database.close()
    return {"sent": Counted.posted, "statements": len(statements.executed), "errors": len(errors)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_work(sys.argv[1], sys.argv[2]))))
