"""Deliberate faults: what occasionally goes wrong on Slack's side, switched on for the next calls of a method."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from sandbox.errors import PageError
from sandbox.json_input import parse_json

Kind = Literal["error", "status", "drop", "delay", "ratelimited", "no_metadata"]
"""What happens to a call:

- error: answer with any error word (`error`), e.g. team_added_to_org, restricted_action, channel_not_found
- status: answer with an HTTP status (`status`) and the error word
- ratelimited: answer 429 with Retry-After (`retry_after`, seconds)
- drop: carry the call out, then cut the connection without an answer
- delay: wait (`seconds`), then carry the call out
- no_metadata: carry the call out, but leave the metadata out of the messages in the answer

The first three do not carry the call out.
"""

REFUSING: frozenset[Kind] = frozenset({"error", "status", "ratelimited"})


@dataclass
class Fault:
    """What the next `times` calls of `method` ("*" for any method) run into.

    With `containing` it affects, and counts, only calls that have this text somewhere in their arguments: in the text
    or the blocks of a message, or a user's or channel's id.
    """

    method: str
    kind: Kind
    times: int = 1
    error: str = "internal_error"
    status: int = 503
    seconds: float = 1.0
    retry_after: int = 1
    containing: str = ""

    def affects(self, method: str, args: dict[str, Any]) -> bool:
        """Whether a call runs into this fault."""
        return self.method in {method, "*"} and (not self.containing or _contains(args, self.containing))


class Faults:
    """The faults that are switched on, in the order in which they were added."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self._pending.append(fault)

    def clear(self) -> None:
        """Switch all faults off."""
        self._pending.clear()

    def take(self, method: str, args: dict[str, Any]) -> Fault | None:
        """The first fault that this call runs into, counted down; None where there is none."""
        for fault in self._pending:
            if fault.affects(method, args):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault
        return None

    def pending(self) -> list[dict[str, Any]]:
        """The faults that are still switched on, as JSON."""
        return [asdict(fault) for fault in self._pending]


def without_metadata(body: dict[str, Any]) -> dict[str, Any]:
    """An answer of conversations.history or .replies without the metadata of its messages."""
    if not isinstance(body.get("messages"), list):
        return body
    messages = [{name: value for name, value in one.items() if name != "metadata"} for one in body["messages"]]
    return body | {"messages": messages}


def fault_from(body: dict[str, Any]) -> Fault:
    """A fault from the page's JSON; raises `PageError` for an unknown kind and for values that do not fit."""
    if body.get("kind") not in get_args(Kind):
        raise PageError(f"`kind` must be one of {', '.join(get_args(Kind))}.")
    try:
        fault = Fault(
            method=str(body["method"]),
            kind=body["kind"],
            times=int(body.get("times", 1)),
            error=str(body.get("error", Fault.error)),
            status=int(body.get("status", Fault.status)),
            seconds=float(body.get("seconds", Fault.seconds)),
            retry_after=int(body.get("retry_after", Fault.retry_after)),
            containing=str(body.get("containing", "")),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise PageError(f"The fault cannot be read: {error}.") from error
    if fault.times < 1 or not 400 <= fault.status <= 599 or fault.retry_after < 0:  # noqa: PLR2004 - HTTP's errors
        raise PageError("A fault has `times` of 1 or more, a `status` from 400 to 599 and no negative `retry_after`.")
    if not math.isfinite(fault.seconds) or fault.seconds < 0:
        raise PageError("`seconds` must be 0 or more.")
    return fault


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
