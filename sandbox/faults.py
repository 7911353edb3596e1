"""Deliberate faults: what occasionally goes wrong on Slack's side, switched on for the next calls of a method."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from sandbox.errors import PageError
from sandbox.json_input import parse_json

Kind = Literal["error", "status", "drop", "drop_before", "delay", "ratelimited", "no_metadata"]
"""What happens to a call:

- error: answer with any error word (`error`), e.g. team_added_to_org, restricted_action, channel_not_found
- status: answer with an HTTP status (`status`) and the error word
- ratelimited: answer 429 with Retry-After (`retry_after`, seconds)
- drop: carry the call out, then cut the connection without an answer
- drop_before: cut the connection without carrying the call out
- delay: wait (`seconds`), then carry the call out
- no_metadata: carry the call out, but leave the metadata out of the messages in the answer

The first three and drop_before do not carry the call out.
"""

REFUSING: frozenset[Kind] = frozenset({"error", "status", "ratelimited"})


@dataclass
class Fault:
    """What the next `times` calls of `method` ("*" for any method) run into; all calls where `times` is None.

    `name` is that of a named fault; `id` is given once it is switched on. With `containing` it affects, and counts,
    only calls that have this text somewhere in their arguments: in the text or the blocks of a message, or a user's or
    channel's id.
    """

    method: str
    kind: Kind
    times: int | None = 1
    error: str = "internal_error"
    status: int = 503
    seconds: float = 1.0
    retry_after: int = 1
    containing: str = ""
    name: str = ""
    id: int = 0

    @property
    def label(self) -> str:
        """What people call it."""
        return NAMED[self.name].label if self.name in NAMED else f"{self.method}: {self.kind}"

    def affects(self, method: str, args: dict[str, Any]) -> bool:
        """Whether a call runs into this fault."""
        return self.method in {method, "*"} and (not self.containing or _contains(args, self.containing))


class Faults:
    """The faults that are switched on, in the order in which they were added."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._last_id = 0

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self._last_id += 1
        fault.id = self._last_id
        self._pending.append(fault)

    def remove(self, fault_id: object) -> None:
        """Switch one fault off; one that has happened as often as it was to happen is off already."""
        self._pending = [fault for fault in self._pending if fault.id != fault_id]

    def clear(self) -> None:
        """Switch all faults off."""
        self._pending.clear()

    def take(self, method: str, args: dict[str, Any]) -> Fault | None:
        """The first fault that this call runs into, counted down; None where there is none."""
        for fault in self._pending:
            if fault.affects(method, args):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._pending.remove(fault)
                return fault
        return None

    def pending(self) -> list[dict[str, Any]]:
        """The faults that are still switched on, as JSON."""
        return [asdict(fault) | {"label": fault.label} for fault in self._pending]


@dataclass(frozen=True)
class NamedFault:
    """A fault that people pick by name: how it is called, what follows from it, and what it does to which calls."""

    label: str
    meaning: str
    kind: Kind
    method: str = "chat.postMessage"
    values: Mapping[str, Any] = field(default_factory=dict)


RETRY_AFTER: Final = 30
SLOW_SECONDS: Final = 4.0
"""Longer than people like to wait, and shorter than the bot does."""

NAMED: Final[Mapping[str, NamedFault]] = MappingProxyType(
    {
        "too_fast": NamedFault(
            "Slack answers that the bot is too fast (429)",
            f"Slack asks the bot to wait {RETRY_AFTER} seconds. The message comes after that.",
            "ratelimited",
            values={"retry_after": RETRY_AFTER},
        ),
        "server_error": NamedFault(
            "Slack has a problem of its own (503)",
            "The bot cannot know whether its message got through. After two minutes it looks, and sends the message "
            "again if it is not there.",
            "status",
            values={"status": 503, "error": "service_unavailable"},
        ),
        "slow": NamedFault(
            "Slack is slow",
            f"Every answer takes {SLOW_SECONDS:.0f} seconds. Messages still arrive.",
            "delay",
            values={"seconds": SLOW_SECONDS},
        ),
        "dropped_before": NamedFault(
            "The connection breaks before Slack has the message",
            "The bot cannot know whether its message got through. After two minutes it looks, finds nothing, and sends "
            "the message again.",
            "drop_before",
        ),
        "dropped_after": NamedFault(
            "The connection breaks when Slack has the message",
            "The message is there, but the bot cannot know. After two minutes it looks, finds the message, and does "
            "not send it again.",
            "drop",
        ),
        "token_revoked": NamedFault(
            "The bot’s access was withdrawn (token_revoked)",
            "Nothing gets through. The bot tries again after a minute, then after two, four, and so on up to fifteen. "
            "Once this is over, what still matters is sent.",
            "error",
            values={"error": "token_revoked"},
        ),
        "account_inactive": NamedFault(
            "The bot’s account was deactivated (account_inactive)",
            "Nothing gets through. The bot tries again after a minute, then after two, four, and so on up to fifteen. "
            "Once this is over, what still matters is sent.",
            "error",
            values={"error": "account_inactive"},
        ),
        "too_large": NamedFault(
            "Slack finds the message too large (msg_blocks_too_long)",
            "The bot sends its parts in smaller messages. A message that has only one part is given up.",
            "error",
            values={"error": "msg_blocks_too_long"},
        ),
    }
)
"""What can be picked on the page, and by name in the API and in tests."""

AFFECTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chat.postMessage": "New messages",
        "chat.update": "Changes to messages",
        "conversations.history": "Looking for a message",
        "views.open": "Opening a form",
        "users.info": "Questions about people",
        "*": "Everything the bot asks of Slack",
    }
)
"""The methods that can be picked on the page, and what each is for."""

MOST_TIMES: Final = 1000
"""Beyond that a fault may as well stay on until it is switched off."""


def known() -> dict[str, Any]:
    """What can be picked, as JSON for the page."""
    return {
        "known": [
            {"name": name, "label": one.label, "meaning": one.meaning, "method": one.method}
            for name, one in NAMED.items()
        ],
        "affected": [{"method": method, "label": label} for method, label in AFFECTED.items()],
    }


def without_metadata(body: dict[str, Any]) -> dict[str, Any]:
    """An answer of conversations.history or .replies without the metadata of its messages."""
    if not isinstance(body.get("messages"), list):
        return body
    messages = [{name: value for name, value in one.items() if name != "metadata"} for one in body["messages"]]
    return body | {"messages": messages}


def fault_from(body: dict[str, Any]) -> Fault:
    """A fault from the page's JSON; raises `PageError` for an unknown kind and for values that do not fit."""
    body = _with_named(body)
    if body.get("kind") not in get_args(Kind):
        raise PageError(f"`kind` must be one of {', '.join(get_args(Kind))}.")
    try:
        fault = Fault(
            method=str(body["method"]),
            kind=body["kind"],
            times=_times(body.get("times", 1)),
            error=str(body.get("error", Fault.error)),
            status=int(body.get("status", Fault.status)),
            seconds=float(body.get("seconds", Fault.seconds)),
            retry_after=int(body.get("retry_after", Fault.retry_after)),
            containing=str(body.get("containing", "")),
            name=str(body.get("name", "")),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise PageError(f"The fault cannot be read: {error}.") from error
    if fault.times is not None and not 1 <= fault.times <= MOST_TIMES:
        raise PageError(f"Choose how often it happens: from 1 to {MOST_TIMES} times, or until you switch it off.")
    if not 400 <= fault.status <= 599 or fault.retry_after < 0:  # noqa: PLR2004 - HTTP's errors
        raise PageError("A fault has a `status` from 400 to 599 and no negative `retry_after`.")
    if not math.isfinite(fault.seconds) or fault.seconds < 0:
        raise PageError("`seconds` must be 0 or more.")
    return fault


def _with_named(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON, completed by what a named fault does where it says nothing else."""
    if "name" not in body:
        return body
    named = NAMED.get(body["name"]) if isinstance(body["name"], str) else None
    if named is None:
        raise PageError(f"There is no fault of this name. Choose one of {', '.join(NAMED)}.")
    return {"method": named.method, **named.values, **body, "kind": named.kind}


def _times(value: Any) -> int | None:
    """How often; None stays None: until it is switched off. Raises `ValueError` for what is no whole number."""
    if value is None:
        return None
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError("`times` must be a whole number")
    return int(value)


def _contains(args: dict[str, Any], text: str) -> bool:
    """Whether a text is in any of the arguments, also inside JSON that was sent as a string."""
    unread: list[Any] = [args]
    while unread:
        value = unread.pop()
        if isinstance(value, dict):
            unread.extend(value.values())
        elif isinstance(value, list):
            unread.extend(value)
        elif isinstance(value, str):
            if text in value:
                return True
            unread.append(_inner_json(value))
    return False


def _inner_json(value: str) -> Any:
    if not value.startswith(("[", "{")):
        return None
    try:
        return parse_json(value)
    except ValueError:
        return None
