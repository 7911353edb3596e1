from datetime import timedelta

import pytest

from storage.database import Database
from storage.nudges import NudgeState, Settlement, Step
from tests.support.builders import MADRID, at, pair, person, plan_all, saved, scheduled, team

NOW = at(MADRID, 2026, 11, 23, 9)
TALKS_AT = at(MADRID, 2026, 11, 24, 10)
LEASE_ENDS = NOW + timedelta(minutes=2)


async def test_takes_whole_persons_the_longest_waiting_first(database: Database, workspace_id: int):
    """A person comes with everything that is due to them, and no more persons than asked for."""
    async with database.unit(workspace_id) as store:
        boss, *others = [person("Bo"), *(person() for _ in range(3))]
        await saved(store, boss, *others)
        pairs = [pair(one, boss) for one in others]
        await saved(store, *pairs)
        discussions = [scheduled(two, TALKS_AT, dated_at=NOW - timedelta(days=3)) for two in pairs]
        await saved(store, *discussions)
        nudges = await plan_all(store, [two.pk for two in pairs], NOW - timedelta(days=3))
        briefs = [one for one in nudges if one.person_id == boss.id and one.kind == "day_before"]
        briefs[0].ready_at = NOW - timedelta(days=1)
    async with database.unit(workspace_id) as store:
        taken = await store.nudges.take_due(NOW, 1)
    assert {nudge.person_id for nudge in taken} == {boss.id}
    assert len(taken) == 3


async def test_what_is_claimed_is_free_again_after_its_lease(database: Database, workspace_id: int):
    """A claim hides a nudge until the lease ends, and no longer."""
    await team(database, workspace_id, TALKS_AT, size=1)
    async with database.unit(workspace_id) as store:
        taken = await store.nudges.take_due(NOW, 10)
        assert len(taken) == 2
        await store.nudges.write([Step(nudge, NudgeState.CLAIMED, LEASE_ENDS, "m") for nudge in taken], NOW)
    async with database.unit(workspace_id) as store:
        assert not await store.nudges.take_due(LEASE_ENDS - timedelta(seconds=1), 10)
        again = await store.nudges.take_due(LEASE_ENDS, 10)
    assert [(nudge.message_id, nudge.attempts) for nudge in again] == [("m", 1)] * 2


async def test_only_the_message_that_was_claimed_is_settled(database: Database, workspace_id: int):
    """Whoever comes late with an old message's outcome changes nothing."""
    await team(database, workspace_id, TALKS_AT, size=1)
    async with database.unit(workspace_id) as store:
        first, second = await store.nudges.take_due(NOW, 10)
        await store.nudges.write([Step(one, NudgeState.CLAIMED, LEASE_ENDS, "new") for one in (first, second)], NOW)
    async with database.unit(workspace_id) as store:
        outcomes = [Settlement(first.pk, "old", NudgeState.FAILED, failure="x"),
                    Settlement(second.pk, "new", NudgeState.SENT, channel="D1", ts="1.5")]  # fmt: skip
        await store.nudges.settle(outcomes, NOW)
        await store.nudges.settle([Settlement(second.pk, "new", NudgeState.FAILED, failure="x")], NOW)
    async with database.reading(workspace_id) as store:
        rows = {row.pk: row for row in await store.nudges.of_pair(first.pair_id, [first.key, second.key])}
    assert rows[first.pk].state is NudgeState.CLAIMED
    settled = rows[second.pk]
    assert (settled.state, settled.ts, settled.ready_at, settled.settled_at) == (NudgeState.SENT, "1.5", None, NOW)


@pytest.mark.postgres
async def test_nobody_is_waited_for(postgres_database: Database):
    """Persons that another worker holds, and pairs that somebody is changing, are left for the next time."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    nudges = await team(database, workspace_id, TALKS_AT, size=3)
    pair_ids = sorted({nudge.pair_id for nudge in nudges})
    async with database.unit(workspace_id) as changing:
        await changing.pairs.lock(pair_ids[0])
        async with database.unit(workspace_id) as first:
            taken = await first.nudges.take_due(NOW, 2)
            async with database.unit(workspace_id) as second:
                others = await second.nudges.take_due(NOW, 10)
    assert {nudge.pair_id for nudge in [*taken, *others]} <= set(pair_ids[1:])
    assert {nudge.person_id for nudge in taken}.isdisjoint({nudge.person_id for nudge in others})


@pytest.mark.postgres
async def test_planning_goes_on_while_somebody_is_claimed(postgres_database: Database):
    """A claim does not hold up a new nudge for the same person from another pair."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    nudges = await team(database, workspace_id, TALKS_AT, size=1)
    async with database.unit(workspace_id) as claiming:
        assert await claiming.nudges.take_due(NOW, 10)
        async with database.unit(workspace_id) as store:
            other = person("Chiyo")
            await saved(store, other)
            manager = await store.people.get(nudges[1].person_id)
            two = pair(other, manager)
            await saved(store, two)
            await saved(store, scheduled(two, TALKS_AT))
            assert await plan_all(store, [two.pk], NOW)
