"""The forecast is what delivery sends when nobody does anything: the same, at the same moments."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from cycle.coming import coming_messages
from cycle.forecast import DAYS_AHEAD, ComingMessage, forecast, load_outlook
from cycle.nudges import Action
from cycle.putting_off import put_off
from scheduler.replanning import Replanning
from storage.due import next_moment
from storage.nudges import NudgeState
from storage.people import Person
from storage.updates import Update, UpdateKind
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, TOKYO, at, commitment, held, pair, scheduled
from tests.support.databases import SqliteTemplate, opened
from tests.support.pair_fixture import PairFixture

Sent = list[tuple[datetime, list[str]]]
NIGHTS = 10  # a replan changes nothing that was planned already, so one in so many nights is enough
SOME_WEEKS = 30


@pytest.fixture
async def services(sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[Services]:
    """Fresh services on SQLite: whether delivery does the same on both databases is proven elsewhere."""
    async with opened(sqlite_template.copy(tmp_path)) as database:
        yield Services(database, await database.workspace("T0ACME", "Acme"))


async def busy_pair(services: Services, now: datetime) -> PairFixture:
    """Ana, who keeps Spain's holidays and wants little, meets Ben in three weeks and owes him much; so does he her."""
    services.now = now
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    two.ana.country, two.ana.per_day, two.ana.per_week, two.ben.country = "ES", 1, 3, "GB"
    await two.write(two.ana, two.ben)
    two.pair = pair(two.ana, two.ben)
    await two.write(two.pair)
    day = now.date()
    last = held(two.pair, now - timedelta(days=3), now - timedelta(days=2))
    two.discussion = scheduled(two.pair, now + timedelta(days=23, hours=10), number=2, dated_at=now)
    await two.write(last, two.discussion)
    await two.write(
        *(commitment(two.pair, two.ana, day + timedelta(days=number)) for number in (8, 9, 10, 24, 60)),
        commitment(two.pair, two.ben, day + timedelta(days=30)),
    )
    return two


async def forecast_of(services: Services, who: Person) -> list[ComingMessage]:
    """What a person will be sent in the coming 90 days."""
    async with services.database.reading(services.workspace_id) as store:
        outlook = await load_outlook(store, await store.people.get(who.pk), services.now)
    return list(forecast(outlook, services.now + timedelta(days=DAYS_AHEAD)))


def told(messages: Sequence[ComingMessage]) -> Sent:
    """When each message comes, and what it carries."""
    return [(one.at, [nudge.planned.key for nudge in one.nudges]) for one in messages]


async def live_through(services: Services, days: int) -> dict[int, Sent]:
    """Deliver everything of the coming days at its moment, and replan now and then; what each person was sent when."""
    sent, start = dict[int, Sent](), services.now
    for number in [*range(NIGHTS, days, NIGHTS), days]:
        night = start + timedelta(days=number)
        while (moment := await next_moment(services.database)) is not None and moment <= night:
            shown = len(services.slack.shown)
            await services.catch_up(max(moment - services.now, timedelta()))
            for message in services.slack.shown[shown:]:
                sent.setdefault(message.recipient.pk, []).append((services.now, [part.key for part in message.parts]))
        services.wait(night - services.now)
        await plan_everyone(services)
    return sent


async def plan_everyone(services: Services) -> None:
    """Replan all pairs and all managers, as each night."""
    await services.nightly()
    async with services.database.reading(services.workspace_id) as store:
        managers = await store.pairs.manager_ids()
    await Replanning(services.database, services.clocks)._replan_people(services.workspace_id, managers)


async def is_any_held_back(services: Services) -> bool:
    """Whether something waits for a day with room."""
    rows = (await services.nudges()).values()
    return any(row.held_until is not None and row.state is NudgeState.PLANNED for row in rows)


async def test_delivery_sends_what_was_forecast(services: Services):
    """Both people of a busy pair, over 90 days with Easter, a change of the clocks and a budget that holds back."""
    two = await busy_pair(services, at(MADRID, 2027, 3, 1))
    await plan_everyone(services)
    both = [await forecast_of(services, one) for one in (two.ana, two.ben)]
    assert [nudge for one in both[0] for nudge in one.nudges if nudge.held_since]
    assert len(both[0]) > 10
    assert await live_through(services, DAYS_AHEAD) == {two.ana.pk: told(both[0]), two.ben.pk: told(both[1])}


async def test_what_was_sent_held_back_and_put_off_is_reckoned_with(services: Services):
    """Ana puts a reminder off while others wait for room: what comes is forecast anew, with its first five."""
    two = await busy_pair(services, at(MADRID, 2026, 12, 1))
    await plan_everyone(services)
    while not await is_any_held_back(services):
        await live_through(services, 1)
    rows = (await services.nudges()).values()
    live = next(row for row in rows if row.live_since and row.kind == "thank_you" and row.stage == "again")
    async with services.database.unit(services.workspace_id) as store:
        await put_off(store, await store.people.get(two.ana.pk), live.key, Action.REMIND_NEXT_WEEK, services.now)
    expected = await forecast_of(services, two.ana)
    async with services.database.reading(services.workspace_id) as store:
        nearest = await coming_messages(store, await store.people.get(two.ana.pk), services.now)
    assert live.key in {key for _at, keys in told(expected) for key in keys}
    assert told(nearest) == told(expected)[:5]
    until = services.now + timedelta(days=SOME_WEEKS)
    assert (await live_through(services, SOME_WEEKS))[two.ana.pk] == told([one for one in expected if one.at <= until])


async def test_two_who_never_find_a_date_are_forecast_as_they_are_asked(services: Services):
    """Ana and Chiyo in Tokyo have no date, and a question waits: the calls, and those after they have gone quiet."""
    services.now = at(TOKYO, 2026, 12, 1)
    two = await PairFixture.planning(services.database, services.workspace_id)
    owed = commitment(two.pair, two.ana, date(2027, 6, 1))
    await two.write(owed)
    question = {"pair_id": two.pair.pk, "commitment_id": owed.pk, "author_id": two.chiyo.pk, "text": "x"}
    await two.write(Update(kind=UpdateKind.QUESTION, written_at=services.now - timedelta(days=1), **question))
    await plan_everyone(services)
    expected = {one.pk: told(await forecast_of(services, one)) for one in (two.ana, two.chiyo)}
    kinds = {key.partition(":")[0] for _at, keys in expected[two.ana.pk] for key in keys}
    assert kinds >= {"schedule_next", "gone_quiet", "guidance_asked"}
    assert await live_through(services, DAYS_AHEAD) == expected
