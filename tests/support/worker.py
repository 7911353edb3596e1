"""Processes of their own that open a database together with others."""

import asyncio
from multiprocessing.synchronize import Barrier
from pathlib import Path

from storage.database import Database
from storage.key_file import KeyFile
from tests.support.databases import cipher

START_SECONDS = 30


def open_database(url: str, together: Barrier) -> None:
    """Open a database, migrating it where needed, together with the others."""
    together.wait(START_SECONDS)
    asyncio.run(_open(url))


async def _open(url: str) -> None:
    await (await Database.open(url, cipher())).close()


def open_with_key_file(folder: str, together: Barrier) -> None:
    """Open the SQLite database of a data folder with its key file, making both where needed, with the others."""
    together.wait(START_SECONDS)
    asyncio.run(_open_with_key_file(Path(folder)))


async def _open_with_key_file(folder: Path) -> None:
    await (await Database.open(f"sqlite:///{folder / 'career.db'}", KeyFile(folder).cipher)).close()
