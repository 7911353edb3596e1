"""Editing: messages that were sent say what became of what they are about (docs/delivery-contract.md).

What a message should say follows from the state of the moment, and saying it twice changes nothing. So an edit whose
outcome is unknown is simply repeated, and a change during an edit has the message edited once more.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import structlog

from cycle import sent_nudges
from cycle.nudges import called_for, worded
from cycle.nudges.kind import key_of
from cycle.putting_off import comes_again
from cycle.snapshot import Snapshot, SnapshotKey
from cycle.snapshot_loading import load
from scheduler.claiming import LEASE, MOST_ATTEMPTS, START_WITHIN
from scheduler.clocks import Clocks
from scheduler.confirmation import LONGEST_LOOK_AGAIN, LOOK_AGAIN
from scheduler.messenger import (
    EDIT_SECONDS,
    EditedMessage,
    EditedPart,
    InstallationFault,
    Messenger,
    MessengerOf,
    NotPosted,
    TryLater,
    Unknown,
)
from scheduler.pauses import Pauses, growing
from scheduler.posting import INSTALLATION_RETRY, LONGEST_PAUSE, SHORTEST_PAUSE
from storage.database import Database
from storage.due import LONGEST_EDIT_WAIT
from storage.messages import Message
from storage.nudge_plans import LiveNudge
from storage.nudges import Nudge, NudgeScope, NudgeState
from storage.people import Person
from storage.store import Store

log = structlog.get_logger(__name__)

EDITS_PER_MINUTE: Final = 40
"""Per workspace. Slack answers about fifty calls of each of the two that an edit takes (Tier 3); looking for messages
needs some of them."""

EDITING_AT_ONCE: Final = 5

if START_WITHIN + timedelta(seconds=EDIT_SECONDS) >= LEASE or LONGEST_LOOK_AGAIN >= LONGEST_EDIT_WAIT:
    raise AssertionError("the lease has to outlast an edit, and no edit may wait for longer than is taken for right")


@dataclass(frozen=True)
class Edited:
    """What became of a batch, in messages."""

    done: int = 0  # they are as they should be
    given_up: int = 0  # gone, too old, or refused for good: they stay as they are
    unknown: int = 0  # to be edited again
    taken: int = 0


@dataclass(frozen=True)
class Edit:
    """A message that was taken to be edited."""

    message_id: int
    version: int
    attempts: int
    nudge_ids: frozenset[int]
    """All of its nudges that still had something to press."""
    settled_ids: frozenset[int] = frozenset()
    """Those of them that have nothing after this edit."""
    message: EditedMessage | None = None
    """What should be different; None where nothing is, or nobody reads it."""
    broken: bool = False
    """Whether a rule or a wording raises errors, so that nothing can be said about it now."""


class Result(Enum):
    """What became of an edit that was tried."""

    DONE = "done"
    GIVEN_UP = "given up"
    AGAIN = "again"


Results = list[tuple[Edit, Result]]
"""By edit. Those that nobody began, or that Slack asked to wait with, are left out: their lease ends, and they come
again."""


class Editing:
    """Edits messages, batch by batch. Several may work on one database, in any number of processes."""

    def __init__(self, database: Database, messenger_of: MessengerOf, clocks: Clocks) -> None:
        self._database = database
        self._messenger_of = messenger_of
        self._clocks = clocks
        self._leaving = False
        self._pauses = Pauses(clocks.at_slack)  # its own: an edit delays no posting
        self._calls: dict[int, deque[float]] = {}  # of each workspace, in the last minute

    def leave(self) -> None:
        """Begin nothing new."""
        self._leaving = True

    def is_open(self, workspace_id: int) -> bool:
        """Whether anything may be edited in a workspace now."""
        if self._leaving or self._pauses.left(workspace_id) or self._room(workspace_id) <= 0:
            return False
        return self._messenger_of(workspace_id) is not None

    async def edit(self, workspace_id: int) -> Edited:
        """Edit one batch of messages of a workspace."""
        messenger = self._messenger_of(workspace_id)
        if messenger is None or not self.is_open(workspace_id):
            return Edited()
        start_by = self._clocks.monotonic() + START_WITHIN.total_seconds()
        async with self._database.unit(workspace_id) as store:
            edits = await lease_edits(store, self._clocks.now(), self._room(workspace_id))
        results = await self._edit_all(workspace_id, messenger, edits, start_by)
        if results:
            async with self._database.unit(workspace_id) as store:
                await _write(store, results, self._clocks.now())
        return _summary(edits, results)

    def _room(self, workspace_id: int) -> int:
        """How many edits the last minute leaves."""
        calls = self._calls.setdefault(workspace_id, deque())
        while calls and self._clocks.at_slack() - calls[0] >= 60:  # noqa: PLR2004 - a minute
            calls.popleft()
        return EDITS_PER_MINUTE - len(calls)

    async def _edit_all(
        self, workspace_id: int, messenger: Messenger, edits: Sequence[Edit], start_by: float
    ) -> Results:
        results: Results = []
        waiting = iter(edits)

        async def work() -> None:
            for edit in waiting:  # shared: each worker takes the next
                if self._clocks.monotonic() <= start_by and not (self._leaving or self._pauses.left(workspace_id)):
                    result = await self._edit(workspace_id, messenger, edit)
                    if result is not None:
                        results.append((edit, result))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(EDITING_AT_ONCE, len(edits))):
                group.create_task(work())
        return results

    async def _edit(self, workspace_id: int, messenger: Messenger, edit: Edit) -> Result | None:
        """Edit a message. None if Slack takes no edits for a while, which is not the message's fault."""
        if edit.message is None:
            return _again(edit) if edit.broken else Result.DONE
        self._calls[workspace_id].append(self._clocks.at_slack())
        try:
            async with asyncio.timeout(EDIT_SECONDS):
                await messenger.edit(edit.message)
        except NotPosted as reason:
            return self._refused(workspace_id, edit.message, reason)
        except (Unknown, TimeoutError) as accident:
            log.warning("editing.unknown", message=edit.message_id, reason=str(accident) or type(accident).__name__)
            return _again(edit)
        except Exception:
            log.exception("editing.broken", message=edit.message_id)
            return _again(edit)
        self._pauses.recovered(workspace_id)
        return Result.DONE

    def _refused(self, workspace_id: int, message: EditedMessage, reason: NotPosted) -> Result | None:
        """What becomes of an edit that Slack did not take; None where that is not the message's fault."""
        log.info("editing.refused", message=message.message_id, cause=reason.cause, kind=type(reason).__name__)
        match reason:
            case TryLater():
                self._pauses.pause(workspace_id, min(max(reason.after, SHORTEST_PAUSE), LONGEST_PAUSE))
                return None
            case InstallationFault():
                self._pauses.pause_longer_each_time(workspace_id, INSTALLATION_RETRY, LONGEST_PAUSE)
                return None
            case _:
                return Result.GIVEN_UP


