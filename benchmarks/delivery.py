"""Delivering 2,000 due nudges, beside a bare claim–post–settle loop.

The bare loop does the least that delivering once needs: it claims rows under a lease, posts the same text and blocks,
and settles, with SQLAlchemy Core on the same engine and the same batch size, one shared HTTP session and as many
messages in flight. It plans, rechecks and renders nothing. A second one posts with Slack's SDK, as we do, which shows
how much of the difference is the SDK's. Others do the same work with one job per reminder (see `job_queues`). The fake
Slack runs in a process of its own. All take turns, so that whatever slows the machine down hits all of them; the first
turn warms up, and the median of the others counts.
"""

import logging
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
import structlog
from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.bare_delivery import BareDelivery, Post, message
from benchmarks.due_people import NOW, prepare, put_back
from benchmarks.job_queues import JobQueue, job_queues
from benchmarks.postgres import new_database, postgres
from benchmarks.support import BOT_TOKEN, Row, Verdict, at_least, child, free_port
from bot.logs import SLACK_CALLS
from bot.messenger import SlackMessenger
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.delivery import PEOPLE_PER_BATCH, Delivery
from scheduler.posting import IN_FLIGHT
from storage.database import Database
from storage.encryption import Cipher

NUDGES: Final = 2_000
OURS, BARE = "ours", "bare loop"
TURNS: Final = 5
TURNS_OF_QUEUES: Final = 3
"""Storing their jobs takes longer than running them."""

WANTED: Final = 0.45
"""At least this share of the bare loop's messages per second."""


async def measure() -> list[Row]:
    """On both databases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))  # warnings only
    logging.getLogger(SLACK_CALLS).setLevel(logging.INFO)  # as in the running bot; also for the loop with the SDK
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = await stack.enter_async_context(slack_process(folder))
        sqlite = f"sqlite:///{folder / 'career.sqlite3'}"
        rows += await _compare(sqlite, "SQLite", slack, partial(job_queues, str(folder / "jobs.sqlite3"), None))
        server = await stack.enter_async_context(postgres())
        ours = await new_database(server, "career")
        rows += await _compare(ours, "PostgreSQL", slack, partial(job_queues, "", server))
    return rows


@asynccontextmanager
async def slack_process(folder: Path) -> AsyncIterator[str]:
    """The address of a fake Slack in a process of its own."""
    port = free_port()
    async with child(folder, "benchmarks.fake_slack", str(port)) as slack:
        await slack.answers(f"http://127.0.0.1:{port}/count/chat.postMessage")
        yield f"http://127.0.0.1:{port}"


async def _compare(url: str, name: str, slack: str, queues: Callable[..., Any]) -> list[Row]:
    database = await Database.open(url, Cipher((Fernet.generate_key().decode(),)))
    workspace_id = await database.workspace("T1", "Benchmark")
    await prepare(database, workspace_id, NUDGES)
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=10)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{slack}/api/", session=session)
        delivery = Delivery(database, {workspace_id: SlackMessenger(client, nudge_message)}.get, Clocks(lambda: NOW))
        post = _posting(session, slack)
        bare = BareDelivery(database.engine, post, PEOPLE_PER_BATCH, IN_FLIGHT)
        with_sdk = BareDelivery(
            database.engine, lambda body: client.chat_postMessage(**body), PEOPLE_PER_BATCH, IN_FLIGHT
        )
        await bare.prepare(NUDGES)
        contenders = {
            OURS: (partial(put_back, database), partial(_deliver, delivery, workspace_id)),
            BARE: (bare.put_back, bare.deliver),
            "bare loop that posts with the SDK": (with_sdk.put_back, with_sdk.deliver),
        }
        peers: Sequence[JobQueue] = await stack.enter_async_context(queues(post, message(), IN_FLIGHT))
        rates: defaultdict[str, list[float]] = defaultdict(list)
        for turn in range(TURNS):
            for contender, (store, deliver) in contenders.items():
                await store()
                rates[contender].append(await _rate(deliver, session, slack))
            for peer in peers if turn < TURNS_OF_QUEUES else ():
                await peer.put_back(NUDGES)
                rates[peer.name].append(await _rate(peer.deliver, session, slack))
    await database.close()
    return _rows(name, {contender: statistics.median(turns[1:]) for contender, turns in rates.items()})


def _rows(database: str, rates: Mapping[str, float]) -> list[Row]:
    ours, rows = rates[OURS], []
    for peer, theirs in rates.items():
        ratio, is_goal = ours / theirs, peer == BARE
        wanted = f"at least {WANTED}" if is_goal else ""
        verdict = at_least(ratio, WANTED) if is_goal else Verdict.NO_GOAL
        row = Row(f"Delivering {NUDGES:,} due nudges", database, _summary(ours), f"{peer} {_summary(theirs)}",
                  f"{ratio:.2f}", wanted, verdict)  # fmt: skip
        rows += [] if peer == OURS else [row]
    return rows


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
    """Messages per second. Raises `AssertionError` unless exactly all of them arrived."""
    before = await messages_arrived(session, slack)
    started = time.perf_counter()
    await deliver()
    took = time.perf_counter() - started
    arrived = await messages_arrived(session, slack) - before
    assert arrived == NUDGES, f"{arrived} messages arrived instead of {NUDGES}"
    return NUDGES / took


async def messages_arrived(session: aiohttp.ClientSession, slack: str) -> int:
    """How many messages it has been sent."""
    async with session.get(f"{slack}/count/chat.postMessage") as answer:
        return int(await answer.json())
