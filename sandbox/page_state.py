"""What one person sees, as JSON for the page."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.bot_client import BotClient
from sandbox.channels import Channel
from sandbox.clock import ClockMover
from sandbox.messages import Message, posted_at
from sandbox.people import Person
from sandbox.time_zones import LABELS
from sandbox.workspace import Workspace


def local(moment: datetime, tz: str) -> str:
    """A moment as people read it in their time zone: Tue 24 Nov, 09:00."""
    there = moment.astimezone(ZoneInfo(tz))
    return f"{there:%a} {there.day} {there:%b, %H:%M}"


async def state_of(workspace: Workspace, bot_client: BotClient, mover: ClockMover, person: Person) -> dict[str, Any]:
    """Everything that the page shows to one person, as JSON."""
    now = workspace.clock.now()
    home = workspace.views.home(person.id)
    upcoming = await mover.next_moment()
    return {
        "now": now.isoformat(),
        "started_at": workspace.clock.started_at.isoformat(),
        "team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain},
        "people": [_person(workspace, one, now) for one in workspace.people.all()],
        "time_zones": list(LABELS),
        "commands": [asdict(command) for command in workspace.settings.commands],
        "shortcuts": [asdict(shortcut) for shortcut in workspace.settings.shortcuts],
        "me": person.id,
        "dm": {
            "channel": person.dm,
            "unread": workspace.messages.unread(person.dm, person.id),
            "messages": _messages(workspace, person.dm, person),
        },
        "channels": [_channel(workspace, channel, person) for channel in workspace.channels.all()],
        "home": None if home is None else workspace.view_as_slack(home),
        "modals": [
            workspace.view_as_slack(view) | {"errors": view.errors, "failure": view.failure}
            for view in workspace.views.stack(person.id)
        ],
        "bot": {"connected": bot_client.connected, "problem": bot_client.problem},
        "faults": [{name: fault[name] for name in ("id", "label", "times")} for fault in workspace.faults.pending()],
        "next_moment": None if upcoming is None else upcoming.isoformat(),
    }


def _person(workspace: Workspace, person: Person, now: datetime) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "tz": person.tz,
        "tz_label": person.tz_label,
        "local_time": local(now, person.tz),
        "deleted": person.deleted,
        "is_admin": person.is_admin,
        "guest": person.guest,
        "is_bot": person.is_bot,
        "initials": person.initials,
        "color": f"#{person.color}",
        "unread": workspace.messages.unread(person.dm, person.id),
    }


def _channel(workspace: Workspace, channel: Channel, person: Person) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "has_app": channel.has_app,
        "unread": workspace.messages.unread(channel.id, person.id),
        "messages": _messages(workspace, channel.id, person),
    }


def _messages(workspace: Workspace, channel: str, person: Person) -> list[dict[str, Any]]:
    return [_message(message, person) for message in workspace.messages.visible(channel, person.id)]


def _message(message: Message, person: Person) -> dict[str, Any]:
    at = posted_at(message.ts)
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "files": message.files,
        "thread_ts": message.thread_ts,
        "ephemeral": message.ephemeral,
        "edited": message.edited_ts is not None,
        "at": at.isoformat(),
        "local": local(at, person.tz),
    }
