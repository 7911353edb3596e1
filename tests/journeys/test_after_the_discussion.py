"""After the talk: wrapped up by one of the two, thanked for in writing, and every promise remembered."""

import pytest
from playwright.async_api import expect

from tests.support.stage import Stage
from tests.support.steps import FIRST_DISCUSSION, begun, sets_date, waits_until, wraps_up

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HERS = ("Draft a plan for the renewal", "Ana (employee)", "2026-10-12")
HIS = ("Introduce Ana to the Nordwind board", "Ben (manager)", "2026-10-06")


async def test_E9_C9_a_wrap_up_ends_in_commitments_or_none_on_purpose(stage: Stage):
    """Each thing that is missing or contradicts itself is told beside its field; what is handed in both read alike."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    await waits_until(ben, "How did it go with Ana?")
    assert await ben.clock_says() == "Fri 25 Sep, 11:10"
    await ben.press("How did it go?", ben.message("How did it go with Ana?"))
    await ben.sees_modal("How did it go?", "Your talk with Ana on Fri 25 Sep at 10:00.")
    await ben.choose("happened", "Yes, we talked")
    await ben.sees_modal("How did it go?", "When do you talk next?")
    await ben.is_refused(
        {"no_commitments": "Please write one promise at least", "next_later": "Please choose the next date"}
    )
    await ben.tick("no_commitments", "No promises this time, on purpose")
    await ben.fill(
        {"commitment.0.text": HERS[0], "commitment.1.due_on": "2026-10-06", "next_starts_at": "2026-09-25 10:00"}
    )
    await ben.is_refused(
        {
            "commitment.0.due_on": "By when? A promise without a date is easily forgotten.",
            "commitment.1.text": "This date has no promise yet.",
            "no_commitments": "There is a promise above.",
            "next_starts_at": "Fri 25 Sep at 10:00 has passed.",
        }
    )
    await ben.untick("no_commitments", "No promises this time, on purpose")
    await ben.fill({"commitment.0.due_on": HERS[2], "commitment.1.text": HIS[0], "next_starts_at": "2026-10-28 10:00"})
    await ben.fill(
        {"notes": "Ana leads the renewal.", "cadence": "Every month", "place": "On a walk", "notes_by": "Ana"}
    )
    await ben.submit()
    await ben.sees_modal(
        "Wrapped up", HERS[0], HIS[0], "Ana leads the renewal.", "You talk again on Wed 28 Oct at 10:00"
    )
    await ben.close_all()
    news = await ana.reads(
        "Ben wrapped up your career discussion. 1 promise of yours in it. You talk again on Wed 28 Oct"
    )
    await ana.press("See what was agreed", news)
    await ana.sees_modal("Promises", HERS[0], HIS[0], "Ana leads the renewal.")
    await ana.close_all()
    await ana.type("/career brief")
    await ana.sees_modal("Your brief", "Wed 28 Oct at 11:00 for you, 10:00 for Ben (London), 60 minutes, on a walk")


async def test_E17_the_second_to_wrap_up_sees_what_stands_and_loses_no_word(stage: Stage):
    """While Ana still writes, Ben hands in: she is told so, and finds what she had typed beside what was agreed."""
    ana, ben = await begun(stage)
    await sets_date(ana)
    await waits_until(ana, "How did it go with Ben?")
    await ana.press("How did it go?", ana.message("How did it go with Ben?"))
    await ana.choose("happened", "Yes, we talked")
    await ana.fill({"notes": "We should meet more often."})
    await wraps_up(ben, [HERS])
    await ana.tick("no_commitments", "No promises this time, on purpose")
    await ana.tick("next_later", "Decide later; remind us")
    await ana.submit()
    await expect(ana.modal).to_contain_text("Ben has wrapped this talk up already.")
    await ana.close_all()
    await ana.press("How did it go?", ana.message("How did it go with Ben?"))
    await ana.sees_modal("Wrapped up", HERS[0], "What you had typed, to copy from", "We should meet more often.")
    await expect(ana.message("wrapped up your career discussion")).to_have_count(1)


async def test_E12_the_thank_you_names_what_was_promised_and_needs_two_keys(stage: Stage):
    """On the second working day a drafted note names the deliverables; the manager gets it once and confirms them."""
    ana, ben = await begun(stage)
    await ana.type("/career thanks")
    await ana.reads("There has been no talk yet.")
    await sets_date(ana, FIRST_DISCUSSION)
    await waits_until(ana, "How did it go with Ben?")
    await wraps_up(ana, [HERS, HIS])
    await waits_until(ana, "I have drafted one.")
    assert await ana.clock_says() == "Tue 29 Sep, 09:00"
    await ana.press("Read and send it", ana.message("I have drafted one."))
    await ana.sees_modal("Say thank you")
    draft = await ana.entered("note")
    assert "Dear Ben," in draft
    assert f"{HERS[0]} (by Mon 12 Oct)" in draft
    assert HIS[0] not in draft
    await ana.fill({"note": draft + "\nThe walk was a *good* idea <3"})
    await ana.close()
    await ana.type("/career thanks")
    await ana.sees_modal("Say thank you", "I kept what you had typed")
    await ana.submit()
    await ana.sees_modal("Sent")
    await ana.close_all()
    await expect(ben.message("sent you a note")).to_have_count(0)  # it is 08:00 in London
    await waits_until(ben, "Ana sent you a note after your talk.")
    note = ben.message("sent you a note")
    await expect(note).to_contain_text("The walk was a")
    await expect(note).to_contain_text("idea <3")
    assert await ben.clock_says() == "Tue 29 Sep, 09:00"
    await ben.press("Confirm the deliverables", note)
    await expect(note).to_contain_text("Confirmed: 1 commitment. Ana sees it.")
    await ana.type("/career commitments")
    await ana.sees_modal("Promises", "confirmed by both of you")
    await ana.close_all()
    await ana.move_clock("week")
    await expect(ana.message("thank-you")).to_have_count(1)


async def test_E13_commitments_are_reminded_of_kept_and_given_new_dates(stage: Stage):
    """Reminded before the date, asked kindly after it; done from the message, or a new date that both agree on."""
    ana, ben = await begun(stage)
    await ana.type("/career commitments")
    await ana.sees_modal("Promises", "Nothing is open between you and Ben.")
    await ana.fill({"mine0.text": "Read about delegating"})
    await ana.is_refused({"mine0.due_on": "By when?"})
    await ana.fill({"mine0.due_on": "2026-09-07"})
    await ana.is_refused({"mine0.due_on": "Mon 7 Sep has come already."})
    await ana.fill({"mine0.due_on": "2026-09-16"})
    await ana.submit()
    await ana.sees_modal("Promises", "1 open promise between you and Ben.")
    await ana.fill({"mine1.text": "Shadow a negotiation", "mine1.due_on": "2026-09-17"})
    await ana.submit()
    await ana.sees_modal("Promises", "2 open promises between you and Ben.")
    await ana.close_all()
    await expect(ana.message("is due on")).to_have_count(0)
    await waits_until(ana, "A promise of yours to Ben is due on Wed 16 Sep. Is it on its way?")
    reminder = ana.message("is due on Wed 16 Sep")
    await ana.press("Done", reminder)
    await expect(reminder).to_contain_text("Done. Well kept.")
    await waits_until(ana, "A promise of yours to Ben was due on Thu 17 Sep. Done, or shall we find a date that works?")
    assert await ana.clock_says() == "Fri 18 Sep, 09:00"
    await expect(ana.message("Wed 16 Sep")).to_have_count(1)
    await ana.press("New date", ana.message("was due on Thu 17 Sep"))
    await ana.sees_modal("A new date")
    await ana.is_refused({"due_on": "This field is required"})
    await ana.fill({"due_on": "2026-09-18"})
    await ana.is_refused({"due_on": "Fri 18 Sep has come already."})
    await ana.fill({"due_on": "2026-09-30", "reason": "The negotiation moved"})
    await ana.submit()
    await ana.sees_modal("Asked")
    await ana.close_all()
    await waits_until(ben, "Ana would like to change a promise: Wed 30 Sep instead of Thu 17 Sep.")
    await ben.press("See and answer", ben.message("would like to change a promise"))
    await ben.sees_modal("A change", "As agreed, by Thu 17 Sep", "As asked, by Wed 30 Sep", "The negotiation moved")
    await ben.press("Agree")
    await ben.sees_modal("Agreed", "the new date is Wed 30 Sep. I will tell Ana.")
    await ben.close_all()
    await ana.reads("Ben agreed: the new date is Wed 30 Sep.")
    await expect(await ana.opens_home()).to_contain_text("Kept lately")
    await expect(ana.home).to_contain_text("You: Shadow a negotiation")
    await expect(ana.home).to_contain_text("You: Read about delegating (Tue 15 Sep)")
