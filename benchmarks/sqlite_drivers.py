"""Our driver for SQLite beside aiosqlite, through SQLAlchemy, on the same work (decision 0023)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.support import Row, at_most, milliseconds, percentile
from storage.sqlite import DRIVER

ROUNDS: Final = 5
REPEATED: Final = 200
"""In a round, for each driver."""

AT_ONCE: Final = 20
WANTED: Final = 0.67
"""The share of aiosqlite's time that our own driver may take. Where it takes more, it isn't worth keeping."""

NOTE: Final = sa.Table(
    "note", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.String, nullable=False)
)
BY_KEY: Final = sa.select(NOTE).where(NOTE.c.id == sa.bindparam("key"))
CHANGE: Final = sa.update(NOTE).where(NOTE.c.id == sa.bindparam("key")).values(text="changed")

Work = Callable[[AsyncEngine], Awaitable[object]]


async def read(engine: AsyncEngine) -> None:
    """Four reads in a transaction, as when a form opens."""
    async with engine.connect() as connection:
        for key in range(1, 5):
            (await connection.execute(BY_KEY, {"key": key})).all()


async def read_at_once(engine: AsyncEngine) -> None:
    """As many people as the pool has connections for, and more."""
    await asyncio.gather(*(read(engine) for _ in range(AT_ONCE)))


async def write(engine: AsyncEngine) -> None:
    """A read and a change, committed."""
    async with engine.begin() as connection:
        (await connection.execute(BY_KEY, {"key": 1})).all()
        await connection.execute(CHANGE, {"key": 1})


CASES: Final[dict[str, tuple[Work, int, str]]] = {
    "4 reads in a transaction": (read, 1, f"at most {WANTED}×"),
    f"the same, {AT_ONCE} at once": (read_at_once, AT_ONCE, f"at most {WANTED}×"),
    "a change, on the disk": (write, 1, ""),
}


async def measure() -> list[Row]:
    """The drivers take turns; the median of the rounds counts."""
    rows = []
    with TemporaryDirectory() as folder:
        ours = await _filled(Path(folder) / "ours.db", DRIVER)
        theirs = await _filled(Path(folder) / "theirs.db", "aiosqlite")
        for case, (work, people, wanted) in CASES.items():
            times: list[tuple[float, float]] = [
                (await _seconds(ours, work, people), await _seconds(theirs, work, people)) for _ in range(ROUNDS)
            ]
            mine, peer = (percentile(found, 50) for found in zip(*times, strict=True))
            goal = (wanted, at_most(mine / peer, WANTED)) if wanted else ()
            row = ("A driver for SQLite", case, milliseconds(mine), f"aiosqlite {milliseconds(peer)}")
            rows.append(Row(*row, f"{mine / peer:.2f}×", *goal))
        await ours.dispose()
        await theirs.dispose()
    return rows


async def _filled(file: Path, driver: str) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+{driver}:///{file}")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        await connection.run_sync(NOTE.metadata.create_all)
        await connection.execute(sa.insert(NOTE), [{"text": "kept"} for _ in range(4)])
    return engine


async def _seconds(engine: AsyncEngine, work: Work, people: int) -> float:
    """What some work takes for each of the people that it is done for."""
    started = time.perf_counter()
    for _ in range(REPEATED // people):
        await work(engine)
    return (time.perf_counter() - started) / REPEATED
