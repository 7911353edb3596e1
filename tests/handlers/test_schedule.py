"""Setting, moving and cancelling a date, as signed requests."""

import json
from datetime import timedelta
from typing import Any

from cycle import scheduling
from cycle.guards import DISCUSSION_ENDED
from cycle.nudges import Action
from handlers.shared.ids import ActionId, FormId
from handlers.views import schedule as schedule_view
from storage.discussions import Discussion
from storage.nudges import NudgeState
from tests.support.builders import MADRID, at
from tests.support.harness import BotHarness
from tests.support.views import said

ANA, BEN = "U0ANA", "U0BEN"
USUAL = at(MADRID, 2026, 12, 9, 11)  # ten in London
EVENING = at(MADRID, 2026, 12, 9, 20)


async def discussion_of(harness: BotHarness, pair_id: int) -> Discussion:
    """The open discussion of a pair."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.discussions.open_of(pair_id)
    assert found is not None
    return found


async def test_E10_a_usual_time_is_set_at_once(harness: BotHarness, workspace: Any):
    """The modal says when they meet, the date is set, both App Homes are published anew, the delivery is woken."""
    for who in (ANA, BEN):
        await harness.home_opened(who)
    form = (await harness.command(ANA, "schedule")).modal
    outcome = await harness.submit(ANA, form, starts_at=USUAL, minutes="45")
    assert "You and Ben meet on *Wed 9 Dec at 11:00 for you, 10:00 for Ben (London)*" in said(outcome.modal)
    assert {method for method, _ in outcome.calls} == {"views.publish"}
    assert len(outcome.calls) == 2
    assert harness.woken == 1
    discussion = await discussion_of(harness, workspace.two.pk)
    assert (discussion.starts_at, discussion.minutes, discussion.round) == (USUAL, 45, 2)


async def test_an_odd_time_is_warned_of_once_and_set_the_second_time(harness: BotHarness, workspace: Any):
    """Submitted before the warning was seen, the form comes back with it; submitted again, the time is set."""
    form = (await harness.command(ANA, "schedule")).modal
    asked = await harness.submit(ANA, form, starts_at=EVENING)
    assert asked.answer["response_action"] == "update"
    assert schedule_view.AGAIN in said(asked.modal)
    assert (await discussion_of(harness, workspace.two.pk)).starts_at == workspace.discussion.starts_at
    assert "20:00 for you" in said((await harness.submit(ANA, asked.modal)).modal)
    assert (await discussion_of(harness, workspace.two.pk)).starts_at == EVENING


async def test_a_warning_seen_while_choosing_is_not_repeated(harness: BotHarness, workspace: Any):
    """Choosing redraws the form with both clocks; submitting it sets the date, but another odd time is asked about."""
    form = (await harness.command(ANA, "schedule")).modal
    redrawn = await harness.press(ANA, form, ActionId.TIME_CHOSEN, starts_at=EVENING)
    assert "20:00 for you, 19:00 for Ben (London)" in said(redrawn.modal)
    assert "outside your working hours" in said(redrawn.modal)
    other = await harness.submit(ANA, redrawn.modal, starts_at=EVENING + timedelta(hours=1))
    assert other.answer["response_action"] == "update"
    assert (await harness.submit(ANA, redrawn.modal)).modal["title"]["text"] == "Moved"
    assert (await discussion_of(harness, workspace.two.pk)).starts_at == EVENING


async def test_what_is_wrong_with_a_date_is_beside_the_field(harness: BotHarness, workspace: Any):
    """A past time and an overlap with another discussion of Ben's are errors of the field, and the form stays open."""
    form = (await harness.command(ANA, "schedule")).modal
    past = await harness.submit(ANA, form, starts_at=harness.now - timedelta(days=1))
    assert "has passed" in past.answer["errors"][scheduling.STARTS_AT]
    theirs = (await harness.press_in_message(BEN, Action.OPEN_SCHEDULE, workspace.thanks.pk)).modal
    overlap = await harness.submit(BEN, theirs, starts_at=workspace.discussion.starts_at + timedelta(minutes=30))
    assert "You have another career discussion" in overlap.answer["errors"][scheduling.STARTS_AT]


async def test_a_date_set_meanwhile_is_named_and_the_redrawn_form_moves_it(harness: BotHarness, workspace: Any):
    """Ana's old form is rejected after Ben has moved the discussion; choosing once more in it shows that date."""
    old = (await harness.command(ANA, "schedule")).modal
    await harness.submit(
        BEN, (await harness.press_in_home(BEN, Action.OPEN_SCHEDULE, workspace.two.pk)).modal, starts_at=USUAL
    )
    later = USUAL + timedelta(hours=1)
    refused = await harness.submit(ANA, old, starts_at=later)
    assert "Wed 9 Dec at 11:00" in refused.answer["errors"][scheduling.STARTS_AT]
    redrawn = await harness.press(ANA, old, ActionId.TIME_CHOSEN, starts_at=later)
    assert "You and Ben meet on *Wed 9 Dec at 11:00" in said(redrawn.modal)
    assert (await harness.submit(ANA, redrawn.modal)).modal["title"]["text"] == "Moved"
    assert (await discussion_of(harness, workspace.two.pk)).starts_at == later


