"""The App Homes of a workspace: read and published one after the other for each person."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

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
        # One lock per person, for as long as a refresh holds it or waits for it.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def refresh(self, person_id: int, now: datetime) -> None:
        """Publish a person's Home anew."""
        async with self._turns.setdefault(person_id, asyncio.Lock()):
            viewer = Viewer()
            async with self._database.reading(self._workspace_id, gate=viewer) as store:
                person = await store.people.get(person_id)
                viewer.is_person(person)
                view = await home_of(store, person, now)
            await self._publish(person.slack_id, view)
