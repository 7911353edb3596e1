"""The word lists (words/*.txt) and phrase lists (phrases/*.txt) behind the rules, each loaded on first use.

A word list holds words separated by white space. A phrase list holds one regular expression per line, to be matched
against folded text. A line that starts with "# " is a comment, and <NAME> is replaced by the term of that name in
phrases/terms.txt.
"""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_WORD_BOUNDARY = r"\b"
_TERM = re.compile(r"<([A-Z]+)>")


@cache
def words(*names: str) -> frozenset[str]:
    """All words in the lists of these names."""
    return frozenset(word for name in names for word in _read(f"words/{name}").split())


@cache
def phrases(name: str) -> re.Pattern[str]:
    """One pattern for a whole phrase list. It finds the phrase that comes first in the text, not first in the list."""
    lines = [_expand(line) for line in _lines(name)]
    # Most phrases begin at a word boundary. Checking that once, before all of them, makes the search several times
    # faster.
    at_a_word = "|".join(
        f"(?:{line.removeprefix(_WORD_BOUNDARY)})" for line in lines if line.startswith(_WORD_BOUNDARY)
    )
    anywhere = [f"(?:{line})" for line in lines if not line.startswith(_WORD_BOUNDARY)]
    return re.compile("|".join([*([rf"\b(?:{at_a_word})"] if at_a_word else []), *anywhere]))


@cache
def verbs() -> frozenset[str]:
    """All verbs in the lists, in their base form."""
    return words("effort", "direction", "state", "ending", "weak", "other_verbs")


@cache
def english_words() -> frozenset[str]:
    """Every English word in the lists."""
    plain = ("function", "everyday", "generic", "deliverables", "roles", "qualities", "praise", "comparatives")
    return words(*plain) | verbs()


@cache
def term(name: str) -> str:
    """A term of phrases/terms.txt with the terms inside it expanded. Raises KeyError if there is none of that name."""
    terms = dict(line.split(" = ", 1) for line in _lines("terms"))
    return _expand(terms[name])


def _expand(line: str) -> str:
    return _TERM.sub(lambda found: term(found.group(1)), line)


def _lines(name: str) -> list[str]:
    return [line for line in _read(f"phrases/{name}").splitlines() if line and not line.startswith("# ")]


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
