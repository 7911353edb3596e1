import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import sqlite
from storage.sqlite import Connection

DISK = ThreadPoolExecutor(2)
WITHIN = 5  # seconds, for what comes at once unless it never does


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a table of two rows."""
    file = tmp_path / "fruit.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE fruit (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        connection.execute("INSERT INTO fruit (name) VALUES ('apple'), ('pear')")
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return file


@pytest.fixture
async def engine(file: Path) -> AsyncIterator[AsyncEngine]:
    """An engine on it, with nothing of ours but the driver."""
    engine = create_async_engine(f"sqlite+{sqlite.DRIVER}:///{file}")
    yield engine
    await engine.dispose()


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """The connection of another process, which is writing."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


class SlowDisk(sqlite3.Connection):
    """A connection whose commits wait for `written`."""

    committing = threading.Event()
    written = threading.Event()
    error: sqlite3.Error | None = None

    def commit(self) -> None:
        """Commit, in the end."""
        self.committing.set()
        self.written.wait(WITHIN)
        if self.error is not None:
            raise self.error
        super().commit()


@pytest.fixture
def slow(file: Path) -> Iterator[Connection]:
    """A connection to a slow disk, with a row that is not committed yet."""
    SlowDisk.committing.clear()
    SlowDisk.written.clear()
    raw = sqlite3.connect(file, isolation_level=None, check_same_thread=False, factory=SlowDisk)
    connection = Connection(raw, DISK)
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("INSERT INTO fruit (name) VALUES ('plum')")
    yield connection
    raw.close()


async def names(connection: AsyncConnection) -> list[str]:
    """What is in the table."""
    return list((await connection.execute(sa.text("SELECT name FROM fruit ORDER BY id"))).scalars())


def names_in(file: Path) -> list[str]:
    """What anyone finds in the file."""
    connection = sqlite3.connect(file)
    found = [name for (name,) in connection.execute("SELECT name FROM fruit ORDER BY id")]
    connection.close()
    return found


async def test_what_sqlite_tells_of_a_statement_arrives(engine: AsyncEngine):
    """Rows returned, rows counted and the last key arrive as from any cursor."""
    async with engine.connect() as connection:
        added = await connection.execute(sa.text("INSERT INTO fruit (name) VALUES ('plum') RETURNING id, name"))
        assert added.all() == [(3, "plum")]
        changed = await connection.execute(sa.text("UPDATE fruit SET name = upper(name) WHERE id > 1"))
        assert changed.rowcount == 2
        inserted = await connection.execute(sa.text("INSERT INTO fruit (name) VALUES ('fig')"))
        assert inserted.lastrowid == 4
        many = [{"name": name} for name in ("date", "lime")]
        await connection.execute(sa.text("INSERT INTO fruit (name) VALUES (:name)"), many)
        assert (await connection.execute(sa.text("SELECT name FROM fruit WHERE id = 9"))).all() == []
        assert await names(connection) == ["apple", "PEAR", "PLUM", "fig", "date", "lime"]


async def test_a_refused_statement_leaves_the_connection_usable(engine: AsyncEngine):
    """SQLite's own error arrives as SQLAlchemy's, and the next statement works."""
    async with engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"):
            await connection.execute(sa.text("INSERT INTO fruit (name) VALUES ('pear')"))
        with pytest.raises(sa.exc.OperationalError, match="no such table"):
            await connection.execute(sa.text("SELECT * FROM vegetable"))
        assert await names(connection) == ["apple", "pear"]


async def test_the_loop_goes_on_while_another_process_writes(file: Path, other: sqlite3.Connection):
    """A statement that waits for another process waits as asyncio does, and is executed once that one is done."""
    connection = Connection(sqlite3.connect(file, **sqlite.CONNECT_OPTIONS), DISK)
    connection.expect_transaction(WITHIN)
    waiting = asyncio.create_task(connection.cursor().execute("BEGIN IMMEDIATE"))
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting
    assert connection.sqlite.in_transaction
    await connection.close()


async def test_another_process_is_not_waited_for_any_longer_than_allowed(file: Path, other: sqlite3.Connection):
    """SQLite's own error, which says that the database was busy."""
    connection = Connection(sqlite3.connect(file, **sqlite.CONNECT_OPTIONS), DISK)
    connection.expect_transaction(0.01)
    with pytest.raises(sqlite3.OperationalError) as raised:
        await connection.cursor().execute("BEGIN IMMEDIATE")
    assert raised.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
    await connection.close()


async def test_the_loop_goes_on_while_the_disk_writes(file: Path, slow: Connection):
    """Others are answered during a commit; it is done once what was written is there for everyone."""
    committing = asyncio.create_task(slow.commit())
    assert await asyncio.to_thread(SlowDisk.committing.wait, WITHIN)
    assert not committing.done()
    assert names_in(file) == ["apple", "pear"]
    SlowDisk.written.set()
    await committing
    assert names_in(file) == ["apple", "pear", "plum"]


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_cancellation_does_not_interrupt_a_commit(file: Path, slow: Connection, times: int):
    """However often a task is cancelled, it ends with its commit: nothing else happens on the connection meanwhile."""
    committing = asyncio.create_task(slow.commit())
    assert await asyncio.to_thread(SlowDisk.committing.wait, WITHIN)
    for _ in range(times):
        committing.cancel()
        await asyncio.sleep(0.001)
        assert not committing.done()
    SlowDisk.written.set()
    with suppress(asyncio.CancelledError):
        await committing
    assert committing.cancelled()
    assert not slow.sqlite.in_transaction
    assert names_in(file) == ["apple", "pear", "plum"]


