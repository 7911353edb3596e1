"""The engine: the address of a database, its driver, and how SQLite is set up."""

import os
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.encryption import Cipher, set_cipher
from storage.key_file import OWNER_ALONE, keep_to_owner
from storage.schema import MIGRATES
from storage.sqlite import DRIVER
from storage.write_queue import WAIT_SECONDS

READ_ONLY: Final = {"career_read_only": True}
BUSY_SECONDS: Final = "career_busy_seconds"  # an option of a connection
MIGRATION_BUSY_SECONDS: Final = 60.0
"""How long a process waits for another one that migrates. For any other writer it waits far less."""


def async_url(written: str) -> URL:
    """The address of a database as people write it, with the driver that we use; `ValueError` for anything else."""
    try:
        url = make_url(written)
    except sa.exc.ArgumentError as error:
        raise ValueError("not a database address") from error
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername=f"sqlite+{DRIVER}")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"{other} is not supported; use sqlite or postgresql")


def make_engine(written_url: str, cipher: Cipher | None = None) -> AsyncEngine:
    """An engine on a database, with the cipher of its encrypted columns."""
    url = async_url(written_url)
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_on_sqlite)
    else:
        # A server that was restarted has ended our connections, so each is tried before it is used: 0.2 ms per unit.
        engine = create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
    if cipher is not None:
        set_cipher(engine.dialect, cipher)
    return engine


def make_private(engine: AsyncEngine) -> None:
    """Make an SQLite file readable by its owner alone, creating it if it does not exist.

    SQLite gives its journals, beside the file, the same permissions. Raises `OSError`.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    file = Path(engine.url.database)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, OWNER_ALONE))
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if path.exists():
            keep_to_owner(path)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.driver_connection.expect_transaction(WAIT_SECONDS)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_on_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote meanwhile; taking the write
    # lock at the beginning makes it wait its turn instead.
    options = connection.get_execution_options()
    driver: Any = connection.connection.driver_connection
    driver.expect_transaction(options.get(BUSY_SECONDS, WAIT_SECONDS))
    if options.keys() >= READ_ONLY.keys():
        driver.sqlite.execute("BEGIN")  # waits for nobody, and as a statement of SQLAlchemy's takes ten times as long
        return
    if options.keys() >= MIGRATES.keys():
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        driver.expect_transaction(MIGRATION_BUSY_SECONDS)
    connection.exec_driver_sql("BEGIN IMMEDIATE")
