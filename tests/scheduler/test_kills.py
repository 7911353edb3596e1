"""Workers are killed at every step of sending a message, and everyone sees everything once (docs/delivery-contract.md).

`python -m benchmarks kills` does the same with thousands of nudges and hundreds of kills.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.databases import PostgresTemplate, SqliteTemplate, opened
from tests.support.killable_worker import Kill, Step
from tests.support.kills import CONFIRMING, POSTING, Workers, due_briefs
from tests.support.receiving_slack import Fault

SEED = 1
SECONDS = 240
FAULTS = (Fault.DROPPED, Fault.LOST, Fault.UNAVAILABLE, Fault.RATE_LIMITED)


async def deliver_with_kills(
    url: str, folder: Path, pairs: int, at_once: int, rounds: Sequence[Sequence[Kill]]
) -> None:
    """Deliver two nudges per pair while workers are killed. Everyone sees each once."""
    workers = Workers(url, folder, at_once, SEED)
    async with asyncio.timeout(SECONDS), opened(url) as database, workers.running():
        due = await due_briefs(database, pairs)
        outcome = await workers.deliver(database, rounds, FAULTS)
    assert len(due) == 2 * pairs
    assert (outcome.lost(due), outcome.doubled()) == ([], [])
    assert outcome.killed_at == Counter(kill.step for kills in rounds for kill in kills)
    assert outcome.faults == dict.fromkeys(FAULTS, 1)


@pytest.mark.postgres
async def test_four_workers_on_postgresql_are_killed_at_each_step_and_all_is_seen_once(
    postgres_template: PostgresTemplate, tmp_path: Path
):
    """Whatever a worker was just doing when it was killed, beside others, nothing is lost and nothing comes twice."""
    posting = [Kill(step, 2 if step in {Step.POSTING, Step.SENT, Step.ACCEPTED} else 1) for step in POSTING]
    rounds = [posting, [Kill(step) for step in CONFIRMING] + [Kill(Step.RANDOM, moment) for moment in (30, 80)]]
    url = postgres_template.copy(tmp_path)
    await deliver_with_kills(url, tmp_path, pairs=150, at_once=4, rounds=rounds)
    postgres_template.give_back(url)


async def test_a_worker_on_sqlite_is_killed_at_some_steps_and_all_is_seen_once(
    sqlite_template: SqliteTemplate, tmp_path: Path
):
    """The same where one process after the other is killed."""
    steps = (Step.CLAIMED, Step.SENT, Step.ACCEPTED, Step.SETTLING, Step.LOOKED)
    url = sqlite_template.copy(tmp_path)
    await deliver_with_kills(url, tmp_path, pairs=50, at_once=1, rounds=[[Kill(step)] for step in steps])
