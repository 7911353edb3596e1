"""Claiming: taking what is due, rechecking its reason, and writing down what is about to be said.

All of it happens in one unit of work, before anything is sent: whoever dies after it leaves behind which message, with
which id, may have gone out.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

import structlog

from cycle.calendar import WorkingHours, hours_in
from cycle.nudges import KINDS, Planned, plan
from cycle.state import PairView, view_pairs
from scheduler.messenger import FIND_SECONDS, POST_SECONDS, Note, Parcel
from storage.nudges import Nudge, NudgeState
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

NOTES_A_MESSAGE: Final = 12
"""More than this would not fit: Slack takes 50 blocks a message, and a note takes up to four."""

DEACTIVATED: Final = "user_disabled"

if START_WITHIN + timedelta(seconds=POST_SECONDS + FIND_SECONDS) >= LEASE:
    raise AssertionError("the lease has to outlast whatever is done under it")


@dataclass(frozen=True)
class Doubt:
    """A message that may have gone out: whoever was sending it never said."""

    message_id: str
    recipient: Person
    since: datetime


@dataclass
class Batch:
    """What was claimed: messages to post, doubts to clear up, and what became of the rest."""

    parcels: list[Parcel] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    taken: int = 0
    settled: Counter[str] = field(default_factory=Counter)


async def claim(store: Store, now: datetime, people: int) -> Batch:
    """Claim what is due for up to `people` persons, in a number of queries that does not grow with them."""
    batch = Batch()
    rows = await store.nudges.take_due(now, people)
    if not rows:
        return batch
    views = await view_pairs(store, sorted({row.pair_id for row in rows}), now)
    plans = {pair_id: _plan_or_none(view, now) for pair_id, view in views.items()}
    for _person_id, group in groupby(sorted(rows, key=attrgetter("person_id")), key=attrgetter("person_id")):
        theirs = list(group)
        recipient = views[theirs[0].pair_id].by_id(theirs[0].person_id)
        doubted = [row for row in theirs if row.message_id is not None]
        if doubted:
            # What else is due to them waits until it is known whether these were said.
            batch.doubts += _doubts(doubted, recipient, now)
            batch.taken += len(doubted)
        else:
            batch.taken += len(theirs)
            notes = ((row, _recheck(row, views[row.pair_id], plans[row.pair_id], now)) for row in theirs)
            batch.parcels += _parcels([(row, note) for row, note in notes if note is not None], recipient, now)
            batch.settled.update(str(row.state) for row in theirs if row.state is not NudgeState.CLAIMED)
    store.nudges.write_together(rows)
    return batch


def _plan_or_none(view: PairView, now: datetime) -> dict[str, Planned] | None:
    try:
        return plan(view, now)
    except Exception:
        log.exception("nudge.plan_broken", pair=view.pair.id)
        return None


def _doubts(rows: Iterable[Nudge], recipient: Person, now: datetime) -> Iterator[Doubt]:
    since: dict[str, datetime] = {}
    for row in rows:
        claimed_at = (row.ready_at or now) - LEASE
        since[str(row.message_id)] = min(claimed_at, since.get(str(row.message_id), claimed_at))
        row.ready_at = now + LEASE
        row.attempts += 1
    for message_id, moment in since.items():
        yield Doubt(message_id, recipient, moment - CLOCKS_DIFFER_BY)


def _recheck(row: Nudge, view: PairView, wanted: dict[str, Planned] | None, now: datetime) -> Note | None:
    """What to say, if the reason still holds and the person is at work; otherwise the row is moved on."""
    me = view.by_id(row.person_id)
    planned = (wanted or {}).get(row.key)
    if wanted is None:
        _set_aside(row, now)
    elif me.deactivated:
        row.state, row.failure, row.ready_at, row.settled_at = NudgeState.FAILED, DEACTIVATED, None, now
    elif planned is None:
        _cancel(row, now)
    elif planned.due_at > now:
        row.state, row.due_at, row.ready_at, row.planned_at = NudgeState.PLANNED, planned.due_at, planned.due_at, now
    elif not view.hours(me.pk).is_open(now):
        row.state, row.ready_at = NudgeState.PLANNED, view.hours(me.pk).next_open(now)
    else:
        return _worded(row, planned, view, now)
    return None


def _worded(row: Nudge, planned: Planned, view: PairView, now: datetime) -> Note | None:
    kind = KINDS[planned.kind]
    try:
        words = kind.words(view, planned, view.by_id(row.person_id))
    except Exception:
        log.exception("nudge.words_broken", nudge=row.id, kind=row.kind)
        _set_aside(row, now)
        return None
    if words is None:  # what it was about has gone
        _cancel(row, now)
        return None
    return Note(kind, planned, words)


def _cancel(row: Nudge, now: datetime) -> None:
    row.state, row.ready_at, row.settled_at = NudgeState.CANCELLED, None, now


def _set_aside(row: Nudge, now: datetime) -> None:
    """A fault of ours in one nudge holds up neither the others nor, once mended, this one."""
    row.state, row.ready_at = NudgeState.PLANNED, now + LEASE


def _parcels(notes: Sequence[tuple[Nudge, Note]], recipient: Person, now: datetime) -> Iterator[Parcel]:
    """One message for everything; several only where it would not fit into one."""
    for start in range(0, len(notes), NOTES_A_MESSAGE):
        some = notes[start : start + NOTES_A_MESSAGE]
        message_id = uuid.uuid4().hex
        late = False
        for row, _note in some:
            row.state, row.message_id, row.ready_at = NudgeState.CLAIMED, message_id, now + LEASE
            row.attempts += 1
            late = late or is_late(row, hours_in(recipient.tz), now)
        yield Parcel(message_id, recipient, tuple(note for _row, note in some), late)


def is_late(row: Nudge, hours: WorkingHours, now: datetime) -> bool:
    """Whether a nudge comes noticeably later than it could have come."""
    could_come = hours.next_open(max(row.due_at, row.planned_at))
    today = hours.opening(hours.day_of(now))
    return could_come < today or now - could_come > LATE_AFTER
