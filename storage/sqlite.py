"""SQLite with one trip to its thread a statement.

aiosqlite keeps each connection in a thread of its own. By way of SQLAlchemy a statement goes there and back four times:
to make a cursor, to execute, to fetch, to close. A trip costs about 0.1 ms, many times what SQLite itself takes to find
a row, and `/career prep` made 45 of them. Here a cursor does all of its work in one.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class Cursor:
    """A cursor that brings all rows along and is closed by then: SQLAlchemy keeps all rows in memory anyway."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and fetch its rows."""
        await self._connection.visit(lambda raw: self._take(raw.execute(statement, parameters)))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute a statement once for each of several sets of parameters."""
        await self._connection.visit(lambda raw: self._take(raw.executemany(statement, parameters)))
        return self

    def _take(self, cursor: sqlite3.Cursor) -> None:
        """Take everything over from SQLite's own cursor, still in the thread."""
        self._rows = cursor.fetchall()
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        """The rows."""
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        """Nothing is open any more."""


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, with such cursors. Takes what `sqlite3.connect` takes."""

    def __init__(self, database: str, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, database, **options), iter_chunk_size=0)  # nothing comes in chunks
        self._thread.daemon = True  # as SQLAlchemy has it: a connection left open does not keep the process alive

    def cursor(self) -> Cursor:  # type: ignore[override]  # made at once: no trip
        """A cursor of this connection."""
        return Cursor(self)

    async def visit(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something in the connection's thread."""
        await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
