import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from cycle.people import Profile, save_profile
from cycle.replanning import replan
from scheduler.claiming import LEASE
from scheduler.delivery import Delivery
from storage.base import Gate
from storage.commitments import ChangeRequest, CommitmentState
from storage.database import Database
from storage.discussions import DiscussionState
from storage.messages import MessageState
from storage.nudges import NudgeState
from storage.store import Store
from storage.write_queue import DatabaseBusy
from tests.scheduler.conftest import DATED_AT, MEET_AT, Services, brief_of
from tests.support.builders import MADRID, TOKYO, at, commitment, pair, person, plan_all, saved, scheduled, team
from tests.support.databases import counted_statements


async def test_what_is_due_goes_out_once_and_is_settled(services: Services):
    """A due nudge is posted, its message says where it is, and it is never posted again."""
    made = await services.pair_with_briefs_due()
    delivered = await services.deliver()
    assert (delivered.sent, delivered.taken) == (2, 2)
    await services.catch_up(after=LEASE * 2)
    assert services.slack.times_shown() == {brief_of(made, made.employee_id): 1, brief_of(made, made.manager_id): 1}
    message = next(one for one in await services.messages() if one.person_id == made.employee_id)
    assert (message.state, message.ready_at) == (MessageState.SENT, None)
    assert (message.channel, message.ts) == (f"D{services.slack.shown[0].recipient.slack_id[1:]}", "1.000100")
    assert message.posted_at == message.settled_at == at(MADRID, 2026, 11, 23, 9)
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.message_id, row.ready_at) == (NudgeState.SENT, message.id, None)
    assert row.settled_at is not None


async def test_nothing_goes_out_before_its_moment(services: Services):
    """A minute before nine no one hears anything."""
    await services.pair_with_briefs_due()
    services.now -= timedelta(minutes=1)
    assert (await services.deliver()).taken == 0
    assert (await services.deliver(after=timedelta(minutes=1))).sent == 2


