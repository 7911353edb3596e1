import asyncio
from datetime import timedelta

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from scheduler.claiming import LEASE
from scheduler.delivery import Delivery
from scheduler.dispatch import WORKSPACES_AT_ONCE, Dispatch
from scheduler.messenger import InstallationFault, RateLimited, Unknown
from storage.due import next_moment
from storage.messages import MessageState
from storage.nudges import NudgeState
from tests.scheduler.conftest import MEET_AT, Services, brief_of
from tests.support.builders import team
from tests.support.databases import counted_statements
from tests.support.messengers import Accident, FakeMessenger, Gate

A_MINUTE = timedelta(minutes=1)
PATIENCE = 10  # seconds until a test gives up on something that should happen at once


async def another_workspace(
    services: Services, messenger: FakeMessenger, pairs: int, team_id: str = "T0OTHER"
) -> int:  # fmt: skip
    """One more workspace in which the briefs of some pairs are due; its key."""
    workspace_id = await services.database.workspace(team_id, "Other")
    services.messengers[workspace_id] = messenger
    await team(services.database, workspace_id, MEET_AT, pairs)
    return workspace_id


async def test_all_workspaces_are_delivered(services: Services):
    """One process delivers what is due anywhere, each workspace by its own messenger."""
    other = FakeMessenger(services.clock)
    await another_workspace(services, other, pairs=2)
    await services.pair_with_briefs_due()
    await services.catch_up()
    assert (len(services.slack.shown), len(other.shown)) == (2, 4)


async def test_a_batch_touches_no_other_workspace(services: Services):
    """Delivering one workspace leaves what is due in another as it is."""
    other = FakeMessenger(services.clock)
    workspace_id = await another_workspace(services, other, pairs=2)
    assert (await services.deliver()).taken == 0
    assert (await services.delivery.deliver(workspace_id)).sent == 4


async def test_a_workspace_without_a_messenger_is_left_alone(services: Services):
    """What is due in a workspace that this process does not serve waits for one that does."""
    workspace_id = await another_workspace(services, FakeMessenger(services.clock), pairs=1)
    del services.messengers[workspace_id]
    await services.pair_with_briefs_due()
    await services.catch_up()
    assert len(services.slack.shown) == 2
    assert (await services.delivery.deliver(workspace_id)).taken == 0


async def test_a_workspace_in_which_slack_hangs_delays_no_other(services: Services):
    """While one workspace's messages get no answer, what falls due in another goes out, batch after batch."""
    gate = Gate(services.clock)
    await another_workspace(services, gate, pairs=1)
    async with asyncio.timeout(PATIENCE):
        hanging = await services.dispatch.start_due()
        await gate.arrived.wait()
        for _ in range(2):
            await services.pair_with_briefs_due()
            posted = [task for task in await services.dispatch.start_due() if task not in hanging]
            await asyncio.wait(posted)
        assert len(services.slack.shown) == 4
        gate.open.set()
        await asyncio.wait(hanging)
    assert len(gate.shown) == 2


async def test_catching_up_waits_for_what_is_on_its_way(services: Services):
    """A message that Slack has not answered yet is not due any more; nothing is over until its outcome is known."""
    gate = Gate(services.clock)
    services.messengers[services.workspace_id] = gate
    await services.pair_with_briefs_due()
    async with asyncio.timeout(PATIENCE):
        await services.dispatch.start_due()
        await gate.arrived.wait()
        catching_up = asyncio.create_task(services.dispatch.catch_up())
        assert not (await asyncio.wait([catching_up], timeout=0.1))[0]
        gate.open.set()
        await catching_up
    upcoming = await next_moment(services.database)
    assert upcoming is not None
    assert upcoming > services.now + LEASE


