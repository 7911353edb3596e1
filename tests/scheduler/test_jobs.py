import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from cycle.people import LookupFailure, Profile
from cycle.replanning import replan
from scheduler.delivering import Delivered, Deliverer
from scheduler.jobs import DRAFTS_KEPT, Jobs
from scheduler.messenger import Parcel, Posted
from scheduler.refreshing import Refreshing
from storage.nudges import NudgeState
from storage.preparations import Draft
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, TOKYO, at, pair, person, saved, scheduled, team
from tests.support.messengers import FakeMessenger

TALKS_AT = at(MADRID, 2026, 11, 24, 10)
PATIENCE = 10  # seconds until a test gives up on something that should happen at once


class Gate(FakeMessenger):
    """Tells when a message arrives, and answers only once the gate is open."""

    def __init__(self, services: Services) -> None:
        super().__init__(services.clock)
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()

    async def post(self, parcel: Parcel) -> Posted:
        """Wait at the gate."""
        self.arrived.set()
        await self.open.wait()
        return await super().post(parcel)


class Flaky(Deliverer):
    """A deliverer whose database is away at first."""

    failures = 2

    def __init__(self, services: Services) -> None:
        super().__init__(services.database, services.workspace_id, services.slack)
        self.tried = asyncio.Queue[int]()

    async def deliver(self, now: datetime) -> Delivered:
        """Fail as a database does that is away, then deliver."""
        self.failures -= 1
        try:
            if self.failures >= 0:
                raise OperationalError("SELECT", {}, ConnectionError("away"))
            return await super().deliver(now)
        finally:
            self.tried.put_nowait(self.failures)


class FakeDirectory:
    """Slack's directory: knows whom it is told of, and notes who was asked about."""

    def __init__(self) -> None:
        self.known: dict[str, Profile] = {}
        self.asked: list[str] = []

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """What is known of somebody."""
        self.asked.append(slack_id)
        return self.known.get(slack_id, LookupFailure.UNAVAILABLE)


def clockwork_of(services: Services, deliverer: Deliverer, directory: FakeDirectory | None = None) -> Jobs:
    """A clockwork around a deliverer."""
    refreshing = Refreshing(services.database, services.workspace_id, directory or FakeDirectory(), pause=0)
    return Jobs(services.database, services.workspace_id, deliverer, refreshing, services.clock)


@pytest.fixture
def gate(services: Services) -> Gate:
    """A messenger that waits to be opened."""
    services.slack = Gate(services)
    services.deliverer = Deliverer(services.database, services.workspace_id, services.slack)
    return services.slack


@pytest.fixture
async def jobs(services: Services) -> AsyncIterator[Jobs]:
    """A clockwork that is stopped after the test."""
    made = clockwork_of(services, services.deliverer)
    yield made
    await made.stop(0)


async def test_waking_delivers_without_waiting_for_the_tick(services: Services, gate: Gate, jobs: Jobs):
    """Somebody who has just done something need not wait for the next tick."""
    await team(services.database, services.workspace_id, TALKS_AT, size=1)
    jobs.start()
    gate.open.set()
    jobs.wake()
    async with asyncio.timeout(PATIENCE):
        await gate.arrived.wait()
    await jobs.stop(PATIENCE)
    assert {row.state for row in (await services.nudges()).values() if row.kind == "day_before"} <= {
        NudgeState.SENT, NudgeState.PLANNED,
    }  # fmt: skip
    assert gate.shown


async def test_stopping_waits_for_what_is_being_sent(services: Services, gate: Gate, jobs: Jobs):
    """Whatever is on its way arrives and is settled before the clockwork stands still; nothing new begins."""
    await team(services.database, services.workspace_id, TALKS_AT, size=1)
    jobs.start()
    jobs.wake()
    async with asyncio.timeout(PATIENCE):
        await gate.arrived.wait()
        stopping = asyncio.create_task(jobs.stop(PATIENCE))
        gate.open.set()
        await stopping
    assert len(gate.shown) == 2
    assert {row.state for row in (await services.nudges()).values() if row.kind == "day_before"} == {NudgeState.SENT}
    jobs.wake()
    assert (await services.deliver()).taken == 0


