import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from sqlmodel import select

from cycle import scheduling
from cycle.nudges.pairing import REQUEST_EXPIRES_AFTER
from cycle.people import LookupFailure, Profile
from cycle.replanning import replan
from scheduler.housekeeping import DRAFTS_KEPT, REQUESTS_KEPT, Housekeeping
from scheduler.nightly import ABANDONED_AFTER, ALIVE_EVERY, Nightly, NightlyJob, Run, last_due
from scheduler.profile_sync import ProfileSync
from scheduler.replanning import Replanning
from storage.drafts import Draft, DraftKey
from storage.job_runs import JobRun
from storage.nudges import NudgeState
from storage.pairs import PairState
from storage.people import WorkspaceDays
from tests.scheduler.conftest import DATED_AT, Services, brief_of
from tests.support.builders import MADRID, TOKYO, at, commitment, pair, person, planning, saved
from tests.support.directories import FakeDirectory

AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
PATIENCE = 10  # seconds until a test gives up on something that should happen at once


class Notes:
    """A job that records where it ran, and waits or fails if a test says so."""

    def __init__(self, hour: int = 2) -> None:
        self.ran: list[int] = []
        self.job = NightlyJob("note", hour, self.work)
        self.started = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.fails = False

    async def work(self, run: Run) -> None:
        """Record it, and wait or fail if the test says so."""
        self.ran.append(run.workspace_id)
        self.started.set()
        await self.may_end.wait()
        if self.fails:
            raise ZeroDivisionError


def nightly_of(services: Services, *jobs: NightlyJob) -> Nightly:
    """A process with these nightly jobs."""
    return Nightly(services.database, jobs, services.clocks)


async def run(nightly: Nightly) -> None:
    """What is due, to the end."""
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*nightly.start_due())


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)),
        (datetime(2026, 11, 23, 1, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 2, tzinfo=UTC)),
        (at(TOKYO, 2026, 11, 23, 23, 30), datetime(2026, 11, 23, 2, tzinfo=UTC)),
        (datetime(2027, 1, 1, 0, 30, tzinfo=UTC), datetime(2026, 12, 31, 2, tzinfo=UTC)),
    ],
)
def test_the_night_of_a_moment(now: datetime, due: datetime):
    """A job of two o'clock was last due at the latest two o'clock that has been, in UTC."""
    assert last_due(2, now) == due


async def test_a_job_runs_once_a_night(services: Services):
    """However often it is looked for, a job runs once until its hour comes again, in each workspace."""
    other = await services.database.workspace("T0OTHER", "Other")
    notes = Notes()
    nightly = nightly_of(services, notes.job)
    services.now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    for _ in range(24):
        await run(nightly)
        services.now += AN_HOUR
    assert sorted(notes.ran) == [services.workspace_id, other]
    await run(nightly)
    assert sorted(notes.ran) == [services.workspace_id, services.workspace_id, other, other]


async def test_a_clock_that_is_moved_through_the_nights_waits_for_each(services: Services):
    """What is due is done when `do_due` returns, also what was begun earlier; left-out jobs stay; next is the last."""
    first, other = Notes(), Notes()
    nightly = nightly_of(services, first.job, NightlyJob("left out", 4, other.work))
    services.now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert nightly.next_night() == datetime(2026, 11, 23, 4, tzinfo=UTC)
    first.may_end.clear()
    nightly.start_due(besides={"left out"})
    async with asyncio.timeout(PATIENCE):
        await first.started.wait()
        services.now += A_DAY
        asyncio.get_running_loop().call_soon(first.may_end.set)
        await nightly.do_due(besides={"left out"})
    assert (first.ran, other.ran) == ([services.workspace_id] * 2, [])


async def test_processes_that_look_at_the_same_moment_run_it_once(services: Services):
    """Eight processes, one night, one run; the next night one more."""
    notes = Notes()
    processes = [nightly_of(services, notes.job) for _ in range(8)]
    for _ in range(2):
        await asyncio.gather(*(run(nightly) for nightly in processes))
        services.now += A_DAY
    assert notes.ran == [services.workspace_id] * 2


async def test_a_missed_night_is_made_up_for_once(services: Services):
    """After three nights without a process the job runs at the start, once."""
    notes = Notes()
    await run(nightly_of(services, notes.job))
    services.now += A_DAY * 3
    restarted = nightly_of(services, notes.job)
    await run(restarted)
    await run(restarted)
    assert len(notes.ran) == 2


