import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.messages import NewMessage
from storage.nudges import Nudge, NudgeScope, NudgeState, Transition
from tests.support.builders import MADRID, at, pair, person, plan_all, saved, scheduled, team
from tests.support.databases import until_waiting

NOW = at(MADRID, 2026, 11, 23, 9)
MEET_AT = at(MADRID, 2026, 11, 24, 10)
LEASE_ENDS = NOW + timedelta(minutes=2)
PATIENCE = 3


async def claimed(database: Database, workspace_id: int, nudges: list[Nudge]) -> int:
    """Claim nudges in one message; its key."""
    async with database.unit(workspace_id) as store:
        keys = await store.messages.add([NewMessage(nudges[0].person_id, "m", late=False)], NOW, LEASE_ENDS)
        transitions = [Transition(one, NudgeState.CLAIMED, message_id=keys["m"]) for one in nudges]
        await store.nudges.apply(transitions, NOW)
    return keys["m"]


async def test_locks_whole_people_the_longest_waiting_first(database: Database, workspace_id: int):
    """A person comes with everything that is due to them, and no more people than asked for."""
    async with database.unit(workspace_id) as store:
        manager, *employees = [person("Bo"), *(person() for _ in range(3))]
        await saved(store, manager, *employees)
        pairs = [pair(one, manager) for one in employees]
        await saved(store, *pairs)
        discussions = [scheduled(two, MEET_AT, dated_at=NOW - timedelta(days=3)) for two in pairs]
        await saved(store, *discussions)
        nudges = await plan_all(store, [two.pk for two in pairs], NOW - timedelta(days=3))
        briefs = [one for one in nudges if one.person_id == manager.id and one.kind == "day_before"]
        briefs[0].due_at = briefs[0].ready_at = NOW - timedelta(days=1)
    async with database.unit(workspace_id) as store:
        due = await store.nudges.lock_due(NOW, 1, PATIENCE)
    assert {nudge.person_id for nudge in due} == {manager.id}
    assert len(due) == 3


async def test_the_most_urgent_comes_first_then_the_longest_waiting(database: Database, workspace_id: int):
    """The order of the kinds decides, then the due moment; what was put back for a while keeps its place."""
    kinds = ["schedule_next", "day_before", "wrapped_up", "day_before", "schedule_next"]
    async with database.unit(workspace_id) as store:
        people = [person(f"Ana {number}") for number in range(len(kinds))]
        await saved(store, *people)
        for hours, (who, kind) in enumerate(zip(people, kinds, strict=True), start=1):
            due_at = NOW - timedelta(hours=hours)
            await saved(store, Nudge(person_id=who.pk, scope=NudgeScope.PERSON, kind=kind, key=f"{kind}:{hours}",
                                     subject_id=who.pk, due_at=due_at, planned_at=due_at,
                                     ready_at=NOW if hours > 3 else due_at))  # fmt: skip
    urgent = [{"wrapped_up"}, {"day_before"}]
    async with database.unit(workspace_id) as store:
        due = await store.nudges.lock_due(NOW, 10, PATIENCE, urgent)
        assert [nudge.key for nudge in due] == [
            "wrapped_up:3", "day_before:4", "day_before:2", "schedule_next:5", "schedule_next:1",
        ]  # fmt: skip
        assert [nudge.key for nudge in await store.nudges.lock_due(NOW, 2, PATIENCE, urgent)] == [
            "wrapped_up:3", "day_before:4",
        ]  # fmt: skip


async def test_what_is_claimed_is_due_no_more(database: Database, workspace_id: int):
    """A claim hides a nudge for good: its message, not the nudge, comes again when the lease ends."""
    await team(database, workspace_id, MEET_AT, size=1)
    async with database.unit(workspace_id) as store:
        due = await store.nudges.lock_due(NOW, 10, PATIENCE)
    assert len(due) == 2
    await claimed(database, workspace_id, [due[0]])
    async with database.unit(workspace_id) as store:
        assert [nudge.id for nudge in await store.nudges.lock_due(LEASE_ENDS, 10, PATIENCE)] == [due[1].id]


