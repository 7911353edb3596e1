import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog

from cycle.nudges import Do
from handlers.ids import Act, Form
from handlers.views.start import SIDE
from storage.pairs import Side
from tests.support.desk import Desk, Outcome

Case = Callable[[Desk, Any], Awaitable[Outcome]]

ANA, BEN, CHIYO, DEV, ELIF, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0GUS"


async def choose_pair(desk: Desk, workspace: Any) -> Outcome:
    """Ben has three reports and chooses one."""
    chooser = (await desk.command(BEN, "prep")).modal
    return await desk.press(BEN, chooser, Act.CHOOSE_PAIR, workspace.two.pk)


async def ask(desk: Desk, _workspace: Any) -> Outcome:
    """Gus, who is new, asks Ben to be his manager."""
    form = (await desk.press_in_home(GUS, Act.START)).modal
    return await desk.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": BEN})


async def choose_side(desk: Desk, _workspace: Any) -> Outcome:
    """Gus is a manager after all."""
    form = (await desk.command(GUS, "start")).modal
    return await desk.press(GUS, form, Act.SIDE_CHOSEN, **{SIDE: Side.MANAGER})


async def decline(desk: Desk, workspace: Any) -> Outcome:
    """Ana says no to Chiyo, and why."""
    form = (await desk.press_in_message(ANA, Do.DECLINE_PAIR, workspace.asked.pk)).modal
    return await desk.submit(ANA, form, reason="I lead another team now")


async def read_reason(desk: Desk, workspace: Any) -> Outcome:
    """Chiyo reads why."""
    await decline(desk, workspace)
    return await desk.press_in_message(CHIYO, Do.READ_REASON, workspace.asked.pk)


async def choose_kind(desk: Desk, _workspace: Any) -> Outcome:
    """Ana is unsure of her path."""
    return await desk.press(ANA, (await desk.command(ANA, "prep")).modal, Act.TALK_KIND, path_clarity="unsure")


async def keep_mine(desk: Desk, _workspace: Any) -> Outcome:
    """A vague goal is pointed out, and kept."""
    form = (await desk.command(ANA, "prep")).modal
    day = desk.now.date() + timedelta(days=250)
    pointed_out = await desk.submit(ANA, form, short__new0__text="Get better at SQL", short__new0__date=day)
    return await desk.press(ANA, pointed_out.modal, Act.KEEP_MINE)


async def more_objectives(desk: Desk, _workspace: Any) -> Outcome:
    """Another row for an objective."""
    form = (await desk.command(ANA, "prep")).modal
    return await desk.press(ANA, form, Act.MORE_OBJECTIVES, "long", achievements="Shipped it")


async def hand_in(desk: Desk, workspace: Any) -> Outcome:
    """Half a preparation is fine."""
    form = (await desk.press_in_message(ANA, Do.OPEN_PREPARATION, workspace.two.pk)).modal
    return await desk.submit(ANA, form, achievements="Shipped it", shared=["achievements"])


async def show_both_clocks(desk: Desk, workspace: Any) -> Outcome:
    """Another time is chosen."""
    form = (await desk.command(ANA, "schedule")).modal
    return await desk.press(ANA, form, Act.TIME_CHOSEN, starts_at=workspace.talk.starts_at + timedelta(days=1))


async def set_date(desk: Desk, workspace: Any) -> Outcome:
    """The talk moves by a day."""
    form = (await desk.command(ANA, "schedule")).modal
    return await desk.submit(ANA, form, starts_at=workspace.talk.starts_at + timedelta(days=1))


async def open_cancel(desk: Desk, _workspace: Any) -> Outcome:
    """On top of the date."""
    return await desk.press(ANA, (await desk.command(ANA, "schedule")).modal, Act.OPEN_CANCEL)


async def cancel(desk: Desk, workspace: Any) -> Outcome:
    """With a reason."""
    return await desk.submit(ANA, (await open_cancel(desk, workspace)).modal, reason="Ben is away")


async def turn_agenda_page(desk: Desk, _workspace: Any) -> Outcome:
    """Twelve points are two pages."""
    return await desk.press(ANA, (await desk.command(ANA, "agenda")).modal, Act.PAGE)


