"""Skill gaps: naming one, and agreeing on a way to close it (practices E7, M3, C5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import existing, pair_of, side
from storage.gaps import Gap, GapState
from storage.objectives import Development
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store

SKILL: Final = "skill"  # fields
WAY: Final = "way"
DEVELOPMENT: Final = "development"
SHARED: Final = "shared"

LONGEST_SKILL: Final = 150  # characters: the name of a skill, not its story
LONGEST_WAY: Final = 500
SETTLED: Final = "This skill gap has been changed or closed since. The roadmap shows it as it is now."


@dataclass(frozen=True)
class GapForm:
    """A gap as it is submitted."""

    skill: str
    way: str = ""
    development: Development | None = None
    shared: bool = False


def check(form: GapForm) -> FieldErrors:
    """What is wrong with it. Pure."""
    errors, skill, way = FieldErrors(), form.skill.strip(), form.way.strip()
    if not skill:
        errors.add(SKILL, "Which skill or knowledge is it about?")
    elif len(skill) > LONGEST_SKILL:
        errors.add(SKILL, too_long(skill, LONGEST_SKILL))
    if len(way) > LONGEST_WAY:
        errors.add(WAY, too_long(way, LONGEST_WAY))
    return errors


async def open_gap(store: Store, me: Person, gap_id: int) -> Gap:
    """A gap that is open, of a pair of mine, and that I may read. Raises `NotAllowed` or `NotAvailable`."""
    await pair_of(store, me, gap_id, Gap)
    gap = await existing(store.gaps.get, gap_id)
    if gap.state is not GapState.OPEN:
        raise NotAvailable(SETTLED)
    return gap


def save(store: Store, me: Person, pair: Pair, form: GapForm, now: datetime, changed: Gap | None = None) -> None:
    """Save a new gap or a changed one, which a new row replaces (C13). The pair is locked.

    What a manager names is always shared: the gap is the employee's. Only its author takes a gap back from the other.
    """
    is_manager = side(pair, me) is Side.MANAGER
    author_id = changed.author_id if changed else me.pk
    shared = form.shared or is_manager or (changed is not None and changed.author_id != me.id)
    wanted = (form.skill.strip(), form.way.strip(), form.development)
    if changed is not None and wanted == (changed.skill, changed.way, changed.development):
        changed.shared = shared
        return
    if changed is not None:
        changed.state, changed.settled_at = GapState.CHANGED, now
    skill, way, development = wanted
    store.add(
        Gap(
            pair_id=pair.pk, author_id=author_id, skill=skill, way=way, development=development, shared=shared,
            set_at=now, replaces_id=changed.pk if changed else None,
        )
    )  # fmt: skip


def settle(gap: Gap, me: Person, pair: Pair, state: GapState, now: datetime) -> None:
    """Close a gap or drop it: for the employee, whose gap it is, and for the one who named it. Raises `NotAllowed`."""
    if side(pair, me) is not Side.EMPLOYEE and gap.author_id != me.id:
        raise NotAllowed("Only the one whose skill it is about can say that.")
    gap.state, gap.settled_at = state, now
