"""Several workspaces behind one Socket Mode connection: the app's token is one, the bot's tokens are one each."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.bot import Bot
from bot.socket_client import SocketClient
from handlers.registration import UNKNOWN_WORKSPACE
from tests.bot.conftest import Assemble
from tests.bot.fake_api import Answer, FakeApi

USER = {"id": "U1", "tz": "UTC", "profile": {"real_name": "Ana"}}


class Socket:
    """Slack's side of the connection: sends one envelope after another, and reads what acknowledges it."""

    def __init__(self) -> None:
        self._connection = web.WebSocketResponse(timeout=0.1)
        self._connected, self._done = asyncio.Event(), asyncio.Event()

    async def hold(self, request: web.Request) -> web.StreamResponse:
        """Keep the connection."""
        await self._connection.prepare(request)
        self._connected.set()
        await self._done.wait()
        return self._connection

    async def send(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send an envelope; the payload of its acknowledgement, empty where there is none."""
        async with asyncio.timeout(10):
            await self._connected.wait()
            await self._connection.send_json({"envelope_id": "E1", "type": kind, "payload": payload})
            async for message in self._connection:
                if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith("{"):
                    answer: dict[str, Any] = json.loads(message.data)
                    assert answer["envelope_id"] == "E1"
                    return answer.get("payload") or {}
        raise AssertionError("the connection is closed")

    def close(self) -> None:
        """Let the connection go."""
        self._done.set()


@pytest.fixture
async def socket(api: FakeApi) -> AsyncIterator[Socket]:
    """A connection that `apps.connections.open` gives the address of."""
    slack = Socket()
    application = web.Application()
    application.add_routes([web.get("/socket", slack.hold)])
    runner = web.AppRunner(application, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/socket?ticket=1"
    api.answers["apps.connections.open", "xapp-1"] = Answer({"ok": True, "url": address})
    yield slack
    slack.close()
    await runner.cleanup()


@pytest.fixture
async def bot(api: FakeApi, assembled: Assemble, socket: Socket) -> AsyncIterator[Bot]:
    """One bot with a token for each of two workspaces, connected."""
    for token, team in (("one", "T1"), ("two", "T2")):
        api.answers["users.info", token] = Answer({"ok": True, "user": USER | {"team_id": team}})
        api.answers["views.publish", token] = Answer({"ok": True})
    made = await assembled(SLACK_BOT_TOKEN="one,two", SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN="xapp-1")
    client = SocketClient(made, "xapp-1")
    await client.open()
    await client.connected()
    yield made
    await client.close()


def command(team: str, text: str = "") -> dict[str, Any]:
    """`/career …`, typed by the person U1 of a workspace."""
    return {
        "command": "/career", "text": text, "user_id": "U1", "user_name": "ana", "trigger_id": "1.2", "team_id": team,
    }  # fmt: skip


def home_opened(team: str) -> dict[str, Any]:
    """The event of the person U1 of a workspace who opens the App Home."""
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home", "event_ts": "1.2"}
    by = [{"enterprise_id": None, "team_id": team, "user_id": "UBOT", "is_bot": True}]
    return {
        "type": "event_callback", "team_id": team, "api_app_id": "A1", "event": event, "event_id": f"Ev{team}",
        "event_time": 1, "authorizations": by,
    }  # fmt: skip


def submission(team: str) -> dict[str, Any]:
    """A form that the person U1 of a workspace submits, with one field."""
    view = {
        "id": "V1", "type": "modal", "callback_id": "thank_you", "hash": "1", "private_metadata": "{}",
        "blocks": [{"type": "input", "block_id": "note"}], "state": {"values": {}},
    }  # fmt: skip
    return {
        "type": "view_submission", "team": {"id": team}, "user": {"id": "U1", "team_id": team}, "trigger_id": "1.2",
        "view": view,
    }  # fmt: skip


async def test_each_workspace_is_served_with_its_own_token(api: FakeApi, bot: Bot, socket: Socket):
    """Events of two workspaces on one connection: the same id is two people, and each Home is published as its own."""
    for team in ("T1", "T2"):
        assert await socket.send("events_api", home_opened(team)) == {}
        assert "/career prep" in str(await socket.send("slash_commands", command(team, "help")))
    async with asyncio.timeout(10):
        while len(published := api.tokens("views.publish")) < 2:  # noqa: ASYNC110 - nothing says when it is published
            await asyncio.sleep(0.01)
    assert sorted(published) == ["one", "two"]
    people = {}
    for team, context in bot.services.workspaces.items():
        async with bot.services.database.reading(context.workspace_id) as store:
            people[team] = await store.people.by_slack_id("U1")
    assert people["T1"].pk != people["T2"].pk


async def test_a_workspace_without_a_token_is_refused_and_the_others_go_on(api: FakeApi, bot: Bot, socket: Socket):
    """Commands and forms of a third one are answered with a sentence, events acknowledged, and nobody is looked up."""
    assert set(bot.services.workspaces) == {"T1", "T2"}
    before = len(api.calls)
    with structlog.testing.capture_logs() as lines:
        said = await socket.send("slash_commands", command("T3"))
        kept_open = await socket.send("interactive", submission("T3"))
        assert await socket.send("events_api", home_opened("T3")) == {}
    assert said == {"response_type": "ephemeral", "text": UNKNOWN_WORKSPACE}
    assert kept_open == {"response_action": "errors", "errors": {"note": UNKNOWN_WORKSPACE}}
    assert api.calls[before:] == []
    assert [(line["event"], line["team"]) for line in lines] == [("request.unknown_workspace", "T3")] * 3
    assert "/career prep" in str(await socket.send("slash_commands", command("T2", "help")))
