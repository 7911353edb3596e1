"""Every press and every word gets an answer that says what happened and what can be done next, as signed requests."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.commitments import RECENTLY, UNDO_WITHIN
from cycle.nudges import Action
from cycle.pairing import OTHER, words_field
from cycle.people import HELPED_AGAIN_AFTER
from handlers.shared.ids import ActionId, FormId
from handlers.views.commitments import DONE, REOPENED
from handlers.views.start import SIDE
from storage.commitments import Commitment, CommitmentState
from storage.pairs import Side
from tests.sandbox.slack_keys import POSTS
from tests.support.harness import BotHarness, Outcome
from tests.support.views import fields, said

ANA, BEN, CHIYO, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0GUS"


async def commitment(harness: BotHarness, key: int) -> Commitment:
    """A commitment as it is saved."""
    async with harness.database.reading(harness.workspace_id) as store:
        return await store.commitments.get(key)


# --- undo ------------------------------------------------------------------------------------------------------------


async def test_E13_done_can_be_taken_back_for_a_day(harness: BotHarness, workspace: Any):
    """“Done” in a message leaves an “Undo”, which opens the commitment again; pressed twice, it stays open."""
    key = workspace.commitments[1].pk
    (done,) = (await harness.press_in_message(ANA, Action.COMMITMENT_DONE, key)).messages
    assert DONE in done["text"]
    assert ActionId.UNDO_DONE in str(done["blocks"])
    for _ in range(2):
        (undone,) = (await harness.press_in_message(ANA, ActionId.UNDO_DONE, key)).messages
        assert REOPENED in undone["text"]
        assert (await commitment(harness, key)).state is CommitmentState.OPEN
    assert (await commitment(harness, key)).settled_at is None


async def test_what_is_posted_to_a_response_url_has_the_keys_that_slack_knows(harness: BotHarness, workspace: Any):
    """A press that is refused is answered by a sentence for one person; one that is accepted replaces the message."""
    refused = await harness.press_in_message(BEN, Action.COMMITMENT_DONE, workspace.commitments[1].pk)
    accepted = await harness.press_in_message(ANA, Action.COMMITMENT_DONE, workspace.commitments[1].pk)
    posted = [
        {key for key, value in outcome.messages[0].items() if value is not None} for outcome in (refused, accepted)
    ]
    assert posted == list(POSTS.values())


async def test_E13_after_a_day_done_is_history(harness: BotHarness, workspace: Any):
    """The list and the Home offer no “Undo” any more, and one in an old message says what to do instead."""
    key = workspace.commitments[1].pk
    await harness.press_in_message(ANA, Action.COMMITMENT_DONE, key)
    assert ActionId.UNDO_DONE in str((await harness.command(ANA, "commitments")).modal)
    assert ActionId.UNDO_DONE in str((await harness.home_opened(ANA)).views)
    harness.now += UNDO_WITHIN
    assert ActionId.UNDO_DONE not in str((await harness.command(ANA, "commitments")).modal)
    assert ActionId.UNDO_DONE not in str((await harness.home_opened(ANA)).views)
    late = await harness.press_in_message(ANA, ActionId.UNDO_DONE, key)
    assert "You can add it as a new commitment." in late.refusal
    assert (await commitment(harness, key)).state is CommitmentState.DONE


async def test_E13_what_was_kept_is_recent_for_a_month(harness: BotHarness, workspace: Any):
    """The list and the Home show it for thirty days, and neither calls it recent after that."""
    key = workspace.commitments[1].pk
    await harness.press_in_message(ANA, Action.COMMITMENT_DONE, key)
    for after, is_recent in ((RECENTLY, True), (timedelta(minutes=1), False)):
        harness.now += after
        for shown in ((await harness.command(ANA, "commitments")).modal, (await harness.home_opened(ANA)).views):
            assert ("Recently kept" in str(shown)) is is_recent


async def test_nobody_undoes_what_another_did(harness: BotHarness, workspace: Any):
    """Ben sees that Ana is done, without a button; a forged one is refused."""
    key = workspace.commitments[1].pk
    await harness.press_in_message(ANA, Action.COMMITMENT_DONE, key)
    shown = (await harness.press_in_home(BEN, Action.OPEN_COMMITMENTS, workspace.two.pk)).modal
    assert "Recently kept" in said(shown)
    assert ActionId.UNDO_DONE not in str(shown)
    assert "can open it again" in (await harness.press_in_message(BEN, ActionId.UNDO_DONE, key)).refusal


# --- before the other side has said yes ------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["prep", "schedule", "agenda", "commitments"])
async def test_E1_before_the_yes_each_command_says_whose_answer_is_missing(sqlite_harness: BotHarness, word: str):
    """Chiyo, who asked, reads that Ana has not answered, and can take it back or ask someone else."""
    shown = (await sqlite_harness.command(CHIYO, word)).modal
    assert shown["callback_id"] == FormId.NOTICE
    assert "You asked *Ana Ruiz* and have no answer yet." in said(shown)
    assert {ActionId.WITHDRAW_PAIR, ActionId.START} <= {
        element["action_id"]
        for block in shown["blocks"]
        for element in [*block.get("elements", ()), block.get("accessory", {})]
        if "action_id" in element
    }


async def test_E1_a_newcomer_without_any_request_is_offered_to_ask(sqlite_harness: BotHarness):
    """There is nothing to wait for, so the form for asking opens."""
    assert (await sqlite_harness.command(GUS, "prep")).modal["callback_id"] == FormId.START


async def test_E1_the_asked_can_say_yes_where_the_command_brought_them(harness: BotHarness):
    """Gus asked Dev's colleague Elif; her command leads to the answer."""
    form = (await harness.command(GUS, "start")).modal
    await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, OTHER: CHIYO})
    shown = (await harness.command(CHIYO, "agenda")).modal
    assert "*Gus* asked you and is waiting for your answer." in said(shown)
    accepted = await harness.press(CHIYO, shown, Action.ACCEPT_PAIR)
    assert "Accepted. I'll let Gus know." in said(accepted.modal)


