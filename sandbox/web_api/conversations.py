"""conversations.*: the direct messages between the app and each person, and public channels.

What a method needs depends on the kind of conversation: `im:history` reads direct messages only.
"""

from typing import Any

from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.web_api.call import Call, Method
from sandbox.web_api.chat import dm_channel, joined_channel
from sandbox.web_api.paging import cursor_for, page, position_of
from sandbox.workspace import Workspace

HISTORY_DEFAULT = 100
HISTORY_MOST = 999
LIST_MOST = 1000


def _channel(workspace: Workspace, channel: str) -> dict[str, Any]:
    if workspace.channels.has(channel):
        members = len(_people(workspace))
        return workspace.channels.get(channel).as_slack(workspace.team_id, workspace.people.all()[1].id, members)
    return _direct(workspace, workspace.people.of_channel(channel))


def _people(workspace: Workspace) -> list[str]:
    """Everyone who is in all public channels, by id."""
    return [person.id for person in workspace.people.all() if not person.is_bot and not person.deleted]


def _direct(workspace: Workspace, person: Person) -> dict[str, Any]:
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
    channel = _direct(workspace, person) if call.boolean("return_im") else {"id": person.dm}
    return {"no_op": known, "already_open": known, "channel": channel}


def _known(call: Call) -> str:
    """The D… or C… id in `channel`, once the app may know of that kind. Raises `SlackError` channel_not_found."""
    channel = call.text("channel")
    call.check_scope("channels:read" if channel.startswith("C") else "im:read")
    if channel.startswith("C"):
        return call.workspace.channels.get(channel).id
    return dm_channel(call.workspace, channel).dm


def _readable(call: Call) -> str:
    """The D… or C… id in `channel`, once the app may read its messages.

    Raises `SlackError` missing_scope, channel_not_found or not_in_channel.
    """
    channel = call.text("channel")
    call.check_scope("channels:history" if channel.startswith("C") else "im:history")
    if channel.startswith("C"):
        return joined_channel(call.workspace, channel).id
    return dm_channel(call.workspace, channel).dm


def _info(call: Call) -> dict[str, Any]:
    return {"channel": _channel(call.workspace, _known(call))}


def _list(call: Call) -> dict[str, Any]:
    return _listed(call, [channel.id for channel in call.workspace.channels.all()])


def _list_own(call: Call) -> dict[str, Any]:
    return _listed(call, [channel.id for channel in call.workspace.channels.all() if channel.has_app])


def _listed(call: Call, public: list[str]) -> dict[str, Any]:
    workspace = call.workspace
    wanted = call.optional("types", "public_channel").split(",")
    channels: list[str] = []
    if "public_channel" in wanted:
        call.check_scope("channels:read")
        channels += public
    if "im" in wanted:
        call.check_scope("im:read")
        channels += [one for one in workspace.messages.open_channels() if not workspace.channels.has(one)]
    limit = call.integer("limit", HISTORY_DEFAULT, LIST_MOST, "invalid_limit")
    shown, following = page(channels, call.optional("cursor"), limit)
    return {
        "channels": [_channel(workspace, channel) for channel in shown],
        "response_metadata": {"next_cursor": following},
    }


def _members(call: Call) -> dict[str, Any]:
    """The members of a conversation, in one page whatever the limit."""
    workspace, channel = call.workspace, _known(call)
    if workspace.channels.has(channel):
        members, has_app = _people(workspace), workspace.channels.get(channel).has_app
    else:
        members, has_app = [workspace.people.of_channel(channel).id], True
    members += [workspace.bot.id] if has_app else []
    return {"members": members, "response_metadata": {"next_cursor": ""}}


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
    channel = _readable(call)
    messages = [one for one in call.workspace.messages.all(channel) if one.thread_ts in {None, one.ts}]
    return _page_of_messages(call, messages[::-1]) | {
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


def _replies(call: Call) -> dict[str, Any]:
    """A message and its replies, oldest first."""
    thread = call.workspace.messages.thread(_readable(call), call.text("ts"))
    answer = _page_of_messages(call, thread[::-1])
    return answer | {"messages": answer["messages"][::-1]}


METHODS = {
    "conversations.open": Method(_open, "im:write"),
    "conversations.info": Method(_info),
    "conversations.list": Method(_list),
    "conversations.members": Method(_members),
    "users.conversations": Method(_list_own),
    "conversations.history": Method(_history),
    "conversations.replies": Method(_replies),
}
