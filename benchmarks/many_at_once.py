"""64 people who submit at the same moment, on either database: each of them should read that it worked, and soon."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.apps import App, NoEffect, our_app
from benchmarks.interactions import OpenForm, SlackRequest, open_home, submit_preparation, type_a_word
from benchmarks.postgres import postgres
from benchmarks.support import Row, Verdict

PEOPLE: Final = 64
TIMES: Final = 5
SLACK_WAITS: Final = 3.0
"""Seconds, after which Slack says that the app does not answer."""

LOCKED: Final = "database is locked"


async def measure() -> list[Row]:
    """On SQLite and on PostgreSQL; alone, and with as many others who type and open their Homes."""
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        urls = {
            "SQLite": f"sqlite:///{folder / 'career.sqlite3'}",
            "PostgreSQL": await stack.enter_async_context(postgres()),
        }
        for database, url in urls.items():
            async with our_app(folder, url, PEOPLE * 2) as (app, forms):
                submitting, typing = forms[:PEOPLE], forms[PEOPLE:]
                log = folder / "output.log"
                rows.append(await _row(app, database, submitting, (), log))
                rows.append(await _row(app, f"{database}, while 64 others type and open Home", submitting, typing, log))
    return rows


async def _row(
    app: App, case: str, submitting: Sequence[OpenForm], typing: Sequence[OpenForm], log: Path
) -> Row:  # fmt: skip
    slowest, sent, failures = 0.0, 0, []
    logged_before = await _locked(log)
    for _ in range(TIMES):
        requests = [submit_preparation(form) for form in submitting]
        beside = [make(form) for form in typing for make in (type_a_word, open_home)]
        answers = await asyncio.gather(*(_seconds(app, one) for one in [*requests, *beside]))
        sent += len(answers)
        failures += [answer for answer in answers if isinstance(answer, NoEffect)]
        slowest = max([slowest, *(seconds for seconds in answers[:PEOPLE] if isinstance(seconds, float))])
        await app.finish()
    locked = await _locked(log) - logged_before
    is_met = not failures and not locked and slowest <= SLACK_WAITS
    first = f": {failures[0]}"[:60] if failures else ""
    return Row(
        f"{PEOPLE} people submit at once, {TIMES} times", case, f"slowest answer {slowest:.2f} s",
        f"{len(failures)} of {sent} failed{first}, “{LOCKED}” {locked}×", "",
        f"none fails, all within {SLACK_WAITS:.0f} s", Verdict.MET if is_met else Verdict.MISSED,
    )  # fmt: skip


async def _seconds(app: App, request: SlackRequest) -> float | NoEffect:
    started = time.perf_counter()
    try:
        return await app.send(request) - started
    except NoEffect as error:
        return error


async def _locked(log: Path) -> int:
    return (await asyncio.to_thread(log.read_text, encoding="utf-8")).count(LOCKED)
