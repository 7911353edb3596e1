"""Which questions are chosen for a talk and for the employee's list."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.bank import (
    Addressee,
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    Stage,
    Topic,
    load_bank,
    select_employee_questions,
    select_questions,
)

BANK, _ = load_bank()
IDS = [question.id for question in BANK.questions]

clarities = st.none() | st.sampled_from(Clarity)
tastes = st.none() | st.sampled_from(FeedbackStyle)
histories = st.lists(st.sampled_from(IDS), max_size=len(IDS), unique=True)
choices = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(Stage),
        "set_id": st.none() | st.sampled_from([*BANK.set_by_id, "removed-since"]),
        "clarity": clarities,
        "feedback": tastes,
        "asked_last_time": histories,
        "limit": st.integers(-1, 12),
        "asker": st.none() | st.sampled_from(Asker),
    }
)


def choose(bank: Bank = BANK, **given_arguments: Any) -> list[str]:
    """The ids chosen, for an employee of whom nothing is known unless told otherwise."""
    arguments: dict[str, Any] = {
        "stage": Stage.EXPLORING,
        "set_id": None,
        "clarity": None,
        "feedback": None,
        "asked_last_time": (),
        "limit": 100,
        **given_arguments,
    }
    return [question.id for question in select_questions(bank, **arguments)]


def suits(question: Question, clarity: Clarity | None, feedback: FeedbackStyle | None) -> bool:
    """Whether nothing speaks against a question."""
    wrong_path = None not in {clarity, question.clarity} and clarity is not question.clarity
    wrong_tone = None not in {feedback, question.feedback} and feedback is not question.feedback
    return not (wrong_path or wrong_tone)


@given(choices)
def test_C12_the_choice_follows_from_its_arguments_only(arguments: dict[str, Any]):
    """The same arguments, however ordered, give the same questions: each once, of the stage and side, in the limit."""
    chosen = select_questions(BANK, **arguments)
    again = select_questions(BANK, **{**arguments, "asked_last_time": frozenset(arguments["asked_last_time"])})
    assert chosen == again
    assert len(set(chosen)) == len(chosen) <= max(arguments["limit"], 0)
    assert {question.stage for question in chosen} <= {arguments["stage"]}
    assert arguments["asker"] is None or {question.asker for question in chosen} <= {arguments["asker"]}


@given(choices)
def test_C12_no_question_twice_in_a_row(arguments: dict[str, Any]):
    """What was asked last time comes again only if nothing else is left, and what does not suit only then too."""
    pool = [
        question
        for question in BANK.questions
        if question.stage is arguments["stage"] and arguments["asker"] in {None, question.asker}
    ]
    new = [question for question in pool if question.id not in arguments["asked_last_time"]]
    chosen = select_questions(BANK, **arguments)
    if new:
        assert {question.id for question in chosen}.isdisjoint(arguments["asked_last_time"])
    if any(suits(question, arguments["clarity"], arguments["feedback"]) for question in new or pool):
        assert all(suits(question, arguments["clarity"], arguments["feedback"]) for question in chosen)
    if pool and arguments["limit"] > 0:
        assert chosen


@given(choices)
def test_C14_the_employee_goes_first(arguments: dict[str, Any]):
    """No question of the employee stands behind one of the manager's or the leader's."""
    sides = [question.asker is Asker.EMPLOYEE for question in select_questions(BANK, **arguments)]
    assert sides == sorted(sides, reverse=True)


@given(st.sampled_from([*BANK.set_by_id]), st.sampled_from(Stage), histories)
def test_a_set_is_asked_as_it_is_written(set_id: str, stage: Stage, asked: list[str]):
    """What of a set may be asked is asked; stand-ins fill its gaps and never make the talk longer."""
    written = [q.id for q in BANK.questions_of(BANK.set_by_id[set_id]) if q.stage is stage]
    chosen = choose(stage=stage, set_id=set_id, asked_last_time=asked)
    if written:
        assert len(chosen) <= len(written)
        if not {q.id for q in BANK.questions if q.stage is stage} <= set(asked):
            assert {question for question in written if question not in asked} <= set(chosen)


def test_L4_the_first_aspiration_discussion_asks_all_eight():
    """With nothing asked before, the set is taken as it is."""
    in_set = [q.id for q in BANK.questions_of(BANK.set_by_id["aspiration-discussion"]) if q.stage is Stage.EXPLORING]
    assert len(in_set) == 8
    assert choose(set_id="aspiration-discussion") == in_set


def test_a_stand_in_is_on_the_same_matter():
    """A set's question that was asked last time makes way for another one by the same side on the same topic."""
    first = select_questions(
        BANK, stage=Stage.OPENING, set_id="mid-year", clarity=None, feedback=None, asked_last_time=(), limit=5
    )
    second = select_questions(
        BANK,
        stage=Stage.OPENING,
        set_id="mid-year",
        clarity=None,
        feedback=None,
        asked_last_time=[question.id for question in first],
        limit=5,
    )
    assert [(q.asker, q.topic) for q in second] == [(q.asker, q.topic) for q in first]
    assert set(first).isdisjoint(second)


