"""The one place that answers when something could not be done: kindly, where the person looks."""

import secrets
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError

from cycle.errors import CareerError, InvalidInput
from handlers.coach import with_remarks
from handlers.shared.coach_remarks import SecondLook
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import kit

log = structlog.get_logger()

TOO_LATE = "That took me too long, and Slack no longer waits. Please press it once more."
# What Slack refuses for a reason that the person can do something about.
SLACK_ERRORS = {"expired_trigger_id": TOO_LATE, "exchanged_trigger_id": TOO_LATE, "invalid_trigger_id": TOO_LATE}


async def handle_error(
    error: Exception, context: AsyncBoltContext, body: dict[str, Any], response: BoltResponse | None
) -> BoltResponse | None:
    """Bolt's error handler: a known error says its own sentence, an unknown one a reference that the log has too.

    `response` is what Slack is answered with, or None where the answer is out already (Bolt asserts that).
    """
    interaction = context.get("visit")
    if isinstance(interaction, Interaction) and isinstance(error, SecondLook):
        await _keep_what_was_typed(interaction, error.metadata)
        form = await with_remarks(interaction, error.metadata)
        return BoltResponse(status=200, body={"response_action": "update", "view": form})
    sentence, fields = _words_for(error)
    if not isinstance(interaction, Interaction):
        return None
    if body.get("type") == "view_submission" and context.ack.response is None:
        await _keep_what_was_typed(interaction, interaction.metadata)
        return BoltResponse(status=200, body=_in_the_modal(interaction.view, sentence, fields))
    await _say(interaction, sentence)
    return None if response is None else (context.ack.response or BoltResponse(status=200, body=""))


def _words_for(error: Exception) -> tuple[str, dict[str, str]]:
    if isinstance(error, CareerError):
        return error.sentence, error.fields if isinstance(error, InvalidInput) else {}
    if (word := _slack_word(error)) in SLACK_ERRORS:
        log.warning("slack.refused", error=word)
        return SLACK_ERRORS[word], {}
    reference = secrets.token_hex(4)
    log.error("listener.failed", reference=reference, exc_info=error)
    return f"Something went wrong on my side, not yours. If it stays so, tell an admin: {reference}.", {}


def _slack_word(error: Exception) -> str:
    """Slack's own word for what is wrong; empty for an error that is not Slack's."""
    return str(error.response.get("error", "")) if isinstance(error, SlackApiError) else ""


def _in_the_modal(view: dict[str, Any], sentence: str, fields: dict[str, str]) -> dict[str, Any]:
    """Each sentence beside its field; what belongs to none beside the last one, near the button, or on top."""
    inputs = [block["block_id"] for block in view.get("blocks", []) if block.get("type") == "input"]
    if not inputs:
        return {"response_action": "push", "view": kit.notice("Career", kit.escape(sentence))}
    shown = {field: text for field, text in fields.items() if field in inputs}
    return {"response_action": "errors", "errors": shown or {inputs[-1]: sentence}}


async def _keep_what_was_typed(interaction: Interaction, metadata: ViewMetadata) -> None:
    try:
        await interaction.keep_draft(metadata)
    except Exception:  # the modal stays open with everything in it; the draft is the second net
        log.exception("draft.not_kept")


async def _say(interaction: Interaction, sentence: str) -> None:
    try:
        await interaction.say(kit.escape(sentence))
    except Exception:  # nothing more can be said to the person
        log.exception("explanation.not_shown")
