import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError

from scheduler.claiming import LEASE
from scheduler.dispatch import Dispatch
from scheduler.jobs import Jobs
from scheduler.nightly import Nightly, NightlyJob, Run
from storage.messages import MessageState
from storage.nudges import NUDGE
from tests.scheduler.conftest import MEET_AT, Services, brief_of
from tests.support.messengers import Gate

PATIENCE = 30  # seconds until a test gives up on something that should happen at once, on a machine that may stall


class Flaky(Dispatch):
    """A dispatch whose database is away at first."""

    failures = 2

    def __init__(self, services: Services) -> None:
        super().__init__(services.database, services.delivery, services.confirmation, services.editing, services.clocks)
        self.tried = asyncio.Queue[int]()

    async def start_due(self) -> list[asyncio.Task[bool]]:
        """Fail as a database does that is away, then deliver."""
        self.failures -= 1
        try:
            if self.failures >= 0:
                raise OperationalError("SELECT", {}, ConnectionError("away"))
            return await super().start_due()
        finally:
            self.tried.put_nowait(self.failures)


def jobs_of(services: Services, *nightly: NightlyJob, **also: float) -> Jobs:
    """The jobs around the services' dispatch, with these at night."""
    return Jobs(
        services.database,
        services.dispatch,
        Nightly(services.database, nightly, services.clocks),
        services.clocks,
        **also,
    )


@pytest.fixture
def gate(services: Services) -> Gate:
    """A messenger that waits to be opened."""
    gate = Gate(services.clock)
    services.slack = services.messengers[services.workspace_id] = gate
    return gate


@pytest.fixture
async def jobs(services: Services) -> AsyncIterator[Jobs]:
    """Jobs that are stopped after the test."""
    made = jobs_of(services)
    yield made
    await made.stop(0)


async def test_waking_delivers_without_waiting_for_the_tick(services: Services, gate: Gate):
    """Someone who has just done something need not wait for the next tick."""
    gate.open.set()
    jobs = jobs_of(services, tick_seconds=3_600)
    jobs.start()
    await asyncio.sleep(0.05)  # the first tick finds nothing
    made = await services.pair_with_briefs_due()
    jobs.wake()
    async with asyncio.timeout(PATIENCE):
        await gate.arrived.wait()
    await jobs.stop(PATIENCE)
    assert gate.times_shown() == {brief_of(made, made.employee_id): 1, brief_of(made, made.manager_id): 1}


async def test_ticks_go_on_whatever_the_wall_clock_does(services: Services, gate: Gate):
    """A clock that goes back by an hour between two ticks delays none: what is due goes out at the next one."""
    gate.open.set()
    jobs = jobs_of(services, tick_seconds=0.02)
    jobs.start()
    await asyncio.sleep(0.05)
    services.now += timedelta(hours=2)
    await asyncio.sleep(0.05)
    services.now -= timedelta(hours=1)
    made = await services.pair_with_briefs_due()
    async with asyncio.timeout(PATIENCE):
        while len(gate.shown) < 2:  # noqa: ASYNC110 - nothing says when the second has been posted
            await asyncio.sleep(0.01)
    await jobs.stop(PATIENCE)
    assert brief_of(made, made.employee_id) in gate.times_shown()


async def test_what_is_due_is_done_once_without_starting(services: Services):
    """For cron: a nightly job that is due runs, what it plans goes out at once, and nothing goes on afterwards."""
    made = await services.pair_with_briefs_due()

    async def plan_anew(_run: Run) -> None:
        await services.nightly()

    async with services.database.unit(services.workspace_id) as store:
        await store.nudges._execute_core(sa.delete(NUDGE))
    jobs = jobs_of(services, NightlyJob("replan", 2, plan_anew))
    await jobs.do_due()
    assert services.slack.times_shown() == {brief_of(made, made.employee_id): 1, brief_of(made, made.manager_id): 1}
    await jobs.do_due()
    assert set(services.slack.times_shown().values()) == {1}
    await jobs.stop(0)


async def test_stopping_waits_for_what_is_being_posted(services: Services, gate: Gate, jobs: Jobs):
    """What is on its way arrives and is settled before the jobs have stopped; nothing new begins."""
    await services.pair_with_briefs_due()
    jobs.start()
    async with asyncio.timeout(PATIENCE):
        await gate.arrived.wait()
        stopping = asyncio.create_task(jobs.stop(PATIENCE))
        await asyncio.sleep(0)
        gate.open.set()
        await stopping
    assert len(gate.shown) == 2
    assert {message.state for message in await services.messages()} == {MessageState.SENT}
    await services.pair_with_briefs_due()
    jobs.wake()
    await services.catch_up()
    assert len(gate.shown) == 2


