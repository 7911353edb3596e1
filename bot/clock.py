"""The only place that reads the real time. Everything else is given a clock or a moment."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time now, aware UTC."""


def system_clock() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)
