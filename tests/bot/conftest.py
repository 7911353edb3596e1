"""The real bot, assembled against a Slack whose answers a test chooses."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.assembly import assemble
from bot.bot import Bot
from bot.clock import system_clock
from bot.settings import load_settings
from tests.bot.fake_api import FakeApi, installed, refusal
from tests.support.databases import KEY, SqliteTemplate
from tests.support.signing import SECRET

Assemble = Callable[..., Awaitable[Bot]]


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    """Slack's API, with two workspaces behind two tokens."""
    async with FakeApi.running() as running:
        running.answers["auth.test"] = refusal("invalid_auth")
        running.answers["auth.test", "one"] = installed("T1")
        running.answers["auth.test", "two"] = installed("T2")
        yield running


@pytest.fixture
async def assembled(api: FakeApi, sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[Assemble]:
    """Assembles a bot from settings; it is stopped at the end."""
    url = sqlite_template.copy(tmp_path)
    async with AsyncExitStack() as stack:

        async def build(**environ: str) -> Bot:
            settings = {
                "SLACK_BOT_TOKEN": "one", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": api.address,
                "DATABASE_URL": url, "CAREER_DATA_DIR": str(tmp_path / "data"), "CAREER_ENCRYPTION_KEYS": KEY,
            }  # fmt: skip
            bot = await assemble(load_settings(settings | environ, None), clock=system_clock)
            stack.push_async_callback(bot.stop, 0.0)
            return bot

        yield build
