from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.nudges import Action, plan
from storage.pairs import PairState
from tests.cycle.test_calendar import zones
from tests.support.builders import MADRID, at, planning, view
from tests.support.planning import EMPLOYEE, MANAGER, said, when


def test_E1_a_request_reaches_the_other_side_and_the_answer_comes_back():
    """Asked on a Sunday, it arrives on Monday at nine; the answer arrives at once, within hours."""
    asked = view()
    asked.pair.state, asked.pair.asked_at, asked.pair.answered_at = PairState.ASKED, at(MADRID, 2026, 11, 22, 12), None
    assert when(plan(asked, asked.pair.asked_at), "pair_asked", MANAGER) == [at(MADRID, 2026, 11, 23, 9)]
    asked.pair.state, asked.pair.answered_at = PairState.ACTIVE, at(MADRID, 2026, 11, 23, 10)
    planned = plan(asked, asked.pair.answered_at)
    assert when(planned, "pair_answered", EMPLOYEE) == [at(MADRID, 2026, 11, 23, 10)]
    assert when(planned, "pair_asked") == []


def test_E1_a_request_that_was_left_open_is_brought_up_once():
    """Asked on a Sunday: on the Friday after, with the day, and that a no is fine; never once it is answered."""
    asked = view()
    asked.pair.state, asked.pair.asked_at, asked.pair.answered_at = PairState.ASKED, at(MADRID, 2026, 11, 22, 12), None
    assert when(plan(asked, asked.pair.asked_at), "pair_asked_again") == [at(MADRID, 2026, 11, 27, 9)]
    again = said(asked, "pair_asked_again", MANAGER)
    assert again.text == (
        "Ana Ruiz asked you on Sun 22 Nov for regular career discussions about their growth, and has no answer yet. "
        "A no is fine, too: then Ana knows."
    )
    assert [button.label for button in again.buttons] == ["Yes, let's", "Say no"]
    asked.pair.state = PairState.DECLINED
    assert when(plan(asked, asked.pair.asked_at), "pair_asked_again") == []


@pytest.mark.parametrize(
    ("asked_by", "to", "whose", "reason"),
    [
        (EMPLOYEE, MANAGER, "their growth", "You're getting this because Ana named you as their manager."),
        (MANAGER, EMPLOYEE, "your growth", "You're getting this because Bo named you as one of their reports."),
    ],
)
def test_E1_the_person_asked_reads_which_side_they_would_take(asked_by: int, to: int, whose: str, reason: str):
    """A manager is asked about the employee's growth, an employee about their own."""
    asked = view()
    asked.pair.state, asked.pair.asked_by_id = PairState.ASKED, asked_by
    request = said(asked, "pair_asked", to)
    assert f"with you about {whose}." in request.text
    assert request.reason == reason


@pytest.mark.parametrize(
    ("asked_by", "why", "text"),
    [
        (EMPLOYEE, "x", "Bo said no and told you why. If someone else is your manager, you can ask them."),
        (EMPLOYEE, None, "Bo said no. If someone else is your manager, you can ask them."),
        (MANAGER, "x", "Ana said no and told you why. You can ask your other reports."),
    ],
)
def test_E5_a_no_says_whether_there_is_a_reason_and_whom_to_ask_next(asked_by: int, why: str | None, text: str):
    """A manager who was declined is not sent to look for a manager."""
    declined = view()
    declined.pair.state, declined.pair.asked_by_id, declined.pair.decline_reason = PairState.DECLINED, asked_by, why
    answer = said(declined, "pair_answered", asked_by)
    assert answer.text == text
    expected = [Action.READ_REASON, Action.START] if why else [Action.START]
    assert [button.does for button in answer.buttons] == expected


@pytest.mark.parametrize(
    ("asked_by", "text", "text_if_they_left"),
    [
        (
            EMPLOYEE,
            "You could talk to Bo and ask again, or ask someone else if they are your manager.",
            "If someone else is your manager, you can ask them.",
        ),
        (
            MANAGER,
            "You could talk to Ana and ask again, or ask your other reports.",
            "You can ask your other reports.",
        ),
    ],
)
def test_E1_the_asker_hears_that_a_request_expired_and_what_they_can_do(
    asked_by: int, text: str, text_if_they_left: str
):
    """One nudge when the asker is next at work, a button to ask anew, and none to the one who did not answer."""
    expired = view()
    expired.pair.state, expired.pair.asked_by_id, expired.pair.answered_at = PairState.EXPIRED, asked_by, None
    expired.pair.ended_at = at(MADRID, 2026, 11, 22, 3)
    planned = plan(expired, expired.pair.ended_at)
    assert [one.person_id for one in planned.values()] == [asked_by]
    assert when(planned, "pair_expired") == [at(MADRID, 2026, 11, 23, 9)]
    nudge, other = said(expired, "pair_expired", asked_by), expired.other_than(asked_by)
    name = other.name.split()[0]
    assert nudge.text == f"{name} did not answer your request for three weeks, so it has expired. {text}"
    assert [button.does for button in nudge.buttons] == [Action.START]
    other.deactivated = True
    gone = f"Your request to {name} has expired: {name} is no longer active in this workspace."
    assert said(expired, "pair_expired", asked_by).text == f"{gone} {text_if_they_left}"


def test_E1_a_request_that_was_taken_back_is_no_news():
    """The asker who withdraws a request gets nothing about its end."""
    ended = view()
    ended.pair.state, ended.pair.answered_at, ended.pair.ended_at = PairState.ENDED, None, at(MADRID, 2026, 11, 23, 10)
    assert plan(ended, ended.pair.ended_at) == {}


@given(zones, st.integers(0, 2 * 365 * 24 * 60))
def test_E1_whoever_has_just_begun_is_told_nothing_older_than_that(tz: str, minutes: int):
    """A new pair without a date: all that is planned lies after the yes, and the first reminder a day later or more."""
    yes_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    begun = view(employee_tz=tz, current=partial(planning, due_on=yes_at.date() + timedelta(days=21)))
    begun.pair.asked_at, begun.pair.answered_at = yes_at - timedelta(days=2), yes_at
    planned = plan(replace(begun, now=yes_at), yes_at)
    assert planned
    assert [one.key for one in planned.values() if one.due_at < yes_at] == []
    reminders = [one for one in planned.values() if one.kind == "schedule_next"]
    assert min(one.due_at for one in reminders) >= yes_at + timedelta(days=1)
