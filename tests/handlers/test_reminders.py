"""Putting a reminder off from the menu beside it, as a signed request."""

from datetime import date
from typing import Any, NamedTuple

from cycle.nudges import Action, Button, NudgeText
from handlers.shared.ids import FormId
from handlers.views import nudge_message
from sandbox.validation import problems
from tests.handlers.test_forecast import change_ana
from tests.handlers.test_listeners import sent
from tests.support.builders import MADRID, at
from tests.support.harness import BotHarness
from tests.support.views import said

ANA = "U0ANA"


class Part(NamedTuple):
    """A nudge in a message."""

    key: str
    wording: NudgeText


def message(*keys: str) -> list[dict[str, Any]]:
    """A message with reminders, as Slack shows it to us."""
    buttons = (Button("Done", Action.COMMITMENT_DONE, 1),)
    parts = [Part(key, NudgeText(f"About {key}.", buttons, quote="Words", can_be_put_off=True)) for key in keys]
    rendered = nudge_message.render(parts, late=False)
    assert problems("message", rendered) == []
    return rendered["blocks"]


async def test_a_reminder_is_put_off_in_its_place(harness: BotHarness, workspace: Any):
    """Its menu and its buttons make way for when it comes again; another one in the same message keeps both."""
    key = await sent(harness, workspace)
    shown = message(key, "propose_agenda:1:1:first")
    [answer] = (await harness.press_in_block(ANA, shown, f"text.{key}", Action.REMIND_TOMORROW)).messages
    assert answer["replace_original"]
    first, second = str(answer["blocks"][:4]), str(answer["blocks"][4:])
    assert "I'll remind you on Tue 24 Nov at 09:00, unless it is done by then." in first
    assert "Words" in first
    assert "nudge_menu" not in first
    assert "Done" not in first
    assert "nudge_menu" in second
    assert "Done" in second
    again = await harness.press_in_block(ANA, shown, f"text.{key}", Action.REMIND_NEXT_WEEK)
    assert "over, or put off already" in again.refusal


async def test_in_an_hour_is_said_with_its_time(sqlite_harness: BotHarness, workspace: Any):
    """At ten it comes at eleven; an hour after half past four is after work, and the message says when it comes."""
    key = await sent(sqlite_harness, workspace)
    outcome = await sqlite_harness.press_in_block(ANA, message(key), f"text.{key}", Action.REMIND_IN_AN_HOUR)
    assert "I'll remind you on Mon 23 Nov at 11:00, unless it is done by then." in str(outcome.messages)
    other = await sent(sqlite_harness, workspace, 8)
    sqlite_harness.now = at(MADRID, 2026, 11, 23, 16, 30)
    late = await sqlite_harness.press_in_block(ANA, message(other), f"text.{other}", Action.REMIND_IN_AN_HOUR)
    assert "In an hour you are off, so I'll remind you on Tue 24 Nov at 09:00, unless" in str(late.messages)


async def test_a_reminder_is_put_off_to_a_day(harness: BotHarness, workspace: Any):
    """The form says what it is about and how long that can wait; what is wrong with a day is said beside it."""
    key = await sent(harness, workspace)
    await change_ana(harness, time_off="2026-11-25/2026-11-25")
    form, another = [
        (await harness.press_in_block(ANA, message(key), f"text.{key}", Action.REMIND_ON)).modal for _ in range(2)
    ]
    assert "Your commitment to Ben is due on Sat 28 Nov." in said(form)
    assert "A day off becomes your next working day. After Fri 27 Nov it would be out of date." in said(form)
    for day, sentence in (
        (None, "Please choose a day."),
        (date(2026, 11, 23), "Please choose a day after today, Mon 23 Nov."),
        (date(2026, 11, 28), "On Mon 30 Nov that reminder would be out of date."),
        (date(2027, 11, 30), "That is more than a year away."),
    ):
        errors = (await harness.submit(ANA, form, day=day)).answer["errors"]
        assert sentence in errors["day"]
    assert "Fri 27 Nov is the last day for it." in (await harness.submit(ANA, form, day=date(2026, 12, 1))).refusal
    done = await harness.submit(ANA, form, day=date(2026, 11, 25))
    assert "You are off on Wed 25 Nov, so I'll remind you on Thu 26 Nov at 09:00, unless it is done" in said(done.modal)
    again = await harness.press_in_block(ANA, message(key), f"text.{key}", Action.REMIND_ON)
    assert "over, or put off already" in again.refusal
    assert "over, or put off already" in (await harness.submit(ANA, another, day=date(2026, 11, 26))).refusal


async def test_what_ends_today_has_no_other_day(sqlite_harness: BotHarness, workspace: Any):
    """A reminder that would be out of date tomorrow says so before anyone chooses a day."""
    key = await sent(sqlite_harness, workspace)
    sqlite_harness.now = at(MADRID, 2026, 11, 27, 10)
    outcome = await sqlite_harness.press_in_block(ANA, message(key), f"text.{key}", Action.REMIND_ON)
    assert "On Mon 30 Nov that reminder would be out of date." in outcome.refusal


async def test_the_menu_of_a_reminder_leads_to_the_settings(sqlite_harness: BotHarness, workspace: Any):
    """Whoever wants fewer of these, or at other hours, is one press away from saying so."""
    key = await sent(sqlite_harness, workspace)
    outcome = await sqlite_harness.press_in_block(ANA, message(key), f"text.{key}", Action.OPEN_SETTINGS)
    assert outcome.modal["callback_id"] == FormId.WORKING_TIME
