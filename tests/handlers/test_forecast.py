"""The next 90 days, as signed requests and as a view."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cycle.calendar import DayOff
from cycle.forecast import ComingMessage, ComingNudge, DaysOff
from cycle.nudges import NudgeText
from handlers.shared.ids import ActionId
from handlers.shared.view_metadata import ForecastMetadata
from handlers.views import forecast
from sandbox.validation import problems
from tests.handlers.conftest import NOW
from tests.support.builders import MADRID, at, person
from tests.support.harness import BotHarness
from tests.support.planning import on_thursday
from tests.support.views import said

ANA, CHIYO, GUS = "U0ANA", "U0CHIYO", "U0GUS"


async def change_ana(harness: BotHarness, **values: Any) -> None:
    """Change what is saved of Ana."""
    async with harness.database.unit(harness.workspace_id) as store:
        ana = await store.people.by_slack_id(ANA)
        for name, value in values.items():
            setattr(ana, name, value)


async def test_three_months_with_the_days_off_around_them(sqlite_harness: BotHarness, workspace: Any):
    """Ana is away and keeps Spain's holidays: she reads what comes when, what waits, and what it had to step around.

    Nothing of what she or Ben wrote is in it.
    """
    away = {"time_off": "2026-12-14/2026-12-18"}
    await change_ana(sqlite_harness, country="ES", per_day=1, per_week=3, **away)
    opened = (await sqlite_harness.press_in_home(ANA, ActionId.OPEN_FORECAST)).modal
    month = said(opened)
    assert "A simulation, as things stand on Mon 23 Nov: what I would write to you if nobody did anything" in month
    assert "*Wed 2 Dec at 09:00*\\n• You talk with Ben tomorrow (Thu 3 Dec) at 10:00." in month
    assert "Tue 8 Dec: you are off, Immaculate Conception." in month
    assert "Mon 14 Dec to Fri 18 Dec: you are away." in month
    assert ", so that you get no more messages than you want._" in month
    assert "Commitment 7" not in month
    assert "*Tue 8 Dec at" not in month
    assert "You have not answered Chiyo yet. This is as if you said yes today." in month
    later = (await sqlite_harness.press(ANA, opened, ActionId.FORECAST_PAGE, 1)).modal
    assert "Wed 23 Dec to Thu 21 Jan 2027" in said(later)
    assert "Fri 25 Dec: you are off, Christmas Day." in said(later)
    last = (await sqlite_harness.press(ANA, later, ActionId.FORECAST_PAGE, 2)).modal
    assert [one["value"] for block in last["blocks"] for one in block.get("elements", ()) if "value" in one] == ["1"]


async def test_before_anything_has_begun_there_is_something_to_see(sqlite_harness: BotHarness, workspace: Any):
    """Chiyo has asked Ana and has no answer: she sees what a yes would start. Gus, who has nobody, reads so."""
    shown = said((await sqlite_harness.press_in_home(CHIYO, ActionId.OPEN_FORECAST)).modal)
    assert "Ana has not answered you yet. This is as if Ana said yes today." in shown
    assert "*Wed 2 Dec at 09:00*\\n• Your career discussion with Ana is due by Mon 14 Dec and has no date yet." in shown
    coming = (await sqlite_harness.command(GUS, "next")).modal
    nothing = said((await sqlite_harness.press(GUS, coming, ActionId.OPEN_FORECAST)).modal)
    assert forecast.NOTHING in nothing


def nudges(number: int, words: str) -> list[ComingNudge]:
    """So many nudges, each with so long a text."""
    snapshot, planned = on_thursday(), None
    return [ComingNudge(snapshot, planned, NudgeText(words, reason=words), NOW) for _ in range(number)]  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["x" * 3000, "&" * 3000, "<!here> " * 300, "👩🏽\u200d🚀" * 500])
def test_a_page_stays_within_slacks_limits(words: str):
    """Eight messages a day of twenty things each, and forty people off: each page is a modal that Slack takes."""
    me, many = person(words, id=1), nudges(20, words)
    coming = [ComingMessage(NOW + timedelta(hours=hour), many) for hour in range(0, 90 * 24, 3)]
    off = [DaysOff(person(words, id=key), NOW.date(), NOW.date(), DayOff.HOLIDAY, words) for key in range(40)]
    around = forecast.Around(off, [(NOW.date(), timedelta(hours=1))], [(person(words, id=3), True)] * 40)
    for page in range(forecast.LAST_PAGE + 1):
        shown = forecast.render(coming, around, me, NOW, ForecastMetadata(page=page))
        assert problems("modal", shown) == []
        assert len(json.dumps(shown)) < 250_000


@pytest.mark.parametrize(
    ("forward", "sentence"),
    [
        (timedelta(hours=1), "Sun 28 Mar 2027: your clock goes forward by 1 hour; I keep to your working hours."),
        (timedelta(minutes=-30), "Sun 28 Mar 2027: your clock goes back by 30 minutes; I keep to your working hours."),
    ],
)
def test_a_change_of_the_clock_is_said(forward: timedelta, sentence: str):
    """Lord Howe Island's clock changes by half an hour."""
    now: datetime = at(MADRID, 2026, 12, 31, 9)
    around = forecast.Around(clocks=[(date(2027, 3, 28), forward)])
    assert sentence in said(forecast.render([], around, person(id=1), now, ForecastMetadata(page=2)))
