import asyncio
import logging
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import structlog
from slack_bolt.response import BoltResponse

from bot.connections import Limits
from bot.http_server import HttpServer
from tests.bot.fake_bot import FakeBot, bare_app
from tests.support.signing import signed

HALF_A_HEADER = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slack-Sig"
HALF_A_BODY = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
PROBE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
EVENT = b'{"type": "event_callback", "event": {"type": "app_home_opened"}}'
SOON = 5.0
"""Seconds after which a test gives up waiting for what should happen at once."""


@asynccontextmanager
async def serving(limits: Limits, bot: FakeBot | None = None) -> AsyncIterator[HttpServer]:
    """A server with these limits, on any free port."""
    server = HttpServer(bot or FakeBot(), limits)
    await server.open("127.0.0.1", 0)
    try:
        yield server
    finally:
        await server.close()


class Client:
    """A plain connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    @asynccontextmanager
    async def to(cls, server: HttpServer, sent: bytes = b"") -> AsyncIterator["Client"]:
        """Connect and send something."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.address.rpartition(":")[2]))
        writer.write(sent)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def status(self) -> int:
        """The status of the next answer, which is read to its end."""
        async with asyncio.timeout(SOON):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:"))
            await self.reader.readexactly(length)
        return int(head.split()[1])

    async def is_closed(self) -> bool:
        """Wait until the server has closed this connection; False if it sent something or did not."""
        try:
            async with asyncio.timeout(SOON):
                return await self.reader.read(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


@pytest.fixture
def tracebacks(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What libraries have logged at WARNING and above."""
    caplog.set_level(logging.WARNING)
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("sent", [b"", HALF_A_HEADER, HALF_A_BODY], ids=["nothing", "half a header", "half a body"])
async def test_a_request_that_does_not_arrive_in_time_is_dropped(sent: bytes, tracebacks: Callable[[], list[str]]):
    """The connection is closed, no matter which part is missing, and no traceback is logged."""
    async with serving(Limits(request_seconds=0.1)) as server, Client.to(server, sent) as client:
        assert await client.is_closed()
    assert tracebacks() == []


async def test_sending_byte_by_byte_does_not_buy_time():
    """The time counts for the whole request, so one byte now and then does not keep a connection open."""
    async with serving(Limits(request_seconds=0.3)) as server, Client.to(server, HALF_A_HEADER) as client:
        started = time.monotonic()

        async def drip() -> None:
            while True:
                client.writer.write(b"x")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        assert await client.is_closed()
        dripping.cancel()
        assert time.monotonic() - started < 2


async def test_an_answer_may_take_longer_than_a_request():
    """The limit is for a request to arrive; a listener that takes longer is waited for."""

    async def slow() -> BoltResponse:
        await asyncio.sleep(0.3)
        return BoltResponse(status=200, body="done")

    bot = FakeBot(bare_app(before_authorize=slow))
    async with (
        serving(Limits(request_seconds=0.1), bot) as server,
        aiohttp.ClientSession() as http,
        http.post(f"{server.address}/slack/events", data=EVENT, headers=signed(EVENT)) as answer,
    ):
        assert (answer.status, await answer.text()) == (200, "done")


async def test_a_connection_serves_several_requests():
    """A connection that has had its answer may stay idle, but the next request must arrive in time again."""
    async with serving(Limits(request_seconds=0.1)) as server, Client.to(server, PROBE) as client:
        assert await client.status() == 200
        await asyncio.sleep(0.3)
        client.writer.write(PROBE)
        assert await client.status() == 200
        client.writer.write(HALF_A_HEADER)
        assert await client.is_closed()


async def test_an_idle_connection_is_closed_in_the_end():
    """After its answer a connection is kept for a limited time."""
    async with serving(Limits(idle_seconds=0.1)) as server, Client.to(server, PROBE) as client:
        assert await client.status() == 200
        assert await client.is_closed()


async def test_too_many_waiting_connections_give_way():
    """Beyond the limit the one that has waited longest is closed, so that a new one is always served."""
    async with serving(Limits(connections=4)) as server, AsyncExitStack() as stack:
        waiting = [await stack.enter_async_context(Client.to(server, HALF_A_HEADER)) for _ in range(12)]
        probe = await stack.enter_async_context(Client.to(server, PROBE))
        assert await probe.status() == 200
        assert [await client.is_closed() for client in waiting[:9]] == [True] * 9
        for client in waiting[9:]:
            client.writer.write(b": 1\r\nContent-Length: 0\r\n\r\n")
        assert [await client.status() for client in waiting[9:]] == [401] * 3


async def test_a_request_being_answered_never_gives_way():
    """While all connections are being answered, the next one waits for its turn, and everyone gets an answer."""
    go_on = asyncio.Event()
    reached: asyncio.Queue[None] = asyncio.Queue()

    async def slow() -> BoltResponse:
        reached.put_nowait(None)
        await go_on.wait()
        return BoltResponse(status=200, body="done")

    bot = FakeBot(bare_app(before_authorize=slow))
    async with serving(Limits(connections=2), bot) as server, aiohttp.ClientSession() as http:

        async def post() -> int:
            async with http.post(f"{server.address}/slack/events", data=EVENT, headers=signed(EVENT)) as answer:
                return answer.status

        posts = [asyncio.create_task(post()) for _ in range(3)]
        await reached.get()
        await reached.get()
        await asyncio.sleep(0.1)
        assert reached.empty()
        go_on.set()
        assert await asyncio.gather(*posts) == [200] * 3


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00" * 20, b"hello\r\n\r\n", b"POST / HTTP/1.1\r\na b: c\r\n\r\n"])
async def test_what_is_not_http_is_one_short_line(sent: bytes, tracebacks: Callable[[], list[str]]):
    """TLS on the plain port, a chat or a broken header get 400, and one line among many in the log."""
    with structlog.testing.capture_logs() as lines:
        async with serving(Limits()) as server:
            for _ in range(20):
                async with Client.to(server, sent) as client:
                    assert await client.status() == 400
    assert tracebacks() == []
    assert len(lines) <= 1


async def test_a_broken_body_is_refused(tracebacks: Callable[[], list[str]]):
    """A chunk of impossible length gets 400 without a traceback."""
    sent = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    async with serving(Limits()) as server, Client.to(server, sent) as client:
        assert await client.status() == 400
    assert tracebacks() == []


async def test_hanging_up_in_the_middle_of_a_body_is_no_error(tracebacks: Callable[[], list[str]]):
    """A client that goes away leaves no traceback behind."""
    async with serving(Limits()) as server:
        async with Client.to(server, HALF_A_BODY) as client:
            await client.writer.drain()
            await asyncio.sleep(0.05)
        async with Client.to(server, PROBE) as client:
            assert await client.status() == 200
    assert tracebacks() == []


# --- a process with few file descriptors -------------------------------------------------------------------------


@pytest.fixture
def child_server(tmp_path: Path) -> Iterator[Callable[..., tuple[int, Path]]]:
    """Starts a server in a process that may open only a few files; its port and its log."""
    children: list[subprocess.Popen[str]] = []

    def start(descriptors: int, *limits: str) -> tuple[int, Path]:
        log = tmp_path / "log"
        with log.open("w") as errors:
            child = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "tests.bot.child_server", str(descriptors), *limits],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        children.append(child)
        assert child.stdout is not None
        return int(child.stdout.readline()), log

    yield start
    for child in children:
        child.kill()
        child.communicate()


@pytest.fixture
def descriptors() -> Iterator[int]:
    """How many files this process may open: as many as it is allowed to, up to 4,096."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    raised = max(soft, min(hard, 4_096))
    resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    yield raised
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connections_to(port: int, count: int, sent: bytes) -> list[socket.socket]:
    """Open connections, each with something sent on it."""
    opened = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", port), timeout=SOON)
        client.send(sent)
        opened.append(client)
    return opened


def health(port: int) -> int:
    """The status of `/healthz`, which has to come soon."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=SOON) as answer:
        return int(answer.status)


def test_two_thousand_connections_do_not_stop_the_server(
    child_server: Callable[..., tuple[int, Path]], descriptors: int
):
    """With the usual 1,024 descriptors, 2,000 connections neither keep a probe from its answer nor fill the log.

    A third of them is idle, the others have sent half a header or half a body.
    """
    port, log = child_server(1_024)
    of_each = min(2_000, descriptors - 200) // 3
    opened = [client for sent in (b"", HALF_A_HEADER, HALF_A_BODY) for client in connections_to(port, of_each, sent)]
    try:
        started = time.monotonic()
        assert health(port) == 200
        assert time.monotonic() - started < 1
        assert len(log.read_text().splitlines()) < 10
    finally:
        for client in opened:
            client.close()


def test_running_out_of_descriptors_pauses_accepting(child_server: Callable[..., tuple[int, Path]]):
    """Where the limit on connections is too high for the process, it still recovers, with a few lines in the log."""
    port, log = child_server(64, "1000")
    opened = connections_to(port, 200, HALF_A_HEADER)
    try:
        assert health(port) == 200
        lines = log.read_text().splitlines()
        assert any("connections.no_descriptors" in line for line in lines)
        assert len(lines) < 10
    finally:
        for client in opened:
            client.close()
