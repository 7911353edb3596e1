"""The question bank: what to ask in a career discussion, as data that an admin extends without touching code.

Practices E4, M4, M5, C7, C8, C12, C14, L1, L3, L4. The data are the YAML files beside this one; how to add to them is
told in docs/question-bank.md.
"""

from cycle.bank.choice import choose_questions, questions_to_ask
from cycle.bank.load import PACKAGED, load_bank
from cycle.bank.nearest import nearest
from cycle.bank.question import (
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    QuestionSet,
    SetEntry,
    Stage,
    To,
    Topic,
    option_lines,
)
from cycle.bank.reading import BankProblem

__all__ = [
    "PACKAGED",
    "Asker",
    "Bank",
    "BankProblem",
    "Clarity",
    "FeedbackStyle",
    "Question",
    "QuestionSet",
    "SetEntry",
    "Stage",
    "To",
    "Topic",
    "choose_questions",
    "load_bank",
    "nearest",
    "option_lines",
    "questions_to_ask",
]
