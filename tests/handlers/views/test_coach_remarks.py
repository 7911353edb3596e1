"""Remarks under the fields they are about: on every form, with everything at once."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from cycle.agendas import NEW_ITEMS, AgendaView
from cycle.bank import Asker, load_bank
from cycle.coach import Remark, RemarkKind, review_goal, review_question
from cycle.coach_remarks import MOST_SHOWN, Advice, Seen, Wording, advice
from cycle.objectives import LONGEST_OBJECTIVE
from cycle.pairing import words_field
from cycle.preparations import QUESTIONS, Lists, PreparationView
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.shared.view_metadata import AgendaMetadata, PreparationMetadata, StartMetadata
from handlers.views import agenda, coach_remarks, start
from handlers.views.preparing import objectives, questions
from handlers.views.preparing.page import Help, PageView, Shown, render, ticks
from handlers.views.preparing.page import fields as as_values
from sandbox.validation import problems
from storage.agenda import AgendaItem, ItemState
from storage.objectives import Horizon, Objective
from storage.pairs import Side
from tests.support.builders import LONG_AGO, MADRID, at, pair, person, scheduled

BANK, _ = load_bank()
ANA, BEN = person("Ana Ruiz", id=1), person("Ben Okafor", id=2)
TWO = pair(ANA, BEN, id=1)
DISCUSSION = scheduled(TWO, at(MADRID, 2026, 11, 24, 10), id=7)
VAGUE, BROAD = "Get better at <b>SQL</b> & more", "Where do you see me in five years?"


def on(*wordings: Wording) -> list[Advice]:
    """What the coach has to say about words that it has remarked on."""
    return advice(wordings, Seen([one.key for one in wordings]), BANK)


def longest_advice(field: str, text: str, *, asker: Asker | None = None) -> Advice:
    """The most that can be said about words: three remarks with the longest examples, and questions to ask instead."""
    said = [
        Remark(kind, "This could be said in another way. " * 4, 0, len(text), f"{number} {text}")
        for number, kind in enumerate((RemarkKind.VAGUE, RemarkKind.ACTIVITY, RemarkKind.SEVERAL))
    ]
    return Advice(Wording(field, text, review_goal, asker), said, BANK.questions[:3] if asker else ())


def prepared(side: Side = Side.EMPLOYEE, objectives: Sequence[Objective] = ()) -> PreparationView:
    """A preparation of which only objectives are submitted."""
    other = BEN if side is Side.EMPLOYEE else ANA
    return PreparationView(TWO, DISCUSSION, side, other, None, read_lists=Lists(objectives=objectives))


ABOUT = PreparationMetadata(pair_id=1, discussion_id=7)
GOALS, ASKING = objectives.VIEW, questions.VIEW


def show(said: Sequence[Advice], page: PageView = GOALS) -> dict[str, Any]:
    """A page of a preparation, with what the coach has to say."""
    return render(page, Shown(prepared(), ANA, ABOUT, FormValues(), LONG_AGO, Help(advice=said)))


def texts(shown: dict[str, Any]) -> str:
    """Everything that is written in a view."""
    return json.dumps(shown["blocks"], ensure_ascii=False)


def after(shown: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """The blocks below a field."""
    ids = [block.get("block_id") for block in shown["blocks"]]
    return shown["blocks"][ids.index(field) + 1 :]


def test_M6_E3_a_remark_is_right_under_its_goal_with_an_example():
    """It names the words, what is missing and a better wording, with two buttons; people's words are escaped."""
    (one,) = on(Wording("short.new0.text", VAGUE, review_goal))
    shown = show([one])
    assert problems("modal", shown) == []
    said, buttons, *_ = after(shown, "short.new0.text")
    assert said["text"]["text"].startswith(":bulb: “Get better at”: How will you both know it's done?")
    assert "For example: _Get better at &lt;b&gt;SQL" in said["text"]["text"]
    (keep,), (off,) = buttons["elements"], shown["blocks"][-1]["elements"]
    assert (keep["text"]["text"], keep["action_id"], keep["value"]) == (
        "Keep mine",
        ActionId.KEEP_MINE,
        one.wording.key,
    )
    assert (off["text"]["text"], off["action_id"], off["value"]) == (
        "Switch the coach off",
        ActionId.SWITCH_COACH,
        "off",
    )
    assert "1 remark above, which only you see. Press Save and continue again to keep your wording." in texts(shown)


def test_E4_questions_to_ask_instead_take_the_place_of_the_other_suggestions():
    """While there are some, only those suggestions are above that are ticked already: two lists would be too long."""
    (one,) = on(Wording(QUESTIONS, BROAD, review_question, Asker.EMPLOYEE))
    ticked, other = BANK.questions[:2]
    values = as_values(ticks({f"{questions.ASK}{ticked.id}": True, f"{questions.ASK}{other.id}": False}))
    for advised, offered in (([one], {ticked.id}), ([], {ticked.id, other.id})):
        help_ = Help(suggestions=[ticked, other], advice=advised)
        shown = render(ASKING, Shown(prepared(), ANA, ABOUT, values, LONG_AGO, help_))
        ids = [str(block.get("block_id")) for block in shown["blocks"]]
        assert {name.removeprefix(questions.ASK) for name in ids if name.startswith(questions.ASK)} == offered


