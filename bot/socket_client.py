"""The Socket Mode client: Slack's requests over a WebSocket that the bot opens."""

import asyncio
from typing import Any, Final

import structlog
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.bot import Bot
from bot.errors import StartupError
from bot.payloads import MalformedPayload, check_payload
from bot.slack_errors import AMBIGUOUS_ERRORS, RATE_LIMIT_ERRORS, error_word

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS: Final = 3.0
"""How long requests may still be answered during shutdown: Slack gives up on them after that."""

GOODBYE_SECONDS: Final = 1.0
"""How long Slack may take to answer the close frame. aiohttp alone waits 10 s for it, and the rest of the bot has to
stop in that time as well."""

PING_SECONDS: Final = 10.0
"""How often the connection is checked, and how long to wait before connecting again. The SDK's own default."""


class _TrackingHandler(AsyncSocketModeHandler):
    """Bolt's own handler, which also knows which requests are being answered."""

    def __init__(self, app: AsyncApp, app_token: str, ping_seconds: float) -> None:
        # web_client: the client that knows where the Slack API is, which may be elsewhere than Slack's.
        super().__init__(app, app_token, web_client=app.client, ping_interval=ping_seconds)
        self.in_progress: set[asyncio.Task[Any]] = set()
        self.accepting = True

    async def handle(self, client: Any, req: Any) -> None:
        task = asyncio.current_task()
        if not self.accepting or task is None:
            return  # without an acknowledgement Slack offers an event again, on whichever connection is open then
        try:
            check_payload(req.payload)
        except MalformedPayload as error:
            log.warning("request.refused", reason=error.reason)
            return
        self.in_progress.add(task)
        try:
            await super().handle(client, req)
        finally:
            self.in_progress.discard(task)


class SocketClient:
    """A Socket Mode connection that stays open, and reopens, for as long as the bot runs."""

    def __init__(self, bot: Bot, app_token: str, ping_seconds: float = PING_SECONDS) -> None:
        self._handler = _TrackingHandler(bot.app, app_token, ping_seconds)
        self._connecting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and keep trying while Slack cannot be reached.

        Raises `StartupError` for a token that Slack does not accept.
        """
        client = self._handler.client
        try:
            client.wss_uri = (await client.web_client.apps_connections_open(app_token=client.app_token))["url"]
        except SlackApiError as error:
            reason = error_word(error)
            if reason not in RATE_LIMIT_ERRORS | AMBIGUOUS_ERRORS and not reason.startswith("HTTP 5"):
                raise StartupError(
                    f"Slack does not accept SLACK_APP_TOKEN ({reason}). Set it to an app-level token with the scope "
                    "connections:write, from the app's page Basic Information, and turn Socket Mode on."
                ) from error
            log.warning("socket.unreachable", reason=reason)
        except (ClientError, TimeoutError) as error:
            log.warning("socket.unreachable", reason=str(error) or type(error).__name__)
        self._connecting = asyncio.create_task(self._handler.connect_async())  # type: ignore[no-untyped-call]

    async def connected(self) -> None:
        """Wait until the first connection is open."""
        if self._connecting is not None:
            await self._connecting

    async def close(self) -> None:
        """Take no new requests, finish those being answered, and disconnect."""
        self._handler.accepting = False
        if self._handler.in_progress:
            await asyncio.wait(self._handler.in_progress, timeout=SHUTDOWN_SECONDS)
        if self._connecting is not None:
            self._connecting.cancel()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._handler.close_async()  # type: ignore[no-untyped-call]
        except TimeoutError:
            # Broken off, the connection counts as closed: this stops the tasks around it.
            await self._handler.close_async()  # type: ignore[no-untyped-call]
