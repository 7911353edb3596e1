"""The public channels on the page."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page.conftest import plain

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Payload = dict[str, Any]

SETTINGS = {"type": "button", "action_id": "settings", "text": plain("Settings")}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [SETTINGS]}]


def _where(block_id: str, **element: Any) -> Payload:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(f"Where ({block_id})"),
        "element": {"action_id": "x", **element},
    }


FIELDS = [
    _where("any", type="conversations_select"),
    _where("public", type="conversations_select", filter={"include": ["public", "private"]}),
    _where("channels", type="channels_select"),
]


async def _options(page: Page, block_id: str) -> list[str]:
    return await page.locator(f".block[data-block-id='{block_id}'] option").all_text_contents()


async def test_a_channel_belongs_to_everyone(harness: Any):
    """Ana invites the app, both see what it posts, and its button opens a form for Ben, who chooses a channel."""
    ana = await harness.open("Ana Ruiz")
    ben = await harness.open("Ben Okafor", viewport={"width": 390, "height": 844})
    growth = harness.sandbox._workspace.channels.by_name("growth").id

    async def open_settings(payload: Payload) -> None:
        view = {"type": "modal", "title": plain("Digest"), "submit": plain("Save"), "blocks": FIELDS}
        await harness.bot.call("views.open", trigger_id=payload["trigger_id"], view=view)

    harness.bot.answers["block_actions"] = open_settings
    await ana.get_by_test_id("channel").filter(has_text="growth").click()
    await expect(ana.get_by_test_id("channel-title")).to_have_text("#growth")
    await expect(ana.get_by_test_id("channel-empty")).to_be_visible()
    await ana.get_by_role("button", name="Invite Career to this channel").click()
    await expect(ana.get_by_test_id("channel-app")).to_have_text("Remove Career from this channel")
    await harness.bot.call("chat.postMessage", channel=growth, text="The week", blocks=BLOCKS)
    await expect(ben.get_by_test_id("place").locator("option").nth(2)).to_have_text("#growth · 1 unread")
    await ben.get_by_test_id("place").select_option(growth)
    for page in (ana, ben):
        await expect(page.locator("#panel-channel").get_by_test_id("message")).to_have_count(1)
        await expect(page.get_by_test_id("channel-empty")).to_be_hidden()
    await ben.get_by_role("button", name="Settings").click()
    await expect(ben.get_by_test_id("modal")).to_be_visible()
    await expect(ana.get_by_test_id("modal")).to_be_hidden()
    channels = ["#general", "#growth"]
    assert await _options(ben, "any") == ["Choose…", "Direct messages with the bot", *channels]
    assert await _options(ben, "public") == await _options(ben, "channels") == ["Choose…", *channels]
    for block_id in ("any", "public", "channels"):
        await ben.locator(f".block[data-block-id='{block_id}'] select").select_option("#growth")
    await ben.get_by_test_id("modal-submit").click()
    await expect(ben.get_by_test_id("modal")).to_be_hidden()
    values = harness.bot.of("view_submission")[0]["view"]["state"]["values"]
    assert [values[name]["x"].get("selected_conversation") for name in ("any", "public")] == [growth, growth]
    assert values["channels"]["x"]["selected_channel"] == growth
    assert (harness.bot.of("block_actions")[0]["channel"]["id"], ben.url.split("tab=")[1]) == (growth, growth)
