"""Every message and view against Slack's limits: what Slack would refuse, before it is sent there.

The limits are those of Slack's Block Kit reference; where it is silent the sandbox takes the narrower reading.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from sandbox.blocks import block_on
from sandbox.checks import Check, Problem, boolean, items, one_of, record, text
from sandbox.compositions import ID_LIMIT, plain_text

__all__ = ["MESSAGE_TEXT", "VIEW_BYTES", "Problem", "problems", "too_large"]

Kind = Literal["message", "modal", "home"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 4000
"""Slack advises 4,000 characters and refuses more in chat.update; beyond 40,000 it cuts chat.postMessage off."""
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
VIEW_BYTES = 250 * 1024


def problems(kind: Kind, payload: dict[str, Any]) -> list[Problem]:
    """What Slack would refuse in a message ({"text", "blocks"}, other fields are not looked at), a modal or a Home.

    An empty list means that it would be taken. Pointers start at the payload: /blocks/3/text.
    """
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