async def test_many_workspaces_that_wait_for_their_slots_delay_no_other(services: Services):
    """A batch that only waits takes no place from others: each workspace keeps to its own pace, however many do."""
    async with asyncio.timeout(PATIENCE):
        gates = []
        for number in range(WORKSPACES_AT_ONCE + 1):
            workspace_id = await services.database.workspace(f"T{number}", "Other")
            gates.append(Gate(services.clock))
            services.messengers[workspace_id] = gates[-1]
            await team(services.database, workspace_id, MEET_AT, size=1)
        hanging = await services.dispatch.start_due()
        await asyncio.gather(*(gate.arrived.wait() for gate in gates))
        for gate in gates:
            gate.open.set()
        await asyncio.wait(hanging)


async def test_no_workspace_starves_another(services: Services):
    """Where many are due in one, Slack hangs in another and limits a third, small ones get theirs within the tick."""
    services.delivery = Delivery(services.database, services.messengers.get, services.clocks, people=5)
    services.dispatch = Dispatch(
        services.database, services.delivery, services.confirmation, services.editing, services.clocks
    )
    services.messengers[services.workspace_id] = busy = FakeMessenger(services.clock)
    await team(services.database, services.workspace_id, MEET_AT, size=40)
    hanging, limited = Gate(services.clock), FakeMessenger(services.clock)
    limited.refuses = lambda _message: RateLimited(A_MINUTE)
    await another_workspace(services, hanging, 2, "T0HANGS")
    await another_workspace(services, limited, 2, "T0LIMITED")
    small = [FakeMessenger(services.clock) for _ in range(WORKSPACES_AT_ONCE)]
    small_ids = {await another_workspace(services, one, 1, f"T0SMALL{number}") for number, one in enumerate(small)}
    async with asyncio.timeout(PATIENCE):
        tasks = await services.dispatch.start_due()
        running = services.dispatch._tasks.items()
        await asyncio.wait([task for due, task in running if due.workspace_id in small_ids])
        assert [len(one.shown) for one in small] == [2] * len(small)
        assert len(busy.shown) < 40
        assert (hanging.shown, limited.shown) == ([], [])
        hanging.open.set()
        await asyncio.wait(tasks)
    assert (len(busy.shown), len(hanging.shown), len(limited.shown)) == (80, 4, 0)


async def test_a_pause_holds_in_its_workspace_alone(services: Services):
    """A 429, a revoked token or an unknown outcome in one workspace pauses no other."""
    for number, reason in enumerate([RateLimited(A_MINUTE), InstallationFault("token_revoked"), Unknown("dropped")]):
        other = FakeMessenger(services.clock)
        await another_workspace(services, other, pairs=1)
        other.will(Accident(reason), Accident(reason))
        await services.catch_up()
        await services.pair_with_briefs_due()
        await services.catch_up()
        assert (len(services.slack.shown), len(other.shown)) == (2 * (number + 1), 0)
        services.wait(timedelta(hours=1))  # within working hours still
        await services.catch_up()
        assert len(other.shown) == 2


async def test_an_idle_tick_asks_once_and_locks_nothing(services: Services):
    """Where nothing is due, a tick is one statement in a transaction that only reads."""
    await services.pair_with_briefs_due()
    services.now -= timedelta(hours=1)
    with counted_statements(services.database) as seen:
        assert await services.dispatch.start_due() == []
    asked = [statement for statement in seen if not statement.startswith("BEGIN")]
    assert [statement.split()[0] for statement in asked] == ["SELECT"]
    assert "FOR " not in asked[0]
    assert not [statement for statement in seen if "IMMEDIATE" in statement]


async def test_a_failure_is_logged_and_tried_again(services: Services):
    """A database that fails in one workspace costs that tick, not the process; the next tick delivers."""
    await services.pair_with_briefs_due()

    class Flaky(Delivery):
        failures = 1

        async def deliver(self, workspace_id: int):  # noqa: ANN202
            if self.failures:
                self.failures -= 1
                raise OperationalError("SELECT", {}, ConnectionError("away"))
            return await super().deliver(workspace_id)

    delivery = Flaky(services.database, services.messengers.get, services.clocks)
    dispatch = Dispatch(services.database, delivery, services.confirmation, services.editing, services.clocks)
    with structlog.testing.capture_logs() as logs:
        await dispatch.catch_up()
        assert not services.slack.shown
        await dispatch.catch_up()
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["dispatch.failed"]
    assert len(services.slack.shown) == 2


