"""A direct message: everything that is due for one person at one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from cycle.nudges import NudgeText
from handlers.views import kit

LATE: Final = "I was away for a while, so this comes later than it should. Sorry about that."

TEXT: Final = "text."  # beginnings of block ids, before the key of a nudge
OUTCOME: Final = "outcome."

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


class EditedPart(Protocol):
    """What a nudge in a message should say now."""

    @property
    def keys(self) -> Sequence[str]:
        """Its key, and those of the nudges whose place it has taken in this message."""

    @property
    def outcome(self) -> str | None:
        """What became of it, instead of its buttons."""

    @property
    def wording(self) -> NudgeText | None:
        """What it says instead."""


class _Worded(NamedTuple):
    """A nudge and what it says."""

    key: str
    wording: NudgeText


def render(parts: Sequence[Part], *, late: bool) -> dict[str, Any]:
    """`text` and `blocks` of a message. The text is complete for screen readers, without what people wrote."""
    blocks: list[kit.Block] = [kit.section(LATE)] if late else []
    for number, part in enumerate(parts):
        if number or late:
            blocks.append(kit.divider())
        blocks += _blocks(part)
    lines = ([LATE] if late else []) + [part.wording.text for part in parts]
    return {"text": kit.fitted(" ".join(lines), kit.MESSAGE_TEXT), "blocks": blocks}


def edited(blocks: Sequence[Mapping[str, Any]], parts: Sequence[EditedPart]) -> dict[str, Any] | None:
    """`text` and `blocks` of a message that Slack has, as it should be; None where it is so already.

    All that is not about these parts stays, and so does what a listener has put in the place of a part's buttons.
    """
    before: list[kit.Block] = [dict(block) for block in blocks]
    after = before
    for part in parts:
        after = _reworded(after, part) if part.wording is not None else _settled(after, part)
    if after == before:
        return None
    return {"text": kit.fitted(" ".join(_sentences(after)), kit.MESSAGE_TEXT), "blocks": after}


def _settled(blocks: list[kit.Block], part: EditedPart) -> list[kit.Block]:
    """What became of a nudge, in the place of its buttons and of the reason for them."""
    buttons = {block_ids(key)[1] for key in part.keys}
    start, end = _place(blocks, part)
    at = next((place for place in range(start, end) if blocks[place].get("block_id") in buttons), None)
    if at is None or part.outcome is None:
        return blocks
    outcome = kit.context(kit.fitted(part.outcome, kit.CONTEXT_TEXT)) | {"block_id": OUTCOME + part.keys[0]}
    after = [block for block in blocks[at + 1 : end] if block["type"] != "context"]
    return [*blocks[:at], outcome, *after, *blocks[end:]]


def _reworded(blocks: list[kit.Block], part: EditedPart) -> list[kit.Block]:
    """A nudge as it is worded now, in its place in the message."""
    start, end = _place(blocks, part)
    if start == end or part.wording is None or _text_of(blocks[start]) == part.wording.text:
        return blocks
    return [*blocks[:start], *_blocks(_Worded(part.keys[0], part.wording)), *blocks[end:]]


def _place(blocks: Sequence[Mapping[str, Any]], part: EditedPart) -> tuple[int, int]:
    """Where a nudge begins and ends in a message: from its text to the next divider. Nowhere if it is not there."""
    texts = {block_ids(key)[0] for key in part.keys}
    start = next((at for at, block in enumerate(blocks) if block.get("block_id") in texts), None)
    if start is None:
        return 0, 0
    end = next((at for at in range(start, len(blocks)) if blocks[at]["type"] == "divider"), len(blocks))
    return start, end


def _sentences(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The text of a message from its blocks: all but quotations and reasons."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        if block_id.startswith(TEXT) or _text_of(block) == LATE:
            yield _text_of(block)
        elif block_id.startswith(OUTCOME):
            yield block["elements"][0]["text"]


def _text_of(block: Mapping[str, Any]) -> str:
    return str(block["text"]["text"]) if block.get("type") == "section" and "text" in block else ""


def capacity() -> Size:
    """What the parts of one message may take together: Slack's limits, less the sentence of a late message."""
    return Size(MESSAGE_BLOCKS - 1, MESSAGE_CHARACTERS - _length(LATE))


def size(part: Part) -> Size:
    """What a part takes, with the divider before it. Pure."""
    blocks = _blocks(part)
    return Size(len(blocks) + 1, sum(map(_length, _texts(blocks))))


def block_ids(key: str) -> tuple[str, str]:
    """The ids of the blocks by which a nudge can be recognised in a message, whether it has buttons or not."""
    return TEXT + key, f"nudge.{key}"


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
