import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import sqlite
from storage.sqlite import Connection, _pauses

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

    def commit(self) -> None:
        """Commit, in the end."""
        self.committing.set()
        self.written.wait(WITHIN)
        super().commit()


@pytest.fixture
def slow(file: Path) -> Iterator[Connection]:
    """A connection to a slow disk, with a row that is not committed yet."""
    SlowDisk.committing.clear()
    SlowDisk.written.clear()
    raw = sqlite3.connect(file, isolation_level=None, check_same_thread=False, factory=SlowDisk)
    connection = Connection(raw)
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
    connection = Connection(sqlite3.connect(file, **sqlite.SHARED))
    connection.busy_seconds = WITHIN
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
    connection = Connection(sqlite3.connect(file, **sqlite.SHARED))
    connection.busy_seconds = 0.01
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


async def test_a_task_cancelled_while_the_disk_writes_has_committed(file: Path, slow: Connection):
    """It ends with the commit, so that nothing else happens on the connection meanwhile."""
    committing = asyncio.create_task(slow.commit())
    assert await asyncio.to_thread(SlowDisk.committing.wait, WITHIN)
    committing.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not committing.done()
    SlowDisk.written.set()
    with suppress(asyncio.CancelledError):
        await committing
    assert committing.cancelled()
    assert not slow.sqlite.in_transaction
    assert names_in(file) == ["apple", "pear", "plum"]


async def test_a_commit_of_nothing_needs_no_thread(file: Path, monkeypatch: pytest.MonkeyPatch):
    """Most units only look; an undone one has nothing to write either."""
    monkeypatch.setattr(asyncio, "to_thread", None)
    connection = Connection(sqlite3.connect(file, **sqlite.SHARED))
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.cursor().execute("INSERT INTO fruit (name) VALUES ('plum')")
    await connection.rollback()
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.commit()
    assert not connection.sqlite.in_transaction
    assert names_in(file) == ["apple", "pear"]
    await connection.close()


@given(seconds=st.floats(0, 60))
def test_the_pauses_add_up_to_the_time_that_is_allowed(seconds: float):
    """Neither longer, however short the time, nor given up before."""
    pauses = list(_pauses(seconds))
    assert sum(pauses) == pytest.approx(seconds)
    assert all(0 < pause <= sqlite.LATER_PAUSES for pause in pauses)
