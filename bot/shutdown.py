"""Shutdown: SIGTERM and SIGINT end a run in order, within a limited time."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog

from bot.bot import Bot

log = structlog.get_logger(__name__)

DRAIN_SECONDS: Final = 8.0
"""How long finishing may take after SIGTERM; service managers commonly kill after 10 s."""

EXIT_SECONDS: Final = 9.5
"""After this the process exits, even if something still holds it up."""

CLOSING_SECONDS: Final = 1.0
"""Kept back from the bot's share of the drain time, so that files and connections are closed properly."""


class Shutdown:
    """Cancels the run on a signal, and shares out the time that is left to finish."""

    def __init__(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        self.requested = False
        self._drain_seconds = drain_seconds
        self._deadline: float | None = None

    def listen(self) -> None:
        """Cancel the current task on SIGTERM or SIGINT from now on."""
        loop = asyncio.get_running_loop()
        running = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._request, number, running)

    def _request(self, number: signal.Signals, running: asyncio.Task[None] | None) -> None:
        if self.requested:
            return  # a second signal changes nothing
        self.requested = True
        log.info("shutdown.requested", signal=number.name)
        watchdog = threading.Timer(EXIT_SECONDS, _exit_now)
        watchdog.daemon = True
        watchdog.start()
        self.seconds_left()
        if running is not None:
            running.cancel()

    def seconds_left(self) -> float:
        """Seconds left to finish in order. The first call starts the count."""
        now = asyncio.get_running_loop().time()
        if self._deadline is None:
            self._deadline = now + self._drain_seconds
        return max(self._deadline - now, 0.0)

    async def finish(self, close: Callable[[], Awaitable[None]]) -> None:
        """Let one part close in the time that is left. A failure is logged and does not hold up the other parts."""
        try:
            async with asyncio.timeout(self.seconds_left()):
                await close()
        except TimeoutError:
            log.warning("shutdown.timed_out", part=_name_of(close))
        except Exception:
            log.exception("shutdown.failed", part=_name_of(close))

    async def stop_bot(self, bot: Bot) -> None:
        """Let the bot finish what it is sending."""
        await self.finish(partial(bot.stop, max(self.seconds_left() - CLOSING_SECONDS, 0.0)))


def _name_of(close: Callable[[], Awaitable[None]]) -> str:
    inner = close.func if isinstance(close, partial) else close
    return str(getattr(inner, "__qualname__", inner))


def _exit_now() -> None:
    sys.stderr.flush()
    os._exit(0)
