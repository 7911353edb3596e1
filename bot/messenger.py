"""Posting messages to Slack, and finding out whether one was posted. Slack's errors are translated here, once."""

from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_errors import (
    AMBIGUOUS_ERRORS,
    CONTENT_ERRORS,
    INSTALLATION_ERRORS,
    RATE_LIMIT_ERRORS,
    SIZE_ERRORS,
    TOO_MANY_REQUESTS,
)
from scheduler.messenger import (
    ContentRefused,
    EditedMessage,
    EditedPart,
    InstallationFault,
    MessagePart,
    MessageSize,
    NotPosted,
    OutgoingMessage,
    Posted,
    RateLimited,
    RecipientRefused,
    TooLong,
    TryLater,
    UnconfirmedMessage,
    Unknown,
)
from storage.nudges import BROKEN, CHANNEL_FAILURES, RECIPIENT_FAILURES
from storage.people import Person

log = structlog.get_logger(__name__)

EVENT_TYPE: Final = "career_nudge"
"""The type of our messages' metadata. Other apps in the workspace can read metadata: it holds an opaque id, no more."""

PAGE: Final = 200
"""Messages read at once when looking for one: more than a person gets from us within a lease, so one page does."""

UNREACHABLE_FOR: Final = timedelta(seconds=10)
"""How long Slack is left alone when no connection could be made; nothing was sent, so nothing is unconfirmed."""

DEFAULT_RETRY_AFTER: Final = timedelta(seconds=30)
"""How long to wait when Slack is limiting us without saying for how long."""


class MessageView(Protocol):
    """How messages are written for Slack; the module `handlers.views.nudge_message` is one. All of it is pure."""

    def render(self, parts: Sequence[MessagePart], *, late: bool) -> Mapping[str, Any]:
        """`text` and `blocks` of a message."""

    def capacity(self) -> tuple[int, int]:
        """How many blocks and characters the parts of a message may take together."""

    def size(self, part: MessagePart) -> tuple[int, int]:
        """How many blocks and characters a part takes."""

    def edited(self, blocks: Sequence[Mapping[str, Any]], parts: Sequence[EditedPart]) -> Mapping[str, Any] | None:
        """`text` and `blocks` of a message that Slack has, as it should be; None where it is so already."""

    def block_ids(self, key: str) -> Collection[str]:
        """The ids of blocks that show that a nudge is in a message."""


