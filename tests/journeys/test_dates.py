"""Dates: rejected, warned about, set, moved and cancelled; and the brief of the day before, on each person's clock."""

import pytest
from playwright.async_api import expect

from tests.support.stage import Stage
from tests.support.steps import FIRST_DISCUSSION, asks, begun, in_order, proposes, says_yes, sets_date, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_E10_a_date_is_rejected_warned_about_and_moved(stage: Stage):
    """A past time is rejected, an odd one asked about once, and the other side reads each date on their own clock."""
    ana, ben = await begun(stage)
    await ana.type("/career schedule")
    await ana.sees_modal("Find a time", "Your career discussion with Ben has no date yet (due by Mon 28 Sep).")
    await ana.is_rejected({"starts_at": "This field is required"})
    await ana.fill({"starts_at": "2026-09-01 10:00"})
    await ana.is_rejected({"starts_at": "That time has passed. Please pick a time in the future."})
    await ana.fill({"starts_at": "2028-09-01 10:00"})
    await ana.is_rejected({"starts_at": "That is more than a year away."})
    await ana.fill({"starts_at": "2026-09-24 17:00"})
    await ana.submit()
    await ana.sees_modal(
        "Find a time", "Thu 24 Sep at 17:00 is outside your working hours.", "Press the button again to keep this time."
    )
    await expect(ana.modal).not_to_contain_text("Ben's working hours")  # it is 16:00 in London
    await ana.submit()
    await ana.sees_modal("Date set", "You and Ben meet on Thu 24 Sep at 17:00", "I'll let Ben know.")
    await ana.close_all()
    news = await ben.reads(
        "Ana set a date for your career discussion: Thu 24 Sep at 16:00 for you, 17:00 for Ana (Madrid), 60 minutes."
    )
    await ben.press("Another time", news)
    await ben.sees_modal("Find a time", "You and Ana meet on Thu 24 Sep at 16:00 for you")
    await ben.fill({"starts_at": "2026-09-25 10:00"})
    await expect(ben.modal).to_contain_text("Fri 25 Sep at 10:00 for you, 11:00 for Ana (Madrid)")
    await ben.submit()
    await ben.sees_modal("Moved", "I'll let Ana know.")
    await ben.close_all()
    await ana.reads(
        "Ben moved your career discussion from Thu 24 Sep at 17:00 "
        "to Fri 25 Sep at 11:00 for you, 10:00 for Ben (London), 60 minutes."
    )
    await expect(ana.message("your career discussion from")).to_have_count(1)


