"""The HTTP server: Slack's requests at `/slack/events`, and two addresses for probes."""

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.bot import Bot
from bot.connections import Connection, Connections, Limits
from bot.errors import StartupError
from bot.log_limit import LogLimit
from bot.manifest import EVENTS_PATH
from bot.readiness import Readiness
from bot.signature import Signature
from bot.slack_requests import LARGEST_BODY, SlackRequests

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS: Final = 3.0
"""How long requests may still be answered during shutdown: Slack gives up on them after that."""

LINGERING_SECONDS: Final = 1.0
"""How long the rest of a body that is too large is read, so that the client reads its answer before the end."""

BACKLOG: Final = 1024
"""Connections that the kernel holds while none is accepted. It may allow fewer."""

PORTS_TRIED: Final = 20
"""How many ports the sandbox tries, one after the other, before it gives up."""


def web_app(bot: Bot, requests: SlackRequests | None = None) -> web.Application:
    """The routes: `POST /slack/events` for everything from Slack, `GET /healthz` and `GET /readyz` for probes."""
    requests = requests or SlackRequests(bot.app, Signature(bot.signing_secret))
    readiness = Readiness(bot.checks)

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        report = await readiness.report()
        is_ready = all(state.is_ready for state in report.values())
        words = {part: state.words for part, state in report.items()}
        return web.json_response({"ready": is_ready, **words}, status=200 if is_ready else 503)

    application = web.Application(client_max_size=LARGEST_BODY, middlewares=[_whole_request])
    application.add_routes(
        [
            web.post(EVENTS_PATH, requests.handle),
            web.get("/healthz", alive),
            web.get("/readyz", ready),
        ]
    )
    return application


@web.middleware
async def _whole_request(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Read the whole request before it is handled, and report its progress to its connection."""
    connection = request.transport.get_protocol() if request.transport is not None else None
    try:
        await request.read()
    except (web.RequestPayloadError, ConnectionError):
        return web.Response(status=400)
    if not isinstance(connection, Connection):
        return await handler(request)
    connection.request_arrived()
    try:
        return await handler(request)
    finally:
        connection.request_answered()


class HttpServer:
    """An HTTP server in front of the bot. `requests` handles what Slack sends, by the real clock if not given."""

    def __init__(self, bot: Bot, limits: Limits | None = None, requests: SlackRequests | None = None) -> None:
        self._limits = limits or Limits()
        self._runner = web.AppRunner(
            web_app(bot, requests),
            access_log=None,
            shutdown_timeout=SHUTDOWN_SECONDS,
            keepalive_timeout=self._limits.idle_seconds,
            lingering_time=LINGERING_SECONDS,
            auto_decompress=False,  # Slack signs what it sends, and compresses nothing
            logger=_ServerLog(logging.getLogger(__name__)),
        )
        self._listening: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []
        self.address = ""

    async def open(self, host: str, port: int, *, next_free: bool = False) -> None:
        """Listen on `port`, or with `next_free` on the first free one from there.

        Raises `StartupError` when it cannot listen.
        """
        self._listening = await _listen(host, port, next_free=next_free)
        await self._runner.setup()
        if self._runner.server is None:
            raise RuntimeError("aiohttp has set up no server")
        connections = Connections(self._limits, self._runner.server)
        self._accepting = [asyncio.create_task(connections.accept(each)) for each in self._listening]
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{self._listening[0].getsockname()[1]}"

    async def close(self) -> None:
        """Take no new requests, and finish those being answered."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        for each in self._listening:
            each.close()
        await self._runner.cleanup()


async def _listen(host: str, port: int, *, next_free: bool) -> list[socket.socket]:
    for candidate in range(port, port + PORTS_TRIED if next_free and port else port + 1):
        try:
            return await _sockets(host, candidate)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and next_free:
                continue
            raise StartupError(_why_not_listening(host, candidate, error)) from error
    raise StartupError(f"The ports from {port} to {port + PORTS_TRIED - 1} are all taken. Set PORT to a free one.")


async def _sockets(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of a host, all on the same port, even where any free port will do.

    An address of a family that this machine does not have, such as IPv6 in a container, is skipped if another works.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    opened: list[socket.socket] = []
    unavailable: OSError | None = None
    try:
        for family, *_, address in dict.fromkeys(found):
            bound = (address[0], opened[0].getsockname()[1] if opened else port, *address[2:])
            try:
                opened.append(socket.create_server(bound, family=family, backlog=BACKLOG))
            except OSError as error:
                if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                    raise
                unavailable = error
                continue
            opened[-1].settimeout(0)
        if unavailable is not None and not opened:
            raise unavailable
    except OSError:
        for each in opened:
            each.close()
        raise
    return opened


def _why_not_listening(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Stop that one, or set PORT to a free port."
    if isinstance(error, PermissionError):
        return f"Port {port} is not open to this user. Set PORT to 1024 or higher."
    return f"Cannot listen on {host} port {port}: {error.strerror or error}. Set HOST to an address of this machine."


class _ServerLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's log of the server. It has a traceback for each request that is not HTTP; this has one short line."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__(logger)
        self._limit = LogLimit()

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log what went wrong with a request."""
        if not isinstance(exc_info, HttpProcessingError):
            super().exception(msg, *args, exc_info=exc_info, **kwargs)
        elif (skipped := self._limit.skipped_before("malformed")) is not None:
            log.warning("request.not_http", error=type(exc_info).__name__, skipped=skipped)
