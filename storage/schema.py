"""Bringing the schema up to date at start, even when several processes start together.

Alembic takes a fifth of a second to load and 12 MB of memory that are never freed, so it is loaded only where there is
something to migrate: a new database gets its tables from the models and is marked as the newest revision, and a
database of that revision is left alone. A test proves that models and migrations make the same tables.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as nothing else in the same PostgreSQL database uses it: "career" on a phone's keys.
ADVISORY_LOCK = 227337

# SQLite changes a table by filling a new one and dropping the old one, on which rows of other tables may depend. Only
# outside of a transaction can it be asked not to check foreign keys, so `storage.database` does so before it begins.
MIGRATES: Final = {"career_migrates": True}

# Alembic keeps the revision of a database here; the table is made as Alembic makes it.
MARK: Final = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class NewerDatabase(Exception):
    """A database has a revision that this version of the bot does not know: a newer version has migrated it."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"revision {revision} is newer than {newest_revision()}")
        self.revision = revision


@asynccontextmanager
async def preparing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in which one process prepares a database; others that want to prepare it wait for its end."""
    async with engine.connect() as connection:
        await connection.execution_options(**MIGRATES)
        try:
            async with connection.begin():
                if connection.dialect.name == "postgresql":  # on SQLite a transaction that writes is alone anyway
                    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
                yield connection
        finally:
            await connection.invalidate()  # no one else may get a connection that checks no foreign keys


async def upgrade(engine: AsyncEngine) -> None:
    """Bring a database up to date, in a transaction of its own. Raises `NewerDatabase`."""
    async with preparing(engine) as connection:
        await connection.run_sync(upgrade_tables)


def upgrade_tables(connection: sa.Connection) -> None:
    """Make the tables of a new database, or run the migrations that one has not seen. Raises `NewerDatabase`."""
    if not sa.inspect(connection).get_table_names():
        metadata.create_all(connection, checkfirst=False)
        MARK.create(connection, checkfirst=False)
        connection.execute(sa.insert(MARK).values(version_num=newest_revision()))
    elif revision_of(connection) != newest_revision():
        migrate(connection)
        _check_references(connection)


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of a database, None for one that was never migrated. Raises `NewerDatabase`."""
    if not sa.inspect(connection).has_table(MARK.name):
        return None
    revision = connection.scalar(sa.select(MARK.c.version_num))
    if revision is not None and revision not in revisions():
        raise NewerDatabase(revision)
    return revision


def revisions() -> list[str]:
    """All revisions, oldest first: they count up, and the names of their files begin with them."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*_*.py"))


def newest_revision() -> str:
    """The revision that the models of this version belong to."""
    return revisions()[-1]


def migrate(connection: sa.Connection) -> None:
    """Run all migrations that a database has not seen."""
    from alembic import command  # noqa: PLC0415 - see above

    command.upgrade(config(connection), "head")


def _check_references(connection: sa.Connection) -> None:
    """Refuse a migration that leaves rows referring to nothing: SQLite checks no foreign keys meanwhile."""
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise LookupError(f"rows refer to nothing: {broken}")


def config(connection: sa.Connection | None = None) -> "Config":
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made
