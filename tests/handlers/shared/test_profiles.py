import asyncio
from datetime import timedelta

from cycle.people import PROFILE_GOOD_FOR, Profile
from storage.people import Person
from tests.support.harness import BotHarness

GUS = "U0GUS"


async def known(harness: BotHarness, slack_id: str) -> Person:
    """A person as saved."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.people.by_slack_id(slack_id)
    assert found is not None
    return found


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
    assert (await known(harness, GUS)).tz == "Asia/Tokyo"


async def test_a_silent_directory_keeps_no_one_out(harness: BotHarness):
    """While Slack does not answer, a newcomer is known by the name in their request; they are looked up again later."""
    profile = harness.directory.profiles.pop(GUS)
    assert "Welcome!" in (await harness.command(GUS)).answer["text"]
    assert ((await known(harness, GUS)).name, (await known(harness, GUS)).tz) == ("gus", "UTC")
    harness.directory.profiles[GUS] = profile
    await harness.command(GUS)
    assert ((await known(harness, GUS)).name, (await known(harness, GUS)).tz) == (profile.name, profile.tz)


async def test_two_first_requests_at_once_make_one_person(harness: BotHarness):
    """A command and an opened App Home come together: the person is looked up once and saved once."""
    command, home = await asyncio.gather(harness.command(GUS), harness.home_opened(GUS))
    assert harness.directory.asked == [GUS]
    assert (command.status, home.status) == (200, 200)
    assert (await known(harness, GUS)).name == "Gus"
