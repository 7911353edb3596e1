"""The coach as people meet it: a remark comes once, kindly, and never in the way."""

import re

import pytest
from playwright.async_api import expect

from cycle.preparations import Page
from tests.support.stage import PHONE, Stage
from tests.support.steps import begun, goes_to_page, prepares, saves_page, says_yes

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

VAGUE = "Get better at public speaking"
CLEAR = "Give three talks at the regional meetings"
AGAIN = "Press Save and continue again to keep your wording."


async def test_M6_E3_a_vague_goal_gets_a_remark_and_is_reworded(stage: Stage):
    """On a phone: the remark is under the goal with an example, everything typed stays, and other words pass."""
    ana, _ben = await begun(stage)
    ana = await stage.enter("Ana", viewport=PHONE, is_mobile=True, has_touch=True)
    await prepares(ana, Page.OBJECTIVES)
    await ana.fill({"short.new0.text": VAGUE, "short.new0.date": "2027-06-01"})
    await ana.tick("share.objectives", "Share my objectives with Ben")
    await ana.submit()
    await ana.sees_modal("Prepare", "know it's done? Name a result.", f"For example: {VAGUE}: ", AGAIN)
    assert await ana.entered("short.new0.text") == VAGUE
    await expect(ana.field("share.objectives").get_by_role("checkbox")).to_be_checked()
    assert await ana.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    await ana.fill({"short.new0.text": CLEAR})
    await expect(ana.modal).not_to_contain_text(AGAIN)
    await saves_page(ana, Page.QUESTIONS)
    await goes_to_page(ana, Page.OBJECTIVES)
    await expect(ana.modal.locator("[data-block-id^='short.'] textarea")).to_have_value(CLEAR)


async def test_E5_each_side_begins_with_a_draft_of_its_own(stage: Stage):
    """Changing sides changes the drafted words; own words stay on either side, and may be left out."""
    ben, ana = await stage.enter("Ben"), await stage.enter("Ana")
    await ben.type("/career start")
    await ben.choose("side", "The manager")
    await expect(ben.field("words.manager").locator("textarea")).to_have_value(re.compile("how you want to grow"))
    await ben.fill({"words.manager": ""})
    await ben.choose_person("other", "Ana")
    await ben.submit()
    await ben.sees_modal("Asked")
    await says_yes(ana, "Ben")
