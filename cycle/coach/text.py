"""A text as the rules read it: lower case, single spaces, plain quotes, no final dot; every place maps back."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

# A word may hold apostrophes, hyphens and slashes; amounts keep their dots and commas; some signs stand alone.
_WORD = re.compile(r"\d+(?:[.,:]\d+)*[^\W\d_]*(?:[-/][^\W_]+)*|[^\W_]+(?:['\-/][^\W_]+)*|[%&+£€$]")
_END = " .!?…\n"
_PLAIN = str.maketrans("‘’ʼ´`“”„«»–‑‐−—", "'''''\"\"\"\"\"----,")
# A dash between spaces parts two thoughts, as a comma does.
_DASH = re.compile(r" - ")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a folded text with its place in it."""

    text: str
    start: int
    end: int


class Folded:
    """A text made comparable. Upper case, extra spaces and final dots leave it unchanged."""

    def __init__(self, original: str) -> None:
        """Fold `original`; a text of nothing but spaces and dots folds to the empty string."""
        letters, places = _fold(original)
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
        """The words without their places."""
        return [word.text for word in self.words]

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Each two neighbouring words, joined by a space."""
        return frozenset(f"{one} {two}" for one, two in pairwise(self.tokens))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text of [start, end) in the folded one, never empty for a text that has words."""
        start = min(max(start, 0), len(self._places) - 1)
        end = min(max(end, start + 1), len(self._places))
        return self._places[start], self._places[end - 1] + 1

    def said(self, start: int, end: int) -> str:
        """The person's own words at [start, end), spaces tidied."""
        first, last = self.span(start, end)
        return " ".join(self.original[first:last].split())


def _fold(original: str) -> tuple[list[str], list[int]]:
    """The folded characters and for each the index it came from. Runs of spaces become one; a line break stays one."""
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
        # Upper case first: letters that only meet there (ı and i, ſ and s) must fold alike.
        for part in letter.upper().casefold().translate(_PLAIN):
            letters.append(part)
            places.append(index)
    return letters, places
