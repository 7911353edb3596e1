"""The only place that reads the real time; everything else is handed a clock or a moment."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time, aware UTC."""


def system_clock() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)
