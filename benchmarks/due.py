"""Finding what is due among more and more that is not, of 1,000 workspaces: in all of them, and in one to claim it."""

import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import sqlalchemy as sa
from cryptography.fernet import Fernet

from benchmarks.due_people import NOW, save
from benchmarks.postgres import new_database, postgres
from benchmarks.support import Row, at_most, milliseconds
from scheduler.claiming import PATIENCE
from scheduler.delivery import PEOPLE_PER_BATCH
from storage.database import Database
from storage.due import find_due
from storage.encryption import Cipher
from storage.people import Workspace

PENDING: Final = (10_000, 100_000, 1_000_000)
PER_PERSON: Final = 10
"""Pending nudges per person, as with a date, an agenda and a few commitments ahead; the people grow with the nudges."""

WORKSPACES: Final = 1_000
DUE: Final = 50
"""In the first workspace; and as many more, in as many other workspaces."""
WANTED: Final = 1.3
"""How many times longer the largest may take than the smallest."""

CALLS: Final = 150
"""Calls for each size, in turns; the median counts."""

# Each person's nudges lie half a minute apart; the first one of each of the first persons has just fallen due. People
# beyond those of the first workspace are spread over all.
FILL: Final = """
    INSERT INTO nudge (workspace_id, person_id, pair_id, kind, key, subject_id, due_at, planned_at, ready_at, state,
                       attempts)
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {pending}),
    seconds(n, p, s) AS (SELECT n, n / {each},
                                CASE WHEN n < 2 * {first} AND n / {each} * {each} = n THEN -60 ELSE 60 + n * 30 END
                         FROM numbers)
    SELECT CASE WHEN n < {first} THEN 1 ELSE p - p / {workspaces} * {workspaces} + 1 END, p + 1, p + 1,
           'schedule_next', 'schedule_next:' || n, p + 1, {moment}, {moment}, {moment}, 'planned', 0
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
    """A database of many workspaces with this many pending nudges, 100 of them due."""
    database = await Database.open(url, Cipher((Fernet.generate_key().decode(),)))
    await save(database, await database.workspace("T1", "Benchmark"), pending // PER_PERSON)
    others = [{"team_id": f"T{number}", "name": "Benchmark"} for number in range(2, WORKSPACES + 1)]
    async with database.engine.begin() as connection:
        await connection.execute(sa.insert(Workspace), others)
    on_sqlite = database.engine.dialect.name == "sqlite"
    moment = (MOMENT_ON_SQLITE if on_sqlite else MOMENT_ON_POSTGRESQL).format(now=NOW)
    fill = FILL.format(pending=pending, first=DUE * PER_PERSON, each=PER_PERSON, workspaces=WORKSPACES, moment=moment)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(fill)
    if not on_sqlite:  # as its own housekeeping does after this many changes
        async with database.engine.connect() as connection:
            settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await settled.exec_driver_sql("VACUUM ANALYZE")
    return database


async def _grow(name: str, databases: Sequence[Database]) -> list[Row]:
    looks = {
        f"Finding the {DUE + 1} of {WORKSPACES:,} workspaces with something due": _find_anywhere,
        f"Locking {DUE} that are due in one of them": _find_in_one,
    }
    took: dict[str, list[list[float]]] = {what: [[] for _ in databases] for what in looks}
    for _ in range(CALLS):
        for what, look in looks.items():
            for database, times in zip(databases, took[what], strict=True):
                times.append(await look(database))
    for database in databases:
        await database.close()
    return [row for what, times in took.items() for row in _rows(what, name, [statistics.median(one) for one in times])]


def _rows(what: str, name: str, medians: Sequence[float]) -> list[Row]:
    smallest, *_, largest = medians
    growth = largest / smallest
    rows = [
        Row(what, f"{name}, {pending:,} pending", milliseconds(median))
        for pending, median in zip(PENDING[:-1], medians[:-1], strict=True)
    ]
    case, floor = f"{name}, {PENDING[-1]:,} pending", f"{PENDING[0]:,} pending {milliseconds(smallest)}"
    wanted = f"under {WANTED}×"
    rows.append(Row(what, case, milliseconds(largest), floor, f"{growth:.2f}×", wanted, at_most(growth, WANTED)))
    return rows


async def _find_anywhere(database: Database) -> float:
    """Seconds for the look of a tick. Raises `AssertionError` unless exactly what is due is found."""
    started = time.perf_counter()
    found = await find_due(database, NOW)
    took = time.perf_counter() - started
    assert len(found) == DUE + 1, f"{len(found)} workspaces were found instead of {DUE + 1}"
    return took


async def _find_in_one(database: Database) -> float:
    """Seconds for the look of a claim. Raises `AssertionError` unless exactly what is due is found."""
    async with database.unit(1) as store:
        started = time.perf_counter()
        found = await store.nudges.lock_due(NOW, PEOPLE_PER_BATCH, PATIENCE)
        took = time.perf_counter() - started
    assert len(found) == DUE, f"{len(found)} nudges were found due instead of {DUE}"
    return took
