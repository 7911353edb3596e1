"""Spans of days: time off of a person, and days on which a workspace is closed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

ONE_DAY: Final = timedelta(days=1)

MOST_SPANS: Final = 10
"""That a person or a workspace has ahead: Slack shows no more boxes to tick under one another."""


@dataclass(frozen=True, order=True)
class DaySpan:
    """From one day to another, both included. `str()` gives them as an interval of ISO 8601."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"

    @property
    def length(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1


def spans_to_text(spans: Iterable[DaySpan]) -> str:
    """As one column holds them."""
    return " ".join(map(str, spans))


@lru_cache(maxsize=4096)
def spans_from_text(text: str) -> tuple[DaySpan, ...]:
    """What `spans_to_text` has written. Raises `ValueError` for anything else."""
    return tuple(DaySpan(*map(date.fromisoformat, one.split("/"))) for one in text.split())


def merged(spans: Iterable[DaySpan]) -> list[DaySpan]:
    """The same days in as few spans as there can be, the earliest first."""
    found: list[DaySpan] = []
    for span in sorted(spans):
        if found and span.first <= found[-1].last + ONE_DAY:
            found[-1] = DaySpan(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return found


def not_over(spans: Iterable[DaySpan], today: date) -> list[DaySpan]:
    """Those that reach into today or lie ahead."""
    return [span for span in spans if span.last >= today]


def days_in(spans: Iterable[DaySpan]) -> Collection[date]:
    """Every day of them."""
    return frozenset(span.first + ONE_DAY * number for span in spans for number in range(span.length))
