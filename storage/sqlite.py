"""SQLite under SQLAlchemy's asyncio, on the thread of the event loop.

SQLite finds what we look for in some ten microseconds. aiosqlite keeps each connection in a thread of its own, to which
a statement goes four times, and takes six times as long (`benchmarks/sqlite_drivers.py`; decision 0023). What does take
long never holds up the loop: a commit writes to the disk in a thread, and another process that writes is waited for
between attempts.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any, Final, Self

from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool

DRIVER: Final = "eventloop"
"""In the address of a database: `sqlite+eventloop:///…`."""

SHARED: Final[dict[str, Any]] = {"timeout": 0, "isolation_level": None, "check_same_thread": False}
"""How a connection is opened: SQLite itself waits for nobody and begins no transactions, and a thread may commit."""

FIRST_PAUSES: Final = (0.001, 0.002, 0.005, 0.01)
LATER_PAUSES: Final = 0.02
"""Seconds between two attempts to get past another process."""


def _pauses(seconds: float) -> Iterator[float]:
    """How long to pause between attempts, for some seconds in all."""
    for pause in chain(FIRST_PAUSES, repeat(LATER_PAUSES)):
        if seconds <= 0:
            return
        yield min(pause, seconds)
        seconds -= pause


class Cursor:
    """What SQLAlchemy wants of the cursor of an asynchronous driver."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._cursor = connection.sqlite.cursor()

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        """The columns of the answer; None where a statement has none."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed; -1 where that says nothing."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The key of the last row that was inserted."""
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement. While another process is in its way, it is tried again."""
        pauses = _pauses(self._connection.busy_seconds)
        while True:
            try:
                self._cursor.execute(statement, parameters)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or (pause := next(pauses, None)) is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each set of parameters."""
        self._cursor.executemany(statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """All rows of the answer."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Forget the answer."""
        self._cursor.close()


class Connection:
    """What SQLAlchemy wants of the connection of an asynchronous driver."""

    def __init__(self, sqlite: sqlite3.Connection) -> None:
        self.sqlite = sqlite
        self.busy_seconds = 0.0
        """How long a statement may wait for another process."""
        self._changes_on_disk = sqlite.total_changes

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit; the loop goes on while the disk writes. Who is cancelled meanwhile has committed all the same."""
        if self.sqlite.total_changes == self._changes_on_disk:
            self.sqlite.commit()
            return
        committed = asyncio.ensure_future(asyncio.to_thread(self.sqlite.commit))
        try:
            await asyncio.shield(committed)
        except asyncio.CancelledError:
            await asyncio.wait([committed])
            raise
        finally:
            self._changes_on_disk = self.sqlite.total_changes

    async def rollback(self) -> None:
        """Undo what was changed since the last commit."""
        self.sqlite.rollback()
        self._changes_on_disk = self.sqlite.total_changes

    async def close(self) -> None:
        """Close the connection."""
        self.sqlite.close()


class Driver:
    """What SQLAlchemy takes for the module of a driver: `sqlite3`, but for its connections."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    def connect(self, database: str, **options: Any) -> AsyncAdapt_dbapi_connection:
        """Open a database, as `sqlite3.connect` does."""
        connection: Any = Connection(sqlite3.connect(database, **options | SHARED))
        return AsyncAdapt_dbapi_connection(self, connection)


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's own SQLite, with this driver."""

    driver = DRIVER
    is_async = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver."""
        return Driver()

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003 - the same for all of them
        """The pool of an asynchronous driver."""
        return AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        """Our connection, of SQLAlchemy's."""
        return connection.driver_connection

    def on_connect(self) -> Callable[[Any], None]:
        """Set nothing up: SQLAlchemy's own SQLite adds regular expressions, which we do not use."""
        return lambda _connection: None


registry.register(f"sqlite.{DRIVER}", __name__, Dialect.__name__)
