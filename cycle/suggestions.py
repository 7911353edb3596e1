"""What the question bank offers: questions to pick from, and the order of the discussion (E4, C12, C14, C7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cycle.bank import (
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    select_employee_questions,
    select_questions,
)
from cycle.bank.question import DISCUSSION_STAGES
from storage.people import Person

MOST_SUGGESTED = 5  # questions offered at once: more are not read
MOST_ON_OFFER = 30  # questions with a box to tick: as many items as an agenda holds


@dataclass(frozen=True)
class Step:
    """A question's place in a discussion, and its minutes."""

    question: Question
    minutes: int


def suggested(
    bank: Bank, me: Person, set_id: str | None, last_time: Iterable[str], picked: Sequence[Question]
) -> list[Question]:
    """Questions for the employee to pick from (E4): what is picked already, then what suits the discussion and them.

    Args:
        bank: the questions and sets.
        me: the employee, with what they said about their path and about feedback (C12).
        set_id: the set that the discussion follows; None for none.
        last_time: the texts on the agenda of the discussion before; what was asked then makes way.
        picked: what is ticked, or on the agenda already.
    """
    asked = asked_before(bank, last_time)
    clarity, feedback = clarity_of(me), feedback_of(me)
    in_the_set = {
        step.question.stage for step in order_of_discussion(bank, set_id) if step.question.asker is Asker.EMPLOYEE
    }
    along_the_set = [
        question
        for stage in DISCUSSION_STAGES
        if stage in in_the_set
        for question in select_questions(
            bank, stage=stage, set_id=set_id, clarity=clarity, feedback=feedback, asked_last_time=asked,
            limit=MOST_SUGGESTED, asker=Asker.EMPLOYEE,
        )
    ][:MOST_SUGGESTED]  # fmt: skip
    others = select_employee_questions(bank, clarity=clarity, feedback=feedback, asked_last_time=asked)
    offered = dict.fromkeys([*picked[:MOST_ON_OFFER], *along_the_set, *others])
    return list(offered)[: max(MOST_SUGGESTED, min(len(picked), MOST_ON_OFFER))]


def asked_before(bank: Bank, texts: Iterable[str]) -> frozenset[str]:
    """The ids of the bank's questions among some texts of an agenda."""
    said = {" ".join(text.split()).casefold() for text in texts}
    return frozenset(question.id for question in bank.questions if question.text.casefold() in said)


def order_of_discussion(bank: Bank, set_id: str | None) -> list[Step]:
    """The questions of a set in their order, in each part the employee's first (C14); none without one."""
    chosen = bank.set_by_id.get(set_id or "")
    return [Step(bank.by_id[entry.question], entry.minutes) for entry in chosen.entries] if chosen else []


def clarity_of(person: Person) -> Clarity | None:
    """How clear a person's path is (C12); None where they have not said."""
    return Clarity(person.path_clarity) if person.path_clarity in set(Clarity) else None


def feedback_of(person: Person) -> FeedbackStyle | None:
    """How a person likes feedback (C12); None where they have not said."""
    return FeedbackStyle(person.feedback_style) if person.feedback_style in set(FeedbackStyle) else None
