"""What a person has entered in a view: Slack's `state.values`, {block_id: {action_id: {type, …}}}."""

import re
from collections.abc import Iterator
from typing import Any

Values = dict[str, dict[str, dict[str, Any]]]

# Element type → (the field of its value, the field of its initial value, what it is when empty).
_STATEFUL: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}

_PATTERNS = {
    "email_text_input": (r"\S+@\S+", "This is not an e-mail address"),
    "url_text_input": (r"\w+://\S+", "This is not a web address"),
}

REQUIRED = "This field is required"


def elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every (block, element) that a person can use."""
    for block in blocks:
        if block["type"] == "input":
            yield block, block["element"]
        elif block["type"] == "section" and "accessory" in block:
            yield block, block["accessory"]
        elif block["type"] == "actions":
            for element in block["elements"]:
                yield block, element


def find_element(blocks: list[dict[str, Any]], block_id: str, action_id: str) -> dict[str, Any] | None:
    """The element with these ids; None where there is none."""
    for block, element in elements(blocks):
        if block["block_id"] == block_id and element.get("action_id") == action_id:
            return element
    return None


def value_of(element: dict[str, Any], given: dict[str, Any] | None) -> dict[str, Any]:
    """An element's entry in the state: what was given, otherwise its initial value. An empty text becomes None."""
    field, initial, empty = _STATEFUL[element["type"]]
    entry: dict[str, Any] = {"type": element["type"]}
    value = element.get(initial, empty) if given is None or field not in given else given[field]
    if field in {"selected_option", "selected_options"}:
        value = _own_options(element, value)
    elif field == "value":
        value = None if value is None or value == "" else str(value)
    elif field == "selected_date_time" and value is not None:
        value = int(value) if str(value).isdecimal() else None
    entry[field] = value
    if element["type"] == "timepicker" and "timezone" in element:
        entry["timezone"] = element["timezone"]
    return entry


def _own_options(element: dict[str, Any], chosen: Any) -> Any:
    """The chosen options as the app sent them: a page sends only values, and only existing options can be chosen."""
    offered = {option["value"]: option for option in options(element)}
    if isinstance(chosen, list):
        return [_own_option(offered, option) for option in chosen if _own_option(offered, option)]
    return _own_option(offered, chosen) if chosen else None


def _own_option(offered: dict[str, dict[str, Any]], chosen: Any) -> dict[str, Any] | None:
    value = chosen.get("value") if isinstance(chosen, dict) else None
    return offered.get(value) if isinstance(value, str) else None


def options(element: dict[str, Any]) -> list[dict[str, Any]]:
    """All options of an element, including those in groups."""
    return [
        *element.get("options", ()),
        *(option for group in element.get("option_groups", ()) for option in group["options"]),
    ]


def state(blocks: list[dict[str, Any]], given: Values) -> Values:
    """The state of a view: an entry for every element that has a value, from what was given for the same two ids."""
    values: Values = {}
    for block, element in elements(blocks):
        if element["type"] in _STATEFUL:
            name = element["action_id"]
            entry = given.get(block["block_id"], {}).get(name)
            if entry is not None and entry.get("type", element["type"]) != element["type"]:
                entry = None
            values.setdefault(block["block_id"], {})[name] = value_of(element, entry)
    return values


def input_errors(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """What Slack itself refuses before the app gets it: {block_id: sentence}."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input" and block["element"]["type"] in _STATEFUL:
            element = block["element"]
            entry = values[block["block_id"]][element["action_id"]]
            value = entry[_STATEFUL[element["type"]][0]]
            problem = _input_error(element, value, optional=block.get("optional", False))
            if problem:
                found[block["block_id"]] = problem
    return found


def _input_error(element: dict[str, Any], value: Any, *, optional: bool) -> str | None:
    if value in (None, []) or (isinstance(value, str) and not value.strip()):
        return None if optional else REQUIRED
    if element["type"] == "plain_text_input":
        return _length_error(element, value)
    if element["type"] == "number_input":
        return _number_error(element, value)
    if element["type"] in _PATTERNS and not re.fullmatch(_PATTERNS[element["type"]][0], value):
        return _PATTERNS[element["type"]][1]
    if isinstance(value, list) and len(value) > element.get("max_selected_items", len(value)):
        return f"Choose at most {element['max_selected_items']}"
    return None


def _length_error(element: dict[str, Any], value: str) -> str | None:
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < shortest:
        return f"Use at least {shortest} characters ({len(value)} so far)"
    if len(value) > longest:
        return f"Use at most {longest} characters ({len(value)} now)"
    return None


def _number_error(element: dict[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "This is not a number"
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "This must be a whole number"
    if "min_value" in element and number < float(element["min_value"]):
        return f"This must be {element['min_value']} or more"
    if "max_value" in element and number > float(element["max_value"]):
        return f"This must be {element['max_value']} or less"
    return None
