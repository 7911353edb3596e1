"""Bringing the schema up to date at start, also when several processes start together."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as nothing else in the same PostgreSQL database uses it: "career" on a phone's keys.
ADVISORY_LOCK = 227337


async def upgrade(engine: AsyncEngine) -> None:
    """Run the migrations that are missing. One process does it, the others wait and find it done."""
    async with engine.begin() as connection:
        await one_at_a_time(connection)
        await connection.run_sync(_upgrade)


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Wait until no other process prepares this database, and keep others waiting until the transaction ends."""
    if connection.dialect.name == "postgresql":  # on SQLite a transaction that writes does so by itself
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def _upgrade(connection: sa.Connection) -> None:
    command.upgrade(config(connection), "head")


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made
