import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from storage.database import Database
from storage.people import Person
from storage.sqlite import Connection
from storage.write_queue import WAIT_SECONDS, DatabaseBusy, WriteQueue
from tests.support.builders import person, saved
from tests.support.databases import SqliteTemplate, cipher, opened


@pytest.fixture
async def database(sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite database: PostgreSQL needs no queue."""
    async with opened(sqlite_template.copy(tmp_path)) as database:
        yield database


class SlowQueue(WriteQueue):
    """A queue in which one has always waited long."""

    left = 0.6

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """A turn that comes late."""
        yield self.left


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


async def test_waiting_in_the_queue_leaves_less_time_for_another_process():
    """Both together are no longer than Slack waits, however long a task has queued."""
    queue, left = WriteQueue(), []

    async def take_a_turn(seconds: float) -> None:
        async with queue.turn() as remaining:
            left.append(remaining)
            await asyncio.sleep(seconds)

    async with asyncio.TaskGroup() as tasks:
        for seconds in (0.01, 0.01, 0):
            tasks.create_task(take_a_turn(seconds))
    first, second, third = left
    assert WAIT_SECONDS >= first >= second + 0.01 >= third + 0.02


async def test_a_connection_waits_for_as_long_as_is_left(
    database: Database, workspace_id: int, monkeypatch: pytest.MonkeyPatch
):
    """Who has queued waits for the rest of the time, and the next one for all of it."""
    granted = []

    class Noting(Connection):
        """Notes for how long it may wait."""

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "busy_seconds":
                granted.append(value)

    monkeypatch.setattr("storage.sqlite.Connection", Noting)
    await database.engine.dispose()  # so that the next connection is a noting one
    database._write_queue = SlowQueue()
    await write(database, workspace_id, "Ana")
    database._write_queue = WriteQueue()
    await write(database, workspace_id, "Ben")
    assert [granted[-2], round(granted[-1], 1)] == [SlowQueue.left, WAIT_SECONDS]
