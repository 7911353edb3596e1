"""A reminder that its reader puts off comes again when they said, once, if its reason still holds."""

from datetime import date, datetime, timedelta

import pytest

from cycle.calendar import calendar_of
from cycle.commitments import done
from cycle.errors import NotAvailable
from cycle.nudges import Action
from cycle.putting_off import in_an_hour, next_week, put_off, tomorrow
from storage.commitments import Commitment
from storage.nudges import NudgeState
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, at, commitment, pair, person
from tests.support.pair_fixture import PairFixture

FRIDAY = at(MADRID, 2026, 11, 20, 9)
MONDAY = at(MADRID, 2026, 11, 23, 9)


async def reminded(services: Services) -> tuple[PairFixture, Commitment, str]:
    """Ana is reminded, on the working day before, of what is due on Monday."""
    services.now = FRIDAY - timedelta(hours=1)
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    two.pair = pair(two.ana, two.ben)
    await two.write(two.pair)
    owed = commitment(two.pair, two.ana, date(2026, 11, 27))
    await two.write(owed)
    await services.nightly()
    await services.catch_up(timedelta(hours=1))
    await services.catch_up(timedelta(days=6))
    [key] = services.slack.buttons() - {f"commitment_ahead:{owed.pk}:week"}
    return two, owed, key


async def later(services: Services, two: PairFixture, key: str, choice: Action, who: int = 0) -> datetime:
    """Ana puts it off, or another one does."""
    async with services.database.unit(services.workspace_id) as store:
        return await put_off(store, await store.people.get(who or two.ana.pk), key, choice, services.now)


async def test_it_comes_again_when_its_reader_said(services: Services):
    """Put off to tomorrow it comes as work begins, with its buttons and no apology; not before, and only once."""
    two, _owed, key = await reminded(services)
    until = await later(services, two, key, Action.REMIND_TOMORROW)
    assert until == at(MADRID, 2026, 11, 27, 9)
    await services.catch_up(timedelta(hours=3))
    shown = len(services.slack.texts())
    await services.catch_up(timedelta(hours=20))
    assert services.now < until
    assert len(services.slack.texts()) == shown
    await services.catch_up(until - services.now)
    await services.catch_up(timedelta(hours=1))
    assert len(services.slack.texts()) == shown + 1
    assert services.slack.times_shown()[key] == 2
    assert not (await services.messages())[-1].late


async def test_it_does_not_come_again_once_it_is_done(services: Services):
    """What was done meanwhile is not reminded of, and a reminder that is over cannot be put off."""
    two, owed, key = await reminded(services)
    await later(services, two, key, Action.REMIND_TOMORROW)
    async with two.changing(two.ana, owed.pk, Commitment) as (store, me, locked):
        await done(store, me, locked, owed.pk, services.now)
    await services.catch_up(timedelta(days=1))
    assert services.slack.times_shown()[key] == 1
    assert (await services.nudges())[key].state is NudgeState.CANCELLED
    with pytest.raises(NotAvailable, match="over, or put off already"):
        await later(services, two, key, Action.REMIND_TOMORROW)


async def test_only_its_reader_puts_it_off_and_once(services: Services):
    """Not the other of the two, not twice, and nothing that does not exist."""
    two, _owed, key = await reminded(services)
    with pytest.raises(NotAvailable):
        await later(services, two, key, Action.REMIND_TOMORROW, who=two.ben.pk)
    with pytest.raises(NotAvailable):
        await later(services, two, "schedule_next:99:1", Action.REMIND_TOMORROW)
    await later(services, two, key, Action.REMIND_TOMORROW)
    with pytest.raises(NotAvailable):
        await later(services, two, key, Action.REMIND_TOMORROW)


@pytest.mark.parametrize(
    ("now", "on_the_next_day", "in_the_next_week"),
    [
        (MONDAY, (2026, 11, 24), (2026, 11, 30)),
        (FRIDAY, (2026, 11, 23), (2026, 11, 23)),
        (at(MADRID, 2026, 12, 4, 16), (2026, 12, 7), (2026, 12, 7)),
        (at(MADRID, 2026, 12, 24, 9), (2026, 12, 28), (2026, 12, 28)),  # Christmas Day is a Friday
        (at(MADRID, 2026, 12, 29, 9), (2026, 12, 30), (2027, 1, 4)),
    ],
)
def test_later_is_a_working_morning(now: datetime, on_the_next_day: tuple[int, ...], in_the_next_week: tuple[int, ...]):
    """Tomorrow is the next working day, next week the first one of it."""
    calendar = calendar_of(person(country="ES"))
    assert tomorrow(calendar, now) == at(MADRID, *on_the_next_day, 9)
    assert next_week(calendar, now) == at(MADRID, *in_the_next_week, 9)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(MADRID, 2026, 11, 23, 9), at(MADRID, 2026, 11, 23, 10)),
        (at(MADRID, 2026, 11, 23, 16), at(MADRID, 2026, 11, 24, 9)),  # at five work is over
        (at(MADRID, 2026, 11, 27, 22), at(MADRID, 2026, 11, 30, 9)),
        (at(MADRID, 2026, 11, 24, 8, 30), at(MADRID, 2026, 11, 24, 9, 30)),
    ],
)
def test_an_hour_is_one_of_work(now: datetime, until: datetime):
    """In an hour, or as work begins next where that is outside of it."""
    assert in_an_hour(calendar_of(person()), now) == until


async def test_a_reminder_that_would_be_out_of_date_by_then_is_not_put_off(services: Services):
    """The one of the day before ends with that day: put off to next week it would never come, so it stays as it is."""
    two, _owed, key = await reminded(services)
    with pytest.raises(NotAvailable, match="On Mon 30 Nov that reminder would be out of date"):
        await later(services, two, key, Action.REMIND_NEXT_WEEK)
    assert (await services.nudges())[key].state is NudgeState.SENT
    assert key in services.slack.buttons()


async def test_what_was_put_off_comes_although_there_was_enough_that_week(services: Services):
    """Ana wants one message a week, and has asked for this one: it comes when she said."""
    two, _owed, key = await reminded(services)
    two.ana.per_day, two.ana.per_week = 1, 1
    await two.write(two.ana)
    until = await later(services, two, key, Action.REMIND_TOMORROW)
    await services.catch_up(until - services.now)
    assert services.slack.times_shown()[key] == 2
