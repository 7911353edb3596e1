"""The last requests in both directions, for the page's drawer."""

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KEPT = 100
"""Exchanges kept for the page."""

MASK = "•••"

_SECRET_FIELDS = frozenset({"token", "authorization", "ticket"})
_SECRET = re.compile(r"\b(xox[a-z]|xapp)-[\w-]+|(?<=ticket=)[\w-]+")


@dataclass(frozen=True)
class Exchange:
    """One request and its response; `direction` is "to bot" or "from bot", `ms` how long it took."""

    at: datetime
    direction: str
    what: str
    status: str
    ms: float
    request: Any
    response: Any


class Traffic:
    """Keeps the last exchanges in memory. Tokens are masked when they are shown."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)

    def add(self, exchange: Exchange) -> None:
        """Add an exchange; the oldest one is dropped."""
        self._exchanges.append(exchange)

    def last(self) -> list[dict[str, Any]]:
        """The last exchanges as JSON, newest first."""
        return [
            {
                "at": exchange.at.isoformat(),
                "direction": exchange.direction,
                "what": exchange.what,
                "status": exchange.status,
                "ms": round(exchange.ms, 1),
                "request": masked(exchange.request),
                "response": masked(exchange.response),
            }
            for exchange in reversed(self._exchanges)
        ]


def masked(value: Any) -> Any:
    """The same JSON with every token masked."""
    if isinstance(value, dict):
        return {
            name: MASK if name.lower() in _SECRET_FIELDS and isinstance(inner, str) else masked(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    if isinstance(value, str):
        return _SECRET.sub(MASK, value)
    return value
