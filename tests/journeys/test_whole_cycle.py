"""The whole cycle until the next discussion is open: every message that the two of them read, in full."""

import pytest
from playwright.async_api import expect

from cycle.preparations import Page
from tests.support.stage import PHONE, Actor, Stage
from tests.support.steps import begun, goes_to_page, proposes, saves_page, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PLAN, RESULTS, BOARD = "Draft a plan for the renewal", "Present the first results", "Introduce Ana to the board"

ANA_READS = [
    "Mon 7 Sep, 10:00: Ben said yes. Next, find a time for your first discussion and prepare for it.",
    (
        "Mon 7 Sep, 10:00: Ben moved your career discussion from Thu 24 Sep at 11:00 to Fri 25 Sep at 11:00 for you, "
        "10:00 for Ben (London), 60 minutes."
    ),
    "Wed 16 Sep, 09:00: Your career discussion with Ben is on Fri 25 Sep at 11:00. What would you like to talk about?",
    "Mon 21 Sep, 09:00: Ben accepted one of your agenda items.",
    (
        "Thu 24 Sep, 09:00: You talk with Ben tomorrow (Fri 25 Sep) at 11:00. There are 2 items on the agenda. "
        "You're prepared."
    ),
    "Fri 25 Sep, 12:10: How did it go with Ben? Two minutes now, and nothing you agreed gets lost.",
    ("Fri 25 Sep, 12:10: You talk with Ben on Mon 28 Sep at 11:00. There are 2 items on the agenda. You're prepared."),
    "Mon 28 Sep, 12:10: How did it go with Ben? Two minutes now, and nothing you agreed gets lost.",
    (
        "Mon 28 Sep, 12:10: Ben wrapped up your career discussion. 2 of the commitments are yours. "
        "You talk again on Wed 28 Oct at 11:00 for you, 10:00 for Ben (London)."
    ),
    "Wed 30 Sep, 09:00: Want to thank Ben? I've drafted a note with what you promised.",
    "Wed 30 Sep, 10:00: Ben read your note and confirmed what you promised.",
    "Mon 5 Oct, 09:00: Your commitment to Ben is due on Mon 12 Oct. Is it on its way?",
    "Tue 6 Oct, 09:00: Ben kept a commitment to you.",
    "Thu 8 Oct, 09:00: Your commitment to Ben is due on Thu 15 Oct. Is it on its way?",
    "Wed 14 Oct, 09:00: Your commitment to Ben is due tomorrow (Thu 15 Oct). Is it on its way?",
    "Fri 16 Oct, 09:00: Your commitment to Ben was due on Thu 15 Oct. Done, or shall we find a date that works?",
    "Fri 16 Oct, 10:00: Ben agreed to your change: it is due on Fri 30 Oct.",
    (
        "Mon 19 Oct, 09:00: Your career discussion with Ben is on Wed 28 Oct at 11:00. "
        "What would you like to talk about? One agenda item is left from last time."
    ),
]

BEN_READS = [
    (
        "Mon 7 Sep, 09:00: Ana Ruiz would like to have regular career discussions with you about their growth. "
        "They are separate from performance reviews: you both prepare, talk and follow up. "
        "What you write stays with you until you share it."
    ),
    (
        "Mon 7 Sep, 09:00: Ana set a date for your career discussion: Thu 24 Sep at 10:00 for you, "
        "11:00 for Ana (Madrid), 60 minutes."
    ),
    (
        "Fri 18 Sep, 09:00: Ana proposed 2 agenda items for your discussion on Fri 25 Sep at 10:00. "
        "You can accept them, reword them or add your own."
    ),
    (
        "Thu 24 Sep, 09:00: You talk with Ana tomorrow (Fri 25 Sep) at 10:00. There are 2 items on the agenda. "
        "You're prepared."
    ),
    "Fri 25 Sep, 11:10: How did it go with Ana? Two minutes now, and nothing you agreed gets lost.",
    (
        "Fri 25 Sep, 11:10: Ana moved your career discussion from Fri 25 Sep at 10:00 to Mon 28 Sep at 10:00 for you, "
        "11:00 for Ana (Madrid), 60 minutes."
    ),
    "Mon 28 Sep, 11:10: How did it go with Ana? Two minutes now, and nothing you agreed gets lost.",
    (
        "Wed 30 Sep, 09:00: Ana sent you a note after your discussion. "
        "2 commitments are waiting for you to confirm them."
    ),
    "Mon 5 Oct, 09:00: Your commitment to Ana is due tomorrow (Tue 6 Oct). Is it on its way?",
    "Tue 6 Oct, 09:00: Ana kept a commitment to you.",
    "Fri 16 Oct, 09:00: Ana would like to move one of their commitments from Thu 15 Oct to Fri 30 Oct.",
]


