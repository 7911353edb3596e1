"""What is typed and not submitted: nothing of it is lost, and nothing of it comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from cycle.nudges import Action
from cycle.scheduling import REASON
from handlers.shared.ids import ActionId, FormId
from storage.drafts import Draft, DraftKey
from tests.support.databases import until_waiting
from tests.support.harness import BotHarness

ANA, BEN, DEV, ELIF = "U0ANA", "U0BEN", "U0DEV", "U0ELIF"

Form = tuple[str, dict[str, Any], dict[str, Any]]
"""Who fills in a modal, the modal, and what they submit."""


async def preparation(harness: BotHarness, _workspace: Any) -> Form:
    """Ana prepares."""
    return ANA, await harness.prep(ANA), {"achievements": "Shipped it"}


async def agenda(harness: BotHarness, _workspace: Any) -> Form:
    """Ana proposes an item."""
    return ANA, (await harness.command(ANA, "agenda")).modal, {"new_items": "My course"}


async def cancellation(harness: BotHarness, _workspace: Any) -> Form:
    """Ana cancels."""
    form = (await harness.command(ANA, "schedule")).modal
    return ANA, (await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal, {REASON: "Ben is away"}


async def wrap_up(harness: BotHarness, workspace: Any) -> Form:
    """Dev wraps up."""
    form = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(DEV, form, ActionId.HAPPENED, happened="yes")).modal
    return DEV, form, {"notes": "We met", "no_commitments": ["ticked"], "next_later": ["ticked"], "happened": "yes"}


async def thank_you(harness: BotHarness, workspace: Any) -> Form:
    """Elif thanks Ben."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    return ELIF, form, {"note": "Dear Ben, thanks!"}


async def change(harness: BotHarness, workspace: Any) -> Form:
    """Ana asks for another date."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    return ANA, form, {"due_on": harness.now.date() + timedelta(days=40), "reason": "The audit"}


FORMS: dict[str, Callable[[BotHarness, Any], Awaitable[Form]]] = {
    function.__name__: function for function in (preparation, agenda, cancellation, wrap_up, thank_you, change)
}


async def drafts(harness: BotHarness) -> list[Draft]:
    """The drafts that hold something."""
    async with harness.database.reading(harness.workspace_id) as store:
        rows = (await store._session.exec(select(Draft))).all()
    return [row for row in rows if row.state is not None]


@pytest.mark.parametrize("name", FORMS)
async def test_a_keystroke_that_arrives_after_the_submission_brings_no_draft_back(
    harness: BotHarness, workspace: Any, name: str
):
    """It was typed before the submission in the same modal; what was submitted is not offered as a draft again."""
    who, form, typed = await FORMS[name](harness, workspace)
    await harness.press(who, form, ActionId.TYPED, **typed)
    assert len(await drafts(harness)) == 1
    submitted = await harness.submit(who, form, **typed)
    assert submitted.refusal == ""
    late = await harness.press(who, form, ActionId.TYPED, at=harness.now + timedelta(seconds=1), **typed)
    assert late.status == 200
    assert await drafts(harness) == []


async def test_what_was_typed_last_wins_over_what_arrived_last(harness: BotHarness):
    """Two keystrokes overtake each other on the way: the draft is what the field shows."""
    form = await harness.prep(ANA)
    for seconds, text in ((2, "Shipped it"), (1, "Shipped")):
        at = harness.now + timedelta(seconds=seconds)
        await harness.press(ANA, form, ActionId.TYPED, at=at, achievements=text)
    (draft,) = await drafts(harness)
    assert '"Shipped it"' in (draft.state or "")


async def test_what_is_typed_after_a_rejected_submission_is_saved_though_our_clock_runs_ahead(harness: BotHarness):
    """The form is submitted empty and stays open; what Slack says was typed an hour ago, by our clock, comes later."""
    form = (await harness.command(ANA, "agenda")).modal
    rejected = await harness.submit(ANA, form)
    assert rejected.refusal
    await harness.press(ANA, form, ActionId.TYPED, at=harness.now - timedelta(hours=1), new_items="The audit")
    (draft,) = await drafts(harness)
    assert '"The audit"' in (draft.state or "")


async def test_what_is_typed_after_a_submission_is_saved_though_our_clock_runs_ahead(harness: BotHarness):
    """Ana submits and opens the form once more: what she types there is a draft, also where our clock runs ahead."""
    first = (await harness.command(ANA, "agenda")).modal
    assert (await harness.submit(ANA, first, new_items="My course")).refusal == ""
    again = (await harness.command(ANA, "agenda")).modal | {"id": "V0AGAIN"}
    await harness.press(ANA, again, ActionId.TYPED, at=harness.now - timedelta(hours=1), new_items="The audit")
    (draft,) = await drafts(harness)
    assert '"The audit"' in (draft.state or "")


@pytest.mark.postgres
async def test_a_keystroke_waits_for_the_submission_that_it_overtakes(postgres_harness: BotHarness, workspace: Any):
    """While the submission is not saved yet, the keystroke waits; once it is, the keystroke changes nothing."""
    harness = postgres_harness
    who, form, typed = await preparation(harness, workspace)
    key = DraftKey(workspace.ana.pk, FormId.PREP_ANSWERS, workspace.discussion.pk)
    async with harness.database.unit(harness.workspace_id) as store:
        await store.drafts.clear(key, view_id=form["id"], typed_at=None, now=harness.now)
        keystroke = harness.press(who, form, ActionId.TYPED, at=harness.now + timedelta(seconds=1), **typed)
        waiting = asyncio.create_task(keystroke)
        await until_waiting(harness.database)
    assert (await waiting).status == 200
    assert await drafts(harness) == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (FormId.PREP_OBJECTIVES, "short__new0__text"),
        (FormId.PREP_ANSWERS, "achievements"),
        (FormId.AGENDA, "new_items"),
    ],
)
async def test_E17_a_cancelled_discussion_hands_its_drafts_on(
    harness: BotHarness, workspace: Any, form: FormId, field: str
):
    """Ben cancels while Ana writes: when she opens the form for the next discussion, her words are in it."""
    opens = Action.OPEN_AGENDA if form is FormId.AGENDA else Action.OPEN_PREPARATION
    begun = (await harness.press_in_home(ANA, opens, workspace.two.pk)).modal
    if form is not FormId.AGENDA:
        begun = (await harness.press(ANA, begun, ActionId.GO_TO_PAGE, form)).modal
    await harness.press(ANA, begun, ActionId.TYPED, **{field: "Half a sent"})
    schedule = (await harness.press_in_home(BEN, Action.OPEN_SCHEDULE, workspace.two.pk)).modal
    await harness.submit(BEN, (await harness.press(BEN, schedule, ActionId.OPEN_CANCEL)).modal, reason="Away")
    resumed = (await harness.press_in_home(ANA, opens, workspace.two.pk)).modal
    assert resumed["callback_id"] == form
    assert "Half a sent" in str(resumed["blocks"])
    assert ActionId.DISCARD_DRAFT in str(resumed["blocks"])


# --- resuming and starting over --------------------------------------------------------------------------------------


async def begun(harness: BotHarness) -> dict[str, Any]:
    """Ana's preparation, reopened after she began to type."""
    form = await harness.prep(ANA)
    await harness.press(ANA, form, ActionId.TYPED, achievements="Half a sent")
    return await harness.prep(ANA)


