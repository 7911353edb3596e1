"""Sent nudges: which of them are settled, and what became of each (docs/delivery-contract.md). Pure.

A message keeps its buttons for as long as there is something to do. A nudge in it is settled once its reason has gone,
whatever the time, or once a later reminder of the same thing was sent. A listener that answers in the message itself
may offer a next step in the place of the buttons, which stays until it has been taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from cycle.nudges import KINDS, PlannedNudge, called_for
from cycle.snapshot import Snapshot
from storage.nudge_plans import LiveNudge, NewNudge, RewordedNudge
from storage.people import Person

# An older message is history: no one looks for something to press there, and it stays as it is.
EDITED_FOR = timedelta(days=30)
# Answering in place, which a listener does within moments, comes first; and several changes at once are one edit.
EDIT_AFTER = timedelta(seconds=5)

SUPERSEDED = "There is a newer reminder below."
NO_LONGER_OPEN = "This is no longer open."


def settled(snapshot: Snapshot, live: Sequence[LiveNudge]) -> dict[int, LiveNudge]:
    """Those nudges of a pair or a person, out of all that have something to press, that are settled; by key."""
    if not live:
        return {}
    holds = called_for(snapshot, {one.kind for one in live})
    last = _last_of_series(live)
    return {
        one.id: one
        for one in live
        if one.key not in holds or last[_series(one)] != one.id or KINDS[one.kind].is_over(snapshot, as_planned(one))
    }


def offers_next(snapshot: Snapshot, nudge: LiveNudge) -> bool | None:
    """Whether a next step, where a listener has offered one in the message of a settled nudge, can still be taken.

    None where such a step stays in the message.
    """
    kind = KINDS.get(nudge.kind)
    return kind.offers_next(snapshot, as_planned(nudge)) if kind and kind.offers_next else None


def outcome(snapshot: Snapshot, nudge: LiveNudge, me: Person) -> str:
    """What became of a settled nudge, in one sentence."""
    kind, planned = KINDS.get(nudge.kind), as_planned(nudge)
    if kind is None:
        return NO_LONGER_OPEN
    if nudge.key in called_for(snapshot, {nudge.kind}) and not kind.is_over(snapshot, planned):
        return SUPERSEDED
    return kind.outcome(snapshot, planned, me) or NO_LONGER_OPEN


def as_planned(nudge: LiveNudge) -> PlannedNudge:
    """A stored nudge as it was planned, but for its end."""
    return PlannedNudge(
        nudge.kind, nudge.subject_id, nudge.person_id, nudge.due_at,
        stage=nudge.stage, round=nudge.round, scope=nudge.scope,
    )  # fmt: skip


def rewordings(
    snapshot: Snapshot, new: Iterable[NewNudge], wanted: Mapping[str, PlannedNudge], live: Sequence[LiveNudge]
) -> list[RewordedNudge]:
    """Those new nudges that are said by editing the message about the round before, if that was sent and may be."""
    return [
        RewordedNudge(one, sent)
        for one in new
        for sent in live
        if _is_round_before(sent, one) and sent.sent_at
        if KINDS[one.kind].may_reword(snapshot, wanted[one.key], sent.sent_at)
    ]


def _is_round_before(sent: LiveNudge, new: NewNudge) -> bool:
    about = (sent.kind, sent.subject_id, sent.person_id) == (new.kind, new.subject_id, new.person_id)
    return about and sent.round is not None and new.round == sent.round + 1


def _series(nudge: LiveNudge) -> tuple[str, int, int]:
    kind = KINDS.get(nudge.kind)
    return (kind.series if kind and kind.series else nudge.kind), nudge.subject_id, nudge.person_id


def _last_of_series(live: Iterable[LiveNudge]) -> Mapping[tuple[str, int, int], int]:
    """Of each series the nudge that was sent last. One that is just being sent may not arrive: it does not count."""
    sent = sorted(live, key=lambda one: (one.sent_at is not None, one.sent_at or one.live_since, one.due_at, one.id))
    return {_series(one): one.id for one in sent}


def edited_since(now: datetime) -> datetime:
    """What was sent before this is not edited."""
    return now - EDITED_FOR
