from datetime import timedelta

import pytest

from cycle.nudges import Action, Button
from cycle.overview import Overview
from cycle.snapshot import PairSnapshot
from cycle.todo import Pressing, ToDo
from handlers.app_config import COMMANDS
from handlers.shared.ids import ActionId
from handlers.views import help as view
from sandbox.validation import problems
from storage.pairs import PairState
from tests.support.builders import MADRID, TOKYO, at, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 23, 10)
ANA, BEN = person("Ana Ruiz", id=1), person("Ben <!channel> Okafor", TOKYO, id=2)
TWO = pair(ANA, BEN, id=1)


def test_help_lists_every_word():
    """The help explains every word in the command's usage hint."""
    answer = view.render(COMMANDS[0])
    assert problems("message", answer) == []
    assert answer["response_type"] == "ephemeral"
    for word in COMMANDS[0].words:
        assert f"/career {word.name}" in answer["text"]
        assert word.description in answer["text"]


@pytest.mark.parametrize("typed", ["prepp", "<!channel> & <script>", "x" * 5000, "`*_~", "日本語" * 40])
def test_an_unknown_word_is_named_and_harmless(typed: str):
    """What was typed is named, shortened and escaped; the help follows."""
    answer = view.render(COMMANDS[0], typed)
    assert problems("message", answer) == []
    assert "I don't know" in answer["text"]
    assert "<" not in answer["text"]
    assert "/career prep" in answer["text"]


def test_a_newcomer_is_welcomed():
    """A person without any pair reads what this is and can start with one press (C1)."""
    answer = view.what_now(Overview(ANA, NOW, [], [], []))
    assert problems("message", answer) == []
    assert "apart from performance reviews" in answer["text"]
    assert answer["blocks"][1]["elements"][0]["action_id"] == ActionId.START


def to_dos(count: int) -> Overview:
    """A person with things to do."""
    one = PairSnapshot(TWO, ANA, BEN, NOW)
    item = ToDo(
        "Find a time to meet with " + BEN.name, Button("Find a time", Action.OPEN_SCHEDULE, 1), Pressing.FIND_A_TIME
    )
    return Overview(ANA, NOW, [one], [(one, item)] * count, [])


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "/career help"), (10, "/career help"), (11, "And 1 thing more"), (200, "And 190 things more")],
)
def test_what_to_do_now_comes_with_its_buttons(count: int, said: str):
    """Up to ten things with a button each, and how many more there are."""
    answer = view.what_now(to_dos(count))
    assert problems("message", answer) == []
    buttons = [block["accessory"] for block in answer["blocks"] if "accessory" in block]
    assert len(buttons) == min(count, view.MOST_TO_DO)
    assert all(button["action_id"] == Action.OPEN_SCHEDULE and button["value"] == "1" for button in buttons)
    assert said in str(answer["blocks"])
    assert "<!channel>" not in str(answer)


def test_with_nothing_to_do_the_next_discussion_is_named():
    """Without anything to do, the next discussion is shown on both clocks, and an unanswered request is named."""
    dated = PairSnapshot(TWO, ANA, BEN, NOW, current=scheduled(TWO, NOW + timedelta(days=60), id=1))
    asked = PairSnapshot(pair(ANA, BEN, id=2, state=PairState.ASKED), ANA, BEN, NOW)
    undated = PairSnapshot(TWO, ANA, BEN, NOW, current=planning(TWO, NOW.date(), id=2))
    answer = view.what_now(Overview(ANA, NOW, [dated, asked, undated], [], []))
    assert problems("message", answer) == []
    assert "Nothing to do right now" in answer["text"]
    assert "for you" in answer["text"]
    assert "(Tokyo)" in answer["text"]
    assert "You asked and have no answer yet." in answer["text"]
