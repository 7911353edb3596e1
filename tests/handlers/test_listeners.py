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
from tests.support.builders import TOKYO
from tests.support.harness import BotHarness, Outcome

Case = Callable[[BotHarness, Any], Awaitable[Outcome]]

ANA, BEN, CHIYO, DEV, ELIF, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0GUS"


async def choose_pair(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben, who has three reports, chooses one."""
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


async def choose(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana says that she is unsure of her path."""
    form = (await harness.command(ANA, "prep")).modal
    return await harness.press(ANA, form, ActionId.QUESTION_SET, "unsure", path_clarity="unsure")


async def keep_mine(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana keeps a vague goal that the coach remarked on."""
    form = (await harness.command(ANA, "prep")).modal
    day = harness.now.date() + timedelta(days=250)
    pointed_out = await harness.submit(ANA, form, short__new0__text="Get better at SQL", short__new0__date=day)
    return await harness.press(ANA, pointed_out.modal, ActionId.KEEP_MINE)


async def more_objectives(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana adds a row for an objective."""
    form = (await harness.command(ANA, "prep")).modal
    return await harness.press(ANA, form, ActionId.MORE_OBJECTIVES, "long", achievements="Shipped it")


async def prepare(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana submits half a preparation."""
    form = (await harness.press_in_message(ANA, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    return await harness.submit(ANA, form, achievements="Shipped it", shared=["achievements"])


async def show_both_clocks(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana chooses another time."""
    form = (await harness.command(ANA, "schedule")).modal
    return await harness.press(
        ANA, form, ActionId.TIME_CHOSEN, starts_at=workspace.discussion.starts_at + timedelta(days=1)
    )


async def set_date(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana moves the discussion by a day."""
    form = (await harness.command(ANA, "schedule")).modal
    return await harness.submit(ANA, form, starts_at=workspace.discussion.starts_at + timedelta(days=1))


async def open_cancel(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana opens the form that cancels, on top of the one with the date."""
    return await harness.press(ANA, (await harness.command(ANA, "schedule")).modal, ActionId.OPEN_CANCEL)


async def cancel(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana cancels, with a reason."""
    return await harness.submit(ANA, (await open_cancel(harness, workspace)).modal, reason="Ben is away")


async def turn_agenda_page(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana turns the page of an agenda of twelve items."""
    return await harness.press(ANA, (await harness.command(ANA, "agenda")).modal, ActionId.PAGE)


async def choose_item(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben accepts an item."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    return await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"accept:{workspace.items[0].pk}")


async def propose(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana proposes one more item."""
    return await harness.submit(ANA, (await harness.command(ANA, "agenda")).modal, new_items="What comes next?")


async def amend(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben rewords an item."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"amend:{workspace.items[0].pk}")).modal
    return await harness.submit(BEN, form | {"previous_view_id": "V0"}, text="Item 0, but sooner")


async def wrap_up_form(harness: BotHarness, workspace: Any) -> Outcome:
    """Dev says that the discussion took place."""
    form = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    return await harness.press(DEV, form, ActionId.HAPPENED, happened="yes")


async def more_commitments(harness: BotHarness, workspace: Any) -> Outcome:
    """Dev asks for a third row of commitments."""
    return await harness.press(DEV, (await wrap_up_form(harness, workspace)).modal, ActionId.MORE_COMMITMENTS)


async def wrap_up(harness: BotHarness, workspace: Any) -> Outcome:
    """No commitments and the next date later, both on purpose."""
    form = (await wrap_up_form(harness, workspace)).modal
    return await harness.submit(DEV, form, no_commitments=["ticked"], next_later=["ticked"], happened="yes")


async def send_thanks(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif sends the drafted note as it is."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    return await harness.submit(ELIF, form)


async def confirm(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben confirms the deliverables from the message."""
    await send_thanks(harness, workspace)
    return await harness.press_in_message(BEN, Action.CONFIRM_DELIVERABLES, workspace.held.pk)


async def turn_commitments_page(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana turns the page of twelve commitments."""
    return await harness.press(ANA, (await harness.command(ANA, "commitments")).modal, ActionId.PAGE)


async def add_commitment(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana adds a commitment of her own between discussions."""
    form = (await harness.press_in_home(ANA, Action.OPEN_COMMITMENTS, workspace.two.pk)).modal
    typed = {"mine0__text": "Call HR", "mine0__due_on": harness.now.date() + timedelta(days=7)}
    return await harness.submit(ANA, form, **typed)


async def ask_change(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana asks for another date of a commitment."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    return await harness.submit(ANA, form, due_on=harness.now.date() + timedelta(days=40), reason="The audit")


async def answer(harness: BotHarness, workspace: Any, act: ActionId) -> Outcome:
    """Ben answers the change that Ana asked for."""
    form = (await harness.press_in_message(BEN, Action.ANSWER_CHANGE, workspace.request.pk)).modal
    return await harness.press(BEN, form, act)


async def typed(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana types into her preparation."""
    return await harness.press(
        ANA, (await harness.command(ANA, "prep")).modal, ActionId.TYPED, achievements="Half a sent"
    )


async def discard(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana discards her draft."""
    await typed(harness, workspace)
    return await harness.press(ANA, (await harness.command(ANA, "prep")).modal, ActionId.DISCARD_DRAFT)


async def open_afresh(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana opens the form again after she discarded her draft."""
    return await harness.press(ANA, (await discard(harness, workspace)).modal, ActionId.OPEN_AFRESH)


async def person_changed(harness: BotHarness, _workspace: Any) -> Outcome:
    """Slack reports that Ana moved to Tokyo."""
    return await harness.event({"type": "user_change", "user": {"id": ANA, "real_name": "Ana Ruiz", "tz": TOKYO}})


async def unknown_form(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana submits a form that an older version showed."""
    form = (await harness.command(ANA, "prep")).modal
    return await harness.submit(ANA, form | {"callback_id": "from_an_older_version"})


# Every listener, and a request that it takes.
CASES: dict[str, Case] = {
    "commands.career": lambda harness, _: harness.command(ANA, "prep"),
    "commands.choose_pair": choose_pair,
    "home.opened": lambda harness, _: harness.home_opened(ANA),
    "home.changed": person_changed,
    "start.open_request": lambda harness, _: harness.press_in_home(CHIYO, ActionId.START),
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
    "preparation.choose": choose,
    "preparation.submit": prepare,
    "coach.keep_mine": keep_mine,
    "coach.switch": lambda harness, _: harness.press_in_home(ANA, ActionId.SWITCH_COACH, "off"),
    "schedule.open_schedule": lambda harness, workspace: harness.press_in_home(
        ANA, Action.OPEN_SCHEDULE, workspace.two.pk
    ),
    "schedule.show_both_clocks": show_both_clocks,
    "schedule.submit": set_date,
    "schedule.open_cancel": open_cancel,
    "schedule.cancel": cancel,
    "agenda.open_agenda": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_AGENDA, workspace.two.pk
    ),
    "agenda.turn_page": turn_agenda_page,
    "agenda.choose": choose_item,
    "agenda.submit": propose,
    "agenda.amend": amend,
    "brief.open_brief": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_BRIEF, workspace.discussion.pk
    ),
    "wrap_up.open_wrap_up": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_WRAP_UP, workspace.ended.pk
    ),
    "wrap_up.answer_happened": wrap_up_form,
    "wrap_up.more_commitments": more_commitments,
    "wrap_up.submit": wrap_up,
    "thanks.open_thank_you": lambda harness, workspace: harness.press_in_message(
        ELIF, Action.OPEN_THANK_YOU, workspace.held.pk
    ),
    "thanks.submit": send_thanks,
    "thanks.confirm_deliverables": confirm,
    "commitments.open_commitments": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_COMMITMENTS, workspace.two.pk
    ),
    "commitments.turn_page": turn_commitments_page,
    "commitments.add": add_commitment,
    "commitments.mark_done": lambda harness, workspace: harness.press_in_message(
        ANA, Action.COMMITMENT_DONE, workspace.commitments[1].pk
    ),
    "commitments.open_change_in_place": lambda harness, workspace: harness.press_in_message(
        ANA, Action.NEW_DATE, workspace.commitments[1].pk
    ),
    "commitments.ask_change": ask_change,
    "commitments.open_answer_in_place": lambda harness, workspace: harness.press_in_message(
        BEN, Action.ANSWER_CHANGE, workspace.request.pk
    ),
    "commitments.agree": lambda harness, workspace: answer(harness, workspace, ActionId.AGREE),
    "commitments.keep_as_it_was": lambda harness, workspace: answer(harness, workspace, ActionId.KEEP_AS_IT_WAS),
    "drafts.typed": typed,
    "drafts.discard": discard,
    "drafts.open_afresh": open_afresh,
    "registration.unknown_button": lambda harness, _: harness.press_in_message(ANA, "from_an_older_version", 1),
    "registration.unknown_form": unknown_form,
}

# Listeners that show nothing when all goes well.
SILENT = {"drafts.typed", "home.changed", "registration.unknown_form"}
# Listeners that can only refuse.
REFUSING = {"registration.unknown_button", "registration.unknown_form"}


def test_every_listener_has_its_case(sqlite_harness: BotHarness):
    """A new listener fails here until there is a request that it takes."""
    assert sqlite_harness.listeners() == set(CASES)


@pytest.mark.parametrize("name", CASES)
async def test_every_listener_takes_its_request(
    name: str, harness: BotHarness, workspace: Any, caplog: pytest.LogCaptureFixture
):
    """The listener acknowledges, Bolt knows all its arguments, nothing goes wrong, and Slack takes what it shows."""
    caplog.set_level(logging.WARNING)
    with structlog.testing.capture_logs() as logged:
        outcome = await CASES[name](harness, workspace)
    assert outcome.listener == name
    assert outcome.status == 200
    assert bool(outcome.refusal) is (name in REFUSING)
    assert outcome.faults() == []
    assert [record.getMessage() for record in caplog.records] == []
    assert [entry for entry in logged if entry["log_level"] in {"warning", "error"}] == []
    assert bool(outcome.views or outcome.messages) is (name not in SILENT)


# --- what only the dispatch shows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed_text", ["help", "  HELP ", "Help", "prepp", "prep now", "<!channel>"])
async def test_help_and_what_is_not_understood_answer_only_the_person(sqlite_harness: BotHarness, typed_text: str):
    """Help is an ephemeral answer to the command; an unknown word is named and escaped."""
    outcome = await sqlite_harness.command(ANA, typed_text)
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
        ("brief", FormId.BRIEF),
        ("wrapup", FormId.WRAP_UP),
        ("commitments", FormId.COMMITMENTS),
    ],
)
async def test_every_word_opens_its_form(sqlite_harness: BotHarness, word: str, form: FormId):
    """A word opens its form in upper or lower case and with any spaces."""
    assert (await sqlite_harness.command(ANA, word)).modal["callback_id"] == form


async def test_thanks_opens_the_note(harness: BotHarness):
    """The employee of a discussion that is wrapped up gets the form for the note."""
    assert (await harness.command(ELIF, "thanks")).modal["callback_id"] == FormId.THANK_YOU


async def test_career_alone_says_what_to_do(harness: BotHarness):
    """The answer has buttons for what can be done now; for a newcomer, a welcome with a button to start."""
    known, new = await harness.command(BEN), await harness.command(GUS)
    assert known.faults() == new.faults() == []
    assert Action.ANSWER_CHANGE in str(known.answer["blocks"])
    assert ActionId.START in str(new.answer["blocks"])


async def test_C1_the_form_says_what_it_is_before_anyone_is_asked(harness: BotHarness):
    """A newcomer reads that this is about growth, apart from performance reviews."""
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
    """Slack does not send us an ephemeral message again, so the answer takes its place as a whole."""
    outcome = await harness.press_in_message(ANA, Action.ACCEPT_PAIR, workspace.asked.pk, ephemeral=True)
    (message,) = outcome.messages
    assert message["replace_original"] is True
    assert "Accepted. I'll let Chiyo know." in message["text"]
    assert outcome.faults() == []


async def test_the_chosen_person_is_looked_up_anew(harness: BotHarness):
    """A person who has left since yesterday is refused beside the field, and the form stays open."""
    form = (await harness.command(GUS, "start")).modal
    outcome = await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": "U0FAY"})
    assert harness.directory.asked[-1] == "U0FAY"
    assert outcome.answer["response_action"] == "errors"
    assert "no longer active" in outcome.answer["errors"]["other"]


async def test_taking_a_request_back_redraws_the_form(harness: BotHarness):
    """The unanswered request is in the asker's form until it is taken back."""
    form = (await harness.command(CHIYO, "start")).modal
    assert "You asked *Ana Ruiz*" in str(form)
    outcome = await harness.press(CHIYO, form, ActionId.WITHDRAW_PAIR)
    assert "You asked" not in str(outcome.modal)


async def test_only_the_home_tab_is_filled(harness: BotHarness):
    """Opening the messages tab publishes nothing; a person whom the directory does not name gets a Home, too."""
    assert (await harness.home_opened(ANA, tab="messages")).calls == []
    stranger = await harness.home_opened("U0NOBODY")
    assert "Start career discussions" in str(stranger.views)


async def test_events_of_bots_are_ignored(harness: BotHarness):
    """The bot does not answer events of its own user."""
    assert (await harness.home_opened("U0BOT")).calls == []


async def test_what_is_typed_is_resumed(harness: BotHarness):
    """What was typed is in the form when it is opened again, with the offer to start over."""
    await typed(harness, None)
    form = (await harness.command(ANA, "prep")).modal
    assert "Half a sent" in str(form)
    assert ActionId.DISCARD_DRAFT in str(form)


async def test_starting_over_shows_nothing_old(harness: BotHarness):
    """The page in between has no fields, so Slack drops what was typed; the form after it is empty and saves again."""
    between = (await discard(harness, None)).modal
    assert not [block for block in between["blocks"] if block["type"] == "input"]
    form = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert "Half a sent" not in str(form)
    await harness.press(ANA, form, ActionId.TYPED, achievements="A new start")
    assert "A new start" in str((await harness.command(ANA, "prep")).modal)


async def test_a_late_keystroke_does_not_bring_a_discarded_draft_back(harness: BotHarness):
    """What arrives after “Start over” from the same modal was typed before it, and is not saved."""
    form = (await harness.command(ANA, "prep")).modal
    await harness.press(ANA, form, ActionId.TYPED, achievements="Half a sent")
    resumed = (await harness.command(ANA, "prep")).modal
    await harness.press(ANA, resumed, ActionId.DISCARD_DRAFT)
    await harness.press(ANA, resumed, ActionId.TYPED, achievements="Half a sentence")
    assert "Half a sent" not in str((await harness.command(ANA, "prep")).modal)


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


@pytest.mark.parametrize("does", [does for does in Action if does is not Action.START])
async def test_every_button_of_a_nudge_does_something(sqlite_harness: BotHarness, does: Action):
    """Every button that a nudge can carry has a listener; about something that is gone, it answers with a sentence."""
    outcome = await sqlite_harness.press_in_message(ANA, does, 4711)
    assert outcome.listener not in {"", "registration.unknown_button"}
    assert outcome.messages[0]["response_type"] == "ephemeral"
