"""What the bot is going to write to a person next, as things stand, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from cycle.nudges import in_reading_order, plan, worded
from cycle.nudges.kind import NudgeText, PlannedNudge
from cycle.snapshot import Snapshot, load
from storage.nudges import Nudge
from storage.people import Person
from storage.store import Store

LOOKS_AHEAD: Final = timedelta(days=90)
MOST_NUDGES: Final = 20  # read; a message may have several
MOST_MESSAGES: Final = 5  # shown: more would be a calendar of what either of the two may still change


@dataclass(frozen=True)
class ComingMessage:
    """A message that is planned."""

    at: datetime
    texts: Sequence[NudgeText]
    """What it will say, in reading order, worded for that moment."""


async def coming_messages(store: Store, me: Person, now: datetime) -> list[ComingMessage]:
    """The next messages planned for a person, the soonest first.

    What falls due at the same moment is one message. The budget is not reckoned with: it depends on what else comes.
    """
    rows = await store.nudges.planned_for(me.pk, now + LOOKS_AHEAD, MOST_NUDGES)
    snapshots = await load(store, sorted({row.snapshot_key for row in rows}), now)
    found = []
    for at, together in groupby(rows, key=lambda row: max(row.ready_at or row.due_at, now)):
        known = [(row, snapshots[row.snapshot_key]) for row in together if row.snapshot_key in snapshots]
        said = [(row, *one) for row, snapshot in known if (one := _then(row, snapshot, me, at)) is not None]
        if said:
            in_order = in_reading_order(said, lambda one: (one[0].pair_id, one[1]))
            found.append(ComingMessage(at, [text for _row, _planned, text in in_order]))
    return found[:MOST_MESSAGES]


def _then(row: Nudge, snapshot: Snapshot, me: Person, at: datetime) -> tuple[PlannedNudge, NudgeText] | None:
    """What a nudge says at a later moment, if nothing happens until then; None where its reason is gone by then."""
    then = replace(snapshot, now=at)
    planned = plan(then, at, [row.kind]).get(row.key)
    text = worded(then, planned, me) if planned is not None else None
    return None if planned is None or text is None else (planned, text)
