"""Runs of the nightly jobs: each once a night per workspace, however many processes there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field

from storage.base import Repository, WorkspaceScoped


class JobRun(WorkspaceScoped, table=True):
    """The latest run of a job in a workspace."""

    __table_args__ = (sa.UniqueConstraint("name", "workspace_id"),)

    name: str
    due_at: datetime = Field(description="when it was due: the same moment for all processes")
    alive_at: datetime = Field(description="when its process last showed that it is alive")
    finished_at: datetime | None = None


JOB_RUN: Final[sa.Table] = JobRun.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it


@dataclass(frozen=True)
class RunLimits:
    """How runs of other processes are judged."""

    abandoned_before: datetime
    """The process of an unfinished run that was last alive before this has died."""
    wrong_after: datetime
    """A run that was alive or due after this was written by a wrong clock."""


class JobRuns(Repository):
    """Claims and finishes runs. Each statement names the workspace itself."""

    async def claim(self, name: str, due_at: datetime, now: datetime, limits: RunLimits) -> bool:
        """Claim the run of a job that was due at a moment, in one statement. False if it is running or was done."""
        run = JOB_RUN.c
        is_wrong = (run.alive_at > limits.wrong_after) | (run.due_at > limits.wrong_after)
        is_running = run.finished_at.is_(None) & (run.alive_at >= limits.abandoned_before)
        is_done = run.finished_at.is_not(None) & (run.due_at >= due_at)
        statement = (
            self._insert_into(JOB_RUN)
            .values(workspace_id=self._workspace_id, name=name, due_at=due_at, alive_at=now)
            .on_conflict_do_update(
                index_elements=[run.name, run.workspace_id],
                set_={"due_at": due_at, "alive_at": now, "finished_at": None},
                where=is_wrong | sa.not_(is_running | is_done),
            )
            .returning(run.id)
        )
        return (await self._execute_core(statement)).first() is not None

    async def show_alive(self, name: str, now: datetime) -> None:
        """Show that the process of the present run is alive."""
        await self._execute_core(self._this(name).values(alive_at=now))

    async def finish(self, name: str, now: datetime) -> None:
        """Write that the present run is done."""
        await self._execute_core(self._this(name).values(finished_at=now))

    def _this(self, name: str) -> sa.Update:
        return sa.update(JOB_RUN).where(JOB_RUN.c.workspace_id == self._workspace_id, JOB_RUN.c.name == name)
