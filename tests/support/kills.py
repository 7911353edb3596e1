"""Killing workers while they deliver, and counting what people see."""

import asyncio
import itertools
import os
import random
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from scheduler.claiming import LEASE
from storage.database import Database
from storage.nudges import NUDGE, NudgeState
from storage.people import PERSON
from tests.support.builders import MADRID, at, team
from tests.support.databases import KEY
from tests.support.killable_worker import AHEAD, Kill, Order, SharedClocks, Step
from tests.support.receiving_slack import TEAM_ID, Fault, ReceivingSlack

ROOT = Path(__file__).parents[2]
STARTS_AT = at(MADRID, 2026, 11, 23, 0, 1)
"""People work around the clock here, so a run has a whole day until the meetings begin."""
MEET_AT = at(MADRID, 2026, 11, 24, 10)
DUE_KIND = "day_before"
PAIRS_AT_ONCE = 250

PEOPLE = 20
"""In a batch, so that the workers keep meeting each other."""
QUIET_SECONDS = 0.2
"""A few ticks without a request, after which the clocks are advanced."""
POLL_SECONDS = 0.01
ADVANCE = LEASE + timedelta(seconds=1)
MORE_ADVANCES = 3
"""After everything was sent: what could come twice would come by then."""

POSTING = (
    Step.CLAIMING, Step.CLAIMED, Step.POSTING, Step.SENT, Step.ACCEPTED, Step.ANSWERED, Step.SETTLING, Step.SETTLED,
)  # fmt: skip
CONFIRMING = (Step.LOOKING, Step.LOOKED)
AT_SLACK = {Step.SENT: Fault.LOST, Step.ACCEPTED: Fault.DROPPED}
"""The steps that Slack sees, and what happens to the request."""


class Outcome(NamedTuple):
    """What became of what was due."""

    times: Counter[str]
    """How often people see each nudge, by its key."""
    killed_at: Counter[Step]
    faults: Counter[Fault]

    def lost(self, due: frozenset[str]) -> list[str]:
        """What was due and nobody sees."""
        return sorted(key for key in due if not self.times[key])

    def doubled(self) -> list[str]:
        """What people see more than once."""
        return sorted(key for key, times in self.times.items() if times > 1)


async def due_briefs(database: Database, pairs: int) -> frozenset[str]:
    """Save pairs that share no one, each with two due nudges; the keys of these."""
    workspace_id = await database.workspace(TEAM_ID, "Acme")
    due: set[str] = set()
    for first in range(0, pairs, PAIRS_AT_ONCE):
        nudges = await team(database, workspace_id, MEET_AT, min(PAIRS_AT_ONCE, pairs - first))
        due |= {nudge.key for nudge in nudges if nudge.kind == DUE_KIND}
    async with database.engine.begin() as connection:
        hours = {"opens": clock_time(0), "closes": clock_time(23, 59), "seen_at": STARTS_AT}
        await connection.execute(sa.update(PERSON).values(hours))
        early = sa.update(NUDGE).where(NUDGE.c.kind == DUE_KIND)
        await connection.execute(early.values(due_at=STARTS_AT, ready_at=STARTS_AT))
    return frozenset(due)


async def _unsent(database: Database) -> int:
    """How much of what was due is not sent by the database."""
    statement = sa.select(sa.func.count()).where(NUDGE.c.kind == DUE_KIND, NUDGE.c.state != NudgeState.SENT)
    async with database.engine.connect() as connection:
        return int((await connection.execute(statement)).scalar_one())


@dataclass
class Worker:
    """One of the processes."""

    number: int
    process_id: int
    kill: Kill | None
    is_ready: bool = False
    posts: int = 0


