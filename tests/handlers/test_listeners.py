import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog

from cycle.nudges import Action
from handlers.shared.ids import ActionId, FormId
from handlers.views.start import SIDE
from storage.pairs import Side
from tests.support.harness import BotHarness, Outcome

Case = Callable[[BotHarness, Any], Awaitable[Outcome]]

ANA, BEN, CHIYO, DEV, ELIF, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0GUS"


async def choose_pair(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben has three reports and chooses one."""
    chooser = (await harness.command(BEN, "prep")).modal
    return await harness.press(BEN, chooser, ActionId.CHOOSE_PAIR, workspace.two.pk)


async def ask(harness: BotHarness, _workspace: Any) -> Outcome:
    """Gus, who is new, asks Ben to be his manager."""
    form = (await harness.press_in_home(GUS, ActionId.START)).modal
    return await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": BEN})


async def choose_side(harness: BotHarness, _workspace: Any) -> Outcome:
    """Gus is a manager after all."""
    form = (await harness.command(GUS, "start")).modal
    return await harness.press(GUS, form, ActionId.SIDE_CHOSEN, **{SIDE: Side.MANAGER})


async def decline(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana says no to Chiyo, and why."""
    form = (await harness.press_in_message(ANA, Action.DECLINE_PAIR, workspace.asked.pk)).modal
    return await harness.submit(ANA, form, reason="I lead another team now")


async def read_reason(harness: BotHarness, workspace: Any) -> Outcome:
    """Chiyo reads why."""
    await decline(harness, workspace)
    return await harness.press_in_message(CHIYO, Action.READ_REASON, workspace.asked.pk)


async def choose_kind(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana is unsure of her path."""
    return await harness.press(
        ANA, (await harness.command(ANA, "prep")).modal, ActionId.DISCUSSION_KIND, path_clarity="unsure"
    )


async def keep_mine(harness: BotHarness, _workspace: Any) -> Outcome:
    """A vague goal is pointed out, and kept."""
    form = (await harness.command(ANA, "prep")).modal
    day = harness.now.date() + timedelta(days=250)
    pointed_out = await harness.submit(ANA, form, short__new0__text="Get better at SQL", short__new0__date=day)
    return await harness.press(ANA, pointed_out.modal, ActionId.KEEP_MINE)


async def more_objectives(harness: BotHarness, _workspace: Any) -> Outcome:
    """Another row for an objective."""
    form = (await harness.command(ANA, "prep")).modal
    return await harness.press(ANA, form, ActionId.MORE_OBJECTIVES, "long", achievements="Shipped it")


async def hand_in(harness: BotHarness, workspace: Any) -> Outcome:
    """Half a preparation is fine."""
    form = (await harness.press_in_message(ANA, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    return await harness.submit(ANA, form, achievements="Shipped it", shared=["achievements"])


async def show_both_clocks(harness: BotHarness, workspace: Any) -> Outcome:
    """Another time is chosen."""
    form = (await harness.command(ANA, "schedule")).modal
    return await harness.press(
        ANA, form, ActionId.TIME_CHOSEN, starts_at=workspace.discussion.starts_at + timedelta(days=1)
    )


async def set_date(harness: BotHarness, workspace: Any) -> Outcome:
    """The talk moves by a day."""
    form = (await harness.command(ANA, "schedule")).modal
    return await harness.submit(ANA, form, starts_at=workspace.discussion.starts_at + timedelta(days=1))


async def open_cancel(harness: BotHarness, _workspace: Any) -> Outcome:
    """On top of the date."""
    return await harness.press(ANA, (await harness.command(ANA, "schedule")).modal, ActionId.OPEN_CANCEL)


async def cancel(harness: BotHarness, workspace: Any) -> Outcome:
    """With a reason."""
    return await harness.submit(ANA, (await open_cancel(harness, workspace)).modal, reason="Ben is away")


async def turn_agenda_page(harness: BotHarness, _workspace: Any) -> Outcome:
    """Twelve points are two pages."""
    return await harness.press(ANA, (await harness.command(ANA, "agenda")).modal, ActionId.PAGE)


async def choose_item(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben accepts a point."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    return await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"accept:{workspace.items[0].pk}")


async def propose(harness: BotHarness, _workspace: Any) -> Outcome:
    """One more point."""
    return await harness.submit(ANA, (await harness.command(ANA, "agenda")).modal, new_items="What comes next?")


async def amend(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben puts a point into other words."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"amend:{workspace.items[0].pk}")).modal
    return await harness.submit(BEN, form | {"previous_view_id": "V0"}, text="Point 0, but sooner")


async def wrap_up_form(harness: BotHarness, workspace: Any) -> Outcome:
    """Dev said that the talk happened."""
    form = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    return await harness.press(DEV, form, ActionId.HAPPENED, happened="yes")


async def more_commitments(harness: BotHarness, workspace: Any) -> Outcome:
    """A third promise."""
    return await harness.press(DEV, (await wrap_up_form(harness, workspace)).modal, ActionId.MORE_COMMITMENTS)


async def wrap_up(harness: BotHarness, workspace: Any) -> Outcome:
    """Nothing promised and the next date later, both on purpose."""
    form = (await wrap_up_form(harness, workspace)).modal
    return await harness.submit(DEV, form, no_commitments=["ticked"], next_later=["ticked"], happened="yes")


async def send_thanks(harness: BotHarness, workspace: Any) -> Outcome:
    """The drafted note, as it is."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    return await harness.submit(ELIF, form)


async def confirm(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben turns the second key, from the message."""
    await send_thanks(harness, workspace)
    return await harness.press_in_message(BEN, Action.CONFIRM_DELIVERABLES, workspace.held.pk)


async def turn_commitments_page(harness: BotHarness, _workspace: Any) -> Outcome:
    """Twelve promises are two pages."""
    return await harness.press(ANA, (await harness.command(ANA, "commitments")).modal, ActionId.PAGE)


async def add_commitment(harness: BotHarness, workspace: Any) -> Outcome:
    """One of my own between talks."""
    form = (await harness.press_in_home(ANA, Action.OPEN_COMMITMENTS, workspace.two.pk)).modal
    typed = {"mine0__text": "Call HR", "mine0__due_on": harness.now.date() + timedelta(days=7)}
    return await harness.submit(ANA, form, **typed)


async def ask_change(harness: BotHarness, workspace: Any) -> Outcome:
    """Another date for a promise."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    return await harness.submit(ANA, form, due_on=harness.now.date() + timedelta(days=40), reason="The audit")


async def answer(harness: BotHarness, workspace: Any, act: ActionId) -> Outcome:
    """Ben answers what Ana asked for."""
    form = (await harness.press_in_message(BEN, Action.ANSWER_CHANGE, workspace.request.pk)).modal
    return await harness.press(BEN, form, act)


async def typed(harness: BotHarness, _workspace: Any) -> Outcome:
    """A keystroke in a preparation."""
    return await harness.press(
        ANA, (await harness.command(ANA, "prep")).modal, ActionId.TYPED, achievements="Half a sent"
    )


async def discard(harness: BotHarness, workspace: Any) -> Outcome:
    """Start over."""
    await typed(harness, workspace)
    return await harness.press(ANA, (await harness.command(ANA, "prep")).modal, ActionId.DISCARD_DRAFT)


async def open_afresh(harness: BotHarness, workspace: Any) -> Outcome:
    """And open the form again."""
    return await harness.press(ANA, (await discard(harness, workspace)).modal, ActionId.OPEN_AFRESH)


# Every listener, and a request that it takes in earnest.
CASES: dict[str, Case] = {
    "commands.career": lambda harness, _: harness.command(ANA, "prep"),
    "commands.choose_pair": choose_pair,
    "home.opened": lambda harness, _: harness.home_opened(ANA),
    "start.open_form": lambda harness, _: harness.press_in_home(CHIYO, ActionId.START),
    "start.ask": ask,
    "start.accept": lambda harness, workspace: harness.press_in_message(ANA, Action.ACCEPT_PAIR, workspace.asked.pk),
    "start.choose_side": choose_side,
    "start.open_decline": lambda harness, workspace: harness.press_in_message(
        ANA, Action.DECLINE_PAIR, workspace.asked.pk
    ),
    "start.decline": decline,
    "start.read_reason": read_reason,
    "start.withdraw": lambda harness, workspace: harness.press_in_home(
        CHIYO, ActionId.WITHDRAW_PAIR, workspace.asked.pk
    ),
    "preparation.open_preparation": lambda harness, workspace: harness.press_in_message(
        BEN, Action.OPEN_PREPARATION, workspace.two.pk
    ),
    "preparation.more_objectives": more_objectives,
    "preparation.choose_kind": choose_kind,
    "preparation.hand_in": hand_in,
    "coach.keep_mine": keep_mine,
    "coach.switch": lambda harness, _: harness.press_in_home(ANA, ActionId.SWITCH_COACH, "off"),
    "schedule.open_schedule": lambda harness, workspace: harness.press_in_home(
        ANA, Action.OPEN_SCHEDULE, workspace.two.pk
    ),
    "schedule.show_both_clocks": show_both_clocks,
    "schedule.set_date": set_date,
    "schedule.open_cancel": open_cancel,
    "schedule.cancel": cancel,
    "agenda.open_agenda": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_AGENDA, workspace.two.pk
    ),
    "agenda.turn_page": turn_agenda_page,
    "agenda.choose": choose_item,
    "agenda.propose": propose,
    "agenda.amend": amend,
    "brief.open_brief": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_BRIEF, workspace.discussion.pk
    ),
    "wrap_up.open_wrap_up": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_WRAP_UP, workspace.ended.pk
    ),
    "wrap_up.redraw": wrap_up_form,
    "wrap_up.more_commitments": more_commitments,
    "wrap_up.hand_in": wrap_up,
    "thanks.open_thank_you": lambda harness, workspace: harness.press_in_message(
        ELIF, Action.OPEN_THANK_YOU, workspace.held.pk
    ),
    "thanks.send": send_thanks,
    "thanks.confirm_deliverables": confirm,
    "commitments.open_commitments": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_COMMITMENTS, workspace.two.pk
    ),
    "commitments.turn_page": turn_commitments_page,
    "commitments.add_commitment": add_commitment,
    "commitments.mark_done": lambda harness, workspace: harness.press_in_message(
        ANA, Action.COMMITMENT_DONE, workspace.commitments[1].pk
    ),
    "commitments.open_change": lambda harness, workspace: harness.press_in_message(
        ANA, Action.NEW_DATE, workspace.commitments[1].pk
    ),
    "commitments.ask_change": ask_change,
    "commitments.open_answer": lambda harness, workspace: harness.press_in_message(
        BEN, Action.ANSWER_CHANGE, workspace.request.pk
    ),
    "commitments.agree": lambda harness, workspace: answer(harness, workspace, ActionId.AGREE),
    "commitments.keep_as_it_was": lambda harness, workspace: answer(harness, workspace, ActionId.KEEP_AS_IT_WAS),
    "drafts.typed": typed,
    "drafts.discard": discard,
    "drafts.open_afresh": open_afresh,
    "registration.unknown_button": lambda harness, _: harness.press_in_message(ANA, "from_an_older_version", 1),
}

