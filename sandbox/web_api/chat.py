"""chat.*: posting, changing and deleting messages."""

import json
from typing import Any

from sandbox.channels import Channel
from sandbox.errors import SlackError, invalid
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.validation import MESSAGE_TEXT, blocks_too_long, structure_problems
from sandbox.web_api.call import Call, Method
from sandbox.workspace import Workspace

METADATA_BYTES = 16 * 1024
"""The most metadata that a message may have."""


def message_content(text: str, blocks: Any) -> dict[str, Any]:
    """The text and the blocks of a message, once checked.

    Raises `SlackError` no_text, msg_too_long, invalid_blocks_format or invalid_blocks (saying where).
    """
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    found = structure_problems("message", {"text": text, "blocks": blocks or []})
    if found:
        raise invalid("invalid_blocks", [str(problem) for problem in found])
    return {"text": text, "blocks": blocks or []}


def _chat_content(text: str, blocks: Any) -> dict[str, Any]:
    """Like `message_content`, but also raises `SlackError` msg_blocks_too_long, as only chat.* methods do."""
    content = message_content(text, blocks)
    if blocks_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return content


def _content(call: Call) -> dict[str, Any]:
    blocks = call.json("blocks", "invalid_blocks_format")
    attachments = call.json("attachments", "invalid_attachments") or []
    if attachments and not blocks and not call.optional("text"):
        return {"text": "", "blocks": [], "attachments": attachments}
    return _chat_content(call.optional("text"), blocks) | {"attachments": attachments}


def _metadata(call: Call) -> dict[str, Any] | None:
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def _post_message(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    channel = channel_to_post_in(workspace, call.text("channel"))
    content = _content(call) | {"metadata": _metadata(call)}
    thread = call.optional("thread_ts")
    if thread:
        workspace.messages.get(channel, thread)
        content["thread_ts"] = thread
    message = workspace.post_in(channel, workspace.bot, content)
    return {"channel": channel, "ts": message.ts, "message": workspace.message_as_slack(message)}


def dm_channel(workspace: Workspace, channel: str) -> Person:
    """The person behind a D… channel id; a U… id is not accepted. Raises `SlackError` channel_not_found."""
    if not channel.startswith("D"):
        raise SlackError("channel_not_found")
    return workspace.people.of_channel(channel)


def channel_to_post_in(workspace: Workspace, channel: str) -> str:
    """The conversation of a D… or C… channel id, or with the person of a U… id.

    Raises `SlackError` channel_not_found, not_in_channel or cannot_dm_bot.
    """
    if channel.startswith("C"):
        return joined_channel(workspace, channel).id
    return workspace.people.of_channel(channel).dm


def joined_channel(workspace: Workspace, channel: str) -> Channel:
    """The public channel with a C… id, where the app is a member.

    Raises `SlackError` channel_not_found or not_in_channel.
    """
    found = workspace.channels.get(channel)
    if not found.has_app:
        raise SlackError("not_in_channel")
    return found


def _conversation(call: Call) -> str:
    """The D… or C… id in `channel`. Raises `SlackError` channel_not_found or not_in_channel."""
    channel = call.text("channel")
    if channel.startswith("C"):
        return joined_channel(call.workspace, channel).id
    return dm_channel(call.workspace, channel).dm


def _own_message(call: Call, error: str) -> Message:
    message = call.workspace.messages.get(_conversation(call), call.text("ts"))
    if message.user != call.workspace.bot.id:
        raise SlackError(error)
    return message


def _update(call: Call) -> dict[str, Any]:
    """Update a message. Text alone removes the blocks and marks the message as edited; blocks alone keep the text."""
    message = _own_message(call, "cant_update_message")
    blocks = call.json("blocks", "invalid_blocks_format")
    changes: dict[str, Any] = _chat_content(call.optional("text"), blocks)
    if not call.optional("text"):
        changes["text"] = message.text
    if blocks is None:
        changes["edited_ts"] = call.workspace.messages.new_ts()
    if call.args.get("metadata") is not None:
        changes["metadata"] = _metadata(call)
    call.workspace.update(message, changes)
    shown = call.workspace.message_as_slack(message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def _delete(call: Call) -> dict[str, Any]:
    message = _own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    channel, person = _conversation(call), workspace.people.get(call.text("user"))
    is_member = not (person.is_bot or person.deleted) if workspace.channels.has(channel) else channel == person.dm
    if not is_member:
        raise SlackError("user_not_in_channel")
    message = workspace.post_in(channel, workspace.bot, _content(call), only_for=person)
    return {"message_ts": message.ts}


def _permalink(call: Call) -> dict[str, Any]:
    channel = _conversation(call)
    message = call.workspace.messages.get(channel, call.text("message_ts"))
    place = f"archives/{channel}/p{message.ts.replace('.', '')}"
    return {"channel": channel, "permalink": f"{call.workspace.address}/{place}"}


METHODS = {
    "chat.postMessage": Method(_post_message, "chat:write"),
    "chat.update": Method(_update, "chat:write"),
    "chat.delete": Method(_delete, "chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, "chat:write"),
    "chat.getPermalink": Method(_permalink),
}
