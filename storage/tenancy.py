"""Tenancy: a session reads and writes rows of one workspace only, the one that its `info` names."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from storage.base import REUSED, WorkspaceScoped

WORKSPACE_ID = "workspace_id"  # in `Session.info`, and as a parameter of statements


class ForeignRow(Exception):
    """A session was about to read or write rows of a workspace that is not its own."""


def only_this_workspace(state: ORMExecuteState) -> None:
    """Add the condition on the workspace to every table whose rows a statement returns or changes."""
    workspace_id = state.session.info.get(WORKSPACE_ID)
    if REUSED in state.execution_options and workspace_id is not None:
        state.statement = _of_any_workspace(state.statement)
        given: Any = state.parameters or {}
        state.parameters = {**given, WORKSPACE_ID: workspace_id}
        return
    nouns = _scoped(state.all_mappers)
    if workspace_id is None:
        if nouns:
            raise ForeignRow("this session has no workspace")
        return
    if not nouns:
        raise ForeignRow("a statement that names no table of ours could read any workspace")
    state.statement = state.statement.options(*(_only(noun, workspace_id) for noun in nouns))


def _scoped(mappers: Iterable[Mapper[Any]]) -> set[type[WorkspaceScoped]]:
    return {mapper.class_ for mapper in mappers if issubclass(mapper.class_, WorkspaceScoped)}


@lru_cache(maxsize=256)
def _of_any_workspace(statement: Any) -> Any:
    """A statement that is built once, for all workspaces: which one it is about is a parameter of each execution."""
    entities = [described["entity"] for described in statement.column_descriptions if described["entity"] is not None]
    nouns = _scoped(sa.inspect(entity).mapper for entity in entities)
    if not nouns:
        raise ForeignRow("a statement that names no table of ours could read any workspace")
    of_workspace = sa.bindparam(WORKSPACE_ID, type_=sa.Integer)
    return statement.options(
        *(
            with_loader_criteria(noun, lambda known: known.workspace_id == of_workspace, include_aliases=True)
            for noun in sorted(nouns, key=lambda noun: noun.__name__)
        )
    )


@lru_cache(maxsize=1_024)
def _only(noun: type[WorkspaceScoped], workspace_id: int) -> ExecutableOption:
    """The condition on one table. The value is a bound parameter, so that all workspaces share a compiled statement.

    A function, since an expression would not follow the table where a statement reads it under another name.
    """
    return with_loader_criteria(noun, lambda known: known.workspace_id == workspace_id, include_aliases=True)


def stamp_new_rows(session: Session, _context: Any, _instances: Any) -> None:
    """Write the workspace into new rows; refuse one that names another."""
    workspace_id = session.info.get(WORKSPACE_ID)
    for row in session.new:
        if isinstance(row, WorkspaceScoped):
            if row.workspace_id is None:
                row.workspace_id = workspace_id
            if workspace_id is None or row.workspace_id != workspace_id:
                raise ForeignRow(type(row).__name__)


# For all sessions of the process: one without a workspace can reach no row that belongs to any.
event.listen(Session, "do_orm_execute", only_this_workspace)
event.listen(Session, "before_flush", stamp_new_rows)
