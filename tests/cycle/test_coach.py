"""What is true of the coach for any text."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cycle.bank import load_bank
from cycle.coach import Remark, RemarkKind, review_goal, review_question, review_request

Review = Callable[[str], list[Remark]]
REVIEWS: list[Review] = [review_goal, review_question, review_request]
BANK, _ = load_bank()

WORDS = re.findall(
    r"\S+",
    "improve learn be more better finish write pass the a my team exam and plus by June 2026 12 % two every month "
    "who what which when do you think am I in five years life future, or; leave offer unfair never nobody elsewhere",
)
# Sentences of words the rules know, so that the rules have something to do; and any text at all.
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
TEXTS = SENTENCES | st.text(max_size=300)


def kinds(remarks: list[Remark]) -> list[RemarkKind]:
    """The kinds of some remarks."""
    return [remark.kind for remark in remarks]


@pytest.mark.parametrize("review", REVIEWS)
@settings(deadline=None)  # the word lists load on first use
@given(text=TEXTS)
@example(text="")
@example(text=" \n\t")
@example(text="...")
@example(text="İstanbul ŉ ß ﬁ ſ ı Σς")
@example(text="👩‍🚀🚀 improve 🚀")
@example(text="e\u0301\u0301\u0301 \u202e \ufeff \x00")
def test_M4_M6_E5_a_remark_stays_within_the_text(review: Review, text: str):
    """No text raises an error, and every span covers at least one character of the text."""
    for remark in review(text):
        assert 0 <= remark.start < remark.end <= len(text)
        assert remark.text
        assert remark.suggestion
        assert review(text) == review(text)


@pytest.mark.parametrize("review", REVIEWS)
@settings(deadline=None)  # the word lists load on first use
@given(text=TEXTS)
def test_M4_M6_E5_upper_case_changes_no_verdict(review: Review, text: str):
    """Text in capitals gets the same remarks."""
    assert kinds(review(text.upper())) == kinds(review(text))


@pytest.mark.parametrize("review", REVIEWS)
@settings(deadline=None)  # the word lists load on first use
@given(text=TEXTS, gap=st.sampled_from(["  ", "   ", " \t ", "\u00a0 "]))
def test_M4_M6_E5_extra_spaces_change_no_verdict(review: Review, text: str, gap: str):
    """Spaces around and between words make no difference."""
    assert kinds(review(gap + text.replace(" ", gap) + gap)) == kinds(review(text))


@pytest.mark.parametrize("review", REVIEWS)
@settings(deadline=None)  # the word lists load on first use
@given(text=TEXTS)
def test_M4_M6_E5_a_final_dot_changes_no_verdict(review: Review, text: str):
    """A sentence gets the same remarks with and without its final dot."""
    assert kinds(review(f"{text}.")) == kinds(review(text))


@pytest.mark.parametrize("review", REVIEWS)
@pytest.mark.parametrize(
    "piece",
    [
        "improve ",
        "and ",
        "and write a ",
        "by the ",
        "between ",
        "a",
        "1.",
        "1",
        "-",
        "a-",
        "the new offer ",
        "if you i ",
        "; ",
        "\n",
        "what or and what ",
        ", ",
        "👩‍🚀",
        "before the my our next ",
        "you never ",
        "better more ",
        "i want to ",
        "€",
    ],
)
def test_M4_M6_E5_long_texts_are_read_in_linear_time(review: Review, piece: str):
    """10,000 characters take a moment, not minutes: no rule backtracks over the text."""
    text = (piece * 10_000)[:10_000]
    begun = time.process_time()
    review(text)
    assert time.process_time() - begun < 2  # seconds; backtracking would take far longer, a busy machine does not


@pytest.mark.parametrize("review", REVIEWS)
@pytest.mark.parametrize(
    "text",
    [
        "Meine Englischkenntnisse verbessern",
        "Ich möchte besser mit Kunden umgehen und mehr Verantwortung übernehmen",
        "Wo siehst du dich in fünf Jahren?",
        "Bist du mit deiner Arbeit zufrieden?",
        "Améliorer la communication dans l'équipe",
        "Où est-ce que tu te vois dans cinq ans ?",
        "Mejorar mi inglés y aprender más sobre ventas",
        "Migliorare il mio lavoro e parlare di più con il team",
        "Ik wil graag beter worden in mijn werk",
        "Chcę lepiej pracować z klientami",
        "Jag vill bli bättre på att leda möten",
        "Melhorar a comunicação com a equipa",
        "Стать лучше в работе с клиентами",
        "もっと良いリーダーになる",
        "成为更好的经理",
        "أريد أن أتحسن في عملي",
        "להיות מנהל טוב יותר",
        "मैं बेहतर नेता बनना चाहता हूँ",
    ],
)
def test_M6_M4_a_text_in_another_language_gets_no_remark(review: Review, text: str):
    """The coach only knows English and skips other languages."""
    assert review(text) == []


def test_M4_every_question_of_the_bank_passes_the_coach():
    """The bot's own questions are specific by the coach's rules."""
    assert [question.text for question in BANK.questions if review_question(question.text)] == []


def test_M4_E5_C14_what_the_coach_offers_passes_the_coach():
    """The coach has no remark on any of its own examples."""
    for text in ("Are you happy?", "Am I good?", "How can I grow?", "What do you want?", "Isn't it obvious?"):
        for remark in review_question(text):
            assert review_question(remark.suggestion) == []
    for remark in review_request("I have an outside offer and I am fed up."):
        assert review_request(remark.suggestion) == []


@pytest.mark.parametrize(
    "goal",
    [
        "Improve my Excel",
        "Be a team player",
        "Increase sales",
        "Learn about quality monitoring this spring",
        "More teamwork.",
        "Get better at system design and learn Go",
        "After last winter I would like us to be a team that copes with pressure much better than we did so far",
    ],
)
def test_M6_a_better_goal_passes_the_coach(goal: str):
    """The wording suggested for a goal shows a result."""
    for remark in review_goal(goal):
        if remark.kind is not RemarkKind.SEVERAL:
            assert review_goal(remark.suggestion) == []


def test_M6_words_keep_their_place_in_the_text():
    """The span marks the person's own words, despite extra spaces and unusual letters."""
    text = "  ﬁrst  of all I want to   IMPROVE my Excel ."
    remark = review_goal(text)[0]
    assert re.fullmatch("IMPROVE", text[remark.start : remark.end])
