"""Opening the App Home, as signed events."""

from tests.support.harness import BotHarness

ANA = "U0ANA"


async def test_only_the_home_tab_is_filled(harness: BotHarness):
    """Opening the messages tab publishes nothing; a person whom the directory does not name gets a Home, too."""
    assert (await harness.home_opened(ANA, tab="messages")).calls == []
    stranger = await harness.home_opened("U0NOBODY")
    assert "Start career discussions" in str(stranger.views)


async def test_events_of_bots_are_ignored(harness: BotHarness):
    """The bot does not answer events of its own user."""
    assert (await harness.home_opened("U0BOT")).calls == []
