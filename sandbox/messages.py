"""Messages: between the app and each person, in channels, and those that only one person sees."""

import secrets
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.errors import SlackError
from sandbox.people import Person
from sandbox.state_store import StateStore, restored

EPHEMERAL_KEPT = 30
"""Ephemeral messages kept per person and channel; in Slack they are gone once the window is closed."""

_MICRO = 1_000_000


@dataclass
class Message:
    """One message of a channel. `user` is its author; `metadata` is as the bot sent it.

    `only_for` is the one person who sees an ephemeral message, and empty for all others.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Any] = field(default_factory=list)
    only_for: str = ""

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it, until the sandbox restarts."""
        return bool(self.only_for)

    def as_slack(self, bot: Person, app_id: str, team_id: str) -> dict[str, Any]:
        """The message object, without metadata: only the history has it, on request."""
        shown: dict[str, Any] = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        if self.user == bot.id:
            shown |= {"bot_id": bot.bot_id, "app_id": app_id, "bot_profile": _bot_profile(bot, app_id, team_id)}
        shown["team"] = team_id
        optional = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "thread_ts": self.thread_ts,
            "edited": {"user": self.user, "ts": self.edited_ts} if self.edited_ts else None,
        }
        return shown | {name: value for name, value in optional.items() if value}


def _bot_profile(bot: Person, app_id: str, team_id: str) -> dict[str, Any]:
    return {
        "id": bot.bot_id,
        "app_id": app_id,
        "user_id": bot.id,
        "name": bot.name,
        "icons": {},
        "deleted": bot.deleted,
        "updated": bot.updated,
        "team_id": team_id,
    }


def new_block_id() -> str:
    """A block_id like those that Slack generates where the app sends none."""
    return secrets.token_urlsafe(4)[:5]


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks with a generated id for every missing block_id and action_id, as in Slack."""
    return [_with_ids(block) for block in blocks]


def _with_ids(block: dict[str, Any]) -> dict[str, Any]:
    filled = {**block, "block_id": block.get("block_id") or new_block_id()}
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            filled[name] = _with_action_id(block[name])
    if block.get("type") == "actions":
        filled["elements"] = [_with_action_id(element) for element in block["elements"]]
    return filled


def _with_action_id(element: dict[str, Any]) -> dict[str, Any]:
    if element.get("type") == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": new_block_id()}


class Messages:
    """All messages by channel. Each is saved before it is announced."""

    def __init__(self, store: StateStore, clock: SandboxClock) -> None:
        self._store = store
        self._clock = clock
        self._channels: dict[str, dict[str, Message]] = {}
        self._ephemeral: dict[tuple[str, str], deque[Message]] = {}
        self._read: dict[str, str] = store.load("read")
        self._latest = 0
        for channel in store.load("open_channel"):
            self._channels[channel] = {}
        for body in store.load("message").values():
            message = restored(Message, body)
            self._channels.setdefault(message.channel, {})[message.ts] = message
            self._latest = max(self._latest, _micros(message.ts))

    def new_ts(self) -> str:
        """A `ts` for now: unique, and later than every earlier one."""
        self._latest = max(self._latest + 1, round(self._clock.now().timestamp() * _MICRO))
        seconds, micros = divmod(self._latest, _MICRO)
        return f"{seconds}.{micros:06}"

    def open_channels(self) -> list[str]:
        """The channels that were opened or written in, in the order of their ids."""
        return sorted(self._channels)

    def open(self, channel: str) -> None:
        """Open a channel; it stays open even without messages."""
        if channel not in self._channels:
            self._store.save("open_channel", channel, {})
            self._channels[channel] = {}

    def post(self, message: Message) -> None:
        """Add a message to its channel, opening the channel if necessary."""
        self.open(message.channel)
        self._save(message)
        self._channels[message.channel][message.ts] = message

    def post_ephemeral(self, message: Message) -> None:
        """Show a message to the person whom it is for, until the sandbox restarts."""
        place = (message.channel, message.only_for)
        self._ephemeral.setdefault(place, deque(maxlen=EPHEMERAL_KEPT)).append(message)

    def save(self, message: Message) -> None:
        """Save a changed message; ephemeral ones are not kept."""
        if not message.ephemeral:
            self._save(message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        if message.ephemeral:
            self._ephemeral[message.channel, message.only_for].remove(message)
            return
        self._store.delete("message", f"{message.channel}/{message.ts}")
        del self._channels[message.channel][message.ts]

    def get(self, channel: str, ts: str) -> Message:
        """A message; raises `SlackError` message_not_found (also for ephemeral ones, as in Slack)."""
        try:
            return self._channels[channel][ts]
        except KeyError:
            raise SlackError("message_not_found") from None

    def get_visible(self, channel: str, ts: str, reader: str) -> Message:
        """A message that a person can see, ephemeral ones included; raises `SlackError` message_not_found."""
        for message in self._ephemeral.get((channel, reader), ()):
            if message.ts == ts:
                return message
        return self.get(channel, ts)

    def all(self, channel: str) -> list[Message]:
        """The messages of a channel, oldest first, without ephemeral ones."""
        return list(self._channels.get(channel, {}).values())

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A message and the replies to it, oldest first; raises `SlackError` thread_not_found."""
        found = [message for message in self.all(channel) if ts in {message.ts, message.thread_ts}]
        if not found:
            raise SlackError("thread_not_found")
        return found

    def visible(self, channel: str, reader: str) -> list[Message]:
        """The messages that a person can see in a channel, ephemeral ones included, oldest first."""
        shown = [*self.all(channel), *self._ephemeral.get((channel, reader), ())]
        return sorted(shown, key=lambda message: _micros(message.ts))

    def mark_read(self, channel: str, reader: str) -> None:
        """Mark everything that a person can see in a channel as read by them."""
        if self.unread(channel, reader):
            latest = self.visible(channel, reader)[-1].ts
            self._read[_mark(channel, reader)] = latest
            self._store.save("read", _mark(channel, reader), latest)

    def unread(self, channel: str, reader: str) -> int:
        """How many messages in a channel a person has not read."""
        since = _micros(self._read.get(_mark(channel, reader), "0.0"))
        return sum(1 for message in self.visible(channel, reader) if _micros(message.ts) > since)

    def _save(self, message: Message) -> None:
        self._store.save("message", f"{message.channel}/{message.ts}", asdict(message))


def _mark(channel: str, reader: str) -> str:
    """Where it is stored how far someone has read; direct messages have one reader."""
    return channel if channel.startswith("D") else f"{channel}/{reader}"


def _micros(ts: str) -> int:
    seconds, _, micros = ts.partition(".")
    return int(seconds) * _MICRO + int(micros or 0)


def posted_at(ts: str) -> datetime:
    """When a message was posted, aware UTC."""
    return datetime.fromtimestamp(_micros(ts) / _MICRO, UTC)
