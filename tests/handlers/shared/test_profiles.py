import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.directory import SlackDirectory
from cycle.pairing import OTHER
from cycle.people import PROFILE_GOOD_FOR, Profile
from handlers.shared.profiles import SLACKBOT, UNKNOWN_NAME, Profiles, profile_of
from handlers.views.start import SIDE
from storage.pairs import Side
from tests.support.builders import MADRID, at, person, saved
from tests.support.databases import until_waiting
from tests.support.harness import TEAM, BotHarness, Outcome

GUS = "U0GUS"


async def test_slack_is_asked_about_a_person_once_a_day(harness: BotHarness):
    """The first request asks, others on the same day do not; a day later Slack is asked again."""
    for _ in range(3):
        await harness.command(GUS, "help me")
        await harness.command(GUS)
    assert harness.directory.asked == [GUS]
    harness.directory.profiles[GUS] = Profile(GUS, "Gus", "Asia/Tokyo")
    harness.now += PROFILE_GOOD_FOR + timedelta(minutes=1)
    await harness.command(GUS)
    assert harness.directory.asked == [GUS, GUS]
    assert (await harness.person(GUS)).tz == "Asia/Tokyo"


async def test_a_silent_directory_keeps_no_one_out(harness: BotHarness):
    """While Slack does not answer, a newcomer is known by the name in their request; they are looked up again later."""
    profile = harness.directory.profiles.pop(GUS)
    assert "Welcome!" in (await harness.command(GUS)).answer["text"]
    assert ((await harness.person(GUS)).name, (await harness.person(GUS)).tz) == ("gus", "UTC")
    harness.directory.profiles[GUS] = profile
    await harness.command(GUS)
    assert ((await harness.person(GUS)).name, (await harness.person(GUS)).tz) == (profile.name, profile.tz)


async def test_two_first_requests_at_once_make_one_person(harness: BotHarness):
    """A command and an opened App Home come together: the person is looked up once and saved once."""
    command, home = await asyncio.gather(harness.command(GUS), harness.home_opened(GUS))
    assert harness.directory.asked == [GUS]
    assert (command.status, home.status) == (200, 200)
    assert (await harness.person(GUS)).name == "Gus"


# --- a person whom another one names ---------------------------------------------------------------------------------


async def named(harness: BotHarness, slack_id: str = "U0NEW") -> Outcome:
    """Dev, who has a manager, names a person who has never used the app as his report."""
    form = (await harness.command("U0DEV", "start")).modal
    return await harness.submit("U0DEV", form, **{SIDE: Side.MANAGER, OTHER: slack_id})


def ask_slack(harness: BotHarness) -> None:
    """Look people up at Slack itself, and wait for it only a moment."""
    context = harness.services.workspaces[TEAM]
    directory = SlackDirectory(context.client, TEAM, lookup_seconds=0.2)
    profiles = Profiles(harness.database, harness.workspace_id, directory, lambda: harness.now)
    harness.services.workspaces[TEAM] = replace(context, profiles=profiles)


@pytest.mark.parametrize("trouble", ["ratelimited", "missing_scope", "fatal_error", "silent"])
async def test_a_person_named_for_the_first_time_is_accepted_while_slack_does_not_answer(
    sqlite_harness: BotHarness, trouble: str
):
    """Limited, not allowed or slow: the request is made anyway, and Slack is asked about the person later."""
    ask_slack(sqlite_harness)
    if trouble == "silent":
        sqlite_harness.slack.silent.add("users.info")
    else:
        sqlite_harness.slack.refuses["users.info"] = trouble
    asked = await named(sqlite_harness)
    assert "users.info" in [method for method, _ in asked.calls]
    assert "gets your request" in str(asked.modal)
    newcomer = await sqlite_harness.person("U0NEW")
    assert newcomer.name == UNKNOWN_NAME
    assert sqlite_harness.services.workspaces[TEAM].profiles.is_due(newcomer)


async def test_a_person_whom_slack_does_not_know_is_refused_beside_the_field(sqlite_harness: BotHarness):
    """There is nobody of that id: nothing is saved, and the form stays open."""
    ask_slack(sqlite_harness)
    sqlite_harness.slack.refuses["users.info"] = "user_not_found"
    refused = await named(sqlite_harness)
    assert set(refused.answer["errors"]) == {OTHER}
    async with sqlite_harness.database.reading(sqlite_harness.workspace_id) as store:
        assert await store.people.by_slack_id("U0NEW") is None