# --- words that are not understood -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("strat", "start"), ("PREPARE", "prep"), ("comitments", "commitments"), ("wrap-up now", "wrapup")],
)
async def test_an_unknown_word_suggests_the_nearest(sqlite_harness: BotHarness, typed: str, meant: str):
    """A slip, capitals or an ending too many lead to the word that was meant."""
    assert f"Did you mean `/career {meant}`?" in (await sqlite_harness.command(ANA, typed)).answer["text"]


async def test_nothing_is_suggested_where_nothing_is_near(sqlite_harness: BotHarness):
    """A word that resembles none gets the list alone."""
    text = (await sqlite_harness.command(ANA, "xyzzy")).answer["text"]
    assert "Did you mean" not in text
    assert "`/career prep`" in text


# --- plain messages --------------------------------------------------------------------------------------------------


async def writes(harness: BotHarness, who: str, **also: Any) -> Outcome:
    """A person writes to the bot."""
    event = {"type": "message", "channel_type": "im", "channel": f"D{who[1:]}", "user": who, "text": "Can we talk?"}
    return await harness.event(event | {"ts": "1.2"} | also)


async def test_a_plain_message_is_answered_once_an_hour(harness: BotHarness):
    """Ana reads that nobody reads it and what she can do now; her next message is answered after an hour."""
    first = await writes(harness, ANA)
    (posted,) = [body for method, body in first.calls if method == "chat.postMessage"]
    assert posted["channel"] == "D0ANA"
    assert "I'm a bot and can't read messages." in posted["text"]
    assert "Can we talk?" not in str(posted)
    assert Action.ACCEPT_PAIR in str(posted["blocks"])
    assert (await writes(harness, ANA)).calls == []
    harness.now += HELPED_AGAIN_AFTER - timedelta(seconds=1)
    assert (await writes(harness, ANA)).calls == []
    harness.now += timedelta(seconds=1)
    assert (await writes(harness, ANA)).calls != []


@pytest.mark.parametrize(
    "also", [{"subtype": "message_changed"}, {"bot_id": "B1"}, {"channel_type": "channel"}, {"user": "U0BOT"}]
)
async def test_what_nobody_wrote_to_the_bot_is_not_answered(harness: BotHarness, also: dict[str, str]):
    """Edits, bots, other places and the bot's own messages get no answer."""
    assert (await writes(harness, ANA, **also)).calls == []


# --- nothing typed is lost -------------------------------------------------------------------------------------------


async def test_a_request_that_was_closed_is_resumed(harness: BotHarness):
    """Whom Gus chose and what he wrote are there again when he comes back, and gone once he has asked."""
    form = (await harness.command(GUS, "start")).modal
    words = words_field(Side.EMPLOYEE)
    await harness.press(GUS, form, ActionId.TYPED, **{SIDE: Side.EMPLOYEE, OTHER: BEN, words: "Could we talk?"})
    resumed = (await harness.command(GUS, "start")).modal
    assert "Here is your draft" in said(resumed)
    assert fields(resumed)[OTHER]["initial_user"] == BEN
    assert fields(resumed)[words]["initial_value"] == "Could we talk?"
    assert (await harness.submit(GUS, resumed)).refusal == ""
    assert "Here is your draft" not in said((await harness.command(GUS, "start")).modal)


async def test_a_commitment_that_was_being_added_is_resumed(harness: BotHarness, workspace: Any):
    """Words typed into the list come back, also after another one was added there; what was added is said."""
    shown = (await harness.command(ANA, "commitments")).modal
    day = harness.now.date() + timedelta(days=30)
    shown = (await harness.submit(ANA, shown, mine0__text="Read the report", mine0__due_on=day)).modal
    assert "Added: “Read the report”. Ben sees it here." in said(shown)
    await harness.press(ANA, shown, ActionId.TYPED, mine1__text="Write the summary")
    resumed = (await harness.command(ANA, "commitments")).modal
    assert fields(resumed)["mine1.text"]["initial_value"] == "Write the summary"
    await harness.submit(ANA, resumed, mine1__due_on=day)
    assert "Write the summary" not in str(fields((await harness.command(ANA, "commitments")).modal))
    async with harness.database.reading(harness.workspace_id) as store:
        texts = [one.text for one in await store.commitments.open_of([workspace.two.pk])]
    assert {"Read the report", "Write the summary"} <= set(texts)
