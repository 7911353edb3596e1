"""How a discussion was: one private tap, as a signed request (practice E18)."""

from typing import Any

import pytest

from cycle.nudges import Action
from cycle.pulses import numbers
from handlers.shared.ids import ActionId
from storage.pulses import Score
from tests.support.builders import LONG_AGO
from tests.support.harness import BotHarness
from tests.support.views import said

BEN, CHIYO, DEV, ELIF = "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF"


async def told(harness: BotHarness) -> list[Score]:
    """All that was said, of whomever."""
    async with harness.database.reading(harness.workspace_id) as store:
        return [score for _person, score in await store.pulses.since(LONG_AGO)]


async def test_E18_one_tap_says_how_it_was_and_another_changes_it(harness: BotHarness, workspace: Any):
    """The person reads what they said; the other side sees nothing of it, not even that anything was said."""
    opened = await harness.press_in_message(ELIF, Action.OPEN_PULSE, workspace.held.pk)
    assert opened.faults() == []
    assert "How was your discussion with Ben for you?" in said(opened.modal)
    assert "Nobody sees your answer, Ben included." in said(opened.modal)
    tapped = await harness.press(ELIF, opened.modal, ActionId.PULSE_MIXED)
    assert "That stays between you and me." in said(tapped.modal)
    assert tapped.views[0][0] == "modal"
    assert await told(harness) == [Score.MIXED]
    again = (await harness.press_in_message(ELIF, Action.OPEN_PULSE, workspace.held.pk)).modal
    assert "You said: So-so. Another tap changes it." in said(again)
    await harness.press(ELIF, again, ActionId.PULSE_GOOD)
    assert await told(harness) == [Score.GOOD]
    of_ben = (await harness.press_in_message(BEN, Action.OPEN_PULSE, workspace.held.pk)).modal
    assert "You said" not in said(of_ben)


async def test_E18_only_the_two_and_only_of_a_discussion_that_was_held(harness: BotHarness, workspace: Any):
    """A third person, and a discussion that is not wrapped up, get a sentence, and nothing is saved."""
    assert (await harness.press_in_message(CHIYO, Action.OPEN_PULSE, workspace.held.pk)).refusal
    early = await harness.press_in_message(DEV, Action.OPEN_PULSE, workspace.ended.pk)
    assert early.refusal == "You can say how it was once it is wrapped up."
    form = (await harness.press_in_message(ELIF, Action.OPEN_PULSE, workspace.held.pk)).modal
    assert (await harness.press(CHIYO, form, ActionId.PULSE_POOR)).refusal
    assert await told(harness) == []


@pytest.mark.parametrize("people", [4, 5])
def test_E18_C10_numbers_are_of_five_people_or_more(people: int):
    """However often four people answer, their numbers stay unsaid."""
    said_so = [(person, score) for person in range(people) for score in (Score.GOOD, Score.POOR)]
    expected = None if people == 4 else {Score.GOOD: people, Score.POOR: people}
    assert numbers(said_so) == expected
