"""The manager is reminded to prepare (practices C7, L1)."""

from datetime import timedelta

from cycle.nudges import plan
from storage.preparations import Preparation
from tests.support.builders import LONG_AGO, MADRID, at
from tests.support.planning import EMPLOYEE, MANAGER, on_thursday, said, when


def prepared(author_id: int) -> Preparation:
    """A preparation of one of the two."""
    side = "manager" if author_id == MANAGER else "employee"
    return Preparation(pair_id=1, discussion_id=1, author_id=author_id, side=side, submitted_at=LONG_AGO)


def test_C7_L1_the_manager_is_reminded_three_working_days_before():
    """At nine on the Monday before a Thursday, whether or not the employee has prepared, and told when they talk."""
    monday = at(MADRID, 2026, 11, 23, 9)
    for preparations in ([], [prepared(EMPLOYEE)]):
        snapshot = on_thursday(preparations=preparations, now=monday)
        assert when(plan(snapshot, LONG_AGO), "prepare_manager") == [monday]
        assert when(plan(snapshot, LONG_AGO), "prepare_manager", EMPLOYEE) == []
    text = said(on_thursday(now=monday), "prepare_manager", MANAGER)
    assert text.text.startswith("You talk with Ana on Thu 26 Nov at 10:00.")
    assert [button.label for button in text.buttons] == ["Prepare"]


def test_C7_nobody_is_reminded_of_what_is_done_or_was_just_said():
    """Not a manager who has prepared, nor where the date is so near that the news of it has just offered to prepare."""
    assert when(plan(on_thursday(preparations=[prepared(MANAGER)]), LONG_AGO), "prepare_manager") == []
    lately = at(MADRID, 2026, 11, 23, 9) + timedelta(hours=1)
    assert when(plan(on_thursday(dated_at=lately, dated_by_id=EMPLOYEE), LONG_AGO), "prepare_manager") == []
