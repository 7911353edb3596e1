"""The nightly replan of thousands of pairs, on one core, and the statements of a single replan.

As a program (arguments: database, workspace id, file for the figures, nights) it is one process that replans them: on
the first night everything has to be planned, on a quiet one nothing has changed, as on most nights.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from benchmarks.interactions import TEAM_ID
from benchmarks.pairs import save_pairs
from benchmarks.planned_nudges import save_nudges
from benchmarks.postgres import postgres
from benchmarks.statements import Statements
from benchmarks.support import ENCRYPTION_KEY, Row, at_least, at_most, child, cores, megabytes
from bot import garbage
from bot.clock import system_clock
from cycle.replanning import out_of_line, replan
from scheduler.clocks import Clocks
from scheduler.nightly import Nightly, Run
from scheduler.replanning import Replanning
from storage.commitments import Commitment
from storage.database import Database
from storage.encryption import Cipher

FEW, MANY = 2_000, 10_000
A_COMPANY: Final = 100_000
"""Pairs whose nudges the database writes itself, for a quiet night."""
MEGABYTES_WANTED: Final = 250.0
PAIRS_WANTED: Final = 2_000
"""Pairs per second on a night on which nothing has changed."""

MORE_MEMORY: Final = 1.2
"""The most memory that five times the pairs may take: a batch at a time is in memory, and the keys of all."""

ENDS_WITHIN: Final = 300.0
"""Seconds for the nights of one database."""
FIRST, QUIET = "first", "quiet"

COMMITMENTS: Final = 12
WARNINGS_ONLY: Final = 30


async def measure() -> list[Row]:
    """The one insert, then the nights on SQLite, and on PostgreSQL."""
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        rows.append(await _one_replan(f"sqlite:///{folder / 'one.sqlite3'}"))
        few = await _nights(folder, f"sqlite:///{folder / 'few.sqlite3'}", FEW)
        rows += _rows("SQLite", FEW, few)
        many = await _nights(folder, f"sqlite:///{folder / 'many.sqlite3'}", MANY)
        rows += [*_rows("SQLite", MANY, many), _memory("SQLite", few, many)]
        rows += _rows("PostgreSQL", MANY, await _nights(folder, await stack.enter_async_context(postgres()), MANY))
    return rows


async def measure_company() -> list[Row]:
    """A quiet night of 100,000 pairs on PostgreSQL."""
    async with postgres() as url:
        with TemporaryDirectory() as folder:
            found = await _nights(Path(folder), url, A_COMPANY, planned=True)
    what, rate, peak = f"Nightly replan of {A_COMPANY:,} pairs", A_COMPANY / found[QUIET], found["peak"]
    return [
        Row(
            what, f"PostgreSQL, nothing has changed ({found['nudges']:,.0f} nudges)", f"{rate:,.0f} pairs/s",
            wanted=f"at least {PAIRS_WANTED:,} pairs/s", verdict=at_least(rate, PAIRS_WANTED),
        ),
        Row(
            what, "PostgreSQL, most memory", f"{peak:.0f} MB", f"before {found['before']:.0f} MB",
            wanted=f"under {MEGABYTES_WANTED:.0f} MB", verdict=at_most(peak, MEGABYTES_WANTED),
        ),
    ]  # fmt: skip


async def _one_replan(url: str) -> Row:
    """How many INSERTs it takes to plan the nudges of a pair with a dozen commitments."""
    database, now = await Database.open(url, Cipher((ENCRYPTION_KEY,))), datetime.now(UTC)
    workspace_id = await database.workspace(TEAM_ID, "Benchmark")
    await save_pairs(database, workspace_id, 1, now)
    async with database.unit(workspace_id) as store:
        store.add(
            *(
                Commitment(pair_id=1, owner_id=1, text=f"Step {number}", agreed_at=now,
                           due_on=(now + timedelta(days=30 + number)).date())
                for number in range(COMMITMENTS)
            )
        )  # fmt: skip
    async with database.unit(workspace_id) as store:
        pair = await store.pairs.lock(1)
        with Statements(database.engine) as statements:
            await replan(store, pair, now)
    await database.close()
    inserts = statements.starting("INSERT INTO nudge ")
    return Row(
        f"Replanning a pair with {COMMITMENTS} commitments", "statements", f"{inserts} INSERT", str(statements),
        wanted="one INSERT", verdict=at_most(inserts, 1),
    )  # fmt: skip


async def _nights(folder: Path, url: str, pairs: int, *, planned: bool = False) -> dict[str, float]:
    """What `_replan` found, in a process of its own; on a quiet night only if everything is `planned`."""
    database, now = await Database.open(url, Cipher((ENCRYPTION_KEY,))), datetime.now(UTC)
    workspace_id = await database.workspace(TEAM_ID, "Benchmark")
    await save_pairs(database, workspace_id, pairs, now, for_planning=planned)
    nights = (QUIET,) if planned else (FIRST, QUIET)
    if planned:
        await save_nudges(database, workspace_id, pairs, now)
        async with database.reading(workspace_id) as store:
            assert await out_of_line(store, [1, pairs // 2, pairs], now) == [], "the nudges are not as planned"
    await database.close()
    figures = folder / "figures.json"
    arguments = ("benchmarks.replanning", url, str(workspace_id), str(figures), *nights)
    async with child(folder, *arguments, core=cores()[0]) as process, asyncio.timeout(ENDS_WITHIN):
        if await process.process.wait() != 0:
            raise ChildProcessError((folder / "output.log").read_text(encoding="utf-8")[-500:])
    found: dict[str, float] = json.loads(figures.read_text(encoding="ascii"))
    return found


def _rows(database: str, pairs: int, figures: dict[str, float]) -> list[Row]:
    what = f"Nightly replan of {pairs:,} pairs"
    quiet, first = pairs / figures[QUIET], pairs / figures[FIRST]
    is_goal = pairs == MANY
    row = Row(what, f"{database}, nothing has changed", f"{quiet:,.0f} pairs/s")
    if is_goal:
        wanted = f"at least {PAIRS_WANTED:,} pairs/s"
        row = Row(*(row.what, row.case, row.ours), wanted=wanted, verdict=at_least(quiet, PAIRS_WANTED))
    return [row, Row(what, f"{database}, all is new ({figures['nudges']:,.0f} nudges)", f"{first:,.0f} pairs/s")]


def _memory(database: str, few: dict[str, float], many: dict[str, float]) -> Row:
    grown = many["peak"] / few["peak"]
    return Row(
        f"Nightly replan of {MANY:,} pairs", f"{database}, most memory", f"{many['peak']:.0f} MB",
        f"{FEW:,} pairs {few['peak']:.0f} MB, before {many['before']:.0f} MB", f"{grown:.2f}×",
        f"at most {MORE_MEMORY}×", at_most(grown, MORE_MEMORY),
    )  # fmt: skip


async def _replan(url: str, workspace_id: int, nights: Sequence[str]) -> dict[str, float]:
    """Seconds of each night, and memory in MB: before, and the most during all of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS_ONLY))
    database, clocks = await Database.open(url, Cipher((ENCRYPTION_KEY,))), Clocks(system_clock)
    replanning, nightly = Replanning(database, clocks), Nightly(database, (), clocks)
    garbage.resume()  # as in a process that serves
    figures = {"before": megabytes("VmRSS")}
    for night in nights:
        started = time.perf_counter()
        await replanning.replan(Run(nightly, "replan", workspace_id))
        figures[night] = time.perf_counter() - started
    figures["peak"] = megabytes("VmHWM")
    async with database.engine.connect() as connection:
        figures["nudges"] = (await connection.exec_driver_sql("SELECT count(*) FROM nudge")).scalar_one()
    await database.close()
    return figures


if __name__ == "__main__":
    found = asyncio.run(_replan(sys.argv[1], int(sys.argv[2]), sys.argv[4:]))
    Path(sys.argv[3]).write_text(json.dumps(found), encoding="ascii")
