"""Saying when the bot may write, how often and of what, as signed requests."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from cycle import coming, preferences
from cycle.calendar import calendar_of
from cycle.day_spans import DaySpan, spans_from_text
from cycle.nudges import Topic
from handlers.shared.ids import ActionId
from storage.people import Person
from tests.support.harness import BotHarness
from tests.support.views import said

ANA, BEN = "U0ANA", "U0BEN"


async def saved(harness: BotHarness, slack_id: str = ANA) -> Person:
    """A person as they are saved."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.people.by_slack_id(slack_id)
    assert found is not None
    return found


async def settings(harness: BotHarness, slack_id: str = ANA) -> dict[str, Any]:
    """The form, opened."""
    return (await harness.command(slack_id, "settings")).modal


async def due(harness: BotHarness, workspace: Any, slack_id: str) -> dict[str, datetime]:
    """What is planned for a person of Ana's and Ben's pair, by key."""
    who = (await saved(harness, slack_id)).pk
    async with harness.database.reading(harness.workspace_id) as store:
        return {row.key: row.due_at for row in await store.nudges.of_pair(workspace.two.pk) if row.person_id == who}


async def test_working_time_moves_what_is_planned(harness: BotHarness, workspace: Any):
    """Ana works from ten on three days: the form shows it again, and each of her nudges comes in those hours."""
    form = await settings(harness)
    assert "Times are those of your Slack profile: Europe/Madrid." in said(form)
    outcome = await harness.submit(ANA, form, weekdays="012", opens=time(10), closes=time(15, 30), country="none")
    assert "Saved. I write to you Monday to Wednesday, from 10:00 to 15:30." in said(outcome.modal)
    after, calendar = await due(harness, workspace, ANA), calendar_of(await saved(harness))
    assert len(after) > 5
    assert [key for key, moment in after.items() if not calendar.is_open(moment)] == []
    assert time(10) in {moment.astimezone(calendar.zone).time() for moment in after.values()}
    again = await settings(harness)
    assert [one["value"] for one in element_of(again, "weekdays")["initial_options"]] == ["0", "1", "2"]
    assert element_of(again, "opens")["initial_time"] == "10:00"


def element_of(modal: dict[str, Any], field: str) -> dict[str, Any]:
    """The element of a field."""
    return next(block["element"] for block in modal["blocks"] if block["block_id"] == field)


async def test_what_is_as_usual_follows_a_person_who_moves(sqlite_harness: BotHarness, workspace: Any):
    """Saving the form as it is saves nothing: whoever moves to another country keeps its weekend and holidays."""
    await sqlite_harness.submit(ANA, await settings(sqlite_harness), country=preferences.AS_USUAL)
    after = await saved(sqlite_harness)
    assert (after.country, after.weekdays, after.opens, after.closes) == (None, None, None, None)
    assert not calendar_of(after).is_working_day(date(2026, 12, 25))


async def test_time_off_says_when_it_ends_and_can_be_ended(harness: BotHarness, workspace: Any):
    """Ana is away: nothing is due meanwhile, the answer names the day on which it goes on; unticking it ends it."""
    today = harness.now.date()
    last = today + timedelta(days=20)
    away = await harness.submit(ANA, await settings(harness), away_until=last)
    assert "You are away until" in said(away.modal)
    assert "I write again on" in said(away.modal)
    assert "You have a discussion then, on Thu 3 Dec at 10:00. `/career schedule` moves it." in said(away.modal)
    calendar, moments = calendar_of(await saved(harness)), (await due(harness, workspace, ANA)).values()
    assert [moment for moment in moments if today <= calendar.day_of(moment) <= last] == []
    assert [moment for moment in moments if calendar.day_of(moment) > last] != []
    assert "You're away. I write to you again on" in said((await harness.home_opened(ANA)).views[0][1])
    assert "Ana is away, and back on" in said((await harness.home_opened(BEN)).views[0][1])
    back = await harness.submit(ANA, await settings(harness), time_off=[])
    assert "away" not in said(back.modal)
    assert (await saved(harness)).time_off == ""


async def test_several_times_off_are_entered_one_after_the_other(sqlite_harness: BotHarness, workspace: Any):
    """Each is kept and shown; what touches another becomes one with it; an unticked one goes, and the rest stay."""
    first, later = DaySpan(date(2026, 12, 24), date(2026, 12, 31)), DaySpan(date(2027, 3, 1), date(2027, 3, 12))
    for span in (later, first, DaySpan(date(2027, 1, 1), date(2027, 1, 1))):
        form = await settings(sqlite_harness)
        last = await sqlite_harness.submit(ANA, form, away_from=span.first, away_until=span.last)
    assert "You are away from Thu 24 Dec to Fri 1 Jan 2027 and from Mon 1 Mar 2027 to Fri 12 Mar 2027." in said(
        last.modal
    )
    calendar = calendar_of(await saved(sqlite_harness))
    assert [day for day in (date(2027, 1, 1), date(2027, 3, 5)) if calendar.is_working_day(day)] == []
    form = await settings(sqlite_harness)
    labels = [one["text"]["text"] for one in element_of(form, "time_off")["options"]]
    assert labels == ["From Thu 24 Dec to Fri 1 Jan 2027", "From Mon 1 Mar 2027 to Fri 12 Mar 2027"]
    await sqlite_harness.submit(ANA, form, time_off=[str(later)])
    assert (await saved(sqlite_harness)).time_off == str(later)


