"""A busy morning: hundreds of people at nine, and a Slack that takes 300 messages a minute. No real time passes."""

import asyncio
import heapq
from collections.abc import Awaitable
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
import structlog

from cycle.replanning import replan
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.jobs import TICK_SECONDS
from scheduler.pace import CLAIMED_AHEAD, Pace
from scheduler.status import delivery_status, report
from storage.database import Database
from storage.messages import MessageState
from storage.pairs import PairState
from tests.scheduler.conftest import MEET_AT, Services
from tests.support.builders import MADRID, at, pair, person, saved, team
from tests.support.messengers import LimitedMessenger

PER_MINUTE = 300
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NINE = at(MADRID, 2026, 11, 23, 9)


class SharedTime:
    """Time that workers share: it passes only while all of them wait, and no further than to the first who does not."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.clocks = Clocks(self.now, lambda: self.seconds, self.sleep)
        self._workers = 0
        self._numbers = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The wall clock."""
        return NINE + timedelta(seconds=self.seconds)

    async def work(self, work: Awaitable[None]) -> None:
        """Do the work of one worker."""
        self._workers += 1
        try:
            await work
        finally:
            self._workers -= 1
            self._pass()

    async def sleep(self, seconds: float) -> None:
        """Wait, once everything that was started has begun."""
        for _ in range(3):
            await asyncio.sleep(0)
        until: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.seconds + seconds, next(self._numbers), until))
        self._pass()
        await until

    def _pass(self) -> None:
        if self._waiting and len(self._waiting) == self._workers:
            self.seconds, _number, until = heapq.heappop(self._waiting)
            until.set_result(None)


class Morning:
    """A Slack with a limit, and workers of our own with a pace."""

    def __init__(self, database: Database, workspace_id: int, limit: int = PER_MINUTE) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.time = SharedTime()
        self.slack = LimitedMessenger(self.time.now, self.time.clocks.monotonic, limit)

    def worker(self, per_minute: int = PER_MINUTE) -> Dispatch:
        """Another process."""
        of, clocks = {self.workspace_id: self.slack}.get, self.time.clocks
        delivery = Delivery(self.database, of, clocks, pace=Pace.of(per_minute))
        confirmation, editing = Confirmation(self.database, of, clocks), Editing(self.database, of, clocks)
        return Dispatch(self.database, delivery, confirmation, editing, clocks)

    async def run(self, dispatch: Dispatch, until: int) -> None:
        """Let a worker tick until so many messages were taken."""
        while len(self.slack.taken) < until and self.time.seconds < 3_600:
            await dispatch.catch_up()
            await self.time.sleep(TICK_SECONDS)

    async def run_all(self, *workers: Dispatch, until: int) -> None:
        """The same with several at once."""
        async with asyncio.TaskGroup() as group:
            for worker in workers:
                group.create_task(self.time.work(self.run(worker, until)))

    def took(self) -> float:
        """Seconds from nine until the last message was taken."""
        return self.slack.taken[-1][0]

    def ideal(self) -> float:
        """The seconds that so many messages take at Slack's limit."""
        return len(self.slack.taken) * 60 / PER_MINUTE


@pytest.fixture
def morning(database: Database, workspace_id: int) -> Morning:
    """Nine o'clock on either database."""
    return Morning(database, workspace_id)


@ON_SQLITE
async def test_a_thousand_at_nine_are_done_in_the_time_that_slacks_rate_takes(morning: Morning):
    """A thousand people at nine: done within 1.1 times the ideal, each once and evenly, without a single refusal."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=500)
    await morning.run_all(morning.worker(), until=1_000)
    assert len(morning.slack.times_shown()) == 1_000
    assert set(morning.slack.times_shown().values()) == {1}
    assert morning.slack.refused == 0
    assert morning.took() <= 1.1 * morning.ideal()
    moments = [moment for moment, _message in morning.slack.taken]
    assert max(later - earlier for earlier, later in pairwise(moments)) < 1, "evenly, and never idle"


@pytest.mark.postgres
async def test_two_workers_share_the_pace(postgres_database: Database):
    """Two processes that serve one workspace stay within its rate together, and are no slower than one."""
    morning = Morning(postgres_database, await postgres_database.workspace("T0ACME", "Acme"))
    await team(morning.database, morning.workspace_id, MEET_AT, size=200)
    await morning.run_all(morning.worker(), morning.worker(), until=400)
    assert len(morning.slack.times_shown()) == 400
    assert set(morning.slack.times_shown().values()) == {1}
    assert morning.slack.refused == 0
    assert morning.took() <= 1.1 * morning.ideal()
