import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog

from bot.errors import StartupError
from bot.http_server import HttpServer
from handlers.registration import UNKNOWN_WORKSPACE
from tests.bot.conftest import Assemble
from tests.bot.fake_api import Answer, FakeApi, installed
from tests.support.signing import FORM, signed


async def problems(assembled: Assemble, **environ: str) -> tuple[str, ...]:
    """Why a bot with these settings does not start."""
    with pytest.raises(StartupError) as error:
        await assembled(**environ)
    return error.value.problems


async def command(server: HttpServer, team: str | None, text: str = "help") -> tuple[int, str]:
    """Type `/career …` in a workspace; the answer's status and text."""
    fields = {"command": "/career", "text": text, "user_id": "U1", "user_name": "ana", "trigger_id": "1.2"}
    body = urlencode(fields | ({"team_id": team} if team else {})).encode()
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
        "Slack does not accept token 2 of SLACK_BOT_TOKEN: invalid_auth.",
        "Slack does not accept token 3 of SLACK_BOT_TOKEN: invalid_auth.",
    )


async def test_two_tokens_for_one_workspace_are_refused(api: FakeApi, assembled: Assemble):
    """Which of the two counts would be a matter of chance."""
    api.answers["auth.test", "again"] = installed("T1")
    (problem,) = await problems(assembled, SLACK_BOT_TOKEN="one,again")
    assert problem == "Token 2 of SLACK_BOT_TOKEN is a second one for Team T1. List one token per workspace."


async def test_an_unreachable_slack_is_one_problem(assembled: Assemble):
    """However many tokens there are, the address is what to check."""
    (problem,) = await problems(assembled, SLACK_BOT_TOKEN="one,two", SLACK_API_URL="http://127.0.0.1:1/api/")
    assert problem.startswith("Slack does not answer at http://127.0.0.1:1/api/")


async def test_missing_scopes_are_announced(api: FakeApi, assembled: Assemble):
    """The bot starts without a scope, and names what it lacks where."""
    api.answers["auth.test", "one"] = installed(
        "T1", ["commands", "chat:write", "files:write", "im:write", "im:history"]
    )
    bot = await assembled()
    assert bot.notices == [
        "In Team T1 the app lacks users:read. Add this under OAuth & Permissions and reinstall the app."
    ]


async def test_a_request_is_answered_in_its_own_workspace_only(api: FakeApi, assembled: Assemble):
    """A request of another workspace, or of none, is refused and logged, and nobody is looked up for it."""
    server = HttpServer(await assembled())
    await server.open("127.0.0.1", 0)
    with structlog.testing.capture_logs() as lines:
        for team in ("T9", None):
            status, text = await command(server, team, "start")
            assert (status, json.loads(text)["text"]) == (200, UNKNOWN_WORKSPACE)
    assert [(line["event"], line["team"]) for line in lines] == [
        ("request.unknown_workspace", "T9"),
        ("request.unknown_workspace", "None"),
    ]
    assert {method for method, _ in api.calls} == {"auth.test"}
    status, text = await command(server, "T1")
    await server.close()
    assert status == 200
    assert "/career prep" in text


async def test_each_workspace_has_its_own_people_and_token(api: FakeApi, assembled: Assemble):
    """One bot serves two workspaces: a person of the same id is another person, answered with the other token."""
    user = {"id": "U1", "tz": "UTC", "profile": {"real_name": "Ana"}}
    api.answers["users.info", "one"] = Answer({"ok": True, "user": user | {"team_id": "T1"}})
    api.answers["users.info", "two"] = Answer({"ok": True, "user": user | {"team_id": "T2", "is_bot": True}})
    bot = await assembled(SLACK_BOT_TOKEN="one,two")
    server = HttpServer(bot)
    await server.open("127.0.0.1", 0)
    for team in ("T1", "T2"):
        assert (await command(server, team, ""))[0] == 200
    await server.close()
    workspaces = bot.services.workspaces
    people: dict[str, Any] = {}
    for team, context in workspaces.items():
        async with bot.services.database.reading(context.workspace_id) as store:
            people[team] = await store.people.by_slack_id("U1")
    assert people["T1"].pk != people["T2"].pk
    assert (people["T1"].is_bot, people["T2"].is_bot) == (False, True)
    assert {token for method, token in api.calls if method == "users.info"} == {"one", "two"}


async def test_slack_is_not_asked_about_the_token_on_every_request(api: FakeApi, assembled: Assemble):
    """The token is checked at start; requests do not wait for Slack to check it again."""
    server = HttpServer(await assembled())
    await server.open("127.0.0.1", 0)
    for _ in range(3):
        await command(server, "T1")
    await server.close()
    assert api.calls.count(("auth.test", "one")) == 1


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
    states: dict[str, Any] = {part: (await check()).words for part, check in bot.checks.items()}
    assert states == {"database": "ok", "slack": "ok", "disk": "ok"}
