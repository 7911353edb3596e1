"""How Slack's requests come in: over HTTP (with two health addresses), or through Socket Mode."""

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import ClientError, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.career import Career
from bot.manifest import EVENTS_PATH
from bot.refusals import StartRefused

log = structlog.get_logger(__name__)

READY_SECONDS: Final = 2.0
"""How long the database and Slack each have to answer; probes commonly give up soon after."""

READY_KEPT_SECONDS: Final = 1.0
"""An answer about readiness serves this long, so that nobody can make us pester Slack by asking often."""

REQUEST_SECONDS: Final = 3.0
"""How long requests being answered may take when we leave: Slack gives up on them after that."""

PORTS_TRIED: Final = 20
"""How far to move on from a port that is taken."""

PASSING: Final = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
"""Slack's words for trouble that goes away by itself; any other answer about a token is for a person to mend."""


class Readiness:
    """Whether the bot can do its work: the database and the Slack API, asked together."""

    def __init__(
        self, career: Career, *, now: Callable[[], float] = time.monotonic, patience: float = READY_SECONDS
    ) -> None:
        self._career = career
        self._now = now
        self._patience = patience
        self._asked = 0.0
        self._asking: asyncio.Task[dict[str, bool]] | None = None

    async def parts(self) -> dict[str, bool]:
        """Which of the parts answer, by name. Those who ask at about the same time share one question."""
        now = self._now()
        if self._asking is None or (self._asking.done() and now - self._asked >= READY_KEPT_SECONDS):
            self._asking = asyncio.create_task(self._ask())
            self._asked = now
        return await asyncio.shield(self._asking)

    async def _ask(self) -> dict[str, bool]:
        database, slack = await asyncio.gather(
            self._answers("database", self._career.database_answers()),
            self._answers("slack", self._career.slack_answers()),
        )
        return {"database": database, "slack": slack}

    async def _answers(self, part: str, question: Awaitable[bool]) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return await question
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the answer is no
            log.warning("ready.no_answer", part=part, reason=type(error).__name__)
            return False


def web_app(career: Career) -> web.Application:
    """The HTTP side: `POST /slack/events` for everything from Slack, `GET /healthz` and `GET /readyz` for probes."""
    readiness = Readiness(career)

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        parts = await readiness.parts()
        is_ready = all(parts.values())
        said = {part: "ok" if answers else "no answer" for part, answers in parts.items()}
        return web.json_response({"ready": is_ready, **said}, status=200 if is_ready else 503)

    application = career.app.web_app(path=EVENTS_PATH)
    application.add_routes([web.get("/healthz", alive), web.get("/readyz", ready)])
    return application


class HttpDoor:
    """An HTTP server in front of the bot."""

    def __init__(self, career: Career) -> None:
        self._runner = web.AppRunner(web_app(career), access_log=None, shutdown_timeout=REQUEST_SECONDS)
        self.address = ""

    async def open(self, host: str, port: int, *, move_on: bool = False) -> None:
        """Listen on a port; with `move_on`, on the next free one if it is taken. Raises `StartRefused` if it can't."""
        await self._runner.setup()
        for candidate in range(port, port + PORTS_TRIED if move_on and port else port + 1):
            try:
                await web.TCPSite(self._runner, host, candidate).start()
            except OSError as error:
                if error.errno == errno.EADDRINUSE and move_on:
                    continue
                raise StartRefused(_why_not_listening(host, candidate, error)) from error
            real_port = self._runner.addresses[0][1]
            self.address = f"http://{host}:{real_port}"
            return
        raise StartRefused(f"The ports from {port} to {port + PORTS_TRIED - 1} are all taken. Set PORT to a free one.")

    async def close(self) -> None:
        """Take no new requests and finish those that are being answered."""
        await self._runner.cleanup()


def _why_not_listening(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Stop that one, or set PORT to a free port."
    if isinstance(error, PermissionError):
        return f"Port {port} is not open to this user. Set PORT to one from 1024 up."
    return f"Cannot listen on {host} port {port}: {error.strerror or error}. HOST should be an address of this machine."


class _TrackedSocketMode(AsyncSocketModeHandler):
    """Bolt's own handler, which also knows what is being answered."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        # web_client: the client that knows where the Slack API is, which may be elsewhere than Slack's.
        super().__init__(app, app_token, web_client=app.client)
        self.being_answered: set[asyncio.Task[Any]] = set()
        self.taking = True

    async def handle(self, client: Any, req: Any) -> None:
        task = asyncio.current_task()
        if not self.taking or task is None:
            return  # not acknowledged, so Slack offers an event again, to whoever is connected then
        self.being_answered.add(task)
        try:
            await super().handle(client, req)
        finally:
            self.being_answered.discard(task)


class SocketDoor:
    """A Socket Mode connection, kept up for as long as the bot runs."""

    def __init__(self, career: Career, app_token: str) -> None:
        self._handler = _TrackedSocketMode(career.app, app_token)
        self._connecting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and go on trying while Slack is out of reach. Raises `StartRefused` for a token Slack won't take."""
        client = self._handler.client
        try:
            client.wss_uri = (await client.web_client.apps_connections_open(app_token=client.app_token))["url"]
        except SlackApiError as error:
            reason = error.response["error"]
            if reason not in PASSING:
                raise StartRefused(
                    f"Slack does not accept SLACK_APP_TOKEN ({reason}). It should be an app-level token with the scope "
                    "connections:write, from the app's page Basic Information, and Socket Mode should be switched on."
                ) from error
            log.warning("socket.not_yet", reason=reason)
        except (ClientError, TimeoutError) as error:
            log.warning("socket.not_yet", reason=str(error) or type(error).__name__)
        self._connecting = asyncio.create_task(self._handler.connect_async())  # type: ignore[no-untyped-call]

    async def connected(self) -> None:
        """Wait until the first connection stands."""
        if self._connecting is not None:
            await self._connecting

    async def close(self) -> None:
        """Take no new requests, finish those that are being answered, and disconnect."""
        self._handler.taking = False
        if self._handler.being_answered:
            await asyncio.wait(self._handler.being_answered, timeout=REQUEST_SECONDS)
        if self._connecting is not None:
            self._connecting.cancel()
        await self._handler.close_async()  # type: ignore[no-untyped-call]