async def test_what_slack_says_later_is_saved(harness: BotHarness):
    """Once Slack answers, at the first use of the person who was named, their own name and time zone are saved."""
    profile = harness.directory.profiles.pop(GUS)
    assert "gets your request" in str((await named(harness, GUS)).modal)
    assert ((await harness.person(GUS)).name, (await harness.person(GUS)).tz) == (UNKNOWN_NAME, "UTC")
    harness.directory.profiles[GUS] = profile
    await harness.command(GUS)
    assert ((await harness.person(GUS)).name, (await harness.person(GUS)).tz) == (profile.name, profile.tz)


async def test_a_lookup_that_fails_leaves_what_is_known(harness: BotHarness):
    """Ben is named again while Slack does not answer: his name and time zone stay."""
    before = await harness.person("U0BEN")
    harness.directory.profiles.clear()
    assert "gets your request" in str((await named(harness, "U0CHIYO")).modal)
    await named(harness, "U0BEN")
    after = await harness.person("U0BEN")
    assert (after.name, after.tz) == (before.name, before.tz)


@pytest.mark.postgres
async def test_a_person_whom_two_name_at_once_is_saved_once(postgres_harness: BotHarness):
    """Another process is saving the same newcomer: Dev's request waits for that, and goes to the same person."""
    async with postgres_harness.database.unit(postgres_harness.workspace_id) as store:
        await saved(store, person("Gus", slack_id=GUS))
        request = asyncio.create_task(named(postgres_harness, GUS))
        await until_waiting(postgres_harness.database)
    assert "gets your request" in str((await request).modal)
    assert (await postgres_harness.person(GUS)).name == "Gus"


# --- what Slack says about a person ----------------------------------------------------------------------------------

USER = {"id": "U1", "team_id": TEAM, "name": "ana", "tz": MADRID, "profile": {"real_name": "Ana Ruiz"}}


@pytest.mark.parametrize(
    ("also", "expected"),
    [
        ({}, Profile("U1", "Ana Ruiz", MADRID)),
        ({"profile": {}, "tz": None}, Profile("U1", "ana", "UTC")),
        ({"is_bot": True}, Profile("U1", "Ana Ruiz", MADRID, is_bot=True)),
        ({"id": SLACKBOT}, Profile(SLACKBOT, "Ana Ruiz", MADRID, is_bot=True)),
        ({"deleted": True}, Profile("U1", "Ana Ruiz", MADRID, deactivated=True)),
        ({"is_ultra_restricted": True}, Profile("U1", "Ana Ruiz", MADRID, is_guest=True)),
        ({"is_stranger": True}, Profile("U1", "Ana Ruiz", MADRID, is_external=True)),
        ({"team_id": "T0OTHER"}, Profile("U1", "Ana Ruiz", MADRID, is_external=True)),
    ],
)
def test_slacks_user_objects_become_profiles(also: dict[str, Any], expected: Profile):
    """Names fall back to what there is; apps, leavers, single-channel guests and strangers are marked as such."""
    assert profile_of(USER | also, TEAM) == expected


ENDS = int(at(MADRID, 2026, 12, 4, 18).timestamp())


@pytest.mark.parametrize(
    ("status", "away"),
    [
        ({"status_emoji": ":palm_tree:", "status_text": "", "status_expiration": ENDS}, True),
        ({"status_emoji": ":cat:", "status_text": "Out of office, ask Ben", "status_expiration": ENDS}, True),
        ({"status_emoji": "", "status_text": "On parental leave", "status_expiration": ENDS}, True),
        ({"status_emoji": ":palm_tree:", "status_text": "Vacationing", "status_expiration": 0}, False),
        ({"status_emoji": ":headphones:", "status_text": "Focusing", "status_expiration": ENDS}, False),
        ({"status_emoji": "", "status_text": "Hiring a leave manager, cooooool", "status_expiration": ENDS}, False),
        ({"status_emoji": ":palm_tree:", "status_expiration": "soon"}, False),
        ({"status_emoji": ":palm_tree:", "status_expiration": 10**15}, False),
        ({"status_emoji": None, "status_text": None, "status_expiration": None}, False),
    ],
)
def test_a_status_tells_until_when_someone_is_away(status: dict[str, Any], *, away: bool):
    """Those that say so and have an end; nothing else that people write there means anything to us."""
    found = profile_of(USER | {"profile": {"real_name": "Ana Ruiz"} | status}, TEAM)
    assert found.away_until == (at(MADRID, 2026, 12, 4, 18) if away else None)
