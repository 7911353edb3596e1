"""A Slack that processes of the bot post to, and that keeps what people see, whatever becomes of the processes."""

import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum, auto
from typing import Any

from aiohttp import web

TEAM_ID = "T0ACME"
TIME_ZONE = "Europe/Madrid"


class Fault(Enum):
    """What happens to a request, instead of what is asked for."""

    LOST = auto()
    """The connection breaks before Slack has done anything."""
    DROPPED = auto()
    """Slack does what it is asked to do, and the connection breaks before the answer."""
    UNAVAILABLE = auto()
    """Slack does nothing, and answers that something is wrong with it."""
    RATE_LIMITED = auto()
    """Slack does nothing, and asks to wait."""


class ReceivingSlack:
    """Serves `http://127.0.0.1:port/<worker>/api/`. `asked` counts the calls of each method.

    `fault_for` says what happens to a call of a worker (by number and method); None for what Slack does every day.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.asked: Counter[str] = Counter()
        self.fault_for: Callable[[int, str], Fault | None] = lambda _worker, _method: None
        self.address = ""
        self._now = now
        self._messages: dict[str, list[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._answering = 0
        self._quiet_since = time.monotonic()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve on a free port."""
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.router.add_route("*", "/{worker}/api/{method}", self._answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    def times_seen(self) -> Counter[str]:
        """In how many messages each nudge is, by its key, as the recipients see them."""
        return Counter(
            key
            for theirs in self._messages.values()
            for message in theirs
            for key in {block["block_id"].partition(".")[2] for block in message["blocks"] if "block_id" in block}
        )

    def quiet_for(self) -> float:
        """Seconds since the last call was answered; 0 while one is being answered."""
        return 0.0 if self._answering else time.monotonic() - self._quiet_since

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._answering += 1
        try:
            is_json = request.content_type == "application/json"
            arguments = await request.json() if is_json else {**await request.post(), **request.query}
            return self._kill(request, arguments)
        finally:
            self._answering -= 1
            self._quiet_since = time.monotonic()

    def _kill(self, request: web.Request, arguments: dict[str, Any]) -> web.StreamResponse:
        method = request.match_info["method"]
        self.asked[method] += 1
        fault = self.fault_for(int(request.match_info["worker"]), method)
        if fault is Fault.UNAVAILABLE:
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if fault is Fault.RATE_LIMITED:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "30"})
        body = {} if fault is Fault.LOST else self._do(method, arguments)
        if fault is not None and request.transport is not None:
            request.transport.abort()
        return web.json_response({"ok": True, **body})

    def _do(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"team_id": TEAM_ID, "team": "Acme", "user_id": "UBOT", "bot_id": "B1"}
            case "users.info":
                return {"user": {"id": arguments["user"], "tz": TIME_ZONE, "real_name": arguments["user"]}}
            case "conversations.open":
                return {"channel": {"id": _conversation_with(arguments["users"])}}
            case "chat.postMessage":
                return self._post(arguments)
            case "conversations.history":
                return self._history(arguments)
            case "chat.update":
                self._message(arguments).update(blocks=arguments["blocks"])
                return {}
        raise web.HTTPNotFound

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = _conversation_with(arguments["channel"])
        # Slack's clock, and a number of its own for each message of one moment.
        ts = f"{int(self._now().timestamp())}.{next(self._numbers):06}"
        shown = {"ts": ts, "blocks": arguments["blocks"], "metadata": arguments["metadata"]}
        self._messages.setdefault(channel, []).append(shown)
        return {"channel": channel, "ts": ts}

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        oldest, latest = float(arguments.get("oldest", 0)), float(arguments.get("latest", "inf"))
        theirs = self._messages.get(arguments["channel"], ())
        found = [message for message in theirs if oldest <= float(message["ts"]) <= latest]
        return {"messages": found[::-1][: int(arguments["limit"])]}

    def _message(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return next(one for one in self._messages[arguments["channel"]] if one["ts"] == arguments["ts"])


def _conversation_with(slack_id: str) -> str:
    return f"D{slack_id[1:]}"
