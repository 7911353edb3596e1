"""Finds specific questions similar to a broad one by the words they share (M4): no model, no network."""

import re
from functools import cache, lru_cache

from cycle.bank.question import Asker, Bank, Question, Topic
from cycle.bank.selection import interleave_topics

TOPIC_WEIGHT = 3
"""How often a shared word of the topic counts; one of the question's text counts once. Broad questions name topics."""

_WORD = re.compile(r"[^\W\d_]+")

_ENDINGS = ("ings", "ing", "ies", "ed", "es", "ly", "s", "e", "y")
"""Endings that do not change what a word is about, longest first."""

_SHORTEST_STEM = 3
"""Letters that must be left of a word without its ending: with fewer, different words would become the same."""

_EMPTY_WORDS = frozenset(
    _WORD.findall(
        "a about after all an and any are as at be been before by can could did do does for from had has have how i if "
        "in is it its let me my of on or our out please s so some t tell that the them then there they this to up us "
        "was we were what when which who whom whose will with would you your yours"
    )
)
"""Words that say nothing about the topic of a question."""

_TOPIC_WORDS = {
    Topic.ASSESSMENT: "assess doing level performance perform rate rating think view well",
    Topic.STRENGTHS: "best good great skilled strength strong talent talented",
    Topic.GAPS: "bad develop gap grow growth improve learn lack skill study training weak weakness",
    Topic.READINESS: "advance ladder next promoted promotion qualify raise ready rise senior step",
    Topic.ASPIRATIONS: "achieve ambition aspire aspiration career direction dream future goal headed hope life plan "
    "purpose see someday want years yourself",
    Topic.MOTIVATION: "care drive drives matters motivate motivation money passion pay salary values",
    Topic.ENERGISING_WORK: "boring bored enjoy enjoying excite fulfilled fun happy like love satisfied",
    Topic.ROLE_DESIGN: "change duty duties ideal perfect responsibilities responsibility",
    Topic.SUPPORT: "advice assist help mentor need support",
    Topic.FEEDBACK: "communicate criticism feedback honest opinion react",
    Topic.ROADBLOCKS: "blocked blocker challenge difficult failure hard holding obstacle problem struggle stress wrong",
    Topic.ACHIEVEMENTS: "accomplish accomplished accomplishment achievement proud success successful went",
    Topic.NEXT_STEPS: "action begin commit now start steps",
    Topic.FORMAT: "agenda discussion meet meeting often talk",
    Topic.ORGANISATION: "business company department firm organisation organization strategy team",
}


def similar_questions(bank: Bank, text: str, limit: int = 3, *, asker: Asker | None = None) -> tuple[Question, ...]:
    """Find specific questions to offer in place of a broad one.

    Only questions that the coach may offer are considered. Those that share most words with the text come first, with
    `TOPIC_WEIGHT` for words of the topic. Among equals, questions on aspirations come first, because most broad
    questions are about these; next those that suit everyone (C12); then the topics alternate.

    Args:
        bank: the questions.
        text: the broad question; any text of any length.
        limit: the most questions to return.
        asker: only questions by this asker; None for all.

    Returns:
        Different questions, `limit` of them if the bank has as many; always the same for the same arguments.
    """
    words = _stems(text)

    def score(question: Question) -> tuple[int, bool, bool]:
        shared = TOPIC_WEIGHT * len(words & _topic_stems(question.topic)) + len(words & _question_stems(question.text))
        suits_everyone = question.clarity is None and question.feedback is None
        return shared, question.topic is Topic.ASPIRATIONS, suits_everyone

    offered = [question for question in bank.questions if question.coach_may_offer and asker in {None, question.asker}]
    ranked = sorted(interleave_topics(offered), key=score, reverse=True)
    return tuple(ranked[: max(limit, 0)])


@cache
def _topic_stems(topic: Topic) -> frozenset[str]:
    """The stems of the words that name a topic."""
    return _stems(_TOPIC_WORDS[topic])


@lru_cache(maxsize=1024)  # for the bank's questions only; what people write is never cached
def _question_stems(text: str) -> frozenset[str]:
    """The stems of a question's words."""
    return _stems(text)


def _stems(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, in lower case, without their endings."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    """A word without its ending, if enough of it is left."""
    if word.endswith("ss"):  # "weakness", "success": not a plural
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
