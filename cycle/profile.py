"""The profile: where the employee of a pair wants to go, what they are good at and what drives them (practice C2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from cycle import formatting
from cycle.drives import objectives_and_drives
from cycle.guards import active_pair, side
from cycle.levels import Assessed, assessed
from cycle.prompts import ACHIEVEMENTS, MORE_ENERGISING_WORK
from cycle.zones import local_day
from storage.drives import Drive, DriveKind
from storage.gaps import Gap, GapState
from storage.objectives import Horizon, Objective
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer
from storage.store import Store

STRENGTHS: Final = "strengths"  # the manager's prompt
QUOTED: Final = (ACHIEVEMENTS, STRENGTHS, MORE_ENERGISING_WORK.key)  # the prompts whose latest answers are quoted
MOST_ASSESSED: Final = 2  # the latest and the one before, to see where it goes; the history has all of them


@dataclass(frozen=True)
class CareerProfile:
    """What one of the two sees of the employee: everything of one's own, of the other's what is shared."""

    pair: Pair
    me: Person
    employee: Person
    manager: Person
    today: date  # mine
    objectives: Sequence[Objective]  # current, the longer-term ones first, then by date
    gaps: Sequence[Gap]  # open
    drives: Mapping[DriveKind, Drive]
    answers: Mapping[str, Answer]  # the latest one by prompt; the manager's are shared ones
    assessed: Sequence[Assessed]  # the latest first

    @property
    def is_mine(self) -> bool:
        """Whether I am the employee."""
        return side(self.pair, self.me) is Side.EMPLOYEE

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read yet."""
        return not (self.objectives or self.gaps or self.drives or self.answers or self.assessed)

    @property
    def shared_part(self) -> "CareerProfile":
        """The profile as both can read it."""
        return replace(
            self,
            objectives=[one for one in self.objectives if one.shared],
            gaps=[one for one in self.gaps if one.shared],
            drives={kind: one for kind, one in self.drives.items() if one.shared},
            answers={key: one for key, one in self.answers.items() if one.shared},
        )

    @property
    def has_private(self) -> bool:
        """Whether something is in it that only I can read."""
        mine: list[Objective | Gap | Drive | Answer] = [*self.objectives, *self.gaps]
        mine += [*self.drives.values(), *self.answers.values()]
        return any(not one.shared for one in mine)

    def name(self, whose: Side) -> str:
        """The name that tells the two apart."""
        both = (self.employee, self.manager) if whose is Side.EMPLOYEE else (self.manager, self.employee)
        return formatting.name_beside(*both)


async def profile(store: Store, me: Person, pair_id: int, now: datetime) -> CareerProfile:
    """The profile of the employee of a pair of mine. Raises `NotAllowed` or `NotAvailable`."""
    pair = await active_pair(store, me, pair_id)
    other = await store.people.get(pair.other_than(me.pk))
    is_mine = side(pair, me) is Side.EMPLOYEE
    objectives, drives = await objectives_and_drives(store, pair)
    gaps = await store.gaps.open_or_closed(pair.pk, now)
    preparations = await store.preparations.of_pair(pair.pk)
    answers = await store.preparations.answers_to(pair.pk, QUOTED) if preparations else ()
    return CareerProfile(
        pair=pair,
        me=me,
        employee=me if is_mine else other,
        manager=other if is_mine else me,
        today=local_day(me, now),
        objectives=sorted(objectives, key=lambda one: (one.horizon is not Horizon.LONG, one.target_on, one.pk)),
        gaps=[one for one in gaps if one.state is GapState.OPEN],
        drives={one.kind: one for one in drives if one.pair_id == pair.pk},
        # What a manager keeps to themselves is no part of someone else's profile.
        answers={one.question: one for one in answers if one.shared or one.author_id == pair.employee_id},
        assessed=assessed(preparations)[: -MOST_ASSESSED - 1 : -1],
    )
