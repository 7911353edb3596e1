"""Whether a text is English. The coach says nothing about any other: no remark is better than a wrong one."""

from cycle.coach import goal_words, question_words
from cycle.coach.english import EVERYDAY, FOREIGN, FUNCTION
from cycle.coach.text import Folded

# The Latin letters end here; later come other scripts (Greek, Cyrillic, Arabic, …), except Latin Extended Additional.
_LATIN_END = 0x250
_EXTENDED_LATIN = range(0x1E00, 0x1F00)
_KNOWN = FUNCTION | EVERYDAY | goal_words.KNOWN | question_words.KNOWN


def is_english(text: Folded) -> bool:
    """True for a text of Latin letters with at least one common English word and no more foreign ones than English."""
    letters = [letter for letter in text.text if letter.isalpha()]
    foreign_letters = sum(1 for letter in letters if not _is_latin(letter))
    if not letters or foreign_letters * 2 >= len(letters):
        return False
    tokens = text.tokens
    foreign = sum(1 for word in tokens if word in FOREIGN)
    english = sum(1 for word in tokens if word in _KNOWN and word not in FOREIGN)
    return english > foreign


def _is_latin(letter: str) -> bool:
    code = ord(letter)
    return code < _LATIN_END or code in _EXTENDED_LATIN
