"""Selecting questions for a discussion and for the employee's list."""

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
styles = st.none() | st.sampled_from(FeedbackStyle)
histories = st.lists(st.sampled_from(IDS), max_size=len(IDS), unique=True)
choices = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(Stage),
        "set_id": st.none() | st.sampled_from([*BANK.set_by_id, "removed-since"]),
        "clarity": clarities,
        "feedback": styles,
        "asked_last_time": histories,
        "limit": st.integers(-1, 12),
        "asker": st.none() | st.sampled_from(Asker),
    }
)


def selected_ids(bank: Bank = BANK, **given_arguments: Any) -> list[str]:
    """The ids of the selected questions; unless given, nothing is known about the employee."""
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
    """Whether a question suits a person."""
    wrong_path = None not in {clarity, question.clarity} and clarity is not question.clarity
    wrong_tone = None not in {feedback, question.feedback} and feedback is not question.feedback
    return not (wrong_path or wrong_tone)


@given(choices)
def test_C12_the_selection_depends_on_its_arguments_only(arguments: dict[str, Any]):
    """Equal arguments, ids in any order, give equal questions: each once, of the stage and asker, within the limit."""
    chosen = select_questions(BANK, **arguments)
    again = select_questions(BANK, **{**arguments, "asked_last_time": frozenset(arguments["asked_last_time"])})
    assert chosen == again
    assert len(set(chosen)) == len(chosen) <= max(arguments["limit"], 0)
    assert {question.stage for question in chosen} <= {arguments["stage"]}
    assert arguments["asker"] is None or {question.asker for question in chosen} <= {arguments["asker"]}


@given(choices)
def test_C12_no_question_twice_in_a_row(arguments: dict[str, Any]):
    """Questions asked last time, and questions that do not suit, are selected only if there are no others."""
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
    """No question by the employee comes after one by the manager."""
    sides = [question.asker is Asker.EMPLOYEE for question in select_questions(BANK, **arguments)]
    assert sides == sorted(sides, reverse=True)


@given(st.sampled_from([*BANK.set_by_id]), st.sampled_from(Stage), histories)
def test_a_set_is_asked_as_it_is_written(set_id: str, stage: Stage, asked: list[str]):
    """Every question of a set that may be asked is selected; replacements fill the gaps and add none."""
    written = [q.id for q in BANK.questions_of(BANK.set_by_id[set_id]) if q.stage is stage]
    chosen = selected_ids(stage=stage, set_id=set_id, asked_last_time=asked)
    if written:
        assert len(chosen) <= len(written)
        if not {q.id for q in BANK.questions if q.stage is stage} <= set(asked):
            assert {question for question in written if question not in asked} <= set(chosen)


def test_L4_the_first_aspiration_discussion_asks_all_eight():
    """If nothing was asked before, the set is selected unchanged."""
    in_set = [q.id for q in BANK.questions_of(BANK.set_by_id["aspiration-discussion"]) if q.stage is Stage.EXPLORING]
    assert len(in_set) == 8
    assert selected_ids(set_id="aspiration-discussion") == in_set


def test_a_replacement_is_on_the_same_topic():
    """A question asked last time is replaced by another one of the same asker on the same topic."""
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
    """A set that an admin has removed since is ignored."""
    assert selected_ids(set_id="removed-since") == selected_ids(set_id=None)


def test_C12_questions_for_people_like_this_one_come_first():
    """People who are unsure get questions for the unsure before those that suit everyone."""
    chosen = selected_ids(clarity=Clarity.UNSURE, asker=Asker.MANAGER)
    tagged = [BANK.by_id[question].clarity for question in chosen]
    assert tagged[0] is Clarity.UNSURE
    assert tagged == sorted(tagged, key=lambda clarity: clarity is None)


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_every_question_that_suits_gets_its_turn(limit: int):
    """Over many discussions without a set all questions are asked, not the same two groups in alternation."""
    pool = [q.id for q in BANK.questions if q.stage is Stage.EXPLORING and q.asker is Asker.MANAGER]
    seen: set[str] = set()
    last: list[str] = []
    for _ in range(len(pool)):
        last = selected_ids(asker=Asker.MANAGER, asked_last_time=last, limit=limit)
        seen.update(last)
    assert seen == set(pool)


def test_repeated_questions_come_last():
    """A new question that does not suit comes before a repeated one; if all are repeated, those that suit count."""
    sure, unsure, plain = (
        replace(BANK.by_id["first-step-next-week"], id=name, clarity=clarity)
        for name, clarity in (("sure", Clarity.KNOWS), ("unsure", Clarity.UNSURE), ("plain", None))
    )
    bank = Bank((sure, unsure, plain))
    everything = ["sure", "unsure", "plain"]
    for_sure = {"stage": Stage.CLOSING, "clarity": Clarity.KNOWS}
    assert selected_ids(bank, asked_last_time=everything, **for_sure) == ["sure", "plain"]
    assert selected_ids(bank, asked_last_time=["sure", "plain"], **for_sure) == ["unsure"]
    assert selected_ids(bank, asked_last_time=["sure"], **for_sure) == ["plain"]
    assert selected_ids(Bank(), **for_sure) == []


def test_C7_C8_each_side_has_its_own_preparation():
    """The employee's and the manager's preparation questions are selected separately."""
    employee = selected_ids(stage=Stage.PREP, asker=Asker.EMPLOYEE)
    manager = selected_ids(stage=Stage.PREP, asker=Asker.SELF)
    assert {p for q in employee for p in BANK.by_id[q].practices} >= {"C8"}
    assert {p for q in manager for p in BANK.by_id[q].practices} >= {"C7", "L1"}
    assert set(employee).isdisjoint(manager)


def test_E4_the_first_four_to_ask_are_about_the_four_topics():
    """The list starts with how I am assessed, strengths, gaps and readiness."""
    topics = [question.topic for question in select_employee_questions(BANK, limit=4)]
    assert topics == [Topic.ASSESSMENT, Topic.STRENGTHS, Topic.GAPS, Topic.READINESS]


@given(clarities, styles, histories, st.integers(-1, 120))
def test_E4_the_employees_list_has_only_their_questions(
    clarity: Clarity | None, feedback: FeedbackStyle | None, asked: list[str], limit: int
):
    """Only questions by the employee to the manager in a discussion, none twice, no more than one list holds."""
    offered = select_employee_questions(BANK, clarity=clarity, feedback=feedback, asked_last_time=asked, limit=limit)
    assert all((q.asker, q.to) == (Asker.EMPLOYEE, Addressee.MANAGER) for q in offered)
    assert {q.stage for q in offered} <= {Stage.OPENING, Stage.EXPLORING, Stage.CLOSING}
    assert len(set(offered)) == len(offered) <= max(limit, 0)
    assert len(select_employee_questions(BANK)) <= 100


def test_E4_everyone_can_ask_about_all_four_topics():
    """For every clarity and feedback style there is a question on each of the four topics."""
    for clarity in (None, *Clarity):
        for feedback in (None, *FeedbackStyle):
            topics = {q.topic for q in select_employee_questions(BANK, clarity=clarity, feedback=feedback)}
            assert {Topic.ASSESSMENT, Topic.STRENGTHS, Topic.GAPS, Topic.READINESS} <= topics
