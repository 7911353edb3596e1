"""A limit on how often a line is logged, for lines that a stranger can cause."""

import time
from collections.abc import Callable
from typing import Final

SECONDS_PER_LINE: Final = 10.0
"""One line per kind and this many seconds: enough to notice a flood, too few for it to fill a disk."""


class LogLimit:
    """Decides which lines are logged: per kind, the first one in every `SECONDS_PER_LINE`."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._next: dict[str, float] = {}
        self._skipped: dict[str, int] = {}

    def skipped_before(self, kind: str) -> int | None:
        """How many lines of this kind were skipped since the last one; None when this one is skipped too.

        `kind` comes from a fixed set: one entry per kind stays in memory.
        """
        now = self._now()
        if now < self._next.get(kind, now):
            self._skipped[kind] = self._skipped.get(kind, 0) + 1
            return None
        self._next[kind] = now + SECONDS_PER_LINE
        return self._skipped.pop(kind, 0)
