"""The assembled bot: its listeners, its scheduler and its database, started and stopped together."""

from collections.abc import Sequence
from datetime import datetime

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from handlers.shared.services import Services
from scheduler.jobs import Jobs


class Bot:
    """What `bot.assembly` builds and the servers serve. It owns what it is given, and closes it in `stop`."""

    def __init__(
        self,
        app: AsyncApp,
        services: Services,
        jobs: Jobs,
        session: aiohttp.ClientSession,
        *,
        signing_secret: str = "",
        notices: Sequence[str] = (),
    ) -> None:
        self.app = app
        """The listeners, ready for requests."""
        self.signing_secret = signing_secret
        """What Slack signs its HTTP requests with; empty in Socket Mode."""
        self.notices = notices
        """What the admin should know at start, one sentence each: mistakes in their own questions."""
        self.services = services
        self.jobs = jobs
        self._session = session

    async def start(self) -> None:
        """Begin to deliver what is due."""
        self.jobs.start()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, finish sending within `drain_seconds`, and close everything."""
        await self.jobs.stop(drain_seconds)
        await self.services.background.finish()
        await self._session.close()
        await self.services.database.close()

    async def next_moment(self) -> datetime | None:
        """When something is due next (aware UTC); None when nothing is planned."""
        return await self.jobs.next_moment()

    async def catch_up(self) -> None:
        """Deliver what is due now."""
        await self.jobs.catch_up()

    async def database_answers(self) -> bool:
        """Whether the database answers a query."""
        return await self.services.database.answers()

    async def slack_answers(self) -> bool:
        """Whether the Slack API accepts the bot's token."""
        try:
            await self.app.client.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return False
        return True
