"""The way to the bot: signed HTTP requests to its address, or envelopes to its socket if it has opened one."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from sandbox.messages import new_block_id
from sandbox.people import slack_id
from sandbox.socket_mode import ConnectionLost, SocketMode
from sandbox.traffic import Exchange
from sandbox.workspace import Workspace

Kind = Literal["slash_commands", "interactive", "events_api"]

Retry = tuple[int, str]
"""Which repetition this is, and why."""

RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds before each repetition of an event that was not taken; commands and interactions are never repeated."""

PROBE_EVERY = 1.0
PROBES = 10
"""Seconds between and number of tries to reach the bot's address after `connect` or a failure: it may be starting."""

NOT_CONNECTED = "The bot is not connected yet. What you typed is kept; try again in a moment."
NO_ANSWER = "The bot did not answer in time. What you typed is kept; try again in a moment."
UNREACHABLE = "The bot cannot be reached right now. What you typed is kept; try again in a moment."


@dataclass(frozen=True)
class Answer:
    """What came back: `problem` says, for a person, why there is no answer; `body` is JSON, a text, or None."""

    body: Any = None
    problem: str | None = None


class ToBot:
    """Sends what people do to the bot and remembers whether that worked."""

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
        """Whether there is a bot at the other end, as far as is known."""
        return self.sockets.connected or (self.request_url is not None and self._problem is None)

    @property
    def problem(self) -> str | None:
        """What is wrong with the bot, for the people on the page."""
        if self.connected:
            return self._problem
        return self._problem or NOT_CONNECTED

    async def start(self) -> None:
        """Be ready to send."""
        self._session = aiohttp.ClientSession()
        self._probe_soon(0)

    async def stop(self) -> None:
        """Stop repeating events, and hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()

    def connect(self, request_url: str) -> None:
        """The bot listens at this address. It is tried at once, as Slack does when the address is entered."""
        self.request_url = request_url
        self._probe_soon(0)

    async def send(self, kind: Kind, payload: dict[str, Any], retry: Retry | None = None) -> Answer:
        """Send one thing and wait for the answer, three seconds at most."""
        began = time.perf_counter()
        status, answer = await self._attempt(kind, payload, retry)
        self._problem = answer.problem
        what = _name_of(kind, payload)
        ms = (time.perf_counter() - began) * 1000
        now = self._workspace.clock.now()
        response = answer.body if answer.problem is None else {"ok": False, "problem": answer.problem}
        self._workspace.traffic.add(Exchange(now, "to bot", what, status, ms, request=payload, response=response))
        self._workspace.stream.tell("traffic")
        if answer.problem is not None:
            self._probe_soon(PROBE_EVERY)
        return answer

    async def send_event(self, event: dict[str, Any]) -> Answer:
        """Send an event; one that is not taken is repeated in the background as Slack does."""
        if _subscription(event) not in self._workspace.settings.events:
            return Answer()
        payload = self._wrapped(event)
        answer = await self.send("events_api", payload)
        if answer.problem is not None:
            self._later(self._repeat(payload))
        return answer

    async def _attempt(self, kind: Kind, payload: dict[str, Any], retry: Retry | None) -> tuple[str, Answer]:
        try:
            async with asyncio.timeout(self._workspace.settings.answer_seconds):
                if self.sockets.connected:
                    return "ok", Answer(await self.sockets.send(kind, payload, _in_envelope(retry)))
                if self.request_url is not None and self._session is not None:
                    return await self._post(self._session, self.request_url, kind, payload, retry)
        except TimeoutError:
            return "timeout", Answer(problem=NO_ANSWER)
        except (aiohttp.ClientError, ConnectionLost):
            return "unreachable", Answer(problem=UNREACHABLE)
        return "not connected", Answer(problem=NOT_CONNECTED)

    async def _post(
        self,
        session: aiohttp.ClientSession,
        url: str,
        kind: Kind,
        payload: dict[str, Any],
        retry: Retry | None,
    ) -> tuple[str, Answer]:
        content_type, body = _encoded(kind, payload)
        headers = self._signature(body) | {"Content-Type": content_type}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            text = await response.text()
            if response.status != HTTPStatus.OK:
                problem = f"The bot refused this (HTTP {response.status}). What you typed is kept."
                return str(response.status), Answer(problem=problem)
            return "200", Answer(_decoded(text))

    def _signature(self, body: str) -> dict[str, str]:
        """Slack's v0 signature, in real time: the bot refuses what is older than five minutes."""
        stamp = str(int(self._workspace.real().timestamp()))
        secret = self._workspace.keys.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    def _wrapped(self, event: dict[str, Any]) -> dict[str, Any]:
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

    async def _repeat(self, payload: dict[str, Any]) -> None:
        for number, seconds in enumerate(RETRY_AFTER, start=1):
            await asyncio.sleep(seconds)
            answer = await self.send("events_api", payload, (number, "http_error"))
            if answer.problem is None:
                return

    def _probe_soon(self, seconds: float) -> None:
        if self.request_url is not None and self._session is not None and not self._probing:
            self._probing = True
            self._later(self._probe(seconds))

    async def _probe(self, seconds: float) -> None:
        """The url_verification handshake, until the address hands the challenge back: then the pages hear of it."""
        token, word = self._workspace.keys.verification, new_block_id()
        try:
            for _ in range(PROBES):
                await asyncio.sleep(seconds)
                seconds = PROBE_EVERY
                answer = await self.send("events_api", {"token": token, "challenge": word, "type": "url_verification"})
                if isinstance(answer.body, dict) and answer.body.get("challenge") == word:
                    break
        finally:
            self._probing = False
            self._workspace.stream.tell("bot", connected=self.connected)

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _encoded(kind: Kind, payload: dict[str, Any]) -> tuple[str, str]:
    if kind == "slash_commands":
        return "application/x-www-form-urlencoded", urlencode(payload)
    if kind == "interactive":
        return "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)})
    return "application/json", json.dumps(payload)


def _decoded(text: str) -> Any:
    """JSON where it is JSON; a bare text is what a command may answer; nothing is None."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _in_envelope(retry: Retry | None) -> dict[str, Any]:
    return {} if retry is None else {"retry_attempt": retry[0], "retry_reason": retry[1]}


def _subscription(event: dict[str, Any]) -> str:
    """What the manifest calls this event."""
    return f"message.{event['channel_type']}" if event["type"] == "message" else str(event["type"])


def _name_of(kind: Kind, payload: dict[str, Any]) -> str:
    """For the drawer: `/career prep`, `block_actions open_prep`, `app_home_opened`."""
    if kind == "slash_commands":
        return f"{payload['command']} {payload['text']}".strip()
    if kind == "events_api":
        return str(payload.get("event", payload)["type"])
    details = payload.get("view", {}).get("callback_id") or payload.get("callback_id")
    if payload.get("actions"):
        details = payload["actions"][0]["action_id"]
    return f"{payload['type']} {details or ''}".strip()
