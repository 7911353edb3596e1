from datetime import date, datetime, timedelta
from functools import partial

import pytest

from cycle.nudges import plan
from cycle.snapshot import PairSnapshot
from tests.support.builders import MADRID, TOKYO, at, commitment, held, pair, person, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER, THURSDAY_AT_TEN, said, thank_you, when

WRAPPED_UP_AT = THURSDAY_AT_TEN + timedelta(minutes=75)


def after_thursday(wrapped_up_at: datetime = WRAPPED_UP_AT, **also: object) -> PairSnapshot:
    """A pair that talked on Thursday 26 November."""
    return view(held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=wrapped_up_at), **also)


def test_E12_thanks_come_on_the_second_working_day_and_again_on_the_fourth():
    """A discussion on Thursday 26 November: Monday 30, then Wednesday 2 December; never once the note is sent."""
    planned = plan(after_thursday(), WRAPPED_UP_AT)
    assert when(planned, "thank_you", EMPLOYEE) == [at(MADRID, 2026, 11, 30, 9), at(MADRID, 2026, 12, 2, 9)]
    assert when(planned, "thank_you", MANAGER) == []
    sent = after_thursday(thanks=[thank_you(at(MADRID, 2026, 11, 27, 15))])
    assert when(plan(sent, WRAPPED_UP_AT), "thank_you") == []


@pytest.mark.parametrize(
    ("wrapped_up_on", "thanked_on"), [((2026, 12, 16, 15), (2026, 12, 18)), ((2026, 12, 18, 15), (2026, 12, 22))]
)
def test_E12_a_late_wrap_up_is_followed_by_thanks_two_working_days_later(
    wrapped_up_on: tuple[int, ...], thanked_on: tuple[int, ...]
):
    """“In two working days”, which the wrap-up announces, counts from the wrap-up: from Friday, over the weekend."""
    wrapped_up_at = at(MADRID, *wrapped_up_on)
    due = when(plan(after_thursday(wrapped_up_at), wrapped_up_at), "thank_you", EMPLOYEE)
    assert due[0] == at(MADRID, *thanked_on, 9)


def test_E12_nobody_is_asked_to_thank_on_the_day_of_the_next_discussion():
    """With the next one on Wednesday 2 December, the second reminder of that morning does not come."""
    next_week = partial(scheduled, starts_at=at(MADRID, 2026, 12, 2, 11), number=2)
    assert when(plan(after_thursday(current=next_week), WRAPPED_UP_AT), "thank_you") == [at(MADRID, 2026, 11, 30, 9)]


def test_E12_a_note_that_was_sent_reaches_the_manager_in_their_hours():
    """Sent in Madrid's afternoon, read in Tokyo's next morning."""
    sent_at = at(MADRID, 2026, 11, 30, 15)
    planned = plan(after_thursday(manager_tz=TOKYO, thanks=[thank_you(sent_at)]), sent_at)
    assert when(planned, "thank_you_note", MANAGER) == [at(TOKYO, 2026, 12, 1, 9)]


def test_E12_the_first_reminder_speaks_of_commitments_only_where_there_are_some():
    """“With what you promised” is in the text only when the draft names a commitment."""
    two = pair(person(id=1), person(id=2), id=1)
    mine = commitment(two, person(id=1), date(2027, 1, 15), id=1, discussion_id=1)
    of_the_manager = commitment(two, person(id=2), date(2027, 1, 15), id=2, discussion_id=1)
    with_mine = said(after_thursday(commitments=[mine, of_the_manager]), "thank_you", EMPLOYEE, "first")
    assert with_mine.text == "Want to thank Bo? I've drafted a note with what you promised."
    without = said(after_thursday(commitments=[of_the_manager]), "thank_you", EMPLOYEE, "first")
    assert without.text == "Want to thank Bo? I've drafted a note."


def test_the_reason_is_the_discussion_however_long_ago():
    """No sentence about “a few days after”: the date is true a month later too, and carries its year."""
    assert said(after_thursday(now=WRAPPED_UP_AT), "thank_you", EMPLOYEE, "first").reason == (
        "You two talked on Thu 26 Nov."
    )
    late = after_thursday(at(MADRID, 2027, 1, 4, 10), now=at(MADRID, 2027, 1, 6, 9))
    assert said(late, "thank_you", EMPLOYEE, "first").reason == "You two talked on Thu 26 Nov 2026."


@pytest.mark.parametrize(
    ("confirmed", "sentence"),
    [
        ([False, False], " 2 commitments are waiting for you to confirm them."),
        ([False, True], " One commitment is waiting for you to confirm it."),
        ([True, True], ""),
    ],
)
def test_E12_the_manager_reads_what_there_is_to_confirm(confirmed: list[bool], sentence: str):
    """The note comes with the commitments of its own discussion that the manager has not confirmed, if any."""
    two = pair(person(id=1), person(id=2), id=1)
    due_on = date(2027, 1, 15)
    made = [
        commitment(two, person(id=1), due_on, id=key, discussion_id=1, confirmed_at=WRAPPED_UP_AT if done else None)
        for key, done in enumerate(confirmed)
    ]
    elsewhere = commitment(two, person(id=1), due_on, id=9, discussion_id=7)
    note = thank_you(WRAPPED_UP_AT, text="Thank you!")
    text = said(after_thursday(thanks=[note], commitments=[*made, elsewhere]), "thank_you_note", MANAGER)
    assert text.text == f"Ana sent you a note after your discussion.{sentence}"
    assert text.quote == "Thank you!"
    assert bool(text.buttons) is bool(sentence)


def test_E12_the_employee_hears_that_the_manager_has_confirmed():
    """Confirmed on a Friday evening: on Monday at nine; nothing before that, and nothing after a week."""
    confirmed_at = at(MADRID, 2026, 11, 27, 20)
    note = thank_you(at(MADRID, 2026, 11, 27, 15), confirmed_at=confirmed_at)
    planned = plan(after_thursday(thanks=[note]), confirmed_at)
    assert when(planned, "deliverables_confirmed", EMPLOYEE) == [at(MADRID, 2026, 11, 30, 9)]
    assert when(planned, "deliverables_confirmed", MANAGER) == []
    text = said(after_thursday(thanks=[note]), "deliverables_confirmed", EMPLOYEE).text
    assert text == "Bo read your note and confirmed what you promised."
    unconfirmed = plan(after_thursday(thanks=[thank_you(at(MADRID, 2026, 11, 27, 15))]), confirmed_at)
    assert when(unconfirmed, "deliverables_confirmed") == []
    assert when(plan(after_thursday(thanks=[note]), confirmed_at + timedelta(days=12)), "deliverables_confirmed") == []
