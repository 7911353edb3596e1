"""Slack's directory of people."""

import asyncio

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from cycle.people import Profile
from handlers.shared.profiles import profile_of

# A person waits for this at their first request, and Slack allows a form 3 seconds in all.
PATIENCE_SECONDS = 1.5

log = structlog.get_logger(__name__)


class SlackDirectory:
    """Asks Slack about people (`users.info`; scope users:read)."""

    def __init__(self, client: AsyncWebClient, team_id: str) -> None:
        self._client = client
        self._team_id = team_id

    async def profile(self, slack_id: str) -> Profile | None:
        """What Slack says of somebody; None when there is nobody of that id, or Slack does not answer."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._client.users_info(user=slack_id)
        except (SlackApiError, ClientError, TimeoutError) as error:
            log.warning("directory.no_answer", person=slack_id, error=type(error).__name__)
            return None
        return profile_of(answer["user"], self._team_id)
