from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cycle.nudges import plan
from cycle.nudges.commitments import KEPT_IS_NEWS, QUOTED
from cycle.snapshot import PairSnapshot
from storage.commitments import ChangeRequest, CommitmentState, RequestState
from tests.cycle.test_calendar import zones
from tests.support.builders import LONG_AGO, MADRID, at, commitment, pair, person, view
from tests.support.planning import EMPLOYEE, MANAGER, said, when

FRIDAY = date(2027, 1, 15)


def with_commitment(due_on: date = FRIDAY, *requests: ChangeRequest, **also: object) -> PairSnapshot:
    """A pair with one commitment of the employee's."""
    two = pair(person(id=1), person(id=2), id=1)
    of_the_snapshot = {name: also.pop(name) for name in ("now", "employee_tz") if name in also}
    one = commitment(two, person(id=1), due_on, **({"id": 1} | also))
    return view(commitments=[one], requests=requests, **of_the_snapshot)


def change(due_on: date = date(2027, 2, 1), **also: object) -> ChangeRequest:
    """A change of that commitment, which the employee asks for."""
    known = {
        "id": 7,
        "commitment_id": 1,
        "pair_id": 1,
        "asked_by_id": EMPLOYEE,
        "text": "Write the proposal",
        "asked_at": LONG_AGO,
    }
    return ChangeRequest(due_on=due_on, **(known | also))


def test_E13_a_reminder_comes_a_week_and_a_working_day_before_the_date():
    """For Friday 15 January 2027: Friday 8 and Thursday 14; for a Monday, the Friday before."""
    due = partial(when, kind="commitment_ahead", to=EMPLOYEE)
    assert due(plan(with_commitment(), LONG_AGO)) == [at(MADRID, 2027, 1, 8, 9), at(MADRID, 2027, 1, 14, 9)]
    on_monday = plan(with_commitment(date(2027, 1, 18)), LONG_AGO)
    assert due(on_monday) == [at(MADRID, 2027, 1, 11, 9), at(MADRID, 2027, 1, 15, 9)]


def test_E13_a_short_commitment_gets_one_reminder_and_a_very_short_one_none():
    """Five days leave room for the day before only; a commitment for tomorrow needs no reminder."""
    agreed_at = at(MADRID, 2027, 1, 11, 15)
    due = partial(when, kind="commitment_ahead")
    assert due(plan(with_commitment(agreed_at=agreed_at), agreed_at)) == [at(MADRID, 2027, 1, 14, 9)]
    assert due(plan(with_commitment(date(2027, 1, 12), agreed_at=agreed_at), agreed_at)) == []


def test_E13_an_overdue_commitment_comes_up_three_times_then_to_both():
    """Due on Friday 15 January: Mondays 18, 25 and 1 February to the owner, Monday 8 to both."""
    planned = plan(with_commitment(), LONG_AGO)
    mondays = [at(MADRID, 2027, 1, 18, 9), at(MADRID, 2027, 1, 25, 9), at(MADRID, 2027, 2, 1, 9)]
    assert when(planned, "commitment_overdue", EMPLOYEE) == [*mondays, at(MADRID, 2027, 2, 8, 9)]
    assert when(planned, "commitment_overdue", MANAGER) == [at(MADRID, 2027, 2, 8, 9)]


def test_E13_nobody_is_pressed_while_a_new_date_is_being_agreed():
    """A change that was asked for is answered first: it reaches the other side, and the reminders are silent."""
    asked_at = at(MADRID, 2027, 1, 18, 10)
    planned = plan(with_commitment(FRIDAY, change(asked_at=asked_at)), asked_at)
    assert when(planned, "commitment_overdue") == []
    assert when(planned, "change_asked", MANAGER) == [asked_at]
    answered_at = asked_at + timedelta(hours=1)
    declined = change(asked_at=asked_at, state=RequestState.DECLINED, answered_at=answered_at)
    planned = plan(with_commitment(FRIDAY, declined), answered_at)
    assert when(planned, "change_answered", EMPLOYEE) == [answered_at]
    assert when(planned, "commitment_overdue")


