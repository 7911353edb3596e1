from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.view_state import input_errors, state, value_of

Json = dict[str, Any]
LABEL = {"type": "plain_text", "text": "Label"}
ONE, TWO = ({"text": {"type": "plain_text", "text": word}, "value": word} for word in ("one", "two"))


def _input(element: Json, **changes: Any) -> Json:
    return {"type": "input", "block_id": "b", "label": LABEL, "element": {"action_id": "a", **element}, **changes}


EMPTY: list[tuple[Json, Json]] = [
    ({"type": "plain_text_input"}, {"value": None}),
    ({"type": "plain_text_input", "initial_value": "given"}, {"value": "given"}),
    ({"type": "static_select", "options": [ONE, TWO]}, {"selected_option": None}),
    ({"type": "static_select", "options": [ONE, TWO], "initial_option": TWO}, {"selected_option": TWO}),
    ({"type": "checkboxes", "options": [ONE, TWO]}, {"selected_options": []}),
    ({"type": "multi_static_select", "options": [ONE], "initial_options": [ONE]}, {"selected_options": [ONE]}),
    ({"type": "users_select", "initial_user": "U1"}, {"selected_user": "U1"}),
    ({"type": "datepicker"}, {"selected_date": None}),
    ({"type": "timepicker", "initial_time": "09:00"}, {"selected_time": "09:00"}),
    ({"type": "datetimepicker", "initial_date_time": 1_800_000_000}, {"selected_date_time": 1_800_000_000}),
]


@pytest.mark.parametrize(("element", "value"), EMPTY)
def test_an_untouched_element_has_its_initial_value_or_slacks_nothing(element: Json, value: Json):
    """Every element is in the state, even where nobody touched it: null, an empty list, or what the app gave."""
    assert state([_input(element)], {}) == {"b": {"a": {"type": element["type"], **value}}}


def test_only_what_is_on_offer_can_be_chosen():
    """A page that sends an option of its own gets none; the known one comes in the app's words."""
    element = {"type": "static_select", "action_id": "a", "options": [ONE, TWO]}
    assert value_of(element, {"selected_option": {"value": "two", "text": "forged"}})["selected_option"] == TWO
    assert value_of(element, {"selected_option": {"value": "three"}})["selected_option"] is None


REFUSED: list[tuple[Json, Any, str | None]] = [
    ({"type": "plain_text_input"}, "", "This field is required"),
    ({"type": "plain_text_input", "min_length": 3}, "ab", "Use at least 3 characters (2 so far)"),
    ({"type": "plain_text_input", "min_length": 3}, "abc", None),
    ({"type": "plain_text_input"}, "x" * 3001, "Use at most 3000 characters (3001 now)"),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "This must be a whole number"),
    ({"type": "number_input", "is_decimal_allowed": True}, "1.5", None),
    ({"type": "number_input", "is_decimal_allowed": True}, "much", "This is not a number"),
    ({"type": "number_input", "is_decimal_allowed": False, "min_value": "2"}, "1", "This must be 2 or more"),
    ({"type": "number_input", "is_decimal_allowed": False, "max_value": "2"}, "3", "This must be 2 or less"),
    ({"type": "email_text_input"}, "ana", "This is not an e-mail address"),
    ({"type": "email_text_input"}, "ana@example.com", None),
    ({"type": "url_text_input"}, "example", "This is not a web address"),
]


@pytest.mark.parametrize(("element", "typed", "problem"), REFUSED)
def test_slack_refuses_before_the_app_is_asked(element: Json, typed: Any, problem: str | None):
    """Required, too short, too long, and each kind of field by its own rule."""
    blocks = [_input(element)]
    values = state(blocks, {"b": {"a": {"type": element["type"], "value": typed}}})
    assert input_errors(blocks, values) == ({"b": problem} if problem else {})


def test_an_optional_field_may_stay_empty_and_a_choice_has_a_maximum():
    """Optional is optional; more than max_selected_items is too many."""
    blocks = [_input({"type": "plain_text_input"}, optional=True)]
    assert input_errors(blocks, state(blocks, {})) == {}
    blocks = [_input({"type": "multi_static_select", "options": [ONE, TWO], "max_selected_items": 1})]
    given_ = {"b": {"a": {"type": "multi_static_select", "selected_options": [ONE, TWO]}}}
    assert input_errors(blocks, state(blocks, given_)) == {"b": "Choose at most 1"}


@given(st.text(), st.text(min_size=1), st.booleans())
def test_typed_text_stays_exactly_where_both_ids_are_the_same(typed: str, initial: str, same: bool):  # noqa: FBT001
    """New content keeps what was typed for the same block and action, and starts from the initial value for another."""
    before = [_input({"type": "plain_text_input"})]
    values = state(before, {"b": {"a": {"type": "plain_text_input", "value": typed}}})
    name = "a" if same else "other"
    after = [_input({"type": "plain_text_input", "action_id": name, "initial_value": initial})]
    assert state(after, values)["b"][name]["value"] == ((typed or None) if same else initial)


def test_another_kind_of_element_with_the_same_ids_starts_anew():
    """A date is not kept as a text."""
    values = {"b": {"a": {"type": "datepicker", "selected_date": "2026-11-24"}}}
    assert state([_input({"type": "plain_text_input", "initial_value": "x"})], values)["b"]["a"]["value"] == "x"
