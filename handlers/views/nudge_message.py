"""A direct message: everything that is due for one person at one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from cycle.nudges import NudgeText
from handlers.views import kit

LATE: Final = "I was away for a while, so this comes later than it should. Sorry about that."

MESSAGE_BLOCKS: Final = 50
"""Slack's limit on the blocks of a message."""

MESSAGE_CHARACTERS: Final = 9_000
"""The most characters that all texts in a message's blocks may have together. Slack's own limit is not documented; a
public report (slackapi/bolt-js issue 2509) had 9,597 accepted and 11,341 refused with `msg_blocks_too_long`."""


class Size(NamedTuple):
    """How much something takes in a message, or how much there is."""

    blocks: int
    characters: int


class Part(Protocol):
    """One nudge within a message."""

    @property
    def key(self) -> str:
        """The nudge's stable key: the message is found by it, should its metadata be missing."""

    @property
    def wording(self) -> NudgeText:
        """What it says."""


def render(parts: Sequence[Part], *, late: bool) -> dict[str, Any]:
    """`text` and `blocks` of a message. The text is complete for screen readers, without what people wrote."""
    blocks: list[kit.Block] = [kit.section(LATE)] if late else []
    for number, part in enumerate(parts):
        if number or late:
            blocks.append(kit.divider())
        blocks += _blocks(part)
    lines = ([LATE] if late else []) + [part.wording.text for part in parts]
    return {"text": kit.fitted(" ".join(lines), kit.MESSAGE_TEXT), "blocks": blocks}


def capacity() -> Size:
    """What the parts of one message may take together: Slack's limits, less the sentence of a late message."""
    return Size(MESSAGE_BLOCKS - 1, MESSAGE_CHARACTERS - _length(LATE))


def size(part: Part) -> Size:
    """What a part takes, with the divider before it. Pure."""
    blocks = _blocks(part)
    return Size(len(blocks) + 1, sum(map(_length, _texts(blocks))))


def block_ids(key: str) -> tuple[str, str]:
    """The ids of the blocks by which a nudge can be recognised in a message, whether it has buttons or not."""
    return f"text.{key}", f"nudge.{key}"


def _blocks(part: Part) -> list[kit.Block]:
    text_id, buttons_id = block_ids(part.key)
    wording = part.wording
    blocks = [kit.section(kit.fitted(wording.text, kit.SECTION_TEXT)) | {"block_id": text_id}]
    if wording.quote is not None:
        blocks.append(kit.section(kit.quoted(wording.quote, kit.SECTION_TEXT)))
    if wording.buttons:
        buttons = [kit.button(one.label, one.does, str(one.subject_id), primary=one.primary) for one in wording.buttons]
        blocks.append(kit.actions(buttons, block_id=buttons_id))
    if wording.reason is not None:
        blocks.append(kit.context(kit.fitted(wording.reason, kit.CONTEXT_TEXT)))
    return blocks


def _texts(found: Any) -> Iterator[str]:
    """Every text in some blocks, buttons included, since Slack does not say which of them it counts."""
    if isinstance(found, Mapping):
        if isinstance(found.get("text"), str):
            yield found["text"]
        found = found.values()
    elif isinstance(found, str) or not isinstance(found, Iterable):
        return
    for inner in found:
        yield from _texts(inner)


def _length(text: str) -> int:
    """Characters as JavaScript counts them, since the reports do: an emoji outside the basic plane is two."""
    return len(text) + sum(character > "\uffff" for character in text)
