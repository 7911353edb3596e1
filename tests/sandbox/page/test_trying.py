"""What one tries out on the page: Slack failing on purpose, and a year of messages as a calendar."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


async def test_the_page_lets_slack_fail_and_shows_what_becomes_of_it(harness: Any):
    """Picked by name and switched on, a fault is announced; its message is missing, then there once."""
    page = await harness.open("Ben Okafor")
    ana = harness.id("Ana Ruiz")
    await page.get_by_test_id("faults-open").click()
    await expect(page.get_by_test_id("fault-name")).to_be_focused()
    await page.get_by_test_id("fault-name").select_option("too_fast")
    await expect(page.get_by_test_id("fault-meaning")).to_contain_text("wait 30 seconds")
    await page.get_by_test_id("fault-times").select_option("3")
    await page.get_by_test_id("fault-on").click()
    await expect(page.get_by_test_id("pending-fault")).to_contain_text("3 more times")
    with pytest.raises(AssertionError, match="ratelimited"):
        await harness.bot.call("chat.postMessage", channel=ana, text="Hello, Ana")
    await expect(page.get_by_test_id("pending-fault")).to_contain_text("2 more times")
    incident = page.get_by_test_id("incident")
    await expect(incident).to_contain_text("Ana Ruiz: “Hello, Ana”")
    await expect(incident).to_contain_text("Not there so far")
    await page.get_by_role("button", name="Switch off: Slack answers").click()
    await expect(page.get_by_test_id("pending-fault")).to_have_count(0)
    await harness.bot.call("chat.postMessage", channel=ana, text="Hello, Ana")
    await expect(incident).to_contain_text("There once, since Mon 23 Nov 2026, 09:00.")
    await page.get_by_test_id("fault-name").select_option("token_revoked")
    await page.get_by_test_id("fault-times").select_option(label="Until I switch it off")
    await page.get_by_test_id("fault-on").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("banner")).to_contain_text("(token_revoked), until you switch it off")
    await page.get_by_test_id("banner-act").click()
    await expect(page.get_by_test_id("faults")).to_be_visible()


async def test_a_year_is_played_and_shown_as_a_calendar(harness: Any):
    """On a phone: asked first, then all of it by month; days are reached by arrow keys, and one shows its messages."""
    page = await harness.open("Ana Ruiz", **PHONE)
    clock = harness.sandbox.clock
    for day in (0, 1, 1):
        clock.set(datetime.fromisoformat("2026-11-24T08:00:00+00:00") + timedelta(days=day))
        await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text=f"Letter of day {day}")
    await page.get_by_test_id("menu-toggle").click()
    await page.get_by_test_id("clock-year").click()
    await page.get_by_test_id("confirm-no").click()
    await expect(page.get_by_test_id("now")).to_contain_text("2026")
    await page.get_by_test_id("clock-year").click()
    await page.get_by_test_id("confirm-yes").click()
    calendar, days = page.get_by_test_id("calendar"), page.get_by_test_id("calendar-day")
    await expect(calendar).to_be_visible()
    await expect(page.get_by_test_id("now")).to_contain_text("Thu 25 Nov 2027")
    await expect(page.locator(".toast")).to_contain_text("A year has passed")
    await expect(page.get_by_test_id("calendar-summary")).to_contain_text("3 messages from Nov 2026 to Oct 2027")
    await expect(page.get_by_test_id("calendar-message")).to_have_count(3)
    await days.first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(days.nth(1)).to_have_accessible_name("Wed 25 Nov 2026 · 2 messages")
    await page.keyboard.press("Enter")
    await expect(days.nth(1)).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_test_id("calendar-message")).to_have_count(2)
    await expect(page.get_by_test_id("calendar-message").first).to_contain_text("Wed 25 Nov 2026, 09:00")
    assert await calendar.evaluate("node => node.scrollWidth") <= 390
    await page.get_by_test_id("calendar-all").click()
    await expect(page.get_by_test_id("calendar-message")).to_have_count(3)
    await page.get_by_test_id("calendar-later").click()
    await expect(page.get_by_test_id("calendar-summary")).to_contain_text("No messages from May 2027 to Apr 2028")
