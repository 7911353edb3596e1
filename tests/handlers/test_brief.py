"""Opening the brief from a message, as signed requests."""

from typing import Any

from cycle.nudges import Action
from tests.support.harness import BotHarness
from tests.support.views import said

ANA, CHIYO = "U0ANA", "U0CHIYO"


async def test_E16_the_brief_opens_from_a_message(harness: BotHarness, workspace: Any):
    """The message of the day before leads to the brief, whose buttons lead on; a third person does not get it."""
    outcome = await harness.press_in_message(ANA, Action.OPEN_BRIEF, workspace.discussion.pk)
    assert outcome.faults() == []
    assert "Before you meet" in said(outcome.modal)
    assert [method for method, _ in outcome.calls] == ["views.open"]
    agenda = await harness.press(ANA, outcome.modal, Action.OPEN_AGENDA)
    assert [method for method, _ in agenda.calls] == ["views.push"]
    refused = await harness.press_in_message(CHIYO, Action.OPEN_BRIEF, workspace.discussion.pk)
    assert refused.views == []
    assert "between two other people" in refused.messages[0]["text"]
