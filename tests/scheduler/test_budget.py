"""What may wait is held back where a person has had enough messages; what is tied to its moment never is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.budget import DAYS, held_until
from cycle.calendar import WorkingCalendar
from storage.messages import Sent
from storage.nudges import Nudge, NudgeState
from storage.people import Person
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, at, commitment, pair, person, planning, saved
from tests.support.pair_fixture import PairFixture

MADRID_CALENDAR = WorkingCalendar(ZoneInfo(MADRID))
MONDAY = at(MADRID, 2026, 11, 23, 9)
moments = st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001


def limits(per_day: int = 1, per_week: int = 3) -> Person:
    """A person with the usual limits, or others."""
    return person(per_day=per_day, per_week=per_week)


def days_ago(*days: int, may_wait: bool = True) -> list[Sent]:
    """Messages so many days before that Monday, at noon."""
    return [Sent(MONDAY + timedelta(hours=3) - timedelta(days=number), may_wait) for number in days]


def that_morning(number: int) -> list[Sent]:
    """Messages of that Monday."""
    return [Sent(MONDAY, may_wait=True)] * number


@pytest.mark.parametrize(
    ("who", "sent", "until"),
    [
        (limits(), [], None),
        (limits(), days_ago(1, 2), None),
        (limits(), that_morning(1), (24, 9)),  # one today: tomorrow
        (limits(), days_ago(0, may_wait=False), (24, 9)),  # also where that one could not wait
        (limits(), days_ago(1, 1, 2, 3, may_wait=False), None),  # which takes no room from the week's
        (limits(), days_ago(4, 5, 6), (24, 9)),  # the one of Tuesday is a week old then
        (limits(), days_ago(1, 2, 3), (27, 9)),  # Friday to Sunday: on Friday, when the first is a week old
        (limits(), days_ago(0, 1, 1, 2), (30, 9)),  # over the weekend, not on it
        (limits(per_day=2), that_morning(1), None),
        (limits(per_day=2), that_morning(2), (24, 9)),
        (limits(per_week=1), that_morning(1), (30, 9)),
        (limits(0, 0), that_morning(20), None),
        (limits(0, 2), that_morning(2), (30, 9)),
    ],
)
def test_what_may_wait_goes_on_the_first_day_with_room(who: Person, sent: list[Sent], until: tuple[int, int] | None):
    """By example: one a day and three in seven days, other limits, and none."""
    wanted = None if until is None else at(MADRID, 2026, 11, *until)
    assert held_until(who, sent, MADRID_CALENDAR, MONDAY) == wanted


@given(st.lists(st.builds(Sent, moments, st.booleans()), max_size=12), moments, st.integers(0, 3), st.integers(0, 5))
def test_the_limits_hold_on_every_day(sent: list[Sent], now: datetime, per_day: int, per_week: int):
    """Whenever it goes, both limits hold with it, it goes in working hours of a later day, and within two weeks."""
    before = [one for one in sent if now - DAYS < one.at <= now]
    until = held_until(limits(per_day, per_week), before, MADRID_CALENDAR, now)
    day = MADRID_CALENDAR.day_of(until or now)
    days = [(MADRID_CALENDAR.day_of(one.at), one.may_wait) for one in before]
    assert not per_day or sum(one == day for one, _ in days) < per_day
    assert not per_week or sum(may_wait and day - DAYS < one <= day for one, may_wait in days) < per_week
    if until is not None:
        assert MADRID_CALENDAR.is_open(until)
        assert now < until < now + 2 * DAYS


async def owing(services: Services, due_on: date) -> PairFixture:
    """Ana, who wants one message a day and two a week, with commitments of which reminders come on several days."""
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    two.ana.per_day, two.ana.per_week = 1, 2
    await two.write(two.ana)
    two.pair = pair(two.ana, two.ben)
    await two.write(two.pair)
    two.discussion = planning(two.pair, due_on + timedelta(days=90))
    await two.write(two.discussion)
    await two.write(*(commitment(two.pair, two.ana, due_on + timedelta(days=number)) for number in range(4)))
    services.now = at(MADRID, 2026, 11, 16, 8)
    await services.nightly()
    return two


async def day_by_day(services: Services, days: int) -> dict[date, list[str]]:
    """What is sent on each day, delivering every hour."""
    sent: dict[date, list[str]] = {}
    for _ in range(days * 24):
        before = len(services.slack.texts())
        await services.catch_up(timedelta(hours=1))
        if new := services.slack.texts()[before:]:
            sent.setdefault(services.now.astimezone(ZoneInfo(MADRID)).date(), []).extend(new)
    return sent


async def test_one_message_a_day_and_a_few_a_week(services: Services):
    """Reminders of four commitments, one a day: those beyond the limits wait, come together, and don't call it late."""
    await owing(services, date(2026, 11, 24))
    sent = await day_by_day(services, 14)
    assert max(len(texts) for texts in sent.values()) == 1
    for day in sent:
        assert sum(day - DAYS < one <= day for one in sent) <= 2
    assert len(sent) == 4
    assert not [one for one in await services.messages() if one.late]


async def test_what_waits_comes_with_what_cannot(services: Services):
    """A date is set while a reminder is held back: the message about the date brings the reminder, too."""
    two = await owing(services, date(2026, 11, 24))
    await services.catch_up(timedelta(hours=1))
    for _ in range(2):
        await services.catch_up(timedelta(days=1))
    assert len(services.slack.texts()) == 2
    await services.catch_up(timedelta(days=1))
    held = [row.key for row in (await services.nudges()).values() if row.held_until is not None]
    assert len(held) == 1
    await two.set_date(two.ben, services.now + timedelta(days=20), now=services.now)
    await services.catch_up(timedelta(hours=1))
    last = (await services.messages())[-1]
    carried = [row.key for row in (await services.nudges()).values() if row.message_id == last.pk]
    assert set(held) < set(carried)
    assert not last.late


async def test_a_reminder_does_not_slip_past_the_limit_beside_what_has_gone(services: Services):
    """A brief is due beside a reminder, and its reason has gone: the reminder alone is held back."""
    two = await owing(services, date(2026, 11, 24))
    await services.catch_up(timedelta(hours=1))
    for _ in range(2):
        await services.catch_up(timedelta(days=1))
    async with services.database.unit(services.workspace_id) as store:
        gone = Nudge(
            person_id=two.ana.pk, pair_id=two.pair.pk, kind="day_before", key="day_before:99:1:1", subject_id=99,
            due_at=services.now, planned_at=services.now, ready_at=services.now,
        )  # fmt: skip
        await saved(store, gone)
    await services.catch_up(timedelta(days=1))
    assert len(services.slack.texts()) == 2
    assert (await services.nudges())[gone.key].state is NudgeState.CANCELLED
