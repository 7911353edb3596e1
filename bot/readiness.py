"""Whether the bot can do its work: what `GET /readyz` reports."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.bot import Bot

log = structlog.get_logger(__name__)

READY_SECONDS: Final = 2.0
"""How long the database and Slack each have to answer; probes commonly give up soon after."""

READY_KEPT_SECONDS: Final = 1.0
"""How long a result is reused, so that frequent probes do not turn into frequent requests to Slack."""


class Readiness:
    """Asks the database and the Slack API, both at once."""

    def __init__(self, bot: Bot, *, now: Callable[[], float] = time.monotonic, patience: float = READY_SECONDS) -> None:
        self._bot = bot
        self._now = now
        self._patience = patience
        self._asked_at = 0.0
        self._asking: asyncio.Task[dict[str, bool]] | None = None

    async def parts(self) -> dict[str, bool]:
        """Which parts answer, by name. Probes at about the same time share one answer."""
        now = self._now()
        if self._asking is None or (self._asking.done() and now - self._asked_at >= READY_KEPT_SECONDS):
            self._asking = asyncio.create_task(self._ask())
            self._asked_at = now
        return await asyncio.shield(self._asking)

    async def _ask(self) -> dict[str, bool]:
        database, slack = await asyncio.gather(
            self._answers("database", self._bot.database_answers()),
            self._answers("slack", self._bot.slack_answers()),
        )
        return {"database": database, "slack": slack}

    async def _answers(self, part: str, question: Awaitable[bool]) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return await question
        except Exception as error:  # noqa: BLE001 - any failure means that the part does not answer
            log.warning("readiness.failed", part=part, reason=type(error).__name__)
            return False