async def choose_item(desk: Desk, workspace: Any) -> Outcome:
    """Ben accepts a point."""
    agenda = (await desk.press_in_message(BEN, Do.OPEN_AGENDA, workspace.two.pk)).modal
    return await desk.press(BEN, agenda, Act.ITEM_MENU, f"accept:{workspace.items[0].pk}")


async def propose(desk: Desk, _workspace: Any) -> Outcome:
    """One more point."""
    return await desk.submit(ANA, (await desk.command(ANA, "agenda")).modal, new_items="What comes next?")


async def amend(desk: Desk, workspace: Any) -> Outcome:
    """Ben puts a point into other words."""
    agenda = (await desk.press_in_message(BEN, Do.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await desk.press(BEN, agenda, Act.ITEM_MENU, f"amend:{workspace.items[0].pk}")).modal
    return await desk.submit(BEN, form | {"previous_view_id": "V0"}, text="Point 0, but sooner")


async def wrap_up_form(desk: Desk, workspace: Any) -> Outcome:
    """Dev said that the talk happened."""
    form = (await desk.press_in_message(DEV, Do.OPEN_WRAP_UP, workspace.ended.pk)).modal
    return await desk.press(DEV, form, Act.HAPPENED, happened="yes")


async def more_promises(desk: Desk, workspace: Any) -> Outcome:
    """A third promise."""
    return await desk.press(DEV, (await wrap_up_form(desk, workspace)).modal, Act.MORE_PROMISES)


async def wrap_up(desk: Desk, workspace: Any) -> Outcome:
    """Nothing promised and the next date later, both on purpose."""
    form = (await wrap_up_form(desk, workspace)).modal
    return await desk.submit(DEV, form, no_promises=["ticked"], next_later=["ticked"], happened="yes")


async def send_thanks(desk: Desk, workspace: Any) -> Outcome:
    """The drafted note, as it is."""
    form = (await desk.press_in_message(ELIF, Do.OPEN_THANK_YOU, workspace.held.pk)).modal
    return await desk.submit(ELIF, form)


async def confirm(desk: Desk, workspace: Any) -> Outcome:
    """Ben turns the second key, from the message."""
    await send_thanks(desk, workspace)
    return await desk.press_in_message(BEN, Do.CONFIRM_DELIVERABLES, workspace.held.pk)


async def turn_promises_page(desk: Desk, _workspace: Any) -> Outcome:
    """Twelve promises are two pages."""
    return await desk.press(ANA, (await desk.command(ANA, "commitments")).modal, Act.PAGE)


async def add_promise(desk: Desk, workspace: Any) -> Outcome:
    """One of my own between talks."""
    form = (await desk.press_in_home(ANA, Do.OPEN_COMMITMENTS, workspace.two.pk)).modal
    typed = {"mine0__text": "Call HR", "mine0__due_on": desk.now.date() + timedelta(days=7)}
    return await desk.submit(ANA, form, **typed)


async def ask_change(desk: Desk, workspace: Any) -> Outcome:
    """Another date for a promise."""
    form = (await desk.press_in_message(ANA, Do.NEW_DATE, workspace.promises[3].pk)).modal
    return await desk.submit(ANA, form, due_on=desk.now.date() + timedelta(days=40), reason="The audit")


async def answer(desk: Desk, workspace: Any, act: Act) -> Outcome:
    """Ben answers what Ana asked for."""
    form = (await desk.press_in_message(BEN, Do.ANSWER_CHANGE, workspace.request.pk)).modal
    return await desk.press(BEN, form, act)


async def typed(desk: Desk, _workspace: Any) -> Outcome:
    """A keystroke in a preparation."""
    return await desk.press(ANA, (await desk.command(ANA, "prep")).modal, Act.TYPED, achievements="Half a sent")


async def discard(desk: Desk, workspace: Any) -> Outcome:
    """Start over."""
    await typed(desk, workspace)
    return await desk.press(ANA, (await desk.command(ANA, "prep")).modal, Act.DISCARD_DRAFT)


async def open_afresh(desk: Desk, workspace: Any) -> Outcome:
    """And open the form again."""
    return await desk.press(ANA, (await discard(desk, workspace)).modal, Act.OPEN_AFRESH)


# Every listener, and a request that it takes in earnest.
CASES: dict[str, Case] = {
    "commands.career": lambda desk, _: desk.command(ANA, "prep"),
    "commands.choose_pair": choose_pair,
    "home.opened": lambda desk, _: desk.home_opened(ANA),
    "start.open_form": lambda desk, _: desk.press_in_home(CHIYO, Act.START),
    "start.ask": ask,
    "start.accept": lambda desk, workspace: desk.press_in_message(ANA, Do.ACCEPT_PAIR, workspace.asked.pk),
    "start.choose_side": choose_side,
    "start.open_decline": lambda desk, workspace: desk.press_in_message(ANA, Do.DECLINE_PAIR, workspace.asked.pk),
    "start.decline": decline,
    "start.read_reason": read_reason,
    "start.withdraw": lambda desk, workspace: desk.press_in_home(CHIYO, Act.WITHDRAW_PAIR, workspace.asked.pk),
    "preparation.open_preparation": lambda desk, workspace: desk.press_in_message(
        BEN, Do.OPEN_PREPARATION, workspace.two.pk
    ),
    "preparation.more_objectives": more_objectives,
    "preparation.choose_kind": choose_kind,
    "preparation.hand_in": hand_in,
    "remarks.keep_mine": keep_mine,
    "remarks.switch": lambda desk, _: desk.press_in_home(ANA, Act.SWITCH_COACH, "off"),
    "schedule.open_schedule": lambda desk, workspace: desk.press_in_home(ANA, Do.OPEN_SCHEDULE, workspace.two.pk),
    "schedule.show_both_clocks": show_both_clocks,
    "schedule.set_date": set_date,
    "schedule.open_cancel": open_cancel,
    "schedule.cancel": cancel,
    "agenda.open_agenda": lambda desk, workspace: desk.press_in_message(ANA, Do.OPEN_AGENDA, workspace.two.pk),
    "agenda.turn_page": turn_agenda_page,
    "agenda.choose": choose_item,
    "agenda.propose": propose,
    "agenda.amend": amend,
    "brief.open_brief": lambda desk, workspace: desk.press_in_message(ANA, Do.OPEN_BRIEF, workspace.talk.pk),
    "wrap_up.open_wrap_up": lambda desk, workspace: desk.press_in_home(BEN, Do.OPEN_WRAP_UP, workspace.ended.pk),
    "wrap_up.redraw": wrap_up_form,
    "wrap_up.more_promises": more_promises,
    "wrap_up.hand_in": wrap_up,
    "thanks.open_thank_you": lambda desk, workspace: desk.press_in_message(ELIF, Do.OPEN_THANK_YOU, workspace.held.pk),
    "thanks.send": send_thanks,
    "thanks.confirm_deliverables": confirm,
    "commitments.open_commitments": lambda desk, workspace: desk.press_in_home(
        BEN, Do.OPEN_COMMITMENTS, workspace.two.pk
    ),
    "commitments.turn_page": turn_promises_page,
    "commitments.add_promise": add_promise,
    "commitments.mark_done": lambda desk, workspace: desk.press_in_message(
        ANA, Do.COMMITMENT_DONE, workspace.promises[1].pk
    ),
    "commitments.open_change": lambda desk, workspace: desk.press_in_message(
        ANA, Do.NEW_DATE, workspace.promises[1].pk
    ),
    "commitments.ask_change": ask_change,
    "commitments.open_answer": lambda desk, workspace: desk.press_in_message(
        BEN, Do.ANSWER_CHANGE, workspace.request.pk
    ),
    "commitments.agree": lambda desk, workspace: answer(desk, workspace, Act.AGREE),
    "commitments.keep_as_it_was": lambda desk, workspace: answer(desk, workspace, Act.KEEP_AS_IT_WAS),
    "drafts.typed": typed,
    "drafts.discard": discard,
    "drafts.open_afresh": open_afresh,
    "registering.unknown_button": lambda desk, _: desk.press_in_message(ANA, "from_an_older_version", 1),
}

# What changes nothing and shows nothing: the draft is kept, and that is all.
SILENT = {"drafts.typed"}


def test_every_listener_has_its_case(desk: Desk):
    """A new listener fails here until somebody has written down a request that it takes."""
    assert desk.listeners() == set(CASES)


@pytest.mark.parametrize("name", CASES)
async def test_every_listener_takes_its_request(
    name: str, desk: Desk, workspace: Any, caplog: pytest.LogCaptureFixture
):
    """It is acknowledged, Bolt knows all arguments, nothing goes wrong, and Slack would take whatever is shown."""
    caplog.set_level(logging.WARNING)
    with structlog.testing.capture_logs() as logged:
        outcome = await CASES[name](desk, workspace)
    assert outcome.listener == name
    assert outcome.status == 200
    assert outcome.answer.get("response_action") != "errors"
    assert outcome.faults() == []
    assert [record.getMessage() for record in caplog.records] == []
    assert [entry for entry in logged if entry["log_level"] in {"warning", "error"}] == []
    assert bool(outcome.views or outcome.messages) is (name not in SILENT)


# --- what only the dispatch shows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed_text", ["help", "  HELP ", "Help", "prepp", "prep now", "<!channel>"])
async def test_help_and_what_is_not_understood_answer_only_the_person(desk: Desk, typed_text: str):
    """Help comes in the answer to the command, ephemeral; an unknown word is named and harmless."""
    outcome = await desk.command(ANA, typed_text)
    assert outcome.answer["response_type"] == "ephemeral"
    assert "/career prep" in outcome.answer["text"]
    assert ("I don't know" in outcome.answer["text"]) is (typed_text.strip().lower() != "help")
    assert outcome.calls == []


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("start", Form.START),
        ("prep", Form.PREPARATION),
        (" PREP  ", Form.PREPARATION),
        ("schedule", Form.SCHEDULE),
        ("agenda", Form.AGENDA),
        ("brief", Form.NOTICE),
        ("wrapup", Form.WRAP_UP),
        ("commitments", Form.COMMITMENTS),
    ],
)
async def test_every_word_opens_its_form(desk: Desk, word: str, form: Form):
    """In any case and with any spaces."""
    assert (await desk.command(ANA, word)).modal["callback_id"] == form


