from datetime import date, timedelta
from functools import partial

import pytest

from cycle.nudges import plan
from storage.discussions import DiscussionState
from storage.meeting_requests import MeetingRequest, MeetingState
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, held, planning, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER, THURSDAY_AT_TEN, on_thursday, said, when

BY_MAY = date(2027, 5, 26)


def test_E17_a_discussion_without_a_date_comes_up_three_weeks_before_it_is_due():
    """Due by Wednesday 26 May 2027: 5, 12 and 19 May, to the employee until a date is set, and on 19 May to both."""
    without = view(current=partial(planning, due_on=BY_MAY), now=at(MADRID, 2027, 5, 19, 9))
    undated = plan(without, LONG_AGO)
    mornings = [at(MADRID, 2027, 5, day, 9) for day in (5, 12, 19)]
    assert when(undated, "schedule_next", EMPLOYEE) == mornings
    assert when(undated, "schedule_next", MANAGER) == mornings[-1:]
    assert said(without, "schedule_next", MANAGER, "3").text.endswith("has no date yet. I have been reminding Ana.")
    assert when(plan(on_thursday(), LONG_AGO), "schedule_next") == []


def test_E17_a_date_that_was_left_for_later_comes_up_for_both():
    """Both were promised a reminder and both get one, the manager and the employee, each in their own morning."""
    undated = plan(view(manager_tz=TOKYO, current=partial(planning, due_on=BY_MAY, postponed=True)), LONG_AGO)
    assert when(undated, "schedule_next", EMPLOYEE) == [at(MADRID, 2027, 5, day, 9) for day in (5, 12, 19)]
    assert when(undated, "schedule_next", MANAGER) == [at(TOKYO, 2027, 5, day, 9) for day in (5, 12, 19)]


def test_E17_a_cancellation_leaves_a_week_to_find_another_date():
    """It says itself that a new date is needed: cancelled on a Monday, nobody is asked again before the next one."""
    monday = at(MADRID, 2026, 11, 23, 15)
    cancelled = partial(
        scheduled, starts_at=THURSDAY_AT_TEN, state=DiscussionState.CANCELLED, cancelled_at=monday,
        cancelled_by_id=MANAGER, moved_from=THURSDAY_AT_TEN,
    )  # fmt: skip
    soon = view(cancelled=cancelled, current=partial(planning, due_on=date(2026, 12, 7), number=2))
    assert when(plan(soon, LONG_AGO), "schedule_next", EMPLOYEE)[0] == at(MADRID, 2026, 11, 30, 9)


def test_E17_there_are_two_working_days_to_find_a_date_before_anyone_is_asked():
    """A discussion that is due soon after it was opened causes no nudge on the same day."""
    wrapped_up_at = at(MADRID, 2026, 11, 26, 11)
    two_weeks = view(
        held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=wrapped_up_at),
        current=partial(planning, due_on=date(2026, 12, 10), number=2),
    )
    assert when(plan(two_weeks, wrapped_up_at), "schedule_next")[0] == at(MADRID, 2026, 11, 30, 9)


@pytest.mark.parametrize("state", [MeetingState.COUNTERED, MeetingState.DECLINED])
def test_E5_no_reminder_of_a_missing_date_comes_beside_the_answer_to_a_request(state: MeetingState):
    """Asked on Tuesday and answered on Thursday 6 May: the calls of 5 and 12 May are dropped."""
    request = MeetingRequest(
        id=91, pair_id=1, discussion_id=1, asked_by_id=EMPLOYEE, times="1", asked_at=at(MADRID, 2027, 5, 4, 10),
        state=state, answered_at=at(MADRID, 2027, 5, 6, 11),
    )  # fmt: skip
    answered = view(current=partial(planning, due_on=BY_MAY), meetings=[request])
    assert when(plan(answered, LONG_AGO), "schedule_next", EMPLOYEE) == [at(MADRID, 2027, 5, 19, 9)]


def test_E17_a_cycle_that_has_stopped_comes_up_for_both():
    """Four weeks after the last word on it, and every four weeks then: without a date as well as without a wrap-up."""
    undated = view(current=partial(planning, due_on=BY_MAY))
    for who in (EMPLOYEE, MANAGER):
        due = when(plan(undated, LONG_AGO), "gone_quiet", who)
        assert due[:2] == [at(MADRID, 2027, 6, 16, 9), at(MADRID, 2027, 7, 14, 9)]
        due = when(plan(on_thursday(), LONG_AGO), "gone_quiet", who)
        assert due[:2] == [at(MADRID, 2026, 12, 24, 9), at(MADRID, 2027, 1, 21, 9)]


@pytest.mark.parametrize(
    ("read_at", "text"),
    [
        ((2027, 5, 26, 9), "Your career discussion with Bo is due by Wed 26 May and has no date yet."),
        ((2027, 5, 27, 9), "Your career discussion with Bo was due by Wed 26 May and has no date yet."),
        ((2028, 1, 3, 9), "Your career discussion with Bo was due by Wed 26 May 2027 and has no date yet."),
    ],
)
def test_what_is_said_of_a_missing_date_is_true_when_it_is_read(read_at: tuple[int, ...], text: str):
    """Due or overdue as of the reader's own day, with the year of another year; and the reason claims no weeks."""
    undated = view(current=partial(planning, due_on=BY_MAY), now=at(MADRID, *read_at))
    first = said(undated, "schedule_next", EMPLOYEE, "1")
    assert first.text == text
    assert first.reason == "This comes once a week, three times at most, until there is a date."


