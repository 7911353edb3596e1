"""The page about where the employee stands (practices E2, C12)."""

from cycle.bank import Bank, FeedbackStyle
from cycle.people import prefer
from cycle.preparations import LEVEL, PageForm, PreparationView, StandingForm
from cycle.suggestions import clarity_of
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import standing as views
from storage.people import Person
from storage.preparations import Level


def parse(
    values: FormValues, _prepared: PreparationView, _metadata: PreparationMetadata, _bank: Bank
) -> PageForm:  # fmt: skip
    """The level that was chosen."""
    return StandingForm(values.member(LEVEL, Level))


def save_preferences(me: Person, values: FormValues) -> None:
    """How the employee likes feedback."""
    prefer(me, clarity_of(me), values.member(views.FEEDBACK, FeedbackStyle))


STANDING = PreparationPage(views.VIEW, parse, save_preferences)
