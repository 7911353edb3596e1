"""After the discussion: wrapped up by one of the two, followed by a written thank-you, and every commitment kept."""

import pytest
from playwright.async_api import expect

from tests.support.stage import PHONE, Actor, Stage
from tests.support.steps import (
    NEXT_DISCUSSION,
    begun,
    in_order,
    proposes,
    sets_date,
    waits_until,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONG_ITEM = "How the renewal and my studies fit into one week from January on, and what others could take over"
HERS = ("Draft a plan for the renewal", "Ana (employee)", "2026-10-12")
HIS = ("Introduce Ana to the Nordwind board", "Ben (manager)", "2026-10-06")


async def test_E11_the_second_to_wrap_up_adds_to_what_the_first_wrote(stage: Stage):
    """Ana wraps up on her phone while Ben writes: his form becomes one to add to hers, and both have everything."""
    _, ben = await begun(stage)
    ana = await stage.enter("Ana", viewport=PHONE, is_mobile=True, has_touch=True)
    await sets_date(ana)
    await proposes(ana, "My next step", LONG_ITEM, "Pay")
    await waits_until(ana, "How did it go with Ben?")
    await ben.press("How did it go?", ben.message("How did it go with Ana?"))
    await ben.choose("happened", "Yes, we met")
    await ben.fill({"notes": "Ben's view", "commitment.1.text": HIS[0], "commitment.1.due_on": HIS[2]})
    await ana.press("How did it go?", ana.message("How did it go with Ben?"))
    await ana.choose("happened", "Yes, we met")
    await ana.sees_modal("How did it go?", "How do you want to meet from now on?")
    assert await height_above(ana, "How do you want to meet from now on?") <= 1.5 * PHONE["height"]
    await ana.fill(
        {
            "notes": "Ana's view", "commitment.0.text": HERS[0], "commitment.0.due_on": HERS[2],
            "next_starts_at": NEXT_DISCUSSION,
        }
    )  # fmt: skip
    await ana.submit()
    await ana.sees_modal("Wrapped up")
    await ben.tick("next_later", "Decide later; remind us")
    await ben.submit()
    await ben.sees_modal(
        "Add to the wrap-up", "Ana wrapped up your discussion on Fri 25 Sep first.", HERS[0], "Ana's view"
    )
    assert await ben.entered("notes") == "Ben's view"
    assert await ben.entered("commitment.1.text") == HIS[0]
    await ben.submit()
    await ben.sees_modal("Wrapped up", "Added: your notes and 1 commitment. I'll let Ana know.", HERS[0], HIS[0])
    await ben.close_all()
    await ana.close_all()
    added = "Ben added to the wrap-up of your discussion on Fri 25 Sep. There are notes from Ben."
    await waits_until(ana, added)  # the next morning: she has had messages today, and this one may wait
    news = await ana.reads(added)
    await ana.press("See what was agreed", news)
    await ana.sees_modal("Commitments", HERS[0], HIS[0], "Ana's view", "Ben's view")
    await ana.close_all()
    await ana.type("/career wrapup")
    await ana.sees_modal("Add to the wrap-up", "You wrapped up your discussion on Fri 25 Sep.", "Ben's view")
    await ana.press("We have met again")
    await ana.sees_modal("How did it go?", "is planned for Wed 28 Oct at 11:00, which is still to come.")
    assert await ana.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


async def height_above(actor: Actor, heading: str) -> float:
    """How many pixels of a form there are above one of its headings."""
    blocks = actor.modal.locator(".block")
    first, last = await blocks.first.bounding_box(), await blocks.filter(has_text=heading).last.bounding_box()
    assert first is not None
    assert last is not None
    return last["y"] - first["y"]


async def test_E13_commitments_get_reminders_and_are_kept_or_given_new_dates(stage: Stage):
    """A reminder comes before the date and a kind question after it: marked as done, or a new date both agree on."""
    ana, ben = await begun(stage)
    await ana.type("/career commitments")
    await ana.sees_modal("Commitments", "Nothing is open between you and Ben.")
    await ana.fill({"mine0.text": "Read about delegating"})
    await ana.is_rejected({"mine0.text": "By when?"})
    await ana.fill({"mine0.due_on": "2026-09-07"})
    await ana.is_rejected({"mine0.text": "That is today. Pick tomorrow or later."})
    await ana.fill({"mine0.due_on": "2026-09-16"})
    await ana.submit()
    await ana.sees_modal("Commitments", "1 open commitment between you and Ben.")
    await ana.fill({"mine1.text": "Shadow a negotiation", "mine1.due_on": "2026-09-16"})
    await ana.submit()
    await ana.sees_modal("Commitments", "2 open commitments between you and Ben.")
    await ana.close_all()
    await expect(ana.message("Here are")).to_have_count(0)
    await waits_until(ana, "Here are 2 of your commitments to Ben. How are they going?")
    reminder = ana.message("Here are 2 of your commitments")
    await ana.choose_for_item("Read about delegating", "Done", reminder)
    await expect(reminder).to_contain_text(in_order("Read about", "Marked as done.", "Shadow", "Due tomorrow (Wed 16"))
    await expect(reminder.get_by_role("button", name="More actions")).to_have_count(1)
    await waits_until(ana, "Your commitment to Ben was due on Wed 16 Sep. Done, or shall we find a date that works?")
    assert await ana.clock_says() == "Thu 17 Sep, 09:00"
    edited = in_order("Marked as done.", "Shadow", "There is a newer reminder below.")
    await expect(reminder).to_contain_text(edited, timeout=20_000)
    await expect(reminder.get_by_role("button", name="More actions")).to_have_count(0)
    await ana.press("New date", ana.message("was due on Wed 16 Sep"))
    await ana.sees_modal("A new date")
    await ana.is_rejected({"due_on": "This field is required"})
    await ana.fill({"due_on": "2026-09-17"})
    await ana.is_rejected({"due_on": "That is today. Pick tomorrow or later."})
    await ana.fill({"due_on": "2026-09-30", "reason": "The negotiation moved"})
    await ana.submit()
    await ana.sees_modal("Asked")
    await ana.close_all()
    await waits_until(ben, "Ana would like to move one of their commitments from Wed 16 Sep to Wed 30 Sep.")
    await ben.press("See and answer", ben.message("would like to move one of their commitments"))
    await ben.sees_modal("A change", "Now, by Wed 16 Sep", "Proposed, by Wed 30 Sep", "The negotiation moved")
    await ben.press("Agree")
    await ben.sees_modal("Agreed", "the new date is Wed 30 Sep. I'll let Ana know.")
    await ben.close_all()
    await ana.reads("Ben agreed to your change: it is due on Wed 30 Sep.")
    await expect(await ana.opens_home()).to_contain_text("Recently kept")
    await expect(ana.home).to_contain_text("You: Shadow a negotiation")
    await expect(ana.home).to_contain_text("You: Read about delegating (Tue 15 Sep)")
