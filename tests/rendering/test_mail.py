"""A document as mail: the same words as text and as HTML, and nothing of what people typed becomes more than words."""

import email
import email.policy
from email.headerregistry import Address
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycle.document import Document, Heading, ListItem, Paragraph, Quote, Span, text
from rendering.mail import Envelope, mail
from rendering.mail_address import address
from rendering.plain import lines, one_line
from tests.support.builders import LONG_AGO

WORDS = st.text(max_size=300) | st.sampled_from(
    ["<script>alert(1)</script>&amp;", "Bcc: all@example.com\r\n\r\nHello", ".\r\nQUIT", "🧗🏽‍♀️" * 90, "a" * 3000]
)


class Words(HTMLParser):
    """The words of HTML, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.elements = "", list[str]()

    def handle_data(self, data: str) -> None:
        """Words."""
        self.words += data

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        """An element."""
        self.elements.append(tag)


def read(message: EmailMessage) -> tuple[EmailMessage, str, Words]:
    """A mail as a mail program reads it: its headers, its text, its HTML."""
    arrived = cast("EmailMessage", email.message_from_bytes(message.as_bytes(), policy=email.policy.default))  # type: ignore[arg-type]
    plain, html = (arrived.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    words = Words()
    words.feed(html.get_content())
    return arrived, plain.get_content(), words


def written(name: str, note: str) -> EmailMessage:
    """A mail with people's words wherever there can be some."""
    document = Document("x", [
        Paragraph(text(name, " wrote this:")), Quote(note), Heading(name),
        ListItem(text(Span(note, bold=True), " – ", Span(name, italic=True))),
    ])  # fmt: skip
    envelope = Envelope(
        Address("Career", addr_spec="career@example.com"), address(name, "ben@example.com"),
        address(name, "ana@example.com"), f"A thank-you from {name}", "<1@example.com>",
    )  # fmt: skip
    return mail(document, ["Answer in Slack."], envelope, LONG_AGO)


@settings(max_examples=50, deadline=None)  # long headers of emoji take a fifth of a second to fold and read
@given(name=WORDS, note=WORDS)
def test_E12_words_stay_words_in_text_html_and_headers(name: str, note: str):
    """No header, element or recipient comes of what people typed, and all of it arrives in both forms."""
    arrived, plain, html = read(written(name, note))
    assert sorted(arrived.keys()) == sorted([
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    ])  # fmt: skip
    assert [one.addr_spec for one in arrived["To"].addresses] == ["ben@example.com"]
    assert set(html.elements) <= {"html", "body", "p", "blockquote", "br", "h3", "ul", "li", "strong", "em"}
    for line in lines(note):
        assert f"> {line}".rstrip() in plain
        assert line.strip() in html.words
    assert one_line(name).strip() in plain
    assert plain.rstrip().endswith("Answer in Slack.")


@pytest.mark.parametrize("spec", ["", "ben", "ben@", "@example.com", "a b@example.com", "ben@exämple.com",
                                  "ben@example.com\nBcc: x@example.com", "ben@example.com, x@example.com"])  # fmt: skip
def test_E12_what_is_no_address_is_refused(spec: str):
    """Rather than sent to whatever a server makes of it."""
    with pytest.raises(ValueError, match="not an address"):
        address("Ben", spec)
