from datetime import timedelta

import structlog

from scheduler.claiming import LEASE
from scheduler.messenger import RecipientRefused, Unknown
from scheduler.status import FAILURES_LISTED, LOOK_BACK, WorkspaceStatus, delivery_status, report
from storage.nudges import NudgeState
from storage.pulses import Score
from tests.scheduler.conftest import Services
from tests.support.messengers import Accident


async def test_the_status_shows_what_waits_what_is_unconfirmed_and_what_failed(services: Services):
    """Counts by state, and for whatever needs an admin: to whom, since when and why; all of each workspace apart."""
    other = await services.database.workspace("T0OTHER", "Other")
    made = await services.pair_with_briefs_due()
    services.slack.will(Accident(RecipientRefused("cannot_dm_bot")), Accident(Unknown("dropped")))
    services.slack.finding_fails = Unknown("HTTP 500")
    await services.deliver()
    await services.catch_up(after=LEASE + timedelta(seconds=1))
    status, empty = await delivery_status(services.database, services.now)
    assert (status.team_id, status.name, empty.team_id, empty.counts) == ("T0ACME", "Acme", "T0OTHER", {})
    assert other
    nudges = (await services.nudges()).values()
    assert status.counts == {state: sum(row.state is state for row in nudges) for state in status.counts}
    assert status.counts[NudgeState.FAILED] == 1
    [failure] = status.failures
    assert (failure.kind, failure.cause) == ("day_before", "cannot_dm_bot")
    [unconfirmed] = status.unconfirmed
    assert unconfirmed.attempts == 1
    async with services.database.reading(services.workspace_id) as store:
        people = await store.people.by_ids([made.employee_id, made.manager_id])
    assert {failure.slack_id, unconfirmed.slack_id} == {one.slack_id for one in people.values()}


async def test_the_report_names_causes_and_ids_and_no_words(services: Services):
    """What is printed holds Slack's ids, kinds and error words; no names of people and nothing that anyone wrote."""
    await services.pair_with_briefs_due()
    services.slack.refuses = lambda _message: RecipientRefused("cannot_dm_bot")
    await services.deliver()
    printed = report(await delivery_status(services.database, services.now))
    assert printed.startswith("Acme (T0ACME)\n")
    assert "2 nudges failed in the last 30 days" in printed
    assert printed.count("cannot_dm_bot  day_before, to U") == 2
    assert "0 messages unconfirmed" in printed
    assert "Ana" not in printed
    assert "Bo Lind" not in printed


async def test_what_is_long_ago_is_left_out(services: Services):
    """A failure of last month says nothing about today, and more than fit are counted rather than listed."""
    await services.manager_with_briefs_due(FAILURES_LISTED + 5)
    services.slack.refuses = lambda _message: RecipientRefused("is_archived")
    await services.catch_up()
    [status] = await delivery_status(services.database, services.now)
    assert len(status.failures) == FAILURES_LISTED
    assert f"and {2 * (FAILURES_LISTED + 5) - FAILURES_LISTED} earlier" in report([status])
    [later] = await delivery_status(services.database, services.now + LOOK_BACK + timedelta(seconds=1))
    assert (later.counts.get(NudgeState.FAILED, 0), later.failures) == (0, [])


async def test_what_is_overdue_is_counted(services: Services):
    """A nudge that waits although it is due shows that something holds it up."""
    await services.pair_with_briefs_due()
    [status] = await delivery_status(services.database, services.now)
    assert status.overdue == 0
    [status] = await delivery_status(services.database, services.now + timedelta(minutes=2))
    assert status.overdue == 2


async def test_what_waits_for_its_turn_and_what_came_late_is_counted(services: Services):
    """What is due now is counted, and so is what went out long after it could have, for a day; so does the log."""
    await services.pair_with_briefs_due()
    [status] = await delivery_status(services.database, services.now)
    assert (status.waiting, list(status.delays)) == (2, [])
    with structlog.testing.capture_logs() as logs:
        await services.deliver(after=timedelta(minutes=95))
    [line] = [line for line in logs if line["event"] == "delivery.batch"]
    assert (line["delayed"], line["longest_wait"]) == (2, 95 * 60)
    [status] = await delivery_status(services.database, services.now)
    assert (status.waiting, list(status.delays)) == (0, [timedelta(minutes=95)] * 2)
    assert "  2 messages sent more than 15 minutes late, 95 minutes at most, in the last 24 hours\n" in report([status])
    [status] = await delivery_status(services.database, services.now + timedelta(hours=25))
    assert "  0 messages sent more than 15 minutes late in the last 24 hours\n" in report([status])


async def test_a_database_without_workspaces_says_so():
    """Before the first start there is nothing to report on."""
    assert report([]) == "There is no workspace in this database yet."


def test_E18_what_people_found_of_their_discussions_is_in_the_report():
    """As numbers by answer, where there are enough people; otherwise not a word of it."""
    known = ("T0ACME", "Acme", {}, 0, (), ())
    told = report([WorkspaceStatus(*known, pulse={Score.GOOD: 12, Score.POOR: 1})])
    assert "how people found their discussions in the last 180 days: 12 worth it, 0 so-so, 1 not worth it" in told
    assert "found their discussions" not in report([WorkspaceStatus(*known)])