async def test_a_clock_that_is_set_while_a_job_runs_is_not_overlooked(services: Services):
    """Looked for a month later while the run of this night goes on, the job runs once more when that has ended."""
    notes = Notes()
    notes.may_end.clear()
    nightly = nightly_of(services, notes.job)
    (running,) = nightly.start_due()
    async with asyncio.timeout(PATIENCE):
        await notes.started.wait()
        services.now += timedelta(days=30)
        assert nightly.start_due() == [running]
        notes.started.clear()
        notes.may_end.set()
        await notes.started.wait()
    await run(nightly)
    assert len(notes.ran) == 2


async def test_what_a_process_that_died_left_unfinished_is_run_by_another(services: Services):
    """Not while it may still be alive; but when it has shown no life for a while."""
    notes = Notes()
    notes.may_end.clear()
    dying = nightly_of(services, notes.job)
    [task] = dying.start_due()
    async with asyncio.timeout(PATIENCE):
        await notes.started.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    notes.may_end.set()
    other = nightly_of(services, notes.job)
    services.wait(ABANDONED_AFTER)
    await run(other)
    assert len(notes.ran) == 1
    services.wait(timedelta(seconds=1))
    await run(other)
    await run(other)
    assert len(notes.ran) == 2


async def test_a_long_run_shows_that_it_is_alive(services: Services):
    """A job that takes hours is not taken for abandoned, nor run a second time beside the first."""
    pieces = 0

    async def work(run: Run) -> None:
        nonlocal pieces
        while pieces < 200 and await run.goes_on():
            pieces += 1
            services.wait(timedelta(seconds=ALIVE_EVERY / 2))
            if pieces % 50 == 0:
                assert not await claimed_by_another()

    async def claimed_by_another() -> bool:
        notes = Notes()
        await run(nightly_of(services, NightlyJob("long", 2, notes.work)))
        return bool(notes.ran)

    await run(nightly_of(services, NightlyJob("long", 2, work)))
    assert pieces == 200
    assert not await claimed_by_another()


async def test_a_job_that_fails_is_tried_again_and_harms_no_other(services: Services):
    """A failure is logged; the job is due again after a while, and the others run."""
    failing, fine = Notes(), Notes()
    failing.fails = True
    nightly = nightly_of(services, failing.job, NightlyJob("fine", 3, fine.work))
    with structlog.testing.capture_logs() as logs:
        await run(nightly)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["nightly.job_failed"]
    assert len(fine.ran) == 1
    failing.fails = False
    services.wait(AN_HOUR)
    await run(nightly)
    await run(nightly)
    assert (len(failing.ran), len(fine.ran)) == (2, 1)


async def test_a_run_of_a_clock_that_was_ahead_counts_for_nothing(services: Services):
    """A job that ran for a night of next month runs again once the clock is right."""
    notes = Notes()
    services.now += A_DAY * 30
    await run(nightly_of(services, notes.job))
    services.now -= A_DAY * 30
    await run(nightly_of(services, notes.job))
    assert len(notes.ran) == 2
    await run(nightly_of(services, notes.job))
    assert len(notes.ran) == 2


async def test_a_job_is_left_to_a_process_that_serves_the_workspace(services: Services):
    """A process without a token for a workspace claims nothing there that needs one."""
    notes = Notes()
    await run(nightly_of(services, NightlyJob("note", 2, notes.work, serves=lambda _workspace_id: False)))
    assert notes.ran == []
    await run(nightly_of(services, notes.job))
    assert notes.ran == [services.workspace_id]


async def test_stopping_ends_a_run_and_leaves_it_to_the_next(services: Services):
    """A job in the middle of its round is not finished by being stopped."""
    notes = Notes()
    notes.may_end.clear()
    nightly = nightly_of(services, notes.job)
    nightly.start_due()
    async with asyncio.timeout(PATIENCE):
        await notes.started.wait()
        await nightly.stop()
    assert nightly.start_due() == []
    async with services.database.reading(services.workspace_id) as store:
        [row] = await store.job_runs._all(select(JobRun))
    assert row.finished_at is None


