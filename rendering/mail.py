"""A document as mail: plain text, and the same as simple HTML. People's words stay words in both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from itertools import groupby
from typing import Final

from cycle.document import Chapter, Document, Heading, ListItem, Marker, Paragraph, Part, Quote, Span, Text
from cycle.formatting import shorten
from rendering.plain import lines, one_line

MARKERS: Final = {Marker.NONE: "", Marker.BULLET: "• ", Marker.DONE: "Done: ", Marker.OPEN: "Open: "}
LONGEST_SUBJECT: Final = 150  # characters: mail programs show about half of that, and long headers take long to fold


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, and about what. `message_id` is the same whenever the same mail is sent again."""

    sender: Address
    recipient: Address
    reply_to: Address | None
    subject: str
    message_id: str


def mail(document: Document, closing: Sequence[str], envelope: Envelope, written_at: datetime) -> EmailMessage:
    """The whole mail: the parts of a document, then some sentences of ours. Its choices are left to Slack."""
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = envelope.recipient
    if envelope.reply_to is not None:
        message["Reply-To"] = envelope.reply_to
    message["Subject"] = shorten(one_line(envelope.subject), LONGEST_SUBJECT)
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers
    message.set_content(plain(document, closing), cte="quoted-printable")
    message.add_alternative(html(document, closing), subtype="html", cte="quoted-printable")
    return message


def plain(document: Document, closing: Sequence[str]) -> str:
    """As plain text."""
    blocks = []
    for kind, parts in groupby(document.parts, key=type):
        if kind is ListItem:
            blocks.append("\n".join(_plain_part(part) for part in parts))
        else:
            blocks += [_plain_part(part) for part in parts]
    return "\n\n".join([*blocks, *closing]) + "\n"


def _plain_part(part: Part) -> str:
    match part:
        case Chapter() | Heading():
            return one_line(part.text)
        case Paragraph():
            return _words(part.text)
        case Quote():
            return "\n".join(f"> {line}".rstrip() for line in lines(part.text))
        case ListItem():
            return f"{MARKERS[part.marker]}{_words(part.text)}"


def _words(text: Text) -> str:
    return "".join(one_line(span.text) for span in text)


def html(document: Document, closing: Sequence[str]) -> str:
    """As HTML that every mail program shows: no pictures, no links, no styles but of the quotation."""
    body: list[str] = []
    for kind, parts in groupby(document.parts, key=type):
        if kind is ListItem:
            body += ["<ul>", *(_html_part(part) for part in parts), "</ul>"]
        else:
            body += [_html_part(part) for part in parts]
    body += [f"<p>{escape(sentence)}</p>" for sentence in closing]
    return "\n".join(['<!DOCTYPE html>\n<html lang="en"><body>', *body, "</body></html>\n"])


def _html_part(part: Part) -> str:
    match part:
        case Chapter() | Heading():
            return f"<h3>{escape(one_line(part.text))}</h3>"
        case Paragraph():
            return f"<p>{_html_spans(part.text)}</p>"
        case Quote():
            quoted = "<br>\n".join(escape(line) for line in lines(part.text))
            return (
                f'<blockquote style="margin-left:0;padding-left:1em;border-left:3px solid #ccc">{quoted}</blockquote>'
            )
        case ListItem():
            marker = "" if part.marker is Marker.BULLET else MARKERS[part.marker]  # a list has bullets of its own
            return f"<li>{marker}{_html_spans(part.text)}</li>"


def _html_spans(text: Text) -> str:
    return "".join(_html_span(span) for span in text)


def _html_span(span: Span) -> str:
    words = escape(one_line(span.text))
    words = f"<strong>{words}</strong>" if span.bold else words
    return f"<em>{words}</em>" if span.italic else words
