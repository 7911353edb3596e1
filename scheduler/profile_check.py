"""Profile check: before messages go out, Slack is asked about recipients whose profile is not fresh.

Someone who left gets nothing, and someone who moved gets it when their own day begins. The check never delays delivery
for long and never stops it: people whom Slack could not be asked about get what is due by their saved profile.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import structlog

from cycle.people import LookupFailure, Profile, has_changed, save_profile
from scheduler.clocks import Clocks
from scheduler.pauses import Pauses
from scheduler.profile_sync import Directory, DirectoryOf
from storage.database import Database
from storage.due import CLOCKS_AGREE_WITHIN
from storage.people import Person

log = structlog.get_logger(__name__)

GOOD_FOR: Final = timedelta(hours=1)
"""Slack is asked about a person once in this time at most, however many messages they get, and whatever it answers."""

LOOKUPS_PER_MINUTE: Final = 60
"""Per workspace. Slack answers a hundred (Tier 4), and forms and the nightly sync ask too. When more people than that
are due at once, the others get their messages unasked: their profile is a day old at most."""

LOOKUPS_AT_ONCE: Final = 10

CHECK_SECONDS: Final = 3.0
"""How long one batch waits for all its lookups together."""

REST: Final = timedelta(minutes=1)
"""How long a directory is left alone that did not answer, or not in time."""


class ProfileCheck:
    """Asks about the recipients of what is due, workspace by workspace."""

    def __init__(
        self,
        database: Database,
        directory_of: DirectoryOf,
        clocks: Clocks,
        *,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._database = database
        self._directory_of = directory_of
        self._clocks = clocks
        self._check_seconds = check_seconds
        self._rests = Pauses(clocks.at_slack)
        self._asked: dict[int, float] = {}  # when a person was last asked about, by their key
        self._lookups: dict[int, deque[float]] = {}  # of each workspace, in the last minute

    async def check(self, workspace_id: int) -> None:
        """Ask Slack about the recipients of what is due in a workspace, and save what changed. Failures are logged."""
        directory = self._directory_of(workspace_id)
        if directory is None or self._rests.left(workspace_id) or not (room := self._room(workspace_id)):
            return
        now = self._clocks.now()
        self._drop_old_lookups()
        async with self._database.reading(workspace_id) as store:
            stale = await store.nudges.recipients(
                now, seen_outside=(now - GOOD_FOR, now + CLOCKS_AGREE_WITHIN), besides=self._asked.keys(), limit=room
            )
        if stale:
            found = await self._look_up(workspace_id, directory, stale)
            await self._save(workspace_id, found)

    def _room(self, workspace_id: int) -> int:
        """How many lookups the last minute leaves."""
        lookups = self._lookups.setdefault(workspace_id, deque())
        while lookups and self._clocks.at_slack() - lookups[0] >= 60:  # noqa: PLR2004 - a minute
            lookups.popleft()
        return LOOKUPS_PER_MINUTE - len(lookups)

    def _drop_old_lookups(self) -> None:
        since = self._clocks.at_slack() - GOOD_FOR.total_seconds()
        self._asked = {person_id: asked_at for person_id, asked_at in self._asked.items() if asked_at > since}

    async def _look_up(
        self, workspace_id: int, directory: Directory, people: Sequence[Person]
    ) -> list[tuple[Person, Profile]]:
        """Ask about people, several at a time, until all are answered, time is up or one gets no answer."""
        found: list[tuple[Person, Profile]] = []
        waiting = iter(people)

        async def work() -> None:
            for person in self._until_a_rest(workspace_id, waiting):
                self._asked[person.pk] = self._clocks.at_slack()
                self._lookups[workspace_id].append(self._clocks.at_slack())
                profile = await directory.profile(person.slack_id)
                if isinstance(profile, Profile):
                    found.append((person, profile))
                elif profile is not LookupFailure.UNKNOWN:
                    self._rest(workspace_id, profile.value)

        try:
            async with asyncio.timeout(self._check_seconds), asyncio.TaskGroup() as group:
                for _ in range(min(LOOKUPS_AT_ONCE, len(people))):
                    group.create_task(work())
        except TimeoutError:
            self._rest(workspace_id, "timeout")
        except ExceptionGroup:
            log.exception("profile_check.broken", workspace=workspace_id)
            self._rests.pause(workspace_id, REST)
        return found

    def _until_a_rest(self, workspace_id: int, waiting: Iterator[Person]) -> Iterator[Person]:
        while not self._rests.left(workspace_id) and (person := next(waiting, None)) is not None:
            yield person

    def _rest(self, workspace_id: int, reason: str) -> None:
        log.warning("profile_check.rest", workspace=workspace_id, reason=reason, seconds=REST.total_seconds())
        self._rests.pause(workspace_id, REST)

    async def _save(self, workspace_id: int, found: Sequence[tuple[Person, Profile]]) -> None:
        """Save changed profiles one by one, since they move nudges; for the others, only that Slack was asked."""
        now = self._clocks.now()
        unchanged = [person.pk for person, profile in found if not has_changed(person, profile, now)]
        try:
            async with self._database.unit(workspace_id) as store:
                await store.people.set_seen(unchanged, now)
            for person, profile in found:
                if has_changed(person, profile, now):
                    log.info("profile_check.changed", person=person.id)
                    async with self._database.unit(workspace_id) as store:
                        await save_profile(store, profile, now)
        except Exception:
            log.exception("profile_check.save_failed", workspace=workspace_id)
