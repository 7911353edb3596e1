"""What people read, apart from how it looks: a neutral document, which Block Kit and other media render.

A document is a title, parts in order, and choices at its end. Text is made of spans, so that emphasis and people's own
words (which each medium escapes and may shorten) are known apart from ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cycle.nudges import Button


@dataclass(frozen=True)
class Span:
    """A piece of text. `limit` is how many characters of it a screen shows at most; None for all of them.

    Files have room for everything, and show all of it.
    """

    text: str
    bold: bool = False
    italic: bool = False
    limit: int | None = None


Text = tuple[Span, ...]


def text(*pieces: str | Span) -> Text:
    """A text from plain pieces and spans."""
    return tuple(piece if isinstance(piece, Span) else Span(piece) for piece in pieces)


def bold(words: str) -> Span:
    """Emphasised."""
    return Span(words, bold=True)


def excerpt(words: str, limit: int) -> Span:
    """People's words on one line, shortened to a number of characters."""
    return Span(" ".join(words.split()), limit=limit)


class Marker(StrEnum):
    """What is in front of an item of a list."""

    NONE = "none"
    BULLET = "bullet"
    DONE = "done"
    OPEN = "open"


@dataclass(frozen=True)
class Chapter:
    """The title of the headings that follow; it begins a new page where there are pages."""

    text: str


@dataclass(frozen=True)
class Heading:
    """The title of the parts that follow."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a `small` one is an aside."""

    text: Text
    small: bool = False


@dataclass(frozen=True)
class ListItem:
    """An item of a list: those that follow each other are one list."""

    text: Text
    marker: Marker = Marker.BULLET


@dataclass(frozen=True)
class Quote:
    """People's own words as a quotation; `limit` as in `Span`."""

    text: str
    limit: int | None = None


Part = Chapter | Heading | Paragraph | ListItem | Quote


@dataclass(frozen=True)
class Document:
    """Something to read. `choices` are what the reader can do with it."""

    title: str
    parts: Sequence[Part]
    choices: Sequence[Button] = ()
