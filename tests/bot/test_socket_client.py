import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StartupError
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


async def test_an_unreachable_slack_does_not_prevent_the_start():
    """While Slack cannot be reached the bot starts, keeps trying, and can be stopped."""
    client = SocketClient(FakeBot(bare_app(api_url="http://127.0.0.1:1/api/")), "xapp-1")
    await client.open()
    await client.close()
