from datetime import timedelta

from cycle.nudges import plan
from storage.agenda import ItemState
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER, THURSDAY_AT_TEN, item, on_thursday, said, when


def test_E15_the_agenda_is_asked_for_nine_days_and_a_week_ahead():
    """For Thursday 26 November 10:00: Tuesday 17 at nine, and a last call on Thursday 19, in time for a week ahead."""
    due = when(plan(on_thursday(), LONG_AGO), "propose_agenda")
    assert due == [at(MADRID, 2026, 11, 17, 9), at(MADRID, 2026, 11, 19, 9)]
    assert due[-1] <= THURSDAY_AT_TEN - timedelta(days=7)


def test_E15_the_days_are_the_employees_own():
    """With the employee in Tokyo the same discussion, 18:00 there, is asked about at nine in Tokyo."""
    due = when(plan(on_thursday(employee_tz=TOKYO), LONG_AGO), "propose_agenda", EMPLOYEE)
    assert due == [at(TOKYO, 2026, 11, 17, 9), at(TOKYO, 2026, 11, 19, 9)]


def test_E15_a_weekend_moves_the_calls_forward_never_back():
    """For a Monday both calls come on working days before: Friday 20 (the Saturday's) and Monday 23 November."""
    monday = view(current=lambda two: scheduled(two, at(MADRID, 2026, 11, 30, 10)))
    assert when(plan(monday, LONG_AGO), "propose_agenda") == [at(MADRID, 2026, 11, 20, 9), at(MADRID, 2026, 11, 23, 9)]


def test_E15_a_proposal_ends_the_calls_and_asks_the_manager():
    """Once items are proposed, the employee gets no more calls and the manager is asked on the second working day."""
    proposed = item(proposed_at=at(MADRID, 2026, 11, 17, 15))
    planned = plan(on_thursday(agenda=[proposed]), LONG_AGO)
    assert when(planned, "propose_agenda") == []
    assert when(planned, "answer_agenda", MANAGER) == [at(MADRID, 2026, 11, 19, 9)]
    proposed.state = ItemState.ACCEPTED
    planned = plan(on_thursday(agenda=[proposed]), LONG_AGO)
    assert when(planned, "answer_agenda") == []
    assert when(planned, "propose_agenda") == []


def test_E15_what_is_left_from_last_time_is_no_proposal():
    """Carried-over items neither end the calls nor ask the manager; the employee hears how many there are."""
    left = [item(carried_from_id=number) for number in (7, 8)]
    planned = plan(on_thursday(agenda=left), LONG_AGO)
    assert len(when(planned, "propose_agenda", EMPLOYEE)) == 2
    assert when(planned, "answer_agenda") == []
    assert (
        "2 agenda items are left from last time."
        in said(on_thursday(agenda=left), "propose_agenda", EMPLOYEE, "first").text
    )


def test_E15_nobody_is_asked_on_the_day_on_which_the_date_was_set():
    """A date set eight days before is followed by one call, on the next working day."""
    set_at = at(MADRID, 2026, 11, 18, 15)
    assert when(plan(on_thursday(dated_at=set_at), set_at), "propose_agenda") == [at(MADRID, 2026, 11, 19, 9)]


def test_E15_the_manager_reads_how_many_items_wait_and_since_when():
    """Only new items that are not answered count; one is “it”, several are “they”."""
    now = at(MADRID, 2026, 11, 19, 9)
    first, second = item(proposed_at=at(MADRID, 2026, 11, 16, 15)), item(proposed_at=at(MADRID, 2026, 11, 17, 15))
    others = [item(carried_from_id=7), item(state=ItemState.ACCEPTED), item(MANAGER)]
    one = said(on_thursday(agenda=[second, *others], now=now), "answer_agenda", MANAGER)
    assert one.text == (
        "Ana proposed an agenda item for your discussion on Thu 26 Nov at 10:00. "
        "You can accept it, reword it or add your own."
    )
    assert one.reason == "It has waited for your answer since Tue 17 Nov."
    two = said(on_thursday(agenda=[second, first, *others], now=now), "answer_agenda", MANAGER)
    assert two.text.startswith("Ana proposed 2 agenda items")
    assert two.reason == "The first has waited for you since Mon 16 Nov."