def test_M4_E4_a_broad_question_is_named_with_three_to_pick_from():
    """The line is quoted with the words in bold, and three questions with a box each are under the field, whole."""
    (one,) = on(Wording(QUESTIONS, BROAD, review_question, Asker.EMPLOYEE))
    shown = show([one], ASKING)
    assert problems("modal", shown) == []
    said, *instead = after(shown, QUESTIONS)[:4]
    assert "“Where do you see me *in five years*?”" in said["text"]["text"]
    assert "For example" not in said["text"]["text"]
    assert len(one.instead) == 3
    for block, question in zip(instead, one.instead, strict=True):
        assert block["block_id"] == f"{coach_remarks.INSTEAD}.{one.wording.key}.{question.id}"
        assert block["text"]["text"] == question.text
        assert block["accessory"]["type"] == "checkboxes"


def test_M6_of_two_goals_in_one_the_first_is_the_example():
    """The remark's example is the first of the two goals, and says so."""
    (one,) = on(Wording("short.new0.text", "Pass the exam and lead the night shift", review_goal))
    assert "The first on its own: _Pass the exam_" in texts(show([one]))


def test_without_remarks_the_coach_is_nowhere_in_a_form():
    """Neither the line at the end nor a button of the coach is there."""
    shown = texts(show([]))
    assert "again to keep" not in shown
    assert ActionId.SWITCH_COACH not in shown


@pytest.mark.parametrize("sign", ["x", "<", "&", "名 ", "*_`"])
def test_M4_M6_everything_at_once_fits(sign: str):
    """Eight objectives at their longest, and as many questions as get remarks: Slack takes both pages."""
    text = (sign * LONGEST_OBJECTIVE)[:LONGEST_OBJECTIVE]
    goals = [
        Objective(
            id=n, pair_id=1, owner_id=1, horizon=Horizon.SHORT if n % 2 else Horizon.LONG, text=text,
            target_on=DISCUSSION.due_on, set_at=LONG_AGO,
        )
        for n in range(8)
    ]  # fmt: skip
    metadata = ABOUT.updated(
        short_rows=4, long_rows=4, seen=tuple(f"{n:08x}" for n in range(89)), kept=tuple(f"{n:08x}" for n in range(89))
    )
    of_goals = [longest_advice(f"{goal.horizon}.{goal.id}.text", text) for goal in goals]
    of_questions = [longest_advice(QUESTIONS, f"{n}{text}", asker=Asker.EMPLOYEE) for n in range(MOST_SHOWN)]
    for page, said in ((GOALS, of_goals), (ASKING, of_questions)):
        aid = Help(BANK.sets, BANK.sets[0], BANK.questions[:30], advice=said)
        view = prepared(objectives=goals)
        shown = render(page, Shown(view, ANA, metadata, FormValues({}), LONG_AGO, aid, LONG_AGO))
        assert problems("modal", shown) == []
        assert texts(shown).count('"Keep mine"') == len(said)
        assert texts(shown).count('"Switch the coach off"') == 1


def test_the_remarks_are_counted_as_they_are_read():
    """Two remarks on one goal and one on another are three: a goal is not counted for all that is said about it."""
    first = longest_advice("short.new0.text", "Improve and lead")
    both = Advice(first.wording, first.remarks[:2])
    other = Advice(Wording("long.new0.text", "Lead", review_goal), longest_advice("long.new0.text", "Lead").remarks[:1])
    shown = texts(show([both, other]))
    assert "3 remarks above" in shown
    assert shown.count(":bulb: “") == 3


@pytest.mark.parametrize("sign", ["x", "<", "名 "])
def test_C14_remarks_fit_a_full_agenda(sign: str):
    """A page of items, page buttons, a draft, and remarks on twelve new items: Slack takes the form."""
    items = [
        AgendaItem(
            id=n, pair_id=1, discussion_id=7, author_id=1, text=sign * 250, first_text="<" * 500, position=n,
            proposed_at=LONG_AGO,
        )
        for n in range(30)
    ]  # fmt: skip
    items += [
        AgendaItem(
            id=n, pair_id=1, discussion_id=7, author_id=1, text="Next time", position=n, proposed_at=LONG_AGO,
            state=ItemState.CARRIED_OVER,
        )
        for n in range(30, 33)
    ]  # fmt: skip
    view = AgendaView(TWO, DISCUSSION, ANA, BEN, items)
    said = [longest_advice(NEW_ITEMS, f"{n}{sign * 250}", asker=Asker.MANAGER) for n in range(MOST_SHOWN)]
    values = FormValues({NEW_ITEMS: {ActionId.TYPED: {"value": "What now?"}}})
    shown = agenda.render(view, BEN, AgendaMetadata(pair_id=1, page=1), values, LONG_AGO, said, now=LONG_AGO)
    assert problems("modal", shown) == []
    assert "Press Propose again to keep your wording." in texts(shown)


@pytest.mark.parametrize("side", list(Side))
def test_E5_remarks_are_under_the_words_to_the_other_side(side: Side):
    """The request form at its longest, with remarks under the words, is one that Slack takes."""
    said = [longest_advice(words_field(side), "<" * 1000)]
    shown = start.render([(TWO, BEN)] * 30, ANA, side, StartMetadata(), FormValues({}), said)
    assert problems("modal", shown) == []
    assert after(shown, words_field(side))[0]["text"]["text"].startswith(":bulb:")
    assert f"Press {shown['submit']['text']} again to keep your wording." in texts(shown)


@pytest.mark.parametrize("on", [True, False])
def test_the_switch_says_what_it_does(on: bool):  # noqa: FBT001 - a parameter of the test
    """Its label names the state that it leads to, and so does its value."""
    switch = coach_remarks.switch(on=on)
    assert switch["text"]["text"] == ("Switch coach off" if on else "Switch coach on")
    assert switch["value"] == (coach_remarks.OFF if on else coach_remarks.ON)
