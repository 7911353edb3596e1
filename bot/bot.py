"""The assembled bot: its listeners, its scheduler and its database, started and stopped together."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from slack_bolt.async_app import AsyncApp

from bot.checks import Check
from handlers.shared.services import Services
from scheduler.jobs import Jobs

SETTLED_WITHIN_SECONDS = 10.0
"""How long `settle` waits for listeners; one that hangs holds nobody up for ever."""


@dataclass(kw_only=True)
class Bot:
    """What `bot.assembly` builds and the servers serve. It owns what it is given, and closes it in `stop`."""

    app: AsyncApp
    """The listeners, ready for requests."""
    services: Services
    jobs: Jobs
    session: aiohttp.ClientSession
    """Carries all calls to Slack."""
    checks: Mapping[str, Check]
    """What `GET /readyz` looks at, by name."""
    signing_secret: str = ""
    """What Slack signs its HTTP requests with; empty in Socket Mode."""
    notices: Sequence[str] = ()
    """What the admin should know at start, one sentence each: missing scopes, mistakes in their own questions."""

    async def start(self) -> None:
        """Begin to deliver what is due."""
        self.jobs.start()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, finish what is being sent, answered and done in the background, and close everything.

        All of that takes `drain_seconds` at most. Listeners go on after they have acknowledged, when the server no
        longer knows of them: the database is closed after the last of them.
        """
        ends_at = time.monotonic() + drain_seconds
        try:
            await self.jobs.stop(drain_seconds)
            await self.services.foreground.quiet(ends_at - time.monotonic())
            await self.services.background.finish(max(ends_at - time.monotonic(), 0.0))
        finally:
            await self.session.close()
            await self.services.database.close()

    async def next_moment(self) -> datetime | None:
        """When something is due next (aware UTC); None when nothing is planned."""
        return await self.jobs.next_moment()

    async def catch_up(self) -> None:
        """Deliver what is due now."""
        await self.jobs.catch_up()

    async def do_due(self) -> None:
        """Deliver what is due now, and do the nightly jobs that are due."""
        await self.jobs.do_due()

    async def do_night(self) -> None:
        """Do what a night does to the plan, and deliver what is due now."""
        await self.jobs.do_night()

    def next_night(self) -> datetime:
        """When all jobs of the coming night are due (aware UTC)."""
        return self.jobs.next_night()

    async def settle(self) -> None:
        """Wait until everything has happened that follows from what people did, and deliver what is due now."""
        await self.services.foreground.quiet(SETTLED_WITHIN_SECONDS)
        await self.services.background.finish()
        await self.catch_up()
