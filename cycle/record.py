"""The record of a discussion: what was on the agenda, shared, agreed on and done since (practice L5).

One record belongs to both. What only its reader may see is kept apart from what both can read, so that the shared part
can be passed on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from cycle import formatting
from cycle.access import visible_level
from cycle.errors import NotAvailable
from cycle.guards import existing, own_pair, own_pair_of, side
from cycle.zones import local_day
from storage.achievements import Achievement
from storage.agenda import AgendaItem, ItemState
from storage.base import distinct
from storage.commitments import Commitment
from storage.discussions import HELD_STATES, PAST, Discussion, DiscussionState
from storage.objectives import Objective, ObjectiveState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level
from storage.store import Store
from storage.thanks import ThankYou
from storage.wrap_ups import Notes

PAGE_SIZE: Final = 10  # records in the list: about a screen of a phone and a half
MOST_RECORDS: Final = 200  # the latest ones of a pair: what meets every two weeks for more than seven years
MOST_ACHIEVEMENTS: Final = 500  # the latest ones of a person

NONE_YET: Final = "There is no record yet. A discussion gets one once you two have wrapped it up, or cancelled it."
NOT_PAST: Final = "That discussion is still ahead. It gets a record once it is wrapped up or cancelled."


@dataclass(frozen=True)
class Record:
    """What is known of one past discussion: what both can read, and what only the reader can. The employee's is first.

    `private_*` and `achievements` are the reader's own. Others' private words never pass the gate.
    """

    pair: Pair
    discussion: Discussion
    me: Person
    employee: Person
    manager: Person
    agenda: Sequence[AgendaItem]  # but for what its author took back
    commitments: Sequence[Commitment]
    notes: Sequence[Notes]
    answers: Sequence[Answer]  # shared ones, of both
    objectives: Sequence[Objective]  # shared ones, as they were then
    levels: Mapping[Side, Level]  # those that the reader may see
    thanks: ThankYou | None
    following: Discussion | None
    private_answers: Sequence[Answer] = ()
    private_objectives: Sequence[Objective] = ()
    achievements: Sequence[Achievement] = ()
    response: str | None = None  # the employee's, to how the manager sees them (L7)

    @property
    def is_cancelled(self) -> bool:
        """Whether the discussion was cancelled rather than held."""
        return self.discussion.state is DiscussionState.CANCELLED

    @property
    def both_levels(self) -> bool:
        """Whether both have given their assessment, so that both can read both (E2)."""
        return len(self.levels) == len(Side)

    @property
    def shared_part(self) -> "Record":
        """The record without what only its reader can read."""
        levels = self.levels if self.both_levels else {}
        return replace(self, levels=levels, private_answers=(), private_objectives=(), achievements=())

    def person(self, whose: Side) -> Person:
        """The person on a side."""
        return self.employee if whose is Side.EMPLOYEE else self.manager

    def name(self, person_id: int | None) -> str:
        """The name that tells the two apart: the first one, unless both have the same. For files that others read."""
        if person_id == self.employee.pk:
            return formatting.name_beside(self.employee, self.manager)
        return formatting.name_beside(self.manager, self.employee) if person_id == self.manager.pk else "Someone"


@dataclass(frozen=True)
class PastDiscussion:
    """A line of the list of records."""

    discussion: Discussion
    pair: Pair
    other: Person


@dataclass(frozen=True)
class Past:
    """A page of the list of records, the latest first."""

    me: Person
    discussions: Sequence[PastDiscussion]
    page: int
    has_more: bool


async def past(store: Store, me: Person, page: int) -> Past:
    """A page of what a person has records of, with anyone; from 0."""
    found = await store.discussions.past_of(me.pk, PAGE_SIZE + 1, page * PAGE_SIZE)
    people = await store.people.by_ids({pair.other_than(me.pk) for pair, _ in found})
    lines = [PastDiscussion(discussion, pair, people[pair.other_than(me.pk)]) for pair, discussion in found]
    return Past(me, lines[:PAGE_SIZE], page, has_more=len(lines) > PAGE_SIZE)


@dataclass(frozen=True)
class Exportable:
    """What can be exported: with whom there are records, and which there are with one of them, the latest first."""

    me: Person
    partners: Sequence[tuple[Pair, Person]]
    pair: Pair
    discussions: Sequence[Discussion]

    @property
    def other(self) -> Person:
        """The other one of the pair whose discussions are listed."""
        return next(other for pair, other in self.partners if pair.pk == self.pair.pk)


async def exportable(store: Store, me: Person, pair_id: int = 0, discussion_id: int = 0) -> Exportable:
    """What a person can export, listed for a pair, for the pair of a discussion, or else for their first one.

    Raises `NotAllowed`, or `NotAvailable` where there is no record yet.
    """
    pairs = await store.discussions.pairs_with_past(me.pk)
    if discussion_id:
        pair_id = (await own_pair_of(store, discussion_id, Discussion)).pk
    elif pair_id:
        pair_id = (await own_pair(store, me, pair_id)).pk
    pair = next((one for one in pairs if pair_id in {0, one.pk}), None)
    if pair is None:
        raise NotAvailable(NONE_YET)
    people = await store.people.by_ids({one.other_than(me.pk) for one in pairs})
    found = [one for one in await store.discussions.of_pair(pair.pk) if one.state in PAST]
    return Exportable(me, [(one, people[one.other_than(me.pk)]) for one in pairs], pair, found[::-1])


async def record(store: Store, me: Person, discussion_id: int) -> Record:
    """The record of one discussion of mine. Raises `NotAllowed`, or `NotAvailable` while it is still ahead."""
    pair, every = await existing(store.discussions.beside, discussion_id)
    wanted = [one for one in every if one.pk == discussion_id and one.state in PAST]
    if not wanted:
        raise NotAvailable(NOT_PAST)
    [found] = await _records(store, me, pair, every, wanted)
    return found


async def records(store: Store, me: Person, pair_id: int) -> list[Record]:
    """All records of a pair of mine, the first discussion first; the latest ones where there are very many.

    Raises `NotAllowed`, or `NotAvailable` where there is none yet.
    """
    pair = await own_pair(store, me, pair_id)
    every = await store.discussions.of_pair(pair.pk)
    wanted = [one for one in every if one.state in PAST][-MOST_RECORDS:]
    if not wanted:
        raise NotAvailable(NONE_YET)
    return await _records(store, me, pair, every, wanted)


async def _records(
    store: Store, me: Person, pair: Pair, every: Sequence[Discussion], wanted: Sequence[Discussion]
) -> list[Record]:
    """The records of some discussions of a pair, of which `every` is: a statement or two for each kind of row."""
    ids = [one.pk for one in wanted]
    other = await store.people.get(pair.other_than(me.pk))
    people = {me.pk: me, other.pk: other}
    agenda = _by_discussion(await store.agenda.of_discussions(ids))
    commitments = _by_discussion(await store.commitments.of_discussions(ids))
    written = await store.wrap_ups.with_thanks(ids)
    notes = _by_discussion(distinct(one for _, one, _ in written))
    thanks = _by_discussion(distinct(one for *_, one in written))
    submitted = await store.preparations.with_answers(ids)
    preparations = _by_discussion(distinct(one for one, _ in submitted))
    answers = _by_preparation(distinct(one for _, one in submitted))
    moments = [_settled(one) for one in wanted]
    objectives = await store.objectives.current_between(pair.pk, min(moments), max(moments))
    achievements = await _achievements(store, me, pair, every)
    found = []
    for one in wanted:
        prepared = preparations[one.pk]
        said = [each for preparation in prepared for each in answers[preparation.pk]]
        said.sort(key=lambda each: (each.author_id != pair.employee_id, each.pk))
        then = _objectives_at(objectives, _settled(one))
        found.append(
            Record(
                pair=pair,
                discussion=one,
                me=me,
                employee=people[pair.employee_id],
                manager=people[pair.manager_id],
                agenda=_on_agenda(agenda[one.pk], pair),
                commitments=sorted(
                    commitments[one.pk], key=lambda each: (each.owner_id != pair.employee_id, each.due_on, each.pk)
                ),
                notes=sorted(notes[one.pk], key=lambda each: each.author_id != pair.employee_id),
                answers=[each for each in said if each.shared],
                objectives=[each for each in then if each.shared],
                levels={each.side: level for each in prepared if (level := visible_level(me.pk, each, prepared))},
                thanks=next(iter(thanks[one.pk]), None),
                following=next((each for each in every if each.number > one.number), None),
                private_answers=[each for each in said if not each.shared and each.author_id == me.pk],
                private_objectives=[each for each in then if not each.shared and each.owner_id == me.pk],
                achievements=achievements.get(one.pk, ()),
                response=next((each.response for each in prepared if each.side is Side.EMPLOYEE), None),
            )
        )
    return found


class OfDiscussion(Protocol):
    """A row that belongs to a discussion."""

    discussion_id: Any


RowT = TypeVar("RowT", bound=OfDiscussion)


def _by_discussion(rows: Iterable[RowT]) -> defaultdict[int, list[RowT]]:
    """Rows by the key of their discussion, in their order."""
    found: defaultdict[int, list[RowT]] = defaultdict(list)
    for row in rows:
        found[row.discussion_id].append(row)
    return found


def _by_preparation(answers: Iterable[Answer]) -> defaultdict[int, list[Answer]]:
    found: defaultdict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.preparation_id].append(answer)
    return found


def _on_agenda(items: Iterable[AgendaItem], pair: Pair) -> list[AgendaItem]:
    found = [one for one in items if one.state is not ItemState.WITHDRAWN]
    return sorted(found, key=lambda one: (one.author_id != pair.employee_id, one.position, one.pk))


def _settled(discussion: Discussion) -> datetime:
    """When it became what the record is about."""
    settled = discussion.wrapped_up_at or discussion.cancelled_at or discussion.starts_at
    if settled is None:
        raise LookupError(discussion.pk)
    return settled


def _objectives_at(objectives: Sequence[Objective], moment: datetime) -> list[Objective]:
    """Those that were current at a moment: set by then, and not changed or dropped.

    Sharing is as it is now: what its owner has unshared since is theirs alone. What was dropped before that was noted
    is left out.
    """

    def was_current(one: Objective) -> bool:
        is_current, settled_at = one.state is ObjectiveState.CURRENT, one.settled_at
        return one.set_at <= moment and (is_current or (settled_at is not None and settled_at > moment))

    return [one for one in objectives if was_current(one)]


async def _achievements(
    store: Store, me: Person, pair: Pair, every: Sequence[Discussion]
) -> dict[int, list[Achievement]]:
    """The reader's own by discussion, where they are the employee: those since the discussion held before it (C8)."""
    days = {one.pk: _held_on(one, me) for one in every if one.state in HELD_STATES}
    if side(pair, me) is not Side.EMPLOYEE or not days:
        return {}
    saved = await store.achievements.since(me.pk, date.min, MOST_ACHIEVEMENTS)
    found: dict[int, list[Achievement]] = {}
    last = date.min
    for discussion_id, day in days.items():
        found[discussion_id] = [one for one in saved if last < one.happened_on <= day]
        last = max(last, day)
    return found


def _held_on(discussion: Discussion, me: Person) -> date:
    """The day of a discussion that was held, on the reader's calendar."""
    return local_day(me, discussion.starts_at or _settled(discussion))
