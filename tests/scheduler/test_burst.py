"""A busy morning: hundreds of people at nine, and a Slack that takes 300 messages a minute. No real time passes."""

import asyncio
import heapq
from collections.abc import Awaitable
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest

from cycle.replanning import replan
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivered, Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.jobs import TICK_SECONDS
from scheduler.messenger import OutgoingMessage, RateLimited
from scheduler.pace import CLAIMED_AHEAD, STEP, Pace
from scheduler.posting import NOTICED_WITHIN
from storage.database import Database
from storage.messages import MessageState
from storage.pairs import PairState
from tests.scheduler.conftest import MEET_AT, Services
from tests.support.builders import MADRID, at, pair, person, saved, team
from tests.support.messengers import Accident, Died, LimitedMessenger

PER_MINUTE = 300
PATIENCE = 10  # real seconds
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NINE = at(MADRID, 2026, 11, 23, 9)


class SharedTime:
    """Time that workers share: it passes only while all of them wait, and no further than to the first who does not."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.ahead = timedelta()
        """How far the wall clock is wrong."""
        self.clocks = Clocks(self.now, lambda: self.seconds, self.sleep)
        self._workers = 0
        self._numbers = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The wall clock."""
        return NINE + timedelta(seconds=self.seconds) + self.ahead

    async def work(self, work: Awaitable[object]) -> None:
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
        waiting = (self.seconds + seconds, next(self._numbers), until)
        heapq.heappush(self._waiting, waiting)
        self._pass()
        try:
            await until
        except asyncio.CancelledError:
            self._waiting.remove(waiting)
            raise

    def _pass(self) -> None:
        if self._waiting and len(self._waiting) == self._workers:
            self.seconds, _number, until = heapq.heappop(self._waiting)
            until.set_result(None)


class CountingDelivery(Delivery):
    """A delivery that knows how much it has sent."""

    sent = 0

    async def deliver(self, workspace_id: int) -> Delivered:
        """Deliver a batch."""
        delivered = await super().deliver(workspace_id)
        self.sent += delivered.sent
        return delivered


class Morning:
    """A Slack with a limit, and workers of our own with a pace."""

    def __init__(self, database: Database, workspace_id: int, limit: int = PER_MINUTE) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.time = SharedTime()
        self.slack = LimitedMessenger(self.time.now, self.time.clocks.monotonic, limit)
        self.deliveries: list[CountingDelivery] = []

    def worker(self, per_minute: int = PER_MINUTE) -> Dispatch:
        """Another process."""
        of, clocks = {self.workspace_id: self.slack}.get, self.time.clocks
        delivery = CountingDelivery(self.database, of, clocks, pace=Pace.of(per_minute))
        self.deliveries.append(delivery)
        confirmation, editing = Confirmation(self.database, of, clocks), Editing(self.database, of, clocks)
        return Dispatch(self.database, delivery, confirmation, editing, clocks)

    async def run(self, dispatch: Dispatch, until: int) -> None:
        """Let a worker tick until so many messages were taken."""
        while len(self.slack.taken) < until and self.time.seconds < 3_600:
            await dispatch.catch_up()
            await self.time.sleep(TICK_SECONDS)

    async def ask(self) -> str:
        """Someone asks someone else to have discussions; the key of the nudge to the other."""
        async with self.database.unit(self.workspace_id) as store:
            two = [person(), person("Bo Lind")]
            await saved(store, *two)
            asked = pair(*two, state=PairState.ASKED, asked_at=self.time.now(), answered_at=None)
            await saved(store, asked)
            await replan(store, asked, self.time.now())
        return f"pair_asked:{asked.pk}"

    def taken_at(self, key: str) -> float:
        """When a nudge was taken, in seconds after nine."""
        return next(moment for moment, message in self.slack.taken if key in [part.key for part in message.parts])

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
    await team(morning.database, morning.workspace_id, MEET_AT, size=100)
    await morning.run_all(morning.worker(), morning.worker(), until=200)
    assert min(delivery.sent for delivery in morning.deliveries) > 20, "both take part"
    assert len(morning.slack.times_shown()) == 200
    assert set(morning.slack.times_shown().values()) == {1}
    assert morning.slack.refused == 0
    assert morning.took() <= 1.1 * morning.ideal()


