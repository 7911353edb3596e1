"""Posting nudges to Slack, and finding out whether a message arrived. Slack's errors are translated here, once."""

import copy
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from scheduler.messenger import Parcel, Posted, RateLimited, TryLater, Undeliverable, Unknown
from storage.people import Person

EVENT_TYPE: Final = "career_nudge"
"""The type of our messages' metadata. Other apps in the workspace can read metadata: it holds an opaque id, no more."""

PAGE: Final = 200
"""Messages read at once when looking for one: more than a person gets from us within a lease, so one page does."""

PERHAPS_TAKEN: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""After these words Slack may have taken the message all the same."""

RATE_WORDS: Final = frozenset({"ratelimited", "rate_limited"})

OURS_TO_MEND: Final = frozenset(
    {
        "access_denied",
        "account_inactive",  # of a call, not of a person: the token's own account is gone
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""A fault of the installation, not of the message: somebody reinstalls the app or changes the token, and nothing that
fell due meanwhile may be lost by then."""

MENDING_TAKES: Final = timedelta(minutes=1)
"""How often an installation that is broken is tried again."""

UNREACHABLE_FOR: Final = timedelta(seconds=10)
"""How long Slack is left alone when no connection could be made; nothing was sent, so nothing is in doubt."""

UNTOLD_RETRY_AFTER: Final = timedelta(seconds=30)
"""How long to wait when Slack asks for patience without saying how much."""

Render = Callable[[Parcel], Mapping[str, Any]]
"""Writes a parcel as Slack wants it: `text` and `blocks`."""


class SlackMessenger:
    """The scheduler's `Messenger`, on Slack's Web API. Needs the scopes chat:write, im:history and im:write."""

    def __init__(self, client: AsyncWebClient, render: Render) -> None:
        # The SDK posts again when a connection breaks, and a server that took the first post shows both. The copy
        # shares the session (opening one for each call would cost half of the time) but never tries twice.
        self._client = copy.copy(client)
        self._client.retry_handlers = []
        self._render = render

    async def post(self, parcel: Parcel) -> Posted:
        """Post one message, once. Raises as `scheduler.messenger.Messenger` says."""
        message = {
            "channel": parcel.recipient.slack_id,
            **self._render(parcel),
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": parcel.message_id}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        # Not by the SDK's own method, which looks through every block for objects to translate: there are none.
        answer = await _asked(self._client.api_call("chat.postMessage", json=message))
        try:
            return Posted(channel=answer["channel"], ts=answer["ts"])
        except KeyError as error:
            raise Unknown("the answer names no message") from error

    async def find(self, recipient: Person, message_id: str, since: datetime) -> Posted | None:
        """The message with this id, among what we told somebody since a moment; None if it certainly is not there."""
        channel = recipient.dm_channel or await self._open(recipient)
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
                if _id_of(message) == message_id:
                    return Posted(channel, message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None

    async def _open(self, recipient: Person) -> str:
        """The conversation with somebody whose first message is in doubt; opening it again does no harm."""
        answer = await _asked(self._client.conversations_open(users=recipient.slack_id))
        channel: str = answer["channel"]["id"]
        return channel


def _id_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    found: str | None = (metadata.get("event_payload") or {}).get("id")
    return found


async def _asked(call: Awaitable[Any]) -> dict[str, Any]:
    """The answer to a call, or what its failure means. How long it may take is for the scheduler to say."""
    try:
        answer = (await call).data
    except SlackApiError as error:
        raise _meaning(error) from error
    except ClientConnectorError as error:
        raise TryLater("unreachable", UNREACHABLE_FOR) from error
    except (ClientError, SlackClientError, OSError, ValueError, AttributeError) as error:
        # Also what the SDK trips over when it is answered with something other than JSON.
        raise Unknown(type(error).__name__) from error
    if not isinstance(answer, dict):
        raise Unknown("not JSON")
    return answer


def _meaning(error: SlackApiError) -> Exception:
    """What a refusal means for the message."""
    response = error.response
    status = int(
        getattr(response, "status_code", 0) or getattr(response, "status", 0)
    )  # the SDK's answer, or aiohttp's
    data = getattr(response, "data", None)
    word = data.get("error") if isinstance(data, dict) else None
    if status == 429 or word in RATE_WORDS:  # noqa: PLR2004 - HTTP's "too many requests"
        return RateLimited(_patience(getattr(response, "headers", {})))
    if status >= 500 or word is None or word in PERHAPS_TAKEN:  # noqa: PLR2004 - HTTP's "my fault"
        return Unknown(word or f"HTTP {status}")
    if word in OURS_TO_MEND:
        return TryLater(word, MENDING_TAKES)
    return Undeliverable(word)


def _patience(headers: Mapping[str, str]) -> timedelta:
    try:
        return timedelta(seconds=float(headers["Retry-After"]))
    except (KeyError, ValueError):
        return UNTOLD_RETRY_AFTER
