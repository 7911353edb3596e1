"""The thank-you and what the manager makes of it, as signed requests."""

from datetime import timedelta
from typing import Any

from cycle.nudges import Action
from handlers.shared.ids import FormId
from tests.support.harness import BotHarness
from tests.support.views import fields, said

BEN, ELIF = "U0BEN", "U0ELIF"


async def test_E12_change_them_opens_the_deliverables_to_change(harness: BotHarness, workspace: Any):
    """The button under the note lists what Elif will deliver; each leads to a form with its words and its date."""
    await harness.submit(
        ELIF, (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    )  # fmt: skip
    note = (await harness.press_in_message(BEN, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    listed = await harness.press(BEN, note, Action.CHANGE_DELIVERABLES)
    assert [method for method, _ in listed.calls] == ["views.push"]
    assert "Which one should change? Elif is asked to agree." in said(listed.modal)
    form = await harness.press(BEN, listed.modal, Action.NEW_DATE)
    assert form.faults() == []
    assert form.modal["callback_id"] == FormId.CHANGE
    assert fields(form.modal)["text"]["initial_value"] == workspace.deliverable.text
    assert "What Elif will do" in said(form.modal)
    later = workspace.deliverable.due_on + timedelta(days=7)
    assert "I'm asking Elif to agree" in said((await harness.submit(BEN, form.modal, due_on=later)).modal)
