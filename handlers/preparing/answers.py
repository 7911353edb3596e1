"""The page of answers (practices C8, L1)."""

from collections.abc import Sequence

from cycle.achievements import as_answer
from cycle.bank import Bank
from cycle.preparations import AnswersForm, PageForm, PreparationView
from cycle.prompts import ACHIEVEMENTS, LONGEST_ANSWER, PROMPTS
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import answers as views
from handlers.views.preparing.page import fields
from storage.achievements import Achievement


def parse(values: FormValues, prepared: PreparationView, _metadata: PreparationMetadata, _bank: Bank) -> PageForm:
    """The answers, and which of them are shared."""
    return AnswersForm({one.key: values.text(one.key) for one in PROMPTS[prepared.side]}, views.shared(values))


def with_achievements(values: FormValues, noted: Sequence[Achievement]) -> FormValues:
    """The page with what was noted down as a first answer, to be changed and shared, or not (C8)."""
    answer = as_answer(noted, LONGEST_ANSWER)
    return fields({ACHIEVEMENTS: {"value": answer}}).over(values) if answer else values


ANSWERS = PreparationPage(views.VIEW, parse)