async def run_alone(services: Services, job: NightlyJob) -> None:
    """One job, tonight."""
    await run(nightly_of(services, job))


async def test_the_replan_follows_people_who_moved(services: Services):
    """Someone who moved to Tokyo is nudged at nine there from the next night on."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(made.employee_id)).tz = TOKYO
    services.now -= A_DAY
    await run_alone(services, NightlyJob("replan", 2, Replanning(services.database, services.clocks).replan))
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert row.due_at == row.ready_at == at(TOKYO, 2026, 11, 23, 9)


async def test_M1_a_manager_hears_of_reports_without_a_discussion(services: Services):
    """Planned at night across the manager's pairs, sent in the morning as one message, and not once there is a date."""
    ten_months_ago = at(MADRID, 2026, 1, 22, 10)
    async with services.database.unit(services.workspace_id) as store:
        bo, *reports = people = [person("Bo Lind"), person("Ana Ruiz"), person("Elif Kaya")]
        await saved(store, *people)
        pairs = [pair(report, bo, answered_at=ten_months_ago, asked_at=ten_months_ago) for report in reports]
        await saved(store, *pairs)
        undated = [planning(two, date(2027, 3, 1)) for two in pairs]
        await saved(store, *undated)
    services.now -= A_DAY
    await run_alone(services, NightlyJob("replan", 2, Replanning(services.database, services.clocks).replan))
    services.now += A_DAY
    async with services.database.unit(services.workspace_id) as store:
        of_elif = await store.discussions.get(undated[1].pk)
        scheduling.put_date(of_elif, bo, services.now + A_DAY * 20, 60, services.now)
    await services.deliver()
    (message,) = [one for one in services.slack.shown if one.recipient.id == bo.id]
    assert [part.wording.text for part in message.parts] == [
        "No career discussion with Ana has been wrapped up for ten months or more, and none is ahead."
    ]
    await services.catch_up(after=A_DAY)
    assert len([one for one in services.slack.shown if one.recipient.id == bo.id]) == 1


def housekeeping(services: Services) -> NightlyJob:
    """The nightly round through what is old."""
    return NightlyJob("housekeeping", 3, Housekeeping(services.database, services.clocks).tidy_up)


async def test_housekeeping_deletes_old_drafts_and_nothing_else(services: Services):
    """A draft of ninety days goes, a younger one stays."""
    async with services.database.unit(services.workspace_id) as store:
        ana = person()
        await saved(store, ana)
        for form, age in (("old", DRAFTS_KEPT + timedelta(seconds=1)), ("young", DRAFTS_KEPT)):
            moment = services.now - age
            store.add(Draft(person_id=ana.pk, form=form, state="{}", view_id="V1", typed_at=moment, saved_at=moment))
    await run_alone(services, housekeeping(services))
    async with services.database.reading(services.workspace_id) as store:
        assert await store.drafts.get(DraftKey(ana.pk, "old", 0)) is None
        assert await store.drafts.get(DraftKey(ana.pk, "young", 0)) is not None


async def test_housekeeping_gives_everyone_the_days_of_the_workspace(services: Services):
    """Who was met while an admin saved the days has the old ones until the night; others are left alone."""
    async with services.database.unit(services.workspace_id) as store:
        old, fitting = person(), person(closed_days="2026-12-24/2026-12-24", workspace_country="US")
        await store.people.set_workspace_days(WorkspaceDays("US", "2026-12-24/2026-12-24"))
        await saved(store, old, fitting)
    await run_alone(services, housekeeping(services))
    async with services.database.reading(services.workspace_id) as store:
        everyone = [await store.people.get(one.pk) for one in (old, fitting)]
    assert [(one.workspace_country, one.closed_days) for one in everyone] == [("US", "2026-12-24/2026-12-24")] * 2


async def test_housekeeping_deletes_the_ids_of_requests_that_slack_will_not_send_again(services: Services):
    """The id of an old request is deleted, that of a recent one still tells a repeat."""
    async with services.database.unit(services.workspace_id) as store:
        for key, age in (("old", REQUESTS_KEPT + timedelta(seconds=1)), ("recent", REQUESTS_KEPT)):
            await store.requests.is_first(key, services.now - age)
    await run_alone(services, housekeeping(services))
    async with services.database.unit(services.workspace_id) as store:
        assert await store.requests.is_first("old", services.now)
        assert not await store.requests.is_first("recent", services.now)


