"""What a question and a set of questions are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

OPTION_LINE = 75
"""Characters in the text, and again in the description, of an option to pick (Slack's limit for either)."""

TEXT_LIMIT = 2 * OPTION_LINE
"""Characters in a question: an option shows it whole, begun in its text and ended in its description."""


class Asker(StrEnum):
    """Who asks. `SELF` is the leader, preparing alone; an employee who prepares asks, and is asked, as employee."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    SELF = "self"


class To(StrEnum):
    """Who answers."""

    EMPLOYEE = "employee"
    MANAGER = "manager"


class Stage(StrEnum):
    """When a question belongs, in the order of the cycle; the middle three are the talk itself."""

    PREP = "prep"
    OPENING = "opening"
    EXPLORING = "exploring"
    CLOSING = "closing"
    FOLLOW_UP = "follow_up"


TALK_STAGES = (Stage.OPENING, Stage.EXPLORING, Stage.CLOSING)
"""The stages of the talk itself, in their order."""


class Topic(StrEnum):
    """What a question is about. The first four are what an employee asks about first (E4)."""

    ASSESSMENT = "assessment"
    STRENGTHS = "strengths"
    GAPS = "gaps"
    READINESS = "readiness"
    ASPIRATIONS = "aspirations"
    MOTIVATION = "motivation"
    ENERGISING_WORK = "energising_work"
    ROLE_DESIGN = "role_design"
    SUPPORT = "support"
    FEEDBACK = "feedback"
    ROADBLOCKS = "roadblocks"
    ACHIEVEMENTS = "achievements"
    NEXT_STEPS = "next_steps"
    FORMAT = "format"
    ORGANISATION = "organisation"


class Clarity(StrEnum):
    """How clear somebody's path is (C12): whom a question suits, or how a person answered."""

    KNOWS = "knows"
    UNSURE = "unsure"


class FeedbackStyle(StrEnum):
    """How somebody likes feedback (C12): the tone of a question, or how a person answered."""

    DIRECT = "direct"
    GENTLE = "gentle"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: a slug, unique in the bank; it is what agendas and histories store.
        text: plain text that fits `option_lines`.
        listen_for: one plain sentence for whoever hears the answer.
        coach_may_offer: may stand in for a question that is too broad (M4), so it makes sense on its own.
        practices: ids such as "E4".
        clarity: the people it suits; None suits everybody.
        feedback: the people whose taste it meets; None meets everybody's.
        leader_question: id of the question the leader answers alone beforehand on the same matter (L1, L3).
    """

    id: str
    text: str
    asker: Asker
    to: To
    stage: Stage
    topic: Topic
    listen_for: str
    coach_may_offer: bool
    practices: tuple[str, ...] = ()
    clarity: Clarity | None = None
    feedback: FeedbackStyle | None = None
    leader_question: str | None = None


@dataclass(frozen=True)
class SetEntry:
    """One question's place in a set: its id and the whole minutes it is given."""

    question: str
    minutes: int


@dataclass(frozen=True)
class QuestionSet:
    """The questions of one talk, in their order; the title and what it is about fit one option to pick."""

    id: str
    title: str
    about: str
    entries: tuple[SetEntry, ...]

    @property
    def minutes(self) -> int:
        """The whole talk's length in minutes."""
        return sum(entry.minutes for entry in self.entries)


@dataclass(frozen=True)
class Bank:
    """All questions and sets, packaged ones first, each in the order of its file."""

    questions: tuple[Question, ...] = ()
    sets: tuple[QuestionSet, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Every question by its id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def set_by_id(self) -> Mapping[str, QuestionSet]:
        """Every set by its id."""
        return {question_set.id: question_set for question_set in self.sets}

    def questions_of(self, question_set: QuestionSet) -> tuple[Question, ...]:
        """The questions of one of the bank's sets, in order."""
        return tuple(self.by_id[entry.question] for entry in question_set.entries)


def option_lines(text: str) -> tuple[str, str] | None:
    """A text as the two lines of an option to pick, broken between words, so that nothing of it is cut off.

    Returns:
        The option's text and its description (empty for a short text); None if it does not fit.
    """
    if len(text) <= OPTION_LINE:
        return text, ""
    cut = text.rfind(" ", 0, OPTION_LINE + 1)
    if cut <= 0 or len(text) - cut - 1 > OPTION_LINE:
        return None
    return text[:cut], text[cut + 1 :]
