"""After the discussion: wrapped up by one of the two, followed by a written thank-you, and every commitment kept."""

import pytest
from playwright.async_api import expect

from tests.support.stage import PHONE, Actor, Stage
from tests.support.steps import (
    FIRST_DISCUSSION,
    NEXT_DISCUSSION,
    begun,
    in_order,
    proposes,
    sets_date,
    waits_until,
    wraps_up,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONG_ITEM = "How the renewal and my studies fit into one week from January on, and what others could take over"
HERS = ("Draft a plan for the renewal", "Ana (employee)", "2026-10-12")
HIS = ("Introduce Ana to the Nordwind board", "Ben (manager)", "2026-10-06")


async def test_E9_C9_a_wrap_up_ends_in_commitments_or_none_on_purpose(stage: Stage):
    """What is missing or contradictory is named beside its field; both read the same of what was submitted."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    await waits_until(ben, "How did it go with Ana?")
    assert await ben.clock_says() == "Fri 25 Sep, 11:10"
    await ben.press("How did it go?", ben.message("How did it go with Ana?"))
    await ben.sees_modal("How did it go?", "Your discussion with Ana on Fri 25 Sep at 10:00.")
    await ben.choose("happened", "Yes, we met")
    await ben.sees_modal("How did it go?", "Next date, or decide later", "What will Ana do?", "What will Ben do?")
    await ben.is_rejected(
        {"no_commitments": "Please add a commitment", "next_later": "Please pick the next date above"}
    )
    await ben.tick("no_commitments", "Nothing to do this time")
    await ben.fill(
        {"commitment.0.text": HERS[0], "commitment.1.due_on": "2026-10-06", "next_starts_at": "2026-09-25 10:00"}
    )
    await ben.is_rejected(
        {
            "commitment.0.text": "By when? Please pick a day.",
            "commitment.1.text": "This date has no commitment yet.",
            "no_commitments": "There is a commitment above.",
            "next_starts_at": "That time has passed.",
        }
    )
    await ben.untick("no_commitments", "Nothing to do this time")
    await ben.fill({"commitment.0.due_on": HERS[2], "commitment.1.text": HIS[0], "next_starts_at": "2026-10-28 10:00"})
    await ben.fill(
        {"notes": "Ana leads the renewal.", "cadence": "Every month", "place": "On a walk", "notes_by": "Ana"}
    )
    await ben.submit()
    await ben.sees_modal(
        "Wrapped up", HERS[0], HIS[0], "Ana leads the renewal.", "You meet again on Wed 28 Oct at 10:00"
    )
    await ben.close_all()
    news = await ana.reads(
        "Ben wrapped up your career discussion. One of the commitments is yours. You talk again on Wed 28 Oct"
    )
    await ana.press("See what was agreed", news)
    await ana.sees_modal("Commitments", HERS[0], HIS[0], "Ana leads the renewal.")
    await ana.close_all()
    await ana.type("/career brief")
    await ana.sees_modal(
        "Your brief", "Wed 28 Oct at 11:00 for you, 10:00 for Ben (London), 60 minutes, on a walk", "You take notes."
    )


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
    news = await ana.reads("Ben added to the wrap-up of your discussion on Fri 25 Sep. There are notes from Ben.")
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


async def test_E12_the_thank_you_names_the_deliverables_and_both_confirm_them(stage: Stage):
    """On the second working day a drafted note names the deliverables; the manager gets it once and confirms them."""
    ana, ben = await begun(stage)
    await ana.type("/career thanks")
    await ana.reads("There has been no discussion yet.")
    await sets_date(ana, FIRST_DISCUSSION)
    await waits_until(ana, "How did it go with Ben?")
    await wraps_up(ana, [HERS, HIS])
    await waits_until(ana, "Want to thank Ben?")
    assert await ana.clock_says() == "Tue 29 Sep, 09:00"
    await ana.press("Read and send it", ana.message("Want to thank Ben?"))
    await ana.sees_modal("Say thank you")
    draft = await ana.entered("note")
    assert "Dear Ben," in draft
    assert f"{HERS[0]} (by Mon 12 Oct)" in draft
    assert HIS[0] not in draft
    await ana.fill({"note": draft + "\nThe walk was a *good* idea <3"})
    await ana.close()
    await ana.type("/career thanks")
    await ana.sees_modal("Say thank you", "Here is your draft")
    await ana.submit()
    await ana.sees_modal("Sent")
    await ana.close_all()
    await expect(ben.message("sent you a note")).to_have_count(0)  # it is 08:00 in London
    await waits_until(ben, "Ana sent you a note after your discussion.")
    note = ben.message("sent you a note")
    await expect(note).to_contain_text("The walk was a")
    await expect(note).to_contain_text("idea <3")
    assert await ben.clock_says() == "Tue 29 Sep, 09:00"
    await ben.press("Confirm", note)
    await expect(note).to_contain_text("Confirmed: 1 commitment. Ana can see it.")
    await ana.type("/career commitments")
    await ana.sees_modal("Commitments", "confirmed by both of you")
    await ana.close_all()
    await ana.move_clock("week")
    await expect(ana.message("Want to thank Ben?")).to_have_count(1)


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
    await ana.reads("Ben agreed: the date is now Wed 30 Sep.")
    await expect(await ana.opens_home()).to_contain_text("Recently kept")
    await expect(ana.home).to_contain_text("You: Shadow a negotiation")
    await expect(ana.home).to_contain_text("You: Read about delegating (Tue 15 Sep)")
