"""conversations.*: the direct messages between the app and each person."""

from typing import Any

from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.web_api.call import Call, Method
from sandbox.web_api.chat import dm_channel
from sandbox.web_api.paging import cursor_for, page, position_of
from sandbox.workspace import Workspace

HISTORY_DEFAULT = 100
HISTORY_MOST = 999
LIST_MOST = 1000


def _channel(workspace: Workspace, person: Person) -> dict[str, Any]:
    return {
        "id": person.dm,
        "created": 0,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "user": person.id,
        "is_user_deleted": person.deleted,
        "context_team_id": workspace.team_id,
        "updated": 0,
        "priority": 0,
    }


def _open(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    asked = call.optional("channel")
    if not asked:
        users = call.optional("users").split(",")
        if users == [""]:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackError("invalid_user_combination")  # a sandbox has no group messages
        asked = workspace.people.get(users[0]).id
    person = workspace.people.of_channel(asked)
    known = person.dm in workspace.messages.open_channels()
    workspace.messages.open(person.dm)
    channel = _channel(workspace, person) if call.boolean("return_im") else {"id": person.dm}
    return {"no_op": known, "already_open": known, "channel": channel}


def _info(call: Call) -> dict[str, Any]:
    return {"channel": _channel(call.workspace, dm_channel(call.workspace, call.text("channel")))}


def _list(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    wanted = call.optional("types", "public_channel").split(",")
    channels = workspace.messages.open_channels() if "im" in wanted else []
    limit = call.integer("limit", HISTORY_DEFAULT, LIST_MOST, "invalid_limit")
    shown, following = page(channels, call.optional("cursor"), limit)
    people = [workspace.people.of_channel(channel) for channel in shown]
    return {
        "channels": [_channel(workspace, person) for person in people],
        "response_metadata": {"next_cursor": following},
    }


def _members(call: Call) -> dict[str, Any]:
    """The two members of a direct message channel, in one page whatever the limit."""
    person = dm_channel(call.workspace, call.text("channel"))
    return {"members": [person.id, call.workspace.bot.id], "response_metadata": {"next_cursor": ""}}


def _seconds(call: Call, name: str, default: str) -> float:
    try:
        return float(call.optional(name) or default)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _page_of_messages(call: Call, newest_first: list[Message]) -> dict[str, Any]:
    oldest, latest = _seconds(call, "oldest", "0"), _seconds(call, "latest", "inf")
    inclusive = call.boolean("inclusive")
    before = position_of(call.optional("cursor"))
    chosen = [
        message
        for message in newest_first
        if oldest < float(message.ts) < latest or (inclusive and float(message.ts) in {oldest, latest})
    ]
    if before is not None:
        chosen = [message for message in chosen if message.ts < before]
    limit = call.integer("limit", HISTORY_DEFAULT, HISTORY_MOST, "invalid_limit")
    shown, more = chosen[:limit], len(chosen) > limit
    answer: dict[str, Any] = {"messages": [_shown(call, message) for message in shown], "has_more": more}
    if more:
        answer["response_metadata"] = {"next_cursor": cursor_for(shown[-1].ts)}
    return answer


def _shown(call: Call, message: Message) -> dict[str, Any]:
    shown = call.workspace.message_as_slack(message)
    if call.boolean("include_all_metadata") and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def _history(call: Call) -> dict[str, Any]:
    """A channel's messages, newest first, without replies in threads and without ephemeral messages."""
    person = dm_channel(call.workspace, call.text("channel"))
    messages = [one for one in call.workspace.messages.all(person.dm) if one.thread_ts in {None, one.ts}]
    return _page_of_messages(call, messages[::-1]) | {
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


def _replies(call: Call) -> dict[str, Any]:
    """A message and its replies, oldest first."""
    person = dm_channel(call.workspace, call.text("channel"))
    thread = call.workspace.messages.thread(person.dm, call.text("ts"))
    answer = _page_of_messages(call, thread[::-1])
    return answer | {"messages": answer["messages"][::-1]}


METHODS = {
    "conversations.open": Method(_open, "im:write"),
    "conversations.info": Method(_info, "im:read"),
    "conversations.list": Method(_list, "im:read"),
    "conversations.members": Method(_members, "im:read"),
    "users.conversations": Method(_list, "im:read"),
    "conversations.history": Method(_history, "im:history"),
    "conversations.replies": Method(_replies, "im:history"),
}
