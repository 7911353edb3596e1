"""Slack's directory of people."""

import asyncio

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from cycle.people import Profile

# A person waits for this at their first request, and Slack allows a form 3 seconds in all.
PATIENCE_SECONDS = 1.5

log = structlog.get_logger(__name__)


class SlackDirectory:
    """Asks Slack about people (`users.info`; scope users:read)."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def profile(self, slack_id: str) -> Profile | None:
        """What Slack says of somebody; None when there is nobody of that id, or Slack does not answer."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._client.users_info(user=slack_id)
        except (SlackApiError, ClientError, TimeoutError) as error:
            log.warning("directory.no_answer", person=slack_id, error=type(error).__name__)
            return None
        user = answer["user"]
        profile = user.get("profile") or {}
        return Profile(
            slack_id=user["id"],
            name=profile.get("real_name") or user.get("real_name") or user.get("name") or user["id"],
            tz=user.get("tz") or "UTC",
            is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            deactivated=bool(user.get("deleted")),
        )
