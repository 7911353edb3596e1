from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from cycle.errors import CareerError, InvalidInput, NotAllowed, NotAvailable
from cycle.guards import NOT_YOURS
from cycle.nudges import Action
from cycle.preparations import Page
from handlers.shared.error_handler import BUSY, TOO_LATE
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import UNREADABLE_BUTTON
from handlers.views import kit
from storage.write_queue import DatabaseBusy
from tests.support.harness import BotHarness

ANA, BEN, CHIYO = "U0ANA", "U0BEN", "U0CHIYO"
FIELDS = [kit.field("first", "First", kit.text_input()), kit.field("second", "Second", kit.text_input())]


def modal(*blocks: kit.Block) -> dict[str, Any]:
    """A form of a test, as Slack would send it back."""
    view = kit.modal(FormId.NOTICE, "Test", list(blocks), submit="Go") | {"callback_id": "broken", "id": "V1"}
    view["blocks"] = [{"block_id": f"b{number}"} | block for number, block in enumerate(view["blocks"])]
    return view


def break_with(harness: BotHarness, error: Exception, *, after_the_answer: bool = False) -> None:
    """Adds a command and a form which only fail."""

    async def broken(ack: AsyncAck) -> None:
        if after_the_answer:
            await ack()
        raise error

    def connect(app: AsyncApp) -> None:
        app.command("/broken")(broken)
        app.view("broken")(broken)

    harness.register_first(connect)


@pytest.fixture(params=[False, True], ids=["answers as soon as possible", "answers last"])
async def either_bot(harness: BotHarness, request: pytest.FixtureRequest) -> AsyncIterator[BotHarness]:
    """The bot in either of the two ways in which Bolt answers."""
    other = BotHarness(harness.database, harness.workspace_id, harness.now, harness.slack, answers_last=request.param)
    other.directory = harness.directory
    async with other.open():
        yield other


async def test_each_sentence_is_beside_its_field(either_bot: BotHarness):
    """Input that cannot be used is answered beside the fields it is about, and the modal stays open."""
    break_with(either_bot, InvalidInput({"first": "Not like this.", "second": "Nor this."}))
    outcome = await either_bot.submit(ANA, modal(*FIELDS))
    assert outcome.status == 200
    assert outcome.answer == {
        "response_action": "errors",
        "errors": {"first": "Not like this.", "second": "Nor this."},
    }
    assert outcome.calls == []


@pytest.mark.parametrize("error", [InvalidInput({"hidden": "Sorry."}), NotAvailable("Sorry."), CareerError("Sorry.")])
async def test_what_belongs_to_no_field_is_near_the_button(either_bot: BotHarness, error: Exception):
    """Slack drops errors of fields that are not there, so they go to the last one that is."""
    break_with(either_bot, error)
    outcome = await either_bot.submit(ANA, modal(*FIELDS, kit.section("The end")))
    assert outcome.answer == {"response_action": "errors", "errors": {"second": "Sorry."}}


async def test_a_form_without_fields_answers_on_top(either_bot: BotHarness):
    """Where there is no field, the sentence comes as a modal on top, with names escaped."""
    break_with(either_bot, NotAvailable("That is <!channel> gone."))
    outcome = await either_bot.submit(ANA, modal(kit.section("Sure?")))
    assert outcome.answer["response_action"] == "push"
    assert outcome.faults() == []
    assert "That is &lt;!channel&gt; gone." in str(outcome.answer)


async def test_a_rejected_form_keeps_what_was_typed(harness: BotHarness):
    """Nothing typed is lost when a submission is rejected: the draft has it, should the modal be closed."""
    form = await harness.prep(ANA, Page.OBJECTIVES)
    outcome = await harness.submit(ANA, form, short__new0__text="Pass the exam", long__new0__text="Lead a team")
    assert set(outcome.answer["errors"]) == {"short.new0.text", "long.new0.text"}
    resumed = str((await harness.command(ANA, "prep")).modal)
    assert "Pass the exam" in resumed
    assert "Lead a team" in resumed


@pytest.mark.parametrize("after_the_answer", [False, True])
async def test_a_command_answers_only_the_person(either_bot: BotHarness, *, after_the_answer: bool):
    """The sentence comes ephemerally through `response_url`, whether the command was acknowledged or not."""
    break_with(either_bot, NotAllowed(NOT_YOURS), after_the_answer=after_the_answer)
    outcome = await either_bot.command(ANA, name="/broken")
    assert outcome.status == 200
    (message,) = outcome.messages
    assert message["response_type"] == "ephemeral"
    assert "between two other people" in message["text"]


