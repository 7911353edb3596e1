"""Documents as Markdown and PDF: all words are there, and words of people stay words (practice L5)."""

import io
import logging
from datetime import UTC, date, datetime
from typing import Any

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from cycle.document import Chapter, Document, Heading, ListItem, Marker, Paragraph, Quote, bold, excerpt, text
from cycle.record import Record
from cycle.record_document import export_document, record_document
from handlers.shared.view_metadata import PairMetadata
from handlers.views import record as views
from rendering.markdown import markdown
from rendering.pdf import MISSING, MISSING_NOTE, pdf
from sandbox.validation import problems
from storage.agenda import AgendaItem
from storage.objectives import Horizon, Objective
from storage.pairs import Pair
from storage.preparations import Answer
from tests.support.builders import LONG_AGO, MADRID, at, commitment, held, notes, pair, person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

MARKUP = [
    "# a heading", "   ## another", "===", "- a list", "+ a list", "1. a list", "2) a list", "> a quotation",
    "* a list", "    code", "```", "~~~", "<b>html</b>", "<script>x</script>", "&lt;", "[a link](https://example.com)",
    "![x](y)", "<https://example.com>", "https://example.com", "www.example.com", "ana@example.com", "| t |", "---",
    "**bold** _it_ `code`", "[ref]: https://example.com", "a\\", "{nb} $x$ ~~gone~~",
]  # fmt: skip


def written(content: bytes, footer: str = "") -> str:
    """All that is written on the pages of a PDF, on one line; without what is below each page, if that is given."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    whole = [page.removesuffix(f"{footer} Page {number}") if footer else page for number, page in enumerate(pages, 1)]
    return " ".join(" ".join(whole).split())


def of_words(words: str) -> Document:
    """A document in which some words are everywhere that people's words can be."""
    return Document(
        words,
        [
            Paragraph(text(bold(words), " and ", excerpt(words, 10))),
            Chapter(words),
            Heading(words),
            ListItem(text(excerpt(words, 10))),
            ListItem(text(words, ": ", words), Marker.DONE),
            Quote(words),
            Quote(f"one line\n{words}\n\n{words}\nlast line"),
        ],
    )


@pytest.mark.parametrize("words", MARKUP)
def test_L5_words_of_people_are_no_markup(words: str):
    """Whatever they typed, Markdown reads it as text: no link, HTML, code, list or heading comes of it."""
    plain, typed = ([one.type for one in _tokens(of_words(each))] for each in ("words", words))
    skipped = {"text", "hardbreak", "softbreak"}
    assert [one for one in typed if one not in skipped] == [one for one in plain if one not in skipped]
    assert " ".join(words.split()) in " ".join(_text(of_words(words)).split())


def _tokens(document: Document) -> list[Any]:
    """What Markdown sees, without the levels below lines."""
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown(document))
    return [each for one in found for each in [one, *(one.children or ())]]


def _text(document: Document) -> str:
    return " ".join(one.content for one in _tokens(document) if one.type in {"text", "text_special"})


def test_L5_a_document_is_written_in_the_order_of_its_parts():
    """Title, emphasis, marks in words, quotations with their lines: an example as a whole."""
    parts = [
        Paragraph(text("Ana met ", bold("Ben"), ".")),
        Heading("Agenda"),
        ListItem(text(bold("Ana"), ": ", excerpt("My\ncourse", 2))),
        ListItem(text("Prepare"), Marker.DONE),
        ListItem(text("Find a time"), Marker.OPEN),
        Quote("One\ntwo\n\nthree"),
    ]
    document = Document("Record", parts)
    assert markdown(document) == (
        "# Record\n\nAna met **Ben**.\n\n### Agenda\n\n- **Ana**: My course\n- [x] Prepare\n- [ ] Find a time\n\n"
        "> One\\\n> two\n>\n> three\n"
    )
    assert written(pdf(document, NOW)) == (
        "Record Ana met Ben. Agenda • Ana: My course ☑ Done: Prepare ☐ Open: Find a time One two three Record Page 1"
    )


def test_L5_a_pdf_shows_many_scripts_and_says_what_its_font_lacks(caplog: pytest.LogCaptureFixture):
    """Greek, Cyrillic, Hebrew and Arabic are there; other characters become a sign, with a note, and none is logged."""
    scripts = ["Αθηνά", "Жанна", "Łukasz Ångström", "Nguyễn"]
    with caplog.at_level(logging.DEBUG):
        content = pdf(Document("Record", [Quote("\n".join([*scripts, "田中 👩‍👩‍👧 \u202eevil", "x" * 400]))]), NOW)
    found = written(content)
    assert all(one in found for one in scripts)
    assert f"{MISSING}{MISSING} {MISSING}{MISSING}{MISSING} evil" in found
    assert MISSING_NOTE in found
    assert found.count("x") == 400  # a long word is broken, and none of it is lost at the edge of the page
    assert "田" not in caplog.text


