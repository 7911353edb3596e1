import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.builders import person, saved
from tests.support.databases import cipher

FILES = ("career.db", "career.db-shm", "career.db-wal")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that everyone may look into, for a process whose new files everyone may read."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    before = os.umask(0o022)
    yield folder
    os.umask(before)


def permissions(folder: Path) -> dict[str, int]:
    """The permissions of all files in a folder."""
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


async def permissions_while_writing(folder: Path) -> dict[str, int]:
    """The permissions of all files of a database that is open and has been written to."""
    database = await Database.open(f"sqlite:///{folder / 'career.db'}", cipher())
    workspace_id = await database.workspace("T0ACME", "Acme")
    async with database.unit(workspace_id) as store:
        await saved(store, person())
    found = permissions(folder)
    await database.close()
    return found


async def test_a_new_database_belongs_to_its_owner_alone(folder: Path):
    """Nobody else may read the database or its journals, whatever the folder allows."""
    assert await permissions_while_writing(folder) == dict.fromkeys(FILES, 0o600)


async def test_a_database_that_everyone_could_read_is_closed_to_them(folder: Path):
    """The files of an earlier version, or of a run that was killed, are made private at the next start."""
    await permissions_while_writing(folder)
    (folder / "career.db-wal").touch()
    (folder / "career.db-shm").touch()
    for name in FILES:
        (folder / name).chmod(0o644)
    assert await permissions_while_writing(folder) == dict.fromkeys(FILES, 0o600)
