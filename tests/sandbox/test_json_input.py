import json

import pytest

from sandbox.json_input import MAX_DEPTH, parse_json


def _nested(levels: int) -> str:
    """Objects around an array, this many levels in all."""
    return '{"a":' * (levels - 1) + "[1]" + "}" * (levels - 1)


def test_json_is_parsed_down_to_the_deepest_level_and_no_further():
    """A hundred levels are read as they are; one more, or enough to exhaust the stack, is a ValueError."""
    deepest = _nested(MAX_DEPTH)
    assert parse_json(deepest) == json.loads(deepest)
    for levels in (MAX_DEPTH + 1, 200_000):
        with pytest.raises(ValueError, match="deep"):
            parse_json(_nested(levels))


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe{", "[1,]"])
def test_what_is_not_json_is_a_value_error(text: str | bytes):
    """Text and bytes alike, also bytes that are not UTF-8."""
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
