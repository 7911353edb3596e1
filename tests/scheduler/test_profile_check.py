import asyncio
from datetime import timedelta

import pytest

from cycle.people import LookupFailure, Profile
from scheduler.delivery import Delivery
from scheduler.profile_check import GOOD_FOR, LOOKUPS_PER_MINUTE, REST, ProfileCheck
from storage.nudges import NudgeState
from storage.people import Person
from tests.scheduler.conftest import MEET_AT, Services
from tests.support.builders import MADRID, TOKYO, at, team
from tests.support.directories import FakeDirectory

A_SECOND = timedelta(seconds=1)


class Checked:
    """Services whose delivery asks a directory, in which everyone is as they are known."""

    def __init__(self, services: Services, directory: FakeDirectory) -> None:
        self.services = services
        self.directory = directory
        self.check = ProfileCheck(
            services.database, {services.workspace_id: directory}.get, services.clocks,
            check_seconds=0.2,
        )  # fmt: skip
        services.delivery = Delivery(services.database, services.messengers.get, services.clocks, self.check)

    async def pair(self) -> tuple[Person, Person]:
        """A pair whose briefs are due, known to the directory as they are."""
        made = await self.services.pair_with_briefs_due()
        async with self.services.database.reading(self.services.workspace_id) as store:
            people = await store.people.by_ids([made.employee_id, made.manager_id])
        for one in people.values():
            self.directory.known[one.slack_id] = Profile(one.slack_id, one.name, one.tz)
        return people[made.employee_id], people[made.manager_id]

    async def person(self, person_id: int) -> Person:
        """A person as they are saved now."""
        async with self.services.database.reading(self.services.workspace_id) as store:
            return await store.people.get(person_id)


@pytest.fixture
def checked(services: Services) -> Checked:
    """Such services on either database."""
    return Checked(services, FakeDirectory())


async def test_someone_who_just_left_gets_nothing(checked: Checked):
    """Slack is asked before the message goes out, not only at night: a person deactivated since gets no brief."""
    employee, manager = await checked.pair()
    left = Profile(employee.slack_id, employee.name, employee.tz, deactivated=True)
    checked.directory.known[employee.slack_id] = left
    await checked.services.deliver()
    assert [message.recipient.id for message in checked.services.slack.shown] == [manager.id]
    assert (await checked.person(employee.pk)).deactivated


async def test_someone_who_just_moved_gets_it_when_their_day_begins(checked: Checked):
    """Someone who moved to Tokyo is not disturbed in their evening: the brief comes at nine there."""
    employee, _manager = await checked.pair()
    checked.directory.known[employee.slack_id] = Profile(employee.slack_id, employee.name, TOKYO)
    await checked.services.deliver()
    assert employee.id not in [message.recipient.id for message in checked.services.slack.shown]
    [row] = [one for one in (await checked.services.nudges()).values()
             if one.kind == "day_before" and one.person_id == employee.id]  # fmt: skip
    assert (row.state, row.ready_at) == (NudgeState.PLANNED, at(TOKYO, 2026, 11, 24, 9))


async def test_slack_is_asked_once_an_hour_about_a_person(checked: Checked):
    """A burst of messages costs one question each about those who get them, and fresh profiles none."""
    await checked.pair()
    await checked.services.deliver()
    assert len(checked.directory.asked) == 2
    for known in list(checked.directory.known):
        assert checked.directory.asked.count(known) == 1
    employee = checked.services.slack.shown[0].recipient
    assert (await checked.person(employee.pk)).seen_at == checked.services.now
    checked.services.wait(GOOD_FOR - A_SECOND)
    await checked.check.check(checked.services.workspace_id)
    assert len(checked.directory.asked) == 2


async def test_someone_whom_slack_does_not_know_is_asked_about_once_an_hour(checked: Checked):
    """No answer counts too: each message to such a person would otherwise cost a question."""
    employee, _manager = await checked.pair()
    del checked.directory.known[employee.slack_id]
    checked.services.slack.refuses = lambda _message: ConnectionError()  # so that nothing gets settled
    for _ in range(3):
        await checked.check.check(checked.services.workspace_id)
    assert checked.directory.asked.count(employee.slack_id) == 1
    checked.services.wait(GOOD_FOR)
    await checked.check.check(checked.services.workspace_id)
    assert checked.directory.asked.count(employee.slack_id) == 2


