from datetime import date, timedelta

import pytest

from cycle.replanning import replan
from scheduler.claiming import FIRST_RETRY, LEASE, MOST_ATTEMPTS
from scheduler.messenger import (
    ContentRefused,
    InstallationFault,
    MessagePart,
    MessageSize,
    OutgoingMessage,
    RateLimited,
    RecipientRefused,
    TooLong,
    TryLater,
    Unknown,
)
from scheduler.posting import INSTALLATION_RETRY, LONGEST_PAUSE, PAUSE_AFTER_UNKNOWN
from storage.messages import MessageState
from storage.nudges import BROKEN, NudgeState
from tests.scheduler.conftest import MEET_AT, Services, brief_of
from tests.support.builders import commitment, saved, team
from tests.support.messengers import Accident

DROPPED = Accident(Unknown("dropped"))
A_SECOND = timedelta(seconds=1)


def keys_of(message: OutgoingMessage) -> list[str]:
    """The keys of a message's nudges."""
    return [part.key for part in message.parts]


async def brief_to(services: Services, person_id: int) -> str:
    """The key of one of the briefs due to a person."""
    nudges = await services.nudges()
    return next(key for key, row in nudges.items() if row.kind == "day_before" and row.person_id == person_id)


async def test_a_rate_limit_slows_everything_and_loses_nothing(services: Services):
    """After a 429 nothing is posted until Slack wants more; then all that was due goes out, once."""
    nudges = await team(services.database, services.workspace_id, MEET_AT, size=40)
    briefs = [nudge for nudge in nudges if nudge.kind == "day_before"]
    services.slack.will(*[None] * 10, Accident(RateLimited(timedelta(seconds=30))))
    delivered = await services.deliver()
    assert delivered.unconfirmed == 0
    assert delivered.sent + delivered.put_back == len(briefs)
    assert 0 < delivered.sent < len(briefs)
    assert (await services.deliver(after=timedelta(seconds=29))).taken == 0
    await services.catch_up(after=A_SECOND)
    assert services.slack.times_shown() == {nudge.key: 1 for nudge in briefs}
    assert not services.slack.looked_for


async def test_another_process_leaves_alone_what_was_put_back(services: Services):
    """A process that was not there when Slack asked to wait does not ask again for what was put back."""
    await services.pair_with_briefs_due()
    limit = Accident(RateLimited(timedelta(seconds=30)))
    services.slack.will(limit, limit)
    assert (await services.deliver()).put_back == 2
    services.new_process()
    assert (await services.deliver(after=timedelta(seconds=29))).taken == 0
    assert (await services.deliver(after=A_SECOND)).sent == 2


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=30), timedelta(days=-400)])
async def test_a_pause_does_not_depend_on_the_wall_clock(services: Services, jump: timedelta):
    """A clock that is wrong while Slack asks us to wait, and right again afterwards, prolongs nothing."""
    made = await services.pair_with_briefs_due()
    limit = Accident(RateLimited(timedelta(seconds=30)))
    services.slack.will(limit, limit)
    services.now += jump
    await services.deliver()  # at a wrong time perhaps nothing is due
    services.now -= jump
    services.slack.accidents.clear()
    await services.catch_up(after=timedelta(seconds=30))
    assert services.slack.times_shown()[brief_of(made, made.employee_id)] == 1


async def test_after_an_unknown_outcome_nothing_new_is_posted_for_a_while(services: Services):
    """A Slack in trouble leaves few messages unconfirmed, not hundreds; the others are put back."""
    await team(services.database, services.workspace_id, MEET_AT, size=60)
    services.slack.will(*[DROPPED] * 120)
    delivered = await services.deliver()
    assert 0 < delivered.unconfirmed <= 50
    assert delivered.unconfirmed + delivered.put_back == 120
    assert (await services.deliver(after=PAUSE_AFTER_UNKNOWN - A_SECOND)).taken == 0


async def test_without_a_connection_everything_waits(services: Services):
    """What was certainly not sent is planned again for when Slack may be reachable, and nothing is looked for."""
    await services.pair_with_briefs_due()
    unreachable = Accident(TryLater("unreachable", timedelta(seconds=10)))
    services.slack.will(unreachable, unreachable)
    assert (await services.deliver()).put_back == 2
    assert await services.messages() == []
    await services.catch_up(after=timedelta(seconds=10))
    assert set(services.slack.times_shown().values()) == {1}
    assert not services.slack.looked_for


