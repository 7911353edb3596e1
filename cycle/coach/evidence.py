"""Finds what others could check in a goal: a measure, a frequency, a finished state. Finds dates as well."""

import re
from dataclasses import dataclass

from cycle.coach.wordlists import phrases


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a text gives others to check.

    Attributes:
        measured: it has an amount or a limit ("two reports", "under 5 %").
        regular: it has a frequency ("every month").
        done: it names a finished state ("signed off"), or a span without faults.
        dated: it has a date. A date alone makes nothing checkable.
    """

    measured: bool
    regular: bool
    done: bool
    dated: bool

    @property
    def is_checkable(self) -> bool:
        """True if others could see whether the goal is reached."""
        return self.measured or self.regular or self.done


def find_evidence(text: str) -> Evidence:
    """The evidence in a folded text or in a part of one."""
    # "110 %", "number one" and "every single day" measure nothing; "Ward 4" and "12 May" are names.
    # Nor does a number in a circumstance before the goal: "after three years at the desk, …".
    plain = phrases("emphasis").sub(" ", phrases("idioms").sub(" ", without_circumstances(text)))
    unnamed = phrases("named").sub(" ", plain)
    return Evidence(
        measured=bool(phrases("number").search(unnamed) or phrases("bounds").search(plain)),
        regular=bool(phrases("often").search(plain)),
        done=bool(phrases("done").search(text) or phrases("absences").search(text)),
        dated=has_date(text),
    )


def without_effort(text: str) -> str:
    """A folded text without the amounts of time and reading put in ("two hours a week"), which show no result."""
    return phrases("spent").sub(" ", text)


def without_circumstances(text: str) -> str:
    """A folded text without what is so already, told before the goal ("after three years at the desk, …")."""
    return phrases("circumstances").sub("", text)


def without_partners(text: str) -> str:
    """A folded text without how many people or places it is for or about ("with my ten largest accounts")."""
    return phrases("partners").sub(" ", text)


def has_date(text: str) -> bool:
    """True if a folded text names a date or a period."""
    return bool(phrases("dates").search(text))


def without_dates(text: str) -> str:
    """A folded text without its dates and periods."""
    return phrases("dates").sub(" ", text)


def has_number(text: str) -> bool:
    """True if a folded text has a number in it, even as part of a name or a date."""
    return bool(phrases("number").search(phrases("idioms").sub(" ", text)))


def find_dates(text: str) -> list[re.Match[str]]:
    """The dates and periods in a folded text, in order."""
    return list(phrases("dates").finditer(text))
