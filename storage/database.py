"""The database: where it is, how it is opened, and units of work on it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.base import Gate
from storage.encryption import Cipher, WrongKey
from storage.people import KeyCheck, Workspace
from storage.schema import MIGRATES, one_at_a_time, upgrade
from storage.sqlite import Connection as SqliteConnection
from storage.store import Store
from storage.write_queue import BUSY_MILLISECONDS, DatabaseBusy, WriteQueue

# Processes that start together wait for the one that migrates.
MIGRATION_BUSY_MILLISECONDS = 60_000
READ_ONLY = {"career_read_only": True}
ENCRYPTED_WORD = "career"


class DatabaseUnavailable(Exception):
    """The database cannot be opened or does not answer."""


def async_url(written: str) -> URL:
    """The address of a database as people write it, with the driver that we use; `ValueError` for anything else."""
    try:
        url = make_url(written)
    except sa.exc.ArgumentError as error:
        raise ValueError("not a database address") from error
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"{other} is not supported; use sqlite or postgresql")


class Database:
    """An open database, with its schema brought up to date and its key checked."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(**READ_ONLY)
        self._write_queue = WriteQueue() if engine.dialect.name == "sqlite" else None

    @classmethod
    async def open(cls, written_url: str, cipher: Cipher) -> Self:
        """Connect, migrate and check the key.

        Raises `DatabaseUnavailable` when the database does not answer, and `WrongKey` when its texts were sealed with
        a key that is not among ours.
        """
        engine = make_engine(written_url, cipher)
        try:
            await upgrade(engine)
            await _check_key(engine)
        except (DBAPIError, OSError) as error:
            await engine.dispose()
            raise DatabaseUnavailable(str(getattr(error, "orig", error))) from error
        except WrongKey:
            await engine.dispose()
            raise
        return cls(engine)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

    async def answers(self) -> bool:
        """Whether a query is answered. It reads one row, and takes no lock that a writer could hold."""
        try:
            async with self._reading.connect() as connection:
                await connection.execute(select(Workspace.id).limit(1))
        except (SQLAlchemyError, OSError):
            return False
        return True

    @asynccontextmanager
    async def unit(self, workspace_id: int, gate: Gate | None = None) -> AsyncIterator[Store]:
        """A unit of work that writes: all of it is kept when the block ends well, none of it otherwise.

        On SQLite writers queue; `DatabaseBusy` when the turn does not come within two and a half seconds.
        """
        async with self._writing() as session:
            yield Store(session, workspace_id, gate)

    @asynccontextmanager
    async def reading(self, workspace_id: int, gate: Gate | None = None) -> AsyncIterator[Store]:
        """A unit of work that only looks: it waits for no writer, and what it changes is not kept."""
        async with AsyncSession(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield Store(session, workspace_id, gate)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        async with AsyncExitStack() as stack:
            if self._write_queue is not None:
                await stack.enter_async_context(self._write_queue.turn())
            session = await stack.enter_async_context(AsyncSession(self.engine, expire_on_commit=False))
            await stack.enter_async_context(session.begin())
            await _begin(session)
            yield session

    async def workspace(self, team_id: str, name: str) -> int:
        """The key of a workspace, made when it is new."""
        async with self._writing() as session:
            found = (await session.exec(select(Workspace).where(Workspace.team_id == team_id))).first()
            if found is None:
                found = Workspace(team_id=team_id, name=name)
                session.add(found)
            found.name = name
            await session.flush()
            if found.id is None:
                raise LookupError(team_id)
            return found.id


async def _begin(session: AsyncSession) -> None:
    """Begin a session's transaction in the database, where it would otherwise begin with the first statement."""
    try:
        await session.connection()
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise DatabaseBusy("another process was writing") from error
        raise


def make_engine(written_url: str, cipher: Cipher) -> AsyncEngine:
    """An engine on a database, with the seal that its sealed columns use."""
    url = async_url(written_url)
    is_sqlite = url.get_backend_name() == "sqlite"
    options = {"async_creator_fn": SqliteConnection} if is_sqlite else {}
    engine = create_async_engine(url, hide_parameters=True, connect_args=options)
    engine.dialect.career_cipher = cipher  # type: ignore[attr-defined]  # SealedText finds it there
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_on_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was settled stays settled through a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.close()


def _begin_on_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote meanwhile; taking the write
    # lock at the beginning makes it wait its turn instead.
    options = connection.get_execution_options()
    if options.keys() >= MIGRATES.keys():
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {MIGRATION_BUSY_MILLISECONDS}")
    connection.exec_driver_sql("BEGIN" if options.keys() >= READ_ONLY.keys() else "BEGIN IMMEDIATE")


async def _check_key(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        # One process at a time, lest two that start together with different keys both leave theirs.
        await one_at_a_time(await session.connection())
        check = (await session.exec(select(KeyCheck))).first()
        if check is None:
            session.add(KeyCheck(sealed=ENCRYPTED_WORD))
