"""Cursors, which say where the next page of a list starts."""

import base64
import binascii
from typing import TypeVar

from sandbox.errors import SlackError

Item = TypeVar("Item")


def cursor_for(position: str) -> str:
    """An opaque cursor for a position in a list."""
    return base64.b64encode(f"next:{position}".encode()).decode()


def position_of(cursor: str) -> str | None:
    """The position that a cursor was made for; None for an empty cursor. Raises `SlackError` invalid_cursor."""
    if not cursor:
        return None
    try:
        word, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if word != "next":
        raise SlackError("invalid_cursor")
    return position


def page(items: list[Item], cursor: str, limit: int) -> tuple[list[Item], str]:
    """One page of a list that does not change, and the cursor of the next page ("" on the last one)."""
    start = position_of(cursor) or "0"
    if not start.isdigit():
        raise SlackError("invalid_cursor")
    end = int(start) + limit
    return items[int(start) : end], cursor_for(str(end)) if end < len(items) else ""
