"""Claiming: lock what is due, recheck each reason, and write down which messages are about to be posted.

All of it happens in one transaction, before anything is posted: a worker that dies after it leaves a trace of every
message that may have been posted.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from cycle.budget import DAYS, held_until, may_wait
from cycle.nudges import KINDS, PlannedNudge, Urgency, in_reading_order, plan, worded
from cycle.snapshot import Snapshot, SnapshotKey
from cycle.snapshot_loading import load
from scheduler.bundling import bundle, could_come, is_late
from scheduler.messenger import (
    FIND_SECONDS,
    POST_SECONDS,
    Conversation,
    MessagePart,
    MessageSize,
    Messenger,
    OutgoingMessage,
)
from scheduler.pace import Pace, Slot
from scheduler.pauses import growing
from storage.messages import NewMessage, Sent
from storage.nudges import BROKEN, Nudge, NudgeState, Transition
from storage.people import Person
from storage.store import Store

log = structlog.get_logger(__name__)

START_WITHIN: Final = timedelta(seconds=30)
"""A claimed message that has not been started within this time is put back: its reason was rechecked too long ago."""

LEASE: Final = timedelta(minutes=2)
"""How long a claim lasts: longer than starting late, posting and looking take together, and half a minute more for
Slack to show what it took. So no message is still on its way when another worker looks for it."""

PATIENCE: Final = 3
"""While a message is unconfirmed, what falls due next for that person waits, so that messages keep their order, until
looking for it has failed this often, which takes a quarter of an hour."""

MOST_ATTEMPTS: Final = 6
"""A nudge whose rule or wording raises errors, or that Slack refuses with a word we do not know, is tried this often.
With pauses from two minutes to eight hours that is most of a day: long enough for a fault of the moment."""

FIRST_RETRY: Final = timedelta(minutes=2)
LONGEST_RETRY: Final = timedelta(hours=9)
RETRY_FACTOR: Final = 4

DEACTIVATED: Final = "user_disabled"
"""Slack's own word for it."""

if START_WITHIN + timedelta(seconds=POST_SECONDS + FIND_SECONDS) >= LEASE:
    raise AssertionError("the lease has to outlast whatever is done under it")


NO_ROOM: Final = MessageSize(0, 0)

URGENT: Final = [
    frozenset(name for name, kind in KINDS.items() if kind.urgency is urgency)
    for urgency in Urgency
    if not urgency.is_held_back
]
"""The kinds that go first where more is due than can be sent at once, the most urgent before the others."""


@dataclass
class Batch:
    """What was claimed: messages to post, and what became of each nudge that was locked."""

    messages: list[OutgoingMessage] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)


@dataclass(frozen=True)
class _Plan:
    """What should exist for a pair or person now, by key; unknown for the kinds whose rule is broken."""

    wanted: dict[str, PlannedNudge]
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Ready:
    """A nudge whose reason holds, and what it says."""

    row: Nudge
    planned: PlannedNudge
    part: MessagePart
    due_at: datetime
    """When it could first have been sent."""
    late: bool
    size: MessageSize


@dataclass(frozen=True)
class _Draft:
    """A message before it is written."""

    recipient: Person
    new: NewMessage
    ready: Sequence[_Ready]

    @property
    def conversation(self) -> Conversation:
        """Where it is posted."""
        return self.new.channel or self.recipient.pk


