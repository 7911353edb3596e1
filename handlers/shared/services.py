"""What every interaction relies on: what the process has once, and what belongs to a workspace."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from cycle.bank import Bank
from handlers.shared.exports import Exports
from handlers.shared.foreground import Foreground
from handlers.shared.homes import Homes
from handlers.shared.mailer import Mailer
from handlers.shared.profiles import Profiles
from storage.database import Database

log = structlog.get_logger()


class BackgroundTasks:
    """Work that nobody waits for. Its failures are logged."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start some work; its reference is kept until it is done."""
        task = asyncio.create_task(self._guarded(name, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _guarded(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("background.failed", work=name)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait for all work that was started, including what that work starts; cancel what takes longer than this."""
        try:
            async with asyncio.timeout(seconds):
                while self._running:
                    await asyncio.wait(self._running)
        except TimeoutError:
            log.warning("background.cancelled", tasks=len(self._running))
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)


@dataclass(frozen=True)
class WorkspaceContext:
    """What belongs to one workspace: its tenant key, its client with its token, its people, its App Homes."""

    workspace_id: int
    team_id: str
    """Slack's T… id."""
    client: AsyncWebClient
    profiles: Profiles
    homes: Homes


@dataclass
class Services:
    """What the process has once. Built by `bot.assembly`."""

    database: Database
    clock: Callable[[], datetime]
    bank: Bank
    wake: Callable[[], None]
    """Deliver what is due now rather than at the next tick."""
    background: BackgroundTasks = field(default_factory=BackgroundTasks)
    exports: Exports = field(default_factory=Exports)
    mailer: Mailer | None = None
    """Sends mail; None where no mail server is set up."""
    foreground: Foreground = field(default_factory=Foreground)
    workspaces: dict[str, WorkspaceContext] = field(default_factory=dict)
    """By Slack's T… id. A request of any other workspace is refused."""
