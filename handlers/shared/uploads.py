"""Files in a person's own conversation with the bot: sent once, and if that fails, with a sentence that says why.

Besides the answer to a plain message, this is the one place where a listener posts (docs/decisions/0018).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from cycle.errors import CareerError, NotAvailable
from handlers.shared.interaction import Interaction
from handlers.views import uploads as views
from handlers.views.kit import Element

log = structlog.get_logger()

SECONDS_PER_CALL: Final = 30

SLACK_TROUBLE: Final = (SlackClientError, ClientError, OSError, TimeoutError)

NO_PERMISSION: Final = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
SLOW_DOWN: Final = frozenset({"ratelimited", "rate_limited"})


@dataclass(frozen=True)
class Upload:
    """One file."""

    name: str
    title: str
    content: bytes


async def upload(interaction: Interaction, files: Sequence[Upload], comment: str) -> None:
    """Send files as one message. No step is tried twice by itself: the last one may have had its effect.

    The caller has escaped people's words in the comment.
    """
    client = _without_retries(interaction.client)
    opened = await client.conversations_open(users=interaction.slack_id)
    uploads = [{"filename": one.name, "content": one.content, "title": one.title} for one in files]
    await client.files_upload_v2(channel=opened["channel"]["id"], file_uploads=uploads, initial_comment=comment)


async def say_why_not(interaction: Interaction, what: str, error: Exception, again: Element) -> None:
    """Say that nothing came and why, with a button to ask again. Never raises.

    In the conversation in which the files were to come, or else in the form, if that is still open. `what` is what the
    log calls them.
    """
    sentence = _explained(what, error)
    message = views.failed(sentence, again)
    try:
        await _without_retries(interaction.client).chat_postMessage(channel=interaction.slack_id, **message)
    except SLACK_TROUBLE as trouble:
        log.warning("upload.not_explained", what=what, error=type(trouble).__name__)
        with suppress(*SLACK_TROUBLE, NotAvailable):
            await interaction.redraw(views.notice(sentence), interaction.view_id)


def _explained(what: str, error: Exception) -> str:
    """A sentence for the person; the log gets the kind of error only, since its text may quote what people wrote."""
    if isinstance(error, CareerError):
        return error.sentence
    word = str(error.response.get("error", "")) if isinstance(error, SlackApiError) else ""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
    log.warning("upload.failed", what=what, error=word or type(error).__name__, at=line)
    if isinstance(error, SlackApiError) and word in NO_PERMISSION:
        return views.NO_PERMISSION.format(scope=error.response.get("needed") or "files:write")
    return views.SLOW_DOWN if word in SLOW_DOWN else views.NOT_SENT


def _without_retries(client: AsyncWebClient) -> AsyncWebClient:
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        session=client.session,
        timeout=SECONDS_PER_CALL,
        retry_handlers=[],
    )
