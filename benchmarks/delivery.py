"""Delivering 2,000 due nudges, beside a bare claim–post–settle loop.

The bare loop does the least that delivering once needs: it claims rows under a lease, posts the same text and blocks,
and settles, with SQLAlchemy Core on the same engine and the same batch size, one shared HTTP session and as many
messages in flight. It plans, rechecks and renders nothing. A second one posts with Slack's SDK, as we do, which tells
how much of the difference is the SDK's. The fake Slack runs in a process of its own. The two take
turns, so that whatever slows the machine down hits both; the first turn warms up, and the median of the others counts.
"""

import logging
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
import structlog
from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.bare_delivery import BareDelivery, Post
from benchmarks.due_people import NOW, prepare, put_back
from benchmarks.postgres import postgres
from benchmarks.support import BOT_TOKEN, Row, at_least, child, free_port
from bot.logs import SLACK_CALLS
from bot.messenger import SlackMessenger
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.delivery import PEOPLE_PER_BATCH, Delivery
from scheduler.posting import IN_FLIGHT
from storage.database import Database
from storage.encryption import Cipher

NUDGES: Final = 2_000
TURNS: Final = 5
WANTED: Final = 0.45
"""At least this part of the bare loop's messages a second."""


async def measure() -> list[Row]:
    """On both databases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))  # warnings only
    logging.getLogger(SLACK_CALLS).setLevel(logging.INFO)  # as in the running bot; also for the loop with the SDK
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = await stack.enter_async_context(_slack(folder))
        rows += await _compare(f"sqlite:///{folder / 'career.sqlite3'}", "SQLite", slack)
        rows += await _compare(await stack.enter_async_context(postgres()), "PostgreSQL", slack)
    return rows


@asynccontextmanager
async def _slack(folder: Path) -> AsyncIterator[str]:
    port = free_port()
    async with child(folder, "benchmarks.fake_slack", str(port)) as slack:
        await slack.answers(f"http://127.0.0.1:{port}/count/chat.postMessage")
        yield f"http://127.0.0.1:{port}"


async def _compare(url: str, name: str, slack: str) -> list[Row]:
    database = await Database.open(url, Cipher((Fernet.generate_key().decode(),)))
    workspace_id = await database.workspace("T1", "Benchmark")
    await prepare(database, workspace_id, NUDGES)
    rates: list[tuple[float, float, float]] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack}/api/", session=session)
        messenger = SlackMessenger(client, nudge_message)
        ours_delivers = Delivery(database, {workspace_id: messenger}.get, Clocks(lambda: NOW))
        with_session = BareDelivery(database.engine, _posting(session, slack), PEOPLE_PER_BATCH, IN_FLIGHT)
        with_sdk = BareDelivery(
            database.engine, lambda body: client.chat_postMessage(**body), PEOPLE_PER_BATCH, IN_FLIGHT
        )
        await with_session.prepare(NUDGES)
        for _ in range(TURNS):
            await put_back(database)
            ours = await _rate(partial(_deliver, ours_delivers, workspace_id), session, slack)
            await with_session.put_back()
            bare = await _rate(with_session.deliver, session, slack)
            await with_sdk.put_back()
            rates.append((ours, bare, await _rate(with_sdk.deliver, session, slack)))
    await database.close()
    ours, bare, sdk = (statistics.median(turns) for turns in zip(*rates[1:], strict=True))
    what = f"Delivering {NUDGES:,} due nudges"
    verdict = at_least(ours / bare, WANTED)
    return [
        Row(
            what,
            name,
            _summary(ours),
            f"bare loop {_summary(bare)}",
            f"{ours / bare:.2f}",
            f"at least {WANTED}",
            verdict,
        ),
        Row(what, name, _summary(ours), f"bare loop that posts with the SDK {_summary(sdk)}", f"{ours / sdk:.2f}"),
    ]


def _summary(rate: float) -> str:
    return f"{rate:,.0f}/s"


def _posting(session: aiohttp.ClientSession, slack: str) -> Post:
    address, headers = f"{slack}/api/chat.postMessage", {"Authorization": f"Bearer {BOT_TOKEN}"}

    async def post(body: dict[str, Any]) -> Any:
        async with session.post(address, json=body, headers=headers) as answer:
            return await answer.json()

    return post


async def _deliver(delivery: Delivery, workspace_id: int) -> None:
    while (await delivery.deliver(workspace_id)).taken:
        pass


async def _rate(deliver: Callable[[], Awaitable[None]], session: aiohttp.ClientSession, slack: str) -> float:
    """Messages a second. Raises `AssertionError` unless exactly all of them arrived."""
    before = await _arrived(session, slack)
    started = time.perf_counter()
    await deliver()
    took = time.perf_counter() - started
    arrived = await _arrived(session, slack) - before
    assert arrived == NUDGES, f"{arrived} messages arrived instead of {NUDGES}"
    return NUDGES / took


async def _arrived(session: aiohttp.ClientSession, slack: str) -> int:
    async with session.get(f"{slack}/count/chat.postMessage") as answer:
        return int(await answer.json())
