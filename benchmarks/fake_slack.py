"""A Slack API that gives constant answers and counts what arrives. As a program it prints nothing and serves a port."""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiohttp import web

USER = {"id": "U1", "name": "ana", "tz": "UTC", "deleted": False, "is_bot": False, "profile": {"real_name": "Ana"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "auth.test": {"team_id": "T1", "team": "Benchmark", "user_id": "UBOT", "bot_id": "B1", "user": "career"},
    "chat.postMessage": {"channel": "D1", "ts": "1700000000.000100"},
    "users.info": {"user": USER},
    "views.open": {"view": {"id": "V1", "hash": "1"}},
    "views.push": {"view": {"id": "V3", "hash": "1"}},
    "views.publish": {"view": {"id": "V2", "hash": "1"}},
    "views.update": {"view": {"id": "V4", "hash": "1"}},
}


# The field that says what a call answers: the trigger of a command, the person whose Home it is, or the modal.
KEYS = {"views.open": "trigger_id", "views.push": "trigger_id", "views.publish": "user_id", "views.update": "view_id"}


@dataclass(frozen=True)
class Call:
    """A call of the Web API: the moment (`perf_counter`) at which all of it had arrived, and its arguments."""

    at: float
    method: str
    arguments: dict[str, Any]


class FakeSlack:
    """Serves `http://127.0.0.1:port/api/`, and reports calls that are awaited."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self._awaited: dict[str, asyncio.Future[Call]] = {}
        self._said = {name: json.dumps({"ok": True, **answer}).encode() for name, answer in ANSWERS.items()}
        self._runner: web.AppRunner | None = None
        self.api_url = ""

    def call(self, key: str) -> asyncio.Future[Call]:
        """Awaits the next modal for this trigger id, the next Home for this person, or the next change of a modal."""
        future: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        self._awaited[key] = future
        return future

    async def open(self, port: int = 0) -> None:
        """Listen."""
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.add_routes([web.post("/api/{method}", self._answer), web.get("/count/{method}", self._count)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=1024).start()
        self.api_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        arrived = time.perf_counter()
        method = request.match_info["method"]
        self.counted[method] += 1
        if self._awaited and (key := KEYS.get(method)) is not None:
            arguments = json.loads(body)
            awaited = self._awaited.pop(arguments[key], None)
            if awaited is not None and not awaited.done():
                awaited.set_result(Call(arrived, method, arguments))
        return web.Response(body=self._said[method], content_type="application/json")

    async def _count(self, request: web.Request) -> web.Response:
        return web.json_response(self.counted[request.match_info["method"]])


async def _serve(port: int) -> None:
    await FakeSlack().open(port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
