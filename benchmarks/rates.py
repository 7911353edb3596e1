"""`/career prep` at fixed rates in an open loop, and the highest rates that one process on one core keeps up with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.apps import App, both_apps
from benchmarks.arrivals import Arrivals, arrive
from benchmarks.interactions import Make, OpenForm, submit_preparation, type_prep
from benchmarks.support import Row, Verdict, at_least, milliseconds

SECONDS_AT_RATE: Final = {20: 15.0, 50: 10.0, 100: 8.0}
"""Commands per second, and for how long they come: enough that p99 is not the very worst one."""

P99_BOUND: Final = 0.25
"""Seconds. Within a quarter of a second a modal feels immediate; an app whose queue grows is soon past it."""

FAR_OUT: Final = 4
"""A rate at which p99 is this many times the bound is not tried again."""

BACKLOG_BOUND: Final = 1.0
"""Seconds. What an app still does this long after the last effect is a backlog (our Homes are drawn afterwards)."""

STEP: Final = 1.5
"""The factor by which the rate is raised until the app does not keep up."""

HALVINGS: Final = 3
"""Of the last step: the highest rate is found to within 6 %."""

SECONDS_PER_TRY: Final = 4.0
"""An app that is 6 % too slow is past `P99_BOUND` after this long."""

SECONDS_OF_PROBE: Final = 3.0
PROBE_RATE: Final = 15.0
"""Slow enough for any app: the probe measures its processor time per request."""

FIRST_SHARE: Final = 0.6
"""The search begins with this share of the rate that the processor time allows for."""

WANTED: Final = {type_prep: 250, submit_preparation: 100}
NAMES: Final = {type_prep: "/career prep opened", submit_preparation: "Pages of preparations saved"}


@dataclass(frozen=True)
class Saturation:
    """The arrivals at the highest rate that an app kept up with, if any, and at the lowest with which it did not."""

    best: Arrivals | None
    too_fast: Arrivals

    @property
    def rate(self) -> float:
        """Requests per second; 0 where it kept up with none."""
        return self.best.rate if self.best else 0.0

    def __str__(self) -> str:
        if self.best is None:
            return f"less than {self.too_fast.rate:.0f}/s"
        limit = "at least " if self.too_fast.load_was_late else ""
        return f"{limit}{self.rate:.0f}/s (p99 {milliseconds(self.best.p(99))})"


async def measure() -> list[Row]:
    """The fixed rates, then both searches."""
    rows: list[Row] = []
    async with both_apps() as (ours, bare, forms):
        for rate, seconds in SECONDS_AT_RATE.items():
            mine = await arrive(ours, type_prep, forms, rate, seconds)
            rows += _fixed(mine, await arrive(bare, type_prep, forms, rate, seconds))
        for make in (type_prep, submit_preparation):
            mine_at_best = await _saturate(ours, make, forms)
            rows.append(_highest(make, mine_at_best, await _saturate(bare, make, forms)))
    return rows


def _fixed(ours: Arrivals, bare: Arrivals) -> list[Row]:
    what = "/career prep until the modal opens"
    rows = []
    for percent in (50, 99):
        case = f"open loop, {ours.rate:.0f}/s, p{percent}"
        if ours.load_was_late or bare.load_was_late:
            rows.append(Row(what, case, "the load was late", verdict=Verdict.NOT_MEASURED))
            continue
        mine, theirs = ours.p(percent), bare.p(percent)
        peer = f"bare Bolt app {milliseconds(theirs)}"
        rows.append(Row(what, case, milliseconds(mine), peer, f"{mine / theirs:.2f}×"))
    return rows


async def _saturate(app: App, make: Make, forms: Sequence[OpenForm]) -> Saturation:
    """The highest rate that an app keeps up with."""
    probe = await arrive(app, make, forms, PROBE_RATE, SECONDS_OF_PROBE)
    rate = FIRST_SHARE * len(probe.late) / max(probe.cpu_seconds, 0.01)
    best, too_fast = None, await _at(app, make, forms, rate)
    while _keeps_up(too_fast):
        best, rate = too_fast, rate * STEP
        too_fast = await _at(app, make, forms, rate)
    for _ in range(HALVINGS):
        found = await _at(app, make, forms, ((best.rate if best else 0.0) + too_fast.rate) / 2)
        if _keeps_up(found):
            best = found
        else:
            too_fast = found
    return Saturation(best, too_fast)


async def _at(app: App, make: Make, forms: Sequence[OpenForm], rate: float) -> Arrivals:
    """What becomes of one rate; of the second try where the first just fails, since the machine may have been busy."""
    found = await arrive(app, make, forms, rate, SECONDS_PER_TRY)
    if _keeps_up(found) or found.p(99) > FAR_OUT * P99_BOUND:
        return found
    return await arrive(app, make, forms, rate, SECONDS_PER_TRY)


def _keeps_up(found: Arrivals) -> bool:
    return not found.load_was_late and found.p(99) <= P99_BOUND and found.finished_after <= BACKLOG_BOUND


def _highest(make: Make, ours: Saturation, bare: Saturation) -> Row:
    case = f"highest rate on one core, p99 within {P99_BOUND * 1000:.0f} ms"
    return Row(
        NAMES[make], case, str(ours), f"bare Bolt app {bare}", f"{ours.rate / bare.rate:.2f}" if bare.rate else "",
        f"at least {WANTED[make]}/s", at_least(ours.rate, WANTED[make]),
    )  # fmt: skip
