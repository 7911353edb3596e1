"""Delivering 2,000 due nudges, beside a bare claim–post–settle loop.

The bare loop does the least that delivering once needs: it claims rows under a lease, posts the same text and blocks,
and settles, with SQLAlchemy Core on the same engine and the same batch size, one shared HTTP session and as many
messages in flight. It plans, rechecks and renders nothing. The fake Slack runs in a process of its own. The two take
turns, so that whatever slows the machine down hits both; the first turn warms up, and the median of the others counts.
"""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp
import structlog
from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.bare_delivery import BareDelivery
from benchmarks.due_people import NOW, prepare, put_back
from benchmarks.postgres import postgres
from benchmarks.support import BOT_TOKEN, Row, at_least, child, free_port
from bot.messenger import SlackMessenger
from handlers.views import nudge_message
from scheduler.delivering import IN_FLIGHT, PEOPLE_A_BATCH, Deliverer
from storage.database import Database
from storage.encryption import Seal

NUDGES: Final = 2_000
TURNS: Final = 5
WANTED: Final = 0.5
"""At least this part of the bare loop's messages a second."""


async def measure() -> list[Row]:
    """On both databases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))  # warnings only
    rows = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = await stack.enter_async_context(_slack(folder))
        rows.append(await _compare(f"sqlite:///{folder / 'career.sqlite3'}", "SQLite", slack))
        rows.append(await _compare(await stack.enter_async_context(postgres()), "PostgreSQL", slack))
    return rows


@asynccontextmanager
async def _slack(folder: Path) -> AsyncIterator[str]:
    port = free_port()
    async with child(folder, "benchmarks.fake_slack", str(port)) as slack:
        await slack.answers(f"http://127.0.0.1:{port}/count/chat.postMessage")
        yield f"http://127.0.0.1:{port}"


async def _compare(url: str, name: str, slack: str) -> Row:
    database = await Database.open(url, Seal((Fernet.generate_key().decode(),)))
    workspace_id = await database.workspace("T1", "Benchmark")
    await prepare(database, workspace_id, NUDGES)
    rates: list[tuple[float, float]] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack}/api/", session=session)
        messenger = SlackMessenger(client, lambda parcel: nudge_message.render(parcel.notes, late=parcel.late))
        bare = BareDelivery(database.engine, session, f"{slack}/api/chat.postMessage", PEOPLE_A_BATCH, IN_FLIGHT)
        await bare.prepare(NUDGES)

        async def deliver() -> None:
            deliverer = Deliverer(database, workspace_id, messenger)
            while (await deliverer.deliver(NOW)).taken:
                pass

        for _ in range(TURNS):
            await put_back(database)
            our_rate = await _rate(deliver, session, slack)
            await bare.put_back()
            rates.append((our_rate, await _rate(bare.deliver, session, slack)))
    await database.close()
    ours, floor = (statistics.median(turns) for turns in zip(*rates[1:], strict=True))
    return Row(
        f"Delivering {NUDGES:,} due nudges",
        name,
        f"{ours:,.0f}/s",
        f"bare loop {floor:,.0f}/s",
        f"{ours / floor:.2f}",
        f"at least {WANTED}",
        at_least(ours / floor, WANTED),
    )


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
