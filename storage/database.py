"""The database: how it is opened, and units of work on it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.base import Gate
from storage.encryption import Cipher, CipherSource, set_cipher
from storage.engine import BUSY_SECONDS, READ_ONLY, make_engine, make_private
from storage.people import KeyCheck, Workspace
from storage.schema import preparing, revision_of, upgrade_tables
from storage.sqlite import is_busy
from storage.store import Store
from storage.write_queue import DatabaseBusy, WriteQueue

ENCRYPTED_WORD = "career"
KEY_CHECK: sa.Table = KeyCheck.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it


class DatabaseUnavailable(Exception):
    """The database cannot be opened or does not answer."""


class Database:
    """An open database, with its schema brought up to date and its key checked."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(**READ_ONLY)
        self._write_queue = WriteQueue() if engine.dialect.name == "sqlite" else None

    @classmethod
    async def open(cls, written_url: str, cipher: Cipher | CipherSource) -> Self:
        """Connect, check the key and bring the schema up to date.

        A `CipherSource` is called with whether the database is new: only then may it make a key. Raises
        `DatabaseUnavailable` when the database does not answer, `NewerDatabase` when a newer version of the bot has
        migrated it, and `WrongKey` when its texts were encrypted with a key that is not among ours.
        """
        engine = make_engine(written_url)
        try:
            make_private(engine)
            async with preparing(engine) as connection:
                await connection.run_sync(_prepare, cipher)
        except BaseException as error:
            await engine.dispose()
            if isinstance(error, DBAPIError | OSError):
                raise DatabaseUnavailable(str(getattr(error, "orig", error))) from error
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
            options: dict[str, Any] = {}
            if self._write_queue is not None:
                options[BUSY_SECONDS] = await stack.enter_async_context(self._write_queue.turn())
            session = await stack.enter_async_context(AsyncSession(self.engine, expire_on_commit=False))
            await stack.enter_async_context(session.begin())
            await _begin(session, options)
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


async def _begin(session: AsyncSession, options: dict[str, Any]) -> None:
    """Begin a session's transaction in the database, where it would otherwise begin with the first statement."""
    try:
        await session.connection(execution_options=options)
    except OperationalError as error:
        if is_busy(error.orig):
            raise DatabaseBusy("another process was writing") from error
        raise


def _prepare(connection: sa.Connection, source: Cipher | CipherSource) -> None:
    """Check the key before anything is encrypted with it: migrations encrypt, too."""
    revision = revision_of(connection)
    is_new = revision is None or connection.scalar(sa.select(KEY_CHECK.c.id)) is None
    set_cipher(connection.dialect, source if isinstance(source, Cipher) else source(is_new=is_new))
    if not is_new:
        connection.scalar(sa.select(KEY_CHECK.c.sealed))  # decrypts it, or raises
    upgrade_tables(connection)
    if is_new:
        connection.execute(sa.insert(KEY_CHECK).values(sealed=ENCRYPTED_WORD))