async def test_a_broken_installation_costs_no_nudge(services: Services):
    """While Slack refuses everything the pauses grow to a quarter of an hour; then everything goes out."""
    await services.pair_with_briefs_due()
    services.slack.refuses = lambda _message: InstallationFault("token_revoked")
    pauses, last = [], services.seconds
    for _ in range(600):
        services.wait(timedelta(seconds=15))
        if (await services.deliver()).taken:
            pauses.append(timedelta(seconds=services.seconds - last))
            last = services.seconds
    assert pauses[1:5] == [INSTALLATION_RETRY, INSTALLATION_RETRY * 2, INSTALLATION_RETRY * 4, INSTALLATION_RETRY * 8]
    assert set(pauses[5:]) == {LONGEST_PAUSE}
    assert {row.state for row in (await services.nudges()).values()} == {NudgeState.PLANNED}
    services.slack.refuses = lambda _message: None
    assert (await services.deliver(after=LONGEST_PAUSE)).sent == 2


async def test_after_a_recovery_the_pauses_begin_short_again(services: Services):
    """The next fault of the installation waits for a minute, not for where the last one ended."""
    await services.pair_with_briefs_due()
    fault = Accident(InstallationFault("restricted_action"))
    services.slack.will(fault, fault)
    await services.deliver()
    services.slack.will(fault)
    await services.deliver(after=INSTALLATION_RETRY)
    await services.deliver(after=INSTALLATION_RETRY * 2)  # one of the two goes out, if not before
    await team(services.database, services.workspace_id, MEET_AT, size=1)
    services.slack.will(fault, fault)
    assert (await services.deliver(after=LEASE)).put_back == 2
    assert (await services.deliver(after=INSTALLATION_RETRY)).sent == 2


async def test_someone_who_gets_no_messages_fails_with_the_cause(services: Services):
    """What Slack refuses for a person is not tried again and again, and admins can see why."""
    await services.pair_with_briefs_due()
    services.slack.will(Accident(RecipientRefused("cannot_dm_bot")))
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)
    failed = [row for row in (await services.nudges()).values() if row.state is NudgeState.FAILED]
    assert [(row.failure, row.ready_at, row.settled_at) for row in failed] == [("cannot_dm_bot", None, services.now)]
    [message] = [one for one in await services.messages() if one.state is MessageState.FAILED]
    assert (message.failure, message.ready_at) == ("cannot_dm_bot", None)


async def test_a_refused_person_is_tried_again_when_replanned(services: Services):
    """A conversation that could not be found may be there the next night: while the reason holds, it is tried again."""
    made = await services.pair_with_briefs_due()
    services.slack.will(Accident(RecipientRefused("channel_not_found")), Accident(RecipientRefused("is_archived")))
    await services.deliver()
    async with services.database.unit(services.workspace_id) as store:
        await replan(store, made, services.now)
    assert (await services.deliver()).sent == 2


async def test_a_refused_message_is_taken_apart(services: Services):
    """Each nudge of a message that Slack cannot read goes out by itself, and only the one that caused it fails."""
    manager_id = await services.manager_with_briefs_due(3)
    poisoned = await brief_to(services, manager_id)

    def refuses(message: OutgoingMessage) -> BaseException | None:
        return ContentRefused("invalid_blocks", for_good=True) if poisoned in keys_of(message) else None

    services.slack.refuses = refuses
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed, delivered.unconfirmed) == (5, 1, 0)
    row = (await services.nudges())[poisoned]
    assert (row.state, row.failure) == (NudgeState.FAILED, "invalid_blocks")
    asked = [keys_of(message) for message in services.slack.asked if message.recipient.id == manager_id]
    assert list(map(len, asked)) == [3, 1, 1, 1]
    ids = [message.public_id for message in services.slack.asked]
    assert len(ids) == len(set(ids)), "a message that is posted again has another id"
    states = {message.state for message in await services.messages()}
    assert states == {MessageState.SENT, MessageState.FAILED}, "nothing of the refused message is left"


async def test_a_message_that_is_too_long_is_halved(services: Services):
    """Slack's own limit may be lower than ours: halves go out in order, and all nudges arrive."""
    manager_id = await services.manager_with_briefs_due(5)

    def refuses(message: OutgoingMessage) -> BaseException | None:
        return TooLong("msg_blocks_too_long") if len(message.parts) > 2 else None

    services.slack.refuses = refuses
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed) == (10, 0)
    to_manager = [message for message in services.slack.shown if message.recipient.id == manager_id]
    assert [len(message.parts) for message in to_manager] == [2, 1, 2]
    assert set(services.slack.times_shown().values()) == {1}


async def test_a_single_nudge_that_is_too_long_fails_alone(services: Services):
    """One that Slack takes in no message is given up, and costs no other anything."""
    manager_id = await services.manager_with_briefs_due(3)
    too_long = await brief_to(services, manager_id)
    services.slack.refuses = lambda message: TooLong("msg_too_long") if too_long in keys_of(message) else None
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed) == (5, 1)
    row = (await services.nudges())[too_long]
    assert (row.state, row.failure) == (NudgeState.FAILED, "msg_too_long")


