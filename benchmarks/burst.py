"""1,000 people to whom something falls due at the same moment, and a Slack that takes 300 messages a minute.

The fake Slack refuses with 429 and Retry-After what is beyond 300 in any minute, or closer than a second together in a
conversation. Workers are processes of their own, as `career worker` is, with a clock that begins on a working morning.
As a program this module is one of them. All cases run side by side: five messages a second are no load.
"""

import asyncio
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp
import sqlalchemy as sa
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.due_people import NOW, prepare
from benchmarks.fake_slack import FakeSlack
from benchmarks.postgres import new_database, postgres
from benchmarks.support import BOT_TOKEN, ENCRYPTION_KEY, Row, Verdict, child
from bot.messenger import SlackMessenger
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.jobs import TICK_SECONDS
from scheduler.pace import Pace
from storage.database import Database
from storage.encryption import Cipher
from storage.nudges import Nudge

PEOPLE: Final = 1_000
PER_MINUTE: Final = 300
IDEAL: Final = PEOPLE * 60 / PER_MINUTE
WANTED: Final = 1.1
"""How many times the ideal it may take."""

ANSWERS_AFTER: Final = 0.15
"""Seconds: about what Slack takes."""

STARTING: Final = 8.0
"""Seconds until everything falls due: enough for all processes to have started."""

GIVEN_UP_AFTER: Final = IDEAL * 1.5


class LimitedSlack(FakeSlack):
    """A Slack with its rates for `chat.postMessage`."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Counter[str] = Counter()
        """Messages by conversation."""
        self.last_at = 0.0
        self.refused = 0
        self.all_taken = asyncio.Event()
        self._minute: deque[float] = deque(maxlen=PER_MINUTE)
        self._last: defaultdict[str, float] = defaultdict(float)

    async def _answer(self, request: web.Request) -> web.Response:
        if request.match_info["method"] != "chat.postMessage":
            return await super()._answer(request)
        channel = str((await request.json())["channel"])
        now = time.time()
        wait = self._last[channel] + 1 - now
        if len(self._minute) == PER_MINUTE:
            wait = max(wait, self._minute[0] + 60 - now)
        if wait > 0:
            self.refused += 1
            headers = {"Retry-After": str(ceil(wait))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        self._minute.append(now)
        self._last[channel] = self.last_at = now
        self.taken[channel] += 1
        if self.taken.total() == PEOPLE:
            self.all_taken.set()
        await asyncio.sleep(ANSWERS_AFTER)
        return web.json_response({"ok": True, "channel": f"D{channel}", "ts": f"{now:.6f}"})


async def measure() -> list[Row]:
    """One process on SQLite, two on PostgreSQL, and one that was set to twice what Slack takes."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = await stack.enter_async_context(postgres())
        sqlite = [f"sqlite:///{folder / f'{number}.sqlite3'}" for number in range(2)]
        return await asyncio.gather(
            _burst(folder, sqlite[0], "SQLite, one process"),
            _burst(folder, await new_database(server, "career"), "PostgreSQL, two processes", processes=2),
            _burst(folder, sqlite[1], "SQLite, set to twice what Slack takes", per_minute=2 * PER_MINUTE),
        )


async def _burst(folder: Path, url: str, case: str, *, processes: int = 1, per_minute: int = PER_MINUTE) -> Row:
    database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
    workspace_id = await database.workspace("T1", "Benchmark")
    await prepare(database, workspace_id, PEOPLE)
    slack = LimitedSlack()
    await slack.open()
    due_at = time.time() + STARTING
    async with database.engine.begin() as connection:
        await connection.execute(sa.update(Nudge).values(ready_at=NOW, due_at=NOW, planned_at=NOW))
    await database.close()
    arguments = ("benchmarks.burst", url, str(workspace_id), slack.api_url, str(due_at), str(per_minute))
    async with AsyncExitStack() as stack:
        for _ in range(processes):
            await stack.enter_async_context(child(folder, *arguments))
        try:
            async with asyncio.timeout(STARTING + GIVEN_UP_AFTER):
                await slack.all_taken.wait()
                await asyncio.sleep(TICK_SECONDS * 2)  # for one that comes twice
        except TimeoutError:
            pass
    await slack.close()
    return _row(case, slack, slack.last_at - due_at)


def _row(case: str, slack: LimitedSlack, took: float) -> Row:
    ratio, once = took / IDEAL, [count for count in slack.taken.values() if count == 1]
    is_met = len(once) == len(slack.taken) == PEOPLE and ratio <= WANTED
    ours = f"{took:.1f} s, {len(once):,} got it once, {slack.refused} refused"
    return Row(
        f"{PEOPLE:,} people at once, {PER_MINUTE} a minute", case, ours, f"ideal {IDEAL:.0f} s", f"{ratio:.2f}×",
        f"each once, at most {WANTED}×", Verdict.MET if is_met else Verdict.MISSED,
    )  # fmt: skip


async def _work(url: str, workspace_id: int, api_url: str, due_at: float, per_minute: int) -> None:
    """Deliver what is due until the process is ended; the clock shows `NOW` at `due_at`."""

    def now() -> datetime:
        return NOW + timedelta(seconds=time.time() - due_at)

    database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=api_url, session=session)
        of, clocks = {workspace_id: SlackMessenger(client, nudge_message)}.get, Clocks(now)
        delivery = Delivery(database, of, clocks, pace=Pace.of(per_minute))
        dispatch = Dispatch(
            database, delivery, Confirmation(database, of, clocks), Editing(database, of, clocks), clocks
        )
        while True:
            await dispatch.start_due()
            await asyncio.sleep(TICK_SECONDS)


def _main(arguments: Sequence[str]) -> None:
    url, workspace_id, api_url, due_at, per_minute = arguments
    asyncio.run(_work(url, int(workspace_id), api_url, float(due_at), int(per_minute)))


if __name__ == "__main__":
    _main(sys.argv[1:])
