"""How it changed: one dated timeline of objectives, skill gaps, drives and assessments (practice C13).

Nothing is overwritten, so the rows tell it. The employee reads all of their own. The manager reads what is shared with
them now, as it was said then: nothing tells them what was changed or dropped in private (docs/decisions/0017).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle import drives, formatting
from cycle.document import Text, excerpt, text
from cycle.guards import own_pair, side
from cycle.levels import Assessed, assessed
from storage.drives import Drive
from storage.gaps import Gap, GapState
from storage.objectives import Objective, ObjectiveState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store

PAGE_SIZE: Final = 10  # entries: about two screens of a phone
WORDS: Final = 300  # characters of an objective, a gap or a drive


@dataclass(frozen=True)
class Entry:
    """What changed at a moment. `private`: of the employee's own, what only they can read."""

    at: datetime
    what: str
    now: Text = ()  # empty where a drive was taken out
    before: Text = ()
    private: bool = False
    private_before: bool = False


@dataclass(frozen=True)
class History:
    """A page of the timeline, the latest first."""

    pair: Pair
    me: Person
    other: Person
    entries: Sequence[Entry]
    page: int
    has_more: bool

    @property
    def is_mine(self) -> bool:
        """Whether I am the employee."""
        return side(self.pair, self.me) is Side.EMPLOYEE


async def history(store: Store, me: Person, pair_id: int, page: int = 0) -> History:
    """A page of how it changed for the employee of a pair of mine, from 0. Raises `NotAllowed`."""
    pair = await own_pair(store, me, pair_id)
    other = await store.people.get(pair.other_than(me.pk))
    is_mine = side(pair, me) is Side.EMPLOYEE
    employee, manager = (me, other) if is_mine else (other, me)
    names = {
        employee.pk: formatting.name_beside(employee, manager),
        manager.pk: formatting.name_beside(manager, employee),
    }
    by_side = {Side.EMPLOYEE: names[employee.pk], Side.MANAGER: names[manager.pk]}
    found = [
        *of_objectives(await store.objectives.ever(pair.pk)),
        *of_gaps(await store.gaps.all_of(pair.pk), names),
        *of_drives(await drives.history(store, me, pair), pair.pk),
        *of_levels(assessed(await store.preparations.of_pair(pair.pk)), by_side),
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    shown = found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    return History(pair, me, other, shown, page, has_more=len(found) > (page + 1) * PAGE_SIZE)


def of_objectives(rows: Sequence[Objective]) -> Iterator[Entry]:
    """What the objectives that someone may read tell. Pure.

    One whose predecessor they may not read is a new one to them.
    """
    by_key = {row.pk: row for row in rows}
    for row in rows:
        said, private = _objective(row), not row.shared
        if (before := by_key.get(row.replaces_id or 0)) is None:
            yield Entry(row.set_at, "Objective set", said, private=private)
        else:
            yield Entry(
                row.set_at, _how_changed(before, row), said, _objective(before), private,
                private_before=not before.shared,
            )  # fmt: skip
        if row.state is ObjectiveState.REACHED and row.settled_at is not None:
            yield Entry(row.settled_at, "Objective reached", said, private=private)
        if row.state is ObjectiveState.DROPPED and row.settled_at is not None:
            yield Entry(row.settled_at, "Objective dropped", said, private=private)


def _how_changed(before: Objective, now: Objective) -> str:
    if before.text == now.text:
        return "Objective: new date"
    return "Objective reworded" if before.target_on == now.target_on else "Objective reworded, with a new date"


def _objective(row: Objective) -> Text:
    return text(excerpt(row.text, WORDS), f", by {formatting.full_day(row.target_on)}")


def of_gaps(rows: Sequence[Gap], names: Mapping[int, str]) -> Iterator[Entry]:
    """What the skill gaps that someone may read tell; `names` by the key of a person. Pure."""
    by_key = {row.pk: row for row in rows}
    for row in rows:
        said, private = _gap(row), not row.shared
        if (before := by_key.get(row.replaces_id or 0)) is None:
            yield Entry(row.set_at, f"Skill gap named by {names[row.author_id]}", said, private=private)
        else:
            yield Entry(row.set_at, "Skill gap changed", said, _gap(before), private, private_before=not before.shared)
        if row.state is GapState.CLOSED and row.settled_at is not None:
            yield Entry(row.settled_at, "Skill gap closed", said, private=private)
        if row.state is GapState.DROPPED and row.settled_at is not None:
            yield Entry(row.settled_at, "Skill gap removed", said, private=private)


def _gap(row: Gap) -> Text:
    way = [formatting.DEVELOPMENTS[row.development]] if row.development is not None else []
    skill, ways = excerpt(row.skill, WORDS), [text(one) for one in way]
    if row.way:
        ways.append(text(excerpt(row.way, WORDS)))
    said = text(skill)
    for number, one in enumerate(ways):
        said = (*said, *text(": " if number else " → "), *one)
    return said


def of_drives(changes: Sequence[drives.Change], pair_id: int) -> Iterator[Entry]:
    """What drives the employee; what they said to another manager is private in this pair. Pure."""

    def is_private(row: Drive | None) -> bool:
        return row is None or not row.shared or row.pair_id != pair_id

    for change in changes:
        yield Entry(
            change.changed_at,
            drives.LABELS[change.kind],
            _drive(change.now),
            _drive(change.before),
            is_private(change.now),
            is_private(change.before),
        )


def _drive(row: Drive | None) -> Text:
    return text(excerpt(drives.written(row), WORDS)) if row is not None else ()


def of_levels(both: Sequence[Assessed], names: Mapping[Side, str]) -> Iterator[Entry]:
    """How both saw the employee, once both had said so (E2). Pure."""
    for one in both:
        seen = " · ".join(f"{names[whose]}: {formatting.LEVELS[one.levels[whose]]}" for whose in Side)
        yield Entry(one.at, "Both assessments in", text(seen))