async def test_a_split_message_is_found_again_after_a_crash(services: Services):
    """The parts of a message that was taken apart are written before they are posted, like any other."""
    await services.manager_with_briefs_due(2)
    lost: list[OutgoingMessage] = []

    def refuses(message: OutgoingMessage) -> BaseException | None:
        if len(message.parts) > 1:
            return ContentRefused("invalid_blocks", for_good=True)
        if message.recipient.name == "Bo Lind" and not lost:
            lost.append(message)
            services.slack._show(message)
            return Unknown("dropped")
        return None

    services.slack.refuses = refuses
    assert (await services.deliver()).unconfirmed >= 1
    services.slack.refuses = lambda _message: None
    await services.catch_up(after=LEASE)
    assert set(services.slack.times_shown().values()) == {1}
    assert len(services.slack.times_shown()) == 4
    assert lost[0].public_id in [message.public_id for message in services.slack.looked_for]


async def test_a_word_that_nobody_knows_is_tried_again_but_not_for_ever(services: Services):
    """An error of next year that lasts for an hour costs nothing; one that stays is given up, with its word."""
    made = await services.pair_with_briefs_due()
    mine, other = brief_of(made, made.employee_id), brief_of(made, made.manager_id)
    word = ContentRefused("a_word_of_next_year", for_good=False)
    services.slack.refuses = lambda message: word if services.seconds < 3600 or mine in keys_of(message) else None
    await services.catch_up()
    assert {(await services.nudges())[key].state for key in (mine, other)} == {NudgeState.PLANNED}
    for _ in range(24 * 6):
        await services.catch_up(after=timedelta(minutes=10))
    assert services.slack.times_shown() == {other: 1}
    row = (await services.nudges())[mine]
    assert (row.state, row.failure) == (NudgeState.FAILED, "a_word_of_next_year")
    assert len([message for message in services.slack.asked if mine in keys_of(message)]) == MOST_ATTEMPTS


async def with_a_broken_rule(services: Services) -> tuple[str, str]:
    """Two nudges due to one person in one pair, the second of a kind whose rule raises an error; their keys."""
    made = await services.pair_with_briefs_due()
    async with services.database.unit(services.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
        broken = commitment(made, employee, date(2026, 11, 24))
        await saved(store, broken)
        await replan(store, made, services.now)
        broken.due_on = date.max  # no calendar goes beyond
    return brief_of(made, made.employee_id), f"commitment_ahead:{broken.id}:day"


async def test_a_broken_rule_delays_no_other_nudge_and_is_given_up(services: Services):
    """What raises errors is tried again with growing pauses, then fails as broken; the rest of the pair goes out."""
    brief, broken = await with_a_broken_rule(services)
    await services.catch_up()
    assert services.slack.times_shown()[brief] == 1
    row = (await services.nudges())[broken]
    assert (row.state, row.attempts, row.ready_at) == (NudgeState.PLANNED, 1, services.now + FIRST_RETRY)
    for _ in range(24 * 6):
        await services.catch_up(after=timedelta(minutes=10))
    row = (await services.nudges())[broken]
    assert (row.state, row.failure, row.attempts) == (NudgeState.FAILED, BROKEN, MOST_ATTEMPTS)


async def test_a_broken_rule_that_is_fixed_costs_nothing(services: Services):
    """A nudge that was set aside goes out at its next attempt once its rule works again."""
    _brief, broken = await with_a_broken_rule(services)
    await services.catch_up()
    async with services.database.unit(services.workspace_id) as store:
        (await store.commitments.get(int(broken.split(":")[1]))).due_on = date(2026, 11, 24)
    await services.catch_up(after=FIRST_RETRY)
    assert services.slack.times_shown()[broken] == 1


async def test_a_nudge_that_cannot_be_written_delays_no_other(services: Services):
    """A part that cannot even be measured is set aside; what falls due together with it goes out."""
    manager_id = await services.manager_with_briefs_due(3)
    broken = await brief_to(services, manager_id)

    class Unmeasurable(type(services.slack)):  # type: ignore[misc]
        def size(self, part: MessagePart) -> MessageSize:
            if part.key == broken:
                raise ZeroDivisionError
            return super().size(part)  # type: ignore[no-any-return]

    services.slack = services.messengers[services.workspace_id] = Unmeasurable(services.clock)
    delivered = await services.deliver()
    assert (delivered.sent, delivered.put_back) == (5, 1)
    assert (await services.nudges())[broken].attempts == 1
