"""A Monday morning in Madrid with a messenger and a deliverer."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from scheduler.delivering import Delivered, Deliverer
from storage.database import Database
from storage.nudges import Nudge
from storage.store import Store
from tests.support.builders import MADRID, at
from tests.support.messengers import FakeMessenger


class Services:
    """One workspace, its messenger, and a clock that stands still until it is moved."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.now = at(MADRID, 2026, 11, 23, 9)
        self.slack = FakeMessenger(lambda: self.now)
        self.deliverer = Deliverer(database, workspace_id, self.slack)

    def clock(self) -> datetime:
        """The office's time."""
        return self.now

    async def deliver(self, after: timedelta = timedelta()) -> Delivered:
        """Deliver one batch, a while later."""
        self.now += after
        return await self.deliverer.deliver(self.now)

    async def deliver_all(self, after: timedelta = timedelta()) -> None:
        """Deliver until nothing is due, a while later."""
        self.now += after
        while (await self.deliverer.deliver(self.now)).taken:
            pass

    async def nudges(self) -> dict[str, Nudge]:
        """All nudges by key."""
        async with self.database.reading(self.workspace_id) as store:
            return {row.key: row for row in await all_nudges(store)}


async def all_nudges(store: Store) -> list[Nudge]:
    """Every nudge of a workspace, in whatever state."""
    return list(await store.nudges._all(select(Nudge).order_by(Nudge.id)))  # type: ignore[arg-type]


@pytest.fixture
def services(database: Database, workspace_id: int) -> Services:
    """A fresh office on either database."""
    return Services(database, workspace_id)
