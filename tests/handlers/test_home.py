"""Opening the App Home, as signed events."""

from typing import Any

from cycle.pairing import OTHER
from handlers.shared.ids import ActionId, FormId
from handlers.views.start import SIDE
from storage.pairs import Side
from tests.support.harness import BotHarness

ANA = "U0ANA"


async def test_only_the_home_tab_is_filled(harness: BotHarness):
    """Opening the messages tab publishes nothing; a person whom the directory does not name gets a Home, too."""
    assert (await harness.home_opened(ANA, tab="messages")).calls == []
    stranger = await harness.home_opened("U0NOBODY")
    assert "Start career discussions" in str(stranger.views)


async def test_a_home_is_drawn_after_changes_once_it_was_opened(harness: BotHarness):
    """Gus's Home is not drawn by what Ana does until he has opened it, and is from then on."""
    await harness.home_opened(ANA)
    form = (await harness.command(ANA, "start")).modal
    asked = await harness.submit(ANA, form, **{SIDE: Side.MANAGER, OTHER: "U0GUS"})
    assert {body["user_id"] for method, body in asked.calls if method == "views.publish"} == {ANA}
    await harness.home_opened("U0GUS")
    async with harness.database.reading(harness.workspace_id) as store:
        gus = await store.people.by_slack_id("U0GUS")
        assert gus is not None
        (pair,) = await store.pairs.current_of(gus.pk)
    answered = await harness.press_in_home(ANA, ActionId.WITHDRAW_PAIR, pair.pk)
    assert {body["user_id"] for method, body in answered.calls if method == "views.publish"} == {ANA, "U0GUS"}


async def test_events_of_bots_are_ignored(harness: BotHarness):
    """The bot does not answer events of its own user."""
    assert (await harness.home_opened("U0BOT")).calls == []


async def test_the_menu_beside_a_person_opens_their_forms(harness: BotHarness, workspace: Any):
    """Each choice opens its form for that person; what no menu offers, or another pair, gets a sentence."""
    home = (await harness.home_opened(ANA)).views[-1][1]
    menus = [block["accessory"].get("options") for block in home["blocks"] if "accessory" in block]
    values = [option["value"] for options in menus if options for option in options]
    wanted = {FormId.SCHEDULE, FormId.ROADMAP, FormId.BRIEF, FormId.COMMITMENTS}
    assert {value.partition(":")[0] for value in values} >= wanted
    for value in values:
        outcome = await harness.press_in_home(ANA, ActionId.PAIR_MENU, value)
        assert outcome.modal["callback_id"] == value.partition(":")[0]
    for value in ("", "schedule", "notice:1", "schedule:x", f"schedule:{workspace.past.pk}"):
        assert (await harness.press_in_home(ANA, ActionId.PAIR_MENU, value)).refusal
