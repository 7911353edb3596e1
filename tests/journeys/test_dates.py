"""Dates: refused, warned about, set, moved and cancelled; and the brief on the day before, on each one's own clock."""

import re

import pytest
from playwright.async_api import expect

from tests.support.stage import Stage
from tests.support.steps import FIRST_DISCUSSION, asks, begun, says_yes, sets_date, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_E10_a_date_is_refused_warned_about_and_moved(stage: Stage):
    """A past time is refused, an odd one asked about once, and the other side hears of each date on their own clock."""
    ana, ben = await begun(stage)
    await ana.type("/career schedule")
    await ana.sees_modal("Find a time", "Your career discussion with Ben has no date yet (due by Mon 28 Sep).")
    await ana.is_refused({"starts_at": "This field is required"})
    await ana.fill({"starts_at": "2026-09-01 10:00"})
    await ana.is_refused({"starts_at": "Tue 1 Sep at 10:00 has passed. Please choose a time to come."})
    await ana.fill({"starts_at": "2028-09-01 10:00"})
    await ana.is_refused({"starts_at": "That is more than a year away."})
    await ana.fill({"starts_at": "2026-09-24 17:00"})
    await ana.submit()
    await ana.sees_modal(
        "Find a time", "Thu 24 Sep at 17:00 is outside your working hours.", "Press the button once more"
    )
    await expect(ana.modal).not_to_contain_text("Ben's working hours")  # it is 16:00 in London
    await ana.hand_in()
    news = await ben.reads("Ana set your career discussion to Thu 24 Sep at 16:00 for you, 17:00 for Ana (Madrid)")
    await ben.press("Another time", news)
    await ben.sees_modal("Find a time", "You and Ana talk on Thu 24 Sep at 16:00 for you")
    await ben.fill({"starts_at": "2026-09-25 10:00"})
    await expect(ben.modal).to_contain_text("Fri 25 Sep at 10:00 for you, 11:00 for Ana (Madrid)")
    await ben.hand_in()
    await ana.reads(
        "Ben moved your career discussion to Fri 25 Sep at 11:00 for you, 10:00 for Ben (London), 60 minutes."
    )
    await expect(ana.message("career discussion to")).to_have_count(1)


