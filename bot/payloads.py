"""The shape of what Slack sends, as far as Bolt and the listeners read it.

Checked at the edge, so that no listener needs to doubt the type of a field. Slack's own payloads have many more
fields, and new ones appear: fields that are not named here pass unread.
"""

import json
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

Id = Annotated[str, Field(max_length=255)]
"""An id that may be ours, as of a block, a button or a form. 255 characters is Slack's limit."""

SlackId = Annotated[str, Field(pattern=r"^[A-Z0-9]{0,32}$")]
"""An id that Slack assigns: to a person, a workspace, an organisation, a channel or a bot."""

REQUIRED: Final = {
    "block_actions": ("user", "trigger_id", "actions"),
    "view_submission": ("user", "trigger_id", "view"),
    "view_closed": ("user", "view"),
    "shortcut": ("user", "trigger_id", "callback_id"),
    "message_action": ("user", "trigger_id", "callback_id"),
    "event_callback": ("event",),
}
"""What a payload of each type always has."""

COMMAND: Final = ("command", "user_id", "trigger_id")
"""What a command always has. It has no type."""


class MalformedPayload(Exception):
    """A payload that Slack would not send. `reason` names the place and what is wrong there, never a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class _Owner(_Shape):
    """A person, a workspace, an organisation or a channel."""

    id: SlackId
    team_id: SlackId | None = None
    enterprise_id: SlackId | None = None
    name: str | None = None
    username: str | None = None


class _Option(_Shape):
    value: str | None = None


class _Action(_Shape):
    action_id: Id
    block_id: Id
    type: str
    value: str | None = None
    action_ts: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_user: SlackId | None = None
    selected_date: str | None = None
    selected_time: str | None = None
    selected_date_time: int | None = None


class _Field(_Shape):
    """One element of a form and what is filled in there."""

    type: str
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_user: SlackId | None = None
    selected_users: list[SlackId] | None = None
    selected_date: str | None = None
    selected_time: str | None = None
    selected_date_time: int | None = None


class _Block(_Shape):
    type: str
    block_id: Id | None = None


class _State(_Shape):
    values: dict[Id, dict[Id, _Field]] = {}


class _View(_Shape):
    id: Id
    type: str
    callback_id: Id | None = None
    hash: str | None = None
    private_metadata: str | None = None
    previous_view_id: Id | None = None
    root_view_id: Id | None = None
    team_id: SlackId | None = None
    app_installed_team_id: SlackId | None = None
    blocks: list[_Block] = []
    state: _State | None = None


class _Message(_Shape):
    blocks: list[_Block] = []
    text: str | None = None
    user: SlackId | None = None
    ts: str | None = None
    thread_ts: str | None = None


class _Event(_Shape):
    type: str
    user: SlackId | _Owner | None = None
    tab: str | None = None
    channel: SlackId | _Owner | None = None
    team: SlackId | None = None
    team_id: SlackId | None = None
    bot_id: SlackId | None = None
    subtype: str | None = None
    view: _View | None = None


class _Authorization(_Shape):
    team_id: SlackId | None = None
    enterprise_id: SlackId | None = None
    user_id: SlackId | None = None
    is_enterprise_install: bool | None = None


class _Payload(_Shape):
    type: str | None = None
    user: SlackId | _Owner | None = None
    user_id: SlackId | None = None
    user_name: str | None = None
    team: SlackId | _Owner | None = None
    team_id: SlackId | None = None
    enterprise: SlackId | _Owner | None = None
    enterprise_id: SlackId | None = None
    authorizations: list[_Authorization] | None = None
    channel: SlackId | _Owner | None = None
    channel_id: SlackId | None = None
    trigger_id: Id | None = None
    response_url: HttpUrl | None = Field(default=None, strict=False)
    event_id: Id | None = None
    command: str | None = None
    text: str | None = None
    callback_id: Id | None = None
    action_id: Id | None = None
    value: str | None = None
    actions: Annotated[list[_Action], Field(min_length=1)] | None = None
    view: _View | None = None
    message: _Message | None = None
    event: _Event = _Event(type="")  # absent or an object: Bolt looks into an event of null


def check_payload(payload: Any) -> None:
    """Raise `MalformedPayload` for what Slack would not send."""
    _check_texts(payload)
    try:
        _Payload.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise MalformedPayload(f"{_place(first['loc'])}: {first['type']}") from None
    if "ssl_check" in payload:
        return  # Slack looks at the certificate, and means nothing by the rest
    for name in REQUIRED.get(payload["type"], ()) if payload.get("type") else COMMAND:
        if not payload.get(name):
            raise MalformedPayload(f"{name}: missing")


def _place(location: tuple[int | str, ...]) -> str:
    """Where a field is. Names of blocks, which a request may choose freely, are left out."""
    known = [part for part in location if isinstance(part, str) and part in _NAMES]
    return ".".join(known) or "payload"


def _check_texts(payload: Any) -> None:
    """Refuse what no database stores, a NUL or half a surrogate pair, and what is nested too deeply to be handled.

    Looks at the payload as JSON, which is several times faster than looking at each text in it.
    """
    if not isinstance(payload, dict):
        raise MalformedPayload("payload: not an object")
    try:
        text = json.dumps(payload, ensure_ascii=False)
        text.encode()
    except RecursionError:
        raise MalformedPayload("payload: nested too deeply") from None
    except UnicodeEncodeError:
        raise MalformedPayload("payload: half a surrogate pair") from None
    if r"\u0000" in text.replace(r"\\", ""):  # a backslash that was typed is doubled, and no part of an escape
        raise MalformedPayload("payload: a NUL")


_NAMES: Final = frozenset(
    name
    for shape in (_Payload, _Event, _View, _State, _Field, _Action, _Option, _Message, _Block, _Owner, _Authorization)
    for name in shape.model_fields
)
