"""Processes of their own, that have to end well and in time."""

import multiprocessing
from collections.abc import Callable
from typing import Any

SECONDS = 40


def run_together(count: int, target: Callable[..., None], *args: Any) -> None:
    """Run a function in several new processes at the same moment; it is given a barrier to begin at."""
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(count)
    processes = [context.Process(target=target, args=(*args, together)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS)
    unfinished = [process for process in processes if process.is_alive()]
    for process in unfinished:
        process.kill()
    assert not unfinished
    assert [process.exitcode for process in processes] == [0] * count
