"""A real sandbox with a bot that does what the test says, and a browser to look at the page."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from sandbox import CommandSeed, Hooks, Sandbox, SandboxSettings, ShortcutSeed
from sandbox.acting import Stage
from sandbox.filling import Filled
from sandbox.settings import DEFAULT_EVENTS
from tests.support.chromium import Pages

STARTS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday, 10:00 in Madrid."""

Payload = dict[str, Any]
Answer = Callable[[Payload], Awaitable[Payload | None]]


class FakeBot:
    """Takes what the sandbox sends; `answers` says, by kind ("view_submission", "/career"…), what it does about it."""

    def __init__(self) -> None:
        self.heard: list[Payload] = []
        self.answers: dict[str, Answer] = {}
        self.next_moment: datetime | None = None
        self.caught_up: list[datetime] = []
        self.may_end = asyncio.Event()  # the script that fills the workspace
        self.sandbox: Sandbox
        self._session: aiohttp.ClientSession

    @asynccontextmanager
    async def running(self, sandbox: Sandbox) -> AsyncIterator[None]:
        """Listen, and be connected to the sandbox."""
        self.sandbox = sandbox
        app = web.Application()
        app.add_routes([web.post("/slack/events", self._take)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as self._session:
            sandbox.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
            yield
        await runner.cleanup()

    async def call(self, method: str, **body: Any) -> Payload:
        """A Web API call; asserts that the sandbox took it."""
        headers = {"Authorization": f"Bearer {self.sandbox.bot_token}"}
        async with self._session.post(f"{self.sandbox.api_url}{method}", json=body, headers=headers) as response:
            answer: Payload = await response.json()
        assert answer["ok"], answer
        return answer

    def of(self, kind: str) -> list[Payload]:
        """What was heard of one kind."""
        return [payload for payload in self.heard if _kind(payload) == kind]

    async def _take(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            payload = await request.json()
        else:
            form = await request.post()
            payload = json.loads(str(form["payload"])) if "payload" in form else dict(form)
        if payload.get("type") == "url_verification":
            return web.json_response({"challenge": payload["challenge"]})
        self.heard.append(payload)
        answer = self.answers.get(_kind(payload))
        body = await answer(payload) if answer else None
        return web.json_response(body) if body else web.Response()


def _kind(payload: Payload) -> str:
    if "command" in payload:
        return str(payload["command"])
    return str(payload["event"]["type"] if payload["type"] == "event_callback" else payload["type"])


class BrowserHarness:
    """What a test works with: the sandbox, its bot, and pages that act as people."""

    def __init__(self, sandbox: Sandbox, bot: FakeBot, pages: Pages) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self.page_errors: list[str] = []
        self._pages = pages
        self._open = AsyncExitStack()

    def id(self, name: str) -> str:
        """A person's U… id."""
        return self.sandbox.people.by_name(name).id

    async def open(self, name: str = "Ana Ruiz", tab: str = "messages", **options: Any) -> Page:
        """A page in a browser of its own, acting as a person. Any error in its console fails the test."""
        listeners = {
            "pageerror": lambda error: self.page_errors.append(str(error)),
            "console": lambda line: self.page_errors.append(line.text) if line.type == "error" else None,
            "request": self._check_request,
        }
        context = {
            "viewport": {"width": 1280, "height": 800},
            "timezone_id": "Pacific/Auckland",
            "reduced_motion": "reduce",
            **options,
        }
        page = await self._open.enter_async_context(self._pages.taken(listeners, **context))
        page.set_default_timeout(5000)
        await page.goto(f"{self.sandbox.address}/#as={self.id(name)}&tab={tab}")
        await expect(page.locator("body")).to_have_attribute("data-ready", self.id(name))
        return page

    async def show(self, page: Page, blocks: list[Payload], **view: Any) -> None:
        """Have the bot open a modal with these blocks, by way of a command."""

        async def open_modal(payload: Payload) -> None:
            content = {"type": "modal", "title": plain("Prepare"), "submit": plain("Save"), "blocks": blocks, **view}
            await self.bot.call("views.open", trigger_id=payload["trigger_id"], view=content)

        self.bot.answers["/career"] = open_modal
        await page.get_by_test_id("composer").fill("/career")
        await page.get_by_test_id("composer").press("Enter")
        await expect(page.get_by_test_id("modal")).to_be_visible()

    async def close(self) -> None:
        """Leave every page."""
        await self._open.aclose()

    def _check_request(self, request: Any) -> None:
        if not request.url.startswith((self.sandbox.address, "data:")):
            self.page_errors.append(f"a request to the outside: {request.url}")


def plain(text: str) -> Payload:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


@pytest_asyncio.fixture(loop_scope="session")
async def harness(pages: Pages) -> AsyncIterator[BrowserHarness]:
    """A fresh sandbox with its bot; at the end no page may have complained or asked for anything outside."""
    bot = FakeBot()

    async def next_moment() -> datetime | None:
        return bot.next_moment

    async def catch_up() -> None:
        now = sandbox.clock.now()
        bot.caught_up.append(now)
        if bot.next_moment is not None and bot.next_moment <= now:
            bot.next_moment = None

    settings = SandboxSettings(
        port=0,
        start_at=STARTS,
        events=DEFAULT_EVENTS | {"user_change"},
        response_timeout=1.0,
        commands=(
            CommandSeed("/career", "Plan, hold and follow up career discussions", "[prep | schedule | agenda | help]"),
            CommandSeed("/cheer", "Say thank you", "[someone]"),
        ),
        shortcuts=(ShortcutSeed("Save as achievement", "save_achievement", "message", "Keep it for next time"),),
    )

    async def script(stage: Stage) -> Filled:
        ana = sandbox.people.by_name("Ana Ruiz").id
        sandbox._workspace.views.open(ana, {"type": "modal", "title": plain("Prepare"), "blocks": []})
        stage.show_progress("week 1 of 2")
        await bot.call("chat.postMessage", channel=sandbox.people.by_name("Ben Okafor").id, text="Hello, Ben")
        await bot.may_end.wait()
        sandbox._workspace.views.clear(ana)
        return Filled("Ben Okafor", "You are Ben, two weeks in.")

    hooks = Hooks(next_moment=next_moment, catch_up=catch_up)
    sandbox = Sandbox(settings=settings, hooks=hooks, script=script)
    await sandbox.start()
    async with bot.running(sandbox):
        harness = BrowserHarness(sandbox, bot, pages)
        yield harness
        await harness.close()
        await sandbox.stop()
    assert harness.page_errors == []
