"""Faults on purpose: what goes wrong at Slack's end now and then, switched on for the next calls of a method."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from sandbox.errors import PageError

Kind = Literal["error", "status", "drop", "delay", "ratelimited"]
"""error: answer this error word; status: answer this HTTP status; drop: do it, then cut the connection without an
answer; delay: wait, then go on; ratelimited: 429 with Retry-After. Only drop and delay do what was asked for."""


@dataclass
class Fault:
    """The next `times` calls of `method` ("*" for any) fail in one way."""

    method: str
    kind: Kind
    times: int = 1
    error: str = "internal_error"
    status: int = 503
    seconds: float = 1.0
    retry_after: int = 1


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch one on."""
        self._pending.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        self._pending.clear()

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if there is one, counted down."""
        for fault in self._pending:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault
        return None

    def pending(self) -> list[dict[str, Any]]:
        """What is still switched on, as JSON."""
        return [asdict(fault) for fault in self._pending]


def fault_from(body: dict[str, Any]) -> Fault:
    """A fault out of the page's JSON; raises `PageError`."""
    if body.get("kind") not in get_args(Kind):
        raise PageError(f"The kind of fault is one of {', '.join(get_args(Kind))}.")
    try:
        return Fault(
            method=str(body["method"]),
            kind=body["kind"],
            times=int(body.get("times", 1)),
            error=str(body.get("error", Fault.error)),
            status=int(body.get("status", Fault.status)),
            seconds=float(body.get("seconds", Fault.seconds)),
            retry_after=int(body.get("retry_after", Fault.retry_after)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PageError(f"That fault cannot be read: {error}.") from error
