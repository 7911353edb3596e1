"""Databases for every test that saves something, each on SQLite and on a real PostgreSQL; and a browser."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from storage.database import Database
from tests.support.databases import PostgresTemplate, SqliteTemplate, Template, opened
from tests.support.everything import Full, Known, one_of_everything


def pytest_collection_finish() -> None:
    """Leave what collecting has made, and what is short-lived, to the garbage collector less often.

    Otherwise it looks through all tests and all of the libraries again and again: an eighth of the run's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def _plain_log() -> None:
    """Log in plain text. By default structlog draws each traceback with all its variables, which can take a second."""
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], console])


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """A migrated SQLite file to copy."""
    return SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate]:
    """A PostgreSQL server, one for all processes of a run, with a migrated database to copy."""
    try:
        template = PostgresTemplate(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid())))
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield template
    template.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database, of either kind."""
    template: Template = request.getfixturevalue(f"{request.param}_template")
    url = template.copy(tmp_path)
    yield url
    template.give_back(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, open database, of either kind."""
    async with opened(database_url) as database:
        yield database


@pytest.fixture
async def workspace_id(database: Database) -> int:
    """The key of a workspace in it."""
    return await database.workspace("T0ACME", "Acme")


@pytest.fixture(scope="session")
def full_sqlite(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int, Known]:
    """A SQLite file with one of everything, to copy: its address, and the keys of its workspace and of everything."""
    url = sqlite_template.copy(tmp_path_factory.mktemp("full"))

    async def fill() -> tuple[int, Known]:
        async with opened(url) as database:
            workspace_id = await database.workspace("T0ACME", "Acme")
            return workspace_id, await one_of_everything(database, workspace_id)

    return url, *asyncio.run(fill())


@pytest.fixture
async def full(
    full_sqlite: tuple[str, int, Known], sqlite_template: SqliteTemplate, tmp_path: Path
) -> AsyncIterator[Full]:
    """A copy of it, open."""
    url, workspace_id, known = full_sqlite
    async with opened(sqlite_template.copy_of(url, tmp_path)) as database:
        yield Full(database, workspace_id, known)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pages() -> AsyncIterator[Any]:
    """Pages of one Chromium for all tests of a process; without it they are skipped, except where CI promises it."""
    from tests.support.chromium import chromium, chromium_path  # noqa: PLC0415 - most tests need no browser

    path = chromium_path()
    if path is None:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("there is no chromium on the PATH")
    async with chromium(path) as pages:
        yield pages


@pytest.fixture
async def postgres_database(postgres_template: PostgresTemplate, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh PostgreSQL database, for what only it can do."""
    url = postgres_template.copy(tmp_path)
    async with opened(url) as database:
        yield database
    postgres_template.give_back(url)
