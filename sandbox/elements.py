"""Interactive elements, and the blocks and surfaces in which each is allowed."""

from collections.abc import Iterator
from typing import Any

from sandbox.checks import (
    Check,
    Problem,
    anything,
    boolean,
    by_type,
    clock_time,
    either,
    integer,
    iso_date,
    items,
    number_text,
    one_of,
    record,
    text,
    url,
)
from sandbox.compositions import (
    OPTION_GROUPS,
    OPTIONS,
    any_text,
    checkbox_option,
    confirm,
    identifier,
    initial_among_options,
    option_group,
    overflow_option,
    plain_text,
    select_option,
)

BUTTON_TEXT = 75
BUTTON_VALUE = 2000
PLACEHOLDER = 150
INPUT_TEXT = 3000
CHECKBOX_OPTIONS = 10
OVERFLOW_OPTIONS = 5
ALT_TEXT = 2000
MOST_ITEMS = 100
FILES = 10
TEN_DIGITS = 9_999_999_999

_common: dict[str, Check] = {"action_id": identifier}
_confirmable: dict[str, Check] = {"action_id": identifier, "confirm": confirm}
_field: dict[str, Check] = {"action_id": identifier, "focus_on_load": boolean, "placeholder": plain_text(PLACEHOLDER)}
_menu: dict[str, Check] = _field | {"confirm": confirm}
_many: dict[str, Check] = _menu | {"max_selected_items": integer(1, MOST_ITEMS)}

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


_options: dict[str, Check] = {
    "options": items(select_option, OPTIONS),
    "option_groups": items(option_group, OPTION_GROUPS),
}
_filter = record(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_ids = items(text(50), MOST_ITEMS)

_ELEMENTS: dict[str, Check] = {
    "button": record(
        {"text": plain_text(BUTTON_TEXT)},
        _confirmable
        | {
            "url": url,
            "value": text(BUTTON_VALUE),
            "style": one_of("primary", "danger"),
            "accessibility_label": text(BUTTON_TEXT),
        },
    ),
    "checkboxes": record(
        {"options": items(checkbox_option, CHECKBOX_OPTIONS)},
        _confirmable | {"initial_options": items(checkbox_option, CHECKBOX_OPTIONS), "focus_on_load": boolean},
        initial_among_options,
    ),
    "radio_buttons": record(
        {"options": items(checkbox_option, CHECKBOX_OPTIONS)},
        _confirmable | {"initial_option": checkbox_option, "focus_on_load": boolean},
        initial_among_options,
    ),
    "datepicker": record({}, _menu | {"initial_date": iso_date}),
    "timepicker": record({}, _menu | {"initial_time": clock_time, "timezone": text(100)}),
    "datetimepicker": record(
        {}, _confirmable | {"initial_date_time": integer(1_000_000_000, TEN_DIGITS), "focus_on_load": boolean}
    ),
    "plain_text_input": record(
        {},
        _field
        | _dispatch
        | {
            "initial_value": text(INPUT_TEXT, 0),
            "multiline": boolean,
            "min_length": integer(0, INPUT_TEXT),
            "max_length": integer(1, INPUT_TEXT),
        },
        _lengths,
    ),
    "email_text_input": record({}, _field | _dispatch | {"initial_value": text(INPUT_TEXT, 0)}),
    "url_text_input": record({}, _field | _dispatch | {"initial_value": text(INPUT_TEXT, 0)}),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        _field | _dispatch | dict.fromkeys(("initial_value", "min_value", "max_value"), number_text),
    ),
    "rich_text_input": record({}, _field | _dispatch | {"initial_value": anything}),
    "file_input": record({}, _common | {"filetypes": items(text(20), MOST_ITEMS), "max_files": integer(1, FILES)}),
    "static_select": record(
        {},
        _menu | _options | {"initial_option": select_option},
        either("options", "option_groups"),
        initial_among_options,
    ),
    "multi_static_select": record(
        {},
        _many | _options | {"initial_options": items(select_option, OPTIONS)},
        either("options", "option_groups"),
        initial_among_options,
        _initial_count,
    ),
    "external_select": record({}, _menu | {"initial_option": select_option, "min_query_length": integer(0, 100)}),
    "multi_external_select": record(
        {},
        _many | {"initial_options": items(select_option, OPTIONS), "min_query_length": integer(0, 100)},
        _initial_count,
    ),
    "users_select": record({}, _menu | {"initial_user": text(50)}),
    "multi_users_select": record({}, _many | {"initial_users": _ids}, _initial_count),
    "conversations_select": record(
        {},
        _menu
        | {
            "initial_conversation": text(50),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _filter,
        },
    ),
    "multi_conversations_select": record(
        {},
        _many | {"initial_conversations": _ids, "default_to_current_conversation": boolean, "filter": _filter},
        _initial_count,
    ),
    "channels_select": record({}, _menu | {"initial_channel": text(50), "response_url_enabled": boolean}),
    "multi_channels_select": record({}, _many | {"initial_channels": _ids}, _initial_count),
    "overflow": record({"options": items(overflow_option, OVERFLOW_OPTIONS)}, _confirmable),
    "image": record(
        {"alt_text": text(ALT_TEXT)},
        {"image_url": url, "slack_file": anything},
        either("image_url", "slack_file"),
    ),
}

_SELECTS = frozenset({"static_select", "external_select", "users_select", "conversations_select", "channels_select"})
_MULTI = frozenset(f"multi_{name}" for name in _SELECTS)
_PICKERS = frozenset({"checkboxes", "datepicker", "radio_buttons", "timepicker"})
_TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
_RARE = frozenset({"rich_text_input", "file_input"})

_ALLOWED_IN = {
    "section": frozenset({"button", "image", "overflow"}) | _SELECTS | _MULTI | _PICKERS,
    "actions": frozenset({"button", "overflow", "datetimepicker"}) | _SELECTS | _PICKERS,
    "input": frozenset({"datetimepicker"}) | _SELECTS | _MULTI | _PICKERS | _TYPED | _RARE,
}

_NOT_ALLOWED_ON = {
    "message": frozenset({"email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input"}),
    "home": frozenset({"email_text_input", "url_text_input", "number_input", "file_input", "datetimepicker"}),
    "modal": frozenset[str](),
}


def element_of(block: str, surface: str) -> Check:
    """A check for any element allowed in a block (section, actions, input) on a surface (message, modal, home)."""
    allowed = _ALLOWED_IN[block] - _NOT_ALLOWED_ON[surface]
    return by_type({name: _ELEMENTS[name] for name in allowed}, "element", frozenset(_ELEMENTS))


context_element = by_type(
    {"image": _ELEMENTS["image"]} | dict.fromkeys(("plain_text", "mrkdwn"), any_text(INPUT_TEXT)),
    "element",
    frozenset(_ELEMENTS),
)
