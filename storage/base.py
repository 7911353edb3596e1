"""What all tables and repositories share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

# A naming convention, so that a migration can name what it drops on either database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

RowT = TypeVar("RowT", bound="WorkspaceScoped")

Insert = postgresql.Insert | sqlite.Insert
REUSED = "career_reused"  # an option of a statement
DELETED_AT_ONCE = 500


class WorkspaceScoped(SQLModel):
    """A row of one workspace. The session fills `workspace_id` in and adds it to every query (see `storage.store`)."""

    model_config = {"defer_build": True}  # nothing validates rows; building the validators takes time

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


class PairScoped(WorkspaceScoped):
    """A row that lies between the two people of one pair."""

    # On the row itself, not only on what it belongs to: one statement locks the pair of any row, and the row alone is
    # enough to decide who may read it.
    pair_id: int = Field(foreign_key="pair.id", index=True)


def enum_column(values: type[StrEnum]) -> sa.Enum:
    """A column type for an enum: stored by value, as text, so that a new value needs no migration."""
    return sa.Enum(values, native_enum=False, length=32, values_callable=lambda enum: [member.value for member in enum])


class NotFound(Exception):
    """No row of this workspace has that key."""


def locking(statement: Any, *nouns: type[WorkspaceScoped]) -> Any:
    """A SELECT that locks its rows (only those of `nouns`, if any) until the transaction ends and reads them anew.

    `FOR NO KEY UPDATE`: others may go on inserting rows that refer to the locked one. Rows that the session has read
    before are overwritten, since they may be of before the lock. SQLite has one writer at a time and no row locks.
    """
    return statement.with_for_update(key_share=True, of=nouns or None).execution_options(populate_existing=True)


def reused(statement: Any) -> Any:
    """A SELECT that is built once, with bound parameters for what varies, and executed many times.

    Building one costs more than SQLite needs to answer it. For what every command, preparation and App Home reads; the
    rest is easier to read where it is used.
    """
    return statement.execution_options(**{REUSED: True})


def insert_into(dialect: str, table: sa.Table) -> Insert:
    """An INSERT that can say what happens on a conflict."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def distinct(rows: Iterable[RowT | None]) -> list[RowT]:
    """The rows of one noun out of an answer in which they come together with others: each once, in their order."""
    return list({row.pk: row for row in rows if row is not None}.values())


class Gate(Protocol):
    """Decides which rows the reader of a store may read."""

    def may_read(self, row: WorkspaceScoped) -> bool:
        """Whether the reader may read a row. Called for every row that a repository is about to return."""
        ...


class Repository:
    """Finds the rows of one noun. Only repositories write queries, and none commits.

    Every row passes the gate on its way out, if there is one: a list leaves out what it refuses, a row that was asked
    for by key is `NotFound`, and of rows that come together none is returned when one of them is refused, unless they
    are joined to the one that is asked for (`_joined`). Plain values (keys, moments, counts) do not pass it.
    """

    def __init__(self, session: AsyncSession, workspace_id: int, gate: Gate | None = None) -> None:
        self._session = session
        self._workspace_id = workspace_id
        self._gate = gate

    async def _get(self, noun: type[RowT], key: int) -> RowT:
        row = await self._session.get(noun, key)
        if row is None or not self._may_read(row):
            raise NotFound(f"{noun.__name__} {key}")
        return row

    async def _first(self, statement: Any, **parameters: Any) -> Any:
        found = (await self._session.exec(statement, params=parameters)).first()
        return found if self._may_read(found) else None

    async def _all(self, statement: Any, **parameters: Any) -> Sequence[Any]:
        rows: Sequence[Any] = (await self._session.exec(statement, params=parameters)).all()
        return rows if self._gate is None else [row for row in rows if self._may_read(row)]

    async def _joined(self, statement: Any, **parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the first noun of a statement, each with what is joined to it.

        Of that, what the reader may not read is None, as what is not there; nothing comes with a first one that they
        may not read.
        """
        rows = (await self._session.exec(statement, params=parameters)).all()
        return [
            (first, *(one if self._may_read(one) else None for one in rest))
            for first, *rest in rows
            if self._may_read(first)
        ]

    async def _execute_core(
        self, statement: Any, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None
    ) -> Any:
        """Execute a statement of SQLAlchemy Core, once for each of `rows`; it has to name the workspace itself."""
        return await (await self._session.connection()).execute(statement, rows)

    async def _delete_where(self, noun: type[WorkspaceScoped], condition: Any) -> int:
        """Delete rows, some at a time: a statement on SQLite keeps everyone waiting. Returns how many there were."""
        deleted = 0
        while keys := await self._all(select(col(noun.id)).where(condition).limit(DELETED_AT_ONCE)):
            await self._all(sa.delete(noun).where(col(noun.id).in_(keys)).returning(col(noun.id)))
            deleted += len(keys)
        return deleted

    def _among(self, column: Any, keys: Collection[int]) -> Any:
        """That a column holds one of many keys. PostgreSQL takes them as one value: no list has to be written out."""
        if self._dialect == "postgresql":
            return column == sa.any_(sa.literal(list(keys), postgresql.ARRAY(sa.Integer)))
        return column.in_(keys)

    @property
    def _dialect(self) -> str:
        """The dialect of the session's database, by SQLAlchemy's name."""
        return self._session.get_bind().dialect.name

    def _insert_into(self, table: sa.Table) -> Insert:
        """An INSERT that can say what happens on a conflict, in the dialect of the session's database."""
        return insert_into(self._dialect, table)

    def _may_read(self, found: Any) -> bool:
        """Whether all rows in a result (a row, a value, or several of them together) may be read."""
        if self._gate is None:
            return True
        together = found if isinstance(found, tuple | sa.Row) else (found,)
        return all(self._gate.may_read(one) for one in together if isinstance(one, WorkspaceScoped))
