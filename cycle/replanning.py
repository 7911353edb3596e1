"""Bringing the stored nudges in line with the plan: in the transaction of every change, and nightly for all."""

from datetime import datetime

from cycle.nudges import PlannedNudge, plan
from cycle.snapshot import load_snapshot
from storage.nudges import RETRYABLE_FAILURES, Nudge, NudgeState
from storage.pairs import Pair
from storage.store import Store


async def replan(store: Store, pair: Pair | int, now: datetime) -> None:
    """Insert what is missing, cancel what is stale, move what has moved. Doing it twice changes nothing."""
    pair_id = pair if isinstance(pair, int) else pair.pk
    await store.flush()
    wanted = plan(await load_snapshot(store, pair_id, now), now)
    known = await store.nudges.of_pair(pair_id, wanted.keys())
    for row in known:
        bring_in_line(row, wanted.pop(row.key, None), now)
    store.add(*(new_nudge(planned, pair_id, now) for planned in wanted.values()))
    await store.flush()


def bring_in_line(row: Nudge, planned: PlannedNudge | None, now: datetime) -> None:
    """Change a stored nudge to what is planned for its key.

    One that is sent or being sent is left alone; so is one that failed, unless the cause may have gone.
    """
    may_return = row.state is NudgeState.FAILED and row.failure in RETRYABLE_FAILURES
    if row.state is NudgeState.PLANNED and planned is None:
        row.state, row.ready_at, row.settled_at = NudgeState.CANCELLED, None, now
    elif planned is not None and (may_return or row.state in {NudgeState.PLANNED, NudgeState.CANCELLED}):
        if row.state is not NudgeState.PLANNED or row.due_at != planned.due_at:
            row.ready_at, row.planned_at = planned.due_at, now
        row.state, row.due_at, row.settled_at = NudgeState.PLANNED, planned.due_at, None


def new_nudge(planned: PlannedNudge, pair_id: int, now: datetime) -> Nudge:
    """A stored nudge for a planned one."""
    return Nudge(
        person_id=planned.person_id,
        pair_id=pair_id,
        kind=planned.kind,
        key=planned.key,
        subject_id=planned.subject_id,
        due_at=planned.due_at,
        planned_at=now,
        ready_at=planned.due_at,
    )
