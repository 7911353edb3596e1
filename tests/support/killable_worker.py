"""`career worker` in a process that can be killed at any step of sending a message, by clocks that others can advance.

As a program it is a server that forks such processes, which are there within a fraction of a second: it loads all of
the bot, assembles one to warm up, and forks at each line that it reads from standard input (an `Order` in JSON). It
prints a line for each worker that has begun (`began <number> <process id>`), that is about to look for what is due
(`ready <number> <process id>`) and that has ended (`ended <process id> <signal>`).
"""

import asyncio
import fcntl
import gc
import json
import mmap
import os
import signal
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa

from bot.assembly import assemble
from bot.bot import Bot
from bot.clock import Clock, system_clock
from bot.directory import SlackDirectory
from bot.logs import configure_logging
from bot.messenger import SlackMessenger
from bot.runner import Share, run
from bot.settings import Settings, load_settings
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.jobs import Jobs
from scheduler.messenger import OutgoingMessage, Posted, TryLater, UnconfirmedMessage
from scheduler.nightly import Nightly
from scheduler.profile_check import ProfileCheck

TICK_SECONDS = 0.05
AHEAD = struct.Struct("d")
SETTLES = ("UPDATE message SET state=", "UPDATE nudge SET state=")
"""The beginnings of the first statement that writes an outcome: that a message was sent, or that it was not."""


class Step(StrEnum):
    """The steps of sending a message at which a worker can be killed, in their order."""

    CLAIMING = "all of a claim is written, and not committed"
    CLAIMED = "a claim is committed"
    POSTING = "a request is about to be sent"
    SENT = "a request has arrived, and Slack has done nothing yet"
    ACCEPTED = "Slack has the message, and has not answered"
    ANSWERED = "the answers are there, and nothing is written"
    SETTLING = "all of a settlement is written, and not committed"
    SETTLED = "a settlement is committed"
    LOOKING = "a message of unknown outcome is about to be looked for"
    LOOKED = "it is known whether Slack has it, and that is not written"
    RANDOM = "some milliseconds after the first look for what is due"


@dataclass(frozen=True)
class Kill:
    """A worker is killed when it reaches a step for the `times`th time, or after as many milliseconds at random."""

    step: Step
    times: int = 1


