import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from cycle.pairing import REQUEST_EXPIRES_AFTER
from cycle.people import Profile
from cycle.replanning import replan
from scheduler.claiming import LEASE
from scheduler.dispatch import Dispatch
from scheduler.jobs import DRAFTS_KEPT, REQUESTS_KEPT, Jobs
from scheduler.profile_sync import ProfileSync
from storage.drafts import Draft, DraftKey
from storage.messages import MessageState
from storage.nudges import NudgeState
from storage.pairs import PairState
from tests.scheduler.conftest import DATED_AT, MEET_AT, Services, brief_of
from tests.support.builders import TOKYO, at, pair, person, saved
from tests.support.directories import FakeDirectory
from tests.support.messengers import Gate

PATIENCE = 10  # seconds until a test gives up on something that should happen at once


class Flaky(Dispatch):
    """A dispatch whose database is away at first."""

    failures = 2

    def __init__(self, services: Services) -> None:
        super().__init__(services.database, services.delivery, services.confirmation, services.clocks)
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


def jobs_of(services: Services, directory: FakeDirectory | None = None, **also: float) -> Jobs:
    """The jobs around the services' dispatch."""
    directories = {services.workspace_id: directory or FakeDirectory()}
    profile_sync = ProfileSync(services.database, directories.get, services.clocks, pause=0)
    return Jobs(services.database, services.dispatch, profile_sync, services.clocks, **also)


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


async def test_waking_delivers_without_waiting_for_the_tick(services: Services, gate: Gate, jobs: Jobs):
    """Someone who has just done something need not wait for the next tick."""
    gate.open.set()
    jobs.start()
    await asyncio.sleep(0.05)  # the first tick finds nothing
    made = await services.pair_with_briefs_due()
    jobs.wake()
    async with asyncio.timeout(1):
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
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["job.failed", "job.failed"]
    assert set(services.slack.times_shown().values()) == {1}


async def test_catching_up_leaves_nothing_due(services: Services, jobs: Jobs):
    """Catching up goes on until nothing is due, and the next moment lies ahead."""
    for _ in range(3):
        await services.pair_with_briefs_due()
    assert await jobs.next_moment() == services.now
    await jobs.catch_up()
    assert len(services.slack.shown) == 6
    assert await jobs.next_moment() == MEET_AT + timedelta(minutes=70)  # the wrap-ups


async def test_the_nightly_replan_follows_people_who_moved(services: Services, jobs: Jobs):
    """Someone who moved to Tokyo is nudged at nine there from the next night on."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(made.employee_id)).tz = TOKYO
    services.now -= timedelta(days=1)
    await jobs.replan_all()
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert row.due_at == row.ready_at == at(TOKYO, 2026, 11, 23, 9)


async def test_housekeeping_deletes_old_drafts_and_nothing_else(services: Services, jobs: Jobs):
    """A draft of ninety days goes, a younger one stays."""
    async with services.database.unit(services.workspace_id) as store:
        ana = person()
        await saved(store, ana)
        for form, age in (("old", DRAFTS_KEPT + timedelta(seconds=1)), ("young", DRAFTS_KEPT)):
            kept = Draft(
                person_id=ana.pk,
                form=form,
                state="{}",
                view_id="V1",
                typed_at=services.now,
                saved_at=services.now - age,
            )
            store.add(kept)
    await jobs.tidy_up()
    async with services.database.reading(services.workspace_id) as store:
        assert await store.drafts.get(DraftKey(ana.pk, "old", 0)) is None
        assert await store.drafts.get(DraftKey(ana.pk, "young", 0)) is not None


async def test_housekeeping_deletes_the_ids_of_requests_that_slack_will_not_send_again(services: Services, jobs: Jobs):
    """The id of an old request is deleted, that of a recent one still tells a repeat."""
    async with services.database.unit(services.workspace_id) as store:
        for key, age in (("old", REQUESTS_KEPT + timedelta(seconds=1)), ("recent", REQUESTS_KEPT)):
            await store.requests.is_first(key, services.now - age)
    await jobs.tidy_up()
    async with services.database.unit(services.workspace_id) as store:
        assert await store.requests.is_first("old", services.now)
        assert not await store.requests.is_first("recent", services.now)


async def test_E1_housekeeping_closes_requests_to_pair_that_have_expired(services: Services, jobs: Jobs):
    """A request that was open for three weeks is closed, and its messages are cancelled; a younger one stays open."""
    async with services.database.unit(services.workspace_id) as store:
        people = [person(name) for name in ("Ana Ruiz", "Ben Okafor", "Chiyo Tanaka")]
        await saved(store, *people)
        ana, *others = people
        old, young = [
            pair(ana, other, state=PairState.ASKED, asked_at=services.now - age, answered_at=None)
            for other, age in zip(
                others, (REQUEST_EXPIRES_AFTER + timedelta(seconds=1), timedelta(days=20)), strict=True
            )
        ]
        await saved(store, old, young)
        await replan(store, old, old.asked_at)
    assert [row.state for row in (await services.nudges()).values()] == [NudgeState.PLANNED]
    await jobs.tidy_up()
    async with services.database.reading(services.workspace_id) as store:
        states = [(await store.pairs.get(one.pk)).state for one in (old, young)]
    assert states == [PairState.EXPIRED, PairState.ASKED]
    assert [row.state for row in (await services.nudges()).values()] == [NudgeState.CANCELLED]


async def test_what_never_started_can_be_stopped(services: Services, jobs: Jobs):
    """A start that fails half-way is cleaned up like any other, and nothing is delivered afterwards."""
    await services.pair_with_briefs_due()
    await jobs.stop(PATIENCE)
    await jobs.catch_up()
    assert not services.slack.shown


async def test_a_night_finds_out_who_moved_and_who_left(services: Services):
    """Everyone in a pair is asked about once a day; a new time zone moves their nudges, someone who left gets none."""
    made = await services.pair_with_briefs_due()
    async with services.database.reading(services.workspace_id) as store:
        people = await store.people.by_ids([made.employee_id, made.manager_id])
    mover, leaver = people[made.employee_id], people[made.manager_id]
    directory = FakeDirectory(
        Profile(mover.slack_id, mover.name, TOKYO), Profile(leaver.slack_id, leaver.name, leaver.tz, deactivated=True)
    )
    jobs = jobs_of(services, directory)
    services.now = DATED_AT
    await jobs.sync_profiles()
    await jobs.sync_profiles()
    assert sorted(directory.asked) == sorted([mover.slack_id, leaver.slack_id])
    nudges = await services.nudges()
    assert nudges[brief_of(made, mover.pk)].ready_at == at(TOKYO, 2026, 11, 23, 9)
    waiting = {row.person_id for row in nudges.values() if row.state is NudgeState.PLANNED}
    assert waiting == {mover.pk}
    async with services.database.reading(services.workspace_id) as store:
        assert (await store.people.get(mover.pk)).tz == TOKYO
        assert (await store.people.get(leaver.pk)).deactivated