async def test_what_falls_due_while_a_batch_ends_is_not_missed(services: Services):
    """Waking while the last batch of a workspace is on its way leaves nothing for the next tick."""
    gate = Gate(services.clock)
    services.messengers[services.workspace_id] = gate
    await services.pair_with_briefs_due()
    async with asyncio.timeout(PATIENCE):
        tasks = await services.dispatch.start_due()
        await gate.arrived.wait()
        await services.pair_with_briefs_due()
        assert await services.dispatch.start_due() == tasks
        gate.open.set()
        await asyncio.wait(tasks)
    assert len(gate.shown) == 4


# Clocks that are wrong and right again. Nothing is delayed longer than until the next tick.
AHEAD = timedelta(days=30)


async def test_nudges_put_back_by_a_clock_that_ran_ahead_are_brought_back(services: Services):
    """A month ahead, Slack asked to wait; right again, what was put back for then goes out at the next tick."""
    made = await services.pair_with_briefs_due()
    keys = {brief_of(made, made.employee_id), brief_of(made, made.manager_id)}
    services.now += timedelta(hours=2)
    services.slack.will(Accident(RateLimited(A_MINUTE)), Accident(RateLimited(A_MINUTE)))
    await services.deliver()
    services.now -= timedelta(hours=2)
    services.new_process()
    await services.catch_up(after=timedelta(seconds=3))
    assert services.slack.times_shown() == dict.fromkeys(keys, 1)


async def test_what_a_clock_a_month_ahead_cancelled_is_planned_again(services: Services):
    """A month ahead the reasons had gone; right again, they hold, and the nudges go out."""
    made = await services.pair_with_briefs_due()
    services.now += AHEAD
    await services.catch_up()
    assert (await services.nudges())[brief_of(made, made.employee_id)].state is NudgeState.CANCELLED
    services.now -= AHEAD
    await services.catch_up(after=timedelta(seconds=3))
    assert services.slack.times_shown()[brief_of(made, made.employee_id)] == 1


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("jump", [timedelta(hours=2), AHEAD])
async def test_messages_leased_by_a_clock_that_ran_ahead_are_confirmed(
    services: Services, jump: timedelta, *, taken: bool
):
    """A lease of next month ends within minutes once the clock is right, and the message is found if it arrived."""
    await services.pair_with_briefs_due()
    services.slack.will(*[Accident(Unknown("dropped"), taken=taken)] * 2)
    right = services.now
    services.now += timedelta(hours=2)
    await services.deliver()
    async with services.database.unit(services.workspace_id) as store:
        for message in await store.messages.lock_unconfirmed(services.now + LEASE, 10):
            message.claimed_at, message.leased_at, message.ready_at = right + jump, right + jump, right + jump + LEASE
    services.now = right
    services.slack._places = {key: (right, posted) for key, (_at, posted) in services.slack._places.items()}
    services.new_process()
    await services.catch_up(after=timedelta(seconds=3))
    await services.catch_up(after=LEASE)
    assert sorted(services.slack.times_shown().values()) == [1, 1]
    assert {message.state for message in await services.messages()} == {MessageState.SENT}


async def test_a_clock_that_goes_back_by_an_hour_delays_nothing_that_was_put_back(services: Services):
    """What was put back for half a minute is not put off by an hour when the clock goes back."""
    await services.pair_with_briefs_due()
    services.wait(timedelta(hours=2))
    services.slack.will(Accident(RateLimited(timedelta(seconds=30))), Accident(RateLimited(timedelta(seconds=30))))
    await services.deliver()
    services.now -= timedelta(hours=1)
    await services.catch_up(after=timedelta(seconds=30))
    assert set(services.slack.times_shown().values()) == {1}
    assert len(services.slack.shown) == 2