async def test_what_is_due_waits_while_a_message_is_unconfirmed(database: Database, workspace_id: int):
    """Someone with an unconfirmed message gets nothing else until looking for it has failed a few times."""
    async with database.unit(workspace_id) as store:
        manager, ana, eva = person("Bo"), person(), person("Eva")
        await saved(store, manager, ana, eva)
        pairs = [pair(ana, manager), pair(eva, manager)]
        await saved(store, *pairs)
        await saved(store, *(scheduled(two, MEET_AT, dated_at=NOW - timedelta(days=3)) for two in pairs))
        nudges = await plan_all(store, [two.pk for two in pairs], NOW - timedelta(days=3))
    first, second = (one for one in nudges if one.person_id == manager.id and one.kind == "day_before")
    key = await claimed(database, workspace_id, [first])
    for attempts in range(PATIENCE):
        async with database.unit(workspace_id) as store:
            due = await store.nudges.lock_due(NOW, 10, PATIENCE)
            assert {nudge.person_id for nudge in due} == {ana.id, eva.id}, attempts
            await store.messages.look_again({key: LEASE_ENDS}, NOW)
    async with database.unit(workspace_id) as store:
        assert second.id in {nudge.id for nudge in await store.nudges.lock_due(NOW, 10, PATIENCE)}


@pytest.mark.postgres
async def test_no_worker_waits_for_another(postgres_database: Database):
    """People that another worker has locked, and pairs that are being changed, are left for the next time."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    nudges = await team(database, workspace_id, MEET_AT, size=3)
    pair_ids = sorted({nudge.pair_id for nudge in nudges})
    async with database.unit(workspace_id) as changing:
        await changing.pairs.lock(pair_ids[0])
        async with database.unit(workspace_id) as first:
            some = await first.nudges.lock_due(NOW, 4, PATIENCE)
            async with database.unit(workspace_id) as second:
                others = await second.nudges.lock_due(NOW, 10, PATIENCE)
    assert some
    assert others
    assert {nudge.pair_id for nudge in [*some, *others]} == set(pair_ids[1:])
    assert {nudge.person_id for nudge in some}.isdisjoint({nudge.person_id for nudge in others})
    assert len([*some, *others]) == 4


@pytest.mark.postgres
async def test_no_worker_waits_for_an_unconfirmed_message(postgres_database: Database):
    """Messages that another worker is about to look for are left to it."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    nudges = await team(database, workspace_id, MEET_AT, size=1)
    key = await claimed(database, workspace_id, [nudges[0]])
    async with database.unit(workspace_id) as first:
        assert [message.id for message in await first.messages.lock_unconfirmed(LEASE_ENDS, 10)] == [key]
        async with database.unit(workspace_id) as second:
            assert not await second.messages.lock_unconfirmed(LEASE_ENDS, 10)


@pytest.mark.postgres
async def test_planning_goes_on_while_someone_is_claimed(postgres_database: Database):
    """A claim does not delay a new nudge for the same person from another pair."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    nudges = await team(database, workspace_id, MEET_AT, size=1)
    async with database.unit(workspace_id) as claiming:
        assert await claiming.nudges.lock_due(NOW, 10, PATIENCE)
        async with database.unit(workspace_id) as store:
            other = person("Chiyo")
            await saved(store, other)
            manager = await store.people.get(nudges[1].person_id)
            two = pair(other, manager)
            await saved(store, two)
            await saved(store, scheduled(two, MEET_AT))
            assert await plan_all(store, [two.pk], NOW)


async def test_a_clock_that_ran_ahead_delays_nothing(database: Database, workspace_id: int):
    """What was put back or cancelled while a clock was a year ahead is ready when due; the rest keeps its moment."""
    a_year = timedelta(days=365)
    cancelled, put_back, in_time = (await team(database, workspace_id, MEET_AT, size=1))[:3]
    async with database.unit(workspace_id) as store:
        await store.nudges.apply([
            Transition(cancelled, NudgeState.CANCELLED),
            Transition(put_back, NudgeState.PLANNED, ready_at=NOW + a_year + timedelta(minutes=5)),
        ], NOW + a_year)  # fmt: skip
        await store.nudges.apply([Transition(in_time, NudgeState.PLANNED, ready_at=NOW + timedelta(hours=9))], NOW)
    async with database.unit(workspace_id) as store:
        assert await store.nudges.undo_wrong_clock(NOW + timedelta(minutes=1)) == 2
    async with database.reading(workspace_id) as store:
        rows = {row.pk: row for row in await store.nudges.of_pair(in_time.pair_id)}
    for one in (cancelled, put_back):
        assert (rows[one.pk].state, rows[one.pk].ready_at) == (NudgeState.PLANNED, one.due_at)
    assert rows[in_time.pk].ready_at == NOW + timedelta(hours=9)


@pytest.mark.postgres
async def test_slots_that_two_workers_take_at_once_are_different(postgres_database: Database):
    """The second one waits for the first, and then sees what it has taken."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")

    async def second() -> datetime | None:
        async with database.unit(workspace_id) as store:
            return await store.pacing.lock_next_slot()

    async with database.unit(workspace_id) as store:
        assert await store.pacing.lock_next_slot() is None
        other = asyncio.create_task(second())
        await until_waiting(database)
        await store.pacing.set_next_slot(NOW)
    assert await other == NOW
