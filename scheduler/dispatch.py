"""Dispatch: what is due in all workspaces, each workspace at its own pace.

Posting, confirming and editing in a workspace are a task of their own each, so that neither a workspace with thousands
of due nudges nor one in which Slack is slow delays another.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from scheduler.claiming import LEASE
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.editing import Editing
from storage.database import Database
from storage.due import CLOCKS_AGREE_WITHIN, Due, Work, find_due

log = structlog.get_logger(__name__)

POSTED_AT_ONCE: Final = 64
"""Batches posted at the same moment. Mostly they wait for their slots, so there are more than use the database at once
(see `scheduler.delivery`)."""

WORKSPACES_AT_ONCE: Final = 8
"""Batches of other work at the same moment. More workspaces take turns, batch by batch: memory and the database's
connections are bounded."""

EDITED_AT_ONCE: Final = 2
"""Workspaces whose messages are edited at the same moment: places of their own, so that no edit delays posting."""

LOOK_BACK: Final = timedelta(days=31)
"""How far back to look for messages that a wrong clock dated. This much of one conversation is a page or two."""


class Dispatch:
    """Starts what is due in the workspaces that this process serves."""

    def __init__(
        self, database: Database, delivery: Delivery, confirmation: Confirmation, editing: Editing, clocks: Clocks
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._confirmation = confirmation
        self._editing = editing
        self._clocks = clocks
        others = asyncio.Semaphore(WORKSPACES_AT_ONCE)  # first come, first served
        self._places = {
            Work.POST: asyncio.Semaphore(POSTED_AT_ONCE),
            Work.CONFIRM: others,
            Work.UNDO_WRONG_CLOCK: others,
            Work.EDIT: asyncio.Semaphore(EDITED_AT_ONCE),
        }
        self._tasks: dict[Due, asyncio.Task[bool]] = {}
        self._again: set[Due] = set()
        self._leaving = False

    async def start_due(self) -> list[asyncio.Task[bool]]:
        """Start everything that is due and not yet being worked on. Returns the tasks, those already running included.

        A task works until nothing of its kind is due in its workspace, and returns whether there was anything. Raises
        what the database raises; nothing is lost by that.
        """
        if self._leaving:
            return []
        tasks = []
        for due in await self._due():
            if due in self._tasks:
                self._again.add(due)  # it may just have looked for the last time
            else:
                self._tasks[due] = asyncio.create_task(self._work_off(due))
            tasks.append(self._tasks[due])
        return tasks

    async def catch_up(self) -> None:
        """Work until nothing is due anywhere, or nothing more can be done now. Raises what the database raises.

        What is being worked on already is waited for too: until it is settled, a message is neither due nor sent.
        """
        while tasks := {*await self.start_due(), *self._tasks.values()}:
            await asyncio.wait(tasks)
            if not any(task.result() for task in tasks if not task.cancelled()):
                return

    async def stop(self, drain_seconds: float) -> None:
        """Start nothing more, and wait up to `drain_seconds` for what is being posted."""
        self._leaving = True
        self._delivery.leave()
        self._confirmation.leave()
        self._editing.leave()
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=drain_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _due(self) -> list[Due]:
        return [due for due in await find_due(self._database, self._clocks.now()) if self._can_start(due)]

    def _can_start(self, due: Due) -> bool:
        match due.work:
            case Work.POST:
                return self._delivery.is_open(due.workspace_id)
            case Work.CONFIRM:
                return self._confirmation.is_open(due.workspace_id)
            case Work.EDIT:
                return self._editing.is_open(due.workspace_id)
            case Work.UNDO_WRONG_CLOCK:
                return True

    async def _work_off(self, due: Due) -> bool:
        """Work until nothing of this kind is due. Returns whether anything was; failures are logged and retried."""
        worked = False
        try:
            while True:
                self._again.discard(due)
                async with self._places[due.work]:
                    did_something = await self._batch(due)
                worked |= did_something
                is_left = did_something and due in await self._due()
                if not is_left and due not in self._again:
                    return worked
        except Exception:
            log.exception("dispatch.failed", workspace=due.workspace_id, work=due.work)
            return False
        finally:
            del self._tasks[due]

    async def _batch(self, due: Due) -> bool:
        match due.work:
            case Work.POST:
                return (await self._delivery.deliver(due.workspace_id)).taken > 0
            case Work.CONFIRM:
                return (await self._confirmation.confirm(due.workspace_id)).taken > 0
            case Work.EDIT:
                return (await self._editing.edit(due.workspace_id)).taken > 0
            case Work.UNDO_WRONG_CLOCK:
                return await self._undo_wrong_clock(due.workspace_id)

    async def _undo_wrong_clock(self, workspace_id: int) -> bool:
        """Bring back what a clock that was wrong has put off."""
        now = self._clocks.now()
        latest = now + CLOCKS_AGREE_WITHIN
        async with self._database.unit(workspace_id) as store:
            nudges = await store.nudges.undo_wrong_clock(latest)
            messages = await store.messages.undo_wrong_clock(latest, now - LOOK_BACK, (now, now + LEASE))
        log.warning("clock.was_wrong", workspace=workspace_id, nudges=nudges, messages=messages)
        return nudges + messages > 0
