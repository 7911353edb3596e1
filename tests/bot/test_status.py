from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import StartupError
from bot.settings import Settings
from bot.status import status_of
from storage.database import Database
from tests.bot.test_cli import career

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def settings_for(url: str) -> Settings:
    """Settings of a bot that runs in Slack with this database."""
    return Settings(
        database_url=SecretStr(url), slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr("x")
    )


async def test_the_status_of_a_database_is_read_without_its_key(database: Database, database_url: str):
    """An admin sees the status without the encryption key at hand, even while the bot runs."""
    await database.workspace("T0ACME", "Acme")
    printed = await status_of(settings_for(database_url), NOW)
    assert printed.startswith("Acme (T0ACME)\n  0 nudges planned")


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path):
    """Looking leaves no file behind, and says how to get one."""
    with pytest.raises(StartupError, match=r"There is no database at .* yet"):
        await status_of(settings_for(f"sqlite:///{tmp_path / 'none.db'}"), NOW)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - a local folder


async def test_a_database_of_another_version_is_left_alone(tmp_path: Path):
    """An empty file, or one that another version wrote, is neither upgraded nor misread."""
    (tmp_path / "old.db").touch()
    with pytest.raises(StartupError, match="belongs to another version"):
        await status_of(settings_for(f"sqlite:///{tmp_path / 'old.db'}"), NOW)


async def test_a_server_that_is_away_is_reported():
    """A database that does not answer is a sentence, not a traceback."""
    with pytest.raises(StartupError, match="The database does not answer"):
        await status_of(settings_for("postgresql://nobody@127.0.0.1:1/none"), NOW)


def test_the_command_explains_what_is_missing(tmp_path: Path):
    """`career status` before the first start ends with 2 and a sentence."""
    ended = career("status", cwd=tmp_path)
    assert ended.returncode == 2
    assert "Career cannot show its status until this problem is fixed" in ended.stderr
    assert "Traceback" not in ended.stderr
