"""The people of a workspace, as Slack knows them: looked up at their first request, and again once a day has passed."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from cycle.people import PROFILE_GOOD_FOR, LookupFailure, Profile, is_stale, provisional, save_profile
from storage.database import Database
from storage.people import Person

SLACKBOT = "USLACKBOT"  # is_bot is false for it
UNKNOWN_NAME = "Your colleague"  # until Slack says who it is

AWAY_EMOJI: Final = {":palm_tree:", ":desert_island:", ":beach_with_umbrella:", ":face_with_thermometer:"}
"""Those of Slack's own suggestions “Vacationing” and “Out sick”, and what else people take for a holiday."""
AWAY_WORDS: Final = re.compile(
    r"\b(out of (the )?office|ooo|pto|vacation(ing)?|on (annual |parental |sick |medical )?leave|on holidays?|"
    r"out sick|off sick|time off|days? off)\b",
    re.IGNORECASE,
)
LAST_SECOND: Final = 253402300799
"""Of the year 9999."""


def profile_of(user: Mapping[str, Any], team_id: str) -> Profile:
    """A person as Slack's user object describes them: in `users.info`, and in a `user_change` event."""
    details = user.get("profile") or {}
    return Profile(
        slack_id=str(user["id"]),
        name=str(details.get("real_name") or user.get("real_name") or user.get("name") or user["id"]),
        tz=str(user.get("tz") or "UTC"),
        is_bot=bool(user.get("is_bot")) or user["id"] == SLACKBOT,
        deactivated=bool(user.get("deleted")),
        is_guest=bool(user.get("is_ultra_restricted")),
        is_external=bool(user.get("is_stranger")) or str(user.get("team_id") or team_id) != team_id,
        is_admin=bool(user.get("is_admin")) or bool(user.get("is_owner")),
        away_until=_away_until(details),
    )


def _away_until(details: Mapping[str, Any]) -> datetime | None:
    """When a status ends that says that its person is away; None where it says something else, or has no end."""
    expiration, text = details.get("status_expiration"), str(details.get("status_text") or "")
    if not isinstance(expiration, int) or not 0 < expiration < LAST_SECOND:
        return None
    if details.get("status_emoji") not in AWAY_EMOJI and AWAY_WORDS.search(text) is None:
        return None
    return datetime.fromtimestamp(expiration, UTC)


class Directory(Protocol):
    """Slack's directory of people."""

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """A person's profile, or why there is none."""


class Profiles:
    """Knows the people of one workspace."""

    def __init__(
        self, database: Database, workspace_id: int, directory: Directory, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._directory = directory
        self._clock = clock
        self._first_meetings = asyncio.Lock()
        self._being_synced: set[str] = set()

    async def ensure(self, slack_id: str, known_as: str) -> None:
        """Make sure that a person is known. Only a first request waits for Slack, and not for long.

        While Slack does not answer, people are known by `known_as`, and Slack is asked again at the next opportunity.
        """
        async with self._first_meetings:  # a command and an opened Home often come together
            if await self._find(slack_id) is not None or await self.sync(slack_id):
                return
            async with self._database.unit(self._workspace_id) as store:
                await save_profile(store, provisional(slack_id, known_as), self._clock() - PROFILE_GOOD_FOR)

    async def sync(self, slack_id: str) -> bool:
        """Ask Slack about a person and save the answer. False when there is none."""
        profile = await self._directory.profile(slack_id)
        if isinstance(profile, LookupFailure):
            return False
        await self.save(profile)
        return True

    async def meet(self, slack_id: str) -> int | None:
        """The key of a person whom another one named, looked up afresh; None where nobody has that id.

        While Slack does not answer, the id is taken as valid, and the person is looked up later.
        """
        profile, seen_at = await self._directory.profile(slack_id), self._clock()
        if profile is LookupFailure.UNKNOWN:
            return None
        if isinstance(profile, LookupFailure):
            if (known := await self._find(slack_id)) is not None:
                return known.pk
            profile, seen_at = provisional(slack_id, UNKNOWN_NAME), seen_at - PROFILE_GOOD_FOR
        async with self._database.unit(self._workspace_id) as store:
            return (await save_profile(store, profile, seen_at)).pk

    async def change(self, profile: Profile, event_id: str) -> None:
        """Save what Slack reports about a person who changed, if they are known here; their nudges follow at once.

        Slack resends an event that we did not acknowledge, up to minutes later: a newer profile may be saved already.
        """
        if await self._find(profile.slack_id) is None:
            return
        async with self._database.unit(self._workspace_id) as store:
            if await store.requests.is_first(f"event:{event_id}", self._clock()):
                await save_profile(store, profile, self._clock())

    async def save(self, profile: Profile) -> None:
        """Save what Slack says about a person; if they moved or left, their nudges follow at once."""
        async with self._database.unit(self._workspace_id) as store:
            await save_profile(store, profile, self._clock())

    def is_due(self, person: Person) -> bool:
        """Whether Slack should be asked about a person again, and is not being asked yet."""
        return is_stale(person, self._clock()) and person.slack_id not in self._being_synced

    async def sync_once(self, slack_id: str) -> None:
        """Ask Slack about a person again, unless it is being asked already."""
        if slack_id in self._being_synced:
            return
        self._being_synced.add(slack_id)
        try:
            await self.sync(slack_id)
        finally:
            self._being_synced.discard(slack_id)

    async def _find(self, slack_id: str) -> Person | None:
        async with self._database.reading(self._workspace_id) as store:
            return await store.people.by_slack_id(slack_id)
