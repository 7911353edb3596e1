"""Composition objects, which blocks and elements consist of: texts, options, confirmations."""

from collections.abc import Iterator
from typing import Any

from sandbox.checks import Check, Problem, boolean, by_type, items, one_of, record, text, url

TEXT_LIMIT = 3000
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
OPTION_GROUPS = 100
ID_LIMIT = 255
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30

identifier = text(ID_LIMIT)


def plain_text(most: int, least: int = 1) -> Check:
    """A plain_text object of up to `most` characters."""
    return by_type({"plain_text": _plain(most, least)}, "text object", frozenset({"mrkdwn"}))


def any_text(most: int) -> Check:
    """A plain_text or mrkdwn object of up to `most` characters."""
    return by_type(
        {"plain_text": _plain(most, 1), "mrkdwn": record({"text": text(most)}, {"verbatim": boolean})}, "text object"
    )


def _plain(most: int, least: int) -> Check:
    return record({"text": text(most, least)}, {"emoji": boolean})


confirm = record(
    {
        "title": plain_text(CONFIRM_TITLE),
        "text": any_text(CONFIRM_TEXT),
        "confirm": plain_text(CONFIRM_BUTTON),
        "deny": plain_text(CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)

select_option = record(
    {"text": plain_text(OPTION_TEXT), "value": text(OPTION_VALUE)}, {"description": plain_text(OPTION_TEXT)}
)

checkbox_option = record(
    {"text": any_text(OPTION_TEXT), "value": text(OPTION_VALUE)}, {"description": any_text(OPTION_TEXT)}
)
"""An option of checkboxes and radio buttons, which accept mrkdwn as well."""

overflow_option = record(
    {"text": plain_text(OPTION_TEXT), "value": text(OPTION_VALUE)},
    {"description": plain_text(OPTION_TEXT), "url": url},
)

option_group = record({"label": plain_text(OPTION_TEXT), "options": items(select_option, OPTIONS)})


def initial_among_options(value: dict[str, Any], at: str) -> Iterator[Problem]:
    """Each initial option equals one of the options."""
    offered = [
        *value.get("options", ()),
        *(option for group in value.get("option_groups", ()) for option in group["options"]),
    ]
    chosen = [(f"/initial_options/{number}", option) for number, option in enumerate(value.get("initial_options", ()))]
    if "initial_option" in value:
        chosen.append(("/initial_option", value["initial_option"]))
    for place, option in chosen:
        if option not in offered:
            yield Problem(at + place, "must be one of the provided options")
