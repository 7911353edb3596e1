"""The page of answers (practices C8, L1)."""

from cycle.bank import Bank
from cycle.preparations import AnswersForm, PageForm, PreparationView
from cycle.prompts import PROMPTS
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import answers as views


def parse(values: FormValues, prepared: PreparationView, _metadata: PreparationMetadata, _bank: Bank) -> PageForm:
    """The answers, and which of them are shared."""
    return AnswersForm({one.key: values.text(one.key) for one in PROMPTS[prepared.side]}, views.shared(values))


ANSWERS = PreparationPage(views.VIEW, parse)