async def test_stopping_does_not_wait_longer_than_told(services: Services, gate: Gate, jobs: Jobs):
    """A Slack that does not answer holds nobody up; what was on its way stays in doubt, to be looked for."""
    await team(services.database, services.workspace_id, TALKS_AT, size=1)
    jobs.start()
    jobs.wake()
    async with asyncio.timeout(PATIENCE):
        await gate.arrived.wait()
        await jobs.stop(0)
    briefs = [row for row in (await services.nudges()).values() if row.kind == "day_before"]
    assert [(row.state, row.message_id is None) for row in briefs] == [(NudgeState.CLAIMED, False)] * 2


async def test_a_job_outlives_its_failures(services: Services):
    """While the database is away every tick says so and goes on; when it is back, nothing has been lost."""
    await team(services.database, services.workspace_id, TALKS_AT, size=1)
    deliverer = Flaky(services)
    jobs = clockwork_of(services, deliverer)
    jobs.start()
    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(PATIENCE):
            for left in (1, 0, -1):
                jobs.wake()
                assert await deliverer.tried.get() == left
        await jobs.stop(PATIENCE)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["job.failed", "job.failed"]
    assert len(services.slack.shown) == 2


async def test_catching_up_leaves_nothing_due(services: Services, jobs: Jobs):
    """Catching up goes on until nothing is due, and the next moment lies ahead."""
    await team(services.database, services.workspace_id, TALKS_AT, size=3)
    assert await jobs.next_moment() == services.now
    await jobs.catch_up()
    assert len(services.slack.shown) == 6
    assert await jobs.next_moment() == TALKS_AT + timedelta(minutes=70)  # the wrap-ups


async def test_the_nightly_replan_follows_people_who_moved(services: Services, jobs: Jobs):
    """Somebody who moved to Tokyo is nudged at nine there from the next night on."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, TALKS_AT, dated_at=TALKS_AT - timedelta(days=4)))
        await replan(store, two.pk, services.now - timedelta(days=3))
        ana.tz = TOKYO
    services.now -= timedelta(days=1)
    await jobs.replan_all()
    row = (await services.nudges())[f"day_before:1:1:{ana.id}"]
    assert row.due_at == row.ready_at == at(TOKYO, 2026, 11, 23, 9)


async def test_tidying_up_forgets_old_drafts_and_nothing_else(services: Services, jobs: Jobs):
    """A draft of ninety days goes, a younger one stays."""
    async with services.database.unit(services.workspace_id) as store:
        ana = person()
        await saved(store, ana)
        for form, age in (("old", DRAFTS_KEPT + timedelta(seconds=1)), ("young", DRAFTS_KEPT)):
            store.add(Draft(person_id=ana.pk, form=form, state="{}", view_id="V1", saved_at=services.now - age))
    await jobs.tidy_up()
    async with services.database.reading(services.workspace_id) as store:
        assert await store.preparations.draft(ana.pk, "old", 0) is None
        assert await store.preparations.draft(ana.pk, "young", 0) is not None


async def test_stopping_what_never_started_is_fine(jobs: Jobs):
    """A start that fails half-way is cleaned up like any other."""
    await jobs.stop(PATIENCE)


async def test_a_night_finds_out_who_moved_and_who_left(services: Services):
    """Whoever stands in a pair is asked about once a day; a new time zone moves their nudges, a leaver gets none."""
    await team(services.database, services.workspace_id, TALKS_AT, size=1)
    async with services.database.reading(services.workspace_id) as store:
        people = await store.people.in_current_pairs()
    assert len(people) == 2
    mover, leaver = sorted(people, key=lambda one: one.slack_id)
    directory = FakeDirectory()
    directory.known[mover.slack_id] = Profile(mover.slack_id, mover.name, "Asia/Tokyo")
    directory.known[leaver.slack_id] = Profile(leaver.slack_id, leaver.name, leaver.tz, deactivated=True)
    jobs = clockwork_of(services, services.deliverer, directory)
    services.now += timedelta(days=2)
    await jobs.refresh_people()
    await jobs.refresh_people()
    assert sorted(directory.asked) == sorted([mover.slack_id, leaver.slack_id])
    waiting = [row for row in (await services.nudges()).values() if row.state is NudgeState.PLANNED]
    assert {row.person_id for row in waiting} <= {mover.pk}
    async with services.database.reading(services.workspace_id) as store:
        assert (await store.people.get(mover.pk)).tz == "Asia/Tokyo"
        assert (await store.people.get(leaver.pk)).deactivated
