"""The one place that answers when something fails: with a kind sentence, where the person is looking. Never raises."""

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackApiError

from cycle.errors import CareerError, InvalidInput
from handlers.shared.forms import AnyForm, try_to_save_draft
from handlers.shared.interaction import Interaction
from handlers.views import kit
from storage.write_queue import DatabaseBusy

log = structlog.get_logger()

BUSY = "I'm busy with other people's changes, so this one isn't saved yet. Please try again in a moment."
TOO_LATE = "That took me too long, and Slack no longer waits. Please press it once more."
# Slack's refusals that the person can do something about.
SLACK_ERRORS = {"expired_trigger_id": TOO_LATE, "exchanged_trigger_id": TOO_LATE, "invalid_trigger_id": TOO_LATE}
# Slack's types of requests, which may be logged: a type from elsewhere may be anything.
TYPES = frozenset(
    [
        "block_actions",
        "block_suggestion",
        "event_callback",
        "message_action",
        "shortcut",
        "view_closed",
        "view_submission",
    ]
)


class ErrorHandler:
    """Bolt's error handler: a known error gives its own sentence, an unknown one a reference that the log has too."""

    def __init__(self, forms: Mapping[str, AnyForm]) -> None:
        self._forms = forms

    async def handle(
        self, error: Exception, context: AsyncBoltContext, body: dict[str, Any], response: BoltResponse | None
    ) -> BoltResponse | None:
        """The answer to Slack. `response` is None where it has been answered already (Bolt asserts that)."""
        if isinstance(error, BoltUnhandledRequestError):
            log.warning("request.unhandled", type=_type_of(body))
            return None  # Bolt's 404: Slack says by itself that the app did not respond
        try:
            return await self._answer(error, context, body, response)
        except Exception:
            log.exception("error_handler.failed")
            return None if response is None else _unexplained(body)

    async def _answer(
        self, error: Exception, context: AsyncBoltContext, body: dict[str, Any], response: BoltResponse | None
    ) -> BoltResponse | None:
        sentence, fields = _words_for(error)
        interaction = context.get("interaction")
        if not isinstance(interaction, Interaction):
            return None if response is None else _unexplained(body)
        if body.get("type") == "view_submission" and context.ack.response is None:
            if isinstance(error, CareerError):  # after a fault of the database, waiting for it again would not help
                await self._save_draft(interaction)
            return BoltResponse(status=200, body=in_the_modal(interaction.view, sentence, fields))
        await _say(interaction, sentence)
        return None if response is None else (context.ack.response or BoltResponse(status=200, body=""))

    async def _save_draft(self, interaction: Interaction) -> None:
        """Save what is typed into the modal, if that can be read."""
        form = self._forms.get(str(interaction.view.get("callback_id")))
        metadata = form.metadata.find(interaction.view) if form else None
        if form is not None and metadata is not None:
            await try_to_save_draft(interaction, form, metadata)


def _type_of(body: dict[str, Any]) -> str:
    """The type of a request for the log, without anything that people typed."""
    if "command" in body:
        return "command"
    return str(body.get("type")) if body.get("type") in TYPES else "unknown"


def _unexplained(body: dict[str, Any]) -> BoltResponse:
    """The answer where none can be given: at an error status Slack says so itself, and leaves a submitted form open."""
    return BoltResponse(status=500 if body.get("type") == "view_submission" else 200, body="")


def _words_for(error: Exception) -> tuple[str, dict[str, str]]:
    if isinstance(error, CareerError):
        return error.sentence, error.fields if isinstance(error, InvalidInput) else {}
    if (word := _slack_word(error)) in SLACK_ERRORS:
        log.warning("slack.refused", error=word)
        return SLACK_ERRORS[word], {}
    if isinstance(error, DatabaseBusy):
        log.warning("database.busy", error=str(error))
        return BUSY, {}
    reference = secrets.token_hex(4)
    log.error("listener.failed", reference=reference, exc_info=error)
    return f"Something went wrong on my side, not yours. If it happens again, give an admin this: {reference}.", {}


def _slack_word(error: Exception) -> str:
    """Slack's own word for what is wrong; empty for an error that is not Slack's."""
    if not isinstance(error, SlackApiError):
        return ""
    answer = error.response
    return str(answer.get("error", "")) if hasattr(answer, "get") else ""


def in_the_modal(view: dict[str, Any], sentence: str, fields: dict[str, str]) -> dict[str, Any]:
    """The answer to a submission that leaves the form open, with what is typed in it.

    Each sentence is beside its field; what belongs to none beside the last one, near the button, or on top.
    """
    blocks = view.get("blocks")
    blocks = blocks if isinstance(blocks, list) else []
    inputs = [block["block_id"] for block in blocks if isinstance(block, dict) and _is_input(block)]
    if not inputs:
        return {"response_action": "push", "view": kit.notice("Career", kit.escape(sentence))}
    shown = {field: text for field, text in fields.items() if field in inputs}
    return {"response_action": "errors", "errors": shown or {inputs[-1]: sentence}}


def _is_input(block: dict[str, Any]) -> bool:
    return block.get("type") == "input" and isinstance(block.get("block_id"), str)


async def _say(interaction: Interaction, sentence: str) -> None:
    try:
        await interaction.say(kit.escape(sentence))
    except Exception:  # nothing more can be said to the person
        log.exception("explanation.not_shown")
