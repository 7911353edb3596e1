"""A document as Markdown. People's words stay words: no headings, links, HTML or lists can come of them."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from cycle.document import Chapter, Document, Heading, ListItem, Marker, Paragraph, Part, Quote, Span, Text
from rendering.plain import lines, one_line

MARKERS: Final = {Marker.NONE: "- ", Marker.BULLET: "- ", Marker.DONE: "- [x] ", Marker.OPEN: "- [ ] "}

SPECIAL: Final = re.compile(r"([\\`*_\[\]{}<>#|~&@$^])")  # anywhere; the last ones in common extensions
ADDRESS: Final = re.compile(r"(?::(?=//)|\.(?=\S)(?<=www\.))", re.IGNORECASE)  # GitHub and others link a bare address
AT_START: Final = re.compile(r"^(?:([-+=:])|(\d+)([.)]))")  # a list, an underlined heading, a definition


def markdown(document: Document) -> str:
    """The whole document, ending with a line break."""
    blocks = [f"# {_line(escape(one_line(document.title)))}"]
    for kind, parts in groupby(document.parts, key=type):
        if kind is ListItem:
            blocks.append("\n".join(_item(part) for part in parts if isinstance(part, ListItem)))
        else:
            blocks += [block for part in parts for block in _part(part)]
    return "\n\n".join(blocks) + "\n"


def escape(words: str) -> str:
    """People's words, made harmless within a line."""
    return ADDRESS.sub(r"\\\g<0>", SPECIAL.sub(r"\\\1", words))


def _line(escaped: str) -> str:
    """Escaped words made harmless at the beginning of a line as well, where four blanks would be code."""
    return AT_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped.strip())


def _part(part: Part) -> Iterator[str]:
    match part:
        case Chapter():
            yield f"## {_line(escape(one_line(part.text)))}"
        case Heading():
            yield f"### {_line(escape(one_line(part.text)))}"
        case Paragraph():
            yield _line(_text(part.text))
        case Quote():
            yield "\n".join(_quoted(part.text))
        case ListItem():
            yield _item(part)


def _item(item: ListItem) -> str:
    return f"{MARKERS[item.marker]}{_line(_text(item.text))}"


def _quoted(text: str) -> Iterator[str]:
    """Each line behind a mark, and a hard break where the next one follows without a blank line."""
    every = [line.strip() for line in lines(text)]
    for number, line in enumerate(every):
        follows = number + 1 < len(every) and every[number + 1]
        yield f"> {_line(escape(line))}\\" if line and follows else f"> {_line(escape(line))}".rstrip()


def _text(text: Text) -> str:
    return "".join(_span(span) for span in text)


def _span(span: Span) -> str:
    shown = one_line(span.text)
    inner = shown.strip()
    mark = "**" * span.bold + "*" * span.italic
    if not inner or not mark:
        return escape(shown)
    # A mark has to touch a word, so blanks stay outside of it.
    return shown.replace(inner, f"{mark}{escape(inner)}{mark}", 1)
