"""SQLite under SQLAlchemy's asyncio, on the thread of the event loop.

SQLite finds what we look for in some ten microseconds. With aiosqlite it takes six times as long, since each connection
has a thread of its own, to which every statement goes four times (`benchmarks/sqlite_drivers.py`; decision 0023). What
may take long does not hold up the loop: commits write to the disk in a thread, other processes are waited for between
attempts, and a long transaction lets others have their turn between its statements.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import chain, repeat
from typing import Any, Final, Self, TypeVar

from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool

T = TypeVar("T")

DRIVER: Final = "eventloop"
"""In the address of a database: `sqlite+eventloop:///…`."""

CONNECT_OPTIONS: Final[dict[str, Any]] = {"timeout": 0, "isolation_level": None, "check_same_thread": False}
"""Of `sqlite3.connect`: SQLite itself waits for nobody and begins no transactions, and a thread may commit."""

FIRST_PAUSES: Final = (0.001, 0.002, 0.005, 0.01)
LATER_PAUSES: Final = 0.02
"""Seconds between two attempts while another process is writing."""

TURN_SECONDS: Final = 0.005
"""How long a transaction may keep the loop to itself."""

PRIMARY_CODE: Final = 0xFF
"""The bits of one of SQLite's extended error codes that hold the code itself."""

DISK_THREADS: Final = 2
"""One process has one writer at a time, and closes a connection now and then."""


def is_busy(error: BaseException | None) -> bool:
    """Whether SQLite failed because of another process, so that it is worth trying again."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & PRIMARY_CODE == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT


async def _patiently(attempt: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Do something, and again while another process is in its way, for some seconds."""
    loop = asyncio.get_running_loop()
    ends_at, pauses = loop.time() + seconds, chain(FIRST_PAUSES, repeat(LATER_PAUSES))
    while True:
        try:
            return await attempt()
        except sqlite3.OperationalError as error:
            left = ends_at - loop.time()
            if left <= 0 or not is_busy(error):
                raise
            await asyncio.sleep(min(next(pauses), left))


async def _to_its_end(threads: Executor, work: Callable[[], None]) -> None:
    """Do something in a thread: cancellation does not interrupt it, and is raised afterwards."""
    done = asyncio.get_running_loop().run_in_executor(threads, work)
    cancelled: asyncio.CancelledError | None = None
    while not done.done():
        try:
            await asyncio.wait([done])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from done.exception()
    done.result()


class Cursor:
    """A cursor with the methods that SQLAlchemy expects of an asynchronous driver."""

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
        """Execute a statement, as soon as no other process is in its way."""
        await self._connection.share_the_loop()

        async def attempt() -> None:
            self._cursor.execute(statement, parameters)

        await _patiently(attempt, self._connection.busy_seconds)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each set of parameters, in a transaction that has begun to write."""
        await self._connection.share_the_loop()
        self._cursor.executemany(statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """All rows of the answer."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Forget the answer."""
        self._cursor.close()


class Connection:
    """A connection with the methods that SQLAlchemy expects of an asynchronous driver."""

    def __init__(self, sqlite: sqlite3.Connection, disk: Executor) -> None:
        """`disk` are the threads that wait for the disk."""
        self.sqlite = sqlite
        self._disk = disk
        self.busy_seconds = 0.0
        """How long a statement may wait for another process."""
        self._turn_began_at = 0.0  # by the clock of the loop
        self._changes_on_disk = sqlite.total_changes

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self)

    def expect_transaction(self, busy_seconds: float) -> None:
        """A transaction is about to begin, whose statements may each wait that long for another process."""
        self.busy_seconds = busy_seconds
        self._turn_began_at = asyncio.get_running_loop().time()

    async def share_the_loop(self) -> None:
        """Let others have their turn, if the transaction has kept the loop to itself for a while."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._turn_began_at > TURN_SECONDS:
            await asyncio.sleep(0)
            self._turn_began_at = loop.time()

    async def commit(self) -> None:
        """Commit. The loop goes on while the disk is written; cancellation does not interrupt that."""
        if self.sqlite.total_changes == self._changes_on_disk:
            self.sqlite.commit()
            return
        try:
            await _patiently(lambda: _to_its_end(self._disk, self.sqlite.commit), self.busy_seconds)
        finally:
            self._changes_on_disk = self.sqlite.total_changes

    async def rollback(self) -> None:
        """Undo what was changed since the last commit."""
        self.sqlite.rollback()
        self._changes_on_disk = self.sqlite.total_changes

    async def close(self) -> None:
        """Close the connection. The last one to a file writes its journal back."""
        await _to_its_end(self._disk, self.sqlite.close)


class Driver:
    """What SQLAlchemy takes for the driver's module: `sqlite3` with connections of our own."""

    def __init__(self) -> None:
        # Not those of the rest of the process: a few slow look-ups of names would stop all writing.
        self._disk = ThreadPoolExecutor(DISK_THREADS, thread_name_prefix="sqlite")

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    def connect(self, database: str, **options: Any) -> AsyncAdapt_dbapi_connection:
        """Open a database, as `sqlite3.connect` does."""
        connection: Any = Connection(sqlite3.connect(database, **options | CONNECT_OPTIONS), self._disk)
        return AsyncAdapt_dbapi_connection(self, connection)


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's own SQLite, with this driver."""

    driver = DRIVER
    is_async = True
    has_terminate = True
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
        """The driver's connection behind the one that SQLAlchemy uses."""
        return connection.driver_connection

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Close a connection at once, where nothing can be awaited any more."""
        dbapi_connection.driver_connection.sqlite.close()

    def on_connect(self) -> Callable[[Any], None]:
        """Nothing: SQLAlchemy's own SQLite adds regular expressions here, which we do not use."""
        return lambda _connection: None


registry.register(f"sqlite.{DRIVER}", __name__, Dialect.__name__)
