"""Claiming: taking what is due, rechecking its reason, and writing down what is about to be said.

All of it happens in one unit of work, before anything is sent: whoever dies after it leaves behind which message, with
which id, may have gone out.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from cycle.calendar import WorkingHours, hours_in
from cycle.nudges import KINDS, PlannedNudge, plan
from cycle.snapshot import PairSnapshot, load_snapshots
from scheduler.messenger import FIND_SECONDS, POST_SECONDS, Note, Parcel
from storage.nudges import Nudge, NudgeState, Step
from storage.people import Person
from storage.store import Store

log = structlog.get_logger(__name__)

START_WITHIN: Final = timedelta(seconds=30)
"""A claimed message that has not been started by then is put back: its reason was rechecked too long ago."""

LEASE: Final = timedelta(minutes=2)
"""How long a claim lasts. Nothing of it may still be on the way when somebody else looks for it: the slowest start,
the slowest answer and half a minute for Slack to show what it took all fit in."""

CLOCKS_DIFFER_BY: Final = timedelta(minutes=10)
"""How far our clock and Slack's, which dates the messages, may be apart; costs a page of history at most."""

LATE_AFTER: Final = timedelta(hours=3)
"""What could have been said this long ago, or before the present working day began, admits being late. Less would
apologise for a restart over lunch that nobody noticed."""

NOTES_A_MESSAGE: Final = 9
"""More would not fit: Slack takes 50 blocks a message, and a note that quotes takes five, its divider included."""

DEACTIVATED: Final = "user_disabled"

if START_WITHIN + timedelta(seconds=POST_SECONDS + FIND_SECONDS) >= LEASE:
    raise AssertionError("the lease has to outlast whatever is done under it")


@dataclass(frozen=True)
class Doubt:
    """A message that may have gone out: whoever was sending it never said."""

    message_id: str
    recipient: Person
    since: datetime
    nudge_ids: tuple[int, ...]


@dataclass
class Batch:
    """What was claimed: messages to post, doubts to clear up, and where every nudge that was taken stands."""

    parcels: list[Parcel] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


async def claim(store: Store, now: datetime, people: int) -> Batch:
    """Claim what is due for up to `people` persons, in a number of statements that does not grow with them."""
    batch = Batch()
    rows = await store.nudges.take_due(now, people)
    if not rows:
        return batch
    views = await load_snapshots(store, sorted({row.pair_id for row in rows}), now)
    theirs: dict[int, list[Nudge]] = {}
    kinds: dict[int, set[str]] = {}
    for row in rows:
        theirs.setdefault(row.person_id, []).append(row)
        kinds.setdefault(row.pair_id, set()).add(row.kind)
    plans = {pair_id: _plan_or_none(view, kinds[pair_id], now) for pair_id, view in views.items()}
    for person_id, due in theirs.items():
        recipient = views[due[0].pair_id].by_id(person_id)
        doubted = [row for row in due if row.message_id is not None]
        if doubted:
            # What else is due to them waits until it is known whether these were said.
            _doubt(batch, doubted, recipient, now)
            continue
        said = []
        for row in due:
            found = _recheck(row, views[row.pair_id], plans[row.pair_id], now)
            if isinstance(found, Step):
                batch.steps.append(found)
            else:
                said.append((row, found))
        _wrap(batch, said, recipient, now)
    await store.nudges.write(batch.steps, now)
    return batch


def _plan_or_none(view: PairSnapshot, kinds: Collection[str], now: datetime) -> dict[str, PlannedNudge] | None:
    try:
        return plan(view, now, kinds)
    except Exception:
        log.exception("nudge.plan_broken", pair=view.pair.id)
        return None


def _doubt(batch: Batch, rows: Sequence[Nudge], recipient: Person, now: datetime) -> None:
    """Take nudges in doubt for another lease, in which they are looked for."""
    for message_id in dict.fromkeys(str(row.message_id) for row in rows):
        together = [row for row in rows if row.message_id == message_id]
        claimed_at = min(row.ready_at or now for row in together) - LEASE
        batch.doubts.append(Doubt(message_id, recipient, claimed_at - CLOCKS_DIFFER_BY, _keys(together)))
        batch.steps += [Step(row, NudgeState.CLAIMED, now + LEASE, message_id) for row in together]


def _recheck(row: Nudge, view: PairSnapshot, wanted: Mapping[str, PlannedNudge] | None, now: datetime) -> Note | Step:
    """What to say, if the reason still holds and the person is at work; otherwise where the nudge stands instead."""
    if wanted is None:
        return _set_aside(row, now)
    me, hours = view.by_id(row.person_id), view.hours(row.person_id)
    planned = wanted.get(row.key)
    if me.deactivated:
        return Step(row, NudgeState.FAILED, failure=DEACTIVATED)
    if planned is not None and planned.due_at > now:
        return Step(row, NudgeState.PLANNED, planned.due_at, due_at=planned.due_at)
    if planned is not None and not hours.is_open(now):
        return Step(row, NudgeState.PLANNED, hours.next_open(now))
    try:
        words = KINDS[planned.kind].words(view, planned, me) if planned else None
    except Exception:
        log.exception("nudge.words_broken", nudge=row.id, kind=row.kind)
        return _set_aside(row, now)
    # Without a plan or without words, what it was about has gone.
    return Note(KINDS[planned.kind], planned, words) if planned and words else Step(row, NudgeState.CANCELLED)


def _set_aside(row: Nudge, now: datetime) -> Step:
    """A fault of ours in one nudge holds up neither the others nor, once mended, this one."""
    return Step(row, NudgeState.PLANNED, now + LEASE)


def _wrap(batch: Batch, notes: Sequence[tuple[Nudge, Note]], recipient: Person, now: datetime) -> None:
    """One message for everything; several only where it would not fit into one."""
    hours = hours_in(recipient.tz)
    for start in range(0, len(notes), NOTES_A_MESSAGE):
        some = notes[start : start + NOTES_A_MESSAGE]
        message_id = uuid.uuid4().hex
        rows, said = zip(*some, strict=True)
        late = any(is_late(row, hours, now) for row in rows)
        batch.parcels.append(Parcel(message_id, recipient, said, late, _keys(rows)))
        batch.steps += [Step(row, NudgeState.CLAIMED, now + LEASE, message_id) for row in rows]


def _keys(rows: Sequence[Nudge]) -> tuple[int, ...]:
    return tuple(row.pk for row in rows)


def is_late(row: Nudge, hours: WorkingHours, now: datetime) -> bool:
    """Whether a nudge comes noticeably later than it could have come."""
    could_come = hours.next_open(max(row.due_at, row.planned_at))
    today = hours.opening(hours.day_of(now))
    return could_come < today or now - could_come > LATE_AFTER
