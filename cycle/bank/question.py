"""Questions, sets of questions, and the bank that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

OPTION_LINE = 75
"""Characters in the text of an option in a list, and as many again in its description (Slack's limit for each)."""

TEXT_LIMIT = 2 * OPTION_LINE
"""Characters in a question: an option shows the whole of it, first in its text, then in its description."""


class Asker(StrEnum):
    """Who asks.

    `SELF` is a manager who prepares alone. An employee who prepares alone is `EMPLOYEE`, as asker and as addressee.
    """

    EMPLOYEE = "employee"
    MANAGER = "manager"
    SELF = "self"


class Addressee(StrEnum):
    """Who answers."""

    EMPLOYEE = "employee"
    MANAGER = "manager"


class Stage(StrEnum):
    """Which part of the cycle a question belongs to, in order. The middle three are parts of the discussion itself."""

    PREP = "prep"
    OPENING = "opening"
    EXPLORING = "exploring"
    CLOSING = "closing"
    FOLLOW_UP = "follow_up"


DISCUSSION_STAGES = (Stage.OPENING, Stage.EXPLORING, Stage.CLOSING)
"""The parts of the discussion itself, in order."""


class Topic(StrEnum):
    """What a question is about. Employees ask about the first four first (E4)."""

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
    """How clear a person's path is (C12): said by the person, or the people whom a question suits."""

    KNOWS = "knows"
    UNSURE = "unsure"


class FeedbackStyle(StrEnum):
    """How a person likes feedback (C12): said by the person, or the tone of a question."""

    DIRECT = "direct"
    GENTLE = "gentle"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: lower-case letters, digits and hyphens, unique in the bank. Forms and sets refer to it.
        text: plain text that fits `option_lines`.
        asker: who asks.
        to: who answers.
        stage: the part of the cycle it belongs to.
        topic: what it is about.
        listen_for: one plain sentence for the person who hears the answer.
        coach_may_offer: True if it makes sense on its own, so that it can replace a question that is too broad (M4).
        practices: ids such as "E4".
        clarity: the people it suits; None if it suits everyone.
        feedback: the people whose taste it suits; None if it suits everyone.
        leader_question: id of the question on the same topic that the manager answers alone, before the discussion
            (L1, L3); None if there is none.
    """

    id: str
    text: str
    asker: Asker
    to: Addressee
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
    """A question in a set: its id, and the whole minutes planned for it."""

    question: str
    minutes: int


@dataclass(frozen=True)
class QuestionSet:
    """The questions for one discussion, in order. `title` and `about` fit the two lines of an option."""

    id: str
    title: str
    about: str
    entries: tuple[SetEntry, ...]

    @property
    def minutes(self) -> int:
        """The length of the whole discussion in minutes."""
        return sum(entry.minutes for entry in self.entries)


@dataclass(frozen=True)
class Bank:
    """All questions and sets: the packaged ones first, then an admin's own, each in the order of its file."""

    questions: tuple[Question, ...] = ()
    sets: tuple[QuestionSet, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """All questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def set_by_id(self) -> Mapping[str, QuestionSet]:
        """All sets by id."""
        return {question_set.id: question_set for question_set in self.sets}

    def questions_of(self, question_set: QuestionSet) -> tuple[Question, ...]:
        """The questions of one of the bank's sets, in order. Raises KeyError for one that is not in the bank."""
        return tuple(self.by_id[entry.question] for entry in question_set.entries)


def option_lines(text: str) -> tuple[str, str] | None:
    """Breaks a text between words into the two lines of an option, so that none of it is cut off.

    Returns:
        The option's text and its description (empty for a short text), at most `OPTION_LINE` characters each; None if
        the text does not fit.
    """
    if len(text) <= OPTION_LINE:
        return text, ""
    cut = text.rfind(" ", 0, OPTION_LINE + 1)
    if cut <= 0 or len(text) - cut - 1 > OPTION_LINE:
        return None
    return text[:cut], text[cut + 1 :]
