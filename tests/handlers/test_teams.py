"""Whose requests are accepted: people of a known workspace, and those of them who can take part."""

from dataclasses import replace
from typing import Any

import pytest

from cycle.nudges import Action
from handlers.registration import OTHER_WORKSPACE, UNKNOWN_WORKSPACE
from handlers.shared.ids import ActionId
from handlers.views.start import SIDE
from storage.pairs import Side
from tests.support.harness import BotHarness, Outcome

ANA, BEN, GUS = "U0ANA", "U0BEN", "U0GUS"
ELSEWHERE = "T0OTHER"

REQUESTS = [
    "a button in a message",
    "a button on the Home",
    "a keystroke",
    "a submission",
    "an opened Home",
    "a command",
]
FROM_A_PERSON = REQUESTS[:4]  # those that say which workspace the person belongs to


def refusal(request: str, form: dict[str, Any], sentence: str) -> dict[str, Any]:
    """How a person reads the sentence: in the conversation, or in their form, which stays open with what they typed."""
    if request == "a command":
        return {"response_type": "ephemeral", "text": sentence}
    if request == "a submission":
        fields = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
        return {"response_action": "errors", "errors": {fields[-1]: sentence}}
    return {}


async def send(harness: BotHarness, workspace: Any, request: str, form: dict[str, Any]) -> Outcome:
    """A request that would change or show something if it came from Ana in her own workspace."""
    match request:
        case "a button in a message":
            return await harness.press_in_message(ANA, Action.COMMITMENT_DONE, workspace.commitments[1].pk)
        case "a button on the Home":
            return await harness.press_in_home(ANA, Action.ACCEPT_PAIR, workspace.asked.pk)
        case "a keystroke":
            return await harness.press(ANA, form, ActionId.TYPED, achievements="Shipped it")
        case "a submission":
            return await harness.submit(ANA, form, achievements="Shipped it")
        case "an opened Home":
            return await harness.home_opened("U0NEW")
        case _:
            return await harness.command(ANA, "prep")


@pytest.mark.parametrize("request_", REQUESTS)
async def test_a_request_of_an_unknown_workspace_is_refused(harness: BotHarness, workspace: Any, request_: str):
    """A workspace that the bot is not installed in changes no row, is shown nothing, and calls nothing at Slack."""
    await harness.home_opened(ANA)
    form, before = await harness.prep(ANA), await harness.rows()
    harness.team_id = harness.user_team_id = ELSEWHERE
    outcome = await send(harness, workspace, request_, form)
    assert (outcome.status, outcome.calls) == (200, [])
    assert outcome.answer == refusal(request_, form, UNKNOWN_WORKSPACE)
    assert await harness.rows() == before


@pytest.mark.parametrize("request_", FROM_A_PERSON)
async def test_a_request_of_a_person_from_another_workspace_is_refused(
    harness: BotHarness, workspace: Any, request_: str
):
    """A person of another workspace, as in a shared channel, changes no row and is shown nothing."""
    await harness.home_opened(ANA)
    form, before = await harness.prep(ANA), await harness.rows()
    harness.user_team_id = ELSEWHERE
    outcome = await send(harness, workspace, request_, form)
    assert (outcome.status, outcome.calls) == (200, [])
    assert outcome.answer == refusal(request_, form, OTHER_WORKSPACE)
    assert await harness.rows() == before


@pytest.mark.parametrize("team_id", [ELSEWHERE, None])
async def test_a_refused_form_without_a_field_stays_open(harness: BotHarness, workspace: Any, team_id: str | None):
    """Where there is no field to put the sentence beside, it opens on top, and the form stays below."""
    form = await harness.prep(ANA)
    form["blocks"] = [block for block in form["blocks"] if block["type"] != "input"]
    harness.team_id, harness.user_team_id = team_id or harness.team_id, ELSEWHERE
    outcome = await harness.submit(ANA, form)
    assert outcome.answer["response_action"] == "push"
    assert (UNKNOWN_WORKSPACE if team_id else OTHER_WORKSPACE) in str(outcome.answer["view"]["blocks"])


@pytest.mark.parametrize("request_", REQUESTS)
async def test_the_same_request_of_a_member_is_accepted(harness: BotHarness, workspace: Any, request_: str):
    """The requests that are refused above do something when they come from the bot's own workspace."""
    await harness.home_opened(ANA)
    form, before = await harness.prep(ANA), await harness.rows()
    outcome = await send(harness, workspace, request_, form)
    assert outcome.refusal == ""
    assert outcome.views or await harness.rows() != before


# --- who can take part -----------------------------------------------------------------------------------------------

MARKS = {
    "is_bot": ("Apps can't take part.", "is an app, and careers are for people."),
    "deactivated": ("Your account is deactivated.", "is no longer active in this workspace."),
    "is_external": ("you belong to another one.", "belongs to another workspace, so I can't reach them."),
    "is_guest": ("You are a guest in a single channel here", "is a guest in a single channel"),
}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("side", list(Side))
async def test_E1_a_person_who_cannot_take_part_is_not_asked(
    harness: BotHarness, workspace: Any, side: Side, mark: str
):
    """An app, a person who has left, a stranger and a guest of one channel are named beside the field, with why."""
    harness.directory.profiles[BEN] = replace(harness.directory.profiles[BEN], **{mark: True})
    form = (await harness.command(GUS, "start")).modal
    pairs = (await harness.rows())["pair"]
    outcome = await harness.submit(GUS, form, **{SIDE: side, "other": BEN})
    assert list(outcome.answer["errors"]) == ["other"]
    assert outcome.refusal.startswith("Ben Okafor")
    assert MARKS[mark][1] in outcome.refusal
    assert (await harness.rows())["pair"] == pairs


@pytest.mark.parametrize("mark", MARKS)
async def test_E1_a_person_who_cannot_take_part_cannot_ask(harness: BotHarness, mark: str):
    """The same people who ask themselves read why beside the field, and no one is asked."""
    harness.directory.profiles[GUS] = replace(harness.directory.profiles[GUS], **{mark: True})
    form = (await harness.command(GUS, "start")).modal
    pairs = (await harness.rows())["pair"]
    outcome = await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": BEN})
    assert list(outcome.answer["errors"]) == ["other"]
    assert MARKS[mark][0] in outcome.refusal
    assert (await harness.rows())["pair"] == pairs
