"""The one gate: what a person may read (practice C10). Every row that a repository hands out passes it.

A `Viewer` is given to the store of an interaction (`storage.base.Gate`). Rows that it refuses are left out of lists and
are missing where they are asked for by key, so no reader has to remember to ask.
"""

from collections.abc import Sequence

from storage.achievements import Achievement
from storage.base import PairScoped, WorkspaceScoped
from storage.drafts import Draft
from storage.drives import Drive
from storage.gaps import Gap
from storage.objectives import Benchmark, Objective
from storage.opportunities import Opportunity, SignUp
from storage.pairs import Pair
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.pulses import Pulse


class Viewer:
    """A person who reads. Whatever lies between two people is reached through their pair.

    A pair may be read by its two people, and a row of a pair once the pair itself was read through this gate. Answers,
    drives, objectives and gaps are their author's until shared, and benchmarks are read with their objective; drafts,
    achievements and pulses are always their author's. Who signed up for an opportunity is known to them and to the
    person who offers it, once the opportunity itself was read. Names and time zones of colleagues, what a team aims at
    and what people offer to everyone are no secret within a workspace, and nudges hold no words that people wrote.
    """

    def __init__(self) -> None:
        self._person_id: int | None = None
        self._pair_ids: set[int] = set()
        self._objective_ids: set[int | None] = set()
        self._offered_ids: set[int] = set()

    def is_person(self, person: Person) -> None:
        """Says who reads. Before that, nothing between people can be read."""
        self._person_id = person.pk

    def may_read(self, row: WorkspaceScoped) -> bool:
        """Whether this person may read a row."""
        match row:
            case Pair():
                return self._admits(row)
            case Opportunity() | SignUp():
                return self._admits_opportunity(row)
            case Draft() | Achievement():
                return row.person_id == self._person_id
            case Drive() if row.author_id == self._person_id:
                return True  # their own history goes on with another manager
            case PairScoped():
                return row.pair_id in self._pair_ids and self._is_open(row)
            case _:
                return True

    def _is_open(self, row: PairScoped) -> bool:
        """Whether a row of a pair that this person may read is one for them to read."""
        match row:
            case Answer() | Gap():
                return row.shared or row.author_id == self._person_id
            case Drive():
                return row.shared
            case Objective():
                return self._admits_objective(row)
            case Benchmark():
                return row.objective_id in self._objective_ids
            case Pulse():
                return row.author_id == self._person_id
            case _:
                return True

    def _admits_objective(self, objective: Objective) -> bool:
        is_open = objective.shared or objective.owner_id == self._person_id
        if is_open:
            self._objective_ids.add(objective.id)
        return is_open

    def _admits_opportunity(self, row: Opportunity | SignUp) -> bool:
        if isinstance(row, SignUp):
            return row.person_id == self._person_id or row.opportunity_id in self._offered_ids
        if row.offered_by_id == self._person_id:
            self._offered_ids.add(row.pk)
        return True

    def _admits(self, pair: Pair) -> bool:
        is_one_of_the_two = self._person_id in {pair.employee_id, pair.manager_id}
        if is_one_of_the_two:
            self._pair_ids.add(pair.pk)
        return is_one_of_the_two


def visible_level(viewer_id: int, preparation: Preparation, both: Sequence[Preparation]) -> Level | None:
    """The level of a preparation, as far as a person may know it: their own always, the other's once both are in (E2).

    Args:
        viewer_id: who looks.
        preparation: whose level it is.
        both: the preparations that are in; those of other discussions do not count.
    """
    if preparation.author_id == viewer_id:
        return preparation.level
    given = {one.author_id for one in both if one.level is not None and one.discussion_id == preparation.discussion_id}
    return preparation.level if {viewer_id, preparation.author_id} <= given else None
