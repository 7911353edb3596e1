"""A Slack API that gives constant answers and counts what arrives. As a program it prints nothing and serves a port."""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from aiohttp import web

USER = {"id": "U1", "name": "ana", "tz": "UTC", "deleted": False, "is_bot": False, "profile": {"real_name": "Ana"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "auth.test": {"team_id": "T1", "team": "Benchmark", "user_id": "UBOT", "bot_id": "B1", "user": "career"},
    "chat.postMessage": {"channel": "D1", "ts": "1700000000.000100"},
    "users.info": {"user": USER},
    "views.open": {"view": {"id": "V1", "hash": "1"}},
    "views.publish": {"view": {"id": "V2", "hash": "1"}},
}


class FakeSlack:
    """Serves `http://127.0.0.1:port/api/`; tells when a modal was asked for, by trigger id."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self._awaited: dict[str, asyncio.Future[float]] = {}
        self._said = {name: json.dumps({"ok": True, **answer}).encode() for name, answer in ANSWERS.items()}
        self._runner: web.AppRunner | None = None
        self.api_url = ""

    def modal(self, trigger_id: str) -> asyncio.Future[float]:
        """Comes true with the moment (`perf_counter`) at which `views.open` arrives whole."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._awaited[trigger_id] = future
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
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        arrived = time.perf_counter()
        method = request.match_info["method"]
        self.counted[method] += 1
        if method == "views.open":
            awaited = self._awaited.pop(json.loads(body)["trigger_id"], None)
            if awaited is not None and not awaited.done():
                awaited.set_result(arrived)
        return web.Response(body=self._said[method], content_type="application/json")

    async def _count(self, request: web.Request) -> web.Response:
        return web.json_response(self.counted[request.match_info["method"]])


async def _serve(port: int) -> None:
    await FakeSlack().open(port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