class SlackMessenger:
    """The scheduler's `Messenger`, on Slack's Web API. Needs the scopes chat:write, im:history and im:write."""

    def __init__(self, client: AsyncWebClient, view: MessageView) -> None:
        # The SDK posts again when a connection breaks, and a server that took the first post shows both. This client
        # shares the session (opening one for each call would cost half of the time) but never tries twice.
        self._client = AsyncWebClient(
            token=client.token,
            base_url=client.base_url,
            session=client.session,
            timeout=client.timeout,
            retry_handlers=[],
        )
        self._view = view
        self._capacity = MessageSize(*view.capacity())

    @property
    def capacity(self) -> MessageSize:
        """How much the parts of one message may take together."""
        return self._capacity

    def size(self, part: MessagePart) -> MessageSize:
        """How much a part takes in a message."""
        return MessageSize(*self._view.size(part))

    async def post(self, message: OutgoingMessage) -> Posted:
        """Post one message, once. Raises as `scheduler.messenger.Messenger` says."""
        body = self._body(message)
        # Not by the SDK's own method, which looks through every block for objects to translate: there are none.
        try:
            answer = await _asked(self._client.api_call("chat.postMessage", json=body))
        except NotPosted as reason:
            if message.channel is not None and reason.cause in CHANNEL_FAILURES:
                raise RecipientRefused(reason.cause) from reason  # others go on getting theirs
            raise
        try:
            return Posted(channel=answer["channel"], ts=answer["ts"])
        except KeyError as error:
            raise Unknown("the answer names no message") from error

    def _body(self, message: OutgoingMessage) -> dict[str, Any]:
        try:
            return {
                "channel": message.channel or message.recipient.slack_id,
                **self._view.render(message.parts, late=message.late),
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": message.public_id}},
                "unfurl_links": False,
                "unfurl_media": False,
            }
        except Exception as error:
            log.exception("message.render_failed", message=message.public_id)
            raise ContentRefused(BROKEN, for_good=False) from error

    async def find(self, message: UnconfirmedMessage) -> Posted | None:
        """A message in our conversation with its recipient, or in its channel; None if it certainly is not there.

        It is recognised by its id in the metadata or, where the history carries none, by the blocks of its nudges.
        """
        channel = message.channel or await self._conversation_with(message.recipient)
        block_ids = {block_id for key in message.nudge_keys for block_id in self._view.block_ids(key)}
        async for found in self._history(channel, message.since):
            if _id_of(found) == message.public_id or not block_ids.isdisjoint(_block_ids_of(found)):
                return Posted(channel, found["ts"])
        return None

    async def edit(self, message: EditedMessage) -> None:
        """Edit a message as Slack has it: what a listener has replaced in it meanwhile stays."""
        page = await _asked(
            self._client.conversations_history(
                channel=message.channel, oldest=message.ts, latest=message.ts, inclusive=True, limit=1
            )
        )
        found = next((one for one in page.get("messages", ()) if one.get("ts") == message.ts), None)
        if found is None:
            raise NotPosted("message_not_found")
        try:
            body = self._view.edited(found.get("blocks") or (), message.parts)
        except Exception as error:
            log.exception("message.edit_failed", message=message.message_id)
            raise ContentRefused(BROKEN, for_good=False) from error
        if body is not None:
            # Its metadata stays, since none is given.
            call = {"channel": message.channel, "ts": message.ts, **body}
            await _asked(self._client.api_call("chat.update", json=call))

    async def _history(self, channel: str, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            page = await _asked(
                self._client.conversations_history(
                    channel=channel,
                    oldest=f"{since.timestamp():.6f}",
                    limit=PAGE,
                    include_all_metadata=True,
                    cursor=cursor or None,
                )
            )
            for message in page.get("messages", ()):
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def _conversation_with(self, recipient: Person | None) -> str:
        """The conversation with someone; one that is not known yet is opened, which does no harm when it is there."""
        if recipient is None:
            raise LookupError("a message is for a person or for a channel")
        if recipient.dm_channel is not None:
            return recipient.dm_channel
        answer = await _asked(self._client.conversations_open(users=recipient.slack_id))
        channel: str = answer["channel"]["id"]
        return channel


def _id_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    found: str | None = (metadata.get("event_payload") or {}).get("id")
    return found


def _block_ids_of(message: Mapping[str, Any]) -> set[str]:
    return {block.get("block_id", "") for block in message.get("blocks") or ()}


async def _asked(call: Awaitable[Any]) -> dict[str, Any]:
    """The answer to a call. Raises what its failure means; the scheduler limits how long it may take."""
    try:
        answer = (await call).data
    except SlackApiError as error:
        raise _meaning(error) from error
    except ClientConnectorError as error:
        raise TryLater("unreachable", UNREACHABLE_FOR) from error
    except (ClientError, SlackClientError, OSError, ValueError, AttributeError) as error:
        # The last ones are what the SDK raises when the answer is not JSON.
        raise Unknown(type(error).__name__) from error
    if not isinstance(answer, dict):
        raise Unknown("not JSON")
    return answer


def _meaning(error: SlackApiError) -> Exception:
    """What a refusal means for the message. After an unknown word the message is tried again, but not for ever."""
    response = error.response
    status = int(
        getattr(response, "status_code", 0) or getattr(response, "status", 0)
    )  # the SDK's answer, or aiohttp's
    data = getattr(response, "data", None)
    word = data.get("error") if isinstance(data, dict) else None
    if status == TOO_MANY_REQUESTS or word in RATE_LIMIT_ERRORS:
        return RateLimited(_retry_after(getattr(response, "headers", {})))
    if status >= 500 or word is None or word in AMBIGUOUS_ERRORS:  # noqa: PLR2004 - the server's fault
        return Unknown(word or f"HTTP {status}")
    if word in SIZE_ERRORS:
        return TooLong(word)
    if word in RECIPIENT_FAILURES:
        return RecipientRefused(word)
    if word in INSTALLATION_ERRORS:
        return InstallationFault(word)
    return ContentRefused(word, for_good=word in CONTENT_ERRORS)


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    try:
        return timedelta(seconds=float(headers["Retry-After"]))
    except (KeyError, ValueError):
        return DEFAULT_RETRY_AFTER