class Workers:
    """Workers on one database and one Slack, a few at a time."""

    def __init__(self, url: str, folder: Path, at_once: int, seed: int) -> None:
        self._url = url
        self._at_once = at_once
        self._chance = random.Random(seed)  # noqa: S311 - faults need no secrecy
        self._time_file = folder / "time"
        self._time_file.write_bytes(AHEAD.pack(0.0))
        self._log = folder / "workers.log"
        self._began = time.monotonic()
        self._clocks = SharedClocks(self._time_file, STARTS_AT, self._began)
        self._slack = ReceivingSlack(self._clocks.now)
        self._slack.fault_for = self._fault_for
        self._numbers = itertools.count()
        self._kills: dict[int, Kill | None] = {}
        self._alive: dict[int, Worker] = {}
        self._faults: list[Fault | None] = []
        self._last_change = time.monotonic()
        self._trouble = ""
        self._killed_at: Counter[Step] = Counter()
        self._faults_met: Counter[Fault] = Counter()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve Slack, and start the server that forks workers."""
        async with self._slack.running(), self._running_fork_server():
            yield
        self._clocks.close()

    async def deliver(self, database: Database, rounds: Sequence[Sequence[Kill]], faults: Sequence[Fault]) -> Outcome:
        """Deliver what is due by workers that are killed, round by round, and then by some that only meet faults.

        There has to be more due than the first ones send, or they never reach the step at which they are killed.
        """
        await self._order(None)  # one to warm up with
        for kills in rounds:
            await self._kill_all(kills)
        self._faults = [*faults, *[None] * (3 * len(faults))]
        self._chance.shuffle(self._faults)
        await self._start([None] * self._at_once)
        while await _unsent(database):
            await self._advance()
        for _ in range(MORE_ADVANCES):
            await self._advance()
        return Outcome(self._slack.times_seen(), self._killed_at, self._faults_met)

    async def _kill_all(self, kills: Sequence[Kill]) -> None:
        """Start a worker for each kill, a few at a time, until all of them are dead."""
        waiting = deque(kills)
        while waiting or self._kills:
            room = self._at_once - len(self._kills)
            await self._start([waiting.popleft() for _ in range(min(room, len(waiting)))])
            await self._poll()

    async def _advance(self) -> None:
        """Wait until nothing more happens, and advance the clocks."""
        while not await self._poll():
            pass

    async def _poll(self) -> bool:
        """Advance the clocks if nothing more happens; whether they were."""
        if self._trouble:
            raise AssertionError(f"{self._trouble}\n{self._log.read_text()[-4000:]}")
        await asyncio.sleep(POLL_SECONDS)
        is_starting = len(self._alive) < len(self._kills) or not all(one.is_ready for one in self._alive.values())
        quiet = 0.0 if is_starting else min(self._slack.quiet_for(), time.monotonic() - self._last_change)
        advanced = quiet > QUIET_SECONDS and self._clocks.advance(ADVANCE)
        if advanced:
            self._last_change = time.monotonic()
        return advanced

    def _fault_for(self, number: int, method: str) -> Fault | None:
        """What happens to a call of a worker, which may be dead by the time its call arrives."""
        worker = self._alive.get(number)
        if worker is None or method != "chat.postMessage":
            return None
        worker.posts += 1
        kill = worker.kill
        if kill is None and self._faults and (fault := self._faults.pop()) is not None:
            self._faults_met[fault] += 1
            return fault
        if kill is not None and kill.step in AT_SLACK and worker.posts == kill.times:
            self._kill(worker)
            return AT_SLACK[kill.step]
        return None

    def _kill(self, worker: Worker) -> None:
        if worker.number in self._alive:
            os.kill(worker.process_id, signal.SIGKILL)

    # --- the processes ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _running_fork_server(self) -> AsyncIterator[None]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CAREER_ENCRYPTION_KEYS": KEY}
        with self._log.open("ab") as log:
            server = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.support.killable_worker",
                env=environment, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert server.stdin is not None
        assert server.stdout is not None
        self._orders = server.stdin
        listening = asyncio.create_task(self._listen(server.stdout))
        try:
            yield
        finally:
            self._orders.close()  # then it kills those that are left, and ends
            await server.wait()
            await listening

    async def _listen(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            word, first, second = line.split()
            match word:
                case b"began":
                    number = int(first)
                    self._alive[number] = Worker(number, int(second), self._kills[number])
                case b"ready":
                    self._ready(self._alive[int(first)])
                case b"ended":
                    self._ended(int(first), int(second))
            self._last_change = time.monotonic()
        self._trouble = self._trouble or "the server that forks workers ended by itself"

    def _ready(self, worker: Worker) -> None:
        worker.is_ready = True
        if worker.kill is not None and worker.kill.step is Step.RANDOM:
            asyncio.get_running_loop().call_later(worker.kill.times / 1000, self._kill, worker)

    def _ended(self, process_id: int, by: int) -> None:
        worker = next(one for one in self._alive.values() if one.process_id == process_id)
        del self._alive[worker.number], self._kills[worker.number]
        if by != signal.SIGKILL or worker.kill is None:
            self._trouble = f"worker {worker.number} ended by itself"
        else:
            self._killed_at[worker.kill.step] += 1

    async def _start(self, kills: Sequence[Kill | None]) -> None:
        for kill in kills:
            await self._order(kill)

    async def _order(self, kill: Kill | None) -> None:
        """Order one more worker; the first order is to warm up with."""
        number = next(self._numbers)
        if number:
            self._kills[number] = kill
        # One that is to look for messages would post all that is due before the leases end.
        people = 0 if kill is not None and kill.step in CONFIRMING else PEOPLE
        order = Order(
            number=number, database_url=self._url, slack=self._slack.address, time_file=str(self._time_file),
            starts_at=STARTS_AT.isoformat(), began=self._began, log=str(self._log), people=people, kill=kill,
        )  # fmt: skip
        self._last_change = time.monotonic()
        self._orders.write(order.as_line().encode())
        await self._orders.drain()
