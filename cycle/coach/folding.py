"""Folds a text for the rules: lower case, single spaces, plain quotes, no final dot. Every position maps back."""

import re
from dataclasses import dataclass
from functools import cached_property

from cycle.coach.spelling import corrected

# A word may contain apostrophes, hyphens and slashes; amounts keep their dots and commas; some signs are words.
_WORD = re.compile(r"\d+(?:[.,:]\d+)*[^\W\d_]*(?:[-/][^\W_]+)*|[^\W_]+(?:['\-/][^\W_]+)*|[%&+£€$]")
_END = " .!?…\n"
_PLAIN = str.maketrans("‘’ʼ´`“”„«»–‑‐−—", "'''''\"\"\"\"\"----,")
_LETTERS = re.compile(r"[^\W\d_]{6,}")
# A dash between spaces separates two thoughts, as a comma does.
_DASH = re.compile(r" - ")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a folded text, at [start, end) in it."""

    text: str
    start: int
    end: int


class FoldedText:
    """A text folded so that upper case, extra spaces, final dots and slips in common words make no difference.

    Attributes:
        original: the text as it was typed.
        text: the folded text; empty if the original holds only spaces and dots.
    """

    def __init__(self, original: str) -> None:
        letters, places = _respelled(*_fold(original))
        end = len(letters)
        while end and letters[end - 1] in _END:
            end -= 1
        self.original = original
        self.text = _DASH.sub(" , ", "".join(letters[:end]))
        self._places = places[:end]

    @cached_property
    def words(self) -> list[Word]:
        """The words in order."""
        return [Word(found.group(), found.start(), found.end()) for found in _WORD.finditer(self.text)]

    @cached_property
    def tokens(self) -> list[str]:
        """The words in order, without their positions."""
        return [word.text for word in self.words]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of [start, end) in the folded text; never empty if the text has words."""
        start = min(max(start, 0), len(self._places) - 1)
        end = min(max(end, start + 1), len(self._places))
        return self._places[start], self._places[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """The original wording of [start, end) in the folded text, with runs of spaces reduced to one."""
        first, last = self.span(start, end)
        return " ".join(self.original[first:last].split())


def _fold(original: str) -> tuple[list[str], list[int]]:
    """The folded characters, and for each the index it came from.

    A run of white space becomes one space, or one line break if it contains any.
    """
    letters: list[str] = []
    places: list[int] = []
    for index, letter in enumerate(original):
        if letter.isspace():
            blank = "\n" if letter == "\n" else " "
            if not letters:
                continue
            if letters[-1] in " \n":
                letters[-1] = "\n" if "\n" in (letters[-1], blank) else " "
                continue
            letters.append(blank)
            places.append(index)
            continue
        # Upper case first: letters that are equal only in upper case (ı and i, ſ and s) must fold alike.
        for part in letter.upper().casefold().translate(_PLAIN):
            letters.append(part)
            places.append(index)
    return letters, places


def _respelled(letters: list[str], places: list[int]) -> tuple[list[str], list[int]]:
    """The same with slips corrected; a letter that was missing takes the place of the one before it."""
    text = "".join(letters)
    for found in reversed(list(_LETTERS.finditer(text))):
        meant = corrected(found.group())
        if meant != found.group():
            start, end = found.span()
            letters[start:end] = meant
            places[start:end] = [places[min(start + at, end - 1)] for at in range(len(meant) - 1)] + [places[end - 1]]
    return letters, places