def test_L5_right_to_left_is_read_from_the_right():
    """Hebrew and Arabic are shaped and begin on the right side of the page."""
    pages = PdfReader(io.BytesIO(pdf(Document("Record", [Quote("שלום"), Quote("مرحبا"), Quote("Hello")]), NOW))).pages
    places: dict[str, float] = {}
    pages[0].extract_text(visitor_text=lambda said, _cm, tm, _font, _size: places.setdefault(said.strip(), tm[4]))
    middle = float(pages[0].mediabox.width) / 2
    assert {said: x > middle for said, x in places.items() if said in {"שלום", "Hello"}} == {
        "שלום": True,
        "Hello": False,
    }


# --- extremes --------------------------------------------------------------------------------------------------------


def extreme(two: Pair, number: int = 1) -> Record:
    """A record with as much of everything as there can be, in names as well."""
    employee = person("<!channel> *Ana* 😀 עדי", id=1)
    manager = person("[Ben](http://x.y) & Co", id=2)
    done = held(two, at(MADRID, 2026, 11, 2, 10), at(MADRID, 2026, 11, 2, 12), id=number, number=number)
    long_word, answer = "w" * 300, "An answer. " * 270
    return Record(
        pair=two, discussion=done, me=employee, employee=employee, manager=manager,
        agenda=[
            AgendaItem(
                id=one, pair_id=1, discussion_id=number, author_id=1 + one % 2, position=one, proposed_at=LONG_AGO,
                text=f"Item {one} & {long_word}", first_text="<b>" * 100, is_question=one % 2 == 0,
            )
            for one in range(60)
        ],
        commitments=[commitment(two, employee, date(2026, 12, 1), id=one, text="<&>" * 300) for one in range(60)],
        notes=[notes(done, one, answer) for one in (employee, manager)],
        answers=[
            Answer(
                id=one, pair_id=1, preparation_id=1, author_id=1 + one % 2, question=question, text=answer, shared=True,
                answered_at=LONG_AGO,
            )
            for one, question in enumerate(("achievements", "strengths", "challenges", "potential", "skills") * 2)
        ],
        objectives=[
            Objective(
                id=one, pair_id=1, owner_id=1, horizon=Horizon.SHORT, text=f"Objective {one}: {long_word}", shared=True,
                target_on=date(2027, 6, 1), set_at=LONG_AGO,
            )
            for one in range(40)
        ],
        levels={}, thanks=None, following=None,
        private_answers=[
            Answer(
                id=9, pair_id=1, preparation_id=1, author_id=1, question="roadblocks", text=answer, answered_at=LONG_AGO
            )
        ],
    )  # fmt: skip


@pytest.fixture
def two() -> Pair:
    """A pair that was never written."""
    return pair(person(id=1), person(id=2), id=1)


def test_L5_the_largest_record_fits_a_modal(two: Pair):
    """60 agenda items, 40 objectives, answers of 3,000 characters: within Slack's sizes, the rest is in the files."""
    modal = views.render(record_document(extreme(two), {}), PairMetadata(pair_id=1))
    assert problems("modal", modal) == []
    assert len(modal["blocks"]) <= 100
    assert "And 20 more: they are in the files." in str(modal)
    formatted = [block for block in modal["blocks"] if block["type"] in {"section", "context"}]
    assert len(formatted) > 20
    assert not any(one in str(formatted) for one in ("<!channel>", "<b>", "<&"))


def test_L5_the_largest_record_is_whole_in_both_files(two: Pair):
    """Every item, objective and answer is in either file in full, and the PDF has an outline."""
    document = export_document([extreme(two)], {}, NOW)
    content = pdf(document, NOW)
    for found in (written(content, "Career discussions"), " ".join(markdown(document).replace("\\", "").split())):
        assert [number for number in range(60) if found.count(f"Item {number} & w") != 1] == []
        assert [number for number in range(40) if found.count(f"Objective {number}: w") != 1] == []
        assert found.count("An answer.") == 270 * 13
    assert len(PdfReader(io.BytesIO(content)).outline) == 1


def test_L5_what_would_take_minutes_is_cut_and_says_so(two: Pair):
    """Of very much, the latest discussions are exported, and the document says how many were left out."""
    many = [extreme(two, number) for number in range(1, 40)]
    document = export_document(many, {}, NOW)
    chapters = [one for one in document.parts if isinstance(one, Chapter)]
    assert 1 < len(chapters) < 39
    assert f"These are the latest {len(chapters)} of 39 discussions" in markdown(document)
