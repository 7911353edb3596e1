from functools import partial

import pytest

from cycle.nudges import Action, plan
from storage.agenda import ItemState
from storage.preparations import Preparation
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, commitment, pair, person, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER, item, on_thursday, said, when


def test_E16_the_brief_comes_on_the_last_working_day_before():
    """Wednesday at nine for Thursday, Friday at nine for Monday: to both, each in their own morning."""
    planned = plan(on_thursday(manager_tz=TOKYO), LONG_AGO)
    assert when(planned, "day_before", EMPLOYEE) == [at(MADRID, 2026, 11, 25, 9)]
    assert when(planned, "day_before", MANAGER) == [at(TOKYO, 2026, 11, 25, 9)]
    monday = view(current=partial(scheduled, starts_at=at(MADRID, 2026, 11, 30, 10)))
    assert when(plan(monday, LONG_AGO), "day_before") == [at(MADRID, 2026, 11, 27, 9)] * 2


def test_E16_a_date_set_at_short_notice_brings_the_brief_at_once():
    """Set on Wednesday afternoon for Thursday: the brief comes right then; set at night, before work on Thursday."""
    now = at(MADRID, 2026, 11, 25, 15)
    assert when(plan(on_thursday(dated_at=now), now), "day_before") == [now, now]
    night = at(MADRID, 2026, 11, 25, 22)
    assert when(plan(on_thursday(dated_at=night), night), "day_before") == [at(MADRID, 2026, 11, 26, 9)] * 2


@pytest.mark.parametrize(
    ("read_at", "when_they_talk"),
    [
        ((2026, 11, 26, 9), "You talk with Bo today at 10:00."),
        ((2026, 11, 25, 9), "You talk with Bo tomorrow (Thu 26 Nov) at 10:00."),
        ((2026, 11, 24, 9), "You talk with Bo on Thu 26 Nov at 10:00."),
    ],
)
def test_the_day_is_named_as_it_is_for_the_reader(read_at: tuple[int, ...], when_they_talk: str):
    """A discussion set for today is today's, not the next working day's; whenever the message is read, it is true."""
    brief = said(on_thursday(now=at(MADRID, *read_at)), "day_before", EMPLOYEE)
    assert brief.text.startswith(when_they_talk)
    assert brief.reason is None


def test_E16_the_brief_below_the_news_of_the_date_does_not_repeat_it():
    """Beside the news of a date set for tomorrow it says the rest; the news has the way to prepare and to change."""
    now = at(MADRID, 2026, 11, 25, 15)
    snapshot = on_thursday(dated_at=now, dated_by_id=EMPLOYEE, now=now, agenda=[item(), item(MANAGER)])
    planned = plan(snapshot, now)
    brief, news = (said(snapshot, kind, MANAGER) for kind in ("day_before", "date_set"))
    assert brief.below is not None
    assert brief.below.key in planned
    assert brief.below.text == ("Here is the brief for it. There are 2 items on the agenda. You haven't prepared yet.")
    assert [one.does for one in (*news.buttons, *brief.below.buttons)] == [
        Action.OPEN_PREPARATION, Action.OPEN_SCHEDULE, Action.CALENDAR_FILE, Action.OPEN_BRIEF,
    ]  # fmt: skip
    assert {one.does for one in brief.buttons} <= {one.does for one in (*news.buttons, *brief.below.buttons)}


def test_E16_the_brief_counts_what_there_is_and_says_no_zeros():
    """Items that are on the agenda and open commitments are counted in whole sentences, or not mentioned."""
    two = pair(person(id=1), person(id=2), id=1)
    nothing = said(on_thursday(), "day_before", EMPLOYEE).text
    assert nothing == "You talk with Bo on Thu 26 Nov at 10:00. You haven't prepared yet."
    agenda = [item(), item(MANAGER, state=ItemState.ACCEPTED), item(state=ItemState.WITHDRAWN)]
    preparation = Preparation(pair_id=1, discussion_id=1, author_id=EMPLOYEE, side="employee", submitted_at=LONG_AGO)
    agreed = [commitment(two, person(id=1), at(MADRID, 2027, 1, 15).date(), id=1)]
    snapshot = on_thursday(agenda=agenda, commitments=agreed, preparations=[preparation])
    assert said(snapshot, "day_before", EMPLOYEE).text == (
        "You talk with Bo on Thu 26 Nov at 10:00. There are 2 items on the agenda. "
        "One commitment is open between you. You're prepared."
    )
    assert said(snapshot, "day_before", MANAGER).text.endswith("You haven't prepared yet.")
