"""The elements a person can use, and in which blocks and on which surfaces each may stand."""

from collections.abc import Iterator
from typing import Any

from sandbox.compositions import (
    OPTION_GROUPS,
    OPTIONS,
    any_text,
    confirm,
    identifier,
    initial_among_options,
    option_group,
    overflow_option,
    plain_text,
    select_option,
    ticked_option,
)
from sandbox.shapes import (
    Check,
    Problem,
    anything,
    by_type,
    clock_time,
    either,
    flag,
    iso_date,
    items,
    number_text,
    one_of,
    record,
    text,
    web_address,
    whole,
)

BUTTON_TEXT = 75
BUTTON_VALUE = 2000
PLACEHOLDER = 150
INPUT_TEXT = 3000
TICKED_OPTIONS = 10
OVERFLOW_OPTIONS = 5
ALT_TEXT = 2000
MOST_ITEMS = 100
FILES = 10
TEN_DIGITS = 9_999_999_999

_common: dict[str, Check] = {"action_id": identifier}
_asking: dict[str, Check] = {"action_id": identifier, "confirm": confirm}
_field: dict[str, Check] = {"action_id": identifier, "focus_on_load": flag, "placeholder": plain_text(PLACEHOLDER)}
_menu: dict[str, Check] = _field | {"confirm": confirm}
_many: dict[str, Check] = _menu | {"max_selected_items": whole(1, MOST_ITEMS)}

_dispatch: dict[str, Check] = {
    "dispatch_action_config": record(
        {}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
    )
}


def _lengths(value: dict[str, Any], at: str) -> Iterator[Problem]:
    shortest, longest = value.get("min_length", 0), value.get("max_length", INPUT_TEXT)
    if shortest > longest:
        yield Problem(f"{at}/min_length", "must not be more than max_length")
    initial = len(value.get("initial_value", ""))
    if initial > longest:
        yield Problem(f"{at}/initial_value", f"must be less than {longest + 1} characters")


def _initial_count(value: dict[str, Any], at: str) -> Iterator[Problem]:
    most = value.get("max_selected_items", MOST_ITEMS)
    for name in ("initial_options", "initial_users", "initial_conversations", "initial_channels"):
        if len(value.get(name, ())) > most:
            yield Problem(f"{at}/{name}", f"no more than {most} items allowed")


_offered: dict[str, Check] = {
    "options": items(select_option, OPTIONS),
    "option_groups": items(option_group, OPTION_GROUPS),
}
_filter = record(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_ids = items(text(50), MOST_ITEMS)

_SHAPES: dict[str, Check] = {
    "button": record(
        {"text": plain_text(BUTTON_TEXT)},
        _asking
        | {
            "url": web_address,
            "value": text(BUTTON_VALUE),
            "style": one_of("primary", "danger"),
            "accessibility_label": text(BUTTON_TEXT),
        },
    ),
    "checkboxes": record(
        {"options": items(ticked_option, TICKED_OPTIONS)},
        _asking | {"initial_options": items(ticked_option, TICKED_OPTIONS), "focus_on_load": flag},
        initial_among_options,
    ),
    "radio_buttons": record(
        {"options": items(ticked_option, TICKED_OPTIONS)},
        _asking | {"initial_option": ticked_option, "focus_on_load": flag},
        initial_among_options,
    ),
    "datepicker": record({}, _menu | {"initial_date": iso_date}),
    "timepicker": record({}, _menu | {"initial_time": clock_time, "timezone": text(100)}),
    "datetimepicker": record(
        {}, _asking | {"initial_date_time": whole(1_000_000_000, TEN_DIGITS), "focus_on_load": flag}
    ),
    "plain_text_input": record(
        {},
        _field
        | _dispatch
        | {
            "initial_value": text(INPUT_TEXT, 0),
            "multiline": flag,
            "min_length": whole(0, INPUT_TEXT),
            "max_length": whole(1, INPUT_TEXT),
        },
        _lengths,
    ),
    "email_text_input": record({}, _field | _dispatch | {"initial_value": text(INPUT_TEXT, 0)}),
    "url_text_input": record({}, _field | _dispatch | {"initial_value": text(INPUT_TEXT, 0)}),
    "number_input": record(
        {"is_decimal_allowed": flag},
        _field | _dispatch | dict.fromkeys(("initial_value", "min_value", "max_value"), number_text),
    ),
    "rich_text_input": record({}, _field | _dispatch | {"initial_value": anything}),
    "file_input": record({}, _common | {"filetypes": items(text(20), MOST_ITEMS), "max_files": whole(1, FILES)}),
    "static_select": record(
        {},
        _menu | _offered | {"initial_option": select_option},
        either("options", "option_groups"),
        initial_among_options,
    ),
    "multi_static_select": record(
        {},
        _many | _offered | {"initial_options": items(select_option, OPTIONS)},
        either("options", "option_groups"),
        initial_among_options,
        _initial_count,
    ),
    "external_select": record({}, _menu | {"initial_option": select_option, "min_query_length": whole(0, 100)}),
    "multi_external_select": record(
        {},
        _many | {"initial_options": items(select_option, OPTIONS), "min_query_length": whole(0, 100)},
        _initial_count,
    ),
    "users_select": record({}, _menu | {"initial_user": text(50)}),
    "multi_users_select": record({}, _many | {"initial_users": _ids}, _initial_count),
    "conversations_select": record(
        {},
        _menu
        | {
            "initial_conversation": text(50),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": _filter,
        },
    ),
    "multi_conversations_select": record(
        {},
        _many | {"initial_conversations": _ids, "default_to_current_conversation": flag, "filter": _filter},
        _initial_count,
    ),
    "channels_select": record({}, _menu | {"initial_channel": text(50), "response_url_enabled": flag}),
    "multi_channels_select": record({}, _many | {"initial_channels": _ids}, _initial_count),
    "overflow": record({"options": items(overflow_option, OVERFLOW_OPTIONS)}, _asking),
    "image": record(
        {"alt_text": text(ALT_TEXT)},
        {"image_url": web_address, "slack_file": anything},
        either("image_url", "slack_file"),
    ),
}

_SELECTS = frozenset({"static_select", "external_select", "users_select", "conversations_select", "channels_select"})
_MULTI = frozenset(f"multi_{name}" for name in _SELECTS)
_PICKERS = frozenset({"checkboxes", "datepicker", "radio_buttons", "timepicker"})
_TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
_RARE = frozenset({"rich_text_input", "file_input"})

_PLACES = {
    "section": frozenset({"button", "image", "overflow"}) | _SELECTS | _MULTI | _PICKERS,
    "actions": frozenset({"button", "overflow", "datetimepicker"}) | _SELECTS | _PICKERS,
    "input": frozenset({"datetimepicker"}) | _SELECTS | _MULTI | _PICKERS | _TYPED | _RARE,
}

_NOT_ON = {
    "message": frozenset({"email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input"}),
    "home": frozenset({"email_text_input", "url_text_input", "number_input", "file_input", "datetimepicker"}),
    "modal": frozenset[str](),
}


def element_of(block: str, surface: str) -> Check:
    """The elements allowed in a kind of block (section, actions, input) on a surface (message, modal, home)."""
    allowed = _PLACES[block] - _NOT_ON[surface]
    return by_type({name: _SHAPES[name] for name in allowed}, "element", frozenset(_SHAPES))


context_element = by_type(
    {"image": _SHAPES["image"]} | dict.fromkeys(("plain_text", "mrkdwn"), any_text(INPUT_TEXT)),
    "element",
    frozenset(_SHAPES),
)
