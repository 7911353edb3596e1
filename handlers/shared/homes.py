"""The App Homes of a workspace: read and published one after the other for each person."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

from cycle.access import Viewer
from cycle.overview import overview
from handlers.views.home import render
from storage.database import Database
from storage.people import Person
from storage.store import Store

Publish = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Publishes a view as the App Home of a person, by Slack's U… id."""


async def home_of(store: Store, person: Person, now: datetime) -> dict[str, Any]:
    """The view to publish for a person."""
    return render(await overview(store, person, now))


class Homes:
    """Publishes App Homes. What is read later is published later, so an older Home never replaces a newer one."""

    def __init__(self, database: Database, workspace_id: int, publish: Publish) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._publish = publish
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def refresh(self, person_ids: Iterable[int], now: datetime) -> None:
        """Publish some people's Homes anew."""
        for person_id in person_ids:
            turn = self._turns[person_id]
            try:
                async with turn:
                    await self._refresh(person_id, now)
            finally:
                if not turn.locked():
                    self._turns.pop(person_id, None)

    async def _refresh(self, person_id: int, now: datetime) -> None:
        viewer = Viewer()
        async with self._database.reading(self._workspace_id, gate=viewer) as store:
            person = await store.people.get(person_id)
            viewer.is_person(person)
            view = await home_of(store, person, now)
        await self._publish(person.slack_id, view)
