from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from cycle.replanning import replan
from scheduler.claiming import LEASE, PATIENCE
from scheduler.confirmation import LONGEST_LOOK_AGAIN, LOOK_AGAIN
from scheduler.delivery import Delivery
from scheduler.messenger import (
    CLOCKS_DIFFER_BY,
    ContentRefused,
    InstallationFault,
    OutgoingMessage,
    Posted,
    RateLimited,
    RecipientRefused,
    Unknown,
)
from scheduler.posting import PAUSE_AFTER_UNKNOWN
from storage.messages import MessageState
from storage.nudges import NudgeState
from storage.pairs import Pair
from tests.scheduler.conftest import Services, brief_of
from tests.support.builders import commitment, saved
from tests.support.messengers import Accident, Died, FakeMessenger

TAKEN_THEN_DROPPED = Accident(Unknown("dropped"), taken=True)
NEVER_ARRIVED = Accident(Unknown("dropped"))
A_MOMENT = timedelta(seconds=5)


@pytest.mark.parametrize("accident", [TAKEN_THEN_DROPPED, Accident(ValueError("a bug of ours"), taken=True)])
async def test_taken_then_dropped_is_found_and_not_posted_again(services: Services, accident: Accident):
    """Slack took it, the answer was lost: after the lease it is found, and no one sees it twice."""
    made = await services.pair_with_briefs_due()
    services.slack.will(accident, accident)
    assert (await services.deliver()).unconfirmed == 2
    assert (await services.confirm(after=PAUSE_AFTER_UNKNOWN)).taken == 0
    assert (await services.deliver()).taken == 0
    assert (await services.confirm(after=LEASE)).found == 2
    await services.catch_up(after=LEASE)
    assert set(services.slack.times_shown().values()) == {1}
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    message = next(one for one in await services.messages() if one.id == row.message_id)
    assert (row.state, message.state, message.ts is not None) == (NudgeState.SENT, MessageState.SENT, True)
    assert message.posted_at == message.claimed_at


async def test_what_never_arrived_is_posted_after_looking(services: Services):
    """The connection broke before Slack took anything: after the lease it is looked for, not found, and posted."""
    await services.pair_with_briefs_due()
    services.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    assert (await services.deliver()).unconfirmed == 2
    await services.catch_up(after=LEASE)
    looked_for = {message.public_id for message in services.slack.looked_for}
    assert len(looked_for) == 2
    assert set(services.slack.times_shown().values()) == {1}
    assert {message.public_id for message in services.slack.shown}.isdisjoint(looked_for)
    assert {message.public_id for message in await services.messages()}.isdisjoint(looked_for)


async def test_a_search_has_the_keys_the_id_and_an_early_start(services: Services):
    """It gets the nudges' keys and the message's id, and starts well before the claim: Slack's clock may differ."""
    made = await services.pair_with_briefs_due()
    claimed_at = services.now
    services.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    await services.deliver()
    await services.confirm(after=LEASE)
    message = next(one for one in services.slack.looked_for if one.recipient.id == made.employee_id)
    assert message.nudge_keys == (brief_of(made, made.employee_id),)
    assert message.since == claimed_at - CLOCKS_DIFFER_BY


@pytest.mark.parametrize(
    "failure",
    [
        Unknown("HTTP 500"),
        TimeoutError(),
        InstallationFault("missing_scope"),
        RecipientRefused("channel_not_found"),
        ContentRefused("a_word_of_next_year", for_good=False),
        ValueError("a bug of ours"),
    ],
    ids=lambda failure: str(failure) or type(failure).__name__,
)
async def test_failing_to_look_is_no_refusal(services: Services, failure: BaseException):
    """Whatever Slack answers to looking, the message stays unconfirmed and is not posted again until it is clear."""
    await services.pair_with_briefs_due()
    services.slack.will(TAKEN_THEN_DROPPED, NEVER_ARRIVED)
    await services.deliver()
    services.slack.finding_fails = failure
    for _ in range(30):
        await services.catch_up(after=LEASE)
    assert len(services.slack.shown) == 1
    assert {message.state for message in await services.messages()} == {MessageState.CLAIMED}
    services.slack.finding_fails = None
    await services.catch_up(after=LONGEST_LOOK_AGAIN)
    assert sorted(services.slack.times_shown().values()) == [1, 1]


async def test_looking_again_takes_longer_each_time(services: Services):
    """A conversation that cannot be read is not read every two minutes for ever."""
    await services.pair_with_briefs_due()
    services.slack.will(NEVER_ARRIVED)
    await services.deliver()
    services.slack.finding_fails = Unknown("HTTP 500")
    tries = []
    for _ in range(12 * 6):
        await services.catch_up(after=timedelta(minutes=1))
        if len(services.slack.looked_for) > len(tries):
            tries.append(services.now)
    waits = [after - before for before, after in pairwise(tries)]
    assert waits[:4] == [LOOK_AGAIN, LOOK_AGAIN * 2, LOOK_AGAIN * 4, LOOK_AGAIN * 8]
    assert max(waits) <= LONGEST_LOOK_AGAIN


