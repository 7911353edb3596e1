"""Live news for the open pages: each listens for one person."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BACKLOG = 1000
"""News waiting for a page that does not read; past that it is let go and fetches everything anew when it is back."""

News = asyncio.Queue[dict[str, Any] | None]


class Stream:
    """Hands news to the pages. None in a queue means: this stream ends."""

    def __init__(self) -> None:
        self._listeners: list[tuple[str, News]] = []

    @contextmanager
    def listen(self, user: str) -> Iterator[News]:
        """The news for one person, as long as the context is open."""
        listener = (user, News(BACKLOG))
        self._listeners.append(listener)
        try:
            yield listener[1]
        finally:
            self._listeners.remove(listener)

    def tell(self, kind: str, *, user: str | None = None, **details: Any) -> None:
        """Tell one person's pages, or everybody's."""
        for listener, queue in self._listeners:
            if user in {None, listener}:
                self._put(queue, {"type": kind, **details})

    def close(self) -> None:
        """End every stream."""
        for _, queue in self._listeners:
            self._put(queue, None)

    @staticmethod
    def _put(queue: News, event: dict[str, Any] | None) -> None:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            event = None
        queue.put_nowait(event)
