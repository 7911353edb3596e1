"""The two clocks of a process, and how it waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Clocks:
    """What time it is, and how much time has passed: only the first may jump."""

    now: Callable[[], datetime]
    """The wall clock, aware; what is due is decided by it, and it is what processes share."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds from any origin; limits within a process are measured by it."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits for so many seconds of the second clock."""
    moved_by_people: bool = False
    """Whether people move the wall clock ahead, and never back, as in the sandbox: what waits then waits by it."""

    def at_slack(self) -> float:
        """Seconds by which pauses and rates towards Slack are measured: those that pass at Slack."""
        return self.now().timestamp() if self.moved_by_people else self.monotonic()
