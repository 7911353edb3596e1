"""Live events for the open pages: each page subscribes for one person."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BACKLOG = 1000
"""Events queued for a page that does not read. Beyond that its stream ends, and the page loads everything again."""

EventQueue = asyncio.Queue[dict[str, Any] | None]


class PageEvents:
    """Publishes events to the pages. None in a queue ends that page's stream."""

    def __init__(self) -> None:
        self._subscribers: list[tuple[str, EventQueue]] = []

    @contextmanager
    def subscribe(self, user: str) -> Iterator[EventQueue]:
        """The events for one person, for as long as the context is open."""
        subscriber = (user, EventQueue(BACKLOG))
        self._subscribers.append(subscriber)
        try:
            yield subscriber[1]
        finally:
            self._subscribers.remove(subscriber)

    def has_subscriber(self, user: str) -> bool:
        """Whether a page is open for a person."""
        return any(subscriber == user for subscriber, _ in self._subscribers)

    def publish(self, kind: str, *, user: str | None = None, **details: Any) -> None:
        """Send an event to the pages of one person, or to all pages where `user` is None."""
        for subscriber, queue in self._subscribers:
            if user in {None, subscriber}:
                self._put(queue, {"type": kind, **details})

    def close(self) -> None:
        """End every stream."""
        for _, queue in self._subscribers:
            self._put(queue, None)

    @staticmethod
    def _put(queue: EventQueue, event: dict[str, Any] | None) -> None:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            event = None
        queue.put_nowait(event)
