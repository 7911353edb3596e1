"""Writing about a commitment in between, as signed requests (practice E14)."""

from typing import Any

from cycle.nudges import Action
from cycle.updates import ASKS, LONGEST_UPDATE
from handlers.shared.ids import ActionId, FormId
from storage.updates import UpdateKind
from tests.support.builders import LONG_AGO
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ANA, BEN, CHIYO = "U0ANA", "U0BEN", "U0CHIYO"


async def written(harness: BotHarness, workspace: Any) -> list[tuple[UpdateKind, str, bool]]:
    """What was written about Ana's first commitment, and whether it waits for an answer."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.updates.about(workspace.commitments[0].pk)
    return [(one.kind, one.text, one.waits) for one in found]


async def test_E14_a_question_reaches_the_other_side_and_its_answer_comes_back(harness: BotHarness, workspace: Any):
    """From the list of commitments; both read the whole thread, each side's Home and messages know who waits."""
    key = workspace.commitments[0].pk
    listed = (await harness.command(ANA, "commitments")).modal
    opened = await harness.press(ANA, listed, Action.OPEN_UPDATES, key)
    assert opened.faults() == []
    assert "Commitment 0" in said(opened.modal)
    sent = await harness.submit(ANA, opened.modal, text="Whom <should> I ask?", **{ASKS: ["ticked"]})
    assert sent.faults() == []
    assert "Ben gets your question in their working hours; I'll bring you the answer." in said(sent.modal)
    assert await written(harness, workspace) == [(UpdateKind.QUESTION, "Whom <should> I ask?", True)]
    async with harness.database.reading(harness.workspace_id) as store:
        planned = {nudge.kind for nudge in await store.nudges.of_pair(workspace.two.pk)}
    assert "guidance_asked" in planned
    home = (await harness.home_opened(BEN)).views[-1][1]
    assert "Ana asks for your guidance on a commitment." in said(home)
    answering = await harness.press_in_home(BEN, Action.OPEN_UPDATES, key)
    assert "Whom &lt;should&gt; I ask?" in said(answering.modal)
    assert "Your answer to Ana" in said(answering.modal)
    answered = await harness.submit(BEN, answering.modal, text="Chiyo knows.")
    assert "Ana gets your answer" in said(answered.modal)
    assert await written(harness, workspace) == [
        (UpdateKind.QUESTION, "Whom <should> I ask?", False),
        (UpdateKind.ANSWER, "Chiyo knows.", False),
    ]
    assert "asks for your guidance" not in said((await harness.home_opened(BEN)).views[-1][1])
    again = await harness.press_in_message(ANA, Action.OPEN_UPDATES, key)
    assert "Chiyo knows." in said(again.modal)
    assert "2 updates" in said((await harness.command(ANA, "commitments")).modal)


async def test_E14_a_line_is_enough_and_is_sent_once(harness: BotHarness, workspace: Any):
    """Without the tick it is how things are going; the same submission again sends nothing more."""
    form = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, workspace.commitments[0].pk)).modal
    await harness.submit(ANA, form, text="Half done.")
    await harness.send_again()
    assert await written(harness, workspace) == [(UpdateKind.PROGRESS, "Half done.", False)]


async def test_E14_what_is_wrong_is_said_beside_the_field_and_is_kept(harness: BotHarness, workspace: Any):
    """Nothing, and too much; what was typed is there again when the form is opened anew."""
    key = workspace.commitments[0].pk
    form = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, key)).modal
    assert list((await harness.submit(ANA, form, text="  ")).answer["errors"]) == ["text"]
    refused = await harness.submit(ANA, form, text="x" * (LONGEST_UPDATE + 1))
    assert refused.refusal == f"That is {LONGEST_UPDATE + 1} characters. Please keep it within {LONGEST_UPDATE}."
    await harness.press(ANA, form, ActionId.TYPED, text="Half do")
    again = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, key)).modal
    assert fields(again)["text"]["initial_value"] == "Half do"
    assert await written(harness, workspace) == []


async def test_C10_E14_a_third_person_reads_and_writes_nothing(harness: BotHarness, workspace: Any):
    """Somebody else's commitment, opened or submitted with its key, is refused."""
    key = workspace.commitments[0].pk
    assert (await harness.press_in_message(CHIYO, Action.OPEN_UPDATES, key)).refusal
    form = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, key)).modal
    assert form["callback_id"] == FormId.UPDATES
    assert (await harness.submit(CHIYO, form, text="Me too")).refusal
    assert await written(harness, workspace) == []


async def test_E14_lines_go_with_a_commitment_that_is_changed(harness: BotHarness, workspace: Any):
    """Once both agree on a change, the thread is that of the new commitment, and the old button says so."""
    key = workspace.commitments[0].pk
    form = (await harness.press_in_message(BEN, Action.OPEN_UPDATES, key)).modal
    await harness.submit(BEN, form, text="How is it going?", **{ASKS: ["ticked"]})
    asked = (await harness.press_in_message(BEN, Action.ANSWER_CHANGE, workspace.request.pk)).modal
    await harness.press(BEN, asked, ActionId.AGREE)
    assert await written(harness, workspace) == []
    late = await harness.press_in_message(ANA, Action.OPEN_UPDATES, key)
    assert "You two have changed that commitment since." in late.refusal
    async with harness.database.reading(harness.workspace_id) as store:
        (moved,) = await store.updates.of_pairs([workspace.two.pk], LONG_AGO)
    thread = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, moved.commitment_id)).modal
    assert "How is it going?" in said(thread)