class Unavailable(FakeDirectory):
    """A directory that fails."""

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """Say so, or break."""
        self.asked.append(slack_id)
        if len(self.asked) == 1:
            return LookupFailure.UNAVAILABLE
        raise ZeroDivisionError


class Hanging(FakeDirectory):
    """A directory that never answers."""

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """Wait for ever."""
        self.asked.append(slack_id)
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize("kind", [Unavailable, Hanging])
async def test_a_directory_that_fails_stops_no_delivery(services: Services, kind: type[FakeDirectory]):
    """Slow, unavailable or broken: everyone gets what is due as they are known, and the directory is left alone."""
    checked = Checked(services, kind())
    await team(services.database, services.workspace_id, MEET_AT, size=30)
    async with asyncio.timeout(5):
        assert (await services.deliver()).sent == 60
    asked = len(checked.directory.asked)
    assert asked <= 10
    await team(services.database, services.workspace_id, MEET_AT, size=1)
    await services.deliver(after=REST - A_SECOND)
    assert len(checked.directory.asked) == asked
    await team(services.database, services.workspace_id, MEET_AT, size=1)
    await services.deliver(after=A_SECOND)
    assert len(checked.directory.asked) > asked


async def test_a_morning_of_hundreds_stays_within_slacks_rate(checked: Checked):
    """Where more people are due than Slack answers for, the others get their messages unasked."""
    services = checked.services
    await team(services.database, services.workspace_id, MEET_AT, size=LOOKUPS_PER_MINUTE)
    await services.deliver()
    assert len(services.slack.shown) == 2 * LOOKUPS_PER_MINUTE
    assert len(checked.directory.asked) == LOOKUPS_PER_MINUTE
    await team(services.database, services.workspace_id, MEET_AT, size=5)
    await services.deliver(after=timedelta(seconds=59))
    assert len(checked.directory.asked) == LOOKUPS_PER_MINUTE
    await team(services.database, services.workspace_id, MEET_AT, size=5)
    await services.deliver(after=A_SECOND)
    assert len(checked.directory.asked) == LOOKUPS_PER_MINUTE + 10


async def test_a_profile_from_the_future_is_asked_about(checked: Checked):
    """A profile that was saved under a clock that ran ahead is not taken for fresh until then."""
    employee, _manager = await checked.pair()
    async with checked.services.database.unit(checked.services.workspace_id) as store:
        (await store.people.get(employee.pk)).seen_at = checked.services.now + timedelta(days=30)
    await checked.services.deliver()
    assert employee.slack_id in checked.directory.asked
    assert (await checked.person(employee.pk)).seen_at == checked.services.now


async def test_nothing_is_asked_where_nothing_is_due(checked: Checked):
    """People who get no message are looked up at night, and only then."""
    await checked.pair()
    checked.services.now -= timedelta(hours=1)
    await checked.services.deliver()
    assert checked.directory.asked == []


async def test_someone_who_has_just_gone_on_holiday_gets_it_when_they_are_back(checked: Checked):
    """Their status in Slack says that they are away until tonight: only the other one gets a brief this morning."""
    employee, manager = await checked.pair()
    checked.directory.known[employee.slack_id] = Profile(
        employee.slack_id, employee.name, employee.tz, away_until=at(MADRID, 2026, 11, 23, 23, 59)
    )
    await checked.services.deliver()
    assert [message.recipient.id for message in checked.services.slack.shown] == [manager.id]
    [row] = [one for one in (await checked.services.nudges()).values()
             if one.kind == "day_before" and one.person_id == employee.id]  # fmt: skip
    assert (row.state, row.ready_at) == (NudgeState.PLANNED, at(MADRID, 2026, 11, 24, 9))
