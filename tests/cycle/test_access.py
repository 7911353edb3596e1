"""The gate: who may read what, by example for each noun, and that nothing gets around it (practice C10)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from cycle.access import Viewer, visible_level
from storage.achievements import Achievement
from storage.agenda import AgendaItem
from storage.base import PairScoped, WorkspaceScoped
from storage.commitments import ChangeRequest
from storage.database import Database
from storage.drafts import Draft
from storage.drives import Drive, DriveKind
from storage.gaps import Gap
from storage.meeting_requests import MeetingRequest
from storage.messages import Message
from storage.nudges import Nudge
from storage.objectives import Benchmark, Horizon, Objective
from storage.opportunities import Digest, Opportunity, OpportunityKind, SignUp
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.pulses import Pulse, Score
from storage.requests import ProcessedRequest
from storage.team_objectives import TeamObjective
from storage.thanks import ThankYou
from storage.updates import Update, UpdateKind
from storage.wrap_ups import Addition, Notes
from tests.support.builders import LONG_AGO, commitment, pair, person, planning, saved
from tests.support.everything import QUESTIONS, Full
from tests.support.everything import answer as answer_to

EMPLOYEE, MANAGER, FORMER_MANAGER, PEER, THEIR_BOSS = range(1, 6)
EVERYONE = (EMPLOYEE, MANAGER, FORMER_MANAGER, PEER, THEIR_BOSS)
BOTH = {EMPLOYEE, MANAGER}
DAY = date(2026, 12, 1)


def the_pair(key: int = 1) -> Pair:
    """The two whose things these are."""
    return pair(person(id=EMPLOYEE), person(id=MANAGER), id=key)


def answer(author: int, *, shared: bool) -> Answer:
    """An answer of a preparation."""
    return Answer(
        pair_id=1, preparation_id=1, author_id=author, question="skills", text="…", shared=shared, answered_at=LONG_AGO
    )


def objective(*, shared: bool, pair_id: int = 1) -> Objective:
    """An objective of the employee."""
    return Objective(
        pair_id=pair_id, owner_id=EMPLOYEE, horizon=Horizon.SHORT, text="…", target_on=DAY, shared=shared,
        set_at=LONG_AGO,
    )  # fmt: skip


def drive(*, shared: bool, pair_id: int = 1) -> Drive:
    """What the employee says drives them."""
    return Drive(
        pair_id=pair_id, discussion_id=1, author_id=EMPLOYEE, kind=DriveKind.PATH, text="lead", shared=shared,
        set_at=LONG_AGO,
    )  # fmt: skip


def draft(author: int) -> Draft:
    """Something typed and not submitted."""
    return Draft(person_id=author, form="preparation", state="{}", view_id="V1", typed_at=LONG_AGO, saved_at=LONG_AGO)


def prepared(author: int, level: Level | None, discussion_id: int = 1) -> Preparation:
    """A preparation with or without an assessment."""
    side = Side.EMPLOYEE if author == EMPLOYEE else Side.MANAGER
    return Preparation(
        pair_id=1, discussion_id=discussion_id, author_id=author, side=side, level=level, submitted_at=LONG_AGO
    )


def item(author: int) -> AgendaItem:
    """An agenda item."""
    return AgendaItem(pair_id=1, discussion_id=1, author_id=author, text="…", position=1, proposed_at=LONG_AGO)


def gap(author_id: int, *, shared: bool) -> Gap:
    """A skill gap that one of the two named."""
    return Gap(pair_id=1, author_id=author_id, skill="…", way="…", shared=shared, set_at=LONG_AGO)


MATRIX: dict[str, tuple[WorkspaceScoped, set[int]]] = {
    "a draft of the employee": (draft(EMPLOYEE), {EMPLOYEE}),
    "a draft of the manager": (draft(MANAGER), {MANAGER}),
    "an achievement of the employee": (
        Achievement(person_id=EMPLOYEE, text="…", happened_on=DAY, saved_at=LONG_AGO),
        {EMPLOYEE},
    ),
    "a private answer of the employee": (answer(EMPLOYEE, shared=False), {EMPLOYEE}),
    "a shared answer of the employee": (answer(EMPLOYEE, shared=True), BOTH),
    "a private answer of the manager": (answer(MANAGER, shared=False), {MANAGER}),
    "a shared answer of the manager": (answer(MANAGER, shared=True), BOTH),
    "a private objective": (objective(shared=False), {EMPLOYEE}),
    "a shared objective": (objective(shared=True), BOTH),
    "a benchmark of an objective that was not read": (
        Benchmark(pair_id=1, objective_id=9, text="…", set_at=LONG_AGO),
        set(),
    ),
    "a private skill gap of the employee": (gap(EMPLOYEE, shared=False), {EMPLOYEE}),
    "a shared skill gap of the employee": (gap(EMPLOYEE, shared=True), BOTH),
    "a private drive": (drive(shared=False), {EMPLOYEE}),
    "a shared drive": (drive(shared=True), BOTH),
    "a shared drive of another pair": (drive(shared=True, pair_id=2), {EMPLOYEE}),
    "a preparation": (prepared(EMPLOYEE, None), BOTH),
    "a commitment": (commitment(the_pair(), person(id=MANAGER), DAY), BOTH),
    "a change asked for": (
        ChangeRequest(commitment_id=1, pair_id=1, asked_by_id=EMPLOYEE, text="…", due_on=DAY, asked_at=LONG_AGO),
        BOTH,
    ),
    "a line about a commitment": (
        Update(pair_id=1, commitment_id=1, author_id=EMPLOYEE, kind=UpdateKind.PROGRESS, text="…", written_at=LONG_AGO),
        BOTH,
    ),
    "a pulse of the employee": (
        Pulse(pair_id=1, discussion_id=1, author_id=EMPLOYEE, score=Score.GOOD, given_at=LONG_AGO),
        {EMPLOYEE},
    ),
    "a request to meet": (
        MeetingRequest(pair_id=1, discussion_id=1, asked_by_id=EMPLOYEE, times="1", asked_at=LONG_AGO),
        BOTH,
    ),
    "an agenda item": (item(EMPLOYEE), BOTH),
    "a discussion": (planning(the_pair(), DAY), BOTH),
    "notes": (Notes(pair_id=1, discussion_id=1, author_id=EMPLOYEE, text="…", written_at=LONG_AGO), BOTH),
    "an addition": (Addition(pair_id=1, discussion_id=1, author_id=EMPLOYEE, added_at=LONG_AGO), BOTH),
    "a thank-you": (ThankYou(pair_id=1, discussion_id=1, author_id=EMPLOYEE, text="…", sent_at=LONG_AGO), BOTH),
    "the pair, with the words of the request and the answer": (the_pair(), BOTH),
    "a commitment of another pair": (commitment(the_pair(2), person(id=MANAGER), DAY), set()),
    "a discussion of another pair": (planning(the_pair(2), DAY), set()),
    "notes of another pair": (
        Notes(pair_id=2, discussion_id=1, author_id=EMPLOYEE, text="…", written_at=LONG_AGO),
        set(),
    ),
    "a shared objective of another pair": (objective(shared=True, pair_id=2), set()),
}


def viewer(person_id: int) -> Viewer:
    """A person who has tried to read the pair."""
    one = Viewer()
    one.is_person(person(id=person_id))
    one.may_read(the_pair())
    return one


@pytest.mark.parametrize("what", MATRIX)
def test_C10_who_reads_what(what: str):
    """Every noun against every kind of viewer: exactly those named in the matrix read it."""
    row, readers = MATRIX[what]
    assert {person_id for person_id in EVERYONE if viewer(person_id).may_read(row)} == set(readers)


@pytest.mark.parametrize(("shared", "readers"), [(True, BOTH), (False, {EMPLOYEE})])
@pytest.mark.parametrize("person_id", EVERYONE)
def test_C10_a_benchmark_is_read_with_its_objective(person_id: int, readers: set[int], *, shared: bool):
    """Once the objective was asked for, its benchmarks are open to exactly those who may read it."""
    measured = objective(shared=shared)
    measured.id = 9
    reader = viewer(person_id)
    reader.may_read(measured)
    assert reader.may_read(Benchmark(pair_id=1, objective_id=9, text="…", set_at=LONG_AGO)) is (person_id in readers)


@pytest.mark.parametrize(("offered_by", "readers"), [(MANAGER, BOTH), (PEER, {EMPLOYEE, PEER})])
def test_C10_who_signed_up_is_known_to_them_and_to_whoever_offers_it(offered_by: int, readers: set[int]):
    """What is offered is for everyone; of who wants to take part, not even their manager reads."""
    offered = Opportunity(id=9, offered_by_id=offered_by, kind=OpportunityKind.PROJECT, title="…", about="", skills="",
                          place="", offered_at=LONG_AGO)  # fmt: skip
    sign_up = SignUp(opportunity_id=9, person_id=EMPLOYEE, signed_up_at=LONG_AGO)
    viewers = {person_id: viewer(person_id) for person_id in EVERYONE}
    assert [person_id for person_id in EVERYONE if viewers[person_id].may_read(sign_up)] == [EMPLOYEE]
    assert all(one.may_read(offered) for one in viewers.values())
    assert {person_id for person_id in EVERYONE if viewers[person_id].may_read(sign_up)} == readers


def test_C10_the_matrix_names_every_noun_between_two_people():
    """A new noun cannot be read by anyone before its readers are named here."""
    assert {type(row) for row, _ in MATRIX.values()} == {Pair, Draft, Achievement, *PairScoped.__subclasses__()}


@pytest.mark.parametrize("row", [row for row, readers in MATRIX.values() if readers])
def test_C10_without_a_person_nothing_between_people_is_read(row: WorkspaceScoped):
    """A store that nobody has entered yet hands out names, and nothing else."""
    nobody = Viewer()
    nobody.may_read(the_pair())
    assert not nobody.may_read(row)
    assert nobody.may_read(person(id=EMPLOYEE))


def test_C10_a_row_is_reached_through_its_pair():
    """Being one of the two is not enough: the pair itself has to pass the gate first."""
    employee = Viewer()
    employee.is_person(person(id=EMPLOYEE))
    assert not employee.may_read(item(EMPLOYEE))
    assert employee.may_read(the_pair())
    assert employee.may_read(item(EMPLOYEE))


def rows_in(found: Any) -> Iterator[WorkspaceScoped]:
    """All rows in what a repository returned, however deep."""
    if isinstance(found, WorkspaceScoped):
        yield found
    elif isinstance(found, dict):
        yield from rows_in(list(found.values()))
    elif isinstance(found, list | tuple | sa.Row):
        for one in found:
            yield from rows_in(one)


async def read_as(
    database: Database, workspace_id: int, reader_id: int, name: str, known: Any
) -> list[WorkspaceScoped]:
    """The rows that a person gets out of one way of finding things, having asked for the pair first."""
    gate = Viewer()
    async with database.unit(workspace_id, gate=gate) as store:
        gate.is_person(await store.people.get(reader_id))
        await store.pairs.by_ids([known.pair])
        return list(rows_in(await answer_to(store, QUESTIONS[name], known)))


# On SQLite: the gate has nothing to do with the kind of database; `test_tenancy` asks every question on both.
@pytest.mark.parametrize("name", QUESTIONS)
async def test_C10_a_third_person_reads_nothing_between_two_others(full: Full, name: str):
    """Through every method of every repository: names and what is for all, though she is paired with one of them."""
    database, workspace_id, known = full
    async with database.unit(workspace_id) as store:
        third = person("Dana")
        await saved(store, third)
        await saved(store, pair(third, await store.people.get(known.other)))
    rows = await read_as(database, workspace_id, third.pk, name, known)
    her_own = [row for row in rows if isinstance(row, Pair) and row.employee_id == third.pk]
    names = {Person, Nudge, Message, ProcessedRequest, TeamObjective, Opportunity, Digest}
    assert {type(row) for row in rows if row not in her_own} <= names


def is_private(row: WorkspaceScoped) -> bool:
    """Whether a row is for its author alone."""
    if isinstance(row, Answer | Drive | Objective | Gap):
        return not row.shared
    return isinstance(row, Draft | Achievement | Pulse | Benchmark)  # the benchmark is that of a private objective


@pytest.mark.parametrize("name", QUESTIONS)
async def test_C10_the_other_of_the_two_reads_what_is_shared(full: Full, name: str):
    """Through every method of every repository: all that there is, but for private answers, objectives and drafts."""
    database, workspace_id, known = full
    shared = answer(known.person, shared=True)
    shared.pair_id, shared.preparation_id = known.pair, known.preparation
    hers = objective(shared=True, pair_id=known.pair)
    hers.owner_id = known.person
    async with database.unit(workspace_id) as store:
        await saved(store, shared, hers)
    async with database.reading(workspace_id) as store:  # without a gate
        everything = list(rows_in(await answer_to(store, QUESTIONS[name], known)))
    rows = await read_as(database, workspace_id, known.other, name, known)
    assert {(type(row), row.id) for row in rows} == {(type(row), row.id) for row in everything if not is_private(row)}
    if name in {
        "preparations.with_answers",
        "preparations.answers_to",
        "preparations.answers_of",
        "preparations.of_other_side",
    }:
        assert [row.id for row in rows if isinstance(row, Answer)] == [shared.id]
    if name == "objectives.current":
        assert [row.id for row in rows if isinstance(row, Objective)] == [hers.id]


# --- E2: assessments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other_level", [None, Level.STRONG])
@pytest.mark.parametrize("my_level", [None, Level.DEVELOPING])
@pytest.mark.parametrize(("me", "other"), [(EMPLOYEE, MANAGER), (MANAGER, EMPLOYEE)])
def test_E2_assessments_are_blind_until_both_are_in(
    me: int, other: int, my_level: Level | None, other_level: Level | None
):
    """I always see my own assessment, and the other's exactly when both of us have given one."""
    mine, theirs = prepared(me, my_level), prepared(other, other_level)
    assert visible_level(me, mine, [mine, theirs]) is my_level
    assert visible_level(me, theirs, [mine, theirs]) is (other_level if my_level is not None else None)


def test_E2_an_assessment_for_an_earlier_discussion_opens_nothing():
    """What I gave for another discussion does not show me the other's level for this one."""
    earlier = prepared(EMPLOYEE, Level.STRONG, discussion_id=1)
    theirs = prepared(MANAGER, Level.STRONG, discussion_id=2)
    assert visible_level(EMPLOYEE, theirs, [earlier, theirs]) is None


@pytest.mark.parametrize("stranger", [FORMER_MANAGER, PEER, THEIR_BOSS])
def test_E2_nobody_else_sees_an_assessment(stranger: int):
    """Both are in, and a third person still sees neither."""
    both: list[Any] = [prepared(EMPLOYEE, Level.STRONG), prepared(MANAGER, Level.STRONG)]
    assert [visible_level(stranger, one, both) for one in both] == [None, None]