def test_an_unknown_set_is_no_set():
    """A set that an admin has removed since does no harm."""
    assert choose(set_id="removed-since") == choose(set_id=None)


def test_C12_questions_for_just_this_person_come_first():
    """Somebody unsure gets questions for people who are unsure before those that suit everybody."""
    chosen = choose(clarity=Clarity.UNSURE, asker=Asker.MANAGER)
    tagged = [BANK.by_id[question].clarity for question in chosen]
    assert tagged[0] is Clarity.UNSURE
    assert tagged == sorted(tagged, key=lambda clarity: clarity is None)


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_everything_suitable_has_its_turn(limit: int):
    """Talk after talk without a set, the choice walks through all questions instead of swinging between two lots."""
    pool = [q.id for q in BANK.questions if q.stage is Stage.EXPLORING and q.asker is Asker.MANAGER]
    seen: set[str] = set()
    last: list[str] = []
    for _ in range(len(pool)):
        last = choose(asker=Asker.MANAGER, asked_last_time=last, limit=limit)
        seen.update(last)
    assert seen == set(pool)


def test_repeats_when_nothing_else_is_left_are_the_least_bad():
    """With everything asked, what suits the person comes again; with only unsuitable new ones, these come first."""
    sure, unsure, plain = (
        replace(BANK.by_id["first-step-next-week"], id=name, clarity=clarity)
        for name, clarity in (("sure", Clarity.KNOWS), ("unsure", Clarity.UNSURE), ("plain", None))
    )
    bank = Bank((sure, unsure, plain))
    everything = ["sure", "unsure", "plain"]
    for_sure = {"stage": Stage.CLOSING, "clarity": Clarity.KNOWS}
    assert choose(bank, asked_last_time=everything, **for_sure) == ["sure", "plain"]
    assert choose(bank, asked_last_time=["sure", "plain"], **for_sure) == ["unsure"]
    assert choose(bank, asked_last_time=["sure"], **for_sure) == ["plain"]
    assert choose(Bank(), **for_sure) == []


def test_C7_C8_preparation_is_told_apart_by_side():
    """The employee's and the leader's preparation questions can be had separately."""
    employee = choose(stage=Stage.PREP, asker=Asker.EMPLOYEE)
    leader = choose(stage=Stage.PREP, asker=Asker.SELF)
    assert {p for q in employee for p in BANK.by_id[q].practices} >= {"C8"}
    assert {p for q in leader for p in BANK.by_id[q].practices} >= {"C7", "L1"}
    assert set(employee).isdisjoint(leader)


def test_E4_the_first_four_to_ask_are_about_the_four_matters():
    """The list to pick from begins with how I am assessed, strengths, gaps and readiness."""
    topics = [question.topic for question in select_employee_questions(BANK, limit=4)]
    assert topics == [Topic.ASSESSMENT, Topic.STRENGTHS, Topic.GAPS, Topic.READINESS]


@given(clarities, tastes, histories, st.integers(-1, 120))
def test_E4_questions_to_ask_are_the_employees_own(
    clarity: Clarity | None, feedback: FeedbackStyle | None, asked: list[str], limit: int
):
    """Only questions an employee asks the manager in the talk are offered, none twice, as many as one list holds."""
    offered = select_employee_questions(BANK, clarity=clarity, feedback=feedback, asked_last_time=asked, limit=limit)
    assert all((q.asker, q.to) == (Asker.EMPLOYEE, Addressee.MANAGER) for q in offered)
    assert {q.stage for q in offered} <= {Stage.OPENING, Stage.EXPLORING, Stage.CLOSING}
    assert len(set(offered)) == len(offered) <= max(limit, 0)
    assert len(select_employee_questions(BANK)) <= 100


def test_E4_all_four_matters_are_there_for_everybody():
    """Whatever somebody's path and taste, there is a question on each of the four matters."""
    for clarity in (None, *Clarity):
        for feedback in (None, *FeedbackStyle):
            topics = {q.topic for q in select_employee_questions(BANK, clarity=clarity, feedback=feedback)}
            assert {Topic.ASSESSMENT, Topic.STRENGTHS, Topic.GAPS, Topic.READINESS} <= topics