async def claim(store: Store, now: datetime, people: int, messenger: Messenger, pace: Pace) -> Batch:
    """Claim what is due to up to `people` people, in a number of statements that does not grow with them.

    No more is claimed than the pace has slots for in the next moments, so that what comes up then waits for no more.
    """
    batch = Batch()
    room = pace.room(pace.free_from(await store.pacing.next_slot(), now), now)
    due = await store.nudges.lock_due(now, min(people, room), PATIENCE, URGENT) if room else ()
    if not due:
        return batch
    snapshots = await load(store, sorted({row.snapshot_key for row in due}), now)
    plans = _plans(due, snapshots, now)
    drafts: list[_Draft] = []
    sent = await _sent_lately(store, due, now)
    for rows in _by_person(due):
        ready: list[_Ready] = []
        for row in rows:
            measure = messenger.size if len(rows) > 1 else _unmeasured
            outcome = _recheck(row, snapshots[row.snapshot_key], plans[row.snapshot_key], now, measure)
            (ready if isinstance(outcome, _Ready) else batch.transitions).append(outcome)  # type: ignore[arg-type]
        snapshot = snapshots[rows[0].snapshot_key]
        recipient = snapshot.by_id(rows[0].person_id)
        ready, for_channels = _apart(ready)
        for channel, some in for_channels.items():
            drafts += _drafts(some, recipient, messenger.capacity, channel)
        if ready and all(_may_wait(one.row) for one in ready):
            until = held_until(recipient, sent.get(recipient.pk, ()), snapshot.calendar(recipient.pk), now)
            if until is not None:
                batch.transitions += [
                    Transition(one.row, NudgeState.PLANNED, until, is_held_back=True) for one in ready
                ]
                continue
        drafts += _drafts(ready, recipient, messenger.capacity)
    slots = await reserve(store, [draft.conversation for draft in drafts], now, pace, sent)
    await _write(store, batch, [(drafts[slot.place], slot.at) for slot in slots], now)
    return batch


async def reserve(
    store: Store, recipients: Sequence[Conversation], now: datetime, pace: Pace, sent: Mapping[int, Sequence[Sent]]
) -> list[Slot]:
    """Take slots for messages to people and channels, as far as they can be started in time; the others stay due.

    `sent` is what people got lately.
    """
    if not recipients:
        return []
    posted = {person_id: [one.posted_at for one in theirs if one.posted_at] for person_id, theirs in sent.items()}
    last: dict[Conversation, datetime] = {
        person_id: min(max(moments), now) for person_id, moments in posted.items() if moments
    }
    free_from = pace.free_from(await store.pacing.lock_next_slot(), now)
    slots, free_afterwards = pace.slots(recipients, free_from, now, now + START_WITHIN, last)
    await store.pacing.set_next_slot(free_afterwards)
    return slots


async def _sent_lately(store: Store, due: Sequence[Nudge], now: datetime) -> Mapping[int, Sequence[Sent]]:
    """What went in the last week to those to whom something is due."""
    # A day more, since the days are those of each person's own calendar.
    return await store.messages.sent_since({row.person_id for row in due}, now - DAYS - timedelta(days=1))


def _may_wait(row: Nudge) -> bool:
    return may_wait(row.kind, row.put_off_until)


def _by_person(rows: Iterable[Nudge]) -> Iterable[Sequence[Nudge]]:
    theirs: dict[int, list[Nudge]] = {}
    for row in rows:
        theirs.setdefault(row.person_id, []).append(row)
    return theirs.values()


def _plans(due: Iterable[Nudge], snapshots: Mapping[SnapshotKey, Snapshot], now: datetime) -> dict[SnapshotKey, _Plan]:
    """What should exist now for each pair or person, of the kinds that are due."""
    kinds: dict[SnapshotKey, set[str]] = {}
    for row in due:
        kinds.setdefault(row.snapshot_key, set()).add(row.kind)
    return {key: _plan(snapshot, sorted(kinds[key]), now) for key, snapshot in snapshots.items()}


def _plan(snapshot: Snapshot, kinds: Sequence[str], now: datetime) -> _Plan:
    """Plan some kinds. A rule that raises errors is broken; the others are planned without it."""
    try:
        return _Plan(plan(snapshot, now, kinds))
    except Exception:
        if len(kinds) == 1:
            log.exception("nudge.rule_broken", scope=snapshot.scope, key=snapshot.key, kind=kinds[0])
            return _Plan({}, frozenset(kinds))
    plans = [_plan(snapshot, [kind], now) for kind in kinds]
    wanted = {key: planned for one in plans for key, planned in one.wanted.items()}
    return _Plan(wanted, frozenset[str]().union(*(one.broken for one in plans)))


def _recheck(
    row: Nudge, snapshot: Snapshot, plan: _Plan, now: datetime, measure: Callable[[MessagePart], MessageSize]
) -> _Ready | Transition:
    """What to say, if the reason still holds and the person is at work; otherwise what becomes of the nudge."""
    planned = plan.wanted.get(row.key)
    if snapshot.by_id(row.person_id).deactivated:
        return Transition(row, NudgeState.FAILED, failure=DEACTIVATED)
    if row.kind in plan.broken:
        return _retry(row, now)
    if planned is None:
        return Transition(row, NudgeState.CANCELLED)
    calendar = snapshot.calendar(row.person_id)
    if planned.due_at > now:
        return Transition(row, NudgeState.PLANNED, planned.due_at, due_at=planned.due_at)
    if not calendar.is_open(now):
        return Transition(row, NudgeState.PLANNED, calendar.next_open(now))
    return _worded(row, snapshot, planned, now, measure)


