"""Selects the questions that suit a discussion and a person: pure functions of their arguments.

Three rules always hold:

- Questions that suit the person come first (C12). Questions for people who know their path do not suit people who are
  unsure, and direct ones do not suit people who like gentle feedback. If a person has not said, every question suits.
- No question comes twice in a row, unless no other is left. A new question that suits less is better than a repeated
  one; among repeated ones, those that suit are selected.
- The employee's questions come before the manager's (C14, E1).
"""

from collections.abc import Callable, Collection, Sequence

from cycle.bank.question import (
    DISCUSSION_STAGES,
    Addressee,
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    Stage,
    Topic,
)

MOST_QUESTIONS = 100
"""Questions in one list, as many as a list of options in Slack holds."""


def select_questions(  # noqa: PLR0913 - the selection depends on nothing but these arguments
    bank: Bank,
    *,
    stage: Stage,
    set_id: str | None,
    clarity: Clarity | None,
    feedback: FeedbackStyle | None,
    asked_last_time: Collection[str],
    limit: int,
    asker: Asker | None = None,
) -> tuple[Question, ...]:
    """Select the questions for one stage.

    With a set, each of its questions for the stage is selected. One that was asked last time or does not suit is
    replaced by the most similar other one: of the same asker first, then on the same topic. Without a set, the bank's
    order counts; the same goes for a set that is unknown (an admin may have removed it) or has no question for the
    stage. Among equals, the selection continues after the question that was asked last, so that each gets its turn.

    Args:
        bank: the questions and sets.
        stage: the stage they are for.
        set_id: the set chosen for the discussion; None for none.
        clarity: how clear the employee's path is; None if unknown.
        feedback: how the employee likes feedback; None if unknown.
        asked_last_time: ids of the questions asked in the previous discussion; unknown ids are ignored.
        limit: the most questions to return.
        asker: only questions by this asker; None for all. Needed for the stage prep, which has questions for each side.

    Returns:
        Different questions, the employee's before all others; fewer than `limit` if fewer suit.
    """
    pool = [question for question in bank.questions if question.stage is stage and asker in {None, question.asker}]
    left = _best_available(pool, clarity, feedback, asked_last_time)
    rank = _ranking(pool, clarity, feedback, asked_last_time)
    chosen_set = bank.set_by_id.get(set_id) if set_id is not None else None
    wanted = [question for question in bank.questions_of(chosen_set) if question in pool] if chosen_set else []
    chosen = _with_replacements(wanted, left, rank) if wanted else sorted(left, key=rank)
    return tuple(sorted(chosen[: max(limit, 0)], key=_employee_first))


def select_employee_questions(
    bank: Bank,
    *,
    clarity: Clarity | None = None,
    feedback: FeedbackStyle | None = None,
    asked_last_time: Collection[str] = (),
    limit: int = MOST_QUESTIONS,
) -> tuple[Question, ...]:
    """Select what the employee can ask the manager in a discussion, at all its stages (E4).

    The topics alternate, so that the first few questions are about different things: how the manager assesses me,
    strengths, gaps, what makes me ready, then the rest. For the arguments, and for the order within a topic, see
    `select_questions`.
    """
    pool = [
        question
        for question in bank.questions
        if question.asker is Asker.EMPLOYEE and question.to is Addressee.MANAGER and question.stage in DISCUSSION_STAGES
    ]
    left = _best_available(pool, clarity, feedback, asked_last_time)
    ranked = sorted(left, key=_ranking(pool, clarity, feedback, asked_last_time))
    return tuple(interleave_topics(ranked)[: max(limit, 0)])


def interleave_topics(ranked: Sequence[Question]) -> list[Question]:
    """Reorder questions: the first on each topic, then the second on each, and so on, in the order of `Topic` (E4)."""
    order = {topic: place for place, topic in enumerate(Topic)}
    count = dict.fromkeys(Topic, 0)
    keyed: list[tuple[int, int, Question]] = []
    for question in ranked:
        keyed.append((count[question.topic], order[question.topic], question))
        count[question.topic] += 1
    return [question for *_, question in sorted(keyed, key=lambda key: key[:2])]


def _suits(question: Question, clarity: Clarity | None, feedback: FeedbackStyle | None) -> bool:
    """Whether a question suits what is known about the person."""
    path_suits = clarity is None or question.clarity in {None, clarity}
    tone_suits = feedback is None or question.feedback in {None, feedback}
    return path_suits and tone_suits


def _best_available(
    pool: Sequence[Question],
    clarity: Clarity | None,
    feedback: FeedbackStyle | None,
    asked_last_time: Collection[str],
) -> list[Question]:
    """The first of these that is not empty: new questions that suit, new ones, repeated ones that suit, all."""
    candidates = [question for question in pool if question.id not in asked_last_time] or list(pool)
    return [question for question in candidates if _suits(question, clarity, feedback)] or candidates


def _ranking(
    pool: Sequence[Question],
    clarity: Clarity | None,
    feedback: FeedbackStyle | None,
    asked_last_time: Collection[str],
) -> Callable[[Question], tuple[int, int]]:
    """A sort key: questions for people like this one first, then the pool in order, starting after the last asked."""
    place = {question.id: index for index, question in enumerate(pool)}
    start = max((place[asked] + 1 for asked in asked_last_time if asked in place), default=0)

    def rank(question: Question) -> tuple[int, int]:
        meant_for_them = (question.clarity is not None and question.clarity is clarity) + (
            question.feedback is not None and question.feedback is feedback
        )
        return -meant_for_them, (place[question.id] - start) % len(pool)

    return rank


def _with_replacements(
    wanted: Sequence[Question], left: Sequence[Question], rank: Callable[[Question], tuple[int, int]]
) -> list[Question]:
    """The wanted questions, each that is not `left` replaced by the most similar one that is, while there are any."""
    spare = [question for question in left if question not in wanted]
    chosen = []
    for want in wanted:
        if want in left:
            chosen.append(want)
        elif spare:
            similar = min(spare, key=lambda other: (other.asker != want.asker, other.topic != want.topic, rank(other)))
            spare.remove(similar)
            chosen.append(similar)
    return chosen


def _employee_first(question: Question) -> bool:
    """A sort key: the employee's questions first, otherwise in their order (C14)."""
    return question.asker is not Asker.EMPLOYEE
