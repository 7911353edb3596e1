"""A thousand pairs all over the world through a year, and a few through two; see tests/support/year.

`python -m benchmarks.year` lists what went wrong. It takes half an hour: nobody plays it in passing.
"""

import asyncio
import logging
import resource
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from benchmarks.support import Row, Verdict
from cycle.replanning import out_of_line
from storage.due import find_due
from tests.support.databases import SqliteTemplate, opened
from tests.support.year import PLACES, Year

PAIRS: Final = 1_000
FEW_PAIRS: Final = 40
MONTH: Final = timedelta(days=30)
LOOKED_AT: Final = 0.15
"""Of the thousand pairs, each day: a tenth of all that happens in a company, and a third of the run's time."""


@dataclass(frozen=True)
class Played:
    """What came of it."""

    days: int
    year: Year
    faults: list[str]
    seconds: float

    @property
    def row(self) -> Row:
        """For the table."""
        counts, done = self.year.slack.counts, self.year.done
        happened = ", ".join(f"{done[what]:,} {words}" for what, words in HAPPENED.items())
        where = f"{len(PLACES)} zones, {len(set(PLACES.values()))} countries"
        return Row(
            f"{self.year.pairs:,} pairs through {self.days} days",
            f"{where}; {happened}; {counts['accidents']:,} accidents",
            f"{len(self.faults)} faults in {counts['messages']:,} messages",
            f"{self.seconds:.0f} s, {_megabytes():.0f} MB",
            wanted="none outside hours, on a day off, twice, over the budget, out of order; none lost",
            verdict=Verdict.MISSED if self.faults else Verdict.MET,
        )


HAPPENED: Final = {
    "goes_away": "times off", "relocates": "people who moved", "plans": "dates", "moves": "moved dates",
    "cancels": "cancelled", "wraps_up": "wrapped up", "restarts": "restarts",
}  # fmt: skip


async def measure() -> list[Row]:
    """The year of many, and the two years of a few."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return [played.row for played in (await play(PAIRS, 365, LOOKED_AT), await play(FEW_PAIRS, 730, 1.0))]


async def play(pairs: int, days: int, looked_at: float) -> Played:
    """One company, on a database of its own."""
    started = time.monotonic()
    with TemporaryDirectory() as folder, TemporaryDirectory() as template:
        migrated = await asyncio.to_thread(SqliteTemplate, Path(template))  # it has an event loop of its own
        async with opened(migrated.copy(Path(folder))) as database:
            year = Year(database, await database.workspace("T0ACME", "Acme"), pairs, looked_at=looked_at)
            await year.founds()
            await year.closes(date(2027, 12, 24), date(2027, 12, 31))
            for _ in range(days // MONTH.days):
                await year.passes(MONTH)
                took = time.monotonic() - started
                print(f"{year.now:%d %b %Y}: {dict(year.slack.counts)}, {took:.0f} s", file=sys.stderr, flush=True)
            await year.passes(timedelta(days=days % MONTH.days))
            faults = [*year.slack.faults, *await year.forgotten(), *await year.left_lying()]
            async with database.reading(year.workspace_id) as store:
                faults += [f"pair {one} is out of line" for one in await out_of_line(store, year.pair_ids, year.now)]
            faults += [f"{one.work} is still due" for one in await find_due(database, year.now)]
    return Played(days, year, faults, time.monotonic() - started)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = asyncio.run(play(PAIRS, 365, LOOKED_AT))
    print(found.row)
    print("\n".join(found.faults) or "No faults.")
    sys.exit(bool(found.faults))
