import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.database import Database, DatabaseUnavailable
from storage.engine import async_url, make_engine
from storage.schema import MARK, NewerDatabase, config, migrate, newest_revision, upgrade
from storage.tables import metadata
from tests.support.databases import cipher
from tests.support.processes import run_together
from tests.support.worker import open_database


def as_found(connection: sa.Connection) -> dict[str, Any]:
    """All that a database tells about its tables, in an order of ours; the order of columns does not matter."""
    inspector = sa.inspect(connection)
    return {
        table: {
            "columns": {column["name"]: repr(column) for column in inspector.get_columns(table)},
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": sorted(map(repr, inspector.get_foreign_keys(table))),
            "unique": sorted(map(repr, inspector.get_unique_constraints(table))),
            "checks": sorted(map(repr, inspector.get_check_constraints(table))),
            "indexes": sorted(map(_told, inspector.get_indexes(table))),
        }
        for table in sorted(inspector.get_table_names())
    }


def _told(index: Any) -> str:
    """An index in words, with the condition of a partial one, which is a clause, in its own."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return repr({**index, "dialect_options": options})


async def test_models_and_migrations_make_the_same_tables(empty_url: str):
    """Tables made from the models are those that the migrations make: columns, defaults, constraints, indexes."""
    engine = make_engine(empty_url, cipher())

    def drop_all(connection: sa.Connection) -> None:
        metadata.drop_all(connection)
        MARK.drop(connection)

    async with engine.begin() as connection:
        await connection.run_sync(migrate)
        migrated = await connection.run_sync(as_found)
        assert await connection.run_sync(nothing_to_generate)
        await connection.run_sync(drop_all)
    await upgrade(engine)
    async with engine.connect() as connection:
        made = await connection.run_sync(as_found)
        assert await connection.run_sync(nothing_to_generate)
    await engine.dispose()
    assert made == migrated
    assert set(made) == {MARK.name, *metadata.tables}
    partial = [index for table in made.values() for index in table["indexes"] if "_where" in index]
    assert len(partial) == 12, "the comparison sees the conditions of partial indexes"


def nothing_to_generate(connection: sa.Connection) -> bool:
    """Whether Alembic, too, finds no difference between the database and the models."""
    return compare_metadata(MigrationContext.configure(connection), metadata) == []


async def test_a_new_database_is_marked_with_the_newest_revision(empty_url: str):
    """The revision that the names of the files give is Alembic's own head, so that nothing is migrated twice."""
    engine = make_engine(empty_url, cipher())
    await upgrade(engine)
    async with engine.connect() as connection:
        marked = (await connection.execute(sa.select(MARK.c.version_num))).scalars().all()
    await engine.dispose()
    assert marked == [newest_revision()] == ScriptDirectory.from_config(config()).get_heads()


async def test_a_database_of_before_is_migrated(empty_url: str):
    """A database of an earlier revision is brought up to date at the next start, and keeps what is in it."""
    engine = make_engine(empty_url, cipher())
    await upgrade(engine)
    async with engine.begin() as connection:
        as_new = await connection.run_sync(as_found)
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "0006"))  # before a table was added
        assert await connection.run_sync(as_found) != as_new
        await connection.execute(sa.text("INSERT INTO workspace (team_id, name) VALUES ('T1', 'Acme')"))
    await upgrade(engine)
    async with engine.connect() as connection:
        assert (await connection.execute(sa.text("SELECT team_id FROM workspace"))).scalar_one() == "T1"
        assert await connection.run_sync(as_found) == as_new
    await engine.dispose()


async def test_a_database_of_a_newer_version_is_refused(empty_url: str):
    """What a newer version has migrated is left alone, and the revision is named."""
    await (await Database.open(empty_url, cipher())).close()
    engine = make_engine(empty_url, cipher())
    async with engine.begin() as connection:
        await connection.execute(sa.update(MARK).values(version_num="9001"))
    with pytest.raises(NewerDatabase, match="9001") as caught:
        await Database.open(empty_url, cipher())
    assert caught.value.revision == "9001"
    async with engine.connect() as connection:
        assert (await connection.execute(sa.select(MARK.c.version_num))).scalar_one() == "9001"
    await engine.dispose()


async def test_alembic_is_loaded_only_to_migrate(tmp_path: Path):
    """Opening a new database, and opening it again, leaves Alembic out of memory."""
    opening = (
        "import asyncio, sys; from storage.engine import make_engine; from storage.schema import upgrade; "
        "asyncio.run(upgrade(make_engine(sys.argv[1], None))); assert 'alembic' not in sys.modules"
    )
    url = f"sqlite:///{tmp_path / 'new.db'}"
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(sys.executable, "-W", "ignore", "-c", opening, url)
        assert await process.wait() == 0


async def test_migrations_go_back_and_forth(empty_url: str):
    """Down and up again leaves the same tables."""
    engine = make_engine(empty_url, cipher())

    def down_and_up(connection: sa.Connection) -> set[str]:
        command.downgrade(config(connection), "base")
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
        command.upgrade(config(connection), "head")
        return set(sa.inspect(connection).get_table_names())

    await upgrade(engine)
    async with engine.begin() as connection:
        assert await connection.run_sync(down_and_up) == {"alembic_version", *metadata.tables}
    await engine.dispose()


async def test_processes_that_start_together_migrate_once(empty_url: str):
    """Three processes opening a new database at the same moment all find it ready, with one key check in it."""
    await asyncio.to_thread(run_together, 3, open_database, empty_url)
    engine = make_engine(empty_url, cipher())
    async with engine.connect() as connection:
        assert (await connection.execute(sa.text("SELECT count(*) FROM keycheck"))).scalar_one() == 1
    await engine.dispose()


async def test_a_database_that_does_not_answer_is_reported(tmp_path: Path):
    """A path that cannot be opened, or a server that is not there, raises one error, with its cause."""
    for url in (f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(DatabaseUnavailable) as caught:
            await Database.open(url, cipher())
        assert str(caught.value)
    for thread in threading.enumerate():  # the driver's own threads are still leaving
        if "connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///career.db", "sqlite+eventloop"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgresql+asyncpg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_addresses_are_taken_as_people_write_them(written: str, driver: str):
    """Whatever driver an address names or leaves out, it is opened with ours."""
    assert async_url(written).drivername == driver


@pytest.mark.parametrize("written", ["mysql://u@h/d", "nonsense"])
def test_other_databases_are_refused(written: str):
    """A kind of database that is not supported is refused before it is opened."""
    with pytest.raises(ValueError, match=r"."):
        async_url(written)
