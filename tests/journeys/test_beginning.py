"""How it begins: `/career` for newcomers, and who starts with whom."""

import pytest
from playwright.async_api import expect

from tests.support.stage import Stage
from tests.support.steps import asks, begun, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_career_answers_only_the_person_who_typed_it(stage: Stage):
    """`/career` welcomes, `help` lists, an unknown word gets the list too; nobody else sees any of it."""
    ana, ben = await stage.enter("Ana"), await stage.enter("Ben")
    for typed, answer in {
        "/career": "Welcome! Career discussions are regular talks",
        "/career help": "You can type:",
        "/career  HELP ": "You can type:",
        "/career nonsense <!channel> & more": "I don't know “nonsense <!channel> & more”. This I understand:",
    }.items():
        before = await ana.messages.count()
        await ana.type(typed)
        await expect(ana.messages).to_have_count(before + 1)
        await expect(ana.messages.last).to_contain_text(answer)
        await expect(ana.messages.last.get_by_test_id("ephemeral")).to_have_text("👁 Only visible to you")
    await ana.type("/career prep")
    await ana.sees_modal("Career discussions", "Either side may start.")
    await ana.close_all()
    await expect(ben.messages).to_have_count(0)
    await expect(await ana.opens_home()).to_contain_text("either of you may start")
    await ana.type("/career prep")  # nothing to prepare yet: the form that begins opens instead
    await expect(ana.modal).to_contain_text("With whom?")


async def test_E1_either_side_starts_and_the_other_decides(stage: Stage):
    """A manager may start as well; a no is told, a question can be taken back, and an answered one is answered once."""
    ben, chiyo = await stage.enter("Ben"), await stage.enter("Chiyo")
    await asks(ben, "Chiyo", "The manager")
    await expect(chiyo.messages).to_have_count(0)  # it is 17:00 in Tokyo
    await expect(await ben.opens_home()).to_contain_text("You asked, and Chiyo has not answered yet.")
    await ben.press("Take it back", ben.home)
    await expect(ben.home).to_contain_text("Start career discussions")
    await asks(ben, "Chiyo", "The manager")
    await waits_until(chiyo, "Ben Okafor would like to talk with you regularly about your career.")
    question = chiyo.message("Ben Okafor would like to talk")
    assert await chiyo.clock_says() == "Tue 8 Sep, 09:00"
    await chiyo.press("Not me", question)
    await chiyo.sees_modal("Not me")
    await chiyo.submit()
    await chiyo.sees_modal("Answered", "You said that this is not right, and Ben will hear it.")
    await chiyo.close_all()
    await waits_until(ben, "Chiyo said this pairing is not right.")
    await asks(chiyo, "Ben")
    await ben.reads("Chiyo Tanaka would like to talk with you regularly about their career.")
    await expect(chiyo.message("would like to talk")).to_have_count(1)


async def test_E1_wrong_choices_are_told_beside_the_field(stage: Stage):
    """Not oneself, not an app, no second manager for one employee: each says why, and the form stays as it is."""
    ana, ben = await begun(stage)
    await asks(ben, "Chiyo", "The manager")
    await ana.type("/career start")
    await ana.sees_modal("Career discussions")
    await ana.is_refused({"other": "This field is required"})
    for side, chosen, reason in (
        ("The employee", "Ana", "That is you."),
        ("The employee", "Deploy Bot (app)", "Deploy Bot is an app, and careers are for people."),
        ("The employee", "Ben", "You and Ben are already paired"),
        ("The employee", "Elif", "You already have Ben as your manager here, and one at a time is enough."),
        ("The manager", "Ben", "You and Ben already talk the other way round."),
        ("The manager", "Chiyo", "Chiyo already has career discussions with another manager."),
    ):
        await ana.choose("side", side)
        await ana.choose_person("other", chosen)
        await ana.is_refused({"other": reason})
    assert "Former Fred" not in await ana.field("other").inner_text()
    await ana.close_all()
    await expect(ben.message("would like to talk")).to_have_count(1)


async def test_E1_two_press_yes_in_different_places(stage: Stage):
    """Said yes to in the App Home, a question is no longer open in the message; pressing there is answered kindly."""
    ana, ben = await stage.enter("Ana"), await stage.enter("Ben")
    await asks(ana, "Ben")
    question = await ben.reads("Ana Ruiz would like to talk")
    await ben.opens_home()
    await ben.press("Say yes", ben.home)
    await expect(ben.home).to_contain_text("Find a time to talk with Ana.")
    await ben.reads("Ana Ruiz would like to talk")
    await ben.press("Yes, let's", question)
    await ben.reads("You have already answered that.")
    await ana.reads("Ben said yes.")
    await expect(ana.messages).to_have_count(1)
