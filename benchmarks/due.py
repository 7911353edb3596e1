"""Finding what is due among more and more that is not: the claim query of `storage.nudges`, with 50 due."""

import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.fernet import Fernet

from benchmarks.due_people import NOW, save
from benchmarks.postgres import new_database, postgres
from benchmarks.support import Row, at_most, milliseconds
from scheduler.claiming import PATIENCE
from scheduler.delivery import PEOPLE_PER_BATCH
from storage.database import Database
from storage.encryption import Cipher

PENDING: Final = (10_000, 100_000, 1_000_000)
PER_PERSON: Final = 10
"""Pending nudges per person, as with a date, an agenda and a few commitments ahead; the people grow with the nudges."""

DUE: Final = 50
WANTED: Final = 1.5
"""How many times longer the largest may take than the smallest."""

CALLS: Final = 150
"""Calls for each size, in turns; the median counts."""

# Each person's nudges lie half a minute apart; the first one of each of the first persons has just fallen due.
FILL: Final = """
    INSERT INTO nudge (workspace_id, person_id, pair_id, kind, key, subject_id, due_at, planned_at, ready_at, state,
                       attempts)
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {pending}),
    seconds(n, s) AS (SELECT n, CASE WHEN n < {first} AND n / {each} * {each} = n THEN -60 ELSE 60 + n * 30 END
                      FROM numbers)
    SELECT 1, n / {each} + 1, n / {each} + 1, 'schedule_next', 'schedule_next:' || n, n / {each} + 1,
           {moment}, {moment}, {moment}, 'planned', 0
    FROM seconds
"""
MOMENT_ON_SQLITE: Final = "strftime('%Y-%m-%d %H:%M:%f000', '{now:%Y-%m-%d %H:%M:%S}', s || ' seconds')"
MOMENT_ON_POSTGRESQL: Final = "timestamptz '{now:%Y-%m-%d %H:%M:%S}+00' + s * interval '1 second'"


async def measure() -> list[Row]:
    """On both databases."""
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        urls = [f"sqlite:///{folder / f'{pending}.sqlite3'}" for pending in PENDING]
        rows += await _grow("SQLite", [await _filled(url, pending) for url, pending in zip(urls, PENDING, strict=True)])
        server = await stack.enter_async_context(postgres())
        urls = [await new_database(server, f"due_{pending}") for pending in PENDING]
        rows += await _grow(
            "PostgreSQL", [await _filled(url, pending) for url, pending in zip(urls, PENDING, strict=True)]
        )
    return rows


async def _filled(url: str, pending: int) -> Database:
    """A database of the workspace 1 with this many pending nudges, 50 of them due."""
    database = await Database.open(url, Cipher((Fernet.generate_key().decode(),)))
    await save(database, await database.workspace("T1", "Benchmark"), pending // PER_PERSON)
    on_sqlite = database.engine.dialect.name == "sqlite"
    moment = (MOMENT_ON_SQLITE if on_sqlite else MOMENT_ON_POSTGRESQL).format(now=NOW)
    fill = FILL.format(pending=pending, first=DUE * PER_PERSON, each=PER_PERSON, moment=moment)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(fill)
    if not on_sqlite:  # as its own housekeeping does after this many changes
        async with database.engine.connect() as connection:
            settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await settled.exec_driver_sql("VACUUM ANALYZE")
    return database


async def _grow(name: str, databases: Sequence[Database]) -> list[Row]:
    took: list[list[float]] = [[] for _ in databases]
    for _ in range(CALLS):
        for database, times in zip(databases, took, strict=True):
            times.append(await _find(database))
    for database in databases:
        await database.close()
    smallest, *_, largest = medians = [statistics.median(times) for times in took]
    growth = largest / smallest
    rows = [
        Row("Finding 50 that are due", f"{name}, {pending:,} pending", milliseconds(median))
        for pending, median in zip(PENDING[:-1], medians[:-1], strict=True)
    ]
    case, floor = f"{name}, {PENDING[-1]:,} pending", f"{PENDING[0]:,} pending {milliseconds(smallest)}"
    wanted = f"under {WANTED}×"
    what = rows[0].what
    rows.append(Row(what, case, milliseconds(largest), floor, f"{growth:.2f}×", wanted, at_most(growth, WANTED)))
    return rows


async def _find(database: Database) -> float:
    """Seconds for one look. Raises `AssertionError` unless exactly what is due is found."""
    async with database.unit(1) as store:
        started = time.perf_counter()
        found = await store.nudges.lock_due(NOW, PEOPLE_PER_BATCH, PATIENCE)
        took = time.perf_counter() - started
    assert len(found) == DUE, f"{len(found)} nudges were found due instead of {DUE}"
    return took
