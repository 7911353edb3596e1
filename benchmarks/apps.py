"""Our bot and the bare app, each in a process on one core; the load on them and a fake Slack are on another core.

Both are served by their real web app over loopback HTTP, with signed requests. The fake Slack runs in the measuring
process, so that all moments come from one clock.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp

from benchmarks.fake_slack import Call, FakeSlack
from benchmarks.interactions import (
    TEAM_ID,
    OpenForm,
    SlackRequest,
    is_rejected,
    prep_command,
    submit_preparation,
    turn_page,
)
from benchmarks.pairs import employee_slack_id, save_pairs
from benchmarks.support import (
    ENCRYPTION_KEY,
    EVENTS_PATH,
    Child,
    child,
    cores,
    free_port,
    pinned,
    running_bot,
    slack_settings,
)
from storage.database import Database
from storage.encryption import Cipher

PEOPLE: Final = 256
"""The people who use the apps, each with a pair of their own."""

EFFECT_WITHIN: Final = 10.0
"""Seconds after which an effect that has not come is an error."""

NOTICE: Final = "notice"
"""The callback id of the modal in which the bot says that something failed."""

IDLE_SECONDS: Final = 0.2
IDLE_SHARE: Final = 0.15
"""An app that uses at most this share of its core for this long has nothing left to do."""

FINISHES_WITHIN: Final = 30.0
"""Seconds an app has to work off what it was sent."""


class NoEffect(Exception):
    """A person read that something failed, or saw nothing."""


@dataclass(frozen=True)
class Load:
    """What sends requests, and the Slack at which their effects arrive."""

    session: aiohttp.ClientSession
    slack: FakeSlack

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator["Load"]:
        """On a core of its own until the block ends."""
        _, core = cores()
        with pinned(core):
            slack = FakeSlack()
            await slack.open()
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
                yield cls(session, slack)
            await slack.close()


@dataclass(frozen=True)
class App:
    """One of the two."""

    process: Child
    port: int
    load: Load

    async def send(self, request: SlackRequest) -> float:
        """The moment (`perf_counter`) at which the effect of a request was there. Raises `NoEffect`."""
        call = self.load.slack.call(request.awaited) if request.awaited else None
        try:
            async with asyncio.timeout(EFFECT_WITHIN):
                await self._post(request)
                return _effect(await call).at if call else time.perf_counter()
        except (TimeoutError, aiohttp.ClientError) as error:
            raise NoEffect(repr(error)) from error

    async def open_form(self, slack_id: str) -> OpenForm:
        """The page on which a person types, a few after the one that opens when they type `/career prep`."""
        request = prep_command(slack_id)
        call = self.load.slack.call(request.awaited)
        async with asyncio.timeout(EFFECT_WITHIN):
            await self._post(request)
            form = OpenForm.of(slack_id, _effect(await call).arguments["view"])
            while not form.has_typed_field:
                form = OpenForm.of(slack_id, json.loads(await self._post(turn_page(form)))["view"])
        return form

    async def _post(self, request: SlackRequest) -> str:
        address = f"http://127.0.0.1:{self.port}{EVENTS_PATH}"
        async with self.load.session.post(address, data=request.body, headers=request.headers) as answer:
            body = await answer.text()
        if answer.status != HTTPStatus.OK or is_rejected(body):
            raise NoEffect(f"{answer.status} {body[:200]!r}")
        return body

    async def finish(self) -> float:
        """Wait until the app has done all that it does in the background. Returns the seconds that this took.

        Raises `TimeoutError`.
        """
        started = time.perf_counter()
        async with asyncio.timeout(FINISHES_WITHIN):
            while True:
                looked_at, used = time.perf_counter(), self.process.cpu_seconds()
                await asyncio.sleep(IDLE_SECONDS)
                if self.process.cpu_seconds() - used <= IDLE_SHARE * IDLE_SECONDS:
                    return looked_at - started


def _effect(call: Call) -> Call:
    if call.method == "views.push" or call.arguments["view"].get("callback_id") == NOTICE:
        raise NoEffect(str(call.arguments["view"]["blocks"])[:200])
    return call


@asynccontextmanager
async def both_apps() -> AsyncIterator[tuple[App, App, Sequence[OpenForm]]]:
    """Ours on SQLite, the bare one, and a form of ours that is open in front of each person. Both are warmed up."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ours, forms = await stack.enter_async_context(our_app(folder, f"sqlite:///{folder / 'career.sqlite3'}", PEOPLE))
        port = free_port()
        arguments = ("benchmarks.bare_app", str(port), ours.load.slack.api_url)
        process = await stack.enter_async_context(child(folder, *arguments, core=cores()[0]))
        await process.answers(f"http://127.0.0.1:{port}/healthz")
        bare = App(process, port, ours.load)
        await _warm_up(bare, forms)
        yield ours, bare, forms


@asynccontextmanager
async def our_app(folder: Path, database_url: str, people: int) -> AsyncIterator[tuple[App, Sequence[OpenForm]]]:
    """Our bot on an empty database, and the form that is open in front of each person."""
    await _fill(database_url, people)
    async with AsyncExitStack() as stack:
        load = await stack.enter_async_context(Load.open())
        port = free_port()
        settings = {"DATABASE_URL": database_url, "CAREER_ENCRYPTION_KEYS": ENCRYPTION_KEY}
        settings |= slack_settings(load.slack.api_url)
        process = await stack.enter_async_context(running_bot(folder, port, core=cores()[0], **settings))
        await process.answers(f"http://127.0.0.1:{port}/healthz")
        app = App(process, port, load)
        forms = [await app.open_form(employee_slack_id(number)) for number in range(1, people + 1)]
        await _warm_up(app, forms)
        yield app, forms


async def _fill(database_url: str, people: int) -> None:
    database = await Database.open(database_url, Cipher((ENCRYPTION_KEY,)))
    await save_pairs(database, await database.workspace(TEAM_ID, "Benchmark"), people, datetime.now(UTC))
    await database.close()


async def _warm_up(app: App, forms: Sequence[OpenForm]) -> None:
    """Each person submits their form once: the nudges of their pair are planned from then on."""
    for form in forms:
        await app.send(submit_preparation(form))
    await app.finish()
