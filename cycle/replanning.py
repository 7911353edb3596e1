"""Replanning: bringing the stored nudges in line with the plan, in the transaction of every change and nightly for all.

The nudges of a pair, and of an opportunity, follow from what its lock covers, so every change replans them. Those of a
person beyond pairs are planned nightly: none of them is urgent, and delivering rechecks the reason of each.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from cycle import sent_nudges
from cycle.nudges import EVER, PlannedNudge, plan
from cycle.snapshot import OpportunitySnapshot, PairSnapshot, PersonSnapshot
from cycle.snapshot_loading import (
    load_for_planning,
    load_opportunity_snapshots,
    load_persons_for_planning,
    load_snapshot,
)
from storage.nudge_plans import ChangedNudge, LiveNudge, NewNudge, RewordedNudge, StoredNudge
from storage.nudges import RETRYABLE_FAILURES, NudgeScope, NudgeState
from storage.pairs import Pair
from storage.store import Store

SnapshotT = TypeVar("SnapshotT", PairSnapshot, PersonSnapshot, OpportunitySnapshot)
Plan = Mapping[str, PlannedNudge]


class LiveOf(Protocol):
    """Finds what still has something to press, of some owners of one kind, as far as it was sent since a moment."""

    async def __call__(self, owner_ids: Collection[int], since: datetime, /, *, unasked: bool) -> list[LiveNudge]:
        """As `storage.nudge_plans.NudgePlans.live_of_pairs`."""


# Most nudges of a pair lie months ahead. A night looks at those of the next weeks, so each is looked at on many nights
# before it is due, and half of the work is saved.
LOOKED_AHEAD = timedelta(weeks=5)


@dataclass
class Difference:
    """What has to be written so that the stored nudges are as planned, and whose nudges these are."""

    new: list[NewNudge] = field(default_factory=list)
    changed: list[ChangedNudge] = field(default_factory=list)
    owners: set[int] = field(default_factory=set)  # pairs, persons or opportunities
    reworded: list[RewordedNudge] = field(default_factory=list)
    messages: set[int] = field(default_factory=set)  # to be edited, by key

    async def write(self, store: Store, now: datetime) -> int:
        """Write it, in a number of statements that does not grow with it; how many nudges that were."""
        await store.nudge_plans.insert(self.new, now)
        await store.nudge_plans.change(self.changed, now)
        await store.nudge_plans.reword(self.reworded, now)
        await store.messages.ask_for_edits(self.messages, now + sent_nudges.EDIT_AFTER)
        return len(self.new) + len(self.changed) + len(self.reworded)

    def reword(self, snapshot: PairSnapshot, wanted: Plan, live: Sequence[LiveNudge]) -> None:
        """Say what can be said by editing a message in that message, rather than in another one."""
        self.reworded = sent_nudges.rewordings(snapshot, self.new, wanted, live)
        elsewhere = {one.new.key for one in self.reworded}
        self.new = [one for one in self.new if one.key not in elsewhere]
        self.messages |= {one.instead_of.message_id for one in self.reworded}


@dataclass(frozen=True)
class Replanned:
    """What came of replanning many at once: how many nudges were written, and which pairs or persons failed."""

    written: int = 0
    failed: Mapping[int, Exception] = field(default_factory=dict)


async def replan(store: Store, pair: Pair, now: datetime, snapshot: PairSnapshot | None = None) -> None:
    """Bring the nudges of a locked pair in line. Doing it twice changes nothing.

    A `snapshot` that was loaded since the change saves loading it here.
    """
    await store.flush()
    snapshot = snapshot or await load_snapshot(store, pair, now)
    wanted = plan(snapshot, now)
    stored, live = await store.nudge_plans.of_pair(pair.pk, wanted.keys(), sent_nudges.edited_since(now))
    found = difference({pair.pk: wanted}, stored, now)
    if live:
        found.reword(snapshot, wanted, live)
        found.messages |= {one.message_id for one in sent_nudges.settled(snapshot, live).values()}
    await found.write(store, now)


async def out_of_line(store: Store, pair_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of some pairs whose stored nudges are not as planned, or whose plan fails; reads only.

    On most nights nearly all are in line, so that looking first spares their locks. It looks at what is due within
    `LOOKED_AHEAD`: the rest has many nights left.
    """
    snapshots = await load_for_planning(store, pair_ids, now)
    plans, failed = _plan_each(snapshots, now, now + LOOKED_AHEAD)
    stored = await store.nudge_plans.planned_of_pairs(plans.keys(), now + LOOKED_AHEAD)
    if unplanned := _keys_besides(plans, stored):
        stored += await store.nudge_plans.of_pairs_with_keys(unplanned)
    owners = difference(plans, stored, now).owners | failed.keys()
    live = await store.nudge_plans.live_of_pairs(plans.keys(), sent_nudges.edited_since(now), unasked=True)
    return sorted(owners | {one.owner_id for one in _settled(snapshots, live)})


async def replan_many(store: Store, pair_ids: Sequence[int], now: datetime) -> Replanned:
    """Lock some pairs and bring their nudges in line, in a number of statements that does not grow with them.

    A pair whose plan fails is left as it is. Everything about these pairs is in memory meanwhile: call it for a few
    hundred at a time.
    """
    await store.pairs.lock_all(pair_ids)
    plans = store.nudge_plans
    return await _bring_all_in_line(
        store, await load_for_planning(store, pair_ids, now), now,
        plans.planned_of_pairs, plans.of_pairs_with_keys, plans.live_of_pairs,
    )  # fmt: skip


