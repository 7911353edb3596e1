"""The order of a discussion: whose turn it is, and for how long (practices C14, E15)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.bank import Asker, Stage, load_bank
from cycle.suggestions import Step, order_of_discussion
from cycle.turns import ITEM_MINUTES, SHORTEST_TURN, Order, order_of
from storage.agenda import AgendaItem
from storage.pairs import Side

BANK = load_bank()[0]
ANA, BEN = 1, 2
NOW = datetime(2026, 11, 24, tzinfo=UTC)
STEPS = order_of_discussion(BANK, BANK.sets[0].id)


def item(text: str, author: int = ANA) -> AgendaItem:
    """An agenda item."""
    return AgendaItem(pair_id=1, discussion_id=1, author_id=author, text=text, position=1, proposed_at=NOW)


def texts(order: Order) -> list[str]:
    """What is said, in order."""
    return [turn.text for turn in order.turns]


def test_C14_in_each_part_the_employee_leads():
    """Ana's questions and items come before Ben's in each part, and the parts keep their order."""
    order = order_of(STEPS, [item("His", BEN), item("Hers")], ANA, 240)
    assert order.left_out == []
    stages = [turn.stage for turn in order.turns]
    assert stages == sorted(stages, key=[Stage.OPENING, Stage.EXPLORING, Stage.CLOSING].index)
    for stage in set(stages):
        sides = [turn.side for turn in order.turns if turn.stage is stage]
        assert sides == sorted(sides, key=list(Side).index)
    assert texts(order).index("Hers") < texts(order).index("His")
    assert order.minutes == sum(step.minutes for step in STEPS) + 2 * ITEM_MINUTES


def test_C14_where_time_is_short_the_manager_s_questions_make_way_first():
    """In half an hour Ana's two items have their time; what is left out are questions of the set, Ben's before hers."""
    order = order_of(STEPS, [item("One"), item("Two"), item("Three", BEN)], ANA, 45)
    assert {"One", "Two"} <= set(texts(order))
    assert order.minutes <= 45
    assert order.left_out
    first_of_parts = {next(turn.text for turn in order.turns if turn.stage is stage) for stage in Stage
                      if any(turn.stage is stage for turn in order.turns)}  # fmt: skip
    his = [turn for turn in order.turns if turn.side is Side.MANAGER and not turn.on_agenda]
    hers_left_out = [turn for turn in order.left_out if turn.side is Side.EMPLOYEE]
    assert not hers_left_out or all(turn.text in first_of_parts for turn in his)


def test_E4_a_question_of_the_set_on_the_agenda_has_one_turn():
    """What Ana picked from the set is not asked twice, whatever its capitals."""
    step = next(one for one in STEPS if one.question.asker is Asker.EMPLOYEE)
    order = order_of(STEPS, [item(step.question.text.upper())], ANA, 240)
    assert len(order.turns) == len(STEPS)
    (turn,) = [turn for turn in order.turns if turn.on_agenda]
    assert turn.text == step.question.text


@pytest.mark.parametrize("chosen", BANK.sets, ids=lambda chosen: chosen.id)
@given(hers=st.integers(0, 30), his=st.integers(0, 30), minutes=st.integers(15, 240))
def test_every_order_fits_and_loses_nothing(chosen: object, hers: int, his: int, minutes: int):
    """Whatever there is to say: it fits into the time, no part is missing, and the rest is named."""
    steps: list[Step] = order_of_discussion(BANK, chosen.id)  # type: ignore[attr-defined]
    agenda = [*(item(f"Hers {n}") for n in range(hers)), *(item(f"His {n}", BEN) for n in range(his))]
    order = order_of(steps, agenda, ANA, minutes)
    assert order.minutes <= minutes
    assert all(turn.minutes >= SHORTEST_TURN for turn in order.turns)
    assert len(order.turns) + len(order.left_out) == len(steps) + len(agenda)
    assert {turn.stage for turn in order.turns} == {step.question.stage for step in steps} | (
        {Stage.EXPLORING} if agenda else set()
    )
