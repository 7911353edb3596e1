import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.refusals import StartRefused
from bot.serving import HttpDoor, Readiness, SocketDoor
from sandbox import Sandbox, SandboxSettings
from tests.bot.fake_career import FakeCareer, bare_app

SECRET = "0123456789abcdef"
HOST = "127.0.0.1"


@asynccontextmanager
async def serving(career: FakeCareer) -> AsyncIterator[str]:
    """An open HTTP door on any free port; its address."""
    door = HttpDoor(career)
    await door.open(HOST, 0)
    try:
        yield door.address
    finally:
        await door.close()


async def get(url: str) -> tuple[int, Any]:
    """Status and JSON of a GET."""
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.json()


async def post_signed(url: str, body: str, secret: str) -> tuple[int, str]:
    """Status and text of a POST signed as Slack does."""
    stamp = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature or "",
    }
    async with aiohttp.ClientSession(headers=headers) as http, http.post(url, data=body) as answer:
        return answer.status, await answer.text()


async def test_the_process_says_that_it_lives():
    """`/healthz` answers without asking the database or Slack."""
    career = FakeCareer(bare_app(signing_secret=SECRET))
    async with serving(career) as address:
        assert await get(f"{address}/healthz") == (200, {"alive": True})
    assert career.asked == []


@pytest.mark.parametrize(
    ("database", "slack", "status", "said"),
    [
        (True, True, 200, {"ready": True, "database": "ok", "slack": "ok"}),
        (False, True, 503, {"ready": False, "database": "no answer", "slack": "ok"}),
        (True, False, 503, {"ready": False, "database": "ok", "slack": "no answer"}),
    ],
)
async def test_readiness_names_what_does_not_answer(*, database: bool, slack: bool, status: int, said: dict[str, Any]):
    """`/readyz` is 200 only when both answer, and says which one does not."""
    career = FakeCareer(bare_app(signing_secret=SECRET))
    career.database_is_up, career.slack_is_up = database, slack
    async with serving(career) as address:
        assert await get(f"{address}/readyz") == (status, said)


async def test_readiness_does_not_wait_for_ever():
    """A part that hangs or breaks counts as not answering, in bounded time and without harm to the other."""

    class Stuck(FakeCareer):
        async def database_answers(self) -> bool:
            await asyncio.Event().wait()
            return True

        async def slack_answers(self) -> bool:
            raise ConnectionError

    career = Stuck(bare_app(signing_secret=SECRET))
    async with asyncio.timeout(1):
        assert await Readiness(career, patience=0.01).parts() == {"database": False, "slack": False}


async def test_asking_often_does_not_pester_slack():
    """Probes within a second share one question; a later one asks anew."""
    moment = 100.0
    career = FakeCareer(bare_app(signing_secret=SECRET))
    readiness = Readiness(career, now=lambda: moment)
    await asyncio.gather(*(readiness.parts() for _ in range(20)))
    assert career.asked == ["database", "slack"]
    moment, career.slack_is_up = 101.5, False
    assert await readiness.parts() == {"database": True, "slack": False}


async def test_a_wrong_signature_is_turned_away():
    """What is not signed with our secret gets 401; the same request rightly signed is answered."""
    body = '{"type": "url_verification", "challenge": "c-1"}'
    async with serving(FakeCareer(bare_app(signing_secret=SECRET))) as address:
        assert (await post_signed(f"{address}/slack/events", body, "another"))[0] == 401
        status, text = await post_signed(f"{address}/slack/events", body, SECRET)
    assert status == 200
    assert "c-1" in text


async def test_closing_finishes_what_is_being_answered():
    """A request that is under way when the door closes still gets its answer; no new one is taken."""
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> BoltResponse:
        reached.set()
        await go_on.wait()
        return BoltResponse(status=200, body="done")

    door = HttpDoor(FakeCareer(bare_app(signing_secret=SECRET, before_authorize=slow)))
    await door.open(HOST, 0)
    body = '{"type": "event_callback", "event": {"type": "app_home_opened"}}'
    answer = asyncio.create_task(post_signed(f"{door.address}/slack/events", body, SECRET))
    await reached.wait()
    closing = asyncio.create_task(door.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await closing
    assert await answer == (200, "done")
    assert not is_listening(door.address)


def is_listening(address: str) -> bool:
    """Whether a connection is taken there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, int(address.rpartition(":")[2]))) == 0


@pytest.fixture
def taken_port():
    """A port on which somebody else listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        yield taken.getsockname()[1]


async def test_a_taken_port_is_told(taken_port: int):
    """A taken port refuses the start and names the setting to change; so does an address of another machine."""
    door = HttpDoor(FakeCareer(bare_app(signing_secret=SECRET)))
    with pytest.raises(StartRefused, match=f"Port {taken_port} on 127.0.0.1 is taken.*PORT"):
        await door.open(HOST, taken_port)
    with pytest.raises(StartRefused, match="HOST should be"):
        await door.open("203.0.113.7", taken_port)
    await door.close()


async def test_the_sandbox_moves_on_from_a_taken_port(taken_port: int):
    """Where anybody may choose the port, the next free one is taken."""
    door = HttpDoor(FakeCareer(bare_app(signing_secret=SECRET)))
    await door.open(HOST, taken_port, move_on=True)
    assert taken_port < int(door.address.rpartition(":")[2]) < taken_port + 20
    await door.close()


@pytest.fixture
async def workspace():
    """A sandbox workspace without a state file."""
    sandbox = Sandbox(settings=SandboxSettings(port=0))
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


def app_in(workspace: Sandbox) -> AsyncApp:
    """A Bolt app that takes the workspace for Slack."""
    return AsyncApp(client=AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url))


async def type_command(workspace: Sandbox, text: str) -> int:
    """Type a slash command in the workspace as its first person; the status of the page's request."""
    ana = workspace.people.by_name("Ana Ruiz")
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{workspace.address}/sandbox/command", json={"as": ana.id, "text": text}) as answer,
    ):
        return answer.status


async def test_socket_mode_brings_commands_and_finishes_them(workspace: Sandbox):
    """A command arrives over the socket, and closing waits until it is acknowledged."""
    app = app_in(workspace)
    reached, go_on, acknowledged = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @app.command("/career")
    async def listener(ack: Any) -> None:
        reached.set()
        await go_on.wait()
        await ack()
        acknowledged.set()

    door = SocketDoor(FakeCareer(app), workspace.app_token)
    await door.open()
    await door.connected()
    typed = asyncio.create_task(type_command(workspace, "/career help"))
    await reached.wait()
    closing = asyncio.create_task(door.close())
    go_on.set()
    await closing
    assert acknowledged.is_set()
    assert await typed == 200


async def test_socket_mode_tells_of_a_wrong_token(workspace: Sandbox):
    """A token that Slack refuses ends the start with Slack's own reason, and never repeats the token."""
    door = SocketDoor(FakeCareer(app_in(workspace)), "xapp-made-up")
    with pytest.raises(StartRefused, match=r"SLACK_APP_TOKEN \(invalid_auth\)") as refused:
        await door.open()
    assert "made-up" not in str(refused.value)
    await door.close()


async def test_socket_mode_waits_for_slack_to_come_back():
    """When Slack is out of reach the bot starts all the same, goes on trying, and can be stopped."""
    door = SocketDoor(FakeCareer(bare_app(signing_secret=SECRET, api_url="http://127.0.0.1:1/api/")), "xapp-1")
    await door.open()
    await door.close()
