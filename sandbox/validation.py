"""Checks messages and views against Slack's limits: what Slack would refuse, before it is sent there.

The limits are those of Slack's Block Kit reference; where that is silent, the sandbox assumes the stricter one.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from sandbox.blocks import block_on
from sandbox.checks import Check, Problem, boolean, items, one_of, record, text
from sandbox.compositions import ID_LIMIT, plain_text

__all__ = [
    "MARKDOWN_TOTAL",
    "MESSAGE_BLOCKS_TOTAL",
    "MESSAGE_TEXT",
    "VIEW_BYTES",
    "Problem",
    "blocks_too_long",
    "problems",
    "structure_problems",
    "too_large",
]

Kind = Literal["message", "modal", "home"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 4000
"""Characters in the text of a message.

Slack recommends at most 4,000 and refuses more in chat.update; in chat.postMessage it truncates beyond 40,000.
"""
MESSAGE_BLOCKS_TOTAL = 10_000
"""Characters in all blocks of one message, markdown blocks aside.

Slack does not document this limit, which it enforces as msg_blocks_too_long. A public report (bolt-js, issue 2867)
measured 9,597 characters accepted and 11,341 refused; the true limit lies in between.
"""
MARKDOWN_TOTAL = 12_000
"""Characters in all markdown blocks of one message, as documented."""
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
VIEW_BYTES = 250 * 1024


def problems(kind: Kind, payload: dict[str, Any]) -> list[Problem]:
    """What Slack would refuse in a message ({"text", "blocks"}; other fields are not checked), a modal or a Home.

    An empty list means that Slack would accept it. Pointers start at the payload: /blocks/3/text.
    """
    found = structure_problems(kind, payload)
    if kind == "message" and blocks_too_long(payload.get("blocks")):
        found.append(
            Problem("/blocks", f"must be less than {MESSAGE_BLOCKS_TOTAL + 1} characters in all blocks together")
        )
    return found


def blocks_too_long(blocks: Any) -> bool:
    """Whether the texts of a message's blocks add up to more than Slack accepts (msg_blocks_too_long)."""
    if not isinstance(blocks, list):
        return False
    markdown: list[Any] = []
    others: list[Any] = []
    for block in blocks:
        is_markdown = isinstance(block, dict) and block.get("type") == "markdown"
        (markdown if is_markdown else others).append(block)
    return _text_length(others) > MESSAGE_BLOCKS_TOTAL or _text_length(markdown) > MARKDOWN_TOTAL


def _text_length(value: Any) -> int:
    """The characters of everything that people read: texts, fields, labels, buttons, options, alternative texts."""
    length, unread = 0, [value]
    while unread:
        inner = unread.pop()
        if isinstance(inner, list):
            unread.extend(inner)
        elif isinstance(inner, dict):
            length += sum(len(inner[name]) for name in ("text", "alt_text") if isinstance(inner.get(name), str))
            unread.extend(inner.values())
    return length


def structure_problems(kind: Kind, payload: dict[str, Any]) -> list[Problem]:
    """Like `problems`, but without the limit on the sum of a message's texts, which has an error word of its own."""
    if kind == "message":
        payload = {name: payload[name] for name in ("text", "blocks") if payload.get(name) is not None}
    found = list(_surface(kind)(payload, ""))
    blocks = payload.get("blocks")
    if isinstance(blocks, list):
        known = [(number, block) for number, block in enumerate(blocks) if isinstance(block, dict)]
        found.extend(_duplicates(known))
        found.extend(_focus(known))
        if kind == "modal" and "submit" not in payload and any(block.get("type") == "input" for _, block in known):
            found.append(Problem("/submit", "missing required field: submit (a modal with inputs needs it)"))
    if kind != "message" and too_large(payload):
        found.append(Problem("", f"must be less than {VIEW_BYTES + 1} bytes"))
    return found


def too_large(view: Any) -> bool:
    """Whether a view is over 250 KB (view_too_large)."""
    return len(json.dumps(view, ensure_ascii=False, default=str).encode(errors="replace")) > VIEW_BYTES


@cache
def _surface(kind: Kind) -> Check:
    if kind == "message":
        return record({}, {"text": text(MESSAGE_TEXT, 0), "blocks": items(block_on(kind), MESSAGE_BLOCKS, 0)})
    common: dict[str, Check] = {
        "private_metadata": text(PRIVATE_METADATA, 0),
        "callback_id": text(ID_LIMIT, 0),
        "external_id": text(ID_LIMIT, 0),
    }
    required: dict[str, Check] = {"type": one_of(kind), "blocks": items(block_on(kind), VIEW_BLOCKS, 0)}
    if kind == "home":
        return record(required, common)
    return record(
        required | {"title": plain_text(VIEW_TITLE)},
        common
        | {"submit": plain_text(VIEW_TITLE), "close": plain_text(VIEW_TITLE)}
        | dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), boolean),
    )


def _duplicates(blocks: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, block in blocks:
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                yield Problem(f"/blocks/{number}/block_id", f"`block_id` {block_id} already exists")
            seen.add(block_id)
        actions: set[str] = set()
        for place, element in _elements(block):
            action_id = element.get("action_id")
            if isinstance(action_id, str):
                if action_id in actions:
                    yield Problem(
                        f"/blocks/{number}{place}/action_id", f"`action_id` {action_id} already exists in this block"
                    )
                actions.add(action_id)


def _focus(blocks: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    focused = [
        f"/blocks/{number}{place}"
        for number, block in blocks
        for place, element in _elements(block)
        if element.get("focus_on_load") is True
    ]
    for pointer in focused[1:]:
        yield Problem(f"{pointer}/focus_on_load", "only one element may have the focus")


def _elements(block: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            yield f"/{name}", block[name]
    if isinstance(block.get("elements"), list):
        for number, element in enumerate(block["elements"]):
            if isinstance(element, dict):
                yield f"/elements/{number}", element
