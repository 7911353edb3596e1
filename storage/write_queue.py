"""The queue of writers: SQLite has one writer at a time, and lets those who wait overtake each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

# How long a writer waits for those before it in this process, and then for a writer of another process. Together they
# leave half a second of the three that Slack gives an interaction.
QUEUE_SECONDS = 1.5
BUSY_MILLISECONDS = 1_000


class DatabaseBusy(Exception):
    """A unit of work that writes could not begin in time, since others were writing. Trying again may help."""


class WriteQueue:
    """Lets one task of the process write at a time: first come, first served."""

    def __init__(self, seconds: float = QUEUE_SECONDS) -> None:
        """`seconds` is how long a task waits for its turn."""
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._writer: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and let the next one write when the block ends.

        Raises `DatabaseBusy` when the turn does not come in time, and `RuntimeError` at once when the task is writing
        already: it would wait for itself.
        """
        if self._writer is asyncio.current_task():
            raise RuntimeError("a unit of work that writes was begun inside another one")
        try:
            async with asyncio.timeout(self._seconds):
                await self._lock.acquire()
        except TimeoutError as error:
            raise DatabaseBusy(f"others were writing for {self._seconds} seconds") from error
        self._writer = asyncio.current_task()
        try:
            yield
        finally:
            self._writer = None
            self._lock.release()
