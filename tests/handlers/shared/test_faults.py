"""What a person sees when something of ours fails: a sentence, and never a form that closes and loses their text."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from cycle.preparations import Page
from handlers.shared.error_handler import BUSY, ErrorHandler
from handlers.shared.forms import AnyForm
from handlers.shared.interaction import Interaction
from storage.write_queue import DatabaseBusy, WriteQueue
from tests.support.databases import until_waiting
from tests.support.harness import BotHarness, Outcome

ANA = "U0ANA"
END_ALL_THAT_WAIT = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class ShortQueue(WriteQueue):
    """A queue of writers that lets a number of them write, and then none. Counts those that come."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room, self.came = room, 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """As in production, while there is room."""
        self.came += 1
        if self.came > self.room:
            raise DatabaseBusy("others were writing")
        async with super().turn() as seconds_left:
            yield seconds_left


async def submitted_preparation(harness: BotHarness, **typed: Any) -> Outcome:
    """Ana submits her preparation."""
    form = await harness.prep(ANA)
    return await harness.submit(ANA, form, **({"achievements": "Shipped it"} | typed))


async def test_a_busy_database_keeps_the_form_open_and_is_not_waited_for_again(sqlite_harness: BotHarness):
    """The sentence asks to press again, nothing alarms an admin, and one wait fits into Slack's three seconds."""
    form = await sqlite_harness.prep(ANA)
    queue = sqlite_harness.database._write_queue = ShortQueue(room=0)
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.submit(ANA, form, achievements="Shipped it")
    assert outcome.answer["response_action"] == "errors"
    assert outcome.refusal == BUSY
    assert queue.came == 1
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [("database.busy", "warning")]


async def test_a_rejected_form_says_why_also_when_its_draft_cannot_be_saved(sqlite_harness: BotHarness):
    """The form stays open with everything in it, so the draft matters less than the sentences beside the fields."""
    form = await sqlite_harness.prep(ANA, Page.OBJECTIVES)
    sqlite_harness.database._write_queue = ShortQueue(room=1)
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.submit(ANA, form, short__new0__text="Pass the exam")
    assert set(outcome.answer["errors"]) == {"short.new0.text"}
    assert [entry["event"] for entry in logged] == ["draft.not_saved"]


@pytest.mark.postgres
async def test_a_connection_that_breaks_keeps_the_form_open(postgres_harness: BotHarness, workspace: Any):
    """The server ends a submission that waits for the pair: the answer comes while the pair is still locked."""
    harness = postgres_harness
    form = await harness.prep(ANA)
    async with harness.database.unit(harness.workspace_id) as store:
        await store.pairs.lock(workspace.two.pk)
        with structlog.testing.capture_logs() as logged:
            submission = asyncio.create_task(harness.submit(ANA, form, achievements="Shipped it"))
            await until_waiting(harness.database)
            async with harness.database.engine.connect() as connection:
                await connection.execute(END_ALL_THAT_WAIT)
            outcome = await submission
    assert outcome.answer["response_action"] == "errors"
    assert "Something went wrong on my side" in outcome.refusal
    assert [entry["event"] for entry in logged] == ["listener.failed"]
    assert (await harness.submit(ANA, form, achievements="Shipped it")).refusal == ""


class BrokenForms(dict[str, AnyForm]):
    """Forms that cannot be looked up."""

    def get(self, *_: Any) -> Any:
        """Fails."""
        raise RuntimeError("broken")


async def test_when_the_explanation_fails_the_form_stays_open_too(sqlite_harness: BotHarness):
    """Slack shows its own sentence at an error status, and keeps the modal; the log has what happened."""

    async def broken(_ack: AsyncAck) -> None:
        raise NotAvailable("Sorry.")

    sqlite_harness.register_first(lambda app: _connect(app, broken))
    sqlite_harness.app.error(ErrorHandler(BrokenForms()).handle)
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.submit(ANA, await sqlite_harness.prep(ANA))
    assert outcome.status == 500
    assert [entry["event"] for entry in logged] == ["error_handler.failed"]


def _connect(app: AsyncApp, listener: Any) -> None:
    app.view("prep_answers")(listener)


class Unprintable(Exception):
    """An error that cannot even be written down."""

    def __str__(self) -> str:
        raise RuntimeError("broken")

    __repr__ = __str__


BODIES: list[dict[str, Any]] = [
    {},
    {"type": "view_submission"},
    {"type": "view_submission", "view": None},
    {"type": "view_submission", "view": {"blocks": [None, {"type": "input"}]}},
    {"type": "block_actions", "response_url": 7},
    {"command": "/career", "trigger_id": 7},
]


@pytest.mark.parametrize("error", [NotAvailable("Sorry."), ZeroDivisionError(), Unprintable()])
async def test_the_error_handler_never_raises(sqlite_harness: BotHarness, error: Exception):
    """Whatever the error, with or without an interaction, and whether Slack has been answered or not."""
    services = sqlite_harness.services
    (workspace,) = services.workspaces.values()
    handler = ErrorHandler({})
    for body in BODIES:
        interaction = Interaction(services, workspace, body, ANA, sqlite_harness.now)
        for known in ({}, {"interaction": interaction}):
            answer = await handler.handle(error, AsyncBoltContext(known), body, BoltResponse(status=500))
            assert answer is not None
            assert answer.status == (200 if body.get("type") != "view_submission" or known else 500)
            answered = AsyncBoltContext(known)
            await answered.ack()
            assert await handler.handle(error, answered, body, None) is None
