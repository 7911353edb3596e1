import asyncio
from collections import Counter
from pathlib import Path

from storage.nudges import NudgeState
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, at, team
from tests.support.processes import run_together
from tests.support.worker import deliver_all

PAIRS = 250  # two briefs each: five hundred nudges


async def test_two_processes_deliver_five_hundred_nudges_each_once(
    services: Services, database_url: str, tmp_path: Path
):
    """However two processes race for the same nudges, each one is sent, and none twice."""
    nudges = await team(services.database, services.workspace_id, at(MADRID, 2026, 11, 24, 10), PAIRS)
    briefs = {nudge.key for nudge in nudges if nudge.kind == "day_before"}
    notes = tmp_path / "posted"
    await asyncio.to_thread(run_together, 2, deliver_all, database_url, services.workspace_id, services.now, notes)
    said = Counter(line.split()[1] for line in notes.read_text().splitlines())
    assert len(briefs) == PAIRS * 2
    assert said == dict.fromkeys(briefs, 1)
    assert {row.state for row in (await services.nudges()).values() if row.key in briefs} == {NudgeState.SENT}
