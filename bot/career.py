"""What a running bot is to those who serve it: the shape of what `bot.assembly` builds."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol

from slack_bolt.async_app import AsyncApp

from bot.clock import Clock
from bot.settings import Settings


class Career(Protocol):
    """The assembled bot: listeners, scheduler, database."""

    @property
    def app(self) -> AsyncApp:
        """The listeners, ready to be given requests."""

    @property
    def notices(self) -> Sequence[str]:
        """What went wrong on the way and can be mended later, a line each: mistakes in the admin's own questions."""

    async def start(self) -> None:
        """Begin to deliver what is due."""

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, finish within `drain_seconds` what is being sent, and close everything."""

    async def next_moment(self) -> datetime | None:
        """When there is something to deliver next (aware UTC), or None."""

    async def catch_up(self) -> None:
        """Deliver what is due now."""

    async def database_answers(self) -> bool:
        """Whether the database can be asked."""

    async def slack_answers(self) -> bool:
        """Whether the Slack API takes our token."""


class Assemble(Protocol):
    """Builds the bot from its settings. Raises `StartRefused` for what a person can mend."""

    def __call__(self, settings: Settings, *, clock: Clock) -> Awaitable[Career]:
        """Open the database, build the listeners and the scheduler; nothing runs yet."""
