"""Preparing: both sides, private and shared, and nothing typed is lost."""

import pytest
from playwright.async_api import expect

from tests.support.stage import PHONE, Stage
from tests.support.steps import asks, begun, says_yes, sets_date, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_E2_E3_on_a_phone_nothing_typed_is_lost(stage: Stage):
    """A rejected preparation says what is wrong beside each field and keeps every word; a closed one is resumed."""
    ben = await stage.enter("Ben")
    ana = await stage.enter("Ana", viewport=PHONE, is_mobile=True, has_touch=True)
    await asks(ana, "Ben")
    await says_yes(ben, "Ana")
    await ana.type("/career prep")
    await ana.sees_modal("Prepare", "Only you see this until you share it below.")
    await ana.is_rejected({"level": "There is nothing here yet. One honest line is a good start."})
    await ana.choose("level", "Strong performer")
    typed = {
        "short.new0.text": "Lead the renewal of our three largest accounts",
        "short.new0.date": "2026-10-01",
        "long.new0.text": "Head of a regional team & its <budget>",
        "achievements": "Closed the Nordwind deal\nTrained two newcomers",
    }
    await ana.fill(typed)
    await ana.is_rejected(
        {
            "short.new0.date": "For the next 6 to 12 months, pick a date from",
            "long.new0.date": "By when? Pick a date from",
        }
    )
    await ana.press("Add another objective")
    await expect(ana.field("short.new1.text")).to_be_visible()
    await ana.fill({"challenges": "Saying no"})
    await ana.close()
    await expect(ana.modal).to_be_hidden()
    await ana.type("/career prep")
    await ana.sees_modal("Prepare", "Here is your draft of Mon 7 Sep at 10:0", "It is not submitted yet.")
    for name, words in {**typed, "challenges": "Saying no"}.items():
        assert await ana.entered(name) == words
    await expect(ana.field("level").get_by_label("Strong performer")).to_be_checked()
    await expect(ana.field("short.new1.text")).to_be_visible()
    assert await ana.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    await ana.fill({"short.new0.date": "2027-06-01", "long.new0.date": "2029-09-01"})
    await ana.submit_and_close()
    await ana.type("/career prep")
    await ana.sees_modal("Prepare")
    await expect(ana.modal).not_to_contain_text("Here is your draft")
    assert typed["achievements"] == await ana.entered("achievements")


async def test_E2_starting_over_discards_only_the_draft(stage: Stage):
    """“Start over” discards what was typed and not submitted; what was submitted is unchanged."""
    ana, _ben = await begun(stage)
    await ana.type("/career prep")
    await ana.fill({"skills_wanted": "Negotiating"})
    await ana.submit_and_close()
    await ana.type("/career prep")
    await ana.sees_modal("Prepare")
    await ana.fill({"skills_wanted": "Juggling"})
    await ana.close()
    await ana.type("/career prep")
    await ana.sees_modal("Prepare", "Here is your draft")
    assert await ana.entered("skills_wanted") == "Juggling"
    await ana.press("Start over")
    await ana.sees_modal("Start over", "What you submitted earlier is unchanged.")
    await ana.press("Open the form")
    await ana.sees_modal("Prepare")
    assert await ana.entered("skills_wanted") == "Negotiating"


async def test_E4_questions_picked_and_own_go_on_the_agenda(stage: Stage):
    """A question from the bank and two of her own are on the agenda that the manager sees; one taken out is gone."""
    ana, ben = await begun(stage)
    await ana.type("/career prep")
    await ana.sees_modal("Prepare")
    on_offer = ana.field("questions_picked").get_by_role("checkbox")
    key = await on_offer.nth(1).get_attribute("value")
    picked = ana.field("questions_picked").locator(f"input[value='{key}']")
    await picked.check()
    await ana.fill({"questions": "What makes me ready for Ben's role?\nWho should I learn from?"})
    await ana.submit_and_close()
    await ben.type("/career agenda")
    await ben.sees_modal("Agenda", "What makes me ready for Ben's role?", "Who should I learn from?")
    await expect(ben.modal.get_by_text("Ana's question · waiting for your answer")).to_have_count(3)
    await ben.close_all()
    await ana.type("/career prep")
    await ana.sees_modal("Prepare")
    await expect(picked).to_be_checked()
    await ana.fill({"questions": "Who should I learn from?"})
    await ana.submit_and_close()
    await ben.type("/career agenda")
    await ben.sees_modal("Agenda", "Who should I learn from?")
    await expect(ben.modal).not_to_contain_text("What makes me ready")


async def test_L1_a_manager_chooses_among_reports_and_shares_answer_by_answer(stage: Stage):
    """The five answers are written per report; the report sees what was shared, and the levels once both are in."""
    ana, ben = await begun(stage)
    chiyo = await stage.enter("Chiyo")
    await asks(ben, "Chiyo", "The manager")
    await waits_until(chiyo, "Ben Okafor would like to have")
    await says_yes(chiyo, "Ben")
    await ben.type("/career prep")
    await ben.sees_modal("Career", "With whom?", "Ana Ruiz", "Chiyo Tanaka")
    await ben.modal.get_by_role("button", name="Choose Ana Ruiz").click()
    await ben.sees_modal("Prepare", "For your discussion with Ana")
    answers = {
        "potential": "Regional lead",
        "what_it_takes": "A year with a team of her own",
        "strengths": "Calm with difficult customers",
        "development_needs": "Delegating",
        "next_assignment": "The renewal, from October",
    }
    await ben.fill(answers)
    await ben.choose("level", "Outstanding performer")
    await ben.tick("shared", "Key strengths")
    await ben.submit_and_close()
    await sets_date(ana)
    await ana.type("/career brief")
    await ana.sees_modal("Your brief", "What Ben shares", answers["strengths"], "Ben: hidden until both are in")
    for key in ("potential", "what_it_takes", "development_needs", "next_assignment"):
        await expect(ana.modal).not_to_contain_text(answers[key])
    await expect(ana.modal).not_to_contain_text("Outstanding")
    await ana.press("Prepare")
    await ana.sees_modal("Prepare")
    await ana.choose("level", "Developing")
    await ana.submit()
    await ana.sees_modal("Your brief")
    await ana.close_all()
    await ana.type("/career brief")
    await ana.sees_modal("Your brief", "Ben: Outstanding performer", "Ben sees you two steps further along")
    await ana.close_all()
    await ben.type("/career prep")
    await ben.modal.get_by_role("button", name="Choose Chiyo Tanaka").click()
    await ben.sees_modal("Prepare", "For your discussion with Chiyo")
    assert not await ben.entered("strengths")
