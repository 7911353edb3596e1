"""`/career` and its words, as signed requests."""

import pytest

from cycle.nudges import Action
from handlers.shared.ids import ActionId, FormId
from tests.support.harness import BotHarness

ANA, BEN, ELIF, GUS = "U0ANA", "U0BEN", "U0ELIF", "U0GUS"


@pytest.mark.parametrize("typed_text", ["help", "  HELP ", "Help", "prepp", "prep now", "<!channel>"])
async def test_help_and_what_is_not_understood_answer_only_the_person(sqlite_harness: BotHarness, typed_text: str):
    """Help is an ephemeral answer to the command; an unknown word is named and escaped."""
    outcome = await sqlite_harness.command(ANA, typed_text)
    assert outcome.answer["response_type"] == "ephemeral"
    assert "/career prep" in outcome.answer["text"]
    assert ("I don't know" in outcome.answer["text"]) is (typed_text.strip().lower() != "help")
    assert outcome.calls == []


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("start", FormId.START),
        ("prep", FormId.PREP_STANDING),
        (" PREP  ", FormId.PREP_STANDING),
        ("schedule", FormId.SCHEDULE),
        ("agenda", FormId.AGENDA),
        ("brief", FormId.BRIEF),
        ("wrapup", FormId.WRAP_UP),
        ("commitments", FormId.COMMITMENTS),
    ],
)
async def test_every_word_opens_its_form(sqlite_harness: BotHarness, word: str, form: FormId):
    """A word opens its form in upper or lower case and with any spaces."""
    assert (await sqlite_harness.command(ANA, word)).modal["callback_id"] == form


async def test_thanks_opens_the_note(harness: BotHarness):
    """The employee of a discussion that is wrapped up gets the form for the note."""
    assert (await harness.command(ELIF, "thanks")).modal["callback_id"] == FormId.THANK_YOU


async def test_career_alone_says_what_to_do(harness: BotHarness):
    """The answer has buttons for what can be done now; for a newcomer, a welcome with a button to start."""
    known, new = await harness.command(BEN), await harness.command(GUS)
    assert known.faults() == new.faults() == []
    assert Action.ANSWER_CHANGE in str(known.answer["blocks"])
    assert ActionId.START in str(new.answer["blocks"])
