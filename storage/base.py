"""What all tables and repositories share."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

# A naming convention, so that a migration can name what it drops on either database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

RowT = TypeVar("RowT", bound="WorkspaceScoped")


class WorkspaceScoped(SQLModel):
    """A row of one workspace. The session fills `workspace_id` in and adds it to every query (see `storage.store`)."""

    id: int | None = Field(default=None, primary_key=True)
    # No index of its own, and never first in one that serves other questions: every query names a workspace, and SQLite
    # would rather read the whole of it than what is asked for.
    workspace_id: int = Field(default=None, foreign_key="workspace.id")

    @property
    def pk(self) -> int:
        """The primary key of a row that has been written."""
        if self.id is None:
            msg = f"{type(self).__name__} has not been written yet"
            raise LookupError(msg)
        return self.id


def enum_column(values: type[StrEnum]) -> sa.Enum:
    """A column type for an enum: stored by value, as text, so that a new value needs no migration."""
    return sa.Enum(values, native_enum=False, length=32, values_callable=lambda enum: [member.value for member in enum])


class NotFound(Exception):
    """No row of this workspace has that key."""


class Repository:
    """Finds the rows of one noun. Only repositories write queries, and none commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def _get(self, noun: type[RowT], key: int) -> RowT:
        row = await self._session.get(noun, key)
        if row is None:
            raise NotFound(f"{noun.__name__} {key}")
        return row

    async def _first(self, statement: Any) -> Any:
        return (await self._session.exec(statement)).first()

    async def _all(self, statement: Any) -> Sequence[Any]:
        rows: Sequence[Any] = (await self._session.exec(statement)).all()
        return rows
