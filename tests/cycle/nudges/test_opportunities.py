"""What people hear about opportunities, and when (practice C11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from cycle.nudges import plan
from cycle.opportunity_dates import digest_days
from cycle.snapshot import OpportunitySnapshot
from storage.opportunities import SHOWN_FOR, Frequency, OpportunityKind
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, person
from tests.support.planning import (
    EMPLOYEE,
    MANAGER,
    THURSDAY_AT_TEN,
    offered,
    opportunity,
    said,
    weekly_digest,
    when,
)

WEDNESDAY = at(MADRID, 2026, 11, 25, 12)
MONDAYS = [at(MADRID, 2026, *day, 9) for day in ((11, 30), (12, 7), (12, 14), (12, 21))]


def told(**also: Any) -> list[tuple[str, datetime]]:
    """When a channel that is told every Monday hears of something offered on a Wednesday; at which stage."""
    digest = {name: also.pop(name) for name in ("frequency", "weekday", "set_up_at") if name in also}
    calendars = also.pop("calendars", {})
    one = opportunity(also.pop("kind", OpportunityKind.PROJECT), **({"offered_at": WEDNESDAY} | also))
    snapshot = offered(one, digests=[weekly_digest(**digest)], calendars=calendars)
    planned = plan(snapshot, LONG_AGO).values()
    return [(nudge.stage, nudge.due_at) for nudge in planned if nudge.kind == "team_digest"]


def test_C11_a_channel_hears_once_of_what_is_new_and_once_before_it_closes():
    """The Monday after it was offered, and the last Monday on which it is open; nothing in between."""
    assert told(open_until=date(2026, 12, 16)) == [("new", MONDAYS[0]), ("closing", MONDAYS[2])]


@pytest.mark.parametrize(
    ("what", "stages"),
    [
        ({"open_until": date(2026, 12, 4)}, ["new"]),  # one Monday only
        ({}, ["new"]),  # nothing says when it closes
        ({"open_until": date(2026, 11, 27)}, []),  # closed before the first Monday
        ({"withdrawn_at": WEDNESDAY}, []),
        ({"kind": OpportunityKind.SESSION, "starts_at": at(MADRID, 2026, 12, 9, 10)}, ["new", "closing"]),
        ({"kind": OpportunityKind.SESSION, "starts_at": MONDAYS[0] + timedelta(minutes=1)}, ["new"]),
    ],
)
def test_C11_a_channel_hears_of_it_only_while_it_is_open(what: dict[str, Any], stages: list[str]):
    """Twice at most, and not at all where it is over by then."""
    assert [stage for stage, _moment in told(**what)] == stages


def test_C11_a_channel_that_is_set_up_later_hears_of_all_that_is_open():
    """What was offered before counts as new there."""
    assert told(set_up_at=MONDAYS[1]) == [("new", MONDAYS[2])]


def test_C11_a_digest_comes_on_a_working_day_of_whoever_set_it_up():
    """On a Monday that is a holiday it comes on Tuesday, in the zone of that person."""
    tokyo = person("Bo Lind", TOKYO, id=MANAGER, country="JP")
    snapshot = offered(
        opportunity(offered_at=at(TOKYO, 2027, 1, 8, 12)), digests=[weekly_digest()],
        people={EMPLOYEE: person(id=EMPLOYEE), MANAGER: tokyo},
    )  # fmt: skip
    assert when(plan(snapshot, LONG_AGO), "team_digest") == [at(TOKYO, 2027, 1, 12, 9)]  # Coming of Age Day before it


def test_C11_what_is_offered_before_a_digest_that_waited_for_a_holiday_is_in_it():
    """On Tuesday morning, an hour before the one of the holiday Monday comes."""
    tokyo = person("Bo Lind", TOKYO, id=MANAGER, country="JP")
    snapshot = offered(
        opportunity(offered_at=at(TOKYO, 2027, 1, 12, 8)), digests=[weekly_digest()],
        people={EMPLOYEE: person(id=EMPLOYEE), MANAGER: tokyo},
    )  # fmt: skip
    assert when(plan(snapshot, LONG_AGO), "team_digest") == [at(TOKYO, 2027, 1, 12, 9)]


def test_C11_a_monthly_digest_comes_on_the_first_such_weekday():
    """From the middle of a month on, the first one is in the next month."""
    monthly = weekly_digest(frequency=Frequency.MONTHLY, weekday=2)
    days = list(islice(digest_days(monthly, date(2026, 11, 25)), 3))
    assert days == [date(2026, 12, 2), date(2027, 1, 6), date(2027, 2, 3)]
    assert next(digest_days(monthly, date(2026, 12, 2))) == date(2026, 12, 2)


def test_C11_without_a_last_day_it_is_on_the_board_for_three_months():
    """Long enough to be seen, and it never grows old there."""
    assert offered(opportunity()).closes_at == LONG_AGO + SHOWN_FOR


def test_C11_what_a_channel_reads_names_the_zone_and_whoever_offers_it():
    """Readers sit elsewhere; the title is shown to all of them, though whoever set it up wants discreet messages."""
    bo = person("Bo Lind", id=MANAGER, discreet=True)
    session = opportunity(OpportunityKind.SESSION, title="How we negotiate", starts_at=at(MADRID, 2026, 12, 9, 10),
                          offered_at=WEDNESDAY)  # fmt: skip
    people = {EMPLOYEE: person(id=EMPLOYEE), MANAGER: bo}
    snapshot = offered(session, digests=[weekly_digest()], people=people, now=MONDAYS[0])
    new, closing = (said(snapshot, "team_digest", MANAGER, stage) for stage in ("new", "closing"))
    assert new.text == "Bo Lind is holding a session on Wed 9 Dec at 10:00 (Madrid time)."
    assert closing.text == f"Last call: {new.text}"
    assert (new.quote, new.reason) == ("How we negotiate", "Bo shares opportunities here every Monday.")
    assert new.item is not None
    assert new.item.text == "A session with Bo Lind on Wed 9 Dec at 10:00 (Madrid time)."
    assert new.item.lead(2) == "Here are 2 ways to grow."


def session(**also: Any) -> OpportunitySnapshot:
    """A session on Thursday at ten, for which the employee signed up long ago."""
    return offered(opportunity(OpportunityKind.SESSION, **also), now=at(MADRID, 2026, 11, 25, 9))


def test_C11_whoever_takes_part_and_whoever_holds_it_hear_the_working_day_before():
    """Each at the beginning of their day."""
    planned = plan(session(), LONG_AGO)
    assert when(planned, "session_ahead") == [at(MADRID, 2026, 11, 25, 9)] * 2
    assert said(session(), "session_ahead", EMPLOYEE).text == (
        "The session with Bo Lind that you signed up for is tomorrow (Thu 26 Nov) at 10:00."
    )
    assert said(session(), "session_ahead", MANAGER).text == (
        "You are holding a session tomorrow (Thu 26 Nov) at 10:00. 1 person has signed up."
    )


def test_C11_nobody_is_reminded_of_what_they_have_just_signed_up_for():
    """Someone who signs up on the day before knows."""
    late = session().sign_ups[0]._replace(signed_up_at=at(MADRID, 2026, 11, 25, 9, 30))
    snapshot = replace(session(), sign_ups=[late])
    assert when(plan(snapshot, LONG_AGO), "session_ahead", EMPLOYEE) == []


def test_C11_a_session_that_moves_is_told_of_and_comes_up_anew():
    """At once, from when to when; the reminder of the day before is another one then."""
    moved_at = at(MADRID, 2026, 11, 20, 18)
    snapshot = session(starts_at=THURSDAY_AT_TEN + timedelta(days=1), moved_from=THURSDAY_AT_TEN, moved_at=moved_at,
                       round=2)  # fmt: skip
    assert when(plan(snapshot, LONG_AGO), "session_changed", EMPLOYEE) == [at(MADRID, 2026, 11, 23, 9)]
    assert said(snapshot, "session_changed", EMPLOYEE, "moved").text == (
        "Bo Lind has moved the session that you signed up for from Thu 26 Nov at 10:00 to Fri 27 Nov at 10:00."
    )
    assert (
        not {key for key in plan(snapshot, LONG_AGO) if key.startswith("session_ahead")}
        & plan(session(), LONG_AGO).keys()
    )


def test_C11_a_session_that_is_called_off_reminds_nobody():
    """Whoever signed up hears of it once, and the channel is told no more."""
    one = opportunity(OpportunityKind.SESSION, withdrawn_at=at(MADRID, 2026, 11, 24, 12))
    snapshot = offered(one, digests=[weekly_digest()], now=at(MADRID, 2026, 11, 24, 12))
    assert [(planned.kind, planned.stage) for planned in plan(snapshot, LONG_AGO).values()] == [
        ("session_changed", "called_off")
    ]
    text = said(snapshot, "session_changed", EMPLOYEE, "called_off")
    assert text.text == "Bo Lind has called off the session on Thu 26 Nov at 10:00 that you signed up for."


def test_C11_a_project_that_is_withdrawn_is_news_to_those_who_are_interested():
    """In their own working hours, once; nobody else hears, and someone who has taken their name off doesn't either."""
    one = opportunity(title="Customer workshop", withdrawn_at=at(MADRID, 2026, 11, 21, 12))
    snapshot = offered(one, digests=[weekly_digest()], now=at(MADRID, 2026, 11, 23, 9))
    planned = plan(snapshot, LONG_AGO)
    assert when(planned, "offer_withdrawn", EMPLOYEE) == [at(MADRID, 2026, 11, 23, 9)]
    assert len(planned) == 1
    text = said(snapshot, "offer_withdrawn", EMPLOYEE)
    assert text.text == "Bo Lind is no longer offering a project that you were interested in."
    assert (text.quote, text.reason) == ("Customer workshop", None)
    assert plan(replace(snapshot, sign_ups=[]), LONG_AGO) == {}


def test_C11_whoever_offers_it_hears_who_is_interested():
    """In their working hours, with what it is about."""
    project = offered(opportunity(title="Customer workshop"))
    assert when(plan(project, LONG_AGO), "signed_up", MANAGER) == [at(MADRID, 2026, 1, 5, 10)]
    text = said(project, "signed_up", MANAGER)
    assert (text.text, text.quote) == ("Ana Ruiz is interested in a project that you're offering.", "Customer workshop")
    assert said(session(), "signed_up", MANAGER).text == (
        "Ana Ruiz has signed up for your session on Thu 26 Nov at 10:00."
    )


def test_C11_someone_who_has_left_offers_nothing():
    """Neither a channel nor anyone else hears of it any more."""
    snapshot = offered(opportunity(), digests=[weekly_digest()])
    snapshot.people[MANAGER].deactivated = True
    assert plan(snapshot, LONG_AGO) == {}
