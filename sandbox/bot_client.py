"""Sends what happens to the bot: signed HTTP requests to its URL, or envelopes over its Socket Mode connection."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from sandbox.json_input import parse_json
from sandbox.messages import new_block_id
from sandbox.people import slack_id
from sandbox.socket_mode import ConnectionLost, SocketMode
from sandbox.traffic import Exchange
from sandbox.workspace import Workspace

Kind = Literal["slash_commands", "interactive", "events_api"]

Retry = tuple[int, str]
"""The number of a retry (from 1) and its reason."""

RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before each retry of an event that was not accepted; commands and interactions are never retried."""

PROBE_INTERVAL = 1.0
"""Seconds between two probes of the bot's URL."""

PROBES = 10
"""Probes after `connect` or after a failed request: the bot may still be starting."""

NOT_CONNECTED = "The bot is not connected yet."
NO_RESPONSE = "The bot did not respond in time."
UNREACHABLE = "The bot cannot be reached right now."


@dataclass(frozen=True)
class BotResponse:
    """What the bot responded.

    `body` is JSON, a plain string, or None. `problem` is a sentence for the person where there was no response.
    """

    body: Any = None
    problem: str | None = None


class BotClient:
    """Sends payloads to the bot and knows whether the last one arrived."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.sockets = SocketMode(workspace)
        self.request_url: str | None = None
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._problem: str | None = None
        self._probing = False

    @property
    def connected(self) -> bool:
        """Whether there is a bot at the other end, as far as the last request showed."""
        return self.sockets.connected or (self.request_url is not None and self._problem is None)

    @property
    def problem(self) -> str | None:
        """What is wrong with the connection, for the people on the page; None where nothing is."""
        if self.connected:
            return self._problem
        return self._problem or NOT_CONNECTED

    async def start(self) -> None:
        """Open the HTTP session, and probe the bot's URL where it is known."""
        self._session = aiohttp.ClientSession()
        self._schedule_probe(0)

    async def stop(self) -> None:
        """Cancel retries and close every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()

    def connect(self, request_url: str) -> None:
        """Use this URL for the bot. It is probed at once, as Slack does when someone enters it."""
        self.request_url = request_url
        self._schedule_probe(0)

    async def send(self, kind: Kind, payload: dict[str, Any], retry: Retry | None = None) -> BotResponse:
        """Send one payload and wait for the response, three seconds at most."""
        began = time.perf_counter()
        status, response = await self._attempt(kind, payload, retry)
        self._problem = response.problem
        what = _label(kind, payload)
        ms = (time.perf_counter() - began) * 1000
        now = self._workspace.clock.now()
        shown = response.body if response.problem is None else {"ok": False, "problem": response.problem}
        self._workspace.traffic.add(Exchange(now, "to bot", what, status, ms, request=payload, response=shown))
        self._workspace.events.publish("traffic")
        if response.problem is not None:
            self._schedule_probe(PROBE_INTERVAL)
        return response

    async def send_event(self, event: dict[str, Any]) -> BotResponse:
        """Send an event where the app subscribes to it; one that is not accepted is retried in the background."""
        if _subscription(event) not in self._workspace.settings.events:
            return BotResponse()
        payload = self._event_payload(event)
        response = await self.send("events_api", payload)
        if response.problem is not None:
            self._in_background(self._retry_event(payload))
        return response

    async def _attempt(self, kind: Kind, payload: dict[str, Any], retry: Retry | None) -> tuple[str, BotResponse]:
        try:
            async with asyncio.timeout(self._workspace.settings.response_timeout):
                if self.sockets.connected:
                    return "ok", BotResponse(await self.sockets.send(kind, payload, _in_envelope(retry)))
                if self.request_url is not None and self._session is not None:
                    return await self._post(self._session, self.request_url, kind, payload, retry)
        except TimeoutError:
            return "timeout", BotResponse(problem=NO_RESPONSE)
        except (aiohttp.ClientError, ConnectionLost):
            return "unreachable", BotResponse(problem=UNREACHABLE)
        return "not connected", BotResponse(problem=NOT_CONNECTED)

    async def _post(
        self,
        session: aiohttp.ClientSession,
        url: str,
        kind: Kind,
        payload: dict[str, Any],
        retry: Retry | None,
    ) -> tuple[str, BotResponse]:
        content_type, body = _encoded(kind, payload)
        headers = self._signature(body) | {"Content-Type": content_type}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            text = await response.text()
            if response.status != HTTPStatus.OK:
                problem = f"The bot refused the last request (HTTP {response.status})."
                return str(response.status), BotResponse(problem=problem)
            return "200", BotResponse(_decoded(text))

    def _signature(self, body: str) -> dict[str, str]:
        """Slack's v0 signature, in real time: the bot refuses requests older than five minutes."""
        stamp = str(int(self._workspace.real().timestamp()))
        secret = self._workspace.keys.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    def _event_payload(self, event: dict[str, Any]) -> dict[str, Any]:
        workspace = self._workspace
        return {
            "token": workspace.keys.verification,
            "team_id": workspace.team_id,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": slack_id("Ev", f"{event['event_ts']}/{new_block_id()}"),
            "event_time": int(workspace.timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{new_block_id()}",
        }

    async def _retry_event(self, payload: dict[str, Any]) -> None:
        for number, seconds in enumerate(RETRY_DELAYS, start=1):
            await asyncio.sleep(seconds)
            response = await self.send("events_api", payload, (number, "http_error"))
            if response.problem is None:
                return

    def _schedule_probe(self, seconds: float) -> None:
        if self.request_url is not None and self._session is not None and not self._probing:
            self._probing = True
            self._in_background(self._probe(seconds))

    async def _probe(self, seconds: float) -> None:
        """Repeat the url_verification handshake until the bot returns the challenge, then notify the pages."""
        token, challenge = self._workspace.keys.verification, new_block_id()
        handshake = {"token": token, "challenge": challenge, "type": "url_verification"}
        try:
            for _ in range(PROBES):
                await asyncio.sleep(seconds)
                seconds = PROBE_INTERVAL
                response = await self.send("events_api", handshake)
                if isinstance(response.body, dict) and response.body.get("challenge") == challenge:
                    break
        finally:
            self._probing = False
            self._workspace.events.publish("bot", connected=self.connected)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _encoded(kind: Kind, payload: dict[str, Any]) -> tuple[str, str]:
    """The content type and the body of a request, as Slack sends this kind."""
    if kind == "slash_commands":
        return "application/x-www-form-urlencoded", urlencode(payload)
    if kind == "interactive":
        return "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)})
    return "application/json", json.dumps(payload)


def _decoded(text: str) -> Any:
    """JSON where the body is JSON; otherwise the text, which a command may respond with. None where it is empty."""
    if not text.strip():
        return None
    try:
        return parse_json(text)
    except ValueError:
        return text


def _in_envelope(retry: Retry | None) -> dict[str, Any]:
    return {} if retry is None else {"retry_attempt": retry[0], "retry_reason": retry[1]}


def _subscription(event: dict[str, Any]) -> str:
    """The event's name in the app's manifest."""
    return f"message.{event['channel_type']}" if event["type"] == "message" else str(event["type"])


def _label(kind: Kind, payload: dict[str, Any]) -> str:
    """The payload's name in the traffic drawer: `/career prep`, `block_actions open_prep`, `app_home_opened`."""
    if kind == "slash_commands":
        return f"{payload['command']} {payload['text']}".strip()
    if kind == "events_api":
        return str(payload.get("event", payload)["type"])
    details = payload.get("view", {}).get("callback_id") or payload.get("callback_id")
    if payload.get("actions"):
        details = payload["actions"][0]["action_id"]
    return f"{payload['type']} {details or ''}".strip()
