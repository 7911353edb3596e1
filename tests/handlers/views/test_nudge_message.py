import json

import pytest

from cycle.nudges import KINDS, Action, Button, NudgeText, PlannedNudge
from cycle.thanks import LONGEST_NOTE
from handlers.views import nudge_message
from sandbox.validation import problems
from scheduler.claiming import NOTES_A_MESSAGE
from tests.support.builders import MADRID, at

NOW = at(MADRID, 2026, 11, 23, 9)
KIND = KINDS["thank_you_note"]
PRESSES = tuple(
    Button("Confirm the deliverables", does, 7) for does in (Action.CONFIRM_DELIVERABLES, Action.OPEN_COMMITMENTS)
)


def note(number: int, words: NudgeText):
    """A note of a message, as the scheduler hands it over."""
    return KIND, PlannedNudge(KIND.name, f"thank_you_note:{number}", 1, number, NOW), words


@pytest.mark.parametrize("letter", ["x", "<", "&"])
def test_as_many_notes_as_the_scheduler_puts_together_fit(letter: str):
    """The fullest message there is, late, each note quoting the longest text, is one that Slack takes."""
    words = NudgeText("Ana sent you a note.", PRESSES, quote=letter * LONGEST_NOTE)
    message = nudge_message.render([note(number, words) for number in range(NOTES_A_MESSAGE)], late=True)
    assert problems("message", message) == []


def test_C10_the_notification_text_holds_no_quoted_word():
    """The quote stands in the message; the text, which shows on lock screens, says only that there is one."""
    message = nudge_message.render([note(1, NudgeText("Ana sent you a note.", PRESSES, quote="my hopes"))], late=False)
    assert message["text"] == "Ana sent you a note."
    assert "> my hopes" in json.dumps(message["blocks"])


def test_peoples_names_cannot_call_anybody():
    """A name that looks like a mention is shown, not followed."""
    message = nudge_message.render([note(1, NudgeText("<!channel> sent you a note."))], late=False)
    assert "<!channel>" not in json.dumps(message)
    assert "&lt;!channel&gt;" in message["text"]


@pytest.mark.parametrize("late", [False, True])
def test_a_late_message_admits_it_once(*, late: bool):
    """However many notes are late, one sentence says so, in the text and in the message."""
    message = nudge_message.render([note(number, NudgeText("A note.")) for number in range(3)], late=late)
    assert json.dumps(message["blocks"]).count(nudge_message.LATE) == late
    assert message["text"].startswith(nudge_message.LATE) == late
