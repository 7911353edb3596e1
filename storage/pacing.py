"""Pacing: the next free slot of a workspace, which all processes that post in it share."""

from datetime import datetime

import sqlalchemy as sa

from storage.base import Repository
from storage.people import WORKSPACE


class Pacing(Repository):
    """Reads and moves the next free slot. Each statement names the workspace itself."""

    async def next_slot(self) -> datetime | None:
        """From when the next message may be started; None where none ever was."""
        return await self._next_slot(self._ours())

    async def lock_next_slot(self) -> datetime | None:
        """The same, locked until the transaction ends: the last lock that a claim takes, and the shortest held."""
        return await self._next_slot(self._ours().with_for_update(key_share=True))

    async def set_next_slot(self, moment: datetime) -> None:
        """Move it, in the transaction that locked it."""
        statement = sa.update(WORKSPACE).where(WORKSPACE.c.id == self._workspace_id).values(next_slot_at=moment)
        await self._execute_core(statement)

    def _ours(self) -> sa.Select[tuple[datetime | None]]:
        return sa.select(WORKSPACE.c.next_slot_at).where(WORKSPACE.c.id == self._workspace_id)

    async def _next_slot(self, statement: sa.Select[tuple[datetime | None]]) -> datetime | None:
        moment: datetime | None = (await self._execute_core(statement)).scalar_one()
        return moment