async def test_E10_a_cancelled_discussion_is_followed_by_the_next_one(stage: Stage):
    """Cancelling takes a reason; the other side hears of it and reads why, and the next one only needs a date."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    await ben.type("/career schedule")
    await ben.sees_modal("Find a time")
    await ben.press("Cancel this discussion")
    await ben.sees_modal("Cancel the discussion", "on Fri 25 Sep at 10:00")
    await ben.is_rejected({"reason": "This field is required"})
    await ben.fill({"reason": "I am at the trade fair <all> week"})
    await ben.submit()
    await ben.sees_modal("Cancelled", "I'll let Ana know.", "due by Mon 28 Sep")
    await ben.close()
    await expect(ben.modal).to_be_hidden()
    news = await ana.reads("Ben cancelled your career discussion on Fri 25 Sep at 11:00.")
    await ana.press("Find a time", news)
    await ana.sees_modal("Find a time", "I am at the trade fair <all> week")
    await expect(ana.modal.get_by_role("button", name="Set this time")).to_have_count(3)
    await ana.modal.get_by_role("button", name="Set this time: Mon 28 Sep at 10:00").click()
    await ana.sees_modal("Date set", "You and Ben meet on Mon 28 Sep at 10:00 for you, 09:00 for Ben (London)")
    await ana.press("Agenda")
    await ana.sees_modal("Agenda", "Nothing here yet.")
    await ana.close_all()
    await ben.reads("Ana set a date for your career discussion: Mon 28 Sep at 09:00 for you")


async def test_E10_two_discussions_never_overlap(stage: Stage):
    """A time at which either has another career discussion is rejected beside the field; no third person is named."""
    ana, ben = await begun(stage)
    chiyo = await stage.enter("Chiyo")
    await asks(ben, "Chiyo", "The manager")
    await waits_until(chiyo, "Ben Okafor would like to have")
    await says_yes(chiyo, "Ben")
    await sets_date(ana)
    await chiyo.type("/career schedule")
    await chiyo.sees_modal("Find a time")
    await chiyo.fill({"starts_at": "2026-09-25 18:30"})  # 10:30 in London
    await chiyo.is_rejected({"starts_at": "Ben has another career discussion at that time."})
    await expect(chiyo.modal).not_to_contain_text("Ana")


async def test_E16_the_brief_comes_the_working_day_before_at_nine_for_each(stage: Stage):
    """For a discussion on a Monday each gets the brief once, on their working day before, at 09:00 of their zone."""
    dev, chiyo = await stage.enter("Dev"), await stage.enter("Chiyo")
    await asks(dev, "Chiyo")
    await waits_until(chiyo, "Dev Patel would like to have")
    await says_yes(chiyo, "Dev")
    await waits_until(dev, "Chiyo said yes.")
    await dev.type("/career schedule")
    await dev.fill({"starts_at": "2026-09-28 19:00"})  # Tuesday 08:00 in Tokyo
    await dev.submit()
    await dev.sees_modal("Find a time", "Tue 29 Sep at 08:00 is outside Chiyo's working hours.")
    await dev.submit()
    await dev.sees_modal("Date set")
    await dev.close_all()
    await waits_until(chiyo, "You talk with Dev tomorrow (Tue 29 Sep) at 08:00.")
    assert await chiyo.clock_says() == "Mon 28 Sep, 09:00"
    await expect(dev.message("You talk with Chiyo")).to_have_count(1)
    assert "Fri 25 Sep, 09:00: You talk with Chiyo on Mon 28 Sep at 19:00." in "\n".join(await dev.conversation())
    await dev.press("Open the brief", dev.message("You talk with Chiyo"))
    await dev.sees_modal("Your brief", "Open: ", "Agenda", "No items yet.", "Open commitments", "None.")
    await dev.close_all()
    await dev.move_clock("day")
    await expect(dev.message("You talk with Chiyo")).to_have_count(1)
    await expect(chiyo.message("You talk with Dev")).to_have_count(1)


async def test_E15_items_are_proposed_answered_reordered_and_left_for_later(stage: Stage):
    """The employee is asked nine days ahead; the manager accepts, rewords, adds and leaves one item for next time."""
    ana, ben = await begun(stage)
    await sets_date(ana, FIRST_DISCUSSION)
    await waits_until(ana, "Your career discussion with Ben is on Fri 25 Sep at 11:00.")
    assert await ana.clock_says() == "Wed 16 Sep, 09:00"
    await ana.press("Propose agenda items", ana.message("What would you like to talk about?"))
    await ana.sees_modal("Agenda", "Nothing here yet.")
    await ana.is_rejected({"new_items": "This field is required"})
    await proposes(
        ana, "My next step", "How you see my last half year", "", "A course on <negotiation>", "My next step"
    )  # fmt: skip
    await waits_until(ben, "Ana proposed 3 agenda items for your discussion on Fri 25 Sep at 10:00.")
    assert await ben.clock_says() == "Fri 18 Sep, 09:00"
    await ben.press("See the agenda", ben.message("Ana proposed 3 agenda items"))
    await ben.sees_modal("Agenda", "A course on <negotiation>")
    await ben.choose_for_item("My next step", "Accept")
    await ben.sees_modal("Agenda", "Ana's item · accepted by you")
    await ben.choose_for_item("How you see my last half year", "Reword")
    await ben.sees_modal("Reword an item")
    await ben.fill({"text": "How we both see your last half year"})
    await ben.submit()
    await ben.sees_modal("Agenda", "How we both see your last half year", "First: “How you see my last half year”")
    await ben.fill({"new_items": "Your feedback for me"})
    await ben.choose_for_item("A course on <negotiation>", "Next time")
    await ben.sees_modal("Agenda", "That one waits for the discussion after this one. I'll let Ana know.")
    assert await ben.entered("new_items") == "Your feedback for me"
    await ben.submit()
    await ben.sees_modal("Agenda", "1 new item is on the agenda.")
    await ben.close_all()
    await ana.type("/career agenda")
    await expect(ana.modal).to_contain_text(in_order("My next step", "How we both see", "Your feedback for me"))
    await ana.choose_for_item("My next step", "Move down")
    await expect(ana.modal).to_contain_text(in_order("How we both see", "My next step", "Your feedback for me"))
    await expect(ana.modal).to_contain_text("A course on <negotiation> (yours)")
    await ana.close_all()
    await waits_until(ana, "Ben accepted one of your agenda items. Ben reworded one of your agenda items.")
    assert await ana.clock_says() == "Mon 21 Sep, 09:00"
    await expect(ana.message("Ben reworded one")).to_contain_text("Left for next time: A course on <negotiation>")
    await ana.move_clock("week")
    await expect(ana.message("Today is a good day to propose")).to_have_count(0)  # it was proposed in time
