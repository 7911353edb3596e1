"""Questions, answers, and a reminder halfway between two discussions (practice E14)."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from cycle.nudges import plan
from cycle.snapshot import PairSnapshot
from storage.updates import UpdateKind
from tests.support.builders import LONG_AGO, MADRID, at, commitment, held, pair, person, planning, view
from tests.support.planning import EMPLOYEE, MANAGER, said, update, when

MET_ON = at(MADRID, 2026, 9, 1, 10)
DUE_ON = date(2026, 12, 1)


def in_between(owner: int = EMPLOYEE, number: int = 1, due_on: date = DUE_ON, **also: Any) -> PairSnapshot:
    """Three months between two discussions, with commitments of one side from the first."""
    two = pair(person(id=1), person(id=2), id=1)
    made = [
        commitment(two, person(id=owner), due_on, id=31 + extra, agreed_at=MET_ON, text=f"Commitment {extra}")
        for extra in range(number)
    ]
    known: dict[str, Any] = {
        "held": partial(held, starts_at=MET_ON, wrapped_up_at=MET_ON),
        "current": partial(planning, due_on=DUE_ON, number=2),
        "commitments": made,
    }
    return view(**(known | also))


def test_E14_an_update_is_asked_for_halfway():
    """Once, at nine in the morning of the middle day, to the employee who has something open."""
    assert when(plan(in_between(), LONG_AGO), "check_in") == [at(MADRID, 2026, 10, 16, 9)]
    assert when(plan(in_between(), LONG_AGO), "check_in", MANAGER) == []
    one = said(in_between(), "check_in", EMPLOYEE)
    assert one.text.startswith("You are halfway to your next discussion with Bo. How is your commitment going?")
    assert (one.quote, [button.subject_id for button in one.buttons]) == ("Commitment 0", [31])
    several = said(in_between(number=3), "check_in", EMPLOYEE)
    assert "How are your 3 commitments going?" in several.text
    assert several.quote is None


@pytest.mark.parametrize(
    "also",
    [
        {"commitments": []},
        {"owner": MANAGER},
        {"current": partial(planning, due_on=date(2026, 9, 25), number=2)},
        {"due_on": date(2026, 10, 20)},
        {"updates": [update(UpdateKind.PROGRESS, written_at=MET_ON + timedelta(days=9))]},
    ],
    ids=[
        "nothing is open",
        "only the manager's is open",
        "the next one is soon",
        "a reminder asks",
        "they wrote already",
    ],
)
def test_E14_no_update_is_asked_for_without_a_reason(also: dict[str, Any]):
    """Nobody is asked who has nothing open, little time in between, a reminder that asks, or has written already."""
    assert when(plan(in_between(**also), LONG_AGO), "check_in") == []


def test_E14_a_question_comes_twice_and_ends_with_the_answer():
    """At once in the other side's hours, again three working days later with other words, and not once answered."""
    asked_at = at(MADRID, 2026, 10, 2, 20)  # a Friday evening
    asked = in_between(updates=[update(UpdateKind.QUESTION, written_at=asked_at, text="Whom should I ask?")])
    assert when(plan(asked, LONG_AGO), "guidance_asked", MANAGER) == [
        at(MADRID, 2026, 10, 5, 9),
        at(MADRID, 2026, 10, 8, 9),
    ]
    first, again = (said(asked, "guidance_asked", MANAGER, stage) for stage in ("first", "again"))
    assert first.text == "Ana asks for your guidance on one of their commitments."
    assert first.quote == again.quote == "“Commitment 0”\nWhom should I ask?"
    assert again.text.startswith("On Fri 2 Oct, Ana asked for your guidance")
    answered = in_between(updates=[update(UpdateKind.QUESTION, written_at=asked_at, answered_at=asked_at)])
    assert when(plan(answered, LONG_AGO), "guidance_asked") == []


def test_E14_answers_and_lines_are_news_for_the_other_side():
    """Each reaches the one who did not write it, with its words, and says whose commitment it is about."""
    lines = [
        update(UpdateKind.ANSWER, MANAGER, id=1, written_at=MET_ON, text="Ask Chiyo"),
        update(UpdateKind.PROGRESS, id=2, written_at=MET_ON, text="Half done"),
    ]
    snapshot = in_between(updates=lines)
    answer = said(snapshot, "guidance_given", EMPLOYEE)
    assert (answer.text, answer.quote) == (
        "Bo answered your question about one of your commitments.",
        "“Commitment 0”\nAsk Chiyo",
    )
    told = said(snapshot, "progress_told", MANAGER)
    assert (told.text, told.quote) == ("Ana wrote to you about one of their commitments.", "“Commitment 0”\nHalf done")
