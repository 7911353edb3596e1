"""The page of questions (practices E4, C7, C12, C14, M4)."""

from collections.abc import Sequence

from cycle.bank import Addressee, Asker, Bank, Question
from cycle.coach import review_question
from cycle.coach_remarks import Wording, lines, new_words, replaced
from cycle.preparations import QUESTIONS, PageForm, PreparationView, QuestionsForm
from handlers.preparing.page import PreparationPage
from handlers.shared.coach_remarks import picked_instead
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import questions as views
from storage.pairs import Side


def parse(
    values: FormValues, prepared: PreparationView, _metadata: PreparationMetadata, bank: Bank
) -> PageForm | None:  # fmt: skip
    """The questions that are ticked, then the employee's own; a manager has none to submit."""
    if prepared.side is not Side.EMPLOYEE:
        return None
    # An admin may have taken a question out meanwhile.
    ticked = [bank.by_id[one].text for one in views.picked(values) if one in bank.by_id]
    return QuestionsForm([*ticked, *replaced(_own(values), picked_instead(values, bank))])


def wordings(values: FormValues, prepared: PreparationView, _metadata: PreparationMetadata) -> list[Wording]:
    """Each line of the employee's own questions."""
    return new_words(_own(values), [item.text for item in prepared.lists.questions])


def picked(bank: Bank, prepared: PreparationView, values: FormValues) -> Sequence[Question]:
    """The questions that are ticked, or on the agenda already: they are still offered."""
    asked, ticked = {item.text for item in prepared.lists.questions}, set(views.picked(values))
    to_manager = [one for one in bank.questions if one.asker is Asker.EMPLOYEE and one.to is Addressee.MANAGER]
    return [question for question in to_manager if question.text in asked or question.id in ticked]


def _own(values: FormValues) -> list[Wording]:
    return lines(QUESTIONS, values.text(QUESTIONS), review_question, Asker.EMPLOYEE)


QUESTIONS_PAGE = PreparationPage(views.VIEW, parse, wordings=wordings)
