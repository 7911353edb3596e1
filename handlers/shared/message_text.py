"""What a message says, as a person would read it: Slack's markup for links, people and emphasis taken out."""

import re
from html import unescape
from typing import Final

REFERENCE: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
"""`<@U123|ana>`, `<#C123|general>`, `<!here>`, `<https://example.com|the page>`, `<mailto:…|…>`."""


def plain_text(text: str) -> str:
    """The text of a message without references: a label where there is one, else the address or the name."""
    return unescape(REFERENCE.sub(_said, text)).strip()


def _said(found: re.Match[str]) -> str:
    what, label = found[1], found[2]
    if what.startswith("@"):
        return f"@{label}" if label else "someone"
    if what.startswith("#"):
        return f"#{label}" if label else "a channel"
    if what.startswith("!"):
        return label or f"@{what[1:].partition('^')[0]}"
    return label or what.removeprefix("mailto:")
