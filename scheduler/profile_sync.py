"""Profile sync: asking Slack about everyone at night, to find out who moved to another time zone or left."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from cycle.people import LookupFailure, Profile, is_stale, save_profile
from scheduler.clocks import Clocks
from scheduler.nightly import Run
from storage.database import Database

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_PEOPLE: Final = 1.0
"""Slack answers about a hundred such questions per minute (Tier 4); at this pace a night has room for thousands."""


class Directory(Protocol):
    """Slack's directory of the people in one workspace."""

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """A person's profile, or why there is none."""


DirectoryOf = Callable[[int], Directory | None]
"""The directory of a workspace, by its key; None for a workspace that this process does not serve."""


class ProfileSync:
    """The nightly round through everyone who is in a pair."""

    def __init__(
        self, database: Database, directory_of: DirectoryOf, clocks: Clocks, pause: float = SECONDS_BETWEEN_PEOPLE
    ) -> None:
        self._database = database
        self._directory_of = directory_of
        self._clocks = clocks
        self._pause = pause

    def serves(self, workspace_id: int) -> bool:
        """Whether this process can ask about the people of a workspace."""
        return self._directory_of(workspace_id) is not None

    async def sync(self, run: Run) -> None:
        """Ask about everyone in a workspace whose profile is a day old. What changed moves their nudges at once."""
        directory = self._directory_of(run.workspace_id)
        if directory is None:
            return
        async with self._database.reading(run.workspace_id) as store:
            people = await store.people.in_current_pairs()
        asked = 0
        for person in people:
            if not await run.goes_on():
                return
            if is_stale(person, self._clocks.now()) and await self._is_still_stale(run.workspace_id, person.pk):
                await self._sync(run.workspace_id, directory, person.slack_id)
                asked += 1
                await asyncio.sleep(self._pause)
        log.info("profiles.synced", workspace=run.workspace_id, people=asked)

    async def _is_still_stale(self, workspace_id: int, person_id: int) -> bool:
        """Whether no one has asked about a person since the round began, which may be hours ago."""
        async with self._database.reading(workspace_id) as store:
            return is_stale(await store.people.get(person_id), self._clocks.now())

    async def _sync(self, workspace_id: int, directory: Directory, slack_id: str) -> None:
        profile = await directory.profile(slack_id)
        if not isinstance(profile, LookupFailure):
            async with self._database.unit(workspace_id) as store:
                await save_profile(store, profile, self._clocks.now())
