"""The one table: printed, and written as Markdown."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.support import Row, Verdict

COLUMNS: Final = ("What", "Case", "Ours", "Peer or floor", "Ratio", "Wanted", "Result")
STYLES: Final = {Verdict.MET: "green", Verdict.MISSED: "bold red", Verdict.NOT_MEASURED: "yellow"}
LATEST: Final = Path(__file__).parent / "results" / "latest.md"
WIDTH: Final = 160
"""Columns where the output is no terminal, so that nothing is cut."""

NOTES: Final = """\
- The bot serves on one core; what sends the requests, and a fake Slack that takes its calls, are on the other.
- What counts is when the person sees something: when `views.open` or `views.publish` has arrived at Slack, or, for what
  is typed or submitted, the answer. Bolt looks for an answer every 10 ms, which levels the ratio of the latter.
- One client sends its next request once it has seen the effect of the one before. In the open loop requests arrive at
  random moments that are fixed beforehand; latencies count from those. The highest rate is the one up to which 99 % see
  the effect within 250 ms, for 4 seconds, and nothing is left undone a second later (both Homes are drawn afterwards).
- Each person has a preparation, a discussion in two weeks, three agenda items and three commitments; a manager has five
  reports. Processor time covers the whole process, with what it does afterwards.
- Statements leave out BEGIN and COMMIT.
- The bare delivery loop does no more than claim, post and settle, with SQLAlchemy Core, one shared aiohttp session and
  50 messages in flight. The job queues run one job per reminder with the same call; none of them rechecks the reason,
  sends once after a kill, or bundles (see `benchmarks/job_queues.py`).
- The fake Slack of the burst refuses with 429 what is beyond 300 messages in any minute, or two within a second in one
  conversation. The time counts from the moment at which everything falls due until the last message is taken.
- The workers that are killed are `career worker` processes with clocks that are put forward while nothing is on its
  way. What people see is counted by the fake Slack. Most kills are at a named step of sending, the others at random.
- Several workers deliver to 8 workspaces without Slack's rates; with two cores, more than two cannot add much.
- A nudge is late from its moment until Slack has its message.
"""


def show(rows: Sequence[Row]) -> None:
    """Print the table. Results are in words; the colour only repeats them."""
    table = Table(*COLUMNS, title="Benchmarks", caption=f"{surroundings()}. {summary(rows)}", box=box.SIMPLE_HEAD)
    before = ""
    for row in rows:
        if row.what != before:
            table.add_section()
        first = row.what if row.what != before else ""
        table.add_row(first, *_cells(row)[1:], style=STYLES.get(row.verdict))
        before = row.what
    console = Console()
    (console if console.is_terminal else Console(width=WIDTH)).print(table)


def write(rows: Sequence[Row]) -> None:
    """Write the table to `benchmarks/results/latest.md`."""
    lines = [
        "# Benchmarks",
        "",
        f"{surroundings()}. Ratios are against a peer or floor in the same run. {summary(rows)}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(f"| {' | '.join(_cells(row))} |" for row in rows),
        "",
        NOTES,
    ]
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text("\n".join(lines), encoding="utf-8")


def surroundings() -> str:
    """When and on what this was measured."""
    now = datetime.now(UTC)
    return f"{now:%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {os.cpu_count()} cores"


def summary(rows: Sequence[Row]) -> str:
    """How many goals were met."""
    counted = {verdict: sum(row.verdict is verdict for row in rows) for verdict in STYLES}
    return ", ".join(f"{number} {verdict}" for verdict, number in counted.items() if number) + "."


def _cells(row: Row) -> tuple[str, ...]:
    return (row.what, row.case, row.ours, row.peer, row.ratio, row.wanted, str(row.verdict))
