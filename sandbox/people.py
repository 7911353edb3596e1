"""The people of the workspace, and how Slack describes them."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.errors import SlackError
from sandbox.settings import Guest, PersonSeed
from sandbox.state_store import StateStore, restored

LOCALE = "en-GB"
"""Everyone's language. Slack sends it in user_change, and in users.info on request."""

_ID_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_ID_LENGTH = 9
_COLORS = ("4bbe2e", "3c989f", "9f69e7", "e7392d", "674b1b", "e96699", "df3dc0", "2b6836", "d58247", "5a4592")


def slack_id(prefix: str, name: str) -> str:
    """An id that looks like Slack's; the same name has the same id in every sandbox."""
    number = int.from_bytes(hashlib.blake2b(f"{prefix}/{name}".encode(), digest_size=8).digest())
    letters = []
    for _ in range(_ID_LENGTH):
        number, rest = divmod(number, len(_ID_LETTERS))
        letters.append(_ID_LETTERS[rest])
    return f"{prefix}0{''.join(letters)}"


@dataclass(frozen=True)
class Person:
    """Someone in the workspace.

    `guest` is None for full members; `team_id` is empty for people of this workspace. `updated` and
    `status_expiration` are seconds since 1970; a status with an expiration of 0 stays.
    """

    id: str
    name: str
    title: str
    tz: str
    tz_label: str
    color: str
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    guest: Guest | None = None
    team_id: str = ""
    is_stranger: bool = False
    updated: int = 0
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0

    @property
    def handle(self) -> str:
        """The user name: ana.ruiz."""
        return self.name.lower().replace(" ", ".")

    @property
    def email(self) -> str:
        """An e-mail address in a domain that is reserved for examples."""
        return f"{self.handle}@example.com"

    @property
    def initials(self) -> str:
        """Initials for the page's avatars: AR."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def dm(self) -> str:
        """The id of the direct message channel with the app."""
        return slack_id("D", self.id)

    @property
    def bot_id(self) -> str:
        """The B… id of a bot."""
        return slack_id("B", self.name)

    def as_slack(self, team_id: str, now: datetime, *, with_email: bool) -> dict[str, Any]:
        """The user object in the workspace `team_id`, which has less about deactivated people.

        The e-mail address is there only `with_email`, which takes a scope of its own.
        """
        shown: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team_id or team_id,
            "name": self.handle,
            "deleted": self.deleted,
            "profile": self.profile(team_id, now, with_email=with_email),
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if self.deleted:
            return shown
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return shown | {
            "color": self.color,
            "real_name": self.name,
            "tz": self.tz,
            "tz_label": self.tz_label,
            "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.guest is not None,
            "is_ultra_restricted": self.guest == "single-channel",
            "is_stranger": self.is_stranger,
            "is_email_confirmed": not self.is_bot,
            "has_2fa": False,
            "who_can_share_contact_card": "EVERYONE",
        }

    def profile(self, team_id: str, now: datetime, *, with_email: bool) -> dict[str, Any]:
        """The profile object. A status that has expired is empty."""
        first, _, last = self.name.partition(" ")
        expired = 0 < self.status_expiration <= now.timestamp()
        profile: dict[str, Any] = {
            "title": self.title,
            "phone": "",
            "skype": "",
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": first,
            "display_name_normalized": first,
            "fields": None,
            "status_text": "" if expired else self.status_text,
            "status_text_canonical": "",
            "status_emoji": "" if expired else self.status_emoji,
            "status_emoji_display_info": [],
            "status_expiration": 0 if expired else self.status_expiration,
            "avatar_hash": "",
            "first_name": first,
            "last_name": last,
            "team": self.team_id or team_id,
        }
        if self.is_bot:
            profile["bot_id"] = self.bot_id
        if with_email and not self.is_bot:
            profile["email"] = self.email
        return profile


class People:
    """Everyone in the workspace, in the order of the settings, after our bot."""

    def __init__(self, store: StateStore, bot_name: str, seeds: Iterable[PersonSeed], started_at: datetime) -> None:
        self._store = store
        stored = store.load("person")
        if stored:
            people = [restored(Person, body) for body in stored.values()]
        else:
            bot = PersonSeed(bot_name, "The bot of this sandbox", "UTC", "Coordinated Universal Time", is_bot=True)
            updated = int(started_at.timestamp())
            people = [_from_seed(number, seed, updated) for number, seed in enumerate((bot, *seeds))]
        self._by_id = {person.id: person for person in people}
        self._by_dm = {person.dm: person.id for person in people}
        self._numbers = {person.id: number for number, person in enumerate(people)}
        self.bot = people[0]
        if not stored:
            for person in people:
                self._save(person)

    def update(self, person: Person) -> None:
        """Replace what is known about a person, who is found by id."""
        self._by_id[person.id] = person
        self._save(person)

    def _save(self, person: Person) -> None:
        self._store.save("person", f"{self._numbers[person.id]:06}", asdict(person))

    def all(self) -> list[Person]:
        """Everyone, our bot first."""
        return list(self._by_id.values())

    def get(self, user_id: str) -> Person:
        """A person by U… id; raises `SlackError` user_not_found."""
        try:
            return self._by_id[user_id]
        except KeyError:
            raise SlackError("user_not_found") from None

    def by_name(self, name: str) -> Person:
        """A person by full name, for tests and demonstrations; raises `KeyError`."""
        for person in self._by_id.values():
            if person.name == name:
                return person
        raise KeyError(name)

    def by_bot_id(self, bot_id: str) -> Person:
        """A bot by B… id; raises `SlackError` bot_not_found."""
        for person in self._by_id.values():
            if person.is_bot and person.bot_id == bot_id:
                return person
        raise SlackError("bot_not_found")

    def by_email(self, email: str) -> Person:
        """A person by e-mail address; raises `SlackError` users_not_found (Slack's spelling in this method)."""
        for person in self._by_id.values():
            if person.email == email.lower() and not person.is_bot and not person.deleted:
                return person
        raise SlackError("users_not_found")

    def of_channel(self, channel: str) -> Person:
        """The person behind a D… channel id or a U… user id.

        Raises `SlackError` channel_not_found, or cannot_dm_bot.
        """
        person = self._by_id.get(self._by_dm.get(channel, channel))
        if person is None:
            raise SlackError("channel_not_found")
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        return person


def _from_seed(number: int, seed: PersonSeed, updated: int) -> Person:
    return Person(
        id=slack_id("U", seed.name),
        name=seed.name,
        title=seed.title,
        tz=seed.tz,
        tz_label=seed.tz_label,
        color=_COLORS[number % len(_COLORS)],
        deleted=seed.deleted,
        is_bot=seed.is_bot,
        is_admin=seed.is_admin,
        guest=seed.guest,
        team_id=seed.team_id,
        is_stranger=seed.is_stranger,
        updated=updated,
    )
