from datetime import date

import pytest

from cycle.access import Thing, may_see, may_see_level
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, Commitment
from storage.discussions import Discussion
from storage.objectives import Horizon, Objective
from storage.pairs import Pair, Side
from storage.preparations import Answer, Draft, Level, Preparation
from storage.thanks import ThankYou
from tests.support.builders import LONG_AGO, commitment, pair, person, planning

EMPLOYEE, MANAGER, FORMER_MANAGER, PEER, THEIR_BOSS = range(1, 6)
EVERYBODY = (EMPLOYEE, MANAGER, FORMER_MANAGER, PEER, THEIR_BOSS)
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


def draft(author: int) -> Draft:
    """Something typed and not handed in."""
    return Draft(person_id=author, form="preparation", state="{}", view_id="V1", saved_at=LONG_AGO)


def a_commitment(pair_id: int = 1) -> Commitment:
    """A promise of the manager."""
    return commitment(the_pair(pair_id), person(id=MANAGER), DAY)


def request() -> ChangeRequest:
    """A new date that the employee asked for."""
    return ChangeRequest(
        commitment_id=1, pair_id=1, asked_by_id=EMPLOYEE, text="…", due_on=DAY, reason="…", asked_at=LONG_AGO
    )


def item(author: int) -> AgendaItem:
    """A point of the agenda."""
    return AgendaItem(pair_id=1, discussion_id=1, author_id=author, text="…", position=1, proposed_at=LONG_AGO)


def discussion(pair_id: int = 1) -> Discussion:
    """A talk, with its notes."""
    return planning(the_pair(pair_id), DAY, notes="…")


MATRIX: dict[str, tuple[Thing, set[int]]] = {
    "a draft of the employee": (draft(EMPLOYEE), {EMPLOYEE}),
    "a draft of the manager": (draft(MANAGER), {MANAGER}),
    "a private answer of the employee": (answer(EMPLOYEE, shared=False), {EMPLOYEE}),
    "a shared answer of the employee": (answer(EMPLOYEE, shared=True), BOTH),
    "a private answer of the manager": (answer(MANAGER, shared=False), {MANAGER}),
    "a shared answer of the manager": (answer(MANAGER, shared=True), BOTH),
    "a private objective": (objective(shared=False), {EMPLOYEE}),
    "a shared objective": (objective(shared=True), BOTH),
    "a commitment": (a_commitment(), BOTH),
    "a change asked for": (request(), BOTH),
    "an agenda item of the employee": (item(EMPLOYEE), BOTH),
    "an agenda item of the manager": (item(MANAGER), BOTH),
    "a talk and its notes": (discussion(), BOTH),
    "the words with which one asked and the other answered": (the_pair(), BOTH),
    "those of another pair": (the_pair(2), set()),
    "a thank-you": (ThankYou(pair_id=1, discussion_id=1, author_id=EMPLOYEE, text="…", sent_at=LONG_AGO), BOTH),
    "a commitment of another pair": (a_commitment(pair_id=2), set()),
    "a talk of another pair": (discussion(pair_id=2), set()),
    "a shared objective of another pair": (objective(shared=True, pair_id=2), set()),
}


@pytest.mark.parametrize("what", MATRIX)
@pytest.mark.parametrize("viewer", EVERYBODY)
def test_C10_who_sees_what(what: str, viewer: int):
    """Every kind of thing against every kind of viewer: exactly those named in the matrix see it."""
    thing, seen_by = MATRIX[what]
    assert may_see(viewer, thing, the_pair()) is (viewer in seen_by)


def test_C10_the_matrix_names_every_kind_of_thing():
    """A new kind of thing cannot be shown to anybody before somebody has said here who sees it."""
    assert {type(thing) for thing, _ in MATRIX.values()} == set(Thing.__args__)


def prep(author: int, level: Level | None, discussion_id: int = 1) -> Preparation:
    """A preparation with or without an assessment."""
    side = Side.EMPLOYEE if author == EMPLOYEE else Side.MANAGER
    return Preparation(
        pair_id=1, discussion_id=discussion_id, author_id=author, side=side, level=level, submitted_at=LONG_AGO
    )


@pytest.mark.parametrize("other_level", [None, Level.STRONG])
@pytest.mark.parametrize("my_level", [None, Level.DEVELOPING])
@pytest.mark.parametrize(("me", "other"), [(EMPLOYEE, MANAGER), (MANAGER, EMPLOYEE)])
def test_E2_assessments_are_blind_until_both_are_in(
    me: int, other: int, my_level: Level | None, other_level: Level | None
):
    """I always see my own assessment, and the other's exactly when both of us have given one."""
    mine, theirs = prep(me, my_level), prep(other, other_level)
    assert may_see_level(me, mine, [mine, theirs])
    assert may_see_level(me, theirs, [mine, theirs]) is (my_level is not None and other_level is not None)


def test_E2_an_assessment_for_an_earlier_discussion_opens_nothing():
    """What I gave for another talk does not show me the other's level for this one."""
    earlier, theirs = prep(EMPLOYEE, Level.STRONG, discussion_id=1), prep(MANAGER, Level.STRONG, discussion_id=2)
    assert not may_see_level(EMPLOYEE, theirs, [earlier, theirs])


@pytest.mark.parametrize("stranger", [FORMER_MANAGER, PEER, THEIR_BOSS])
def test_E2_nobody_else_sees_an_assessment(stranger: int):
    """Both are in, and a third person still sees neither."""
    both = [prep(EMPLOYEE, Level.STRONG), prep(MANAGER, Level.STRONG)]
    assert not any(may_see_level(stranger, one, both) for one in both)
