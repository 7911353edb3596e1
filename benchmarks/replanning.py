"""The nightly replan of a large workspace: every pair looked at, on the night on which nothing has to be written."""

import gc
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import sqlalchemy as sa
from cryptography.fernet import Fernet

from benchmarks.postgres import new_database, postgres
from benchmarks.support import Row, at_least
from cycle.replanning import replan_many
from scheduler.clocks import Clocks
from scheduler.nightly import Nightly, Run
from scheduler.replanning import AT_ONCE, Replanning
from storage.agenda import AgendaItem
from storage.commitments import Commitment
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.encryption import Cipher
from storage.pairs import Pair, PairState
from storage.people import Person

PAIRS: Final = 10_000
ITEMS: Final = 6
COMMITMENTS: Final = 4
REPORTS: Final = 8
"""Pairs per manager."""

WANTED: Final = 2_000
"""Pairs a second: a night's work on a workspace of 10,000 pairs is then done in 5 s."""

ZONES: Final = ("Europe/Madrid", "Asia/Tokyo", "America/New_York", "Europe/London", "Asia/Kathmandu")
NOW: Final = datetime(2026, 3, 17, 10, tzinfo=UTC)
LONG_AGO: Final = NOW - timedelta(days=60)
MEETS_AT: Final = NOW + timedelta(days=15)


async def measure() -> list[Row]:
    """On both databases."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        rows = await _replanned("SQLite", f"sqlite:///{folder / 'replanning.sqlite3'}")
        server = await stack.enter_async_context(postgres())
        rows += await _replanned("PostgreSQL", await new_database(server, "replanning"))
    return rows


async def _replanned(name: str, url: str) -> list[Row]:
    database = await Database.open(url, Cipher((Fernet.generate_key().decode(),)))
    workspace_id = await database.workspace("T1", "Benchmark")
    await _fill(database, workspace_id)
    gc.collect()
    gc.freeze()  # as the bot does when it has started
    first = await _insert(database, workspace_id)
    if name == "PostgreSQL":  # as its own housekeeping does after so many changes
        async with database.engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).exec_driver_sql("VACUUM ANALYZE")
    before = _reset_peak()
    wall, cpu = await _look(database, workspace_id)
    grown = _peak_megabytes() - before
    gc.unfreeze()
    await database.close()
    what, each = "Nightly replan", f"{PAIRS:,} pairs, {ITEMS} agenda items and {COMMITMENTS} commitments each"
    rate = PAIRS / wall
    verdict = at_least(rate, WANTED)
    return [
        Row(what, f"{name}, {each}", f"{rate:,.0f} pairs/s", wanted=f"{WANTED:,} pairs/s", verdict=verdict),
        Row(what, f"{name}, by our own CPU time", f"{PAIRS / cpu:,.0f} pairs/s"),
        Row(what, f"{name}, peak memory grown meanwhile", f"{grown:.1f} MB"),
        Row(what, f"{name}, planned for the first time", first),
    ]  # fmt: skip


async def _insert(database: Database, workspace_id: int) -> str:
    """Plan everything for the first time; how quickly."""
    started, written = time.perf_counter(), 0
    for start in range(1, PAIRS + 1, AT_ONCE):
        async with database.unit(workspace_id) as store:
            written += (await replan_many(store, range(start, min(start + AT_ONCE, PAIRS + 1)), NOW)).written
    return f"{PAIRS / (time.perf_counter() - started):,.0f} pairs/s, {written / PAIRS:.0f} nudges each"


async def _look(database: Database, workspace_id: int) -> tuple[float, float]:
    """The seconds, by the wall and of CPU, of a night on which everything is in line."""
    clocks = Clocks(lambda: NOW, time.monotonic)
    night = Run(Nightly(database, [], clocks), "replan", workspace_id)
    started, busy = time.perf_counter(), time.process_time()
    await Replanning(database, clocks).replan(night)
    return time.perf_counter() - started, time.process_time() - busy


def _reset_peak() -> float:
    """Let the peak begin anew; returns the memory held now, as `_peak_megabytes` does."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak_megabytes()


def _peak_megabytes() -> float:
    """The most memory held since the peak was last reset, in MB of 1,000,000 bytes (`VmHWM`, which counts in KiB)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1_000_000


async def _fill(database: Database, workspace_id: int) -> None:
    """Write people, pairs, dated discussions, agendas and commitments, in bulk; pairs have the keys from 1 on."""
    here: dict[str, Any] = {"workspace_id": workspace_id}
    keys = range(1, PAIRS + 1)
    managers = {key: PAIRS + 1 + (key - 1) // REPORTS for key in keys}
    people = [
        {**here, "id": key, "slack_id": f"U{key}", "name": f"Ana {key}", "tz": ZONES[key % len(ZONES)], "seen_at": NOW}
        for key in range(1, max(managers.values()) + 1)
    ]
    pairs = [
        {
            **here, "id": key, "employee_id": key, "manager_id": managers[key], "asked_by_id": key,
            "state": PairState.ACTIVE, "asked_at": LONG_AGO, "answered_at": LONG_AGO,
        }
        for key in keys
    ]  # fmt: skip
    discussions = [
        {
            **here, "id": key, "pair_id": key, "number": 1, "state": DiscussionState.SCHEDULED, "round": 1,
            "due_on": MEETS_AT.date(), "starts_at": MEETS_AT + timedelta(minutes=key % 300), "dated_at": LONG_AGO,
            "dated_by_id": key,
        }
        for key in keys
    ]  # fmt: skip
    items = [
        {
            **here, "pair_id": key, "discussion_id": key, "author_id": key, "text": f"What comes after step {number}",
            "position": number, "proposed_at": NOW - timedelta(days=1),
        }
        for key in keys
        for number in range(ITEMS)
    ]  # fmt: skip
    commitments = [
        {
            **here, "pair_id": key, "owner_id": managers[key] if number % 2 else key, "text": "Write the proposal",
            "due_on": (MEETS_AT + timedelta(weeks=number)).date(), "agreed_at": LONG_AGO,
        }
        for key in keys
        for number in range(COMMITMENTS)
    ]  # fmt: skip
    tables: Sequence[tuple[Any, list[dict[str, Any]]]] = (
        (Person, people), (Pair, pairs), (Discussion, discussions), (AgendaItem, items), (Commitment, commitments),
    )  # fmt: skip
    async with database.engine.begin() as connection:
        for noun, rows in tables:
            await connection.execute(sa.insert(noun), rows)
