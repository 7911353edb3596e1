"""What deliberate faults have led to: which call ran into one, and whether its message has arrived since."""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sandbox.channels import Channels
from sandbox.errors import SlackError
from sandbox.faults import Fault
from sandbox.json_input import parse_json
from sandbox.messages import Message, Messages, posted_at
from sandbox.people import People

KEPT: Final = 20
"""Incidents kept for the page."""

POST: Final = "chat.postMessage"


@dataclass(frozen=True)
class Incident:
    """A call that ran into a fault, and whom or which channel it was about (`person`).

    Of a new message: its conversation, its text, the ids that the bot gave to its blocks, and the `ts` of the newest
    message before it.
    """

    at: datetime
    label: str
    method: str
    person: str = ""
    channel: str = ""
    text: str = ""
    blocks: frozenset[str] = frozenset()
    since: str = ""


class Incidents:
    """Keeps the last incidents, in memory."""

    def __init__(self, people: People, channels: Channels, messages: Messages) -> None:
        self._people = people
        self._channels = channels
        self._messages = messages
        self._incidents: deque[Incident] = deque(maxlen=KEPT)

    def add(self, fault: Fault, method: str, args: dict[str, Any], at: datetime) -> None:
        """Add a call that runs into a fault, before it is carried out or refused."""
        name, channel = self._place(args)
        incident = Incident(at, fault.label, method, name)
        if method == POST and channel:
            before = self._messages.all(channel)
            incident = replace(
                incident,
                channel=channel,
                text=str(args.get("text") or ""),
                blocks=_block_ids(args.get("blocks")),
                since=before[-1].ts if before else "",
            )
        self._incidents.append(incident)

    def last(self) -> list[dict[str, Any]]:
        """The last incidents as JSON, newest first; those of new messages with what has arrived of them since."""
        return [self._as_json(incident) for incident in reversed(self._incidents)]

    def _as_json(self, incident: Incident) -> dict[str, Any]:
        shown = {
            "at": incident.at.isoformat(),
            "label": incident.label,
            "method": incident.method,
            "person": incident.person,
            "text": incident.text,
        }
        return shown | {"arrived": self._arrived(incident) if incident.channel else None}

    def _arrived(self, incident: Incident) -> dict[str, Any]:
        """How often each part of a message has arrived at most, in how many messages, and when the first one came."""
        found = [
            message
            for message in self._messages.all(incident.channel)
            if _is_after(message.ts, incident.since) and _has_part(message, incident)
        ]
        return {
            "copies": max((sum(part in _parts(one) for one in found) for part in _parts_of(incident)), default=0),
            "messages": len(found),
            "at": posted_at(found[0].ts).isoformat() if found else None,
        }

    def _place(self, args: dict[str, Any]) -> tuple[str, str]:
        """What a call is about, a person or a public channel, and its conversation; empty where it names neither."""
        channel = str(args.get("channel") or "")
        if self._channels.has(channel):
            return f"#{self._channels.get(channel).name}", channel
        for name in ("channel", "user", "users", "user_id"):
            try:
                person = self._people.of_channel(str(args.get(name) or ""))
            except SlackError:
                continue
            return person.name, person.dm
        return "", ""


def _parts_of(incident: Incident) -> frozenset[str]:
    """What a message is recognised by: the ids that the bot gave to its blocks, or, without any, its text."""
    return incident.blocks or frozenset({incident.text})


def _parts(message: Message) -> set[str]:
    return {message.text, *(str(block.get("block_id")) for block in message.blocks)}


def _has_part(message: Message, incident: Incident) -> bool:
    return not _parts_of(incident).isdisjoint(_parts(message))


def _is_after(ts: str, since: str) -> bool:
    return not since or posted_at(ts) > posted_at(since)


def _block_ids(blocks: Any) -> frozenset[str]:
    if isinstance(blocks, str):
        try:
            blocks = parse_json(blocks)
        except ValueError:
            return frozenset()
    if not isinstance(blocks, list):
        return frozenset()
    return frozenset(str(one["block_id"]) for one in blocks if isinstance(one, dict) and one.get("block_id"))
