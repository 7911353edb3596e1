"""A document as PDF, with a font of its own, so that it looks the same everywhere. Built in memory.

Rendering is work for the processor: about a second for a long document. Call it in a thread.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF

from cycle.document import Chapter, Document, Heading, ListItem, Marker, Paragraph, Part, Quote, Span, Text
from rendering.plain import lines, one_line

FONTS: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "body"
STYLES: Final = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf", "I": "DejaVuSans-Oblique.ttf"}

# In millimetres but for the sizes of letters, which are in points.
MARGIN: Final = 20
INDENT: Final = 5  # of a list, behind its marks, and of a quotation
WITH_HEADING: Final = 24  # a heading stays on a page with at least this much of what follows
LINE: Final = 1.45  # the height of a line, by the size of its letters
POINT: Final = 25.4 / 72
TITLE_SIZE, CHAPTER_SIZE, HEADING_SIZE, TEXT_SIZE, SMALL_SIZE = 20, 15, 12, 10, 8.5

INK, GREY = (30, 30, 30), (100, 100, 100)
MARKERS: Final = {Marker.NONE: "", Marker.BULLET: "•", Marker.DONE: "☑", Marker.OPEN: "☐"}
MARKERS_IN_WORDS: Final = {Marker.DONE: "Done: ", Marker.OPEN: "Open: "}
MISSING: Final = "□"
MISSING_NOTE: Final = f"{MISSING} marks a character that this font lacks. The Markdown file has it."
JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f")  # make one picture of several characters, which this font cannot
RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})  # Hebrew and Arabic, by their bidirectional class


def pdf(document: Document, made_at: datetime) -> bytes:
    """The whole document on A4 pages; `made_at` is saved in the file."""
    pages = _Pages(one_line(document.title))
    pages.set_creation_date(made_at)
    pages.add_page()
    pages.say(pages.name, TITLE_SIZE, "B", space=4)
    for part in document.parts:
        pages.add(part)
    if pages.lacks_any:
        pages.ln(4)
        pages.say(MISSING_NOTE, SMALL_SIZE, colour=GREY)
    return bytes(pages.output())


class _Pages(FPDF):
    """The pages, written from top to bottom."""

    def __init__(self, name: str) -> None:
        super().__init__(format="A4")
        self.name, self.lacks_any, self._chapters = name, False, 0
        self.alias_nb_pages(None)  # type: ignore[arg-type] # else a {nb} that someone typed would become a number
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        for style, file in STYLES.items():
            self.add_font(FAMILY, style, FONTS / file)
        self.set_title(name)
        self.set_lang("en")
        self.set_creator("Career")

    def footer(self) -> None:
        """The title and the number of the page, below each."""
        self.set_y(-MARGIN + 6)
        self.set_x(MARGIN)  # the break may be within a list
        self.style(SMALL_SIZE, colour=GREY)
        self.cell(self.epw / 2, 5, self._shown(self.name, ""))
        self.cell(0, 5, f"Page {self.page_no()}", align="R")

    def style(self, size: float, style: str = "", colour: tuple[int, int, int] = INK) -> None:
        """How what follows looks."""
        self.set_font(FAMILY, style, size)
        self.set_text_color(*colour)

    def add(self, part: Part) -> None:
        """One part of a document."""
        match part:
            case Chapter():
                self._chapter(one_line(part.text))
            case Heading():
                self._keep_together()
                self.ln(4)
                self.say(one_line(part.text), HEADING_SIZE, "B", space=1.5)
            case Paragraph():
                self._write(part.text, SMALL_SIZE if part.small else TEXT_SIZE, GREY if part.small else INK)
                self.ln(1.5)
            case Quote():
                self._quote(part.text)
            case ListItem():
                self._item(part)

    def _chapter(self, name: str) -> None:
        self._chapters += 1
        if self._chapters > 1:
            self.add_page()
        else:
            self.ln(6)
        self.start_section(self._shown(name, "B"))
        self.say(name, CHAPTER_SIZE, "B", space=2)

    def _keep_together(self) -> None:
        if self.will_page_break(WITH_HEADING):
            self.add_page()

    def say(
        self, words: str, size: float, style: str = "", *, colour: tuple[int, int, int] = INK, space: float = 0
    ) -> None:
        """A text of one style, then some space. Its lines begin on the side of its script."""
        self.style(size, style, colour)
        with self._shaped(words):
            align = "R" if _begins_right(words) else "L"
            self.multi_cell(
                0, size * POINT * LINE, self._shown(words, style), align=align, new_x="LMARGIN", new_y="NEXT"
            )
        self.ln(space)

    def _quote(self, text: str) -> None:
        """With a line along its edge, on as many pages as it takes."""
        self.style(TEXT_SIZE)
        self.set_draw_color(*GREY)
        with self._indented():
            for line in lines(text):
                is_right = _begins_right(line)
                with self._shaped(line):
                    self.multi_cell(
                        0, TEXT_SIZE * POINT * LINE, self._shown(line, "") or " ",
                        align="R" if is_right else "L", border="R" if is_right else "L",
                        new_x="LMARGIN", new_y="NEXT",
                    )  # fmt: skip
        self.ln(2.5)

    def _item(self, item: ListItem) -> None:
        self.style(TEXT_SIZE)
        self.write(TEXT_SIZE * POINT * LINE, MARKERS[item.marker])
        with self._indented():
            words = MARKERS_IN_WORDS.get(item.marker, "")
            self._write((Span(words), *item.text), TEXT_SIZE, INK)
        self.ln(0.8)

    def _write(self, text: Text, size: float, colour: tuple[int, int, int]) -> None:
        """Spans of several styles, one behind the other."""
        for span in text:
            style = "B" if span.bold else "I" if span.italic else ""
            words = one_line(span.text)
            self.style(size, style, colour)
            with self._shaped(words):
                self.write(size * POINT * LINE, self._shown(words, style))
        self.ln(size * POINT * LINE)

    def _shown(self, words: str, style: str) -> str:
        """The words with a sign for what the font lacks. The library would log the characters, and show nothing."""
        known = self.fonts[f"{FAMILY}{style}"].cmap  # type: ignore[union-attr] # a font of our own has one
        shown = "".join(one if ord(one) in known else MISSING for one in words if one not in JOINERS)
        self.lacks_any = self.lacks_any or (MISSING in shown and MISSING not in words)
        return shown

    @contextmanager
    def _indented(self) -> Iterator[None]:
        left = self.l_margin
        self.set_left_margin(left + INDENT)
        self.set_x(left + INDENT)
        try:
            yield
        finally:
            self.set_left_margin(left)
            self.set_x(left)

    @contextmanager
    def _shaped(self, words: str) -> Iterator[None]:
        """Joins and orders letters where a script needs it; for the others that would take several times as long."""
        needs_it = any(unicodedata.bidirectional(one) in RIGHT_TO_LEFT for one in words)
        self.set_text_shaping(use_shaping_engine=needs_it)
        try:
            yield
        finally:
            self.set_text_shaping(use_shaping_engine=False)


def _begins_right(words: str) -> bool:
    """Whether the first letter is of a script that is read from right to left."""
    first = next((kind for one in words if (kind := unicodedata.bidirectional(one)) in {"L", *RIGHT_TO_LEFT}), "L")
    return first in RIGHT_TO_LEFT
