import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StartupError
from bot.shutdown import Shutdown
from bot.socket_client import SocketClient
from sandbox import Sandbox, SandboxSettings
from tests.bot.fake_bot import FakeBot, bare_app


@pytest.fixture
async def workspace():
    """A sandbox workspace without a state file."""
    sandbox = Sandbox(settings=SandboxSettings(port=0))
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


def app_in(workspace: Sandbox) -> AsyncApp:
    """A Bolt app that uses the workspace in place of Slack."""
    return AsyncApp(client=AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url))


async def type_command(workspace: Sandbox, text: str) -> int:
    """Type a slash command in the workspace as its first person; the status of the page's request."""
    ana = workspace.people.by_name("Ana Ruiz")
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{workspace.address}/sandbox/command", json={"as": ana.id, "text": text}) as answer,
    ):
        return answer.status


async def test_commands_arrive_and_are_finished_before_closing(workspace: Sandbox):
    """A command arrives over the socket, and closing waits until it is acknowledged."""
    app = app_in(workspace)
    reached, go_on, acknowledged = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @app.command("/career")
    async def listener(ack: Any) -> None:
        reached.set()
        await go_on.wait()
        await ack()
        acknowledged.set()

    client = SocketClient(FakeBot(app), workspace.app_token)
    await client.open()
    await client.connected()
    typed = asyncio.create_task(type_command(workspace, "/career help"))
    await reached.wait()
    closing = asyncio.create_task(client.close())
    go_on.set()
    await closing
    assert acknowledged.is_set()
    assert await typed == 200


async def test_a_wrong_token_prevents_the_start(workspace: Sandbox):
    """A token that Slack refuses ends the start with Slack's own reason, and the message does not repeat the token."""
    client = SocketClient(FakeBot(app_in(workspace)), "xapp-made-up")
    with pytest.raises(StartupError, match=r"SLACK_APP_TOKEN \(invalid_auth\)") as refused:
        await client.open()
    assert "made-up" not in str(refused.value)
    await client.close()


class SilentSlack:
    """Opens a Socket Mode connection, sends what a test wants, and never reads: a close frame gets no answer."""

    def __init__(self) -> None:
        self.refusals = 0
        self.connected = asyncio.Event()
        self.socket = web.WebSocketResponse(autoclose=False, autoping=False)
        self.address = ""

    async def open_connection(self, _request: web.Request) -> web.Response:
        """The answer to `apps.connections.open`: a refusal that passes by itself, a few times, then the address."""
        if self.refusals:
            self.refusals -= 1
            return web.json_response({"ok": False, "error": "internal_error"})
        return web.json_response({"ok": True, "url": f"{self.address}/socket?ticket=1"})

    async def hold(self, request: web.Request) -> web.StreamResponse:
        """Keep the connection."""
        await self.socket.prepare(request)
        self.connected.set()
        await asyncio.Event().wait()
        return self.socket


@pytest.fixture
async def silent() -> AsyncIterator[SilentSlack]:
    """A Slack that accepts a connection and is silent from then on."""
    slack = SilentSlack()
    application = web.Application()
    application.add_routes(
        [web.post("/api/apps.connections.open", slack.open_connection), web.get("/socket", slack.hold)]
    )
    runner = web.AppRunner(application, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield slack
    await runner.cleanup()


async def test_a_slack_in_trouble_is_asked_again(silent: SilentSlack):
    """Trouble that passes by itself does not prevent the start; the connection opens as soon as Slack allows it."""
    silent.refusals = 3
    client = SocketClient(FakeBot(bare_app(api_url=f"{silent.address}/api/")), "xapp-1", ping_seconds=0.05)
    await client.open()
    async with asyncio.timeout(5):
        await silent.connected.wait()
    await client.close()


async def test_an_unreachable_slack_does_not_prevent_the_start():
    """While Slack cannot be reached the bot starts, and can be stopped."""
    client = SocketClient(FakeBot(), "xapp-1")
    await client.open()
    await client.close()


async def test_a_malformed_payload_reaches_no_listener(silent: SilentSlack):
    """What has another shape than Slack's is refused as over HTTP, and the next request is served."""
    reached: asyncio.Queue[Any] = asyncio.Queue()

    async def note(body: dict[str, Any]) -> BoltResponse:
        reached.put_nowait(body["user"])
        return BoltResponse(status=200)

    client = SocketClient(FakeBot(bare_app(api_url=f"{silent.address}/api/", before_authorize=note)), "xapp-1")
    await client.open()
    await client.connected()
    with structlog.testing.capture_logs() as lines:
        for user in (7, {"id": "U1"}):
            payload = {"type": "view_closed", "user": user, "team": {"id": "T1"}, "view": {"id": "V1", "type": "modal"}}
            await silent.socket.send_json({"envelope_id": "1", "type": "interactive", "payload": payload})
        async with asyncio.timeout(5):
            assert await reached.get() == {"id": "U1"}
    await client.close()
    assert [(line["event"], line["reason"]) for line in lines] == [("request.refused", "user: string_type")]


async def test_a_silent_peer_does_not_hold_up_the_shutdown(silent: SilentSlack):
    """Closing does not wait for an answer to the close frame, and leaves no task and no connection behind."""
    before = asyncio.all_tasks()
    client = SocketClient(FakeBot(bare_app(api_url=f"{silent.address}/api/")), "xapp-1")
    await client.open()
    await client.connected()
    await silent.connected.wait()
    started = time.monotonic()
    await client.close()
    assert time.monotonic() - started < 2
    await asyncio.sleep(0)
    ours = {task for task in asyncio.all_tasks() - before if "slack_sdk" in task.get_coro().cr_code.co_filename}
    assert not ours


async def test_the_drain_time_is_left_to_the_bot(silent: SilentSlack):
    """Of the 8 seconds after SIGTERM at least 6 remain for the bot, however silent Slack is."""
    bot = FakeBot(bare_app(api_url=f"{silent.address}/api/"))
    client = SocketClient(bot, "xapp-1")
    await client.open()
    await client.connected()
    shutdown = Shutdown(drain_seconds=8)
    await shutdown.finish(client.close)
    await shutdown.stop_bot(bot)
    assert bot.drain_seconds >= 5
