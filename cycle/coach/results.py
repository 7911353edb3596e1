"""What in a goal somebody else could check: a measure, a frequency, a finished state. And dates."""

import re
from dataclasses import dataclass

from cycle.coach.lists import phrases


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be checked in a text. `regular` is a frequency; `dated` alone shows nothing."""

    measured: bool
    regular: bool
    done: bool
    dated: bool

    @property
    def shows(self) -> bool:
        """True where somebody else could see whether the goal is reached."""
        return self.measured or self.regular or self.done


def evidence(text: str) -> Evidence:
    """Look for evidence in a folded text or a piece of one."""
    # "110 %", "number one" and "every single day" measure nothing; "Ward 4" and "12 May" are names.
    plain = phrases("emphasis").sub(" ", phrases("idioms").sub(" ", text))
    unnamed = phrases("named").sub(" ", plain)
    return Evidence(
        measured=bool(phrases("number").search(unnamed) or phrases("bounds").search(plain)),
        regular=bool(phrases("often").search(plain)),
        done=bool(phrases("done").search(text)),
        dated=is_dated(text),
    )


def is_dated(text: str) -> bool:
    """True for a folded text that names a time."""
    return bool(phrases("dates").search(text))


def is_numbered(text: str) -> bool:
    """True for a folded text with an amount in it, be it part of a name or of a date."""
    return bool(phrases("number").search(phrases("idioms").sub(" ", text)))


def dates(text: str) -> list[re.Match[str]]:
    """The dates of a folded text, in order."""
    return list(phrases("dates").finditer(text))