# What changes nothing and shows nothing: the draft is kept, and that is all.
SILENT = {"drafts.typed"}


def test_every_listener_has_its_case(harness: BotHarness):
    """A new listener fails here until somebody has written down a request that it takes."""
    assert harness.listeners() == set(CASES)


@pytest.mark.parametrize("name", CASES)
async def test_every_listener_takes_its_request(
    name: str, harness: BotHarness, workspace: Any, caplog: pytest.LogCaptureFixture
):
    """It is acknowledged, Bolt knows all arguments, nothing goes wrong, and Slack would take whatever is shown."""
    caplog.set_level(logging.WARNING)
    with structlog.testing.capture_logs() as logged:
        outcome = await CASES[name](harness, workspace)
    assert outcome.listener == name
    assert outcome.status == 200
    assert outcome.answer.get("response_action") != "errors"
    assert outcome.faults() == []
    assert [record.getMessage() for record in caplog.records] == []
    assert [entry for entry in logged if entry["log_level"] in {"warning", "error"}] == []
    assert bool(outcome.views or outcome.messages) is (name not in SILENT)


# --- what only the dispatch shows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed_text", ["help", "  HELP ", "Help", "prepp", "prep now", "<!channel>"])
async def test_help_and_what_is_not_understood_answer_only_the_person(harness: BotHarness, typed_text: str):
    """Help comes in the answer to the command, ephemeral; an unknown word is named and harmless."""
    outcome = await harness.command(ANA, typed_text)
    assert outcome.answer["response_type"] == "ephemeral"
    assert "/career prep" in outcome.answer["text"]
    assert ("I don't know" in outcome.answer["text"]) is (typed_text.strip().lower() != "help")
    assert outcome.calls == []


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("start", FormId.START),
        ("prep", FormId.PREPARATION),
        (" PREP  ", FormId.PREPARATION),
        ("schedule", FormId.SCHEDULE),
        ("agenda", FormId.AGENDA),
        ("brief", FormId.NOTICE),
        ("wrapup", FormId.WRAP_UP),
        ("commitments", FormId.COMMITMENTS),
    ],
)
async def test_every_word_opens_its_form(harness: BotHarness, word: str, form: FormId):
    """In any case and with any spaces."""
    assert (await harness.command(ANA, word)).modal["callback_id"] == form