async def test_a_busy_database_asks_to_try_again(either_bot: BotHarness):
    """A change whose turn did not come in time is no fault: the modal stays open and says what to do."""
    break_with(either_bot, DatabaseBusy("others were writing"))
    with structlog.testing.capture_logs() as logged:
        outcome = await either_bot.submit(ANA, modal(*FIELDS))
    assert outcome.answer == {"response_action": "errors", "errors": {"second": BUSY}}
    assert [entry["event"] for entry in logged if entry["log_level"] != "debug"] == ["database.busy"]


async def test_a_fault_gets_a_reference_that_the_log_has_too(either_bot: BotHarness):
    """The person reads no details, only what to give an admin; the log has the traceback under the same reference."""
    break_with(either_bot, ZeroDivisionError("secret words"))
    with structlog.testing.capture_logs() as logged:
        outcome = await either_bot.submit(ANA, modal(*FIELDS))
    (entry,) = [entry for entry in logged if entry["event"] == "listener.failed"]
    (sentence,) = outcome.answer["errors"].values()
    assert entry["reference"] in sentence
    assert isinstance(entry["exc_info"], ZeroDivisionError)
    assert "secret words" not in sentence


async def test_a_fault_after_the_answer_changes_nothing_about_it(either_bot: BotHarness):
    """A form that was accepted stays accepted; the fault is logged."""
    break_with(either_bot, ZeroDivisionError(), after_the_answer=True)
    with structlog.testing.capture_logs() as logged:
        outcome = await either_bot.submit(ANA, modal(*FIELDS))
    assert outcome.status == 200
    assert outcome.answer == {}
    assert [entry["event"] for entry in logged] == ["listener.failed"]


async def test_C10_no_button_leads_into_another_pair(harness: BotHarness, workspace: Any):
    """A made-up button value of two other people's pair is answered with a sentence, wherever it is pressed."""
    in_message = await harness.press_in_message(CHIYO, Action.OPEN_PREPARATION, workspace.two.pk)
    in_home = await harness.press_in_home(CHIYO, Action.OPEN_COMMITMENTS, workspace.two.pk)
    assert "between two other people" in in_message.messages[0]["text"]
    assert "between two other people" in str(in_home.modal)
    assert in_message.views == []


async def test_a_late_answer_asks_to_press_again(harness: BotHarness, workspace: Any):
    """Slack drops a press after three seconds: the person is asked to press once more, and no error is logged."""
    harness.slack.refuses["views.open"] = "expired_trigger_id"
    with structlog.testing.capture_logs() as logged:
        outcome = await harness.press_in_message(ANA, Action.OPEN_PREPARATION, workspace.two.pk)
    assert outcome.messages[0]["text"] == TOO_LATE
    assert [entry["event"] for entry in logged] == ["slack.refused"]


async def test_an_explanation_that_cannot_be_shown_is_only_logged(harness: BotHarness, workspace: Any):
    """On the Home a modal is the only way to say something; when that fails as well, the log says so."""
    harness.slack.refuses["views.open"] = "internal_error"
    with structlog.testing.capture_logs() as logged:
        outcome = await harness.press_in_home(ANA, Action.OPEN_PREPARATION, workspace.two.pk)
    assert outcome.status == 200
    assert [entry["event"] for entry in logged] == ["listener.failed", "explanation.not_shown"]


@pytest.mark.parametrize("word", ["hash_conflict", "not_found"])
async def test_a_modal_redrawn_or_closed_meanwhile_is_no_error(harness: BotHarness, word: str):
    """A newer view stays as it is, the person reads nothing, and nothing is logged."""
    form = await harness.prep(ANA, Page.OBJECTIVES)
    harness.slack.refuses["views.update"] = word
    with structlog.testing.capture_logs() as logged:
        outcome = await harness.press(ANA, form, ActionId.MORE_OBJECTIVES, "long")
    assert [method for method, _ in outcome.calls] == ["views.update"]
    assert logged == []


async def test_a_request_without_a_person_does_nothing(either_bot: BotHarness):
    """An event that names no person is acknowledged, and that is all."""
    outcome = await either_bot.home_opened("")
    assert outcome.status == 200
    assert outcome.calls == []


async def test_a_button_of_an_older_version_says_so(harness: BotHarness):
    """Messages stay for years; a button that is no longer there is answered with a sentence."""
    outcome = await harness.press_in_message(ANA, "long_gone", 1)
    assert "no longer does anything" in outcome.messages[0]["text"]


async def test_a_button_of_a_form_says_so_where_there_is_no_form(harness: BotHarness):
    """What only works in a modal is answered with a sentence where it comes from a message."""
    outcome = await harness.press_in_message(ANA, ActionId.HAPPENED, 1)
    assert (outcome.status, [message["text"] for message in outcome.messages]) == (200, [UNREADABLE_BUTTON])
