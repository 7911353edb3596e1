"""What every visit can count on: the database, the clock, Slack's directory, the question bank."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from cycle.bank import Bank
from cycle.people import PROFILE_GOOD_FOR, Profile, is_stale, provisional, remember
from storage.database import Database
from storage.people import Person

log = structlog.get_logger()


class Directory(Protocol):
    """Slack's directory of people."""

    async def profile(self, slack_id: str) -> Profile | None:
        """What Slack says of somebody; None when there is nobody of that id, or Slack does not answer."""


@dataclass
class Services:
    """Built once by `bot.assembly`."""

    database: Database
    workspace_id: int
    clock: Callable[[], datetime]
    directory: Directory
    wake: Callable[[], None]
    bank: Bank
    publish_home: Callable[[str, dict[str, Any]], Awaitable[None]]
    _first_meetings: asyncio.Lock = field(default_factory=asyncio.Lock)
    _being_asked: set[str] = field(default_factory=set)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    async def ensure_person(self, slack_id: str, known_as: str) -> None:
        """Make sure that somebody who is here is remembered. Only a first meeting waits for Slack, and not for long."""
        if (person := await self._look_up(slack_id)) is not None:
            self.refresh(person)
            return
        async with self._first_meetings:  # a command and an opened Home often come together
            if await self._look_up(slack_id) is None and not await self.sync_profile(slack_id):
                async with self.database.unit(self.workspace_id) as store:
                    await remember(store, provisional(slack_id, known_as), self.clock() - PROFILE_GOOD_FOR)

    async def _look_up(self, slack_id: str) -> Person | None:
        async with self.database.reading(self.workspace_id) as store:
            return await store.people.by_slack_id(slack_id)

    def refresh(self, person: Person) -> None:
        """Ask Slack about somebody again after a day, without anybody waiting for it."""
        if is_stale(person, self.clock()) and person.slack_id not in self._being_asked:
            self._being_asked.add(person.slack_id)
            self.run_in_background("profile", self._refresh(person.slack_id))

    async def _refresh(self, slack_id: str) -> None:
        try:
            await self.sync_profile(slack_id)
        finally:
            self._being_asked.discard(slack_id)

    async def sync_profile(self, slack_id: str) -> bool:
        """Ask Slack about somebody and remember the answer. False when there is none."""
        profile = await self.directory.profile(slack_id)
        if profile is None:
            return False
        async with self.database.unit(self.workspace_id) as store:
            await remember(store, profile, self.clock())
        return True

    def run_in_background(self, name: str, errand: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for; trouble in it is logged."""
        task = asyncio.create_task(self._do(name, errand))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _do(self, name: str, errand: Coroutine[Any, Any, None]) -> None:
        try:
            await errand
        except Exception:
            log.exception("errand.failed", errand=name)

    async def finish_background(self) -> None:
        """Wait for what is still being done."""
        while self._background:
            await asyncio.gather(*self._background)
