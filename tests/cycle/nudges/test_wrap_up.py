from datetime import date
from functools import partial
from typing import Any

import pytest

from cycle.nudges import PlannedNudge, plan
from cycle.nudges.outcomes import talked_again
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, held, planning, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER, THURSDAY_AT_TEN, addition, on_thursday, said, when


def test_E10_wrapping_up_is_asked_ten_minutes_after_the_end_and_the_next_working_day():
    """Thursday 11:10 and Friday at nine in Madrid; in Tokyo, where the day is over by that time, the mornings after."""
    planned = plan(on_thursday(manager_tz=TOKYO), LONG_AGO)
    assert when(planned, "wrap_up", EMPLOYEE) == [at(MADRID, 2026, 11, 26, 11, 10), at(MADRID, 2026, 11, 27, 9)]
    assert when(planned, "wrap_up", MANAGER) == [at(TOKYO, 2026, 11, 27, 9), at(TOKYO, 2026, 11, 30, 9)]


@pytest.mark.parametrize(
    ("stage", "read_at", "reason"),
    [
        ("first", (2026, 11, 26, 11, 10), "Your discussion was planned to end at 11:00."),
        ("first", (2026, 11, 27, 9), "Your discussion was planned to end on Thu 26 Nov at 11:00."),
        ("again", (2026, 11, 27, 9), None),
    ],
)
def test_the_reason_names_the_planned_end(stage: str, read_at: tuple[int, ...], reason: str | None):
    """The time on the same day, the date on another, never “a little while ago”; the second text has it anyway."""
    text = said(on_thursday(now=at(MADRID, *read_at)), "wrap_up", EMPLOYEE, stage)
    assert text.reason == reason
    if stage == "again":
        assert text.text == "Your discussion with Bo on Thu 26 Nov at 10:00 isn't wrapped up yet. Did it happen?"


def test_the_other_side_hears_of_a_wrap_up():
    """The side that did not wrap up gets the news in their hours, with the next date where there is one."""
    snapshot = view(
        manager_tz=TOKYO,
        held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=at(MADRID, 2026, 11, 26, 11)),
        current=partial(scheduled, starts_at=at(MADRID, 2027, 1, 21, 9), number=2),
        now=at(TOKYO, 2026, 11, 27, 9),
    )
    assert when(plan(snapshot, LONG_AGO), "wrapped_up", MANAGER) == [at(TOKYO, 2026, 11, 27, 9)]
    assert said(snapshot, "wrapped_up", MANAGER).text == (
        "Ana wrapped up your career discussion. "
        "You talk again on Thu 21 Jan 2027 at 17:00 for you, 09:00 for Ana (Madrid)."
    )


THURSDAY_EVENING = at(MADRID, 2026, 11, 26, 20)


def test_E10_the_other_side_hears_that_the_next_date_was_left_open():
    """Whoever did not wrap up reads by when the next discussion is due, and that both are reminded."""
    snapshot = view(
        held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=at(MADRID, 2026, 11, 26, 11)),
        current=partial(planning, due_on=date(2027, 5, 26), number=2, postponed=True),
        now=at(MADRID, 2026, 11, 26, 11),
    )
    assert said(snapshot, "wrapped_up", MANAGER).text == (
        "Ana wrapped up your career discussion. "
        "The next date is still open. It is due by Wed 26 May 2027; I'll remind you both."
    )


@pytest.mark.parametrize(
    ("added", "sentences"),
    [
        ({"for_employee": 0, "for_manager": 0}, "There are notes from Bo."),
        ({"has_notes": False, "for_employee": 1, "for_manager": 0}, "One new commitment is yours."),
        (
            {"for_employee": 2, "for_manager": 3},
            "There are notes from Bo. 2 new commitments are yours. 3 new commitments are Bo's.",
        ),
        (
            {"has_notes": False, "for_employee": 0, "for_manager": 0, "has_format": True},
            "Bo also changed how you meet. You meet every six months for 60 minutes.",
        ),
    ],
)
def test_E11_the_first_to_wrap_up_hears_what_the_second_added(added: dict[str, Any], sentences: str):
    """The morning after Bo's evening: whether there are notes, how many commitments are whose, how the two meet now."""
    snapshot = view(
        held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=at(MADRID, 2026, 11, 26, 11)),
        additions=[addition(THURSDAY_EVENING, **added)],
        now=at(MADRID, 2026, 11, 27, 9),
    )
    assert when(plan(snapshot, THURSDAY_EVENING), "wrap_up_added", EMPLOYEE) == [at(MADRID, 2026, 11, 27, 9)]
    text = said(snapshot, "wrap_up_added", EMPLOYEE)
    assert text.text == f"Bo added to the wrap-up of your discussion on Thu 26 Nov. {sentences}"


def test_nobody_is_told_of_a_wrap_up_that_they_have_added_to():
    """Bo added before the news of Ana's wrap-up was due: he knows."""
    known = partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=at(MADRID, 2026, 11, 26, 19))
    assert when(plan(view(held=known), LONG_AGO), "wrapped_up", MANAGER) == [at(MADRID, 2026, 11, 27, 9)]
    snapshot = view(held=known, additions=[addition(THURSDAY_EVENING)])
    assert when(plan(snapshot, LONG_AGO), "wrapped_up") == []


def test_what_is_added_before_the_news_of_the_wrap_up_is_due_is_one_message():
    """Ana wraps up and adds in the evening: Bo reads one message in the morning, and two if she adds the next day."""
    known = partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=at(MADRID, 2026, 11, 26, 19))
    planned = plan(view(held=known, additions=[addition(THURSDAY_EVENING, EMPLOYEE)]), LONG_AGO)
    assert when(planned, "wrapped_up", MANAGER) == [at(MADRID, 2026, 11, 27, 9)]
    assert when(planned, "wrap_up_added") == []
    friday = at(MADRID, 2026, 11, 27, 12)
    planned = plan(view(held=known, additions=[addition(friday, EMPLOYEE)]), LONG_AGO)
    assert when(planned, "wrap_up_added", MANAGER) == [friday]


def test_E11_who_has_added_to_a_wrap_up_does_not_read_that_they_talked_again():
    """The news of it is settled by their own words; only a later discussion is another one."""
    planned = PlannedNudge("wrapped_up", 1, MANAGER, LONG_AGO)
    last = view(held=partial(held, starts_at=LONG_AGO, wrapped_up_at=LONG_AGO))
    assert talked_again(last, planned, last.manager) == "You have added to it since."
    assert talked_again(last, planned._replace(subject_id=7), last.manager) == "You two have talked again since."