@dataclass(frozen=True)
class Order:
    """What a worker is started with."""

    number: int
    database_url: str
    slack: str
    time_file: str
    starts_at: str
    began: float
    log: str
    people: int
    kill: Kill | None = None

    def as_line(self) -> str:
        """For standard input."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Order":
        """What was written by `as_line`."""
        read = json.loads(line)
        kill = read.pop("kill")
        return cls(**read, kill=Kill(Step(kill["step"]), kill["times"]) if kill else None)


class SharedClocks:
    """The two clocks of several processes, which agree and can be advanced, though not while a process is posting.

    What becomes of a message that is on its way for longer than its lease is left open by the contract.
    """

    def __init__(self, file: Path, starts_at: datetime, began: float) -> None:
        self._file = os.open(file, os.O_RDWR)
        self._ahead = mmap.mmap(self._file, AHEAD.size)
        self._starts_at = starts_at
        self._began = began
        self._posting = 0
        self._seen = 0.0

    def close(self) -> None:
        """Leave the file."""
        self._ahead.close()
        os.close(self._file)

    def monotonic(self) -> float:
        """Seconds from any origin."""
        self._seen = self._read()
        return time.monotonic() + self._seen

    def now(self) -> datetime:
        """The wall clock."""
        return self._starts_at + timedelta(seconds=self.monotonic() - self._began)

    def _read(self) -> float:
        ahead: float = AHEAD.unpack_from(self._ahead)[0]
        return ahead

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody advances the clocks meanwhile. Raises `TryLater` if they were advanced since we last looked at them.

        The lock is the process's: it ends when that is killed.
        """
        if not self._posting:
            fcntl.flock(self._file, fcntl.LOCK_SH)
        self._posting += 1
        try:
            if self._read() != self._seen:
                raise TryLater("clocks_advanced", timedelta())
            yield
        finally:
            self._posting -= 1
            if not self._posting:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def advance(self, duration: timedelta) -> bool:
        """Advance the clocks unless a process is posting; whether it was possible."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        AHEAD.pack_into(self._ahead, 0, self._read() + duration.total_seconds())
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return True


class Killer:
    """Kills this process at a step."""

    def __init__(self, kill: Kill | None) -> None:
        self._kill = kill
        self._left = kill.times if kill else 0
        self._has_looked = False

    def reach(self, step: Step) -> None:
        """Kill the process if it was to get no further."""
        if self._kill is None or self._kill.step is not step:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)  # until the signal arrives

    def has_looked(self) -> None:
        """A message of unknown outcome was looked for; what is written next may be what was found out."""
        self._has_looked = True

    def watch(self, engine: sa.Engine) -> None:
        """Tell the steps in the database by the statements."""
        sa.event.listen(engine, "before_cursor_execute", self._before)
        sa.event.listen(engine, "commit", self._before_commit)
        sa.event.listen(engine.pool, "checkin", self._after)

    def _before(self, connection: sa.Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        said = " ".join(statement.split())
        if said.startswith("INSERT INTO message "):
            connection.info["writes"] = (Step.CLAIMING, Step.CLAIMED)
        elif said.startswith(SETTLES) and "writes" not in connection.info:
            self.reach(Step.LOOKED if self._has_looked else Step.ANSWERED)
            connection.info["writes"] = (Step.SETTLING, Step.SETTLED)

    def _before_commit(self, connection: sa.Connection) -> None:
        if (steps := connection.info.get("writes")) is not None:
            self.reach(steps[0])

    def _after(self, _connection: Any, record: Any) -> None:
        if (steps := record.info.pop("writes", None)) is not None:
            self._has_looked &= steps[1] is Step.CLAIMED
            self.reach(steps[1])


class KillableMessenger(SlackMessenger):
    """Posts to Slack, unless it is killed on the way."""

    def __init__(self, client: Any, killer: Killer, clocks: SharedClocks) -> None:
        super().__init__(client, nudge_message)
        self._killer = killer
        self._clocks = clocks

    async def post(self, message: OutgoingMessage) -> Posted:
        """Post one message, while nobody advances the clocks."""
        with self._clocks.held():
            self._killer.reach(Step.POSTING)
            return await super().post(message)

    async def find(self, message: UnconfirmedMessage) -> Posted | None:
        """Look for one message."""
        self._killer.reach(Step.LOOKING)
        found = await super().find(message)
        self._killer.has_looked()
        return found


async def _work(order: Order, output: int) -> None:
    settings = _settings_of(order)
    configure_logging(settings)
    clocks = SharedClocks(Path(order.time_file), datetime.fromisoformat(order.starts_at), order.began)
    killer = Killer(order.kill)

    async def assemble_killable(settings: Settings, *, clock: Clock) -> Bot:
        """The bot as it is, with other jobs."""
        bot = await assemble(settings, clock=clocks.now)
        killer.watch(bot.services.database.engine.sync_engine)
        bot.jobs = _jobs(bot, killer, clocks, order.people)
        _say(f"ready {order.number} {os.getpid()}", output)
        return bot

    await run(settings, assemble_killable, announce=lambda _text: None, share=Share.DELIVER)


def _settings_of(order: Order) -> Settings:
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-tests",
        "SLACK_SIGNING_SECRET": "for-tests",
        "SLACK_API_URL": f"{order.slack}/{order.number}/api/",
        "DATABASE_URL": order.database_url,
        "CAREER_DATA_DIR": str(Path(order.time_file).parent),
        "CAREER_ENCRYPTION_KEYS": os.environ["CAREER_ENCRYPTION_KEYS"],
        "LOG_LEVEL": "warning",
    }
    return load_settings(environment, None)


def _jobs(bot: Bot, killer: Killer, shared: SharedClocks, people: int) -> Jobs:
    """As `scheduler.jobs.jobs_of`, with these clocks, small batches, many ticks and no nightly jobs."""
    database, clocks = bot.services.database, Clocks(shared.now, shared.monotonic)
    contexts = bot.services.workspaces.values()
    messengers = {one.workspace_id: KillableMessenger(one.client, killer, shared) for one in contexts}
    directories = {one.workspace_id: SlackDirectory(one.client, one.team_id) for one in contexts}
    delivery = Delivery(
        database, messengers.get, clocks, ProfileCheck(database, directories.get, clocks), people=people
    )
    confirmation = Confirmation(database, messengers.get, clocks)
    dispatch = Dispatch(database, delivery, confirmation, Editing(database, messengers.get, clocks), clocks)
    return Jobs(database, dispatch, Nightly(database, (), clocks), clocks, TICK_SECONDS)


def _say(line: str, to: int = 1) -> None:
    os.write(to, (line + "\n").encode())


class ForkServer:
    """Forks workers, and prints how they end."""

    def __init__(self) -> None:
        self._alive: set[int] = set()
        signal.signal(signal.SIGCHLD, self._reap)

    def fork(self, order: Order) -> None:
        """Fork a worker. It is printed that it began before it is that it ended."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        process_id = os.fork()
        if process_id == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _run(order)
        self._alive.add(process_id)
        _say(f"began {order.number} {process_id}")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def close(self) -> None:
        """Kill all that are left."""
        for process_id in sorted(self._alive):
            os.kill(process_id, signal.SIGKILL)

    def _reap(self, *_signal: Any) -> None:
        while self._alive:
            process_id, status = os.waitpid(-1, os.WNOHANG)
            if not process_id:
                return
            self._alive.discard(process_id)
            _say(f"ended {process_id} {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}")


def _run(order: Order) -> NoReturn:
    output = os.dup(1)
    with Path(order.log).open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    try:
        asyncio.run(_work(order, output))
    finally:
        os._exit(1)


async def _warm_up(order: Order) -> None:
    """Have libraries do once what they do when they are first used, and not in each worker."""
    bot = await assemble(_settings_of(order), clock=system_clock)
    await bot.stop(0)
    gc.collect()
    gc.freeze()


def main() -> None:
    """Fork a worker for each line of standard input but the first, which is to warm up with."""
    asyncio.run(_warm_up(Order.from_line(sys.stdin.readline())))
    server = ForkServer()
    for line in sys.stdin:
        server.fork(Order.from_line(line))
    server.close()


if __name__ == "__main__":
    main()
