"""What every visit can count on: the database, the clock, Slack's directory, the question bank."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from cycle.bank import Bank
from cycle.people import Profile, is_stale, remember
from storage.database import Database

log = structlog.get_logger()


class Directory(Protocol):
    """Slack's directory of people."""

    async def profile(self, slack_id: str) -> Profile | None:
        """What Slack says of somebody; None when there is nobody of that id, or Slack does not answer."""


@dataclass
class Office:
    """Built once by `bot.assembly`."""

    database: Database
    workspace_id: int
    clock: Callable[[], datetime]
    directory: Directory
    wake: Callable[[], None]
    bank: Bank
    publish_home: Callable[[str, dict[str, Any]], Awaitable[None]]
    _errands: set[asyncio.Task[None]] = field(default_factory=set)

    async def get_to_know(self, slack_id: str, *, afresh: bool = False) -> bool:
        """Make sure that somebody is remembered, asking Slack once a day at most. False when nobody has that id."""
        now = self.clock()
        async with self.database.reading(self.workspace_id) as store:
            person = await store.people.by_slack_id(slack_id)
        if not (afresh or is_stale(person, now)):
            return True
        profile = await self.directory.profile(slack_id)
        if profile is None:
            return person is not None
        async with self.database.unit(self.workspace_id) as store:
            await remember(store, profile, now)
        return True

    def run_errand(self, name: str, errand: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for; trouble in it is logged."""
        task = asyncio.create_task(self._do(name, errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _do(self, name: str, errand: Coroutine[Any, Any, None]) -> None:
        try:
            await errand
        except Exception:
            log.exception("errand.failed", errand=name)

    async def finish_errands(self) -> None:
        """Wait for what is still being done."""
        while self._errands:
            await asyncio.gather(*self._errands)
