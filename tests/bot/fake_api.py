"""A Slack Web API on 127.0.0.1 whose answers a test chooses."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from handlers.app_config import BOT_SCOPES


@dataclass(frozen=True)
class Answer:
    """One answer. `body` is JSON, or text that is not."""

    body: Mapping[str, Any] | str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(word: str, status: int = 200) -> Answer:
    """An answer with Slack's error word."""
    return Answer({"ok": False, "error": word}, status)


def installed(team: str, scopes: Sequence[str] | None = BOT_SCOPES) -> Answer:
    """The answer of `auth.test` in a workspace, with the header that lists the app's scopes there."""
    me = {"ok": True, "team_id": team, "team": f"Team {team}", "user_id": "UBOT", "bot_id": "B1"}
    return Answer(me, headers={} if scopes is None else {"X-OAuth-Scopes": ", ".join(scopes)})


SILENCE = Answer("", status=0)
"""No answer at all, as long as the connection is open."""


class FakeApi:
    """Answers a call by its method and the token of its caller, or else by its method alone.

    `calls` lists both of each call.
    """

    def __init__(self) -> None:
        self.answers: dict[str | tuple[str, str], Answer] = {}
        self.calls: list[tuple[str, str]] = []
        self.address = ""

    def tokens(self, method: str) -> list[str]:
        """The tokens with which a method was called, in order."""
        return [token for called, token in self.calls if called == method]

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator["FakeApi"]:
        """Serve on a free port."""
        api = cls()
        application = web.Application()
        application.router.add_route("*", "/api/{method}", api._answer)
        runner = web.AppRunner(application, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api.address = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        try:
            yield api
        finally:
            await runner.cleanup()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[AsyncWebClient]:
        """A client that calls this API."""
        async with aiohttp.ClientSession() as session:
            yield AsyncWebClient(token="xoxb-1", base_url=self.address, session=session)

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((method, token))
        answer = self.answers.get((method, token)) or self.answers.get(method) or refusal("unknown_method")
        if answer is SILENCE:
            await asyncio.Event().wait()
        if isinstance(answer.body, str):
            return web.Response(text=answer.body, status=answer.status, headers=answer.headers)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)
