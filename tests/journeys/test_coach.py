"""The coach and the question bank, as people meet them: a remark comes once, kindly, and never in the way."""

import re

import pytest
from playwright.async_api import Locator, expect

from cycle.preparations import Page
from tests.support.stage import PHONE, Stage
from tests.support.steps import begun, goes_to_page, prepares, saves_page, says_yes, sets_date

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

VAGUE = "Get better at public speaking"
CLEAR = "Give three talks at the regional meetings"
BROAD = "Where do you see me in five years?"
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


async def test_M4_E4_a_broad_question_gives_way_to_specific_ones(stage: Stage):
    """Three questions are offered in its place; those ticked go on the agenda, the broad one does not."""
    ana, ben = await begun(stage)
    await prepares(ana, Page.QUESTIONS)
    await ana.fill({"questions": f"{BROAD}\nWho reviews my first design?"})
    await ana.submit()
    await ana.sees_modal("Prepare", f"“{BROAD}”: That's so far ahead", "Ask instead")
    offered = ana.modal.locator(".block[data-block-id^='instead.']")
    await expect(offered).to_have_count(3)
    picked = [await _text(offered.nth(number)) for number in (0, 2)]
    for number in (0, 2):
        await offered.nth(number).get_by_role("checkbox").check()
    await saves_page(ana, Page.ANSWERS)
    await ben.type("/career agenda")
    await ben.sees_modal("Agenda", *picked, "Who reviews my first design?")
    await expect(ben.modal).not_to_contain_text(BROAD)


async def test_C14_keep_mine_keeps_the_words_and_says_no_more(stage: Stage):
    """After one press the remark is gone, even when the form is opened again; the words go on the agenda unchanged."""
    ana, ben = await begun(stage)
    await ana.type("/career agenda")
    await ana.sees_modal("Agenda")
    await ana.fill({"new_items": f"{BROAD}\nMy week in Lisbon"})
    await ana.submit()
    await ana.sees_modal("Agenda", f"“{BROAD}”:", "Press Propose again to keep your wording.")
    await ana.modal.get_by_role("button", name="Keep mine").click()
    await expect(ana.modal).not_to_contain_text(f"“{BROAD}”")
    await ana.close()
    await ana.type("/career agenda")
    await ana.sees_modal("Agenda", "Here is your draft")
    await ana.submit_and_close()
    await ben.type("/career agenda")
    await ben.sees_modal("Agenda", BROAD, "My week in Lisbon")


async def test_M4_submitted_twice_the_same_words_pass(stage: Stage):
    """Nothing is blocked: the same form is accepted the second time, without any other press."""
    ana, ben = await begun(stage)
    await prepares(ana, Page.QUESTIONS)
    await ana.fill({"questions": BROAD})
    await ana.submit()
    await ana.sees_modal("Prepare", AGAIN)
    await saves_page(ana, Page.ANSWERS)
    await ben.type("/career agenda")
    await ben.sees_modal("Agenda", BROAD)


async def test_E5_a_request_that_sounds_like_leaving_gets_a_remark(stage: Stage):
    """A better phrase is offered and nothing is sent; once reworded, Ben reads her words and says no with a reason."""
    ana, ben = await stage.enter("Ana"), await stage.enter("Ben")
    await ana.type("/career start")
    await ana.sees_modal("Career discussions", "A few words to them")
    assert "grow in this team" in await ana.entered("words.employee")
    await ana.choose_person("other", "Ben")
    await ana.fill({"words.employee": "I want to talk before I look at other options."})
    await ana.submit()
    await ana.sees_modal("Career discussions", "“other options”: This could be read as a wish to leave.", "grow here")
    await expect(ben.messages).to_have_count(0)
    await ana.fill({"words.employee": "I would like to plan with you how I could grow here."})
    await ana.submit()
    await ana.sees_modal("Asked")
    await ana.close_all()
    request = await ben.reads("I would like to plan with you how I could grow here.")
    await ben.press("Say no", request)
    await ben.sees_modal("Say no")
    await ben.fill({"reason": "Chiyo leads your team since May."})
    await ben.submit()
    await ben.sees_modal("Answered", "I'll let Ana know.")
    await ben.close_all()
    answer = await ana.reads("Ben said no and told you why.")
    await expect(ana.message("Chiyo leads")).to_have_count(0)
    await ana.press("Read why", answer)
    await ana.sees_modal("Their reason", "Chiyo leads your team since May.")


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


async def test_M6_the_coach_can_be_switched_off(stage: Stage):
    """Switched off at a remark, the coach is silent until the App Home switches it on again."""
    ana, _ben = await begun(stage)
    await prepares(ana, Page.OBJECTIVES)
    await ana.fill({"short.new0.text": VAGUE, "short.new0.date": "2027-06-01"})
    await ana.submit()
    await ana.sees_modal("Prepare", AGAIN)
    await ana.modal.get_by_role("button", name="Switch the coach off").click()
    await expect(ana.modal).not_to_contain_text(AGAIN)
    await ana.fill({"short.new0.text": f"{VAGUE} and at writing"})
    await saves_page(ana, Page.QUESTIONS)
    await ana.close_all()
    home = await ana.opens_home()
    await home.get_by_role("button", name="Coach: off").click()
    await expect(home.get_by_role("button", name="Coach: on")).to_be_visible()
    await prepares(ana, Page.QUESTIONS)
    await ana.fill({"questions": BROAD})
    await ana.submit()
    await ana.sees_modal("Prepare", f"“{BROAD}”: That's so far ahead")


async def test_C12_C14_the_questions_fit_the_person_and_the_discussion(stage: Stage):
    """How clear the path is changes what is suggested, what is ticked stays; the set is shared, and in the brief."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    await prepares(ana, Page.QUESTIONS)
    offered = ana.modal.locator(".block[data-block-id^='ask.']")
    kept = await _text(offered.nth(3))
    await offered.nth(3).get_by_role("checkbox").check()
    before = await _texts(offered)
    await goes_to_page(ana, Page.STANDING)
    await ana.fill({"path_clarity": "I'm unsure"})
    await saves_page(ana, Page.OBJECTIVES)
    await goes_to_page(ana, Page.QUESTIONS)
    await expect(offered.nth(0).get_by_role("checkbox")).to_be_checked()
    after = await _texts(offered)
    assert kept in after
    assert after != before
    only_in_the_set = "Which one thing will you do to support me"
    assert not any(question.startswith(only_in_the_set) for question in after)
    await ana.fill({"question_set": "Aspiration discussion"})
    await expect(ana.modal).to_contain_text(only_in_the_set)
    await ana.close()
    await prepares(ben, Page.QUESTIONS)
    await ben.sees_modal("Prepare", "What you ask Ana, and what to listen for", "Your answer: “Next assignment")
    await ben.close()
    await ben.type("/career brief")
    await ben.sees_modal(
        "Your brief",
        "Order of the discussion",
        "Aspiration discussion and your agenda: about ",
        "Ana asks: Which level",
    )


async def _text(suggestion: Locator) -> str:
    return await suggestion.locator(".text").first.inner_text()


async def _texts(suggestions: Locator) -> list[str]:
    return [await _text(one) for one in await suggestions.all()]
