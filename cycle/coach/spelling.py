"""Reads words with a slip of the fingers as what was meant: “knowlege”, “comunication”, “improove”."""

from functools import cache

from cycle.coach.wordlists import english_words, words

# Letters. In shorter words a slip easily makes another word.
_SHORTEST = 7
# The lists whose words decide most about a text.
_CORRECTED = ("effort", "direction", "qualities", "praise", "generic")


def corrected(word: str) -> str:
    """The word that was meant if a letter is missing, doubled or swapped inside it; any other word unchanged."""
    return _slips().get(word, word) if len(word) >= _SHORTEST - 1 else word


@cache
def _slips() -> dict[str, str]:
    """The likely slips in the longer words of the lists, except those that are words themselves."""
    slips: dict[str, str] = {}
    known = english_words() | words(*_CORRECTED)
    for word in sorted(known & words(*_CORRECTED)):
        if len(word) < _SHORTEST or not word.isalpha():
            continue
        for at in range(1, len(word) - 1):
            missing = word[:at] + word[at + 1 :]
            doubled = word[:at] + word[at] + word[at:]
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            for slip in (missing, doubled, swapped):
                if slip not in known and not slip.endswith(("ss", "ing")):
                    slips.setdefault(slip, word)
    return slips
