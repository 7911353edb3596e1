"""Preparing: both sides, private and shared, and nothing typed is lost."""

import pytest
from playwright.async_api import expect

from cycle.preparations import Page
from tests.support.stage import PHONE, Actor, Stage
from tests.support.steps import (
    begun,
    goes_to_page,
    is_on_page,
    prepares,
    saves_page,
    sets_date,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


# The height of what a modal scrolls, buttons aside.
SCROLLED = """
() => Math.max(...[...document.querySelectorAll("[data-testid=modal] *")]
  .filter((one) => one.tagName !== "TEXTAREA" && /auto|scroll/.test(getComputedStyle(one).overflowY))
  .map((one) => one.scrollHeight))
"""
MOST_SCREENS = 1.5
"""The height of a page of a preparation, in screens of a phone."""

GOALS = {
    "short.new0.text": "Lead the renewal of our three largest accounts",
    "short.new0.date": "2027-06-01",
    "long.new0.text": "Head of a regional team & its <budget>",
    "long.new0.date": "2029-09-01",
}


async def fits(me: Actor, page: Page) -> None:
    """A page of a preparation is short enough for a phone, and no wider than its screen."""
    await is_on_page(me, page)
    height = await me.page.evaluate(SCROLLED)
    assert 0 < height <= MOST_SCREENS * PHONE["height"], f"{page} is {height} px high"
    assert await me.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


async def test_E2_E3_E4_C8_each_page_fits_a_phone_and_is_saved(stage: Stage):
    """Both go through their pages, an objective on each horizon and the rest empty: no page is over 1.5 screens."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    ana, ben = [
        await stage.enter(name, viewport=PHONE, is_mobile=True, has_touch=True) for name in ("Ana", "Ben")
    ]  # fmt: skip
    await ana.type("/career prep")
    await ana.sees_modal("Prepare", "For your discussion with Ben, on Fri 25 Sep at 11:00.")
    await fits(ana, Page.STANDING)
    await ana.choose("level", "Strong performer")
    await saves_page(ana, Page.DRIVES)
    await fits(ana, Page.DRIVES)
    await saves_page(ana, Page.OBJECTIVES)
    await ana.fill(GOALS)
    await ana.tick("share.objectives", "Share my objectives with Ben")
    await fits(ana, Page.OBJECTIVES)
    await saves_page(ana, Page.QUESTIONS)
    await fits(ana, Page.QUESTIONS)
    await saves_page(ana, Page.ANSWERS)
    await fits(ana, Page.ANSWERS)
    await saves_page(ana, Page.SHARING)
    await fits(ana, Page.SHARING)
    await ana.sees_modal("Prepare", "Saved.", "Ben can read:", GOALS["long.new0.text"], "You talk on Fri 25 Sep")
    await ana.submit_and_close()
    await ben.type("/career prep")
    await ben.sees_modal("Prepare", "Where Ana stands")
    await fits(ben, Page.STANDING)
    await saves_page(ben, Page.DRIVES)
    await fits(ben, Page.DRIVES)
    await saves_page(ben, Page.QUESTIONS)
    await ben.fill({"question_set": "Aspiration discussion"})
    await ben.sees_modal("Prepare", "and what to listen for")
    await fits(ben, Page.QUESTIONS)
    await saves_page(ben, Page.ANSWERS)
    await ben.sees_modal("Prepare", f"Ana shared a longer-term objective: {GOALS['long.new0.text']}")
    await fits(ben, Page.ANSWERS)
    await saves_page(ben, Page.SHARING)
    await fits(ben, Page.SHARING)
    await ben.sees_modal("Prepare", "Nothing is saved yet.")


async def test_E2_E3_on_a_phone_nothing_typed_is_lost(stage: Stage):
    """What is wrong is said beside its field; jumping, closing and saving keep every word."""
    ana, _ben = await begun(stage)
    ana = await stage.enter("Ana", viewport=PHONE, is_mobile=True, has_touch=True)
    await prepares(ana, Page.OBJECTIVES)
    await ana.fill(GOALS | {"short.new0.date": "2026-10-01", "long.new0.date": ""})
    await ana.is_rejected(
        {
            "short.new0.text": "For the next 6 to 12 months, pick a date from",
            "long.new0.text": "By when? Pick a date from",
        }
    )
    await ana.press("Add another objective")
    await ana.field("short.new1.text").wait_for()
    await goes_to_page(ana, Page.ANSWERS)
    await ana.fill({"achievements": "Closed the Nordwind deal\nTrained two newcomers"})
    await goes_to_page(ana, Page.STANDING)
    await ana.choose("level", "Strong performer")
    await ana.close()
    await expect(ana.modal).to_be_hidden()
    await ana.type("/career prep")
    await ana.sees_modal("Prepare", "Here is your draft of Mon 7 Sep at 10:0", "It is not saved yet.")
    await expect(ana.field("level").get_by_label("Strong performer")).to_be_checked()
    await saves_page(ana, Page.DRIVES)
    await saves_page(ana, Page.OBJECTIVES)
    await expect(ana.field("short.new1.text")).to_be_visible()
    assert await ana.entered("long.new0.text") == GOALS["long.new0.text"]
    await ana.fill({"short.new0.date": GOALS["short.new0.date"], "long.new0.date": GOALS["long.new0.date"]})
    await saves_page(ana, Page.QUESTIONS)
    await goes_to_page(ana, Page.ANSWERS)
    assert await ana.entered("achievements") == "Closed the Nordwind deal\nTrained two newcomers"
    await saves_page(ana, Page.SHARING)
    await goes_to_page(ana, Page.OBJECTIVES)
    await expect(ana.modal).not_to_contain_text("Here is your draft")
    await expect(ana.modal.locator("[data-block-id^='long.'] textarea")).to_have_value(GOALS["long.new0.text"])
