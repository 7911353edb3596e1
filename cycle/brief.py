"""The brief: all that helps on the day before a discussion, or to look back at one (practices E2, E6, E16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from cycle import formatting
from cycle.access import visible_level
from cycle.agendas import in_order
from cycle.drives import here_and_before, objectives_and_drives, shared_in
from cycle.guards import side
from cycle.levels import apart
from cycle.roadmap import benchmarks_of
from cycle.wrap_up import notes_of
from cycle.zones import local_day
from storage.agenda import AgendaItem, ItemState
from storage.base import distinct
from storage.commitments import Commitment
from storage.discussions import OPEN, Discussion
from storage.drives import Drive, DriveKind
from storage.objectives import Benchmark, Objective
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.store import Store
from storage.wrap_ups import Notes


@dataclass(frozen=True)
class Check:
    """A line of the checklist: what is done, or is still to do."""

    done: bool
    sentence: str


@dataclass(frozen=True)
class Brief:
    """What one of the two may see of a discussion. Everything of the employee's comes first (E1)."""

    pair: Pair
    discussion: Discussion
    me: Person
    other: Person
    today: date  # on my calendar
    agenda: Sequence[AgendaItem]
    commitments: Sequence[Commitment]  # open between the two; of a past discussion: agreed there
    notes: Sequence[Notes]  # of the one held before it; of a past discussion: its own. The employee's first
    mine: Sequence[Answer]
    theirs: Sequence[Answer]  # shared ones
    levels: Mapping[Side, Level]  # those that I may see
    objectives: Sequence[Objective]
    checklist: Sequence[Check]
    benchmarks: Mapping[int, Sequence[Benchmark]] = field(default_factory=dict)  # by objective
    drives: Sequence[Drive] = ()  # the employee's: all of them for themselves, for the manager those shared

    @property
    def is_coming(self) -> bool:
        """Whether the discussion is still to come, rather than held or cancelled."""
        return self.discussion.state in OPEN

    @property
    def my_side(self) -> Side:
        """Which of the two I am."""
        return side(self.pair, self.me)

    @property
    def apart(self) -> int | None:
        """How many steps higher the manager rates the employee than they rate themselves; None until both are in."""
        return apart(self.levels)


async def brief(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> Brief:
    """The brief of a discussion, coming or past, for one of the two."""
    coming = discussion.state in OPEN
    other = await store.people.get(pair.other_than(me.pk))
    items = await store.agenda.of_discussions([discussion.pk])
    commitments = await _commitments(store, pair, discussion)
    submitted = await store.preparations.with_answers([discussion.pk])
    preparations, answers = distinct(one for one, _ in submitted), distinct(one for _, one in submitted)
    objectives, said = await objectives_and_drives(store, pair) if coming else ((), ())
    return Brief(
        pair=pair,
        discussion=discussion,
        me=me,
        other=other,
        today=local_day(me, now),
        agenda=in_order(items, pair) if coming else _all_in_order(items, pair),
        commitments=commitments,
        notes=await (_last_notes(store, pair, discussion) if coming else notes_of(store, pair, discussion)),
        mine=[answer for answer in answers if answer.author_id == me.id],
        theirs=[answer for answer in answers if answer.author_id != me.id],
        levels={one.side: level for one in preparations if (level := visible_level(me.pk, one, preparations))},
        objectives=objectives,
        benchmarks=await benchmarks_of(store, objectives),
        drives=_drives(said, me, pair),
        checklist=[
            _agenda_check(pair, me, other, items),
            _preparation_check(me, preparations),
            *_commitments_check(me, commitments, _discussion_day(discussion, me, now)),
        ]
        if coming
        else (),
    )


async def _commitments(store: Store, pair: Pair, discussion: Discussion) -> list[Commitment]:
    """What is open before a coming discussion, or what was agreed in a past one."""
    coming = discussion.state in OPEN
    found = (
        await store.commitments.open_of([pair.pk]) if coming else await store.commitments.of_discussion(discussion.pk)
    )
    return sorted(found, key=lambda one: (one.owner_id != pair.employee_id, one.due_on, one.pk))


def _drives(said: Sequence[Drive], me: Person, pair: Pair) -> list[Drive]:
    """What drives the employee, as they say now, in the order of its kinds (C4, L8, M5)."""
    found = here_and_before(said, pair)[0] if side(pair, me) is Side.EMPLOYEE else shared_in(said, pair)
    return [found[kind] for kind in DriveKind if kind in found]


async def _last_notes(store: Store, pair: Pair, discussion: Discussion) -> list[Notes]:
    """What the two wrote down at the discussion that they held before one, the employee's first (E1)."""
    rows = await store.wrap_ups.last_held(pair.pk)
    notes = distinct(one for held, one in rows if held.number < discussion.number)
    return sorted(notes, key=lambda one: one.author_id != pair.employee_id)


def _all_in_order(items: Sequence[AgendaItem], pair: Pair) -> list[AgendaItem]:
    """What was on the agenda of a past discussion, discussed or left for the next."""
    remaining = [item for item in items if item.state is not ItemState.WITHDRAWN]
    return sorted(remaining, key=lambda item: (item.author_id != pair.employee_id, item.position, item.pk))


def _discussion_day(discussion: Discussion, me: Person, now: datetime) -> date:
    """The day of the discussion on my calendar, or the day by which it is due; never in the past."""
    return max(local_day(me, discussion.starts_at) if discussion.starts_at else discussion.due_on, local_day(me, now))


def _agenda_check(pair: Pair, me: Person, other: Person, items: Sequence[AgendaItem]) -> Check:
    """E15: the employee proposes, the manager answers; who wrote an item decides about its words."""
    countered = sum(item.state is ItemState.COUNTERED and item.author_id == me.id for item in items)
    if countered:
        name, what = formatting.first_name(other), formatting.count(countered, "item")
        return Check(done=False, sentence=f"Answer {name}, who suggests other words for {what}.")
    proposed = [item for item in in_order(items, pair) if item.author_id == pair.employee_id]
    if side(pair, me) is Side.EMPLOYEE:
        return Check(bool(proposed), "Your items are on the agenda." if proposed else "Put an item on the agenda.")
    name = formatting.first_name(other)
    waiting = sum(item.state is ItemState.PROPOSED for item in proposed)
    if waiting:
        return Check(done=False, sentence=f"Answer the {formatting.count(waiting, 'item')} that {name} proposed.")
    if proposed:
        return Check(done=True, sentence=f"You have answered what {name} proposed.")
    return Check(done=False, sentence=f"{name} has not proposed an item yet; add one of yours if you like.")


def _preparation_check(me: Person, preparations: Sequence[Preparation]) -> Check:
    done = any(one.author_id == me.id for one in preparations)
    return Check(done, "You have prepared." if done else "Prepare. A few lines are enough.")


def _commitments_check(me: Person, commitments: Sequence[Commitment], until: date) -> list[Check]:
    """E13: what I am to do by the discussion; nothing where there is nothing."""
    due = sum(one.owner_id == me.id and one.due_on <= until for one in commitments)
    sentence = f"Finish your {formatting.count(due, 'commitment')} that are due by then."
    if due == 1:
        sentence = "Finish your commitment that is due by then."
    return [Check(done=False, sentence=sentence)] if due else []
