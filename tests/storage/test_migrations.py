import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.database import Database, DatabaseUnavailable, async_url, make_engine
from storage.migrating import config, upgrade
from storage.tables import metadata
from tests.support.databases import seal
from tests.support.processes import run_together
from tests.support.worker import open_database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    template = request.getfixturevalue("postgres_template")
    url = template.empty()
    yield url
    template.drop(url)


async def test_models_and_migrations_agree(empty_url: str):
    """A database made by the migrations is the one that the models describe: nothing is left to generate."""
    engine = make_engine(empty_url, seal())
    await upgrade(engine)

    def differences(connection: sa.Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_migrations_go_back_and_forth(empty_url: str):
    """Down and up again leaves the same tables."""
    engine = make_engine(empty_url, seal())

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
    engine = make_engine(empty_url, seal())
    async with engine.connect() as connection:
        assert (await connection.execute(sa.text("SELECT count(*) FROM keycheck"))).scalar_one() == 1
    await engine.dispose()


async def test_a_database_that_does_not_answer_is_told(tmp_path: Path):
    """A path that cannot be opened, or a server that is not there, is one kind of trouble, with its cause."""
    for url in (f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(DatabaseUnavailable) as caught:
            await Database.open(url, seal())
        assert str(caught.value)
    for thread in threading.enumerate():  # the driver's own threads are still leaving
        if "connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///career.db", "sqlite+aiosqlite"),
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
    """What we cannot speak to is said at once."""
    with pytest.raises(ValueError, match=r"."):
        async_url(written)