async def test_the_conversation_is_saved(services: Services):
    """The first answer names the D… id, which finding a message later needs."""
    made = await services.pair_with_briefs_due()
    await services.deliver()
    async with services.database.reading(services.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
    assert employee.dm_channel == f"D{employee.slack_id[1:]}"


async def test_a_stale_nudge_is_never_sent(services: Services):
    """A reason that has gone since planning is noticed when claiming, even if no one replanned."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        discussion = await store.discussions.open_of(made.pk)
        assert discussion is not None
        discussion.state = DiscussionState.CANCELLED
    delivered = await services.deliver()
    assert (delivered.sent, delivered.cancelled) == (0, 2)
    assert not services.slack.shown
    assert (await services.nudges())[brief_of(made, made.manager_id)].state is NudgeState.CANCELLED
    assert await services.messages() == []


async def test_what_moved_is_moved_and_waits(services: Services):
    """A date that moved takes its nudge along, even if no one replanned."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        discussion = await store.discussions.open_of(made.pk)
        assert discussion is not None
        discussion.starts_at = MEET_AT + timedelta(days=1)
    assert (await services.deliver()).put_back == 2
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert row.due_at == row.ready_at == at(MADRID, 2026, 11, 24, 9)
    assert (await services.deliver(after=timedelta(days=1))).sent == 2


async def test_what_cannot_be_worded_is_cancelled(services: Services):
    """A change requested for a commitment that was kept meanwhile is no longer worth a word."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        kept = commitment(two, ana, date(2027, 1, 15), state=CommitmentState.OPEN)
        await saved(store, kept)
        asked = ChangeRequest(
            commitment_id=kept.pk, pair_id=two.pk, asked_by_id=ana.pk, text="Later", due_on=date(2027, 2, 1),
            asked_at=services.now,
        )  # fmt: skip
        await saved(store, asked)
        await replan(store, two, services.now)
        kept.state = CommitmentState.DONE
    assert (await services.deliver()).cancelled == 1
    assert not services.slack.shown


async def test_outside_working_hours_it_waits_for_the_next(services: Services):
    """Someone who has moved to Tokyo is asleep in Madrid's afternoon: it waits for their morning."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(made.employee_id)).tz = TOKYO
    delivered = await services.deliver()
    assert (delivered.sent, delivered.put_back) == (1, 1)
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert row.ready_at == at(TOKYO, 2026, 11, 24, 9)
    services.now = at(TOKYO, 2026, 11, 24, 9)
    assert (await services.deliver()).sent == 1


async def test_someone_who_left_gets_nothing(services: Services):
    """Slack would take the message of someone deactivated; we don't send it, and write down why."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(made.employee_id)).deactivated = True
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.failure, row.ready_at) == (NudgeState.FAILED, "user_disabled", None)


async def test_someone_who_comes_back_while_the_reason_holds_gets_it(services: Services):
    """A nudge that failed since its person had left is planned again when they are back, and is not late then."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
        employee.deactivated = True
    await services.deliver()
    services.wait(timedelta(hours=4))
    async with services.database.unit(services.workspace_id) as store:
        await save_profile(store, Profile(employee.slack_id, employee.name, employee.tz), services.now)
    await services.deliver()
    assert services.slack.times_shown()[brief_of(made, made.employee_id)] == 1
    assert [message.late for message in services.slack.shown] == [False, False]


async def test_someone_who_comes_back_too_late_gets_nothing(services: Services):
    """Once the discussion has taken place, the brief of the day before stays failed."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
        employee.deactivated = True
    await services.deliver()
    services.wait(timedelta(days=2))
    async with services.database.unit(services.workspace_id) as store:
        await save_profile(store, Profile(employee.slack_id, employee.name, employee.tz), services.now)
    assert (await services.nudges())[brief_of(made, made.employee_id)].state is NudgeState.FAILED


@pytest.mark.parametrize(("reports", "messages"), [(8, 1), (10, 1), (11, 2)])
async def test_what_falls_due_together_is_one_message(services: Services, reports: int, messages: int):
    """A manager with ten discussions tomorrow gets one message (50 blocks, five each); with eleven, a second."""
    manager_id = await services.manager_with_briefs_due(reports)
    await services.catch_up()
    to_manager = [message for message in services.slack.shown if message.recipient.id == manager_id]
    assert len(to_manager) == messages
    assert sum(len(message.parts) for message in to_manager) == reports
    keys = [part.key for message in to_manager for part in message.parts]
    assert keys == sorted(keys, key=lambda key: int(key.split(":")[1])), "in their order"
    assert set(services.slack.times_shown().values()) == {1}


async def test_after_downtime_one_message_admits_being_late(services: Services):
    """What was due while the bot was away comes as one message, which says so; what comes on time does not."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, MEET_AT, dated_at=DATED_AT), commitment(two, ana, date(2026, 11, 26)))
        await plan_all(store, [two.pk], at(MADRID, 2026, 11, 2, 9))
    services.now = at(MADRID, 2026, 11, 23, 13)
    await services.deliver()
    said = {message.recipient.id: (message.late, len(message.parts)) for message in services.slack.shown}
    assert said == {ana.id: (True, 2), bo.id: (True, 1)}
    assert {message.late for message in await services.messages()} == {True}
    services.slack.shown.clear()
    services.now = MEET_AT + timedelta(minutes=70)  # the wrap-ups, on time
    await services.deliver()
    assert [message.late for message in services.slack.shown] == [False, False]


async def test_a_weekend_without_the_bot_is_admitted(services: Services):
    """Friday's nudge on Monday morning admits being late, in one message with what is due now."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, MEET_AT, dated_at=DATED_AT), commitment(two, ana, date(2026, 11, 26)),
                         commitment(two, ana, date(2026, 11, 22)))  # fmt: skip
        await plan_all(store, [two.pk], at(MADRID, 2026, 11, 2, 9))
    services.now = at(MADRID, 2026, 11, 23, 10)
    await services.deliver()
    to_ana = [message for message in services.slack.shown if message.recipient.id == ana.id]
    assert [message.late for message in to_ana] == [True]
    kinds = [part.key.split(":")[0] for part in to_ana[0].parts]
    assert kinds == ["day_before", "commitment_ahead", "commitment_overdue"]


async def test_what_was_planned_after_its_moment_is_not_late(services: Services):
    """A reminder that comes back when a request for a new date is declined apologises for nothing."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, commitment(two, ana, date(2026, 11, 18)))
        await plan_all(store, [two.pk], services.now)
    await services.deliver()
    assert [message.late for message in services.slack.shown] == [False]


async def test_a_delivery_that_leaves_starts_nothing(services: Services):
    """A delivery on its way out leaves everything to the next."""
    await services.pair_with_briefs_due()
    services.delivery.leave()
    assert (await services.deliver()).taken == 0
    assert not services.slack.shown


async def test_a_batch_takes_the_same_number_of_statements_however_large(services: Services):
    """Rechecking, writing and settling forty messages asks the database no more often than four."""
    counts = []
    for size in (2, 20):
        await team(services.database, services.workspace_id, MEET_AT, size)
        with counted_statements(services.database) as seen:
            await services.deliver()
        counts.append(len(seen))
    assert len(services.slack.shown) == 44
    assert counts[0] == counts[1]


class BusyDatabase(Database):
    """A database that others keep busy after the first unit of work, for some attempts."""

    def __init__(self, database: Database, attempts: int) -> None:
        super().__init__(database.engine)
        self.begun = 0
        self.attempts = attempts

    @asynccontextmanager
    async def unit(self, workspace_id: int, gate: Gate | None = None) -> AsyncIterator[Store]:
        """A unit of work, unless the database is busy."""
        self.begun += 1
        if 1 < self.begun <= 1 + self.attempts:
            raise DatabaseBusy("others were writing")
        async with super().unit(workspace_id, gate) as store:
            yield store


@pytest.mark.parametrize(("attempts", "looked_for"), [(5, 0), (6, 2)])
async def test_settling_waits_for_a_busy_database(services: Services, attempts: int, looked_for: int):
    """What was posted while the database was busy is written a little later; if not even then, it is looked for."""
    await services.pair_with_briefs_due()
    database = BusyDatabase(services.database, attempts)
    delivery = Delivery(database, services.messengers.get, services.clocks)
    with contextlib.suppress(DatabaseBusy):
        await delivery.deliver(services.workspace_id)
    await services.catch_up(after=LEASE)
    assert set(services.slack.times_shown().values()) == {1}
    assert len(services.slack.looked_for) == looked_for
    assert {message.state for message in await services.messages()} == {MessageState.SENT}