async def test_thanks_opens_the_note(harness: BotHarness):
    """For whom a talk is wrapped up."""
    assert (await harness.command(ELIF, "thanks")).modal["callback_id"] == FormId.THANK_YOU


async def test_career_alone_says_what_to_do(harness: BotHarness):
    """Buttons for what can be done now; for a newcomer, a welcome with one to start."""
    known, new = await harness.command(BEN), await harness.command(GUS)
    assert known.faults() == new.faults() == []
    assert Action.ANSWER_CHANGE in str(known.answer["blocks"])
    assert ActionId.START in str(new.answer["blocks"])


async def test_C1_the_form_says_what_it_is_before_anybody_is_asked(harness: BotHarness):
    """Growth, apart from performance reviews."""
    assert "apart from performance reviews" in str((await harness.command(GUS, "start")).modal)


async def test_E1_from_asking_to_the_next_step(harness: BotHarness):
    """Gus asks, hears when Ben will read it, Ben says yes in the message and finds the next steps there."""
    asked = await ask(harness, None)
    assert asked.answer["response_action"] == "update"
    assert "right away" in str(asked.answer["view"])
    assert harness.woken == 1
    async with harness.database.reading(harness.workspace_id) as store:
        gus = await store.people.by_slack_id(GUS)
        assert gus is not None
        (pair,) = await store.pairs.current_of(gus.pk)
    accepted_view = await harness.press_in_message(BEN, Action.ACCEPT_PAIR, pair.pk)
    (message,) = accepted_view.messages
    assert message["replace_original"] is True
    assert "A question." in str(message["blocks"])
    assert Action.OPEN_SCHEDULE in str(message["blocks"])
    published = {body["user_id"] for method, body in accepted_view.calls if method == "views.publish"}
    assert published == {BEN, GUS}


