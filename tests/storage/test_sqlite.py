import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.sqlite import Connection


class CountingConnection(Connection):
    """Counts its trips to the thread."""

    trips = 0

    async def visit(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """One trip."""
        CountingConnection.trips += 1
        await super().visit(work)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An engine on a new file, with a table of two rows."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'some.db'}"
    engine = create_async_engine(url, connect_args={"async_creator_fn": CountingConnection})
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE fruit (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
        await connection.execute(
            sa.text("INSERT INTO fruit (name) VALUES (:name)"), [{"name": "apple"}, {"name": "pear"}]
        )
    yield engine
    await engine.dispose()


async def names(connection: AsyncConnection) -> list[str]:
    """What is in the table."""
    return list((await connection.execute(sa.text("SELECT name FROM fruit ORDER BY id"))).scalars())


async def test_a_statement_takes_one_trip(engine: AsyncEngine):
    """Making a cursor, executing, fetching and closing are done together."""
    async with engine.connect() as connection:
        before = CountingConnection.trips
        assert await names(connection) == ["apple", "pear"]
        assert CountingConnection.trips == before + 1


async def test_what_sqlite_tells_of_a_statement_is_kept(engine: AsyncEngine):
    """Rows returned, rows counted and the last key arrive as from an ordinary cursor."""
    async with engine.begin() as connection:
        added = await connection.execute(sa.text("INSERT INTO fruit (name) VALUES ('plum') RETURNING id, name"))
        assert added.all() == [(3, "plum")]
        changed = await connection.execute(sa.text("UPDATE fruit SET name = upper(name) WHERE id > 1"))
        assert changed.rowcount == 2
        inserted = await connection.execute(sa.text("INSERT INTO fruit (name) VALUES ('fig')"))
        assert inserted.lastrowid == 4
        assert (await connection.execute(sa.text("SELECT name FROM fruit WHERE id = 9"))).all() == []
        assert await names(connection) == ["apple", "PEAR", "PLUM", "fig"]


async def test_a_refused_statement_leaves_the_connection_usable(engine: AsyncEngine):
    """SQLite's own error arrives, and the next statement works."""
    async with engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"):
            await connection.execute(sa.text("INSERT INTO fruit (name) VALUES ('pear')"))
        with pytest.raises(sa.exc.OperationalError, match="no such table"):
            await connection.execute(sa.text("SELECT * FROM vegetable"))
        assert await names(connection) == ["apple", "pear"]