async def test_E17_the_cycle_ends_with_the_next_discussion_open(stage: Stage):
    """From `/career start` to the next discussion: every message once, at its moment, on each person's own clock."""
    ana, ben = await begun(stage)
    await _plan(ana, ben)
    await _prepare_the_agenda(ana, ben)
    await _discussion(ana, ben)
    await _follow_up(ana, ben)
    await _keep_commitments(ana, ben)
    await waits_until(ana, "on Wed 28 Oct at 11:00. What would you like to talk about?")
    for each in (await ana.opens_home(), await ben.opens_home()):
        await expect(each).to_contain_text("Next discussion: Wed 28 Oct at 1")
        await expect(each).to_contain_text("45 minutes.")
        await expect(each).to_contain_text(RESULTS)
        await expect(each).to_contain_text("Recently kept")
    await expect(ana.home).to_contain_text(f"You: {PLAN} (Mon 5 Oct)")
    await expect(ben.home).to_contain_text(f"You: {BOARD} (Mon 5 Oct)")
    assert await ana.conversation() == ANA_READS
    assert await ben.conversation() == BEN_READS


async def _plan(ana: Actor, ben: Actor) -> None:
    """Both prepare; she sets a date, and he moves it."""
    await ana.press("Prepare", ana.message("Ben said yes."))
    await ana.sees_modal("Prepare")
    await ana.choose("level", "Developing")
    await saves_page(ana, Page.DRIVES)
    await saves_page(ana, Page.OBJECTIVES)
    await goes_to_page(ana, Page.ANSWERS)
    await ana.fill({"achievements": "Closed the Nordwind deal", "roadblocks": "No time to learn"})
    await ana.tick("share.achievements", "Share this with Ben")
    await saves_page(ana, Page.SHARING)
    await ana.submit_and_close()
    await ana.press("Find a time", ana.message("Ben said yes."))
    await ana.fill({"starts_at": "2026-09-24 11:00"})
    await ana.submit()
    await ana.sees_modal("Date set")
    await ana.close_all()
    await ben.press("Prepare", await ben.reads("Ana set a date for your career discussion"))
    await ben.sees_modal("Prepare")
    await ben.choose("level", "Strong performer")
    await saves_page(ben, Page.DRIVES)
    await saves_page(ben, Page.QUESTIONS)
    await saves_page(ben, Page.ANSWERS)
    await ben.fill({"strengths": "Calm with difficult customers", "potential": "Regional lead"})
    await ben.tick("share.strengths", "Share this with Ana")
    await saves_page(ben, Page.SHARING)
    await ben.submit_and_close()
    await ben.press("Another time", ben.message("Ana set a date for your career discussion"))
    await ben.fill({"starts_at": "2026-09-25 10:00"})
    await ben.submit()
    await ben.sees_modal("Moved")
    await ben.close_all()
    await ana.reads("Ben moved your career discussion")


async def _prepare_the_agenda(ana: Actor, ben: Actor) -> None:
    """She proposes items, he answers, and both read the brief."""
    await waits_until(ana, "What would you like to talk about?")
    await ana.press("Propose agenda items", ana.message("What would you like to talk about?"))
    await ana.sees_modal("Agenda")
    await proposes(ana, "My next step", "A course on negotiation")
    await waits_until(ben, "Ana proposed 2 agenda items")
    await ben.press("See the agenda", ben.message("Ana proposed 2 agenda items"))
    await ben.choose_for_item("My next step", "Accept")
    await ben.sees_modal("Agenda", "Ana's item · accepted by you")
    await ben.close_all()
    await waits_until(ben, "There are 2 items on the agenda.")
    await ana.press("Open the brief", await ana.reads("There are 2 items on the agenda."))
    await ana.sees_modal("Your brief", "My next step", "Calm with difficult customers", "No time to learn")
    await expect(ana.modal).to_contain_text("Ben sees you one step further along than you see yourself.")
    await expect(ana.modal).not_to_contain_text("Regional lead")
    await ana.close_all()
    await ben.press("Open the brief", ben.message("There are 2 items on the agenda."))
    await ben.sees_modal("Your brief", "Closed the Nordwind deal", "Regional lead")
    await expect(ben.modal).not_to_contain_text("No time to learn")
    await ben.close_all()