async def test_an_answer_in_an_ephemeral_message_replaces_it(harness: BotHarness, workspace: Any):
    """Slack does not show us an ephemeral message again; the answer stands in its place."""
    outcome = await harness.press_in_message(ANA, Action.ACCEPT_PAIR, workspace.asked.pk, ephemeral=True)
    (message,) = outcome.messages
    assert message["replace_original"] is True
    assert "You said yes" in message["text"]
    assert outcome.faults() == []


async def test_whoever_is_chosen_is_looked_up_afresh(harness: BotHarness):
    """Somebody who has left since yesterday is refused beside the field, and the form stays."""
    form = (await harness.command(GUS, "start")).modal
    outcome = await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": "U0FAY"})
    assert harness.directory.asked[-1] == "U0FAY"
    assert outcome.answer["response_action"] == "errors"
    assert "no longer active" in outcome.answer["errors"]["other"]


async def test_taking_back_redraws_the_form(harness: BotHarness):
    """The question that waits stands in the form of whoever asked; taken back, it is gone from it."""
    form = (await harness.command(CHIYO, "start")).modal
    assert "You asked *Ana Ruiz*" in str(form)
    outcome = await harness.press(CHIYO, form, ActionId.WITHDRAW_PAIR)
    assert "You asked" not in str(outcome.modal)


