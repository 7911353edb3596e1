"""Dates of another year than the reader's carry it, on every screen."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import pytest

from cycle import pairing, scheduling
from cycle.agendas import AgendaView
from cycle.commitments import AnswerView, ChangeView, CommitmentsView
from cycle.overview import Overview
from cycle.preparations import Lists, PreparationView
from cycle.scheduling import ScheduleView
from cycle.thanks import ThanksView
from cycle.wrap_up import Outcome, WrapUpView
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import (
    AgendaMetadata,
    ChangeMetadata,
    CommitmentsMetadata,
    PairMetadata,
    PreparationMetadata,
    WrapUpMetadata,
)
from handlers.views import agenda, commitments, home, schedule, start, thanks, wrap_up, wrap_up_outcome
from handlers.views.preparing import page, sharing, standing
from storage.commitments import ChangeRequest, CommitmentState
from storage.discussions import DiscussionState
from storage.pairs import PairState, Side
from storage.thanks import ThankYou
from tests.support.builders import (
    LONG_AGO,
    MADRID,
    TOKYO,
    at,
    commitment,
    held,
    pair,
    person,
    planning,
    scheduled,
    view,
)

THEN = at(MADRID, 2027, 1, 20, 10)
DAY = date(2027, 1, 20)
EVE = at(MADRID, 2027, 1, 19, 9)  # the latest at which a screen that looks ahead is shown
BEFORE, SAME_YEAR, AFTER = at(MADRID, 2026, 12, 28, 9), at(MADRID, 2027, 1, 4, 9), at(MADRID, 2028, 2, 1, 9)
ANA, BEN = person("Ana Ruiz", id=1), person("Ben Okafor", TOKYO, id=2)
TWO = pair(ANA, BEN, id=1)
DATED, UNDATED = scheduled(TWO, THEN, id=7), planning(TWO, DAY, id=7)
OWED = commitment(TWO, ANA, DAY, id=3)
KEPT = commitment(TWO, ANA, DAY, id=4, state=CommitmentState.DONE, settled_at=THEN)
ASKED = ChangeRequest(id=5, commitment_id=3, pair_id=1, asked_by_id=2, text="x", due_on=DAY, asked_at=LONG_AGO)
NOTE = ThankYou(id=1, pair_id=1, discussion_id=7, author_id=1, text="Thank you", sent_at=THEN)
HELD = held(TWO, THEN, THEN, id=7)
TYPED = FormValues({agenda.NEW_ITEMS: {"typed": {"value": "My course"}}})


def to_thank(now: datetime, side: Side, note: ThankYou | None) -> ThanksView:
    """The thank-you, with a deliverable, as one side sees it."""
    me = ANA if side is Side.EMPLOYEE else BEN
    return ThanksView(TWO, HELD, side, ANA, BEN, note, [OWED], local_day(me, now))


def outcome(now: datetime, coming: Any) -> Outcome:
    """What came of a discussion, as the employee reads it."""
    return Outcome(TWO, HELD, ANA, BEN, [], [OWED], coming, local_day(ANA, now))


def to_schedule(now: datetime, discussion: Any, cancelled: Any = None) -> ScheduleView:
    """The date of a discussion, as the employee sees it."""
    return ScheduleView(TWO, discussion, ANA, BEN, local_day(ANA, now), cancelled)


def prepared(discussion: Any) -> PreparationView:
    """A preparation in which nothing is written yet."""
    return PreparationView(TWO, discussion, Side.EMPLOYEE, BEN, None, read_lists=Lists())


def seen_at_home(now: datetime, current: Any) -> dict[str, Any]:
    """The App Home of the employee, with something kept."""
    seen = view(now=now, current=current, commitments=[OWED])
    return home.render(Overview(me=ANA, now=now, pairs=[seen], to_do=[], kept=[(seen, KEPT)]))


def refused(now: datetime) -> str:
    """Why the employee cannot ask the same person a third time within 30 days."""
    asked_at = at(MADRID, 2026, 12, 21, 10)  # and 30 days later is the day
    twice = [pair(ANA, BEN, id=one, state=PairState.DECLINED, asked_at=asked_at) for one in (1, 2)]
    return str(pairing.check(ANA, BEN, Side.EMPLOYEE, twice, "", now=now))


CANCELLED = scheduled(TWO, THEN, id=6, state=DiscussionState.CANCELLED, cancelled_by_id=2, moved_from=THEN,
                      cancel_reason="Away")  # fmt: skip
SHOWN: Mapping[str, Callable[[datetime], Any]] = MappingProxyType(
    {
        "agenda": lambda now: agenda.render(
            AgendaView(TWO, DATED, ANA, BEN, ()), ANA, AgendaMetadata(pair_id=1), TYPED, THEN, now=now
        ),
        "preparation": lambda now: [
            page.render(
                one.VIEW,
                page.Shown(prepared(DATED), ANA, PreparationMetadata(pair_id=1), FormValues(), now, page.Help(), THEN),
            )
            for one in (standing, sharing)
        ],
        "asked": lambda now: start.asked(ANA, BEN, THEN, min(now, EVE)),
        "wrap-up": lambda now: wrap_up.render(
            WrapUpView(TWO, DATED, ANA, BEN, (), HELD), ANA, WrapUpMetadata(pair_id=1), None, now, THEN
        ),
        "wrapped up, dated": lambda now: wrap_up_outcome.wrapped_up(outcome(now, DATED), ANA),
        "wrapped up, undated": lambda now: wrap_up_outcome.wrapped_up(outcome(now, UNDATED), ANA),
        "moved": lambda now: wrap_up.moved(DATED, ANA, [ANA, BEN], local_day(ANA, now)),
        "left for later": lambda now: wrap_up.moved(UNDATED, ANA, [ANA, BEN], local_day(ANA, now)),
        "moved meanwhile": lambda now: scheduling.moved_since(DATED, 0, ANA, BEN, now),
        "thank-you to write": lambda now: thanks.render(
            to_thank(now, Side.EMPLOYEE, None), ANA, PairMetadata(pair_id=1), None, THEN
        ),
        "thank-you of mine": lambda now: thanks.render(
            to_thank(now, Side.EMPLOYEE, NOTE), ANA, PairMetadata(pair_id=1)
        ),
        "thank-you to me": lambda now: thanks.render(to_thank(now, Side.MANAGER, NOTE), BEN, PairMetadata(pair_id=1)),
        "commitments": lambda now: commitments.render(
            CommitmentsView(TWO, ANA, BEN, [OWED], {3: ASKED}, [KEPT], HELD, []),
            ANA,
            CommitmentsMetadata(pair_id=1),
            now,
        ),
        "change": lambda now: commitments.change(
            ChangeView(OWED, ANA, BEN, ASKED), ANA, ChangeMetadata(pair_id=1), now, FormValues(), THEN
        ),
        "answer": lambda now: commitments.answer(AnswerView(OWED, ASKED, BEN), ANA, ChangeMetadata(pair_id=1), now),
        "agreed": lambda now: commitments.answered(OWED, BEN, local_day(ANA, now), agreed=True),
        "kept as it was": lambda now: commitments.answered(OWED, BEN, local_day(ANA, now), agreed=False),
        "schedule": lambda now: schedule.render(to_schedule(now, DATED), [THEN], schedule.Chosen(THEN, 60)),
        "schedule without a date": lambda now: schedule.render(to_schedule(now, UNDATED, CANCELLED), []),
        "cancelling": lambda now: schedule.cancelling(to_schedule(now, DATED), None),
        "cancelled": lambda now: schedule.cancelled(DATED, UNDATED, BEN, local_day(ANA, now), is_news=True),
        "Home": lambda now: seen_at_home(now, lambda of: scheduled(of, THEN)),
        "Home without a date": lambda now: seen_at_home(now, lambda of: planning(of, DAY)),
        "asked twice": lambda now: refused(min(now, EVE)),
    }
)


@pytest.mark.parametrize("screen", SHOWN)
@pytest.mark.parametrize("now", [BEFORE, SAME_YEAR, AFTER], ids=["before", "same year", "after"])
def test_a_date_of_another_year_carries_it(screen: str, now: datetime):
    """Each date on a screen names its year to someone who reads it in another one, and to no one else."""
    shown = json.dumps(SHOWN[screen](now), ensure_ascii=False, default=str)
    years = re.findall(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ Jan( 2027)?", shown)
    assert years
    looks_ahead = screen in {"asked", "asked twice"} and now is AFTER
    assert set(years) == ({""} if now is SAME_YEAR or looks_ahead else {" 2027"})


def test_the_year_is_that_of_the_readers_own_day():
    """On New Year's Eve in Madrid it is the new year in Tokyo, where its dates need no year."""
    eve = at(MADRID, 2026, 12, 31, 20)
    said = [scheduling.moved_since(DATED, 0, me, other, eve) or "" for me, other in ((ANA, BEN), (BEN, ANA))]
    assert ["2027" in sentence for sentence in said] == [True, False]
