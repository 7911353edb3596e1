"""How late messages are below Slack's rate: nudges fall due at random moments, and one worker ticks as in production.

As a program (arguments: database, workspace id, address of the fake Slack, the moment at which the clock shows `NOW`)
this module is that worker. It prints what it took when it is told to stop by a line on standard input.
"""

import asyncio
import contextlib
import json
import os
import random
import sys
import time
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp
import sqlalchemy as sa
import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.due_people import NOW, prepare
from benchmarks.fake_slack import FakeSlack
from benchmarks.postgres import postgres
from benchmarks.statements import Statements
from benchmarks.support import BOT_TOKEN, ENCRYPTION_KEY, ROOT, Row, at_most, megabytes, percentile
from bot.messenger import SlackMessenger
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.jobs import Jobs
from scheduler.nightly import Nightly
from scheduler.pace import Pace
from storage.database import Database
from storage.encryption import Cipher
from storage.nudges import NUDGE

A_MINUTE: Final = 200
"""Below the 300 that Slack takes, so that none waits long for another."""
SECONDS: Final = 60
STARTING: Final = 6.0
"""Seconds until the first can fall due: enough for the worker to have started."""
GIVEN_UP_AFTER: Final = 30.0
ANSWERS_AFTER: Final = 0.15
"""Seconds: about what Slack takes."""
SECONDS_WANTED: Final = 2.0
SEED: Final = 3
WARNINGS_ONLY: Final = 30


class TimedSlack(FakeSlack):
    """Notes when the first message for each person arrives."""

    def __init__(self, people: int) -> None:
        super().__init__()
        self.arrived: dict[str, float] = {}
        self.all_arrived = asyncio.Event()
        self._people = people

    async def _answer(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "chat.postMessage":
            self.arrived.setdefault((await request.json())["channel"], time.time())
            if len(self.arrived) == self._people:
                self.all_arrived.set()
            await asyncio.sleep(ANSWERS_AFTER)
        return await super()._answer(request)


async def measure() -> list[Row]:
    """On both databases, side by side: it is hardly any load."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = await stack.enter_async_context(postgres())
        sqlite = f"sqlite:///{folder / 'career.sqlite3'}"
        both = await asyncio.gather(_late(sqlite, "SQLite"), _late(server, "PostgreSQL"))
    return [row for rows in both for row in rows]


async def _late(url: str, name: str) -> list[Row]:
    database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
    workspace_id = await database.workspace("T1", "Benchmark")
    people = A_MINUTE * SECONDS // 60
    await prepare(database, workspace_id, people)
    chance = random.Random(SEED)
    due_after = {number: chance.uniform(0, SECONDS) for number in range(1, people + 1)}
    moments = [{"person": key, "moment": NOW + timedelta(seconds=after)} for key, after in due_after.items()]
    moment = sa.bindparam("moment")
    fall_due = sa.update(NUDGE).where(NUDGE.c.person_id == sa.bindparam("person"))
    async with database.engine.begin() as connection:
        await connection.execute(fall_due.values(due_at=moment, ready_at=moment), moments)
    await database.close()
    slack = TimedSlack(people)
    await slack.open()
    begins_at = time.time() + STARTING
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.lateness", url, str(workspace_id), slack.api_url, str(begins_at),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STARTING + SECONDS + GIVEN_UP_AFTER):
            await slack.all_arrived.wait()
    given_up_at = time.time()
    figures = json.loads((await worker.communicate(b"stop\n"))[0])
    await slack.close()
    late = [slack.arrived.get(f"U{key}", given_up_at) - begins_at - after for key, after in due_after.items()]
    return _rows(name, late, figures)


def _rows(name: str, late: list[float], figures: dict[str, float]) -> list[Row]:
    what, p99 = f"{len(late)} nudges at random moments of a minute", percentile(late, 99)
    return [
        Row(
            what, f"{name}, lateness", f"p50 {percentile(late, 50):.2f} s, p99 {p99:.2f} s",
            wanted=f"p99 under {SECONDS_WANTED:.0f} s", verdict=at_most(p99, SECONDS_WANTED),
        ),
        Row(
            what, f"{name}, one worker", f"{figures['megabytes']:.0f} MB",
            f"{figures['statements'] / len(late):.1f} statements a nudge, with the ticks",
        ),
    ]  # fmt: skip


async def _work(url: str, workspace_id: int, api_url: str, begins_at: float) -> dict[str, float]:
    """Tick until told to stop; what it took."""

    def now() -> datetime:
        return NOW + timedelta(seconds=time.time() - begins_at)

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS_ONLY))
    database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=api_url, session=session)
        of, clocks = {workspace_id: SlackMessenger(client, nudge_message)}.get, Clocks(now)
        delivery, confirmation = Delivery(database, of, clocks, pace=Pace.of(300)), Confirmation(database, of, clocks)
        dispatch = Dispatch(database, delivery, confirmation, Editing(database, of, clocks), clocks)
        jobs = Jobs(database, dispatch, Nightly(database, (), clocks), clocks)
        with Statements(database.engine) as statements:
            jobs.start()
            await asyncio.to_thread(sys.stdin.readline)
            await jobs.stop(drain_seconds=5)
    await database.close()
    return {"statements": len(statements.executed), "megabytes": megabytes("VmHWM")}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_work(sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))))
