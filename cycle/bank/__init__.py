"""The question bank: what to ask in a career discussion, as data that admins extend without touching code.

Practices E4, M4, M5, C7, C8, C12, C14, L1, L3, L4. The data are the YAML files beside this one.
docs/question-bank.md says how to add to them.
"""

from cycle.bank.loader import PACKAGED_FOLDER, load_bank
from cycle.bank.question import (
    Addressee,
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    QuestionSet,
    SetEntry,
    Stage,
    Topic,
    option_lines,
)
from cycle.bank.selection import select_employee_questions, select_questions
from cycle.bank.similarity import similar_questions
from cycle.bank.yaml_reader import BankProblem

__all__ = [
    "PACKAGED_FOLDER",
    "Addressee",
    "Asker",
    "Bank",
    "BankProblem",
    "Clarity",
    "FeedbackStyle",
    "Question",
    "QuestionSet",
    "SetEntry",
    "Stage",
    "Topic",
    "load_bank",
    "option_lines",
    "select_employee_questions",
    "select_questions",
    "similar_questions",
]
