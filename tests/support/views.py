"""What a view holds, for tests that read views."""

from typing import Any

from sandbox.view_state import elements

PRESSED = {"button", "overflow"}
"""Elements that hold no value."""


def said(view: dict[str, Any]) -> str:
    """Everything that is written in a view."""
    return str(view["blocks"])


def fields(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What can be filled in in a view, by name: inputs, and boxes and pickers beside a text."""
    return {
        block["block_id"]: element
        for block, element in elements(view["blocks"])
        if "block_id" in block and element["type"] not in PRESSED
    }