async def test_thanks_opens_the_note(desk: Desk):
    """For whom a talk is wrapped up."""
    assert (await desk.command(ELIF, "thanks")).modal["callback_id"] == Form.THANK_YOU


async def test_career_alone_says_what_to_do(desk: Desk):
    """Buttons for what can be done now; for a newcomer, a welcome with one to start."""
    known, new = await desk.command(BEN), await desk.command(GUS)
    assert known.faults() == new.faults() == []
    assert Do.ANSWER_CHANGE in str(known.answer["blocks"])
    assert Act.START in str(new.answer["blocks"])


async def test_C1_the_form_says_what_it_is_before_anybody_is_asked(desk: Desk):
    """Growth, apart from performance reviews."""
    assert "apart from performance reviews" in str((await desk.command(GUS, "start")).modal)


async def test_E1_from_asking_to_the_next_step(desk: Desk):
    """Gus asks, hears when Ben will read it, Ben says yes in the message and finds the next steps there."""
    asked = await ask(desk, None)
    assert asked.answer["response_action"] == "update"
    assert "right away" in str(asked.answer["view"])
    assert desk.woken == 1
    async with desk.database.reading(desk.workspace_id) as store:
        gus = await store.people.by_slack_id(GUS)
        assert gus is not None
        (pair,) = await store.pairs.living_of(gus.pk)
    said_yes = await desk.press_in_message(BEN, Do.ACCEPT_PAIR, pair.pk)
    (message,) = said_yes.messages
    assert message["replace_original"] is True
    assert "A question." in str(message["blocks"])
    assert Do.OPEN_SCHEDULE in str(message["blocks"])
    published = {body["user_id"] for method, body in said_yes.calls if method == "views.publish"}
    assert published == {BEN, GUS}


