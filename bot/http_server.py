"""The HTTP server: Slack's requests at `/slack/events`, and two addresses for probes."""

import errno
from typing import Final

from aiohttp import web

from bot.bot import Bot
from bot.errors import StartupError
from bot.manifest import EVENTS_PATH
from bot.readiness import Readiness
from bot.signature import Signature
from bot.slack_requests import LARGEST_BODY, SlackRequests

REQUEST_SECONDS: Final = 3.0
"""How long requests may still be answered during shutdown: Slack gives up on them after that."""

PORTS_TRIED: Final = 20
"""How many ports the sandbox tries, one after the other, before it gives up."""


def web_app(bot: Bot) -> web.Application:
    """The routes: `POST /slack/events` for everything from Slack, `GET /healthz` and `GET /readyz` for probes."""
    readiness = Readiness(bot)

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        parts = await readiness.parts()
        is_ready = all(parts.values())
        shown = {part: "ok" if answers else "no answer" for part, answers in parts.items()}
        return web.json_response({"ready": is_ready, **shown}, status=200 if is_ready else 503)

    application = web.Application(client_max_size=LARGEST_BODY)
    application.add_routes(
        [
            web.post(EVENTS_PATH, SlackRequests(bot.app, Signature(bot.signing_secret)).handle),
            web.get("/healthz", alive),
            web.get("/readyz", ready),
        ]
    )
    return application


class HttpServer:
    """An HTTP server in front of the bot."""

    def __init__(self, bot: Bot) -> None:
        self._runner = web.AppRunner(web_app(bot), access_log=None, shutdown_timeout=REQUEST_SECONDS)
        self.address = ""

    async def open(self, host: str, port: int, *, next_free: bool = False) -> None:
        """Listen on `port`, or with `next_free` on the first free one from there.

        Raises `StartupError` when it cannot listen.
        """
        await self._runner.setup()
        for candidate in range(port, port + PORTS_TRIED if next_free and port else port + 1):
            try:
                await web.TCPSite(self._runner, host, candidate).start()
            except OSError as error:
                if error.errno == errno.EADDRINUSE and next_free:
                    continue
                raise StartupError(_why_not_listening(host, candidate, error)) from error
            real_port = self._runner.addresses[0][1]
            self.address = f"http://{host}:{real_port}"
            return
        raise StartupError(f"The ports from {port} to {port + PORTS_TRIED - 1} are all taken. Set PORT to a free one.")

    async def close(self) -> None:
        """Take no new requests, and finish those being answered."""
        await self._runner.cleanup()


def _why_not_listening(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Stop that one, or set PORT to a free port."
    if isinstance(error, PermissionError):
        return f"Port {port} is not open to this user. Set PORT to 1024 or higher."
    return f"Cannot listen on {host} port {port}: {error.strerror or error}. Set HOST to an address of this machine."
