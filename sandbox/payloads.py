"""What Slack sends when a person does something: the payloads of commands, interactions and events."""

import html
import uuid
from typing import Any

from sandbox.messages import Message, new_block_id
from sandbox.people import LOCALE, Person
from sandbox.view_state import Values
from sandbox.views import View
from sandbox.workspace import Workspace

DM_NAME = "directmessage"


def base(workspace: Workspace, kind: str, person: Person) -> dict[str, Any]:
    """The fields that every interaction has; `kind` is its type."""
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": person.team_id or workspace.team_id,
        },
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": workspace.app_id,
        "token": workspace.keys.verification,
    }


def command(workspace: Workspace, person: Person, name: str, text: str) -> dict[str, str]:
    """A slash command, as form fields."""
    return {
        "token": workspace.keys.verification,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": person.dm,
        "channel_name": DM_NAME,
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(workspace, person, person.dm),
        "trigger_id": workspace.triggers.new(person.id),
    }


def message_action(
    workspace: Workspace, person: Person, message: Message, action: dict[str, Any], entered: Values
) -> dict[str, Any]:
    """block_actions from a message, with the message unless it is ephemeral: Slack does not keep those."""
    payload = base(workspace, "block_actions", person) | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral,
        },
        "trigger_id": workspace.triggers.new(person.id),
        "channel": _channel(workspace, message.channel),
        "state": {"values": entered},
        "response_url": response_url(workspace, person, message.channel, message.ts),
        "actions": [action],
    }
    if not message.ephemeral:
        payload["message"] = workspace.message_as_slack(message)
    return payload


def view_action(workspace: Workspace, person: Person, view: View, action: dict[str, Any]) -> dict[str, Any]:
    """block_actions from a modal or Home; the view has everything that is entered in it."""
    return base(workspace, "block_actions", person) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.triggers.new(person.id, view.id),
        "view": workspace.view_as_slack(view),
        "actions": [action],
    }


def submission(workspace: Workspace, person: Person, view: View) -> dict[str, Any]:
    """view_submission, with everything that is entered in the view."""
    return base(workspace, "view_submission", person) | {
        "trigger_id": workspace.triggers.new(person.id, view.id),
        "view": workspace.view_as_slack(view),
        "response_urls": [],
    }


def closed(workspace: Workspace, person: Person, view: View, *, cleared: bool) -> dict[str, Any]:
    """view_closed, without what was entered."""
    return base(workspace, "view_closed", person) | {
        "view": workspace.view_as_slack(view, closed=True),
        "is_cleared": cleared,
    }


def shortcut(workspace: Workspace, person: Person, callback_id: str, message: Message | None) -> dict[str, Any]:
    """A message shortcut, or a global shortcut where `message` is None."""
    payload = base(workspace, "shortcut" if message is None else "message_action", person) | {
        "callback_id": callback_id,
        "action_ts": workspace.messages.new_ts(),
        "trigger_id": workspace.triggers.new(person.id),
    }
    if message is not None:
        payload |= {
            "channel": _channel(workspace, message.channel),
            "message_ts": message.ts,
            "message": workspace.message_as_slack(message),
            "response_url": response_url(workspace, person, message.channel, message.ts),
        }
    return payload


def home_opened(workspace: Workspace, person: Person) -> dict[str, Any]:
    """app_home_opened, with the Home where one is published."""
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": person.dm,
        "tab": "home",
        "event_ts": workspace.messages.new_ts(),
    }
    home = workspace.views.home(person.id)
    return event | ({"view": workspace.view_as_slack(home)} if home is not None else {})


def user_change(workspace: Workspace, person: Person) -> dict[str, Any]:
    """user_change: someone was deactivated or brought back, became a guest, moved, or set a status."""
    return {
        "type": "user_change",
        "user": workspace.user_as_slack(person) | {"locale": LOCALE},
        "cache_ts": int(workspace.timestamp()),
        "event_ts": workspace.messages.new_ts(),
    }


def message_im(workspace: Workspace, message: Message) -> dict[str, Any]:
    """A message that a person wrote in their direct messages with the app."""
    text = {"type": "text", "text": html.unescape(message.text)}
    paragraph = {"type": "rich_text_section", "elements": [text]}
    return workspace.message_as_slack(message) | {
        "client_msg_id": str(uuid.uuid4()),
        "blocks": [{"type": "rich_text", "block_id": new_block_id(), "elements": [paragraph]}],
        "channel": message.channel,
        "channel_type": "im",
        "event_ts": message.ts,
    }


def response_url(workspace: Workspace, person: Person, channel: str, message_ts: str | None = None) -> str:
    """A new response_url for what a person did in a channel, and for the message that they acted on."""
    return f"{workspace.address}/response/{workspace.response_urls.new(channel, person.id, message_ts)}"


def _channel(workspace: Workspace, channel: str) -> dict[str, str]:
    name = workspace.channels.get(channel).name if workspace.channels.has(channel) else DM_NAME
    return {"id": channel, "name": name}
