"""Whether a text is in English. The coach skips every other language: no remark is better than a wrong one."""

from cycle.coach.folding import FoldedText
from cycle.coach.wordlists import english_words, words

# Below this code point all letters are Latin; above it come other scripts, except for Latin Extended Additional.
_LATIN_END = 0x250
_EXTENDED_LATIN = range(0x1E00, 0x1F00)


def is_english(text: FoldedText) -> bool:
    """True if most letters are Latin and common English words outnumber those of other languages."""
    letters = [letter for letter in text.text if letter.isalpha()]
    if 2 * sum(_is_latin(letter) for letter in letters) <= len(letters):
        return False
    foreign = sum(word in words("foreign") for word in text.tokens)
    english = sum(word in english_words() and word not in words("foreign") for word in text.tokens)
    return english > foreign


def _is_latin(letter: str) -> bool:
    code = ord(letter)
    return code < _LATIN_END or code in _EXTENDED_LATIN
