import pytest

from cycle.bank import Asker, Clarity, FeedbackStyle, QuestionSet, Stage, load_bank
from cycle.coach import review_request
from cycle.pairing import DRAFTS
from cycle.prompts import BY_QUESTION, MANAGER_PROMPTS
from cycle.suggestions import (
    MOST_ON_OFFER,
    MOST_SUGGESTED,
    asked_before,
    clarity_of,
    feedback_of,
    order_of_discussion,
    suggested,
)  # fmt: skip
from storage.pairs import Side
from tests.support.builders import person

BANK, _ = load_bank()
ANA = person("Ana Ruiz")
ASPIRATION = "aspiration-discussion"


def test_E4_the_first_suggestions_are_questions_to_the_manager():
    """Five to begin with, all for the employee to ask."""
    offered = suggested(BANK, ANA, None, (), ())
    assert len(offered) == MOST_SUGGESTED
    assert {question.asker for question in offered} == {Asker.EMPLOYEE}


def test_E4_what_was_on_the_last_agenda_makes_way():
    """A question asked last time, whatever its spaces and capitals, is not suggested again."""
    before = suggested(BANK, ANA, None, (), ())
    texts = [f" {before[0].text.upper()} ", "My course"]
    assert asked_before(BANK, texts) == {before[0].id}
    assert before[0] not in suggested(BANK, ANA, None, texts, ())


@pytest.mark.parametrize(("clarity", "unfit"), [("unsure", Clarity.KNOWS), ("knows", Clarity.UNSURE)])
def test_C12_how_clear_the_path_is_chooses_the_questions(clarity: str, unfit: Clarity):
    """A person who is unsure gets other questions than a person who knows."""
    offered = suggested(BANK, person(path_clarity=clarity), None, (), ())
    assert all(question.clarity is not unfit for question in offered)
    assert any(question.clarity is Clarity(clarity) for question in offered)


@pytest.mark.parametrize(("style", "unfit"), [("gentle", FeedbackStyle.DIRECT), ("direct", FeedbackStyle.GENTLE)])
def test_C12_how_feedback_is_liked_chooses_the_tone(style: str, unfit: FeedbackStyle):
    """A person who likes gentle feedback is offered no direct questions, and the other way round."""
    offered = suggested(BANK, person(feedback_style=style), None, (), ())
    assert all(question.feedback is not unfit for question in offered)


def test_C12_an_unknown_preference_counts_as_none():
    """A preference that was not given, or that an older version saved, is None."""
    assert (clarity_of(ANA), feedback_of(ANA)) == (None, None)
    assert clarity_of(person(path_clarity="foggy")) is None
    assert feedback_of(person(feedback_style="gentle")) is FeedbackStyle.GENTLE


@pytest.mark.parametrize("chosen", BANK.sets, ids=lambda chosen: chosen.id)
def test_C14_a_sets_own_questions_for_the_employee_come_first(chosen: QuestionSet):
    """With a set chosen, what it has for the employee is suggested before anything else."""
    own = [question for question in BANK.questions_of(chosen) if question.asker is Asker.EMPLOYEE]
    assert suggested(BANK, ANA, chosen.id, (), ())[: len(own)] == own[:MOST_SUGGESTED]


def test_E4_what_is_picked_stays_on_offer():
    """What is ticked comes first and is not lost when the questions change, up to the ten that a list holds."""
    picked = [question for question in BANK.questions if question.asker is Asker.EMPLOYEE][:12]
    assert suggested(BANK, ANA, None, (), picked[:2])[:2] == picked[:2]
    assert suggested(BANK, ANA, ASPIRATION, (), picked) == picked[:MOST_ON_OFFER]


@pytest.mark.parametrize("chosen", BANK.sets, ids=lambda chosen: chosen.id)
def test_C14_the_order_of_a_discussion_lets_the_employee_begin_each_part(chosen: QuestionSet):
    """Opening, exploring, closing; in each the employee's questions first, with minutes that add up to the set's."""
    order = order_of_discussion(BANK, chosen.id)
    assert sum(step.minutes for step in order) == chosen.minutes
    parts = [(list(Stage).index(step.question.stage), step.question.asker is not Asker.EMPLOYEE) for step in order]
    assert parts == sorted(parts)


@pytest.mark.parametrize("unknown", [None, "", "taken-out-by-an-admin"])
def test_a_set_that_is_not_there_orders_nothing(unknown: str | None):
    """Without a set, or with one that has been removed since, there is no order, but there are still suggestions."""
    assert order_of_discussion(BANK, unknown) == []
    assert suggested(BANK, ANA, unknown, (), ()) == suggested(BANK, ANA, None, (), ())


def test_L3_each_of_the_five_things_answers_a_question_of_the_bank():
    """The leader's five fields belong to five questions to oneself, which the aspiration discussion leads to."""
    assert len(BY_QUESTION) == len(MANAGER_PROMPTS) == 5
    assert all(BANK.by_id[key].asker is Asker.SELF for key in BY_QUESTION)
    asked = {step.question.leader_question for step in order_of_discussion(BANK, ASPIRATION)} - {None}
    assert asked == set(BY_QUESTION)


@pytest.mark.parametrize("side", list(Side))
def test_E5_the_drafted_request_passes_the_coach(side: Side):
    """The drafted words are about a career here."""
    assert review_request(DRAFTS[side]) == []