def _again(edit: Edit) -> Result:
    return Result.AGAIN if edit.attempts + 1 < MOST_ATTEMPTS else Result.GIVEN_UP


async def lease_edits(store: Store, now: datetime, limit: int) -> list[Edit]:
    """Take a lease on messages to edit, and find out what each should say, in a number of statements that is fixed."""
    rows = await store.messages.lock_for_editing(now, now + LONGEST_EDIT_WAIT, limit)
    if not rows:
        return []
    since = sent_nudges.edited_since(now)
    ids = [row.pk for row in rows]
    keys = await store.nudges.keys_of_messages(ids)
    owners = await store.nudges.live_owners(ids)
    people = await store.people.by_ids(row.person_id for row in rows if row.person_id is not None)
    snapshots = await load(store, sorted(owners), now)
    live = await _live(store, owners, since)
    put_off = _put_off(await store.nudges.put_off_in(ids), people, now)
    views = {key: _View(snapshot, live.get(key, ())) for key, snapshot in snapshots.items()}
    for row in rows:
        row.edit_ready_at = now + LEASE
    return [_edit_of(row, people, views, keys.get(row.pk, ()), put_off.get(row.pk, ()), since) for row in rows]


async def _live(
    store: Store, owners: Iterable[SnapshotKey], since: datetime
) -> Mapping[SnapshotKey, Sequence[LiveNudge]]:
    """All nudges of some pairs, persons and opportunities that have something to press, in whatever message."""
    live_of = {
        NudgeScope.PAIR: store.nudge_plans.live_of_pairs,
        NudgeScope.PERSON: store.nudge_plans.live_of_persons,
        NudgeScope.TEAM: store.nudge_plans.live_of_opportunities,
    }
    found: dict[SnapshotKey, list[LiveNudge]] = {}
    for scope, live in live_of.items():
        theirs = [key for of, key in owners if of is scope]
        for one in await live(theirs, since, unasked=False) if theirs else ():
            found.setdefault((scope, one.owner_id), []).append(one)
    return found


@dataclass(frozen=True)
class _View:
    """A pair, person or opportunity, and what of theirs has something to press."""

    snapshot: Snapshot
    live: Sequence[LiveNudge]


