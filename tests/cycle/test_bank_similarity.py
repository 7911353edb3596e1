"""Specific questions offered in place of a broad one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.bank import Asker, Bank, Topic, load_bank, similar_questions

BANK, _ = load_bank()


@pytest.mark.parametrize(
    ("broad", "topic"),
    [
        ("Where do you see yourself in five years?", Topic.ASPIRATIONS),
        ("What are your career goals?", Topic.ASPIRATIONS),
        ("What do you want from life?", Topic.ASPIRATIONS),
        ("How am I doing?", Topic.ASSESSMENT),
        ("What are your strengths?", Topic.STRENGTHS),
        ("What are your weaknesses?", Topic.GAPS),
        ("How do I get promoted?", Topic.READINESS),
        ("What motivates you?", Topic.MOTIVATION),
        ("Do you enjoy your job?", Topic.ENERGISING_WORK),
        ("What would be the ideal job for you?", Topic.ROLE_DESIGN),
        ("How can you support me?", Topic.SUPPORT),
        ("Any feedback?", Topic.FEEDBACK),
        ("What are your biggest challenges?", Topic.ROADBLOCKS),
        ("What are you proud of?", Topic.ACHIEVEMENTS),
    ],
)
def test_M4_a_broad_question_gets_three_on_its_topic(broad: str, topic: Topic):
    """Three specific questions are found, the first of them on the topic of the broad one."""
    offered = similar_questions(BANK, broad)
    assert len(offered) == 3
    assert offered[0].topic is topic


def test_M4_both_of_two_topics_are_found():
    """A broad question about two topics gets questions on both."""
    topics = {question.topic for question in similar_questions(BANK, "What are your strengths and weaknesses?", 6)}
    assert topics >= {Topic.STRENGTHS, Topic.GAPS}


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=100))
def test_M4_case_and_spaces_change_nothing(text: str):
    """The same words get the same questions, however they are typed."""
    assert similar_questions(BANK, text) == similar_questions(BANK, f"  {text.upper()} .")


@given(st.text(max_size=300), st.integers(-1, 200), st.none() | st.sampled_from(Asker))
def test_M4_any_text_gets_only_questions_the_coach_may_offer(text: str, limit: int, asker: Asker | None):
    """Any text gets different questions, always the same ones, all by the asker and all allowed for the coach."""
    offered = similar_questions(BANK, text, limit, asker=asker)
    assert offered == similar_questions(BANK, text, limit, asker=asker)
    assert len(set(offered)) == len(offered)
    assert all(question.coach_may_offer and asker in {None, question.asker} for question in offered)
    fitting = sum(question.coach_may_offer and asker in {None, question.asker} for question in BANK.questions)
    assert len(offered) == min(max(limit, 0), fitting)


@pytest.mark.parametrize("text", ["", "?", "10.000", "将来はどうですか", "🙂" * 50, "future " * 5000])
def test_M4_a_text_without_known_words_still_gets_three(text: str):
    """Without a known word there are three questions on aspirations, which most broad questions are about."""
    assert {question.topic for question in similar_questions(BANK, text)} == {Topic.ASPIRATIONS}


def test_an_empty_bank_offers_nothing():
    """An empty bank yields no questions and does not fail."""
    assert similar_questions(Bank(), "Where do you see yourself in five years?") == ()