async def _fits_a_phone(me: Actor, last_heading: str) -> None:
    """Down to its last heading a form is a phone and a half long at most, and no wider than the phone."""
    desktop = me.page.viewport_size
    await me.page.set_viewport_size(PHONE)
    blocks = me.modal.locator(".block")
    await expect(blocks.filter(has_text=last_heading).last).to_be_visible()  # the form is redrawn after a choice
    first, last = await blocks.first.bounding_box(), await blocks.filter(has_text=last_heading).last.bounding_box()
    assert first is not None
    assert last is not None
    assert last["y"] - first["y"] <= 1.5 * PHONE["height"]
    assert await me.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    if desktop is not None:
        await me.page.set_viewport_size(desktop)


async def _discussion(ana: Actor, ben: Actor) -> None:
    """It does not happen and is moved; then it happens, and he wraps it up."""
    await waits_until(ana, "How did it go with Ben?")
    await ana.press("How did it go?", ana.message("How did it go with Ben?"))
    await ana.choose("happened", "No, not this time")
    await ana.fill({"starts_at": "2026-09-28 11:00"})
    await ana.submit()
    await ana.sees_modal("Moved", "Your discussion is now on Mon 28 Sep at 11:00 for you, 10:00 for Ben (London)")
    await ana.close_all()
    await ben.reads("Ana moved your career discussion from Fri 25 Sep at 10:00 to Mon 28 Sep at 10:00")
    await ana.reads("You talk with Ben on Mon 28 Sep")
    await ana.move_clock("next")
    await expect(ben.message("How did it go with Ana?")).to_have_count(2)
    await ben.press("How did it go?", ben.message("How did it go with Ana?").last)
    await ben.choose("happened", "Yes, we met")
    await _fits_a_phone(ben, "How do you want to meet from now on?")
    await ben.press("Add another commitment")
    await ben.fill(
        {
            "notes": "Ana leads the renewal.",
            "commitment.0.text": PLAN,
            "commitment.0.due_on": "2026-10-12",
            "commitment.1.text": BOARD,
            "commitment.1.due_on": "2026-10-06",
            "commitment.2.text": RESULTS,
            "commitment.2.due_on": "2026-10-15",
            "cadence": "Every month",
            "minutes": "45 minutes",
            "next_starts_at": "2026-10-28 10:00",
        }
    )
    await ben.modal.get_by_label("A course on negotiation").uncheck()
    await ben.submit()
    await ben.sees_modal("Wrapped up", PLAN, RESULTS, BOARD)
    await ben.close_all()
    await ana.reads("Ben wrapped up your career discussion.")
    await ana.type("/career agenda")
    await ana.sees_modal("Agenda", "on Wed 28 Oct at 11:00", "A course on negotiation", "left from last time")
    await expect(ana.modal).not_to_contain_text("My next step")
    await ana.close_all()


async def _follow_up(ana: Actor, ben: Actor) -> None:
    """She thanks him in writing, and he confirms what she will deliver."""
    await waits_until(ana, "Want to thank Ben?")
    await ana.press("Read and send it", ana.message("Want to thank Ben?"))
    await ana.sees_modal("Say thank you")
    await ana.submit()
    await ana.sees_modal("Sent")
    await ana.close_all()
    await waits_until(ben, "Ana sent you a note after your discussion.")
    note = ben.message("Ana sent you a note")
    await expect(note).to_contain_text(f"{PLAN} (by Mon 12 Oct)")
    await ben.press("Confirm", note)
    await expect(note).to_contain_text("Confirmed: 2 commitments. Ana can see it.")


async def _keep_commitments(ana: Actor, ben: Actor) -> None:
    """Two are kept before their dates, one is overdue and gets a new date that both agree on."""
    await waits_until(ana, "is due on Mon 12 Oct")
    await ana.press("Done", ana.message("is due on Mon 12 Oct"))
    await expect(ana.message("is due on Mon 12 Oct")).to_contain_text("Marked as done.")
    await waits_until(ben, "is due tomorrow (Tue 6 Oct)")
    await ben.press("Done", ben.message("is due tomorrow (Tue 6 Oct)"))
    await expect(ben.message("is due tomorrow (Tue 6 Oct)")).to_contain_text("Marked as done.")
    await waits_until(ana, "was due on Thu 15 Oct")
    await ana.press("New date", ana.message("was due on Thu 15 Oct"))
    await ana.fill({"due_on": "2026-10-30", "reason": "The quarter closes later"})
    await ana.submit()
    await ana.sees_modal("Asked")
    await ana.close_all()
    await waits_until(ben, "Ana would like to move one of their commitments")
    await ben.press("See and answer", ben.message("Ana would like to move one of their commitments"))
    await ben.sees_modal("A change", "The quarter closes later")
    await ben.press("Agree")
    await ben.sees_modal("Agreed")
    await ben.close_all()
    await ana.reads("Ben agreed to your change: it is due on Fri 30 Oct.")
