"""Profile sync: asking Slack again about everyone: who moved to another time zone, who left."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from cycle.people import LookupFailure, Profile, is_stale, save_profile
from scheduler.clocks import Clocks
from storage.database import Database

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_PEOPLE: Final = 1.0
"""Slack answers about a hundred such questions a minute (Tier 4); at this pace a night has room for thousands."""


class Directory(Protocol):
    """Slack's directory of the people in one workspace."""

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """A person's profile, or why there is none."""


DirectoryOf = Callable[[int], Directory | None]
"""The directory of a workspace, by its key; None for a workspace that this process does not serve."""


class ProfileSync:
    """The nightly round through everyone who is in a pair."""

    def __init__(
        self,
        database: Database,
        directory_of: DirectoryOf,
        clocks: Clocks,
        pause: float = SECONDS_BETWEEN_PEOPLE,
    ) -> None:
        self._database = database
        self._directory_of = directory_of
        self._clocks = clocks
        self._pause = pause

    async def sync(self, workspace_id: int, is_over: Callable[[], bool]) -> int:
        """Ask about everyone in a workspace who was not asked about for a day, until `is_over`; how many that were.

        What changed moves their nudges at once.
        """
        directory = self._directory_of(workspace_id)
        if directory is None:
            return 0
        async with self._database.reading(workspace_id) as store:
            people = await store.people.in_current_pairs()
        stale = [person for person in people if is_stale(person, self._clocks.now())]
        for person in stale:
            if is_over():
                break
            profile = await directory.profile(person.slack_id)
            if not isinstance(profile, LookupFailure):
                async with self._database.unit(workspace_id) as store:
                    await save_profile(store, profile, self._clocks.now())
            await asyncio.sleep(self._pause)
        log.info("profiles.synced", workspace=workspace_id, people=len(stale))
        return len(stale)
