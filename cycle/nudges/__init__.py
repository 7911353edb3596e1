"""Every nudge the bot sends. Each module is one noun of the cycle and lists its kinds in `KINDS`; nothing else does."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, TypeVar

from cycle.nudges.kind import (
    Action,
    Below,
    Button,
    ListItem,
    NudgeKind,
    NudgeText,
    PlannedNudge,
    ReadingOrder,
    Topic,
    Urgency,
)
from cycle.snapshot import PairSnapshot, Snapshot
from storage.nudges import NudgeScope
from storage.people import Person

__all__ = [
    "KINDS",
    "Action",
    "Below",
    "Button",
    "ListItem",
    "NudgeKind",
    "NudgeText",
    "PlannedNudge",
    "ReadingOrder",
    "Topic",
    "Urgency",
    "called_for",
    "in_reading_order",
    "plan",
    "worded",
]

T = TypeVar("T")

EVER = datetime.max.replace(tzinfo=UTC)
# What is due before a moment is due by the day after it at the latest, on the clock of whatever zone.
A_DAY_EVERYWHERE = timedelta(days=1)


def _kinds_of_all_modules() -> Iterator[NudgeKind[Any]]:
    """The kinds of the modules of this package, in alphabetical order of the modules."""
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "KINDS", ())


KINDS: Mapping[str, NudgeKind[Any]] = MappingProxyType({kind.name: kind for kind in _kinds_of_all_modules()})
BY_SCOPE: Mapping[NudgeScope, Sequence[NudgeKind[Any]]] = {
    scope: [kind for kind in KINDS.values() if kind.scope is scope] for scope in NudgeScope
}


def plan(
    snapshot: Snapshot, now: datetime, kinds: Collection[str] | None = None, *, due_before: datetime = EVER
) -> dict[str, PlannedNudge]:
    """The nudges that should exist for a pair, person or opportunity, by key: of some kinds, due before a moment, all.

    Pure. Those who are deactivated get none, nor does anyone get what they have switched off.
    """
    recipients, muted = snapshot.recipient_ids, snapshot.muted
    if due_before is not EVER and isinstance(snapshot, PairSnapshot):
        snapshot = replace(snapshot, until=due_before.astimezone(UTC).date() + A_DAY_EVERYWHERE)
    return {
        planned.key: planned
        for kind in (BY_SCOPE[snapshot.scope] if kinds is None else _of_scope(snapshot.scope, kinds))
        for planned in kind.rule(snapshot)
        if planned.due_at < due_before
        and planned.holds(now)
        and planned.person_id in recipients
        and (not muted or (planned.person_id, kind.topic) not in muted)
    }


def called_for(snapshot: Snapshot, kinds: Collection[str]) -> dict[str, PlannedNudge]:
    """The nudges of some kinds whose reason holds, by key, whatever the time: those that have passed included. Pure."""
    return {
        planned.key: planned for kind in _of_scope(snapshot.scope, sorted(kinds)) for planned in kind.rule(snapshot)
    }


def _of_scope(scope: NudgeScope, names: Collection[str]) -> Iterator[NudgeKind[Any]]:
    """The kinds of these names that are planned from such snapshots; names of kinds that were retired say nothing."""
    return (kind for name in names if (kind := KINDS.get(name)) is not None and kind.scope is scope)


def worded(snapshot: Snapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What a person reads, alone or in a list, and why they get it; None where what it was about has gone. Pure.

    Who wants discreet messages reads names, dates and counts only.
    """
    kind = KINDS[planned.kind]
    text: NudgeText | None = kind.text(snapshot, planned, me)
    if text is None:
        return None
    if me.discreet and planned.channel is None and not text.is_suggestion:
        text = replace(text, quote=None)
    return replace(
        text,
        reason=kind.reason(snapshot, planned, me),
        item=kind.item(snapshot, planned, me),
        can_be_put_off=kind.topic is not None and kind.topic.reminds,
    )


def in_reading_order(together: Sequence[T], what: Callable[[T], tuple[int | None, PlannedNudge]]) -> list[T]:
    """What goes into one message, sorted for reading: pair by pair, and within one as the cycle runs.

    `what` returns the pair of an item (None for a nudge beyond pairs, which comes last) and its nudge. The pair whose
    nudge is due first comes first.
    """
    nudges = [what(one) for one in together]
    first_due: dict[int | None, datetime] = {}
    for pair_id, planned in nudges:
        first_due[pair_id] = min(planned.due_at, first_due.get(pair_id, planned.due_at))

    def rank(position: int) -> tuple[Any, ...]:
        pair_id, planned = nudges[position]
        place = (KINDS[planned.kind].order, planned.due_at, position)
        return (pair_id is None, first_due[pair_id], pair_id or 0, *place)

    return [together[position] for position in sorted(range(len(together)), key=rank)]
