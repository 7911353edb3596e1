"""An open loop: requests leave at moments that are fixed beforehand, however long the answers take.

A loop that waits for answers sends less as soon as the app is slow, and so measures the app at the app's own pace. Here
a delay of the app delays nothing else, and every latency counts from the moment at which the request should have left.
"""

import asyncio
import gc
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Final

from benchmarks.apps import App, NoEffect
from benchmarks.interactions import Make, OpenForm, SlackRequest
from benchmarks.support import percentile

SEED: Final = 20
"""Both apps get the same arrivals."""

LATE_SECONDS: Final = 0.05
"""If 1 % of the requests left this late or later, it is the load that could not keep up."""


@dataclass
class Arrivals:
    """What became of requests that arrived at one rate."""

    rate: float
    seconds: list[float] = field(default_factory=list)
    """From the moment at which each should have left until its effect was there."""
    late: list[float] = field(default_factory=list)
    """From the moment at which each should have left until it did."""
    failures: list[str] = field(default_factory=list)
    finished_after: float = 0.0
    """Seconds after the last effect until the app had nothing left to do; infinite if it never had."""
    cpu_seconds: float = 0.0

    def p(self, percent: int) -> float:
        """A percentile of the latencies; infinite where not all requests had an effect."""
        return float("inf") if self.failures or not self.seconds else percentile(self.seconds, percent)

    @property
    def load_was_late(self) -> bool:
        """Whether the requests left too late, so that these figures say nothing about the app."""
        return percentile(self.late, 99) > LATE_SECONDS


async def arrive(app: App, make: Make, forms: Sequence[OpenForm], rate: float, seconds: float) -> Arrivals:
    """Send requests for some seconds, at random moments (a Poisson process), and wait until the app has done all."""
    moments = _moments(rate, seconds)
    requests = [make(form) for form in islice(cycle(forms), len(moments))]
    found, used = Arrivals(rate), app.process.cpu_seconds()
    with _no_collections():
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for moment, request in zip(moments, requests, strict=True):
                intended = started + moment
                await asyncio.sleep(intended - time.perf_counter())
                group.create_task(_send(app, request, intended, found))
    try:
        found.finished_after = await app.finish()
    except TimeoutError:
        found.finished_after = float("inf")
    found.cpu_seconds = app.process.cpu_seconds() - used
    return found


async def _send(app: App, request: SlackRequest, intended: float, found: Arrivals) -> None:
    found.late.append(time.perf_counter() - intended)
    try:
        found.seconds.append(await app.send(request) - intended)
    except NoEffect as error:
        found.failures.append(str(error))


def _moments(rate: float, seconds: float) -> list[float]:
    """Moments in seconds from the start, at least two."""
    chance = random.Random(SEED)
    moments = [0.0, chance.expovariate(rate)]
    while (following := moments[-1] + chance.expovariate(rate)) < seconds:
        moments.append(following)
    return moments


@contextmanager
def _no_collections() -> Iterator[None]:
    """Keep the garbage collector of the measuring process from delaying what it sends."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
