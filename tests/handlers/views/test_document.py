import pytest

from cycle.document import Document, Heading, ListItem, Marker, Paragraph, Quote, Span, bold, excerpt, text
from cycle.nudges import Action, Button
from handlers.views import document, kit
from sandbox.validation import problems


def test_each_part_becomes_its_block():
    """Headings, paragraphs, asides and quotations, in order; a limited quotation is shortened, another is not."""
    long_text = "word " * 100
    shown = document.blocks(
        Document("Title", [Heading("First"), Paragraph(text("Plain")), Paragraph(text("Aside"), small=True),
                           Quote(long_text, limit=50), Quote(long_text)])
    )  # fmt: skip
    assert [block["type"] for block in shown] == ["header", "section", "context", "section", "section"]
    assert len(shown[3]["text"]["text"]) <= 50
    assert shown[4]["text"]["text"] == f"> {long_text}"


def test_items_that_follow_each_other_share_a_paragraph():
    """A list is one block; a paragraph between two items parts them. Words say whether an item is done."""
    done, still_open = ListItem(text("In"), Marker.DONE), ListItem(text("Out"), Marker.OPEN)
    apart = Document("Title", [done, still_open, Paragraph(text("Between")), ListItem(text("Bullet"))])
    first, _between, last = document.blocks(apart)
    assert [line.split(" ", 1)[1] for line in first["text"]["text"].splitlines()] == ["Done: In", "Open: Out"]
    assert last["text"]["text"] == "• Bullet"


def test_only_spans_of_ours_are_emphasised():
    """Bold and italic come from the document; a name that looks like markup or a mention is only text."""
    shown = document.mrkdwn(text("Ask ", bold("<!channel>"), " & ", Span("Ben", bold=True, italic=True)))
    assert shown == "Ask *&lt;!channel&gt;* &amp; _*Ben*_"


def test_an_excerpt_is_one_line_of_a_known_length():
    """Line breaks become spaces, and what is cut fits its limit after escaping, too."""
    assert document.mrkdwn(text(excerpt("a\n\nb", 10))) == "a b"
    assert len(document.mrkdwn(text(excerpt("&" * 500, 100)))) <= 100


@pytest.mark.parametrize("sign", ["x", "<", "名", "\n"])
def test_texts_at_their_longest_fit(sign: str):
    """Whatever people wrote, Slack takes the blocks."""
    longest = text(sign * 5000, bold(sign * 5000))
    parts = [Heading(sign * 500), Paragraph(longest), Paragraph(longest, small=True), Quote(sign * 3000)]
    shown = document.blocks(Document("Title", [*parts, *[ListItem(longest)] * 5]))
    assert problems("modal", kit.modal("notice", "Test", shown)) == []


def test_choices_are_the_buttons_at_the_end():
    """Each with its action and key, and primary where the document says so."""
    choices = (Button("Prepare", Action.OPEN_PREPARATION, 7, primary=True), Button("Agenda", Action.OPEN_AGENDA, 7))
    (row,) = document.blocks(Document("Title", (), choices))
    assert [(one["action_id"], one["value"], one.get("style")) for one in row["elements"]] == [
        (Action.OPEN_PREPARATION, "7", "primary"),
        (Action.OPEN_AGENDA, "7", None),
    ]
