"""The store: everything remembered of one workspace."""

from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.agenda import Agenda
from storage.base import Gate, NotFound, WorkspaceScoped
from storage.commitments import Commitments
from storage.discussions import Discussions
from storage.drafts import Drafts
from storage.nudges import Nudges
from storage.objectives import Objectives
from storage.pairs import Pairs
from storage.people import People
from storage.preparations import Preparations
from storage.requests import ProcessedRequests
from storage.thanks import Thanks

__all__ = ["ForeignRow", "NotFound", "Store"]


class ForeignRow(Exception):
    """Somebody tried to write a row of another workspace through this store."""


class Store:
    """One unit of work on one workspace.

    No query made through it can see or touch another workspace: the session itself adds the condition to every
    statement and stamps (or refuses) every new row.
    """

    def __init__(self, session: AsyncSession, workspace_id: int, gate: Gate | None = None) -> None:
        """Without a gate every row of the workspace can be read: for the scheduler, which writes to everyone."""
        self.workspace_id = workspace_id
        self._session = session
        bind_to_workspace(session.sync_session, workspace_id)
        self.people = People(session, workspace_id, gate)
        self.pairs = Pairs(session, workspace_id, gate)
        self.discussions = Discussions(session, workspace_id, gate)
        self.preparations = Preparations(session, workspace_id, gate)
        self.objectives = Objectives(session, workspace_id, gate)
        self.agenda = Agenda(session, workspace_id, gate)
        self.commitments = Commitments(session, workspace_id, gate)
        self.thanks = Thanks(session, workspace_id, gate)
        self.nudges = Nudges(session, workspace_id, gate)
        self.drafts = Drafts(session, workspace_id, gate)
        self.requests = ProcessedRequests(session, workspace_id, gate)

    def add(self, *rows: WorkspaceScoped) -> None:
        """Remember new rows; they get their keys at the next flush."""
        self._session.add_all(rows)

    async def flush(self) -> None:
        """Write what is pending, so that new rows have keys and constraints have spoken."""
        await self._session.flush()

    async def refresh(self, row: WorkspaceScoped) -> None:
        """Read a row anew, after having waited for somebody else's change."""
        await self._session.refresh(row)

    async def delete(self, row: WorkspaceScoped) -> None:
        """Forget a row."""
        await self._session.delete(row)


def bind_to_workspace(session: Session, workspace_id: int) -> None:
    """Make a session unable to leave its workspace: whatever a statement returns or changes is of this one."""

    def only_this_workspace(state: ORMExecuteState) -> None:
        nouns: set[type[WorkspaceScoped]] = {mapper.class_ for mapper in state.all_mappers}
        if not nouns:
            raise ForeignRow("a statement that names no table of ours could read any workspace")
        state.statement = state.statement.options(*(_only_rows_of(workspace_id, noun) for noun in nouns))

    def stamp_new_rows(session: Session, _context: Any, _instances: Any) -> None:
        for row in session.new:
            if isinstance(row, WorkspaceScoped):
                if row.workspace_id is None:
                    row.workspace_id = workspace_id
                elif row.workspace_id != workspace_id:
                    raise ForeignRow(type(row).__name__)

    event.listen(session, "do_orm_execute", only_this_workspace)
    event.listen(session, "before_flush", stamp_new_rows)


@lru_cache(maxsize=256)  # a process serves one workspace, and there are a dozen nouns
def _only_rows_of(workspace_id: int, noun: type[WorkspaceScoped]) -> LoaderCriteriaOption:
    """The condition on a noun's rows; made once, since making it costs a fifth of a short statement."""
    return with_loader_criteria(noun, noun.workspace_id == workspace_id, include_aliases=True)  # type: ignore[arg-type]
