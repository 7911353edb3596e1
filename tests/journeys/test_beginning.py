"""How it begins: `/career` for newcomers, and requests to pair from either side."""

import pytest
from playwright.async_api import expect

from tests.support.stage import Stage
from tests.support.steps import asks, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_career_answers_only_the_person_who_typed_it(stage: Stage):
    """`/career` welcomes, `help` lists, an unknown word gets the list too; no one else sees any of it."""
    ana, ben = await stage.enter("Ana"), await stage.enter("Ben")
    for typed, answer in {
        "/career": "Welcome! Career discussions are regular meetings",
        "/career help": "You can type:",
        "/career  HELP ": "You can type:",
        "/career nonsense <!channel> & more": "I don't know “nonsense <!channel> & more”. Here is what I understand:",
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
    await ana.type("/career prep")  # nothing to prepare yet: the request to pair opens instead
    await expect(ana.modal).to_contain_text("With whom?")


async def test_E1_either_side_starts_and_the_other_decides(stage: Stage):
    """A manager may start as well; a request can be taken back or declined, and the asker hears of a no."""
    ben, chiyo = await stage.enter("Ben"), await stage.enter("Chiyo")
    await asks(ben, "Chiyo", "The manager")
    await expect(chiyo.messages).to_have_count(0)  # it is 17:00 in Tokyo
    await expect(await ben.opens_home()).to_contain_text("You asked, and Chiyo has not answered yet.")
    await ben.press("Take it back", ben.home)
    await expect(ben.home).to_contain_text("Start career discussions")
    await asks(ben, "Chiyo", "The manager")
    await waits_until(chiyo, "Ben Okafor would like to have regular career discussions with you about your growth.")
    request = chiyo.message("Ben Okafor would like to have")
    assert await chiyo.clock_says() == "Tue 8 Sep, 09:00"
    await chiyo.press("Say no", request)
    await chiyo.sees_modal("Say no")
    await chiyo.submit()
    await chiyo.sees_modal("Answered", "You said no. I'll let Ben know.")
    await chiyo.close_all()
    await waits_until(ben, "Chiyo said no.")
    await asks(chiyo, "Ben")
    await ben.reads("Chiyo Tanaka would like to have regular career discussions with you about their growth.")
    await expect(chiyo.message("would like to have")).to_have_count(1)


async def test_E1_two_press_yes_in_different_places(stage: Stage):
    """A request that was accepted on the App Home is no longer open in the message, which says so kindly."""
    ana, ben = await stage.enter("Ana"), await stage.enter("Ben")
    await asks(ana, "Ben")
    request = await ben.reads("Ana Ruiz would like to have")
    await ben.opens_home()
    await ben.press("Yes, let's", ben.home)
    await expect(ben.home).to_contain_text("Find a time to talk with Ana.")
    await ben.reads("Ana Ruiz would like to have")
    await ben.press("Yes, let's", request)
    await ben.reads("You have already answered that.")
    await ana.reads("Ben said yes.")
    await expect(ana.messages).to_have_count(1)
