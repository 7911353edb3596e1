"""What people wait for goes first: App Homes are drawn in the background when no listener is at work."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Foreground:
    """The requests whose listeners are at work now, in this process, also after they have acknowledged."""

    def __init__(self) -> None:
        self._requests = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request until the block ends."""
        self._requests += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._requests -= 1
            if not self._requests:
                self._quiet.set()

    async def quiet(self, seconds: float) -> None:
        """Wait until no listener is at work, or some seconds have passed."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._quiet.wait()
        except TimeoutError:
            pass
