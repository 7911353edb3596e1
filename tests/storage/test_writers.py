import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from storage.database import Database
from storage.people import Person
from storage.write_queue import DatabaseBusy, WriteQueue, left_for_others
from tests.support.builders import person, saved
from tests.support.databases import SqliteTemplate, cipher, opened


@pytest.fixture
async def database(sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite database: PostgreSQL needs no queue."""
    async with opened(sqlite_template.copy(tmp_path)) as database:
        yield database


class SlowQueue(WriteQueue):
    """A queue in which one has always waited long."""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[int]:
        """A turn after 1.9 seconds."""
        yield left_for_others(1.9)


@pytest.fixture
async def impatient(database: Database) -> Database:
    """The same, where nobody waits long."""
    database._write_queue = WriteQueue(seconds=0.02)
    return database


async def names(database: Database, workspace_id: int) -> list[str]:
    """The people of a workspace, in the order in which they were written."""
    async with database.reading(workspace_id) as store:
        return list((await store._session.exec(select(Person.name).order_by(col(Person.id)))).all())


async def write(database: Database, workspace_id: int, name: str) -> None:
    """Write a new person in a unit of work of its own."""
    async with database.unit(workspace_id) as store:
        await saved(store, person(name))


async def test_writers_take_turns_in_the_order_in_which_they_come(database: Database, workspace_id: int):
    """Of 64 who write at once none is refused, and none overtakes another."""

    async def write_twice(number: int) -> None:
        async with database.unit(workspace_id) as store:
            await saved(store, person(f"{number:02}"))
            await saved(store, person(f"{number:02}"))

    async with asyncio.TaskGroup() as tasks:
        for number in range(64):
            tasks.create_task(write_twice(number))
    assert await names(database, workspace_id) == [f"{number:02}" for number in range(64) for _ in range(2)]


async def test_a_reader_waits_for_no_writer(database: Database, workspace_id: int):
    """While one writes, others read what was there before."""
    async with database.unit(workspace_id) as store:
        await saved(store, person("Ana"))
        assert await names(database, workspace_id) == []
    assert await names(database, workspace_id) == ["Ana"]


async def test_waiting_too_long_is_an_error_of_its_own(impatient: Database, workspace_id: int):
    """A turn that does not come in time is a clear error, and the one that is writing is not disturbed."""

    async def wait_in_vain() -> None:
        with pytest.raises(DatabaseBusy):
            await write(impatient, workspace_id, "Ben")

    async with impatient.unit(workspace_id) as store:
        await asyncio.create_task(wait_in_vain())
        await saved(store, person("Ana"))
    assert await names(impatient, workspace_id) == ["Ana"]


async def test_a_writer_that_waited_in_vain_can_write_later(impatient: Database, workspace_id: int):
    """An error path may write: it queues again, and gets its turn once the writer is done."""
    waited, done = asyncio.Event(), asyncio.Event()

    async def try_again() -> None:
        try:
            await write(impatient, workspace_id, "lost")
        except DatabaseBusy:
            waited.set()
            await done.wait()
            await write(impatient, workspace_id, "Ben")

    async with asyncio.TaskGroup() as tasks:
        async with impatient.unit(workspace_id) as store:
            tasks.create_task(try_again())
            await saved(store, person("Ana"))
            await waited.wait()
        done.set()
    assert await names(impatient, workspace_id) == ["Ana", "Ben"]


async def test_a_task_that_writes_cannot_wait_for_itself(database: Database, workspace_id: int):
    """A unit of work inside another one fails at once; the outer one can go on, and the next one begin."""
    async with database.unit(workspace_id) as store:
        with pytest.raises(RuntimeError, match="inside another"):
            await write(database, workspace_id, "lost")
        await saved(store, person("Ana"))
    await write(database, workspace_id, "Ben")
    assert await names(database, workspace_id) == ["Ana", "Ben"]


async def test_a_task_that_gives_up_waiting_holds_up_no_other(database: Database, workspace_id: int):
    """A task that is cancelled in the queue leaves it, and the one behind it writes."""
    async with database.unit(workspace_id) as store:
        gone, next_one = (asyncio.create_task(write(database, workspace_id, name)) for name in ("gone", "Ben"))
        await saved(store, person("Ana"))
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    await next_one
    assert await names(database, workspace_id) == ["Ana", "Ben"]


async def test_a_writer_in_another_process_is_not_waited_for_long(database: Database, workspace_id: int):
    """Where another process keeps writing, it is the same clear error; afterwards writing goes on."""
    other = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        await write(database, workspace_id, "lost")
    other.execute("ROLLBACK")
    other.close()
    await write(database, workspace_id, "Ana")
    assert await names(database, workspace_id) == ["Ana"]


async def test_a_new_database_that_another_process_is_filling_is_waited_for(tmp_path: Path):
    """Two that start together on a new database: the second opens it when the first is done, and doesn't fail."""
    file = tmp_path / "career.db"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    done.start()
    database = await Database.open(f"sqlite:///{file}", cipher())
    assert await database.answers()
    await database.close()
    done.join()
    other.close()


@pytest.mark.parametrize("waited", [0, 0.01, 0.5, 0.51, 1.9, 2.49, 2.5, 2.6])
def test_no_wait_is_longer_than_slack_waits(waited: float):
    """However long a writer has queued, the writer of another process gets no more than the rest of 2.5 seconds."""
    assert 0 <= left_for_others(waited) <= max(0, 2500 - 1000 * waited)


def test_another_process_is_given_time():
    """A task that has hardly queued waits two seconds for another process; one that has queued for long waits less."""
    assert [left_for_others(waited) for waited in (0, 0.4, 0.6, 1.2, 2.4)] == [2000, 2000, 1500, 1000, 0]


async def test_waiting_in_the_queue_leaves_less_time_for_another_process(database: Database, workspace_id: int):
    """SQLite is asked to wait for as long as is left, and for the whole time again in the next unit."""
    asked = []

    def note(_connection: Any, _cursor: Any, statement: str, *_also: Any) -> None:
        if "busy_timeout" in statement:
            asked.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    database._write_queue = SlowQueue()
    await write(database, workspace_id, "Ana")
    database._write_queue = WriteQueue()
    await write(database, workspace_id, "Ben")
    await write(database, workspace_id, "Chiyo")
    sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    assert asked == ["PRAGMA busy_timeout = 500", "PRAGMA busy_timeout = 2000"]