async def test_E10_a_cancelled_discussion_is_followed_by_the_next_one(stage: Stage):
    """Cancelling takes a reason; the other side hears of it, can read why, and a new date is all the next one needs."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    await ben.type("/career schedule")
    await ben.sees_modal("Find a time")
    await ben.press("Cancel this talk")
    await ben.sees_modal("Cancel this talk", "on Fri 25 Sep at 10:00")
    await ben.is_refused({"reason": "This field is required"})
    await ben.fill({"reason": "I am at the trade fair <all> week"})
    await ben.submit()
    await ben.sees_modal("Cancelled", "I will tell Ana.", "it is due by Mon 28 Sep")
    await ben.close()
    await expect(ben.modal).to_be_hidden()
    news = await ana.reads("Ben cancelled your career discussion on Fri 25 Sep at 11:00.")
    await ana.press("Find a time", news)
    await ana.sees_modal("Find a time", "I am at the trade fair <all> week")
    await ana.fill({"starts_at": "2026-09-29 11:00"})
    await ana.hand_in()
    await ben.reads("Ana set your career discussion to Tue 29 Sep at 10:00 for you")


async def test_E10_two_discussions_never_overlap(stage: Stage):
    """A time at which either already has another career discussion is refused beside the field, naming no third one."""
    ana, ben = await begun(stage)
    chiyo = await stage.enter("Chiyo")
    await asks(ben, "Chiyo", "The manager")
    await waits_until(chiyo, "Ben Okafor would like to talk")
    await says_yes(chiyo, "Ben")
    await sets_date(ana)
    await chiyo.type("/career schedule")
    await chiyo.sees_modal("Find a time")
    await chiyo.fill({"starts_at": "2026-09-25 18:30"})  # 10:30 in London
    await chiyo.is_refused({"starts_at": "Ben has another career discussion at that time."})
    await expect(chiyo.modal).not_to_contain_text("Ana")


async def test_E16_the_brief_comes_the_working_day_before_at_nine_for_each(stage: Stage):
    """For a talk on a Monday both get the brief once, on the Friday before, at 09:00 of their own zone."""
    dev, chiyo = await stage.enter("Dev"), await stage.enter("Chiyo")
    await asks(dev, "Chiyo")
    await waits_until(chiyo, "Dev Patel would like to talk")
    await says_yes(chiyo, "Dev")
    await waits_until(dev, "Chiyo said yes.")
    await dev.type("/career schedule")
    await dev.fill({"starts_at": "2026-09-28 19:00"})  # Tuesday 08:00 in Tokyo
    await dev.submit()
    await dev.sees_modal("Find a time", "Tue 29 Sep at 08:00 is outside Chiyo's working hours.")
    await dev.hand_in()
    await waits_until(chiyo, "So far: 0 points on the agenda")
    assert await chiyo.clock_says() == "Mon 28 Sep, 09:00"
    await expect(dev.message("So far:")).to_have_count(1)
    assert "Fri 25 Sep, 09:00: You talk with Chiyo on Mon 28 Sep at 19:00." in "\n".join(await dev.conversation())
    await dev.press("Open the brief", dev.message("So far:"))
    await dev.sees_modal("Your brief", "Open: ", "Agenda", "No points yet.", "Open promises", "None.")
    await dev.close_all()
    await dev.move_clock("day")
    await expect(dev.message("So far:")).to_have_count(1)
    await expect(chiyo.message("So far:")).to_have_count(1)


async def test_E15_points_are_proposed_answered_reordered_and_left_for_later(stage: Stage):
    """The employee is asked nine days ahead; the manager accepts, amends, adds and leaves one for the talk after."""
    ana, ben = await begun(stage)
    await sets_date(ana, FIRST_DISCUSSION)
    await waits_until(ana, "Your career discussion with Ben is on Fri 25 Sep at 11:00.")
    assert await ana.clock_says() == "Wed 16 Sep, 09:00"
    await ana.press("Propose points", ana.message("What would you like to talk about?"))
    await ana.sees_modal("Agenda", "Nothing here yet.")
    await ana.is_refused({"new_items": "Please write at least one point"})
    await ana.fill(
        {"new_items": "My next step\nHow you see my last half year\n\nA course on <negotiation>\nMy next step"}
    )
    await ana.hand_in()
    await waits_until(ben, "Ana proposed 3 points for your talk on Fri 25 Sep at 10:00.")
    assert await ben.clock_says() == "Fri 18 Sep, 09:00"
    await ben.press("See the agenda", ben.message("Ana proposed 3 points"))
    await ben.sees_modal("Agenda", "A course on <negotiation>")
    await ben.choose_at_point("My next step", "Accept")
    await ben.sees_modal("Agenda", "from Ana · accepted")
    await ben.choose_at_point("How you see my last half year", "Amend")
    await ben.sees_modal("Amend a point")
    await ben.fill({"text": "How we both see your last half year"})
    await ben.submit()
    await ben.sees_modal("Agenda", "How we both see your last half year", "was: “How you see my last half year”")
    await ben.fill({"new_items": "Your feedback for me"})
    await ben.choose_at_point("A course on <negotiation>", "Leave for the talk after")
    await ben.sees_modal("Agenda", "1 point waits for the talk after this one.")
    assert await ben.entered("new_items") == "Your feedback for me"
    await ben.hand_in()
    await ana.type("/career agenda")
    await expect(ana.modal).to_contain_text(in_order("My next step", "How we both see", "Your feedback for me"))
    await ana.choose_at_point("My next step", "Move down")
    await expect(ana.modal).to_contain_text(in_order("How we both see", "My next step", "Your feedback for me"))
    await ana.close_all()
    await ana.move_clock("week")
    await expect(ana.message("A week from now you talk")).to_have_count(0)  # it was proposed in time


def in_order(*texts: str) -> re.Pattern[str]:
    """A pattern of texts that stand one after the other."""
    return re.compile(".*".join(map(re.escape, texts)), re.DOTALL)
