"""What fits the person and the discussion, chosen in the preparation, as signed requests (practices C12, C14)."""

from typing import Any

from cycle.nudges import Action
from handlers.shared.ids import ActionId
from handlers.views import preparation
from tests.support.harness import BotHarness, Outcome
from tests.support.views import fields, said

ANA, BEN = "U0ANA", "U0BEN"


async def test_C12_the_path_changes_the_suggestions_and_keeps_what_was_typed_and_ticked(harness: BotHarness):
    """It is saved on the person at once; what is ticked stays on offer, and the other questions change."""
    form = (await harness.command(ANA, "prep")).modal
    before = [option["value"] for option in fields(form)[preparation.PICKED]["options"]]
    typed = {preparation.PICKED: before[3:4], "achievements": "The audit", preparation.CLARITY: "unsure"}
    outcome = await harness.press(ANA, form, ActionId.QUESTION_SET, "unsure", **typed)
    assert outcome.faults() == []
    shown = fields(outcome.modal)
    now = [option["value"] for option in shown[preparation.PICKED]["options"]]
    assert now[0] == before[3]
    assert now != before
    assert shown["achievements"]["initial_value"] == "The audit"
    assert shown[preparation.CLARITY]["initial_option"]["value"] == "unsure"
    assert (await harness.person(ANA)).path_clarity == "unsure"


async def test_C12_a_preference_can_be_taken_back(harness: BotHarness):
    """“Rather not say” deletes what was saved."""
    form = (await harness.command(ANA, "prep")).modal
    gentle = await harness.press(ANA, form, ActionId.QUESTION_SET, "gentle", **{preparation.FEEDBACK: "gentle"})
    assert (await harness.person(ANA)).feedback_style == "gentle"
    await harness.press(
        ANA, gentle.modal, ActionId.QUESTION_SET, "gentle", **{preparation.FEEDBACK: preparation.UNSAID}
    )
    assert (await harness.person(ANA)).feedback_style is None


async def test_C14_both_share_one_set_and_it_orders_the_brief(harness: BotHarness, workspace: Any):
    """The manager chooses it and reads what to ask and listen for; the employee's form and brief follow."""
    form = (await harness.press_in_message(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    chosen = await choose_set(harness, BEN, form, "aspiration-discussion")
    assert chosen.faults() == []
    assert "Listen for: " in said(chosen.modal)
    mine = (await harness.command(ANA, "prep")).modal
    assert fields(mine)[preparation.QUESTION_SET]["initial_option"]["value"] == "aspiration-discussion"
    brief = await harness.command(ANA, "brief")
    assert brief.faults() == []
    assert "You ask: Which level fits my work" in said(brief.modal)
    assert "Ben asks: " in said(brief.modal)
    await choose_set(harness, ANA, mine, preparation.UNSAID)
    assert "Order of the discussion" not in said((await harness.command(ANA, "brief")).modal)


async def choose_set(harness: BotHarness, slack_id: str, form: dict[str, Any], value: str) -> Outcome:
    """Choose what kind of discussion it is to be, in the menu of that field."""
    alone = form | {"blocks": [block for block in form["blocks"] if block["block_id"] == preparation.QUESTION_SET]}
    body = harness._pressed(slack_id, ActionId.QUESTION_SET, value, preparation.QUESTION_SET)
    body["actions"][0]["selected_option"] = {"value": value}
    del body["actions"][0]["value"]
    return await harness._interact(body | {"view": harness._with_state(alone, {preparation.QUESTION_SET: value})})