def _worded(
    row: Nudge,
    snapshot: Snapshot,
    planned: PlannedNudge,
    now: datetime,
    measure: Callable[[MessagePart], MessageSize],
) -> _Ready | Transition:
    """What a nudge says; its cancellation if what it was about has gone, its retry if the wording raises errors."""
    try:
        wording = worded(snapshot, planned, snapshot.by_id(row.person_id))
        if wording is None:
            return Transition(row, NudgeState.CANCELLED)
        part = MessagePart(row.pk, row.key, wording, row.attempts)
        calendar = snapshot.calendar(row.person_id)
        due_at = could_come(row, calendar)
        return _Ready(row, planned, part, due_at, is_late(due_at, calendar, now), measure(part))
    except Exception:
        log.exception("nudge.wording_broken", nudge=row.id, kind=row.kind)
        return _retry(row, now)


def _unmeasured(_part: MessagePart) -> MessageSize:
    """A nudge by itself always fits into a message."""
    return NO_ROOM


def _retry(row: Nudge, now: datetime) -> Transition:
    """A fault of ours in one nudge delays neither the others nor, once it is fixed, this one."""
    ready_at = next_attempt(row.attempts, now)
    if ready_at is None:
        return Transition(row, NudgeState.FAILED, failure=BROKEN, faulty=True)
    return Transition(row, NudgeState.PLANNED, ready_at, faulty=True)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a nudge that has just failed is tried again, given its earlier attempts; None if it is given up."""
    if attempts + 1 >= MOST_ATTEMPTS:
        return None
    return now + growing(FIRST_RETRY, LONGEST_RETRY, attempts, RETRY_FACTOR)


def _apart(ready: Iterable[_Ready]) -> tuple[list[_Ready], Mapping[str, list[_Ready]]]:
    """What goes to the person, and what goes to each channel."""
    for_person: list[_Ready] = []
    for_channels: dict[str, list[_Ready]] = {}
    for one in ready:
        channel = one.planned.channel
        (for_person if channel is None else for_channels.setdefault(channel, [])).append(one)
    return for_person, for_channels


def _drafts(
    ready: Sequence[_Ready], recipient: Person, capacity: MessageSize, channel: str | None = None
) -> Iterable[_Draft]:
    """One message for everything, in the order in which it is read; several only where one has no room for it."""
    in_order = in_reading_order(ready, lambda one: (one.row.pair_id, one.planned))
    for together in bundle(in_order, lambda one: one.size, capacity) if ready else ():
        late, may_wait = any(one.late for one in together), all(_may_wait(one.row) for one in together)
        due_at, person_id = min(one.due_at for one in together), recipient.pk if channel is None else None
        new = NewMessage(person_id, new_public_id(), late, may_wait, due_at, channel)
        yield _Draft(recipient, new, together)


def new_public_id() -> str:
    """An id for a message that says nothing about it."""
    return uuid.uuid4().hex


async def _write(store: Store, batch: Batch, drafts: Sequence[tuple[_Draft, datetime]], now: datetime) -> None:
    """Write the messages with the slots that they have, and what became of every nudge that was locked."""
    keys = await store.messages.add([draft.new for draft, _slot in drafts], now, now + LEASE)
    for draft, slot in drafts:
        key, new = keys[draft.new.public_id], draft.new
        parts = tuple(one.part for one in draft.ready)
        batch.messages.append(
            OutgoingMessage(
                key, new.public_id, draft.recipient, parts, new.late, new.due_at,
                starts_after=slot - now, channel=new.channel,
            )
        )  # fmt: skip
        lasts = new.channel is not None  # in a channel nothing is edited
        batch.transitions += [
            Transition(one.row, NudgeState.CLAIMED, message_id=key, is_lasting=lasts) for one in draft.ready
        ]
    await store.nudges.apply(batch.transitions, now)
