"""`python -m benchmarks`: measure everything, print one table and write it. With names: only those, and only print.

What takes longer than all the rest together is measured only by its name.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

from benchmarks import (
    burst,
    coach,
    delivery,
    due,
    fuzzing,
    kills,
    lateness,
    many_at_once,
    rates,
    replanning,
    responses,
    sqlite_drivers,
    starting,
    statements,
    table,
    workers,
    year,
)
from benchmarks.support import Row, Verdict


async def coached() -> list[Row]:
    """How the word coach judges texts it has not seen (`python -m benchmarks.coach` lists its misses)."""
    return [_of_coach(row) for row in coach.table()]


def _of_coach(row: coach.Row) -> Row:
    verdict = Verdict.NO_GOAL
    if row.target:
        verdict = Verdict.MISSED if row.note.startswith(Verdict.MISSED) else Verdict.MET
    return Row("Coach", row.name.removeprefix("coach, "), row.value, row.note, wanted=row.target, verdict=verdict)


MEASURES: dict[str, tuple[Callable[[], Awaitable[list[Row]]], float]] = {
    "starting": (starting.measure, 60),
    "statements": (statements.measure, 60),
    "sqlite_drivers": (sqlite_drivers.measure, 60),
    "responses": (responses.measure, 180),
    "rates": (rates.measure, 360),
    "many_at_once": (many_at_once.measure, 120),
    "replanning": (replanning.measure, 180),
    "replanning_a_company": (replanning.measure_company, 600),
    "delivery": (delivery.measure, 240),
    "burst": (burst.measure, 330),
    "lateness": (lateness.measure, 150),
    "workers": (workers.measure, 180),
    "kills": (kills.measure, 600),
    "due": (due.measure, 240),
    "coach": (coached, 20),
    "fuzzing": (fuzzing.measure, 240),
    "year": (year.measure, 5400),
}
"""What is measured, and the seconds after which it is given up; on a quiet machine all of it takes half an hour."""

BY_NAME_ALONE = {"year"}


async def measure(names: Sequence[str]) -> list[Row]:
    """The rows of some benchmarks."""
    rows: list[Row] = []
    for name in names:
        take, seconds = MEASURES[name]
        print(f"Measuring: {name} …", file=sys.stderr)
        try:
            async with asyncio.timeout(seconds):
                rows += await take()
        except TimeoutError:
            rows.append(Row(name, f"gave up after {seconds:.0f} s", verdict=Verdict.NOT_MEASURED))
    return rows


def main(names: Sequence[str]) -> None:
    """Measure what is named, or everything."""
    if unknown := set(names) - set(MEASURES):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}.")
    rows = asyncio.run(measure(names or [name for name in MEASURES if name not in BY_NAME_ALONE]))
    table.show(rows)
    if not names:
        table.write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
