"""A neutral document (`cycle.document`) as Block Kit."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from cycle.document import Chapter, Document, Heading, ListItem, Marker, Paragraph, Part, Quote, Span, Text
from handlers.views import kit

MARKERS: Final = {
    Marker.NONE: "",
    Marker.BULLET: "• ",
    # In words as well: an emoji alone means nothing to a screen reader.
    Marker.DONE: ":white_check_mark: Done: ",
    Marker.OPEN: ":white_large_square: Open: ",
}
LONGEST_SPAN: Final = 1000  # characters of one span of a paragraph, escaping included


def blocks(document: Document) -> list[kit.Block]:
    """The blocks of a document; its title is the modal's."""
    rendered: list[kit.Block] = []
    for kind, parts in groupby(document.parts, key=type):
        if kind is ListItem:
            rendered += kit.packed(_item(part) for part in parts if isinstance(part, ListItem))
        else:
            rendered += [block for part in parts for block in _part(part)]
    if document.choices:
        rendered.append(kit.actions(buttons(document)))
    return rendered


def buttons(document: Document) -> Sequence[kit.Element]:
    """The choices of a document."""
    return [kit.choice(one) for one in document.choices]


def _part(part: Part) -> Iterator[kit.Block]:
    match part:
        case Chapter() | Heading():
            yield kit.header(part.text)
        case Paragraph():
            yield kit.context(mrkdwn(part.text)) if part.small else kit.section(mrkdwn(part.text))
        case Quote() if part.limit is not None:
            yield kit.section(kit.quoted(part.text, part.limit))
        case Quote():
            yield from kit.in_full(part.text)
        case ListItem():
            yield kit.section(_item(part))


def _item(item: ListItem) -> str:
    return f"{MARKERS[item.marker]}{mrkdwn(item.text)}"


def mrkdwn(text: Text) -> str:
    """A text as Slack's mrkdwn, escaped."""
    return "".join(_span(span) for span in text)


def _span(span: Span) -> str:
    shown = kit.fitted(span.text, span.limit or LONGEST_SPAN)
    if span.bold:
        shown = f"*{shown}*"
    return f"_{shown}_" if span.italic else shown
