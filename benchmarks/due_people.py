"""Employees to whom exactly one nudge is due: their next discussion has no date yet."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from cycle.nudges import plan
from cycle.replanning import new_nudge
from cycle.snapshot_loading import load_snapshots
from storage.database import Database
from storage.discussions import Discussion
from storage.messages import Message
from storage.nudges import Nudge, NudgeState
from storage.pairs import Pair, PairState
from storage.people import Person

NOW: Final = datetime(2026, 3, 17, 10, tzinfo=UTC)
"""A Tuesday morning in everyone's working hours."""

DUE_ON: Final = datetime(2026, 4, 7, tzinfo=UTC).date()
"""Three weeks from then: the first of the calls for a date goes out on that Tuesday."""

KIND: Final = "schedule_next"
"""Everything else that was planned for these pairs was sent long ago."""

REPORTS: Final = 10
"""Employees per manager."""

PLANNED_AT: Final = NOW - timedelta(days=60)


async def prepare(database: Database, workspace_id: int, employees: int) -> None:
    """Save the pairs and plan their nudges, as the bot itself would."""
    await save(database, workspace_id, employees)
    async with database.unit(workspace_id) as store:
        snapshots = await load_snapshots(store, await store.pairs.by_ids(await store.pairs.current_ids()), NOW)
        calls = [
            new_nudge(planned, pair_id)
            for pair_id, snapshot in snapshots.items()
            for planned in plan(snapshot, NOW).values()
            if planned.kind == KIND
        ]
        await store.nudge_plans.insert(calls, PLANNED_AT)


async def save(database: Database, workspace_id: int, employees: int) -> None:
    """Write people, pairs and discussions, in bulk; the employees and pairs have the keys from 1 on."""
    here: dict[str, Any] = {"workspace_id": workspace_id}
    managers = {number: employees + 1 + (number - 1) // REPORTS for number in range(1, employees + 1)}
    everyone = [*managers, *dict.fromkeys(managers.values())]
    people = [{**here, "id": key, "slack_id": f"U{key}", "name": f"Ana {key}", "seen_at": NOW} for key in everyone]
    pairs = [
        {
            **here, "id": key, "employee_id": key, "manager_id": manager, "asked_by_id": key, "state": PairState.ACTIVE,
            "asked_at": PLANNED_AT, "answered_at": PLANNED_AT,
        }
        for key, manager in managers.items()
    ]  # fmt: skip
    discussions = [{**here, "pair_id": key, "number": 1, "due_on": DUE_ON} for key in managers]
    async with database.engine.begin() as connection:
        for noun, rows in ((Person, people), (Pair, pairs), (Discussion, discussions)):
            await connection.execute(sa.insert(noun), rows)


async def put_back(database: Database) -> None:
    """Make everything that was sent due again."""
    again = (
        sa.update(Nudge)
        .where(sa.column("state") == NudgeState.SENT)
        .values(state=NudgeState.PLANNED, ready_at=sa.column("due_at"), message_id=None, settled_at=None)
    )
    async with database.engine.begin() as connection:
        await connection.execute(again)
        await connection.execute(sa.delete(Message))
        await connection.execute(sa.update(Person).values(dm_channel=None))
