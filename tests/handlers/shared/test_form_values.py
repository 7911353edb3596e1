from datetime import date
from typing import Any

import pytest

from handlers.shared.form_values import FormValues
from handlers.shared.ids import HIGHEST_KEY
from storage.pairs import Cadence, Side

ODD = ["", "0x1", "-1", "1.5", "٣", "abc", "9" * 400, None, {"value": "1"}]


def chosen(value: Any) -> FormValues:
    """A menu in which this value is chosen, and a group of boxes in which it is ticked."""
    option = {"value": value}
    return FormValues({"menu": {"a": {"selected_option": option}}, "boxes": {"a": {"selected_options": [option]}}})


@pytest.mark.parametrize("value", ODD)
def test_an_odd_choice_reads_as_none(value: Any):
    """A value that no option of ours has is neither a number, nor a key, nor a member of an enum."""
    values = chosen(value)
    assert values.number("menu", at_most=1_000) is None
    assert values.keys("boxes") == ()
    assert values.member("menu", Cadence) is None
    assert values.side("menu") is None


def test_a_number_has_a_limit():
    """A number up to the limit is read, one beyond is not."""
    assert [chosen(text).number("menu", at_most=120) for text in ("0", "120", "121")] == [0, 120, None]
    assert chosen(str(HIGHEST_KEY)).keys("boxes") == (HIGHEST_KEY,)
    assert chosen(str(HIGHEST_KEY + 1)).keys("boxes") == ()


def test_a_member_is_found_by_its_value():
    """The value of an option is that of the member."""
    assert chosen("2w").member("menu", Cadence) is Cadence.TWO_WEEKS
    assert chosen("manager").side("menu") is Side.MANAGER


def test_what_is_filled_in_can_be_compared():
    """Empty fields are left out, blanks around a text do not count, and only the wanted fields are looked at."""
    values = FormValues(
        {
            "text": {"a": {"value": " Shipped it\n"}}, "blank": {"a": {"value": " "}}, "none": {"a": {"value": None}},
            "menu": {"a": {"selected_option": {"value": "x"}}}, "box": {"a": {"selected_options": [{"value": "y"}]}},
            "unticked": {"a": {"selected_options": []}}, "day": {"a": {"selected_date": "2027-06-01"}},
            "of another page": {"a": {"value": "x"}},
        }
    )  # fmt: skip
    assert values.filled(lambda field: field != "of another page") == {
        "text": "Shipped it", "menu": "x", "box": ("y",), "day": date(2027, 6, 1)
    }  # fmt: skip
    assert values.is_ticked("box")
    assert not values.is_ticked("unticked")