@given(zones, st.dates(date(2026, 2, 1), date(2029, 1, 1)), st.integers(1, 400))
def test_E13_a_reminder_always_comes_before_the_date(tz: str, due_on: date, days_ahead: int):
    """Wherever its owner is, a commitment with two working days left gets its reminder before its date."""
    calendar = view(tz).calendar(EMPLOYEE)
    agreed_at = calendar.opening(due_on - timedelta(days=days_ahead))
    assume(calendar.working_days_before(due_on, 1) > calendar.day_of(agreed_at))
    planned = plan(with_commitment(due_on, agreed_at=agreed_at, employee_tz=tz), agreed_at)
    ahead, overdue = when(planned, "commitment_ahead"), when(planned, "commitment_overdue")
    assert ahead
    assert overdue
    assert all(calendar.day_of(moment) < due_on for moment in ahead)
    assert all(calendar.day_of(moment) > due_on for moment in overdue)


@pytest.mark.parametrize(
    ("read_at", "due"),
    [((2027, 1, 8, 9), "on Fri 15 Jan"), ((2027, 1, 14, 9), "tomorrow (Fri 15 Jan)"), ((2027, 1, 15, 9), "today")],
)
def test_the_date_is_named_as_it_is_for_the_reader(read_at: tuple[int, ...], due: str):
    """Also where the message comes a day late."""
    ahead = said(with_commitment(now=at(MADRID, *read_at)), "commitment_ahead", EMPLOYEE, "day")
    assert ahead.text == f"Your commitment to Bo is due {due}. Is it on its way?"


def test_E13_no_two_overdue_reminders_read_the_same():
    """The first asks, the next offer a new date, and the last goes to both with a reason."""
    now = at(MADRID, 2027, 1, 18, 9)
    snapshot = with_commitment(now=now)
    texts = [
        said(snapshot, "commitment_overdue", to, stage)
        for to, stage in ((EMPLOYEE, "1"), (EMPLOYEE, "2"), (EMPLOYEE, "both"), (MANAGER, "both"))
    ]
    assert [one.text for one in texts] == [
        "Your commitment to Bo was due on Fri 15 Jan. Done, or shall we find a date that works?",
        "Your commitment to Bo from Fri 15 Jan is still open. If it has grown, a new date is fine.",
        "Your commitment to Bo from Fri 15 Jan is still open. You two could agree on a new date.",
        "Ana's commitment from Fri 15 Jan is still open. You two could agree on a new date.",
    ]
    both = "You agreed on this together, so it goes to you both."
    assert [one.reason for one in texts] == [None, None, both, both]


@pytest.mark.parametrize(
    ("kind", "to", "stage", "text"),
    [
        ("ahead", EMPLOYEE, "day", "Due tomorrow (Fri 15 Jan)."),
        ("overdue", EMPLOYEE, "1", "Was due on Fri 15 Jan."),
        ("overdue", EMPLOYEE, "3",
         "Was due on Fri 15 Jan. If you are still at it next week, I'll suggest a new date to you both."),
        ("overdue", EMPLOYEE, "both", "Was due on Fri 15 Jan. You two could agree on a new date."),
        ("overdue", MANAGER, "both", "Was due on Fri 15 Jan. You two could agree on a new date."),
    ],
)  # fmt: skip
def test_E13_each_commitment_of_a_list_says_when_it_is_due(kind: str, to: int, stage: str, text: str):
    """Those ahead and those overdue have one lead for all, which is true of both; each says its own date."""
    now = at(MADRID, 2027, 1, 14 if kind == "ahead" else 18, 9)
    item = said(with_commitment(now=now), f"commitment_{kind}", to, stage).item
    assert item is not None
    assert (item.list_key, item.text) == (f"commitments:1:{EMPLOYEE}", text)
    assert item.lead(3) == (
        "Here are 3 of your commitments to Bo. How are they going?"
        if to == EMPLOYEE
        else "Here are 3 of Ana's commitments to you that have passed their date."
    )


def test_E13_nobody_asks_about_a_commitment_while_a_change_of_it_is_asked_for():
    """She has asked for another date: no reminder before the present one, until there is an answer."""
    asked, declined = change(state=RequestState.ASKED), change(state=RequestState.DECLINED)
    assert when(plan(with_commitment(FRIDAY, asked), LONG_AGO), "commitment_ahead") == []
    assert len(when(plan(with_commitment(FRIDAY, declined), LONG_AGO), "commitment_ahead", EMPLOYEE)) == 2


