"""The word lists (words/*.txt) and phrase lists (phrases/*.txt) the rules read, each loaded once, when first asked for.

A word list holds words parted by spaces. A phrase list holds one regular expression a line, over folded text; a line
that starts with "# " is a comment, and <NAME> stands for the term of that name in phrases/terms.txt.
"""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_WORD_BEGINS = r"\b"
_TERM = re.compile(r"<([A-Z]+)>")


@cache
def words(*names: str) -> frozenset[str]:
    """The words of all the lists of these names."""
    return frozenset(word for name in names for word in _read(f"words/{name}").split())


@cache
def phrases(name: str) -> re.Pattern[str]:
    """One pattern of all the phrases in a list: the first in the text is found, wherever it stands in the list."""
    lines = [_spelled_out(line) for line in _lines(name)]
    # Most phrases begin a word. Asking for that once, before all of them, makes the search several times faster.
    at_a_word = "|".join(f"(?:{line.removeprefix(_WORD_BEGINS)})" for line in lines if line.startswith(_WORD_BEGINS))
    anywhere = [f"(?:{line})" for line in lines if not line.startswith(_WORD_BEGINS)]
    return re.compile("|".join([*([rf"\b(?:{at_a_word})"] if at_a_word else []), *anywhere]))


@cache
def verbs() -> frozenset[str]:
    """All verbs of the lists, in their base form."""
    return words("effort", "direction", "state", "ending", "weak", "other_verbs")


@cache
def known() -> frozenset[str]:
    """Every English word the lists hold."""
    plain = ("function", "everyday", "generic", "deliverables", "roles", "qualities", "praise", "comparatives")
    return words(*plain) | verbs()


@cache
def term(name: str) -> str:
    """A term of phrases/terms.txt, spelled out."""
    named = dict(line.split(" = ", 1) for line in _lines("terms"))
    return _TERM.sub(lambda found: term(found.group(1)), named[name])


def _spelled_out(line: str) -> str:
    return _TERM.sub(lambda found: term(found.group(1)), line)


def _lines(name: str) -> list[str]:
    return [line for line in _read(f"phrases/{name}").splitlines() if line and not line.startswith("# ")]


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
