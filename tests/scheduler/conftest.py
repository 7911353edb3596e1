"""A Monday morning in Madrid with a messenger and a delivery."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cycle.replanning import replan
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation, Confirmed
from scheduler.delivery import Delivered, Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Edited, Editing
from scheduler.replanning import Replanning
from storage.database import Database
from storage.messages import Message
from storage.nudges import Nudge
from storage.pairs import Pair
from tests.support.builders import MADRID, at, pair, person, plan_all, saved, scheduled
from tests.support.messengers import FakeMessenger

MEET_AT = at(MADRID, 2026, 11, 24, 10)  # so the brief of the day before is due as the office opens
DATED_AT = at(MADRID, 2026, 11, 20, 12)  # too late to be asked for an agenda


class Services:
    """One workspace, its messenger, and clocks that move only when a test moves them."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.now = at(MADRID, 2026, 11, 23, 9)
        self.seconds = 0.0
        self.clocks = Clocks(self.clock, self.monotonic, self.sleep)
        self.slack = FakeMessenger(self.clock)
        self.messengers = {workspace_id: self.slack}
        self.new_process()

    def new_process(self) -> None:
        """Another process takes over: it knows nothing but what is in the database."""
        self.delivery = Delivery(self.database, self.messengers.get, self.clocks)
        self.confirmation = Confirmation(self.database, self.messengers.get, self.clocks)
        self.editing = Editing(self.database, self.messengers.get, self.clocks)
        self.dispatch = Dispatch(self.database, self.delivery, self.confirmation, self.editing, self.clocks)

    def clock(self) -> datetime:
        """The wall clock."""
        return self.now

    def monotonic(self) -> float:
        """The clock that never jumps."""
        return self.seconds

    def wait(self, duration: timedelta) -> None:
        """Let time pass on both clocks."""
        self.now += duration
        self.seconds += duration.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let time pass once everything that was started has begun."""
        for _ in range(3):
            await asyncio.sleep(0)
        self.wait(timedelta(seconds=seconds))

    async def deliver(self, after: timedelta = timedelta()) -> Delivered:
        """Deliver one batch, a while later."""
        self.wait(after)
        return await self.delivery.deliver(self.workspace_id)

    async def confirm(self, after: timedelta = timedelta()) -> Confirmed:
        """Look for one batch of unconfirmed messages, a while later."""
        self.wait(after)
        return await self.confirmation.confirm(self.workspace_id)

    async def edit(self, after: timedelta = timedelta()) -> Edited:
        """Edit one batch of messages, a while later."""
        self.wait(after)
        return await self.editing.edit(self.workspace_id)

    async def nightly(self, after: timedelta = timedelta()) -> None:
        """Replan everyone, a while later."""
        self.wait(after)
        async with self.database.reading(self.workspace_id) as store:
            pair_ids = await store.pairs.current_ids()
        replanning = Replanning(self.database, self.clocks)
        await replanning._replan_pairs(self.workspace_id, pair_ids)

    async def replan_opportunities(self, after: timedelta = timedelta()) -> None:
        """Do the same for what is offered."""
        self.wait(after)
        async with self.database.reading(self.workspace_id) as store:
            ids = await store.opportunities.open_ids(self.now)
        await Replanning(self.database, self.clocks)._replan_opportunities(self.workspace_id, ids)

    async def catch_up(self, after: timedelta = timedelta()) -> None:
        """Do everything that is due in all workspaces, a while later."""
        self.wait(after)
        await self.dispatch.catch_up()

    async def pair_with_briefs_due(self, employee_tz: str = MADRID) -> Pair:
        """A pair that meets tomorrow, with all its nudges planned; the next due are the two briefs."""
        async with self.database.unit(self.workspace_id) as store:
            two = [person(tz=employee_tz), person("Bo Lind")]
            await saved(store, *two)
            made = pair(*two)
            await saved(store, made)
            await saved(store, scheduled(made, MEET_AT, dated_at=DATED_AT))
            await replan(store, made, DATED_AT)
        return made

    async def manager_with_briefs_due(self, reports: int) -> int:
        """A manager who meets a number of employees tomorrow; the key of the manager."""
        async with self.database.unit(self.workspace_id) as store:
            manager, *employees = [person("Bo Lind"), *(person() for _ in range(reports))]
            await saved(store, manager, *employees)
            pairs = [pair(one, manager) for one in employees]
            await saved(store, *pairs)
            await saved(store, *(scheduled(two, MEET_AT, dated_at=DATED_AT) for two in pairs))
            await plan_all(store, [two.pk for two in pairs], DATED_AT)
        return manager.pk

    async def nudges(self) -> dict[str, Nudge]:
        """All nudges by key."""
        async with self.database.reading(self.workspace_id) as store:
            return {row.key: row for row in await store.nudges._all(select(Nudge))}

    async def messages(self) -> list[Message]:
        """All messages, in the order in which they were written."""
        async with self.database.reading(self.workspace_id) as store:
            return list(await store.messages._all(select(Message).order_by(Message.id)))  # type: ignore[arg-type]


def brief_of(made: Pair, person_id: int) -> str:
    """The key of the brief of the day before."""
    return f"day_before:{made.id}:1:{person_id}"


@pytest.fixture
def services(database: Database, workspace_id: int) -> Services:
    """Fresh services on either database."""
    return Services(database, workspace_id)