async def test_more_times_off_than_there_are_boxes_are_refused(sqlite_harness: BotHarness, workspace: Any):
    """The eleventh is refused beside its field, and the ten stay."""
    days = [date(2027, month, 5) for month in range(1, 12)]
    for day in days[:10]:
        await sqlite_harness.submit(ANA, await settings(sqlite_harness), away_from=day, away_until=day)
    outcome = await sqlite_harness.submit(ANA, await settings(sqlite_harness), away_from=days[10], away_until=days[10])
    assert "more than 10 times off" in outcome.answer["errors"][preferences.AWAY_UNTIL]
    assert len(spans_from_text((await saved(sqlite_harness)).time_off)) == 10


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"weekdays": ""}, preferences.WEEKDAYS, "at least one day"),
        ({"opens": None}, preferences.OPENS_AT, "choose a time"),
        ({"opens": time(17), "closes": time(9)}, preferences.CLOSES_AT, "less than an hour"),
        ({"away_from": date(2027, 1, 4)}, preferences.AWAY_UNTIL, "Until when?"),
        ({"away_until": date(2026, 1, 4)}, preferences.AWAY_UNTIL, "That day is over"),
        ({"away_from": date(2027, 1, 4), "away_until": date(2027, 1, 3)}, preferences.AWAY_UNTIL, "before your first"),
        ({"away_until": date(2028, 1, 4)}, preferences.AWAY_UNTIL, "more than half a year"),
    ],
)
async def test_what_cannot_be_is_said_beside_the_field(
    sqlite_harness: BotHarness, workspace: Any, typed: dict[str, Any], field: str, sentence: str
):
    """The form stays open, and nothing is saved."""
    before = await saved(sqlite_harness)
    outcome = await sqlite_harness.submit(ANA, await settings(sqlite_harness), **typed)
    assert list(outcome.answer["errors"]) == [field]
    assert sentence in outcome.answer["errors"][field]
    assert calendar_of(await saved(sqlite_harness)) == calendar_of(before)


async def test_what_is_switched_off_is_planned_no_more(harness: BotHarness, workspace: Any):
    """Ben wants nothing about preparing, and one message a week: his nudge about the agenda goes, Ana's stay."""
    form = await settings(harness, BEN)
    await harness.submit(BEN, form)  # plans what is due
    notices = (await harness.press(BEN, form, ActionId.OPEN_NOTICES)).modal
    before, anas = await due(harness, workspace, BEN), await due(harness, workspace, ANA)
    wanted = [topic for topic in Topic if topic is not Topic.PREPARING]
    outcome = await harness.submit(BEN, notices, pace="weekly", topics=wanted, discreet=["yes"])
    assert "Nothing more about: preparing, and the agenda. The App Home shows what is open." in said(outcome.modal)
    after = await due(harness, workspace, BEN)
    assert {key.partition(":")[0] for key in before.keys() - after.keys()} == {
        "prepare_manager", "answer_agenda",
    }  # fmt: skip
    assert await due(harness, workspace, ANA) == anas
    ben = await saved(harness, BEN)
    assert (ben.per_day, ben.per_week, ben.muted, ben.discreet) == (1, 1, "preparing", True)
    again = (await harness.press(BEN, await settings(harness, BEN), ActionId.OPEN_NOTICES)).modal
    assert element_of(again, "pace")["initial_option"]["value"] == "weekly"
    assert [one["value"] for one in element_of(again, "topics")["initial_options"]] == wanted


async def test_what_comes_next_is_told_as_it_will_be_read(harness: BotHarness, workspace: Any):
    """Five messages at most, the soonest first, each with its time, its words of that day, and why it comes."""
    await harness.submit(ANA, await settings(harness))  # plans what is due
    shown = said((await harness.command(ANA, "next")).modal)
    rows = sorted((await due(harness, workspace, ANA)).values())
    tomorrow = "*Fri 27 Nov at 09:00*\n> Your commitment to Ben is due tomorrow (Sat 28 Nov). Is it on its way?"
    assert repr(tomorrow)[1:-1] in shown  # so worded for the day before, with the commitment's own words below
    assert "> Commitment 7" in shown
    assert 0 < shown.count(" at 09:00*") <= coming.MOST_MESSAGES < len(rows)


async def test_nothing_to_come_says_so(sqlite_harness: BotHarness, workspace: Any):
    """Gus, who is new, reads that nothing is planned."""
    assert "Nothing is planned for you" in said((await sqlite_harness.command("U0GUS", "next")).modal)