def _put_off(
    nudges: Iterable[Nudge], people: Mapping[int, Person], now: datetime
) -> Mapping[int | None, Sequence[EditedPart]]:
    """What messages say of reminders that were put off to a day: when they come again, if they do."""
    found: dict[int | None, list[EditedPart]] = {}
    for one in nudges:
        if one.put_off_until is not None and one.person_id in people:
            when = comes_again(one.put_off_until, people[one.person_id], now)
            sentence = when if one.state is NudgeState.PLANNED else sent_nudges.NO_LONGER_OPEN
            found.setdefault(one.message_id, []).append(EditedPart((one.key,), outcome=sentence))
    return found


def _edit_of(
    row: Message,
    people: Mapping[int, Person],
    views: Mapping[SnapshotKey, _View],
    keys: Sequence[str],
    put_off: Sequence[EditedPart],
    since: datetime,
) -> Edit:
    """What should be different about a message."""
    theirs = [(view, one) for view in views.values() for one in view.live if one.message_id == row.id]
    edit = Edit(row.pk, row.edit_version, row.edit_attempts, frozenset(one.id for _view, one in theirs))
    reader = people.get(row.person_id) if row.person_id is not None else None
    is_read = reader is not None and not reader.deactivated and row.posted_at is not None and row.posted_at >= since
    if reader is None or not is_read or row.channel is None or row.ts is None:
        return Edit(row.pk, row.edit_version, row.edit_attempts, edit.nudge_ids, edit.nudge_ids)
    try:
        parts, settled_ids = _parts(theirs, reader, keys)
        parts += put_off
    except Exception:
        log.exception("editing.wording_broken", message=row.id)
        return Edit(row.pk, row.edit_version, row.edit_attempts, edit.nudge_ids, broken=True)
    message = EditedMessage(row.pk, row.channel, row.ts, tuple(parts)) if parts else None
    return Edit(row.pk, row.edit_version, row.edit_attempts, edit.nudge_ids, frozenset(settled_ids), message)


def _parts(
    theirs: Sequence[tuple[_View, LiveNudge]], reader: Person, keys: Sequence[str]
) -> tuple[list[EditedPart], set[int]]:
    """What the nudges of a message should say now, as far as that is different; and the keys of those settled."""
    parts: list[EditedPart] = []
    settled_ids: set[int] = set()
    for view, one in theirs:
        of_it = _same_matter(one, keys)
        if one.id in sent_nudges.settled(view.snapshot, view.live):
            offers_next = sent_nudges.offers_next(view.snapshot, one)
            settled_ids |= set() if offers_next else {one.id}
            outcome = sent_nudges.outcome(view.snapshot, one, reader)
            parts.append(EditedPart(of_it, outcome=outcome, ends_next=offers_next is False))
        elif one.reworded:
            planned = called_for(view.snapshot, {one.kind})[one.key]
            parts.append(EditedPart(of_it, wording=worded(view.snapshot, planned, reader)))
    return parts, settled_ids


def _same_matter(nudge: LiveNudge, keys: Sequence[str]) -> tuple[str, ...]:
    """The keys under which a nudge may be in a message: its own, and those of earlier rounds that it has replaced."""
    if not nudge.reworded:
        return (nudge.key,)
    about = key_of(nudge.kind, nudge.subject_id) + ":"
    return (nudge.key, *(key for key in keys if key.startswith(about) and key != nudge.key))


async def _write(store: Store, results: Results, now: datetime) -> None:
    """Write what became of edits, in a number of statements that does not grow."""
    over = [(edit, result) for edit, result in results if result is not Result.AGAIN]
    again = [edit for edit, result in results if result is Result.AGAIN]
    settled = {key for edit, result in over
               for key in (edit.settled_ids if result is Result.DONE else edit.nudge_ids)}  # fmt: skip
    await store.messages.settle_edits({edit.message_id: edit.version for edit, _result in over}, now)
    await store.messages.edit_again(
        {one.message_id: now + growing(LOOK_AGAIN, LONGEST_LOOK_AGAIN, one.attempts) for one in again}
    )
    await store.nudges.settle_matters(settled)


def _summary(edits: Sequence[Edit], results: Results) -> Edited:
    done = sum(result is Result.DONE for _edit, result in results)
    given_up = sum(result is Result.GIVEN_UP for _edit, result in results)
    if edits:
        log.info("editing.batch", done=done, given_up=given_up, taken=len(edits))
    return Edited(done, given_up, len(edits) - done - given_up, len(edits))
