"""The page about what drives the employee (practices C4, C12, C13, L8, M5)."""

from cycle import drives
from cycle.bank import Bank
from cycle.drives import DrivesForm
from cycle.people import prefer
from cycle.preparations import AnswersForm, PageForm, PreparationView
from cycle.prompts import MORE_ENERGISING_WORK
from cycle.suggestions import feedback_of
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import answers
from handlers.views.preparing import drives as views
from storage.drives import DriveKind, Motivation, PathPreference
from storage.pairs import Side
from storage.people import Person


def parse(values: FormValues, prepared: PreparationView, _metadata: PreparationMetadata, _bank: Bank) -> PageForm:
    """What the employee says, or what the manager can do about it."""
    if prepared.side is Side.MANAGER:
        key = MORE_ENERGISING_WORK.key
        return AnswersForm({key: values.text(key)}, answers.shared(values), on_drives=True)
    shared = {kind for kind, name in views.SHARES.items() if values.is_ticked(name)}
    if DriveKind.WORK in shared:
        shared.add(DriveKind.MORE_OF_IT)
    return DrivesForm(
        [values.member(name, Motivation) for name in drives.RANKS],
        values.text(drives.WORK),
        values.text(drives.MORE_OF_IT),
        values.member(drives.PATH, PathPreference),
        frozenset(shared),
    )


def save_clarity(me: Person, values: FormValues) -> None:
    """How clear the employee's path is, as their choice of one tells; nothing where they chose nothing (C12)."""
    if values.choice(drives.PATH) is None:
        return
    path = values.member(drives.PATH, PathPreference)
    prefer(me, drives.CLARITY[path] if path else None, feedback_of(me))


DRIVES = PreparationPage(views.VIEW, parse, save_clarity)
