"""Slack's directory of people."""

import asyncio
from typing import Final

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_errors import INSTALLATION_ERRORS, error_word
from cycle.people import LookupFailure, Profile
from handlers.shared.profiles import profile_of

LOOKUP_SECONDS: Final = 1.5
"""How long a lookup may take. A person waits for it at their first request, and Slack gives a form 3 seconds in all."""

UNKNOWN_PERSON: Final = {"user_not_found", "user_not_visible", "users_not_found"}
"""Slack's words for an id that the workspace does not have, or that the app may not see."""

log = structlog.get_logger(__name__)


class SlackDirectory:
    """Asks Slack about people (`users.info`; scope users:read)."""

    def __init__(self, client: AsyncWebClient, team_id: str, lookup_seconds: float = LOOKUP_SECONDS) -> None:
        self._client = client
        self._team_id = team_id
        self._lookup_seconds = lookup_seconds

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """A person's profile, or why there is none. The log has Slack's own word for it."""
        try:
            async with asyncio.timeout(self._lookup_seconds):
                answer = await self._client.users_info(user=slack_id)
            return profile_of(answer["user"], self._team_id)
        except SlackApiError as error:
            reason = error_word(error)
            failure = _meaning(reason)
        except (ClientError, SlackClientError, OSError, TimeoutError, LookupError, TypeError, AttributeError) as error:
            # The last three: an answer that is not JSON, or that holds no profile.
            reason, failure = type(error).__name__, LookupFailure.UNAVAILABLE
        log.warning("directory.lookup_failed", person=slack_id, reason=reason, failure=failure.value)
        return failure


def _meaning(word: str) -> LookupFailure:
    if word in UNKNOWN_PERSON:
        return LookupFailure.UNKNOWN
    return LookupFailure.NOT_ALLOWED if word in INSTALLATION_ERRORS else LookupFailure.UNAVAILABLE
