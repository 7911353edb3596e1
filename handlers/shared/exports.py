"""How many people's files are made at once: few, and for each person one set at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

MOST_WAITING: Final = 20
"""People who wait for theirs in one process. Each takes about a second of the processor and some MB; the next ones are
asked to come back rather than to wait for minutes."""


class Exports:
    """Lets one set of files be made after the other."""

    def __init__(self) -> None:
        self._waiting: set[tuple[int, int]] = set()
        self._making = asyncio.Lock()

    def is_waiting(self, person: tuple[int, int]) -> bool:
        """Whether files of a person, by the keys of their workspace and their own, are on their way already."""
        return person in self._waiting

    @property
    def is_full(self) -> bool:
        """Whether too many people wait."""
        return len(self._waiting) >= MOST_WAITING

    def add(self, person: tuple[int, int]) -> None:
        """A person waits from now on, until `done`."""
        self._waiting.add(person)

    def done(self, person: tuple[int, int]) -> None:
        """A person has their files, or was told that there are none."""
        self._waiting.discard(person)

    @asynccontextmanager
    async def making(self) -> AsyncIterator[None]:
        """Only one at a time: rendering keeps a processor busy, which listeners need too."""
        async with self._making:
            yield
