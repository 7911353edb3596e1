"""Which questions suit this talk and this person: pure functions of their arguments.

Three rules hold everywhere:

- Questions that suit come first: one for people who know their path is not for somebody unsure, a direct one not for
  somebody who likes feedback gentle (C12). Where somebody has not said, everything suits.
- No question twice in a row: what was asked last time comes again only if nothing else is left at all. A question that
  suits less is better than a repeated one. If only repeats are left, those that suit are taken.
- The employee's questions come before the manager's (C14, E1).
"""

from collections.abc import Callable, Collection, Sequence

from cycle.bank.question import TALK_STAGES, Asker, Bank, Clarity, FeedbackStyle, Question, Stage, To, Topic

EVERY_QUESTION = 100
"""Questions offered to pick from: as many as one list of options in Slack holds."""


def choose_questions(  # noqa: PLR0913 - the arguments are all that the choice may follow from
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
    """The questions for one stage of a talk.

    With a set, each of its questions of this stage is taken, or, where it was asked last time or does not suit, the
    nearest other one: by the same side first, then on the same topic. Without a set, with one that is unknown (an admin
    may have removed it) or with one that has nothing at this stage, the bank's own order decides. Among equals the
    choice goes on where the last one ended, so that over time everything suitable has its turn.

    Args:
        bank: the questions and sets.
        stage: when they are to be asked.
        set_id: the set chosen for the talk.
        clarity: how clear the employee's path is; None if unknown.
        feedback: how the employee likes feedback; None if unknown.
        asked_last_time: ids of the questions of the talk before; unknown ones do no harm.
        limit: the most questions wanted; fewer come back where fewer suit.
        asker: only questions of this side; for the stage prep it tells the employee's from the leader's.

    Returns:
        Different questions, the employee's before the leader's and the manager's.
    """
    pool = [question for question in bank.questions if question.stage is stage and asker in {None, question.asker}]
    left = _least_bad(pool, clarity, feedback, asked_last_time)
    rank = _ranking(pool, clarity, feedback, asked_last_time)
    chosen_set = bank.set_by_id.get(set_id) if set_id is not None else None
    wanted = [question for question in bank.questions_of(chosen_set) if question in pool] if chosen_set else []
    chosen = _fill(wanted, left, rank) if wanted else sorted(left, key=rank)
    return tuple(sorted(chosen[: max(limit, 0)], key=_employee_first))


def questions_to_ask(
    bank: Bank,
    *,
    clarity: Clarity | None = None,
    feedback: FeedbackStyle | None = None,
    asked_last_time: Collection[str] = (),
    limit: int = EVERY_QUESTION,
) -> tuple[Question, ...]:
    """What the employee can ask the manager in the talk (E4), for the employee to pick from.

    The topics take turns, so that the first few are about different things: how the manager assesses me, strengths,
    gaps, what makes me ready, then the rest. Arguments and the order within a topic are those of `choose_questions`.
    """
    pool = [
        question
        for question in bank.questions
        if question.asker is Asker.EMPLOYEE and question.to is To.MANAGER and question.stage in TALK_STAGES
    ]
    left = _least_bad(pool, clarity, feedback, asked_last_time)
    ranked = sorted(left, key=_ranking(pool, clarity, feedback, asked_last_time))
    return tuple(topics_in_turn(ranked)[: max(limit, 0)])


def topics_in_turn(ranked: Sequence[Question]) -> list[Question]:
    """The first of each topic, then the second of each and so on; the topics in the order of `Topic`, which is E4's."""
    order = {topic: place for place, topic in enumerate(Topic)}
    count = dict.fromkeys(Topic, 0)
    turns: list[tuple[int, int, Question]] = []
    for question in ranked:
        turns.append((count[question.topic], order[question.topic], question))
        count[question.topic] += 1
    return [question for *_, question in sorted(turns, key=lambda turn: turn[:2])]


def _suits(question: Question, clarity: Clarity | None, feedback: FeedbackStyle | None) -> bool:
    """Whether nothing that is known of the person speaks against a question."""
    path_suits = clarity is None or question.clarity in {None, clarity}
    tone_suits = feedback is None or question.feedback in {None, feedback}
    return path_suits and tone_suits


def _least_bad(
    pool: Sequence[Question],
    clarity: Clarity | None,
    feedback: FeedbackStyle | None,
    asked_last_time: Collection[str],
) -> list[Question]:
    """The best kind of question of which there is any: new and suitable, new, suitable, whatever there is."""
    some = [question for question in pool if question.id not in asked_last_time] or list(pool)
    return [question for question in some if _suits(question, clarity, feedback)] or some


def _ranking(
    pool: Sequence[Question],
    clarity: Clarity | None,
    feedback: FeedbackStyle | None,
    asked_last_time: Collection[str],
) -> Callable[[Question], tuple[int, int]]:
    """A sort key: questions meant for just this person first, then on from the last one asked, round the pool."""
    place = {question.id: index for index, question in enumerate(pool)}
    start = max((place[asked] + 1 for asked in asked_last_time if asked in place), default=0)

    def rank(question: Question) -> tuple[int, int]:
        meant = (question.clarity is not None and question.clarity is clarity) + (
            question.feedback is not None and question.feedback is feedback
        )
        return -meant, (place[question.id] - start) % len(pool)

    return rank


def _fill(
    wanted: Sequence[Question], left: Sequence[Question], rank: Callable[[Question], tuple[int, int]]
) -> list[Question]:
    """Each wanted question that is left, and the nearest stand-in for each that is not, as far as there are any."""
    spare = [question for question in left if question not in wanted]
    chosen = []
    for want in wanted:
        if want in left:
            chosen.append(want)
        elif spare:
            stand_in = min(spare, key=lambda other: (other.asker != want.asker, other.topic != want.topic, rank(other)))
            spare.remove(stand_in)
            chosen.append(stand_in)
    return chosen


def _employee_first(question: Question) -> bool:
    """A sort key that leaves the order alone otherwise (C14)."""
    return question.asker is not Asker.EMPLOYEE