async def test_what_is_typed_is_resumed(harness: BotHarness):
    """What was typed is in the form when it is opened again, with the offer to start over."""
    await begun(harness)
    form = await harness.prep(ANA)
    assert "Half a sent" in str(form)
    assert ActionId.DISCARD_DRAFT in str(form)


async def test_starting_over_shows_nothing_old(harness: BotHarness):
    """The page in between has no fields, so Slack drops what was typed; the form after it is empty and saves again."""
    between = (await harness.press(ANA, await begun(harness), ActionId.DISCARD_DRAFT)).modal
    assert not [block for block in between["blocks"] if block["type"] == "input"]
    form = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert "Half a sent" not in str(form)
    await harness.press(ANA, form, ActionId.TYPED, achievements="A new start")
    assert "A new start" in str(await harness.prep(ANA))


async def test_a_late_keystroke_does_not_bring_a_discarded_draft_back(harness: BotHarness):
    """What arrives after “Start over” from the same modal was typed before it, and is not saved."""
    form = await harness.prep(ANA)
    await harness.press(ANA, form, ActionId.TYPED, achievements="Half a sent")
    resumed = await harness.prep(ANA)
    await harness.press(ANA, resumed, ActionId.DISCARD_DRAFT)
    await harness.press(ANA, resumed, ActionId.TYPED, achievements="Half a sentence")
    assert "Half a sent" not in str(await harness.prep(ANA))


async def test_a_keystroke_from_before_start_over_brings_nothing_back_once_the_form_is_open_again(harness: BotHarness):
    """“Start over” has a moment by Slack's clock, and what was typed before it arrives after “Open the form”."""
    resumed = await begun(harness)
    later = harness.now + timedelta(seconds=2)
    between = (await harness.press(ANA, resumed, ActionId.DISCARD_DRAFT, at=later)).modal
    await harness.press(ANA, between, ActionId.OPEN_AFRESH, at=later)
    late = harness.now + timedelta(seconds=1)
    await harness.press(ANA, resumed, ActionId.TYPED, at=late, achievements="Half a sentence")
    assert await drafts(harness) == []


async def test_a_rejected_submission_keeps_what_was_typed_in_another_modal(harness: BotHarness):
    """Ana submits an empty form that is still open on her phone, after having typed into one at her desk."""
    phone = (await harness.command(ANA, "agenda")).modal
    desk = (await harness.command(ANA, "agenda")).modal | {"id": "V0DESK"}
    await harness.press(ANA, desk, ActionId.TYPED, new_items="The audit")
    assert (await harness.submit(ANA, phone)).refusal
    assert "The audit" in str((await harness.command(ANA, "agenda")).modal)


async def test_an_empty_page_that_moves_on_keeps_what_was_typed_in_another_modal(harness: BotHarness):
    """Ana presses on past an empty page on her phone, after having typed on that page at her desk."""
    phone = await harness.prep(ANA)
    desk = await harness.prep(ANA) | {"id": "V0DESK"}
    await harness.press(ANA, desk, ActionId.TYPED, achievements="Shipped it")
    assert (await harness.submit(ANA, phone)).modal["callback_id"] == FormId.PREP_SHARING
    assert "Shipped it" in str(await harness.prep(ANA))


async def test_start_over_on_a_new_date_returns_to_that_form(harness: BotHarness, workspace: Any):
    """A form that is about a commitment is opened again for the same commitment."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    await harness.press(ANA, form, ActionId.TYPED, reason="Half a reas")
    resumed = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    between = (await harness.press(ANA, resumed, ActionId.DISCARD_DRAFT)).modal
    again = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert again["callback_id"] == FormId.CHANGE
    assert "Commitment 3" in str(again)
    assert "Half a reas" not in str(again)