async def replan_people(store: Store, person_ids: Sequence[int], now: datetime) -> Replanned:
    """Lock some persons and bring their own nudges, beyond any one pair, in line. Otherwise as `replan_many`."""
    await store.people.lock(*person_ids)
    plans = store.nudge_plans
    return await _bring_all_in_line(
        store, await load_persons_for_planning(store, person_ids, now), now,
        plans.planned_of_persons, plans.of_persons_with_keys, plans.live_of_persons,
    )  # fmt: skip


async def replan_opportunities(store: Store, opportunity_ids: Collection[int], now: datetime) -> Replanned:
    """Lock some opportunities and bring their nudges in line. Otherwise as `replan_many`."""
    await store.flush()
    await store.opportunities.lock_all(opportunity_ids)
    plans = store.nudge_plans
    return await _bring_all_in_line(
        store, await load_opportunity_snapshots(store, opportunity_ids, now), now,
        plans.planned_of_opportunities, plans.of_opportunities_with_keys, plans.live_of_opportunities,
    )  # fmt: skip


async def _bring_all_in_line(
    store: Store,
    snapshots: Mapping[int, SnapshotT],
    now: datetime,
    planned_of: Callable[[Collection[int]], Awaitable[list[StoredNudge]]],
    with_keys: Callable[[Collection[str]], Awaitable[list[StoredNudge]]],
    live_of: LiveOf,
) -> Replanned:
    """Plan each snapshot, and write what is different from what is stored."""
    plans, failed = _plan_each(snapshots, now)
    stored = await planned_of(plans.keys())
    if unplanned := _keys_besides(plans, stored):
        stored += await with_keys(unplanned)
    found = difference(plans, stored, now)
    live = await live_of(plans.keys(), sent_nudges.edited_since(now), unasked=True)
    found.messages = {one.message_id for one in _settled(snapshots, live)}
    return Replanned(await found.write(store, now), failed)


def _settled(snapshots: Mapping[int, SnapshotT], live: Iterable[LiveNudge]) -> list[LiveNudge]:
    """Those nudges of many pairs or persons, out of all that have something to press, that are settled for good.

    One that may have a next step in its message was looked at when that was offered, and the night does not end it.
    """
    theirs: dict[int, list[LiveNudge]] = {}
    for one in live:
        theirs.setdefault(one.owner_id, []).append(one)
    return [
        one
        for owner_id, some in theirs.items()
        for one in sent_nudges.settled(snapshots[owner_id], some).values()
        if not sent_nudges.offers_next(snapshots[owner_id], one)
    ]


def _plan_each(
    snapshots: Mapping[int, SnapshotT], now: datetime, due_before: datetime = EVER
) -> tuple[dict[int, Plan], dict[int, Exception]]:  # fmt: skip
    """The plan of each, and the error of each whose plan fails: a fault in one does not affect the others."""
    plans: dict[int, Plan] = {}
    failed: dict[int, Exception] = {}
    for owner_id, snapshot in snapshots.items():
        try:
            plans[owner_id] = plan(snapshot, now, due_before=due_before)
        except Exception as error:  # noqa: BLE001 - it is handed on
            failed[owner_id] = error
    return plans, failed


def _keys_besides(plans: Mapping[int, Plan], stored: Iterable[StoredNudge]) -> set[str]:
    """The keys that are wanted but not stored as planned: new, on their way, sent, cancelled or failed."""
    return {key for wanted in plans.values() for key in wanted}.difference(row.key for row in stored)


def difference(plans: Mapping[int, Plan], stored: Iterable[StoredNudge], now: datetime) -> Difference:
    """What to write, given the plans of pairs or persons by key, and what is stored of them. Pure."""
    found = Difference()
    missing = {owner_id: dict(wanted) for owner_id, wanted in plans.items()}
    for row in stored:
        planned = missing[row.owner_id].pop(row.key, None)
        change = bring_in_line(row, planned, now)
        if change is not None:
            found.changed.append(change)
            found.owners.add(row.owner_id)
    for owner_id, wanted in missing.items():
        found.new += [new_nudge(planned, owner_id) for planned in wanted.values()]
        if wanted:
            found.owners.add(owner_id)
    return found


def bring_in_line(row: StoredNudge, planned: PlannedNudge | None, now: datetime) -> ChangedNudge | None:
    """What becomes of a stored nudge, given what is planned under its key; None where it stays as it is.

    What was sent, or is being sent, stays. So does what failed, unless the cause may have gone; and what delivery has
    put back, whose moment is delivery's to say, also where a wrong clock has put it back (`Nudges.undo_wrong_clock`).
    """
    is_planned = row.state is NudgeState.PLANNED
    if planned is None:
        return ChangedNudge(row.id, row.due_at, None) if is_planned else None
    may_come_back = row.state is NudgeState.CANCELLED or (
        row.state is NudgeState.FAILED and row.failure in RETRYABLE_FAILURES
    )
    if may_come_back or (is_planned and row.due_at != planned.due_at):
        return ChangedNudge(row.id, planned.due_at, planned.due_at, planned_at=now)
    return None


def new_nudge(planned: PlannedNudge, owner_id: int) -> NewNudge:
    """A planned nudge of a pair, person or opportunity, as it is stored."""
    return NewNudge(
        person_id=planned.person_id,
        scope=planned.scope,
        pair_id=owner_id if planned.scope is NudgeScope.PAIR else None,
        opportunity_id=owner_id if planned.scope is NudgeScope.TEAM else None,
        kind=planned.kind,
        stage=planned.stage,
        key=planned.key,
        subject_id=planned.subject_id,
        round=planned.round,
        due_at=planned.due_at,
    )