async def test_stopping_does_not_wait_longer_than_it_may(services: Services, gate: Gate, jobs: Jobs):
    """A Slack that does not answer delays no stop; what was on its way stays unconfirmed, and is looked for."""
    await services.pair_with_briefs_due()
    jobs.start()
    async with asyncio.timeout(PATIENCE):
        await gate.arrived.wait()
        await jobs.stop(0)
    assert [message.state for message in await services.messages()] == [MessageState.CLAIMED] * 2
    services.new_process()
    gate.open.set()
    await services.catch_up(after=LEASE)
    assert set(gate.times_shown().values()) == {1}


async def test_a_job_outlives_its_failures(services: Services):
    """While the database is away every tick says so and goes on; when it is back, nothing has been lost."""
    await services.pair_with_briefs_due()
    services.dispatch = dispatch = Flaky(services)
    jobs = jobs_of(services)
    with structlog.testing.capture_logs() as logs:
        jobs.start()
        async with asyncio.timeout(PATIENCE):
            for left in (1, 0, -1):
                assert await dispatch.tried.get() == left
                jobs.wake()
            while len(services.slack.shown) < 2:  # noqa: ASYNC110 - nothing says when the second has been posted
                await asyncio.sleep(0.01)
        await jobs.stop(PATIENCE)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["tick.failed", "tick.failed"]
    assert set(services.slack.times_shown().values()) == {1}


async def test_catching_up_leaves_nothing_due(services: Services, jobs: Jobs):
    """Catching up goes on until nothing is due, and the next moment lies ahead."""
    for _ in range(3):
        await services.pair_with_briefs_due()
    assert await jobs.next_moment() == services.now
    await jobs.catch_up()
    assert len(services.slack.shown) == 6
    assert await jobs.next_moment() == MEET_AT + timedelta(minutes=70)  # the wrap-ups


async def test_what_never_started_can_be_stopped(services: Services, jobs: Jobs):
    """A start that fails half-way is cleaned up like any other, and nothing is delivered afterwards."""
    await services.pair_with_briefs_due()
    await jobs.stop(PATIENCE)
    await jobs.catch_up()
    assert not services.slack.shown


async def test_a_clock_that_is_set_starts_the_nightly_jobs_that_it_skipped(services: Services):
    """When the wall clock jumps, the jobs of the hours in between run at the next tick, and not twice."""
    ran: list[datetime] = []
    again = asyncio.Event()

    async def note(_run: Run) -> None:
        ran.append(services.now)
        again.set()

    jobs = jobs_of(services, NightlyJob("note", 2, note), tick_seconds=0.02)
    jobs.start()
    async with asyncio.timeout(PATIENCE):
        await again.wait()
        again.clear()
        services.now += timedelta(days=30)
        await again.wait()
        again.clear()
        services.now -= timedelta(days=30)
        await again.wait()
    await asyncio.sleep(0.1)
    await jobs.stop(PATIENCE)
    assert len(ran) == 3


async def test_the_hourly_look_is_not_put_off_by_a_clock_that_ran_ahead(
    services: Services, monkeypatch: pytest.MonkeyPatch
):
    """APScheduler waits until the hour that it saw ahead; once the clock is set right it waits for the next one."""
    skew = [timedelta()]

    class Wall(datetime):
        """APScheduler's clock, which can be set."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + skew[0]

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Wall)
    jobs = jobs_of(services, tick_seconds=0.02)
    skew[0] = timedelta(days=30)
    services.now += skew[0]
    jobs.start()
    await asyncio.sleep(0.05)
    ahead = jobs._scheduler.get_job("nightly").next_run_time
    services.now -= skew[0]
    skew[0] = timedelta()
    await asyncio.sleep(0.1)
    right = jobs._scheduler.get_job("nightly").next_run_time
    await jobs.stop(PATIENCE)
    assert ahead > datetime.now(UTC) + timedelta(days=29)
    assert right <= datetime.now(UTC) + timedelta(hours=1)


async def test_acting_quickly_is_no_reason_to_warn(services: Services, jobs: Jobs, caplog: pytest.LogCaptureFixture):
    """However often people wake the delivery, nothing says that too much is running."""
    jobs.start()
    for _ in range(50):
        jobs.wake()
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    await jobs.stop(PATIENCE)
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []
