"""The two assessments of an employee, side by side (practices E2, E6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storage.pairs import Side
from storage.preparations import Level, Preparation

STEPS: Final = {1: "one step", 2: "two steps"}


@dataclass(frozen=True)
class Assessed:
    """How both saw the employee before one discussion, and when the later of their preparations was last saved."""

    at: datetime
    levels: Mapping[Side, Level]


def assessed(preparations: Iterable[Preparation]) -> list[Assessed]:
    """The discussions for which both levels are in, in the order of the preparations. Others stay hidden (E2). Pure."""
    by_discussion: dict[int, list[Preparation]] = {}
    for one in preparations:
        by_discussion.setdefault(one.discussion_id, []).append(one)
    found = []
    for both in by_discussion.values():
        levels = {one.side: one.level for one in both if one.level is not None}
        if len(levels) == len(Side):
            found.append(Assessed(max(one.submitted_at for one in both), levels))
    return found


def apart(levels: Mapping[Side, Level]) -> int | None:
    """How many steps higher the manager rates the employee than they rate themselves; None until both are in. Pure."""
    if len(levels) < len(Side):
        return None
    order = list(Level)
    return order.index(levels[Side.MANAGER]) - order.index(levels[Side.EMPLOYEE])


def difference(other: str, steps_apart: int, my_side: Side) -> str:
    """The difference, named kindly; `steps_apart` as `apart` has it, `other` the other side's first name. Pure."""
    if steps_apart == 0:
        return "You both see it the same way."
    steps = STEPS[abs(steps_apart)]
    if my_side is Side.EMPLOYEE and steps_apart > 0:
        return f"{other} sees you {steps} further along than you see yourself."
    if my_side is Side.EMPLOYEE:
        return f"You see yourself {steps} further along than {other} does. An example from each of you helps here."
    if steps_apart > 0:
        return f"You see {other} {steps} further along than they see themselves: good to say out loud."
    return f"{other} is {steps} further along in their own eyes than in yours. An example from each of you helps here."
