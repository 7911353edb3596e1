"""What a view holds, for tests that read views."""

from typing import Any


def said(view: dict[str, Any]) -> str:
    """Everything that is written in a view."""
    return str(view["blocks"])


def fields(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The inputs of a view by name."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