def proposals(modal: dict[str, Any]) -> list[str]:
    """The values of the buttons that set a proposed time."""
    buttons = [block["accessory"] for block in modal["blocks"] if "accessory" in block]
    return [button["value"] for button in buttons if button["action_id"] == ActionId.SET_TIME]


async def test_E10_a_proposed_time_is_set_with_one_press(harness: BotHarness, workspace: Any):
    """Three times are offered; the first is pressed, and the same form says when they meet. Pressed twice, once."""
    form = (await harness.command(ANA, "schedule")).modal
    first, *others = proposals(form)
    assert len(others) == 2
    outcome = await harness.press(ANA, form, ActionId.SET_TIME, first)
    assert outcome.modal["title"]["text"] == "Moved"
    discussion = await discussion_of(harness, workspace.two.pk)
    assert discussion.starts_at is not None
    assert int(discussion.starts_at.timestamp()) == int(first)
    assert harness.woken == 1
    again = await harness.press(ANA, form, ActionId.SET_TIME, first)
    assert again.modal["title"]["text"] == "Moved"
    assert (await discussion_of(harness, workspace.two.pk)).round == discussion.round


async def test_E10_a_proposed_time_that_was_taken_meanwhile_is_explained(harness: BotHarness, workspace: Any):
    """Ben moved the discussion since Ana opened the form: she reads when to, and gets other times."""
    old = (await harness.command(ANA, "schedule")).modal
    theirs = (await harness.press_in_home(BEN, Action.OPEN_SCHEDULE, workspace.two.pk)).modal
    await harness.submit(BEN, theirs, starts_at=USUAL)
    outcome = await harness.press(ANA, old, ActionId.SET_TIME, proposals(old)[0])
    assert "Ben set Wed 9 Dec at 11:00 meanwhile." in said(outcome.modal)
    assert proposals(outcome.modal)
    assert (await discussion_of(harness, workspace.two.pk)).starts_at == USUAL


async def test_a_made_up_time_changes_nothing(harness: BotHarness, workspace: Any):
    """A button with a moment in the past, far ahead or of no kind is refused with a sentence."""
    form = (await harness.command(ANA, "schedule")).modal
    before = (await discussion_of(harness, workspace.two.pk)).starts_at
    for value in ("0", "1", str(2**62), "soon"):
        made_up = json.loads(json.dumps(form).replace(proposals(form)[0], value))
        outcome = await harness.press(ANA, made_up, ActionId.SET_TIME, value)
        assert outcome.calls
        assert (await discussion_of(harness, workspace.two.pk)).starts_at == before


async def test_a_modal_changed_or_closed_before_the_redraw_is_no_error(harness: BotHarness, workspace: Any):
    """Slack's answers to a redraw that comes too late are ignored."""
    form = (await harness.command(ANA, "schedule")).modal
    for word in ("not_found", "hash_conflict"):
        harness.slack.refuses = {"views.update": word}
        outcome = await harness.press(ANA, form, ActionId.TIME_CHOSEN, starts_at=USUAL)
        assert [method for method, _ in outcome.calls] == ["views.update"]
        assert outcome.refusal == ""


async def test_E17_cancelling_says_what_comes_next(harness: BotHarness, workspace: Any):
    """From the date to the reason to the next discussion; the other side reads the reason where a time is found."""
    form = (await harness.command(ANA, "schedule")).modal
    why = (await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal
    assert why["callback_id"] == FormId.CANCEL
    done = await harness.submit(ANA, why, reason="Ben is <away>")
    assert done.faults() == []
    assert "The next one is open" in said(done.modal)
    assert done.answer["view"]["clear_on_close"] is True
    theirs = (await harness.press_in_message(BEN, Action.OPEN_SCHEDULE, workspace.two.pk)).modal
    assert "Ben is &lt;away&gt;" in said(theirs)
    again = await harness.submit(ANA, why, reason="Ben is away")
    assert again.answer["errors"][scheduling.REASON] == DISCUSSION_ENDED


async def test_cancelling_says_whether_the_other_side_hears_of_it(harness: BotHarness, workspace: Any):
    """Ben knows of a date; of the next one, set and cancelled before he is told, he gets no message."""
    form = (await harness.command(ANA, "schedule")).modal
    known = await harness.submit(ANA, (await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal, reason="Ill")
    assert "I'll let Ben know." in said(known.modal)
    async with harness.database.unit(harness.workspace_id) as store:
        for row in await store.nudges.of_pair(workspace.two.pk):
            row.state = NudgeState.SENT
    await harness.submit(ANA, (await harness.command(ANA, "schedule")).modal, starts_at=USUAL)
    form = (await harness.command(ANA, "schedule")).modal
    unknown = await harness.submit(ANA, (await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal, reason="Ill")
    assert "I hadn't let Ben know of the date yet, so I won't send anything." in said(unknown.modal)


async def test_a_reason_begun_is_resumed(harness: BotHarness, workspace: Any):
    """What was typed before the modal was closed is there again."""
    form = (await harness.command(ANA, "schedule")).modal
    why = (await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal
    await harness.press(ANA, why, ActionId.TYPED, reason="Ben is aw")
    assert "Ben is aw" in said((await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal)
