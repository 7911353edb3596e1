"""Putting a reminder off from the menu beside it, as a signed request."""

from typing import Any, NamedTuple

from cycle.nudges import Action, Button, NudgeText
from handlers.shared.ids import FormId
from handlers.views import nudge_message
from sandbox.validation import problems
from tests.handlers.test_listeners import sent
from tests.support.harness import BotHarness

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


async def test_the_menu_of_a_reminder_leads_to_the_settings(sqlite_harness: BotHarness, workspace: Any):
    """Whoever wants fewer of these, or at other hours, is one press away from saying so."""
    key = await sent(sqlite_harness, workspace)
    outcome = await sqlite_harness.press_in_block(ANA, message(key), f"text.{key}", Action.OPEN_SETTINGS)
    assert outcome.modal["callback_id"] == FormId.WORKING_TIME
