import asyncio
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from storage.database import Database
from storage.encryption import WrongKey
from storage.key_file import KEY_FILE, KeyFile, UnusableKeyFile
from tests.support.databases import KEY
from tests.support.processes import run_together
from tests.support.worker import open_with_key_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that everyone may look into, as an admin may have made it."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


async def open_database(folder: Path) -> None:
    """Open the database of a data folder with its key file."""
    await (await Database.open(f"sqlite:///{folder / 'career.db'}", KeyFile(folder).cipher)).close()


def names(folder: Path) -> set[str]:
    """What is in a folder, hidden files, too."""
    return {path.name for path in folder.iterdir()}


def put(folder: Path, content: bytes) -> Path:
    """Put something where the key file is looked for."""
    path = folder / KEY_FILE
    path.write_bytes(content)
    return path


async def test_a_new_database_gets_a_key(folder: Path):
    """The key is made with the database, used again the next time, and the folder holds nothing else of it."""
    await open_database(folder)
    key = (folder / KEY_FILE).read_text()
    Fernet(key.strip())
    await open_database(folder)
    assert (folder / KEY_FILE).read_text() == key
    assert names(folder) == {KEY_FILE, "career.db"}


async def test_a_new_database_takes_the_key_that_is_there(folder: Path):
    """A key that an admin has put into the folder is the one that is used."""
    path = put(folder, KEY.encode() + b"\n")
    await open_database(folder)
    assert path.read_text() == KEY + "\n"


async def test_a_lost_key_is_not_replaced(folder: Path):
    """Where the key of a database is gone, none is made in its place, and the old one still opens it."""
    await open_database(folder)
    key = (folder / KEY_FILE).read_bytes()
    (folder / KEY_FILE).unlink()
    with pytest.raises(UnusableKeyFile, match="is missing"):
        await open_database(folder)
    assert names(folder) == {"career.db"}
    put(folder, key)
    await open_database(folder)


async def test_the_key_of_another_database_is_refused_and_kept(folder: Path):
    """A wrong key is reported as such and stays where it was put."""
    await open_database(folder)
    path = put(folder, KEY.encode())
    with pytest.raises(WrongKey):
        await open_database(folder)
    assert path.read_bytes() == KEY.encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (KEY[:-5].encode(), "does not hold a key"),
        (b"x" * 44, "does not hold a key"),
        (b"-----BEGIN PRIVATE KEY-----", "does not hold a key"),
        (bytes(range(128, 172)), "is not a text file"),
        ("ключ".encode(), "is not a text file"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_an_unusable_key_file_is_explained(folder: Path, content: bytes, problem: str, *, is_new: bool):
    """An unusable key file is named with what is wrong with it, never quoted, and never overwritten."""
    path = put(folder, content)
    with pytest.raises(UnusableKeyFile, match=problem) as caught:
        KeyFile(folder).cipher(is_new=is_new)
    assert caught.value.path == path
    assert path.read_bytes() == content
    assert not content.strip() or content.decode(errors="replace") not in str(caught.value)


def test_a_key_file_belongs_to_its_owner_alone(folder: Path):
    """Nobody else may read the key, whether it was made just now or lay about before, even where the folder is open."""
    KeyFile(folder).cipher(is_new=True)
    path = folder / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    KeyFile(folder).cipher(is_new=False)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_processes_that_start_together_agree_on_a_key(folder: Path):
    """Three processes that open a new database at the same moment all can, with one key."""
    await asyncio.to_thread(run_together, 3, open_with_key_file, str(folder))
    await open_database(folder)
