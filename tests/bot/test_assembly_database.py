import asyncio
import sqlite3
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.assembly import assemble
from bot.clock import system_clock
from bot.errors import StartupError
from bot.settings import load_settings
from storage.database import Database
from storage.key_file import KEY_FILE, KeyFile


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The data folder of a bot that has run before."""
    await (await Database.open(f"sqlite:///{tmp_path / 'career.sqlite3'}", KeyFile(tmp_path).cipher)).close()
    return tmp_path


async def reason_not_to_start(folder: Path) -> str:
    """What an admin reads when the bot is started on a data folder in which something is wrong."""
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:1/api/",
        "DATABASE_URL": f"sqlite:///{folder / 'career.sqlite3'}", "CAREER_DATA_DIR": str(folder),
    }  # fmt: skip
    settings = await asyncio.to_thread(load_settings, environ, None)
    with pytest.raises(StartupError) as caught:
        await assemble(settings, clock=system_clock)
    return str(caught.value)


async def test_the_database_of_a_newer_version_prevents_the_start(folder: Path):
    """An admin who has gone back a version reads that, and what to do."""
    with sqlite3.connect(folder / "career.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9001'")
    connection.close()
    reason = await reason_not_to_start(folder)
    assert reason.startswith("A newer version of the bot has used this database (revision 9001).")


async def test_a_lost_key_prevents_the_start(folder: Path):
    """An admin who has lost the key file reads which file to put back, and none is made in its place."""
    path = folder / KEY_FILE
    path.unlink()
    reason = await reason_not_to_start(folder)
    assert f"{path} is missing" in reason
    assert not await asyncio.to_thread(path.exists)


async def test_another_key_prevents_the_start(folder: Path):
    """An admin who has put another key in place reads how to give the right one."""
    (folder / KEY_FILE).write_bytes(Fernet.generate_key())
    assert "another encryption key" in await reason_not_to_start(folder)


async def test_a_key_file_that_cannot_be_read_prevents_the_start(folder: Path):
    """What the system says about the key file is passed on."""
    path = folder / KEY_FILE
    path.unlink()
    path.mkdir()
    assert f"{path} cannot be read: Is a directory." in await reason_not_to_start(folder)