async def test_an_answer_in_an_ephemeral_message_replaces_it(desk: Desk, workspace: Any):
    """Slack does not show us an ephemeral message again; the answer stands in its place."""
    outcome = await desk.press_in_message(ANA, Do.ACCEPT_PAIR, workspace.asked.pk, ephemeral=True)
    (message,) = outcome.messages
    assert message["replace_original"] is True
    assert "You said yes" in message["text"]
    assert outcome.faults() == []


async def test_whoever_is_chosen_is_looked_up_afresh(desk: Desk):
    """Somebody who has left since yesterday is refused beside the field, and the form stays."""
    form = (await desk.command(GUS, "start")).modal
    outcome = await desk.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": "U0FAY"})
    assert desk.phonebook.asked[-1] == "U0FAY"
    assert outcome.answer["response_action"] == "errors"
    assert "no longer active" in outcome.answer["errors"]["other"]


async def test_taking_back_redraws_the_form(desk: Desk):
    """The question that waits stands in the form of whoever asked; taken back, it is gone from it."""
    form = (await desk.command(CHIYO, "start")).modal
    assert "You asked *Ana Ruiz*" in str(form)
    outcome = await desk.press(CHIYO, form, Act.WITHDRAW_PAIR)
    assert "You asked" not in str(outcome.modal)


