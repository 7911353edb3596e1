"""JSON from outside: parsed only where it is not nested so deeply that reading it would exhaust the stack."""

import json
from typing import Any

MAX_DEPTH = 100
"""Levels of arrays and objects within each other. Slack's own payloads have fewer than twenty."""


def parse_json(text: str | bytes) -> Any:
    """The value; raises `ValueError` where the text is not JSON, not UTF-8, or nested too deeply."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level = _containers([value])
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _containers(outer)]
    if level:
        raise ValueError("nested too deeply")
    return value


def _containers(outer: Any) -> list[Any]:
    inside = outer.values() if isinstance(outer, dict) else outer
    return [inner for inner in inside if isinstance(inner, dict | list)]
