"""How long one person waits, beside a bare Bolt app; and the processor time that it takes.

One client sends its next request once it sees the effect of the one before. The two apps take turns, in blocks, so that
whatever slows the machine down hits both.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.apps import App, both_apps
from benchmarks.interactions import Make, OpenForm, open_home, submit_preparation, type_a_word, type_prep
from benchmarks.support import Row, Verdict, at_most, milliseconds, percentile

WANTED: Final = 3.5
"""How many times what the bare app needs the modal may take."""

BLOCKS: Final = 4
REQUESTS: Final = 60
"""In a block, for each app."""

PREP: Final = "/career prep until the modal opens"
CASES: Final[tuple[tuple[str, Make], ...]] = (
    (PREP, type_prep),
    ("A keystroke until it is saved", type_a_word),
    ("Home until it is published", open_home),
    ("Saving a page until the next one shows", submit_preparation),
)


@dataclass
class Times:
    """Of one app: seconds per request, and the processor time that all of them took."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def cpu_per_request(self) -> float:
        """Processor seconds, with what the app does in the background afterwards."""
        return self.cpu_seconds / len(self.seconds)


async def measure() -> list[Row]:
    """Each kind of request."""
    rows: list[Row] = []
    async with both_apps() as (ours, bare, forms):
        for what, make in CASES:
            rows += _rows(what, *await _in_turns((ours, bare), make, forms))
    return rows


async def _in_turns(apps: Sequence[App], make: Make, forms: Sequence[OpenForm]) -> list[Times]:
    times = [Times() for _ in apps]
    for block in range(BLOCKS):
        in_order = list(zip(apps, times, strict=True))
        people = forms[block * REQUESTS % len(forms) :][:REQUESTS]
        for app, of_app in in_order if block % 2 else reversed(in_order):
            await _block(app, make, people, of_app)
    return times


async def _block(app: App, make: Make, people: Sequence[OpenForm], times: Times) -> None:
    used = app.process.cpu_seconds()
    for form in people:
        request = make(form)
        started = time.perf_counter()
        times.seconds.append(await app.send(request) - started)
    await app.finish()
    times.cpu_seconds += app.process.cpu_seconds() - used


def _rows(what: str, ours: Times, bare: Times) -> list[Row]:
    rows = []
    for percent in (50, 99):
        mine, theirs = percentile(ours.seconds, percent), percentile(bare.seconds, percent)
        is_wanted = what == PREP and percent == 50
        rows.append(
            Row(
                what, f"1 client, p{percent}", milliseconds(mine), f"bare Bolt app {milliseconds(theirs)}",
                f"{mine / theirs:.2f}×", f"at most {WANTED}×" if is_wanted else "",
                at_most(mine / theirs, WANTED) if is_wanted else Verdict.NO_GOAL,
            )
        )  # fmt: skip
    mine, theirs = ours.cpu_per_request, bare.cpu_per_request
    peer = f"bare Bolt app {milliseconds(theirs)}"
    return [*rows, Row(what, "1 client, processor time", milliseconds(mine), peer, f"{mine / theirs:.2f}×")]
