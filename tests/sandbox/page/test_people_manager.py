"""The dialog in which an admin changes people."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _choose(page: Page, label: str, choice: str) -> None:
    select = page.get_by_label(label)
    await select.focus()
    async with page.expect_response("**/sandbox/person"):
        await select.select_option(label=choice)


async def test_people_are_deactivated_reactivated_made_guests_and_moved(harness: Any):
    """Each choice takes effect at once, for everyone's page, and the bot gets user_change for it."""
    page = await harness.open()
    await page.get_by_test_id("manage-people").click()
    await _choose(page, "Account of Ben Okafor", "Deactivated")
    await expect(page.get_by_role("option", name="Ben Okafor (deactivated)", include_hidden=True)).to_be_disabled()
    await _choose(page, "Account of Ben Okafor", "Single-channel guest")
    await _choose(page, "Time zone of Ben Okafor", "Tokyo")
    await expect(page.get_by_label("Time zone of Ben Okafor")).to_be_focused()
    await _choose(page, "Account of Chiyo Tanaka", "Admin")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("people-manager")).to_be_hidden()
    await page.get_by_test_id("person-switch").select_option(harness.id("Ben Okafor"))
    await expect(page.locator("#person-card")).to_contain_text("Single-channel guest18:00 in Tokyo")
    *users, chiyo = [payload["event"]["user"] for payload in harness.bot.of("user_change")]
    assert (chiyo["name"], chiyo["is_admin"]) == ("chiyo.tanaka", True)
    assert [(user["name"], user["deleted"]) for user in users] == [
        ("ben.okafor", True),
        ("ben.okafor", False),
        ("ben.okafor", False),
    ]
    assert [user.get("is_ultra_restricted") for user in users] == [None, True, True]
    assert users[2]["tz"] == "Asia/Tokyo"


async def test_someone_deactivated_while_acting_reads_what_to_do(harness: Any):
    """The page says that they cannot act any more, and stops saying so when they are reactivated."""
    page = await harness.open("Chiyo Tanaka")
    await page.get_by_test_id("manage-people").click()
    await _choose(page, "Account of Chiyo Tanaka", "Deactivated")
    await expect(page.get_by_test_id("banner")).to_contain_text("Chiyo Tanaka is deactivated and can’t act.")
    await _choose(page, "Account of Chiyo Tanaka", "Member")
    await expect(page.get_by_test_id("banner")).to_be_hidden()
    assert not harness.sandbox.people.by_name("Chiyo Tanaka").deleted
