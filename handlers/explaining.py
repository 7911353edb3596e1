"""The one place that answers when something could not be done: kindly, where the person looks."""

import secrets
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import CareerError, Refused
from handlers.visit import Visit

log = structlog.get_logger()


async def explain(error: Exception, context: AsyncBoltContext, body: dict[str, Any]) -> BoltResponse | None:
    """Bolt's error handler: a known error says its own sentence, an unknown one a reference that the log has too."""
    if isinstance(error, CareerError):
        sentence, fields = error.sentence, error.fields if isinstance(error, Refused) else {}
    else:
        reference = secrets.token_hex(4)
        log.error("listener.failed", reference=reference, exc_info=error)
        sentence, fields = (
            f"Something went wrong on my side, not yours. If it stays so, tell an admin: {reference}.",
            {},
        )
    visit = context.get("visit")
    if not isinstance(visit, Visit):
        return None
    if body.get("type") == "view_submission":
        await _keep_what_was_typed(visit)
        return BoltResponse(
            status=200, body={"response_action": "errors", "errors": _beside(visit.view, sentence, fields)}
        )
    await _say(visit, sentence)
    return BoltResponse(status=200, body="")


def _beside(view: dict[str, Any], sentence: str, fields: dict[str, str]) -> dict[str, str]:
    """Each sentence beside its field; what belongs to none stands beside the last one, near the button."""
    inputs = [block["block_id"] for block in view.get("blocks", []) if block.get("type") == "input"]
    shown = {field: text for field, text in fields.items() if field in inputs}
    if shown or not inputs:
        return shown or {"": sentence}
    return {inputs[-1]: sentence}


async def _keep_what_was_typed(visit: Visit) -> None:
    try:
        await visit.keep_draft()
    except Exception:  # the modal stays open with everything in it; the draft is the second net
        log.exception("draft.not_kept")


async def _say(visit: Visit, sentence: str) -> None:
    try:
        await visit.tell(sentence)
    except Exception:  # nothing more can be said to the person
        log.exception("explanation.not_shown")
