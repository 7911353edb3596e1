"""Ten thousand signed requests that nearly come from Slack, sent to the whole bot over HTTP; see tests/support/fuzzing.

`python -m benchmarks.fuzzing` lists the requests that were not answered as they should be.
"""

import asyncio
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.support import Row, Verdict
from tests.support.databases import SqliteTemplate
from tests.support.fuzzing import SLOW_SECONDS, Report, fuzz

REQUESTS: Final = 10_000
SHARDS: Final = 4
SEED: Final = 1


async def measure() -> list[Row]:
    """One line: how many requests were not answered as they should be."""
    report = await _run()
    answered = ", ".join(f"{count}× {status}" for status, count in sorted(report.statuses.items()))
    return [
        Row(
            "Fuzzing", f"{REQUESTS:,} mutated signed requests", f"{len(report.faults)} faults ({answered})",
            f"slowest {report.slowest:.2f} s", wanted=f"no 5xx, no traceback, none over {SLOW_SECONDS:.0f} s",
            verdict=Verdict.MISSED if report.faults else Verdict.MET,
        )
    ]  # fmt: skip


async def _run() -> Report:
    """Spread the requests over the cores of the machine, each process with a bot and a database of its own."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        shards = [loop.run_in_executor(pool, _shard, SEED + number) for number in range(SHARDS)]
        reports = await asyncio.gather(*shards)
    return Report(
        statuses=sum((report.statuses for report in reports), Counter()),
        faults=[fault for report in reports for fault in report.faults],
        slowest=max(report.slowest for report in reports),
    )


def _shard(seed: int) -> Report:
    with TemporaryDirectory() as template, TemporaryDirectory() as folder:
        return asyncio.run(fuzz(REQUESTS // SHARDS, seed, Path(folder), SqliteTemplate(Path(template))))


if __name__ == "__main__":
    found = asyncio.run(_run())
    print("\n".join(found.faults) or "No faults.")
    sys.exit(bool(found.faults))
