from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from cycle.nudges import Action, NudgeText, plan, worded
from cycle.snapshot import PersonSnapshot, Report
from tests.support.builders import MADRID, TOKYO, at, held, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 30, 9)
BO = person("Bo Lind", id=2)
IN_JANUARY = at(MADRID, 2026, 1, 27, 10)  # ten months later it is Friday 27 November


def report(key: int, name: str, talked_at: datetime | None, **also: object) -> Report:
    """One of Bo's reports, who last talked with him at a moment, or never since they paired."""
    employee = person(name, id=key)
    two = pair(employee, BO, id=key, answered_at=IN_JANUARY)
    last = held(two, talked_at, talked_at, id=key) if talked_at else None
    return Report(two, employee, held=last, current=planning(two, date(2027, 1, 1)), **also)


def reminders(*reports: Report, me: object = BO, now: datetime = NOW) -> dict[str, datetime]:
    """When Bo hears of them in the coming two weeks, by stage."""
    planned = plan(PersonSnapshot(me, now, reports), now)
    assert {one.person_id for one in planned.values()} <= {BO.pk}
    return {one.stage: one.due_at for one in planned.values() if one.due_at <= now + timedelta(weeks=2)}


def read(*reports: Report) -> Sequence[NudgeText | None]:
    """What Bo reads in the coming two weeks."""
    snapshot, soon = PersonSnapshot(BO, NOW, reports), NOW + timedelta(weeks=2)
    return [worded(snapshot, planned, BO) for planned in plan(snapshot, NOW).values() if planned.due_at <= soon]


def test_M1_ten_months_without_a_discussion_come_up_in_the_week_after():
    """Talked on Tuesday 27 January: ten months are over on Friday 27 November, and Bo hears of it on Monday 30."""
    assert reminders(report(11, "Ana Ruiz", IN_JANUARY)) == {"2026-11-30": at(MADRID, 2026, 11, 30, 9)}


def test_M1_a_report_who_never_had_one_counts_from_the_pairing():
    """Paired in January and never met: the same Monday."""
    assert reminders(report(11, "Ana Ruiz", None)) == {"2026-11-30": at(MADRID, 2026, 11, 30, 9)}


def test_M1_the_week_is_the_managers_own():
    """In Tokyo it was 18:00 that day; Bo's Monday begins there."""
    ana, there = report(11, "Ana Ruiz", IN_JANUARY), person("Bo Lind", TOKYO, id=2)
    assert reminders(ana, me=there) == {"2026-11-30": at(TOKYO, 2026, 11, 30, 9)}


def test_M1_a_report_with_a_date_or_who_has_left_is_not_named():
    """A date ends it, whatever the cadence; so does leaving, on either side."""
    ana = report(11, "Ana Ruiz", IN_JANUARY)
    dated = Report(ana.pair, ana.employee, scheduled(ana.pair, at(MADRID, 2026, 12, 18, 10)), ana.held)
    assert reminders(dated) == {}
    gone = person("Ana Ruiz", id=11, deactivated=True)
    assert reminders(Report(ana.pair, gone, ana.current, ana.held)) == {}
    assert reminders(ana, me=person("Bo Lind", id=2, deactivated=True)) == {}


def test_M1_L6_it_comes_again_after_each_quarter():
    """Nothing has happened since: one takes the place of the other, five times in all."""
    ana = report(11, "Ana Ruiz", IN_JANUARY)
    assert list(reminders(ana, now=at(MADRID, 2027, 2, 10, 9))) == ["2026-11-30"]
    assert list(reminders(ana, now=at(MADRID, 2027, 3, 1, 9))) == ["2027-03-01"]
    assert list(reminders(ana, now=at(MADRID, 2028, 1, 1, 3))) == ["2027-11-29"]
    assert len(plan(PersonSnapshot(BO, NOW, [ana]), NOW)) == 5


def test_M1_a_date_that_passed_and_was_never_wrapped_up_ends_it_for_a_month_only():
    """They had a date in February 2027, and nobody said how it went: Bo hears of Ana from the summer on."""
    ana = report(11, "Ana Ruiz", IN_JANUARY)
    passed = Report(ana.pair, ana.employee, scheduled(ana.pair, at(MADRID, 2027, 2, 10, 10)), ana.held)
    assert reminders(passed, now=at(MADRID, 2027, 3, 1, 9)) == {}
    assert list(reminders(passed, now=at(MADRID, 2027, 5, 31, 9))) == ["2027-05-31"]


def test_M1_reports_of_one_week_come_in_one_nudge_of_another_week_in_another():
    """A team that started together is one sentence, not one message each."""
    together = [report(11, "Ana Ruiz", IN_JANUARY), report(12, "Elif Kaya", at(MADRID, 2026, 1, 29, 10))]
    later = report(13, "Tom Berg", at(MADRID, 2026, 2, 10, 10))
    assert list(reminders(*together, later)) == ["2026-11-30", "2026-12-14"]
    first, second = read(*together, later)
    assert first is not None
    assert second is not None
    assert first.text == (
        "No career discussion with Ana and Elif has been wrapped up for ten months or more, and none is ahead."
    )
    assert first.reason == "Every report should have at least one career discussion a year."
    assert [(button.label, button.does, button.subject_id) for button in first.buttons] == [
        ("Find a time with Ana", Action.OPEN_SCHEDULE, 11), ("Find a time with Elif", Action.OPEN_SCHEDULE, 12)
    ]  # fmt: skip
    assert "with Tom has" in second.text


@pytest.mark.parametrize("size", [3, 4, 12])
def test_M1_a_large_team_is_named_in_full_and_gets_three_buttons(size: int):
    """The message stays within what it may carry."""
    (text,) = read(*(report(number, f"R{number} X", IN_JANUARY) for number in range(11, 11 + size)))
    assert text is not None
    assert all(f"R{number}" in text.text for number in range(11, 11 + size))
    assert len(text.buttons) == 3
