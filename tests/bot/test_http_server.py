import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.response import BoltResponse

from bot.checks import State
from bot.errors import StartupError
from bot.http_server import HttpServer
from tests.bot.fake_bot import FakeBot, bare_app
from tests.support.signing import signed

HOST = "127.0.0.1"


@asynccontextmanager
async def serving(bot: FakeBot) -> AsyncIterator[str]:
    """A server on any free port; its address."""
    server = HttpServer(bot)
    await server.open(HOST, 0)
    try:
        yield server.address
    finally:
        await server.close()


async def get(url: str) -> tuple[int, Any]:
    """Status and JSON of a GET."""
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.json()


async def post_signed(url: str, body: bytes) -> tuple[int, str]:
    """Status and text of a POST signed as Slack does."""
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=signed(body)) as answer:
        return answer.status, await answer.text()


async def test_healthz_asks_nothing():
    """`/healthz` answers without asking the database or Slack."""
    bot = FakeBot()
    async with serving(bot) as address:
        assert await get(f"{address}/healthz") == (200, {"alive": True})
    assert bot.asked == []


async def test_readyz_says_what_is_wrong():
    """`/readyz` is 200 only when the bot can work with every part, and says what is wrong with each."""
    bot = FakeBot()
    async with serving(bot) as address:
        assert await get(f"{address}/readyz") == (200, {"ready": True, "database": "ok", "slack": "ok"})
    bot.states["slack"] = State("missing scopes: im:history", is_ready=True)
    async with serving(bot) as address:
        body = {"ready": True, "database": "ok", "slack": "missing scopes: im:history"}
        assert await get(f"{address}/readyz") == (200, body)
    bot.states["slack"] = State("token_revoked")
    async with serving(bot) as address:
        assert await get(f"{address}/readyz") == (503, {"ready": False, "database": "ok", "slack": "token_revoked"})


async def test_closing_finishes_what_is_being_answered():
    """A request in progress when the server closes still gets its answer; no new one is accepted."""
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> BoltResponse:
        reached.set()
        await go_on.wait()
        return BoltResponse(status=200, body="done")

    server = HttpServer(FakeBot(bare_app(before_authorize=slow)))
    await server.open(HOST, 0)
    body = b'{"type": "event_callback", "event": {"type": "app_home_opened"}}'
    answer = asyncio.create_task(post_signed(f"{server.address}/slack/events", body))
    await reached.wait()
    closing = asyncio.create_task(server.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await closing
    assert await answer == (200, "done")
    assert not is_listening(server.address)


def is_listening(address: str) -> bool:
    """Whether a connection is accepted there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, int(address.rpartition(":")[2]))) == 0


@pytest.fixture
def taken_port():
    """A port on which another program listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        yield taken.getsockname()[1]


async def test_a_taken_port_is_reported(taken_port: int):
    """A taken port prevents the start and names the setting to change; so does an address of another machine."""
    server = HttpServer(FakeBot())
    with pytest.raises(StartupError, match=f"Port {taken_port} on 127.0.0.1 is taken.*PORT"):
        await server.open(HOST, taken_port)
    with pytest.raises(StartupError, match="Set HOST to"):
        await server.open("203.0.113.7", taken_port)
    await server.close()


async def test_a_name_may_have_several_addresses():
    """`localhost` is served on each of its addresses that this machine has, at one port."""
    server = HttpServer(FakeBot())
    await server.open("localhost", 0)
    assert await get(f"{server.address}/healthz") == (200, {"alive": True})
    assert is_listening(server.address)  # on 127.0.0.1
    await server.close()


async def test_the_sandbox_takes_the_next_free_port(taken_port: int):
    """With `next_free`, a taken port leads to the next free one."""
    server = HttpServer(FakeBot())
    await server.open(HOST, taken_port, next_free=True)
    assert taken_port < int(server.address.rpartition(":")[2]) < taken_port + 20
    await server.close()