def test_a_reminder_names_its_commitment_shortened_and_on_one_line():
    """Two that are due on one day can be told apart, in the message and not in its notification."""
    words = "Write the proposal\nfor the " + "very " * 80 + "last round"
    ahead = said(with_commitment(text=words), "commitment_ahead", EMPLOYEE, "day")
    assert ahead.quote is not None
    assert ahead.quote.startswith("Write the proposal for the very")
    assert len(ahead.quote) <= QUOTED
    assert "proposal" not in ahead.text


@pytest.mark.parametrize(
    ("due_on", "mine", "text"),
    [
        (date(2027, 2, 1), False, "Ana would like to move one of their commitments from Fri 15 Jan to Mon 1 Feb."),
        (FRIDAY, False, "Ana would like to reword one of their commitments."),
        (date(2028, 2, 1), True, "Ana would like to move one of your commitments from Fri 15 Jan to Tue 1 Feb 2028."),
        (FRIDAY, True, "Ana would like to reword one of your commitments."),
    ],
)
def test_a_change_is_asked_for_by_what_changes(due_on: date, mine: bool, text: str):  # noqa: FBT001 - an example
    """Whose commitment it is and what would be different, as the other side reads it."""
    owner = {"owner_id": MANAGER if mine else EMPLOYEE}
    snapshot = with_commitment(FRIDAY, change(due_on), now=at(MADRID, 2027, 1, 4, 9), **owner)
    asked = said(snapshot, "change_asked", MANAGER)
    assert asked.text == text
    assert asked.reason == "A commitment changes only when you both agree."


@pytest.mark.parametrize(
    ("due_on", "text"),
    [
        (FRIDAY, "Ana would like to reword one of their commitments."),
        (
            date(2027, 2, 1),
            "Ana would like to reword one of their commitments and move it from Fri 15 Jan to Mon 1 Feb.",
        ),
    ],
)
def test_new_words_for_a_commitment_are_announced_and_quoted_beside_the_old_ones(due_on: date, text: str):
    """With a new date or without; both wordings are in the message, and neither in its notification."""
    snapshot = with_commitment(FRIDAY, change(due_on, text="Write two\nproposals"), now=at(MADRID, 2027, 1, 4, 9))
    asked = said(snapshot, "change_asked", MANAGER)
    assert asked.text == text
    assert asked.quote == "Now: Write the proposal\nProposed: Write two proposals"


def test_the_answer_to_a_change_is_true_for_new_words_with_the_old_date():
    """What was agreed on is a change; the date is said, not that it is new."""
    agreed = change(FRIDAY, text="Write two", state=RequestState.AGREED, answered_at=at(MADRID, 2027, 1, 4, 9))
    answer = said(with_commitment(FRIDAY, agreed, now=at(MADRID, 2027, 1, 4, 9)), "change_answered", EMPLOYEE)
    assert answer.text == "Bo agreed to your change: it is due on Fri 15 Jan."
    assert answer.quote == "Write two"


def test_E13_the_other_side_hears_on_the_next_working_morning_that_a_commitment_was_kept():
    """Done by the employee on a Friday afternoon: Monday at nine for the manager, on their clock; news for a week."""
    two = pair(person(id=1), person(id=2), id=1)
    friday, monday = at(MADRID, 2027, 1, 15, 16), at(MADRID, 2027, 1, 18, 10)
    done = commitment(two, person(id=1), FRIDAY, id=1, state=CommitmentState.DONE, settled_at=friday)
    snapshot = view(kept=[done], manager_tz="Europe/London", now=monday)
    assert when(plan(snapshot, LONG_AGO), "commitment_kept") == [monday]
    assert when(plan(snapshot, LONG_AGO), "commitment_kept", MANAGER) == [monday]
    assert when(plan(snapshot, monday + KEPT_IS_NEWS), "commitment_kept") == []
    text = said(snapshot, "commitment_kept", MANAGER)
    assert text.text == "Ana kept a commitment to you."
    assert text.quote == "Write the proposal"
