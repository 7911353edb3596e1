"""Every nudge the bot sends. A new kind is one `Kind` in one of these modules, and its line in `KINDS`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

from cycle.nudges.agreeing import CHANGE_ANSWERED, CHANGE_ASKED, PAIR_ANSWERED, PAIR_ASKED
from cycle.nudges.following_up import THANK_YOU, THANK_YOU_NOTE, WRAP_UP, WRAPPED_UP
from cycle.nudges.getting_ready import ANSWER_AGENDA, DAY_BEFORE, PROPOSE_AGENDA
from cycle.nudges.keeping_promises import COMMITMENT_AHEAD, COMMITMENT_OVERDUE
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge
from cycle.nudges.setting_dates import CANCELLED, DATE_SET, GONE_QUIET, SCHEDULE_NEXT
from cycle.snapshot import PairSnapshot

__all__ = ["KINDS", "Action", "Button", "NudgeKind", "NudgeText", "PlannedNudge", "plan"]

KINDS: Mapping[str, NudgeKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            PAIR_ASKED,
            PAIR_ANSWERED,
            SCHEDULE_NEXT,
            GONE_QUIET,
            DATE_SET,
            CANCELLED,
            PROPOSE_AGENDA,
            ANSWER_AGENDA,
            DAY_BEFORE,
            WRAP_UP,
            WRAPPED_UP,
            THANK_YOU,
            THANK_YOU_NOTE,
            COMMITMENT_AHEAD,
            COMMITMENT_OVERDUE,
            CHANGE_ASKED,
            CHANGE_ANSWERED,
        )
    }
)


def plan(view: PairSnapshot, now: datetime, kinds: Collection[str] = KINDS.keys()) -> dict[str, PlannedNudge]:
    """The nudges, of some kinds or all, that should exist for a pair, by key. Pure."""
    return {
        planned.key: planned
        for name in kinds
        if name in KINDS
        for planned in KINDS[name].rule(view)
        if planned.holds(now) and not view.by_id(planned.person_id).deactivated
    }
