"""The queue of writers: SQLite has one writer at a time, and serves those who wait in no order."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

WAIT_SECONDS = 2.5
"""How long a writer waits for those before it in this process, and then for a writer of another process, together: half
a second less than Slack gives an interaction."""


class DatabaseBusy(Exception):
    """A unit of work that writes could not begin in time, because others were writing. Trying again may help."""


class WriteQueue:
    """Lets one task of the process write at a time: first come, first served."""

    def __init__(self, seconds: float = WAIT_SECONDS) -> None:
        """`seconds` is how long a task waits in all."""
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._writer: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for a turn, and let the next task write when the block ends.

        Yields the seconds for which the block may wait for a writer of another process.

        Raises `DatabaseBusy` when the turn does not come in time, and `RuntimeError` at once when the task is writing
        already: it would wait for itself.
        """
        if self._writer is asyncio.current_task():
            raise RuntimeError("a unit of work that writes was begun inside another one")
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                await self._lock.acquire()
        except TimeoutError as error:
            raise DatabaseBusy(f"others were writing for {self._seconds} seconds") from error
        self._writer = asyncio.current_task()
        try:
            yield max(0.0, WAIT_SECONDS - (time.monotonic() - began))
        finally:
            self._writer = None
            self._lock.release()
