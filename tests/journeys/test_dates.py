"""Finding a time: a date is rejected, warned about, set, and moved by the other side."""

import pytest
from playwright.async_api import expect

from tests.support.stage import Stage
from tests.support.steps import begun

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_E10_a_date_is_rejected_warned_about_and_moved(stage: Stage):
    """A past time is rejected, an odd one is pointed out, and the other side reads each date on their own clock."""
    ana, ben = await begun(stage)
    await ana.type("/career schedule")
    await ana.sees_modal("Find a time", "Your career discussion with Ben has no date yet (due by Mon 28 Sep).")
    await ana.is_rejected({"starts_at": "This field is required"})
    await ana.fill({"starts_at": "2026-09-01 10:00"})
    await ana.is_rejected({"starts_at": "That time has passed. Please pick a time in the future."})
    await ana.fill({"starts_at": "2028-09-01 10:00"})
    await ana.is_rejected({"starts_at": "That is more than a year away."})
    await ana.fill({"starts_at": "2026-09-24 17:00"})
    await ana.sees_modal("Find a time", "Thu 24 Sep at 17:00 is outside your working hours. You can still choose it.")
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
