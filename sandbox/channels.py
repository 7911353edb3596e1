"""The public channels. Everyone who is a person is in all of them; the app is only where someone has invited it."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sandbox.errors import SlackError
from sandbox.people import slack_id
from sandbox.state_store import StateStore, restored

NAMES: Final = ("general", "growth")
"""The channels of every workspace, without the # that people see."""


@dataclass(frozen=True)
class Channel:
    """A public channel; `has_app` says whether the app is a member."""

    id: str
    name: str
    has_app: bool = False

    def as_slack(self, team_id: str, creator: str, members: int) -> dict[str, Any]:
        """The conversation object."""
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": False,
            "created": 0,
            "is_archived": False,
            "is_general": self.name == NAMES[0],
            "unlinked": 0,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "parent_conversation": None,
            "context_team_id": team_id,
            "shared_team_ids": [team_id],
            "updated": 0,
            "creator": creator,
            "is_member": self.has_app,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
            "num_members": members,
        }


class Channels:
    """All public channels. Workspaces that were stored without them get them when they are opened."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        stored = {name: restored(Channel, body) for name, body in store.load("channel").items()}
        self._by_id: dict[str, Channel] = {}
        for name in NAMES:
            channel = Channel(slack_id("C", name), name)
            self._by_id[channel.id] = stored.get(channel.id, channel)
            if channel.id not in stored:
                self._save(channel)

    def all(self) -> list[Channel]:
        """All channels, in the order in which the page lists them."""
        return list(self._by_id.values())

    def get(self, channel_id: str) -> Channel:
        """A channel by C… id; raises `SlackError` channel_not_found."""
        try:
            return self._by_id[channel_id]
        except KeyError:
            raise SlackError("channel_not_found") from None

    def has(self, channel_id: str) -> bool:
        """Whether an id is that of a public channel."""
        return channel_id in self._by_id

    def by_name(self, name: str) -> Channel:
        """A channel by name, with or without its #, for tests and demonstrations; raises `KeyError`."""
        for channel in self._by_id.values():
            if channel.name == name.removeprefix("#"):
                return channel
        raise KeyError(name)

    def set_app(self, channel: Channel, *, is_member: bool) -> None:
        """Let the app join a channel or leave it."""
        changed = replace(channel, has_app=is_member)
        self._by_id[channel.id] = changed
        self._save(changed)

    def _save(self, channel: Channel) -> None:
        self._store.save("channel", channel.id, asdict(channel))
