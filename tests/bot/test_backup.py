"""The commands of docs/operations.md, as they are written there."""

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.data_folder import prepare_data_folder
from bot.settings import load_settings
from storage.database import Database
from storage.key_file import KeyFile
from tests.support.builders import person, saved

ROOT = Path(__file__).parents[2]


def command(start: str) -> str:
    """The one command of the guide that starts like this."""
    guide = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^{re.escape(start)}.*$", guide, flags=re.MULTILINE)
    return str(found)


COMMANDS = {
    "python": command(".venv/bin/python -c").replace(".venv/bin/python", sys.executable),
    "sqlite3": command("sqlite3 data/"),
}


@pytest.mark.parametrize("tool", COMMANDS)
async def test_a_backup_of_a_running_bot_is_complete(tmp_path: Path, tool: str):
    """What was written last, and is in the write-ahead log only, is in the backup; with the key it can be read."""
    if tool == "sqlite3" and shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed here")
    folder = tmp_path / "data"
    prepare_data_folder(folder)
    running = await Database.open(f"sqlite:///{folder / 'career.sqlite3'}", KeyFile(folder).cipher)
    workspace_id = await running.workspace("T1", "Acme")
    async with running.unit(workspace_id) as store:
        await saved(store, person("Ana Ruiz", slack_id="U0ANA"))
    assert await asyncio.to_thread((folder / "career.sqlite3-wal").stat)
    await asyncio.to_thread(subprocess.run, COMMANDS[tool], shell=True, cwd=tmp_path, check=True)  # noqa: S604 - ours
    await running.close()
    restored = await Database.open(f"sqlite:///{tmp_path / 'backup.sqlite3'}", KeyFile(folder).cipher)
    async with restored.reading(await restored.workspace("T1", "Acme")) as store:
        found = await store.people.by_slack_id("U0ANA")
    await restored.close()
    assert found is not None


async def test_a_copy_of_the_file_alone_is_incomplete(tmp_path: Path):
    """Why the guide warns: the file by itself lacks what is in the write-ahead log only."""
    running = await Database.open(f"sqlite:///{tmp_path / 'career.sqlite3'}", KeyFile(tmp_path).cipher)
    await running.workspace("T1", "Acme")
    await asyncio.to_thread(shutil.copy, tmp_path / "career.sqlite3", tmp_path / "copy.sqlite3")
    await running.close()
    copied = sqlite3.connect(tmp_path / "copy.sqlite3")
    found = copied.execute("SELECT team_id FROM workspace").fetchall()
    copied.close()
    assert found == []


def test_the_example_database_is_the_one_in_the_guide():
    """The commands name the file that the bot uses when nothing is set."""
    default = load_settings({}, None).database_file
    assert all(str(default) in each for each in COMMANDS.values())
