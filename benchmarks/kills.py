"""Delivering thousands of due nudges while workers are killed hundreds of times, at each step of sending and at random.

What people see is counted by the Slack that receives it. The kills are in `tests.support.kills`; a short run of them is
in tests/scheduler/test_kills.py.
"""

import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.postgres import postgres
from benchmarks.support import Row, at_most
from storage.database import Database
from tests.support.databases import cipher
from tests.support.killable_worker import Kill, Step
from tests.support.kills import CONFIRMING, PEOPLE, POSTING, Workers, due_briefs
from tests.support.receiving_slack import Fault

NUDGES: Final = 5_000
CYCLES: Final = 16
"""In each, workers are killed at all steps and then at random. Together they send less than is due."""
CYCLES_ALONE: Final = 5
"""With one worker at a time, which takes longer."""
AT_RANDOM: Final = 4
"""Kills of each cycle."""
LATEST_MILLISECONDS: Final = 120
FAULTS_OF_EACH_KIND: Final = 50
"""Answers that are dropped, requests that are lost, and refusals, of which each pauses its worker."""
SEED: Final = 7


async def measure() -> list[Row]:
    """Four workers on PostgreSQL, and one on SQLite."""
    async with AsyncExitStack() as stack:
        folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
        server = await stack.enter_async_context(postgres())
        row = await _deliver(server, folders[0], "four workers on PostgreSQL", 4, CYCLES)
        return [
            row,
            await _deliver(f"sqlite:///{folders[1] / 'career.db'}", folders[1], "one on SQLite", 1, CYCLES_ALONE),
        ]


async def _deliver(url: str, folder: Path, case: str, at_once: int, cycles: int) -> Row:
    database = await Database.open(url, cipher())
    workers = Workers(url, folder, at_once, SEED)
    async with workers.running():
        due = await due_briefs(database, NUDGES // 2)
        started = time.perf_counter()
        outcome = await workers.deliver(database, _rounds(cycles), [*Fault] * FAULTS_OF_EACH_KIND)
        took = time.perf_counter() - started
    await database.close()
    lost, doubled = len(outcome.lost(due)), len(outcome.doubled())
    return Row(
        f"{len(due):,} nudges, workers killed", case, f"lost {lost}, doubled {doubled}",
        f"{outcome.killed_at.total()} kills, {outcome.faults.total()} faults of Slack's, {took:.0f} s",
        wanted="lost 0, doubled 0", verdict=at_most(lost + doubled, 0),
    )  # fmt: skip


def _rounds(cycles: int) -> list[Sequence[Kill]]:
    chance = random.Random(SEED)
    rounds: list[Sequence[Kill]] = []
    for _ in range(cycles):
        requests = {step: chance.randint(1, PEOPLE) for step in (Step.POSTING, Step.SENT, Step.ACCEPTED)}
        posting = [Kill(step, requests.get(step, 1)) for step in POSTING]
        chance.shuffle(posting)
        at_random = [Kill(Step.RANDOM, chance.randint(1, LATEST_MILLISECONDS)) for _ in range(AT_RANDOM)]
        rounds += [posting, [*(Kill(step) for step in CONFIRMING), *at_random]]
    return rounds
