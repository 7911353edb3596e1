from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from bot.assembly import assemble
from bot.bot import Bot
from bot.clock import system_clock
from bot.errors import StartupError
from bot.http_server import HttpServer
from bot.settings import load_settings
from handlers.app_config import BOT_SCOPES
from tests.bot.fake_api import Answer, FakeApi, refusal
from tests.support.databases import KEY, SqliteTemplate
from tests.support.signing import FORM, SECRET, signed

ALL_SCOPES = {"X-OAuth-Scopes": ",".join(BOT_SCOPES)}
Assemble = Callable[..., Awaitable[Bot]]


def workspace(team: str, headers: dict[str, str] = ALL_SCOPES) -> Answer:
    """What Slack says of a token of this workspace."""
    return Answer(
        {"ok": True, "team_id": team, "team": f"Team {team}", "user_id": "UBOT", "bot_id": "B1"}, 200, headers
    )


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    """Slack's API, with two workspaces behind two tokens."""
    async with FakeApi.running() as running:
        running.answers["auth.test"] = refusal("invalid_auth")
        running.answers["auth.test", "one"] = workspace("T1")
        running.answers["auth.test", "two"] = workspace("T2")
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


async def problems(assembled: Assemble, **environ: str) -> tuple[str, ...]:
    """Why a bot with these settings does not start."""
    with pytest.raises(StartupError) as error:
        await assembled(**environ)
    return error.value.problems


async def command(server: HttpServer, team: str | None) -> tuple[int, str]:
    """Type `/career help` in a workspace; the answer's status and text."""
    body = f"command=%2Fcareer&text=help&user_id=U1&trigger_id=1.2{f'&team_id={team}' if team else ''}".encode()
    headers = signed(body, content_type=FORM)
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{server.address}/slack/events", data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_every_refused_token_is_reported(assembled: Assemble):
    """Each token that Slack does not accept is a problem by itself, named by its place and never repeated."""
    assert await problems(assembled, SLACK_BOT_TOKEN="wrong") == (
        "Slack does not accept SLACK_BOT_TOKEN: invalid_auth.",
    )
    assert await problems(assembled, SLACK_BOT_TOKEN="one,wrong,bad") == (
        "Slack does not accept Token 2 of SLACK_BOT_TOKEN: invalid_auth.",
        "Slack does not accept Token 3 of SLACK_BOT_TOKEN: invalid_auth.",
    )


async def test_two_tokens_for_one_workspace_are_refused(api: FakeApi, assembled: Assemble):
    """Which of the two counts would be a matter of chance."""
    api.answers["auth.test", "again"] = workspace("T1")
    (problem,) = await problems(assembled, SLACK_BOT_TOKEN="one,again")
    assert problem == "Token 2 of SLACK_BOT_TOKEN is a second token for Team T1. List one token per workspace."


async def test_an_unreachable_slack_is_one_problem(assembled: Assemble):
    """However many tokens there are, the address is what to check."""
    (problem,) = await problems(assembled, SLACK_BOT_TOKEN="one,two", SLACK_API_URL="http://127.0.0.1:1/api/")
    assert problem.startswith("Slack does not answer at http://127.0.0.1:1/api/")


async def test_missing_scopes_are_announced(api: FakeApi, assembled: Assemble):
    """The bot starts without a scope, and names what it lacks where."""
    api.answers["auth.test", "one"] = workspace("T1", {"X-OAuth-Scopes": "commands,chat:write,im:write,im:history"})
    bot = await assembled()
    assert bot.notices == [
        "In Team T1 the app lacks users:read. Add this under OAuth & Permissions and reinstall the app."
    ]


async def test_a_request_is_answered_in_its_own_workspace_only(api: FakeApi, assembled: Assemble):
    """A request of another workspace, or of none, gets an empty answer; no listener runs, and the log says so once."""
    server = HttpServer(await assembled())
    await server.open("127.0.0.1", 0)
    with structlog.testing.capture_logs() as lines:
        assert await command(server, "T9") == (200, "")
        assert await command(server, None) == (200, "")
    assert [(line["event"], line["team"]) for line in lines] == [("request.unknown_workspace", "T9")]
    status, text = await command(server, "T1")
    await server.close()
    assert status == 200
    assert "/career prep" in text


async def test_slack_is_not_asked_about_the_token_on_every_request(api: FakeApi, assembled: Assemble):
    """The token is checked at start; requests do not wait for Slack to check it again."""
    server = HttpServer(await assembled())
    await server.open("127.0.0.1", 0)
    for _ in range(3):
        await command(server, "T1")
    await server.close()
    assert api.calls.count("auth.test") == 1


async def test_slack_may_check_the_address(assembled: Assemble):
    """The challenge belongs to no workspace, and is answered."""
    server = HttpServer(await assembled())
    await server.open("127.0.0.1", 0)
    body = b'{"type": "url_verification", "challenge": "c-1"}'
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{server.address}/slack/events", data=body, headers=signed(body)) as answer,
    ):
        assert await answer.json() == {"challenge": "c-1"}
    await server.close()


async def test_readiness_covers_what_the_bot_uses(assembled: Assemble):
    """On SQLite that is the database, its disk and Slack."""
    bot = await assembled()
    states: dict[str, Any] = {part: await check() for part, check in bot.checks.items()}
    assert states == {"database": "ok", "slack": "ok", "disk": "ok"}