async def test_E1_housekeeping_closes_requests_to_pair_that_have_expired(services: Services):
    """After three weeks a request is closed: the asked person hears nothing more, the asker that it has expired."""
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
    assert [row.state for row in (await services.nudges()).values()] == [NudgeState.PLANNED] * 2
    await run_alone(services, housekeeping(services))
    async with services.database.reading(services.workspace_id) as store:
        states = [(await store.pairs.get(one.pk)).state for one in (old, young)]
    assert states == [PairState.EXPIRED, PairState.ASKED]
    assert {row.kind: row.state for row in (await services.nudges()).values()} == {
        "pair_asked": NudgeState.CANCELLED,
        "pair_asked_again": NudgeState.CANCELLED,
        "pair_expired": NudgeState.PLANNED,
    }


def profiles(services: Services, directory: FakeDirectory) -> NightlyJob:
    """The nightly round through everyone's profile."""
    sync = ProfileSync(services.database, {services.workspace_id: directory}.get, services.clocks, pause=0)
    return NightlyJob("profiles", 0, sync.sync, sync.serves)


async def test_a_night_finds_out_who_moved_and_who_left(services: Services):
    """Everyone in a pair is asked about; a new time zone moves their nudges, and someone who left gets none."""
    made = await services.pair_with_briefs_due()
    async with services.database.reading(services.workspace_id) as store:
        people = await store.people.by_ids([made.employee_id, made.manager_id])
    mover, leaver = people[made.employee_id], people[made.manager_id]
    directory = FakeDirectory(
        Profile(mover.slack_id, mover.name, TOKYO), Profile(leaver.slack_id, leaver.name, leaver.tz, deactivated=True)
    )
    services.now = DATED_AT
    await run_alone(services, profiles(services, directory))
    assert sorted(directory.asked) == sorted([mover.slack_id, leaver.slack_id])
    nudges = await services.nudges()
    assert nudges[brief_of(made, mover.pk)].ready_at == at(TOKYO, 2026, 11, 23, 9)
    waiting = {row.person_id for row in nudges.values() if row.state is NudgeState.PLANNED}
    assert waiting == {mover.pk}
    async with services.database.reading(services.workspace_id) as store:
        assert (await store.people.get(mover.pk)).tz == TOKYO
        assert (await store.people.get(leaver.pk)).deactivated


async def test_slack_is_not_asked_again_about_a_person_looked_up_meanwhile(services: Services):
    """The round takes hours; a profile that became fresh since it began costs no question."""
    made = await services.pair_with_briefs_due()

    class Telling(FakeDirectory):
        """Asked about one of the two, it makes the other's profile fresh as well."""

        async def profile(self, slack_id: str) -> Profile | LookupFailure:
            self.asked.append(slack_id)
            async with services.database.unit(services.workspace_id) as store:
                for one in (await store.people.by_ids([made.employee_id, made.manager_id])).values():
                    one.seen_at = services.now
            return LookupFailure.UNAVAILABLE

    directory = Telling()
    await run_alone(services, profiles(services, directory))
    assert len(directory.asked) == 1


async def test_a_pair_that_cannot_be_planned_keeps_no_other_from_it(services: Services):
    """A rule that raises an error for one pair is logged; the other pairs are replanned, and the job is done."""
    broken, fine = await services.pair_with_briefs_due(), await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        employee = await store.people.get(broken.employee_id)
        await saved(store, commitment(broken, employee, date.max))  # no calendar goes beyond
        (await store.people.get(fine.employee_id)).tz = TOKYO
    services.now -= A_DAY
    replan_job = NightlyJob("replan", 2, Replanning(services.database, services.clocks).replan)
    with structlog.testing.capture_logs() as logs:
        await run_alone(services, replan_job)
    assert [(line["event"], line["pair"]) for line in logs if line["log_level"] == "error"] == [
        ("replan.failed", broken.id)
    ]
    assert (await services.nudges())[brief_of(fine, fine.employee_id)].due_at == at(TOKYO, 2026, 11, 23, 9)
    async with services.database.reading(services.workspace_id) as store:
        [row] = await store.job_runs._all(select(JobRun))
    assert row.finished_at == services.now