async def test_only_the_home_tab_is_filled(desk: Desk):
    """Opening the messages tab publishes nothing; somebody whom Slack does not name is welcome all the same."""
    assert (await desk.home_opened(ANA, tab="messages")).calls == []
    stranger = await desk.home_opened("U0NOBODY")
    assert "Start career discussions" in str(stranger.views)


async def test_events_of_bots_are_ignored(desk: Desk):
    """What the bot itself does never comes back to it."""
    assert (await desk.home_opened("U0BOT")).calls == []


async def test_nothing_typed_is_lost(desk: Desk):
    """A keystroke is kept; the form opened anew resumes from it and says so."""
    await typed(desk, None)
    form = (await desk.command(ANA, "prep")).modal
    assert "Half a sent" in str(form)
    assert Act.DISCARD_DRAFT in str(form)


async def test_starting_over_shows_nothing_old(desk: Desk):
    """The page between has no fields, so Slack forgets them; the form after it is empty, and keeps drafts again."""
    between = (await discard(desk, None)).modal
    assert not [block for block in between["blocks"] if block["type"] == "input"]
    form = (await desk.press(ANA, between, Act.OPEN_AFRESH)).modal
    assert "Half a sent" not in str(form)
    await desk.press(ANA, form, Act.TYPED, achievements="A new start")
    assert "A new start" in str((await desk.command(ANA, "prep")).modal)


async def test_a_late_keystroke_does_not_bring_a_draft_back(desk: Desk):
    """What arrives after “Start over” from the same modal was typed before it."""
    form = (await desk.command(ANA, "prep")).modal
    await desk.press(ANA, form, Act.TYPED, achievements="Half a sent")
    resumed = (await desk.command(ANA, "prep")).modal
    await desk.press(ANA, resumed, Act.DISCARD_DRAFT)
    await desk.press(ANA, resumed, Act.TYPED, achievements="Half a sentence")
    assert "Half a sent" not in str((await desk.command(ANA, "prep")).modal)


async def test_start_over_on_a_new_date_returns_to_that_form(desk: Desk, workspace: Any):
    """A form that is about a promise is opened again for the same promise."""
    form = (await desk.press_in_message(ANA, Do.NEW_DATE, workspace.promises[3].pk)).modal
    await desk.press(ANA, form, Act.TYPED, reason="Half a reas")
    resumed = (await desk.press_in_message(ANA, Do.NEW_DATE, workspace.promises[3].pk)).modal
    between = (await desk.press(ANA, resumed, Act.DISCARD_DRAFT)).modal
    again = (await desk.press(ANA, between, Act.OPEN_AFRESH)).modal
    assert again["callback_id"] == Form.CHANGE
    assert "Promise 3" in str(again)
    assert "Half a reas" not in str(again)


@pytest.mark.parametrize("does", list(Do))
async def test_every_button_of_a_nudge_does_something(desk: Desk, does: Do):
    """A nudge never carries a button that nobody takes; one about something that is gone says so."""
    outcome = await desk.press_in_message(ANA, does, 4711)
    assert outcome.listener not in {"", "registering.unknown_button"}
    assert outcome.messages[0]["response_type"] == "ephemeral"