@ON_SQLITE
async def test_news_that_someone_waits_for_passes_hundreds(morning: Morning):
    """What comes up in the middle of a burst goes out within seconds; hundreds that were due before go on after it."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=100)
    asked: list[str] = []

    async def people() -> None:
        for _ in range(3):
            await morning.time.sleep(7)
            asked.append(await morning.ask())

    async with asyncio.TaskGroup() as group:
        group.create_task(morning.time.work(people()))
        group.create_task(morning.time.work(morning.run(morning.worker(), 203)))
    waited = [morning.taken_at(key) - 7 * number for number, key in enumerate(asked, start=1)]
    assert max(waited) <= CLAIMED_AHEAD.total_seconds() + 1
    assert morning.taken_at(asked[-1]) < morning.took() / 1.5
    assert morning.slack.refused == 0
    assert morning.took() <= 1.1 * morning.ideal()


@ON_SQLITE
async def test_a_person_gets_one_message_a_second_whatever_is_due(morning: Morning):
    """A manager with two messages, and someone who gets news right after their brief: never two within a second."""
    services = Services(morning.database, morning.workspace_id)
    manager_id = await services.manager_with_briefs_due(reports=11)
    morning.worker()
    deliver = morning.deliveries[0].deliver
    await morning.time.work(deliver(morning.workspace_id))
    async with morning.database.unit(morning.workspace_id) as store:
        manager = await store.people.get(manager_id)
        ana = person("Ana Ruiz")
        await saved(store, ana)
        asked = pair(ana, manager, state=PairState.ASKED, asked_at=morning.time.now(), answered_at=None)
        await saved(store, asked)
        await replan(store, asked, morning.time.now())
    await morning.time.work(deliver(morning.workspace_id))
    moments = [moment for moment, message in morning.slack.taken if message.recipient.id == manager_id]
    assert len(moments) == 3
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 1
    assert morning.slack.refused == 0


@ON_SQLITE
async def test_a_slack_that_takes_less_than_was_set_gets_all_once(database: Database, workspace_id: int):
    """With twice the rate that Slack takes, it refuses now and then; nothing is lost, doubled or much later for it."""
    morning = Morning(database, workspace_id)
    await team(database, workspace_id, MEET_AT, size=400)
    await morning.run_all(morning.worker(per_minute=600), until=800)
    assert len(morning.slack.times_shown()) == 800
    assert set(morning.slack.times_shown().values()) == {1}
    assert 0 < morning.slack.refused <= 5
    assert morning.took() <= 1.1 * morning.ideal()
    states = [message.state for message in await Services(database, workspace_id).messages()]
    assert states == [MessageState.SENT] * 800


@ON_SQLITE
@pytest.mark.parametrize(("refusals", "times"), [(1, 1), (2, STEP)])
async def test_after_refusals_it_goes_on_evenly(morning: Morning, refusals: int, times: float):
    """Slack asks for ten seconds: nothing is posted meanwhile; if it does so again, all goes on a fifth slower."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=100)
    for _ in range(refusals):
        morning.slack.will(*[None] * 50, Accident(RateLimited(timedelta(seconds=10))))
    await morning.run_all(morning.worker(), until=200 + refusals)
    assert list(morning.slack.times_shown().values()) == [1] * 200
    moments = [moment for moment, _message in morning.slack.taken]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    pauses = [place for place, gap in enumerate(gaps) if gap >= 1]
    assert len(pauses) == refusals
    assert all(10 <= gaps[place] <= 10 + TICK_SECONDS * 2 for place in pauses)
    steady = times * Pace.of(PER_MINUTE).interval.total_seconds()
    assert gaps[-20:] == pytest.approx([steady] * 20)
    assert morning.slack.refused == 0, "the pause makes up for what is made up for"


@ON_SQLITE
async def test_a_process_that_was_held_up_makes_up_for_little(morning: Morning):
    """After six seconds in which a process did not run, no minute has more than Slack takes."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=200)

    def held_up(_message: OutgoingMessage) -> None:
        morning.time.seconds += 6 if len(morning.slack.shown) == 40 else 0

    morning.slack.refuses = held_up
    await morning.run_all(morning.worker(), until=400)
    assert list(morning.slack.times_shown().values()) == [1] * 400
    assert morning.slack.refused == 0
    assert morning.took() <= 1.1 * morning.ideal() + 6


@ON_SQLITE
async def test_a_wall_clock_that_jumps_delays_no_burst(morning: Morning):
    """An hour ahead in the middle of a burst and right again: no slot of that hour is waited for."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=75)

    async def jumps() -> None:
        for seconds in (7.3, 6.1):
            await morning.time.sleep(seconds)
            morning.time.ahead = timedelta(hours=1) - morning.time.ahead

    async with asyncio.TaskGroup() as group:
        group.create_task(morning.time.work(jumps()))
        group.create_task(morning.time.work(morning.run(morning.worker(), 150)))
    assert list(morning.slack.times_shown().values()) == [1] * 150
    assert morning.took() <= 1.1 * morning.ideal() + TICK_SECONDS


@ON_SQLITE
async def test_a_worker_that_dies_costs_its_slots_and_no_message(morning: Morning):
    """Another one goes on once the slots that were reserved are over; what was being posted is looked for."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=25)
    morning.worker()
    morning.slack.will(*[None] * 14, Accident(Died()))
    with pytest.raises(BaseExceptionGroup):
        await morning.time.work(morning.deliveries[0].deliver(morning.workspace_id))
    died_at, before = morning.time.seconds, len(morning.slack.taken)
    await morning.run_all(morning.worker(), until=51)
    assert set(morning.slack.times_shown().values()) == {1}
    assert len(morning.slack.times_shown()) == 50
    assert morning.slack.taken[before][0] - died_at <= CLAIMED_AHEAD.total_seconds() + TICK_SECONDS


@ON_SQLITE
async def test_a_process_that_leaves_waits_for_no_slot(morning: Morning):
    """What was claimed for the next seconds is put back at once, and goes out elsewhere."""
    await team(morning.database, morning.workspace_id, MEET_AT, size=25)
    leaving = morning.worker()

    async def leave() -> None:
        await morning.time.sleep(1)
        await leaving.stop(drain_seconds=PATIENCE)

    async with asyncio.TaskGroup() as group:
        group.create_task(morning.time.work(leave()))
        group.create_task(morning.time.work(morning.deliveries[0].deliver(morning.workspace_id)))
    assert morning.time.seconds <= 1 + NOTICED_WITHIN
    assert {message.state for message in await Services(morning.database, morning.workspace_id).messages()} == {
        MessageState.SENT
    }
    await morning.run_all(morning.worker(), until=50)
    assert list(morning.slack.times_shown().values()) == [1] * 50