def test_why_a_quiet_cycle_comes_up_is_true_of_that_cycle():
    """Without a date it comes until there is one, without a wrap-up until there is that."""
    undated = said(view(current=partial(planning, due_on=BY_MAY)), "gone_quiet", MANAGER, "1")
    assert undated.reason == "This comes every four weeks, six times at most, until there is a date."
    dated = said(on_thursday(), "gone_quiet", MANAGER, "1")
    assert dated.reason == "This comes every four weeks, three times at most, until it is wrapped up."


def test_E17_a_cycle_that_never_began_is_not_called_quiet():
    """Two who have never had a discussion read that theirs have not begun, others that they have gone quiet."""
    never = said(view(current=partial(planning, due_on=BY_MAY)), "gone_quiet", MANAGER, "1")
    assert never.text.startswith("Your career discussions with Ana have not begun. The first one ")


def test_E10_the_other_side_hears_of_a_date_in_their_hours():
    """Set in Madrid's afternoon, heard of in Tokyo's next morning; the person who set it gets no news."""
    planned = plan(on_thursday(manager_tz=TOKYO, dated_by_id=EMPLOYEE, dated_at=at(MADRID, 2026, 11, 2, 15)), LONG_AGO)
    assert when(planned, "date_set", MANAGER) == [at(TOKYO, 2026, 11, 3, 9)]
    assert when(planned, "date_set", EMPLOYEE) == []


def test_a_date_is_moved_only_from_another_date():
    """After a discussion was left without a date, a new one is set, however often there was one before."""
    again = said(on_thursday(dated_by_id=EMPLOYEE, round=3, manager_tz=TOKYO), "date_set", MANAGER)
    assert again.text == (
        "Ana set a date for your career discussion: Thu 26 Nov at 18:00 for you, 10:00 for Ana (Madrid), 60 minutes."
    )
    before = at(MADRID, 2026, 11, 20, 10)
    moved = said(on_thursday(dated_by_id=EMPLOYEE, round=3, moved_from=before, manager_tz=TOKYO), "date_set", MANAGER)
    assert moved.text == (
        "Ana moved your career discussion from Fri 20 Nov at 18:00 to "
        "Thu 26 Nov at 18:00 for you, 10:00 for Ana (Madrid), 60 minutes."
    )


def test_E10_a_move_within_a_day_names_the_day_once():
    """From morning to afternoon, on each reader's own clock; a day that differs for the other one is still named."""
    before = THURSDAY_AT_TEN - timedelta(hours=2)
    moved = {"dated_by_id": EMPLOYEE, "round": 3, "moved_from": before}
    assert said(on_thursday(**moved, manager_tz=TOKYO), "date_set", MANAGER).text == (
        "Ana moved your career discussion on Thu 26 Nov from 16:00 to 18:00 for you, 10:00 for Ana (Madrid), "
        "60 minutes."
    )
    assert said(on_thursday(**moved), "date_set", MANAGER).text == (
        "Ana moved your career discussion on Thu 26 Nov from 08:00 to 10:00, for both of you, 60 minutes."
    )


def test_a_date_of_another_year_carries_its_year():
    """Set in November for next December, nobody takes it for this one."""
    next_year = view(
        current=partial(scheduled, starts_at=at(MADRID, 2027, 12, 7, 11), dated_by_id=EMPLOYEE),
        now=at(MADRID, 2026, 11, 25, 9),
    )
    assert "Tue 7 Dec 2027 at 11:00" in said(next_year, "date_set", MANAGER).text


def test_E10_the_other_side_hears_of_a_dropped_date_and_neither_is_asked_at_once():
    """Bo drops Thursday's date that evening: Ana reads it next morning, and both are reminded on Monday."""
    dropped_at = at(MADRID, 2026, 11, 26, 18)
    undated = view(
        current=partial(
            planning, due_on=date(2026, 12, 17), postponed=True, round=2, dated_by_id=MANAGER, dated_at=dropped_at,
            moved_from=THURSDAY_AT_TEN,
        ),
        now=at(MADRID, 2026, 11, 27, 9),
    )  # fmt: skip
    planned = plan(undated, dropped_at)
    assert when(planned, "postponed") == when(planned, "postponed", EMPLOYEE) == [at(MADRID, 2026, 11, 27, 9)]
    for who in (EMPLOYEE, MANAGER):
        assert when(planned, "schedule_next", who)[0] == at(MADRID, 2026, 11, 30, 9)
    assert said(undated, "postponed", EMPLOYEE).text == (
        "Bo dropped the date of your career discussion, Thu 26 Nov at 10:00, without setting a new one. "
        "It is due by Thu 17 Dec; I'll remind you both."
    )


def test_a_date_left_for_later_in_the_wrap_up_is_no_news_of_its_own():
    """The news of the wrap-up says it to the other side; there was no date to drop."""
    undated = view(current=partial(planning, due_on=BY_MAY, postponed=True))
    assert when(plan(undated, LONG_AGO), "postponed") == []


@pytest.mark.parametrize("dated_again", [False, True])
def test_a_cancelled_discussion_asks_for_a_date_only_while_there_is_none(*, dated_again: bool):
    """Where the next one has a date already, the news is the news and no more."""
    current = (
        partial(scheduled, starts_at=at(MADRID, 2026, 12, 3, 10)) if dated_again else partial(planning, due_on=BY_MAY)
    )
    snapshot = view(
        cancelled=partial(
            scheduled, starts_at=THURSDAY_AT_TEN, state=DiscussionState.CANCELLED, cancelled_at=LONG_AGO,
            cancelled_by_id=MANAGER, moved_from=THURSDAY_AT_TEN,
        ),
        current=current,
    )  # fmt: skip
    text = said(snapshot, "cancelled", EMPLOYEE)
    assert text.text.startswith("Bo cancelled your career discussion on Thu 26 Nov at 10:00.")
    assert ("Next, find a new date." in text.text) is not dated_again
    assert bool(text.buttons) is not dated_again
