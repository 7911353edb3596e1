"""The nightly replan of thousands of pairs, on one core, and the statements of a single replan.

As a program (arguments: database, workspace id, file for the figures) it is one process that replans them twice: on the
first night everything has to be planned, on the second nothing has changed, as on most nights.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from benchmarks.interactions import TEAM_ID
from benchmarks.pairs import save_pairs
from benchmarks.postgres import postgres
from benchmarks.statements import Statements
from benchmarks.support import ENCRYPTION_KEY, Row, at_least, at_most, child, cores, megabytes
from bot.clock import system_clock
from cycle.replanning import replan
from scheduler.clocks import Clocks
from scheduler.nightly import Nightly, Run
from scheduler.replanning import Replanning
from storage.commitments import Commitment
from storage.database import Database
from storage.encryption import Cipher

FEW, MANY = 2_000, 10_000
PAIRS_WANTED: Final = 2_000
"""Pairs per second on a night on which nothing has changed."""

MORE_MEMORY: Final = 1.2
"""The most memory that five times the pairs may take: a batch at a time is in memory, and the keys of all."""

ENDS_WITHIN: Final = 150.0
"""Seconds for the two nights of one database."""

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


async def _nights(folder: Path, url: str, pairs: int) -> dict[str, float]:
    """What `_replan_twice` found, in a process of its own."""
    database = await Database.open(url, Cipher((ENCRYPTION_KEY,)))
    workspace_id = await database.workspace(TEAM_ID, "Benchmark")
    await save_pairs(database, workspace_id, pairs, datetime.now(UTC))
    await database.close()
    figures = folder / "figures.json"
    arguments = ("benchmarks.replanning", url, str(workspace_id), str(figures))
    async with child(folder, *arguments, core=cores()[0]) as process, asyncio.timeout(ENDS_WITHIN):
        if await process.process.wait() != 0:
            raise ChildProcessError((folder / "output.log").read_text(encoding="utf-8")[-500:])
    found: dict[str, float] = json.loads(figures.read_text(encoding="ascii"))
    return found


def _rows(database: str, pairs: int, figures: dict[str, float]) -> list[Row]:
    what = f"Nightly replan of {pairs:,} pairs"
    quiet, first = pairs / figures["quiet"], pairs / figures["first"]
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


async def _replan_twice(url: str, workspace_id: int) -> dict[str, float]:
    """Seconds of either night, and memory in MB: before, and the most during both."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS_ONLY))
    database, clocks = await Database.open(url, Cipher((ENCRYPTION_KEY,))), Clocks(system_clock)
    replanning, nightly = Replanning(database, clocks), Nightly(database, (), clocks)
    figures = {"before": megabytes("VmRSS")}
    for night in ("first", "quiet"):
        started = time.perf_counter()
        await replanning.replan(Run(nightly, "replan", workspace_id))
        figures[night] = time.perf_counter() - started
    figures["peak"] = megabytes("VmHWM")
    async with database.engine.connect() as connection:
        figures["nudges"] = (await connection.exec_driver_sql("SELECT count(*) FROM nudge")).scalar_one()
    await database.close()
    return figures


if __name__ == "__main__":
    found = asyncio.run(_replan_twice(sys.argv[1], int(sys.argv[2])))
    Path(sys.argv[3]).write_text(json.dumps(found), encoding="ascii")
