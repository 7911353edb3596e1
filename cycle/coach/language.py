"""Whether a text is English. The coach says nothing about any other: no remark is better than a wrong one."""

from cycle.coach.lists import known, words
from cycle.coach.text import Folded

# The Latin letters end here; later come other scripts (Greek, Cyrillic, Arabic, …), except Latin Extended Additional.
_LATIN_END = 0x250
_EXTENDED_LATIN = range(0x1E00, 0x1F00)


def is_english(text: Folded) -> bool:
    """True for a text of mostly Latin letters in which common English words outnumber those of other languages."""
    letters = [letter for letter in text.text if letter.isalpha()]
    if 2 * sum(_is_latin(letter) for letter in letters) <= len(letters):
        return False
    foreign = sum(word in words("foreign") for word in text.tokens)
    english = sum(word in known() and word not in words("foreign") for word in text.tokens)
    return english > foreign


def _is_latin(letter: str) -> bool:
    code = ord(letter)
    return code < _LATIN_END or code in _EXTENDED_LATIN
