import json
from datetime import timedelta

import pytest

from cycle.nudges import Action
from cycle.pairing import OTHER
from handlers.shared.ids import ActionId
from handlers.views import start
from sandbox.validation import problems
from storage.pairs import PairState, Side
from tests.support.builders import MADRID, TOKYO, at, pair, person

ANA = person("Ana Ruiz", id=1)
NOW = at(MADRID, 2026, 11, 20, 18)
LONG_NAME = "<&>" * 85


def test_C1_the_form_says_what_these_discussions_are():
    """The form says that they are about growth, apart from performance reviews."""
    form = start.render([], ANA, Side.EMPLOYEE)
    assert problems("modal", form) == []
    said = json.dumps(form["blocks"][0])
    assert "growth" in said
    assert "apart from performance reviews" in said


@pytest.mark.parametrize("likely", list(Side))
def test_E1_both_sides_may_start(likely: Side):
    """Both sides are on offer with the likely one chosen; person and side are required."""
    fields = {block.get("block_id"): block for block in start.render([], ANA, likely)["blocks"]}
    sides = fields[start.SIDE]["element"]
    assert [option["value"] for option in sides["options"]] == list(Side)
    assert sides["initial_option"]["value"] == likely
    assert fields[OTHER]["element"]["type"] == "users_select"
    assert not fields[OTHER]["optional"]
    assert not fields[start.SIDE]["optional"]


@pytest.mark.parametrize("name", ["Ben Okafor", LONG_NAME])
@pytest.mark.parametrize("many", [1, 30])
def test_unanswered_requests_can_be_taken_back(name: str, many: int):
    """Each request without an answer has a button for its pair, even with long names and many of them."""
    waiting = [
        (pair(ANA, person(name, id=key), id=key, state=PairState.ASKED), person(name, id=key))
        for key in range(2, 2 + many)
    ]
    form = start.render(waiting, ANA, Side.MANAGER)
    assert problems("modal", form) == []
    values = [block["accessory"]["value"] for block in form["blocks"] if "accessory" in block]
    assert values[:1] == ["2"]
    assert all(
        block["accessory"]["action_id"] == ActionId.WITHDRAW_PAIR for block in form["blocks"] if "accessory" in block
    )


def test_the_asker_reads_when_the_other_side_hears():
    """It is the moment on the other side's clock, or “right away” while they are at work."""
    chiyo = person("Chiyo Tanaka", TOKYO)
    later = start.asked(ANA, chiyo, at(TOKYO, 2026, 11, 23, 9), NOW)
    assert problems("modal", later) == []
    assert "Chiyo gets your request on Mon 23 Nov at 09:00, their time." in later["blocks"][0]["text"]["text"]
    assert "right away" in start.asked(ANA, chiyo, NOW, NOW)["blocks"][0]["text"]["text"]


def test_names_are_shown_and_never_obeyed():
    """A name of 255 characters full of markup is escaped in every text of this moment."""
    other = person(LONG_NAME)
    shown = start.asked(ANA, other, NOW + timedelta(days=1), NOW)
    assert problems("modal", shown) == []
    for text in (shown["blocks"][0]["text"]["text"], start.accepted(other), start.declined(other)):
        assert "<" not in text
        assert len(text) <= 3000


def test_a_yes_leads_to_the_next_steps():
    """A person who said yes can find a time and prepare at once."""
    two = pair(ANA, person(id=2), id=9)
    assert [button["value"] for button in start.next_steps(two)] == ["9", "9"]


def test_a_person_who_was_asked_can_say_yes_in_the_form():
    """A request made to me is there with a yes, not with a way to take it back."""
    ben = person("Ben Okafor", id=2)
    form = start.render([(pair(ANA, ben, id=7, state=PairState.ASKED), ANA)], ben, Side.EMPLOYEE)
    assert problems("modal", form) == []
    [button] = [block["accessory"] for block in form["blocks"] if "accessory" in block]
    assert (button["action_id"], button["value"]) == (Action.ACCEPT_PAIR, "7")
