"""Whether the bot can do its work: what `GET /readyz` reports."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.checks import NO_ANSWER, OK, Check, State

log = structlog.get_logger(__name__)

CHECK_SECONDS: Final = 2.0
"""How long each check may take; probes commonly give up soon after."""

KEPT_SECONDS: Final = 1.0
"""How long a report is reused, so that frequent probes do not turn into frequent requests to Slack."""


class Readiness:
    """Runs all checks at once, and logs when the state of a part changes. `now` returns seconds."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        now: Callable[[], float] = time.monotonic,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._checks = checks
        self._now = now
        self._check_seconds = check_seconds
        self._started_at = 0.0
        self._running: asyncio.Task[dict[str, State]] | None = None
        self._last = dict.fromkeys(checks, OK)

    async def report(self) -> dict[str, State]:
        """The state of each part by name. Probes at about the same time share one report."""
        now = self._now()
        if self._running is None or (self._running.done() and now - self._started_at >= KEPT_SECONDS):
            self._running = asyncio.create_task(self._run())
            self._started_at = now
        return await asyncio.shield(self._running)

    async def _run(self) -> dict[str, State]:
        states = await asyncio.gather(*(self._state(check) for check in self._checks.values()))
        report = dict(zip(self._checks, states, strict=True))
        for part, state in report.items():
            if state != self._last[part]:
                (log.info if state == OK else log.warning)("readiness.changed", part=part, state=state.words)
        self._last = report
        return report

    async def _state(self, check: Check) -> State:
        try:
            async with asyncio.timeout(self._check_seconds):
                return await check()
        except TimeoutError:
            return NO_ANSWER
        except Exception as error:  # noqa: BLE001 - a check that fails is a part that is not well
            return State(f"check failed ({type(error).__name__})")