def test_the_end_of_the_loop_does_not_interrupt_a_commit(file: Path):
    """A process that stops cancels every task that there is; what is being written is on the disk afterwards."""
    SlowDisk.committing.clear()
    SlowDisk.written.clear()
    raw = sqlite3.connect(file, factory=SlowDisk, **sqlite.CONNECT_OPTIONS)
    connection = Connection(raw, DISK)
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("INSERT INTO fruit (name) VALUES ('plum')")

    async def run() -> asyncio.Task[None]:
        committing = asyncio.create_task(connection.commit())
        await asyncio.to_thread(SlowDisk.committing.wait, WITHIN)
        asyncio.get_running_loop().call_later(0.02, SlowDisk.written.set)
        return committing

    assert asyncio.run(run()).cancelled()
    raw.close()
    assert names_in(file) == ["apple", "pear", "plum"]


async def test_a_commit_that_fails_after_a_cancellation_says_so(slow: Connection, monkeypatch: pytest.MonkeyPatch):
    """The task is cancelled all the same, and the error is known as the cause."""
    committing = asyncio.create_task(slow.commit())
    assert await asyncio.to_thread(SlowDisk.committing.wait, WITHIN)
    committing.cancel()
    monkeypatch.setattr(SlowDisk, "error", sqlite3.OperationalError("disk I/O error"))
    SlowDisk.written.set()
    with pytest.raises(asyncio.CancelledError) as raised:
        await committing
    assert isinstance(raised.value.__cause__, sqlite3.OperationalError)
    await slow.rollback()


async def test_commits_wait_for_no_other_work_in_threads(file: Path, slow: Connection):
    """Looking up names and making files take threads of their own, however many they are."""
    SlowDisk.written.set()
    held = threading.Event()
    others = [asyncio.ensure_future(asyncio.to_thread(held.wait, WITHIN)) for _ in range(40)]
    async with asyncio.timeout(WITHIN - 1):
        await slow.commit()
    assert names_in(file) == ["apple", "pear", "plum"]
    held.set()
    await asyncio.gather(*others)


async def test_a_long_transaction_shares_the_loop(file: Path, monkeypatch: pytest.MonkeyPatch):
    """Others have their turn between its statements, but not between those of a short one."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    connection = Connection(sqlite3.connect(file, **sqlite.CONNECT_OPTIONS), DISK)
    for allowed, shared in ((60.0, False), (0.0, True)):
        monkeypatch.setattr(sqlite, "TURN_SECONDS", allowed)
        connection.expect_transaction(0)
        before = turns
        for _ in range(10):
            await connection.cursor().execute("SELECT name FROM fruit")
        assert (turns > before) is shared
    counting.cancel()
    await connection.close()


async def test_a_commit_of_nothing_needs_no_thread(file: Path):
    """Most units only look; an undone one has nothing to write either."""
    none = ThreadPoolExecutor(1)
    none.shutdown()
    connection = Connection(sqlite3.connect(file, **sqlite.CONNECT_OPTIONS), none)
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.cursor().execute("INSERT INTO fruit (name) VALUES ('plum')")
    await connection.rollback()
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.commit()
    assert not connection.sqlite.in_transaction
    assert names_in(file) == ["apple", "pear"]
    connection.sqlite.close()


class BusyClock:
    """The clock of a loop that has other work to do: each pause takes 20 ms longer than was asked for."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        """Seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Advance."""
        self.now += seconds + 0.02


async def test_what_else_the_loop_does_counts_as_waiting(monkeypatch: pytest.MonkeyPatch):
    """A busy process gives up as early as an idle one: Slack does not wait any longer for it."""
    clock, attempts = BusyClock(), 0
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: clock)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)

    async def attempt() -> None:
        nonlocal attempts
        attempts += 1
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await sqlite._patiently(attempt, 2.5)
    assert 102.5 <= clock.now <= 102.55
    assert attempts > 50


@pytest.mark.parametrize(
    ("code", "is_worth_waiting"),
    [
        (sqlite3.SQLITE_BUSY, True), (sqlite3.SQLITE_BUSY_RECOVERY, True), (sqlite3.SQLITE_BUSY_TIMEOUT, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, False), (sqlite3.SQLITE_FULL, False), (sqlite3.SQLITE_LOCKED, False),
    ],
)  # fmt: skip
def test_waiting_helps_where_another_process_is_in_the_way(code: int, *, is_worth_waiting: bool):
    """Also while it recovers a file after a crash; a read that is too old to write after is not cured by waiting."""
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    assert sqlite.is_busy(error) is is_worth_waiting