async def test_only_the_home_tab_is_filled(harness: BotHarness):
    """Opening the messages tab publishes nothing; somebody whom Slack does not name is welcome all the same."""
    assert (await harness.home_opened(ANA, tab="messages")).calls == []
    stranger = await harness.home_opened("U0NOBODY")
    assert "Start career discussions" in str(stranger.views)


async def test_events_of_bots_are_ignored(harness: BotHarness):
    """What the bot itself does never comes back to it."""
    assert (await harness.home_opened("U0BOT")).calls == []


async def test_nothing_typed_is_lost(harness: BotHarness):
    """A keystroke is kept; the form opened anew resumes from it and says so."""
    await typed(harness, None)
    form = (await harness.command(ANA, "prep")).modal
    assert "Half a sent" in str(form)
    assert ActionId.DISCARD_DRAFT in str(form)


async def test_starting_over_shows_nothing_old(harness: BotHarness):
    """The page between has no fields, so Slack forgets them; the form after it is empty, and keeps drafts again."""
    between = (await discard(harness, None)).modal
    assert not [block for block in between["blocks"] if block["type"] == "input"]
    form = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert "Half a sent" not in str(form)
    await harness.press(ANA, form, ActionId.TYPED, achievements="A new start")
    assert "A new start" in str((await harness.command(ANA, "prep")).modal)


async def test_a_late_keystroke_does_not_bring_a_draft_back(harness: BotHarness):
    """What arrives after “Start over” from the same modal was typed before it."""
    form = (await harness.command(ANA, "prep")).modal
    await harness.press(ANA, form, ActionId.TYPED, achievements="Half a sent")
    resumed = (await harness.command(ANA, "prep")).modal
    await harness.press(ANA, resumed, ActionId.DISCARD_DRAFT)
    await harness.press(ANA, resumed, ActionId.TYPED, achievements="Half a sentence")
    assert "Half a sent" not in str((await harness.command(ANA, "prep")).modal)


async def test_start_over_on_a_new_date_returns_to_that_form(harness: BotHarness, workspace: Any):
    """A form that is about a promise is opened again for the same promise."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    await harness.press(ANA, form, ActionId.TYPED, reason="Half a reas")
    resumed = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    between = (await harness.press(ANA, resumed, ActionId.DISCARD_DRAFT)).modal
    again = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert again["callback_id"] == FormId.CHANGE
    assert "Promise 3" in str(again)
    assert "Half a reas" not in str(again)


@pytest.mark.parametrize("does", list(Action))
async def test_every_button_of_a_nudge_does_something(harness: BotHarness, does: Action):
    """A nudge never carries a button that nobody takes; one about something that is gone says so."""
    outcome = await harness.press_in_message(ANA, does, 4711)
    assert outcome.listener not in {"", "registration.unknown_button"}
    assert outcome.messages[0]["response_type"] == "ephemeral"
