"""Garbage collection: off while the process starts, and afterwards only over what has come since."""

import asyncio
import gc
from typing import Final

NEW_OBJECTS: Final = 5_000
"""So many more objects than before bring a collection of the young ones. A request makes some thousands and frees
nearly all of them by itself; with Python's own 700 it is interrupted several times. A higher number gains no more."""

AFTER_THE_START: Final = 0.5
"""Seconds: a probe, or the browser that opens the sandbox, asks at once and is not kept waiting."""


def pause() -> None:
    """Collect nothing: what is imported and built while a process starts stays. That is an eighth of the start."""
    gc.disable()


async def resume_soon() -> None:
    """Collect again, once the start has been answered: looking through everything takes a tenth of a second."""
    await asyncio.sleep(AFTER_THE_START)
    resume()


def resume() -> None:
    """Collect again, without looking through what there is by now.

    Otherwise each full collection looks through all of it, and a request can wait for 76 ms (measured over 900
    `/career prep`); this way the longest wait is 4 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()
