"""What people typed, fit for a file: no control characters, and nothing that turns the text around it."""

import unicodedata
from typing import Final

# Marks that change the direction of whatever follows, beyond the text that they are in.
BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NOT_TEXT: Final = frozenset({"Cc", "Cs", "Cn", "Co"})  # controls, halves of pairs, unassigned and private ones


def lines(text: str) -> list[str]:
    """The lines of a text, each cleaned; at least one."""
    return [_cleaned(line) for line in text.strip("\r\n").splitlines()] or [""]


def one_line(text: str) -> str:
    """A text on one line, cleaned; blanks at its ends are kept, since it may lie between two others."""
    return _cleaned(" ".join(text.splitlines()))


def _cleaned(line: str) -> str:
    return "".join(
        one for one in line.replace("\t", " ") if one not in BIDI_CONTROLS and unicodedata.category(one) not in NOT_TEXT
    )