async def test_a_rate_limit_on_looking_delays_no_posting(services: Services):
    """Slack counts reading and posting apart: while looking has to wait, others get their messages."""
    made = await services.pair_with_briefs_due()
    services.slack.will(TAKEN_THEN_DROPPED)
    await services.deliver()
    services.slack.finding_fails = RateLimited(timedelta(minutes=5))
    async with services.database.unit(services.workspace_id) as store:
        manager = await store.people.get(made.manager_id)
        await saved(store, commitment(made, manager, date(2026, 11, 24)))
        await replan(store, made, services.now)
    await services.catch_up(after=LEASE)
    assert services.slack.times_shown()["commitment_ahead:1:day"] == 1
    looked = len(services.slack.looked_for)
    await services.catch_up(after=LEASE)
    assert len(services.slack.looked_for) == looked
    [message] = [one for one in await services.messages() if one.state is MessageState.CLAIMED]
    assert message.attempts == 0, "waiting for Slack is not the message's fault"


async def something_else_falls_due(services: Services, made: Pair) -> None:
    """Plan another nudge for the employee of a pair, due now."""
    async with services.database.unit(services.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
        await saved(store, commitment(made, employee, date(2026, 11, 24)))
        await replan(store, made, services.now)


async def test_unconfirmed_and_due_become_one_message(services: Services):
    """What falls due meanwhile waits until it is clear, and then goes out together with what did not arrive."""
    made = await services.pair_with_briefs_due()
    services.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    await services.deliver()
    await something_else_falls_due(services, made)
    await services.catch_up(after=PAUSE_AFTER_UNKNOWN)
    assert not services.slack.shown
    await services.catch_up(after=LEASE)
    to_employee = [message for message in services.slack.shown if message.recipient.id == made.employee_id]
    assert [{part.key.split(":")[0] for part in one.parts} for one in to_employee] == [
        {"day_before", "commitment_ahead"}
    ]


async def test_what_falls_due_does_not_wait_for_ever(services: Services):
    """Once looking has failed a few times, the person gets what else is due, though one message remains unclear."""
    made = await services.pair_with_briefs_due()
    services.slack.will(TAKEN_THEN_DROPPED, TAKEN_THEN_DROPPED)
    await services.deliver()
    await something_else_falls_due(services, made)
    services.slack.finding_fails = Unknown("HTTP 500")
    waited = timedelta()
    while services.slack.times_shown().get("commitment_ahead:1:day") is None and waited < timedelta(hours=1):
        await services.catch_up(after=timedelta(minutes=1))
        waited += timedelta(minutes=1)
    assert len(services.slack.looked_for) >= PATIENCE
    assert waited <= timedelta(minutes=15)


@pytest.mark.parametrize("taken", [True, False])
async def test_a_worker_killed_in_the_middle_leaves_no_doubt(services: Services, *, taken: bool):
    """Killed while posting: after the lease another worker finds what was taken, and posts what was not."""
    await services.pair_with_briefs_due()
    services.slack.will(Accident(Died(), taken=taken), Accident(Died(), taken=taken))
    with pytest.raises(BaseExceptionGroup):
        await services.deliver()
    services.new_process()
    assert (await services.confirm(after=LEASE - A_MOMENT)).taken == 0
    await services.catch_up(after=A_MOMENT)
    assert sorted(services.slack.times_shown().values()) == [1, 1]
    assert len(services.slack.looked_for) == 2
    briefs = [row for key, row in (await services.nudges()).items() if "day_before" in key]
    assert {row.state for row in briefs} == {NudgeState.SENT}


async def test_an_hour_of_failing_to_look_hides_nothing(services: Services):
    """However long looking has failed, it begins at the claim: a message is found after an hour too."""
    await services.pair_with_briefs_due()
    services.slack.will(TAKEN_THEN_DROPPED, TAKEN_THEN_DROPPED)
    await services.deliver()
    services.slack.finding_fails = Unknown("HTTP 500")
    for _ in range(30):
        await services.catch_up(after=LEASE)
    services.slack.finding_fails = None
    await services.catch_up(after=LONGEST_LOOK_AGAIN)
    assert set(services.slack.times_shown().values()) == {1}


async def test_a_worker_that_comes_back_after_its_lease_changes_nothing(services: Services):
    """A worker that was suspended for longer than its lease finds its messages settled by another, and leaves them."""
    await services.pair_with_briefs_due()

    async def settled_by_another() -> None:
        services.slack.accidents.clear()
        services.new_process()
        await services.catch_up(after=LEASE)

    slow = SlowMessenger(services, settled_by_another)
    delivery = Delivery(services.database, lambda _workspace_id: slow, services.clocks)
    await delivery.deliver(services.workspace_id)
    assert set(services.slack.times_shown().values()) == {1}
    assert {message.ts for message in await services.messages()} == {"1.000100", "2.000100"}
    assert {message.state for message in await services.messages()} == {MessageState.SENT}
    briefs = [row for key, row in (await services.nudges()).items() if "day_before" in key]
    assert {row.state for row in briefs} == {NudgeState.SENT}


class SlowMessenger(FakeMessenger):
    """Posts at once, but hears of it only after another worker has settled everything; and then it hears wrongly."""

    def __init__(self, services: Services, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(services.clock)
        self._slack, self._meanwhile, self._posts = services.slack, meanwhile, 0

    async def post(self, message: OutgoingMessage) -> Posted:
        """Post, and once both are posted let the other worker go ahead."""
        await self._slack.post(message)
        self._posts += 1
        if self._posts == 2:
            await self._meanwhile()
        raise RecipientRefused("not_to_be_believed")
