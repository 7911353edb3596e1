"""Asking Slack again about everybody: who moved to another time zone, who left. People who never come by do so too."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

import structlog

from cycle.people import LookupFailure, Profile, is_stale, save_profile
from storage.database import Database

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_PEOPLE: Final = 1.0
"""Slack answers about a hundred such questions a minute (Tier 4); at this pace a night has room for thousands."""


class Directory(Protocol):
    """Slack's directory of people."""

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """A person's profile, or why there is none."""


class Refreshing:
    """The nightly round through everybody who stands in a pair."""

    def __init__(
        self, database: Database, workspace_id: int, directory: Directory, pause: float = SECONDS_BETWEEN_PEOPLE
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._directory = directory
        self._pause = pause

    async def refresh_all(self, clock: Callable[[], datetime], leaving: Callable[[], bool]) -> int:
        """Ask about everybody not asked about for a day; how many were. What changed moves their nudges at once."""
        async with self._database.reading(self._workspace_id) as store:
            people = await store.people.in_current_pairs()
        stale = [person for person in people if is_stale(person, clock())]
        for person in stale:
            if leaving():
                break
            profile = await self._directory.profile(person.slack_id)
            if not isinstance(profile, LookupFailure):
                async with self._database.unit(self._workspace_id) as store:
                    await save_profile(store, profile, clock())
            await asyncio.sleep(self._pause)
        log.info("people.refreshed", people=len(stale))
        return len(stale)
