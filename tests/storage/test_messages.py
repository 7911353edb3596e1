from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from storage.database import Database
from storage.messages import Message, MessageState, NewMessage, Release, SentMessage, Split
from storage.nudges import Nudge, NudgeState, Transition
from tests.support.builders import MADRID, at, team

NOW = at(MADRID, 2026, 11, 23, 9)
MEET_AT = at(MADRID, 2026, 11, 24, 10)
LEASE_ENDS = NOW + timedelta(minutes=2)


class Claimed:
    """Two messages that are claimed, of two nudges each, to two people."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database = database
        self.workspace_id = workspace_id

    async def prepare(self) -> None:
        """Write them."""
        nudges = await team(self.database, self.workspace_id, MEET_AT, size=1)
        people = sorted({nudge.person_id for nudge in nudges})
        self.nudges = {who: [one for one in nudges if one.person_id == who][:2] for who in people}
        async with self.database.unit(self.workspace_id) as store:
            new = [NewMessage(who, f"m{place}", late=False) for place, who in enumerate(people)]
            self.keys = await store.messages.add(new, NOW, LEASE_ENDS)
            await store.nudges.apply(
                [
                    Transition(nudge, NudgeState.CLAIMED, message_id=self.keys[f"m{place}"])
                    for place, who in enumerate(people)
                    for nudge in self.nudges[who]
                ],
                NOW,
            )

    def ids(self, place: int) -> list[int]:
        """The keys of the nudges of a message."""
        return [nudge.pk for nudge in list(self.nudges.values())[place]]

    async def message(self, public_id: str) -> Message | None:
        """A message as it is now."""
        async with self.database.reading(self.workspace_id) as store:
            return await store.messages._first(select(Message).where(Message.public_id == public_id))  # type: ignore[no-any-return]

    async def states(self, place: int) -> set[tuple[NudgeState, int | None]]:
        """States and messages of the nudges of a message, as they are now."""
        async with self.database.reading(self.workspace_id) as store:
            rows: Sequence[Nudge] = await store.nudges._all(select(Nudge).where(Nudge.id.in_(self.ids(place))))  # type: ignore[union-attr]
        assert len(rows) == 2
        return {(row.state, row.message_id) for row in rows}


@pytest.fixture
async def both(database: Database, workspace_id: int) -> Claimed:
    """The two messages, on either database."""
    made = Claimed(database, workspace_id)
    await made.prepare()
    return made


async def test_a_message_settles_with_all_its_nudges(both: Claimed):
    """What is written of a message is true of its nudges, and of no others."""
    async with both.database.unit(both.workspace_id) as store:
        await store.messages.settle_sent([SentMessage(both.keys["m0"], "D1", "1.5", NOW)], NOW)
        await store.messages.settle_failed({both.keys["m1"]: "channel_not_found"}, NOW)
    sent, failed = await both.message("m0"), await both.message("m1")
    assert sent is not None
    assert failed is not None
    assert (sent.state, sent.channel, sent.ts, sent.ready_at, sent.posted_at) == (
        MessageState.SENT, "D1", "1.5", None, NOW
    )  # fmt: skip
    assert (failed.state, failed.failure, failed.ready_at, failed.posted_at) == (
        MessageState.FAILED, "channel_not_found", None, None
    )  # fmt: skip
    assert await both.states(0) == {(NudgeState.SENT, sent.id)}
    assert await both.states(1) == {(NudgeState.FAILED, failed.id)}


async def test_a_released_message_is_gone_and_its_nudges_are_planned(both: Claimed):
    """A message that was certainly not posted leaves nothing behind but planned nudges."""
    later = NOW + timedelta(minutes=1)
    async with both.database.unit(both.workspace_id) as store:
        await store.messages.release(
            [Release(both.keys["m0"], later), Release(both.keys["m1"], later, faulty=True)], NOW
        )
    assert await both.message("m0") is None
    assert await both.states(0) == await both.states(1) == {(NudgeState.PLANNED, None)}
    async with both.database.reading(both.workspace_id) as store:
        rows = await store.nudges._all(select(Nudge).where(Nudge.id.in_(both.ids(0) + both.ids(1))))  # type: ignore[union-attr]
    assert {(row.ready_at, row.set_aside_at) for row in rows} == {(later, NOW)}
    assert {row.attempts for row in rows if row.id in both.ids(0)} == {0}
    assert {row.attempts for row in rows if row.id in both.ids(1)} == {1}


async def test_a_split_message_divides_its_nudges(both: Claimed):
    """Each of the new messages carries the nudges it was given; the old one is gone, the other untouched."""
    first, second = both.ids(0)
    who = next(iter(both.nudges))
    into = [(NewMessage(who, "a", late=True), [first]), (NewMessage(who, "b", late=True), [second])]
    async with both.database.unit(both.workspace_id) as store:
        keys = await store.messages.split([Split(both.keys["m0"], into)], NOW, LEASE_ENDS)
    assert await both.message("m0") is None
    assert keys.keys() == {"a", "b"}
    assert await both.states(0) == {(NudgeState.CLAIMED, keys["a"]), (NudgeState.CLAIMED, keys["b"])}
    assert await both.states(1) == {(NudgeState.CLAIMED, both.keys["m1"])}
    new = await both.message("a")
    assert new is not None
    assert (new.state, new.ready_at, new.late, new.person_id) == (MessageState.CLAIMED, LEASE_ENDS, True, who)


async def test_what_another_worker_settled_stays(both: Claimed):
    """A worker that comes back late settles, releases and splits nothing that has been settled meanwhile."""
    key, first = both.keys["m0"], both.ids(0)[0]
    async with both.database.unit(both.workspace_id) as store:
        await store.messages.settle_sent([SentMessage(key, "D1", "1.5", NOW)], NOW)
    async with both.database.unit(both.workspace_id) as late:
        await late.messages.settle_sent([SentMessage(key, "D2", "9.9", NOW)], NOW)
        await late.messages.settle_failed({key: "x"}, NOW)
        await late.messages.release([Release(key, NOW)], NOW)
        await late.messages.look_again({key: LEASE_ENDS}, NOW)
        assert await late.messages.split([Split(key, [(NewMessage(1, "a", late=False), [first])])], NOW, NOW) == {}
    message = await both.message("m0")
    assert message is not None
    assert (message.state, message.ts, message.attempts, message.ready_at) == (MessageState.SENT, "1.5", 0, None)
    assert await both.states(0) == {(NudgeState.SENT, key)}


async def test_the_key_of_a_deleted_message_is_not_used_again(both: Claimed):
    """A late worker's outcome of a released message cannot settle another message by its key."""
    key = both.keys["m1"]
    async with both.database.unit(both.workspace_id) as store:
        await store.messages.release([Release(key, NOW)], NOW)
        person_id = list(both.nudges)[1]
        new = await store.messages.add([NewMessage(person_id, "n", late=False)], NOW, LEASE_ENDS)
        await store.messages.settle_failed({key: "x"}, NOW)
    assert new["n"] != key
    message = await both.message("n")
    assert message is not None
    assert message.state is MessageState.CLAIMED


async def test_a_lease_ends_when_it_says(both: Claimed):
    """An unconfirmed message is hidden until its lease ends, and no longer."""
    async with both.database.unit(both.workspace_id) as store:
        assert not await store.messages.lock_unconfirmed(LEASE_ENDS - timedelta(seconds=1), 10)
        assert len(await store.messages.lock_unconfirmed(LEASE_ENDS, 10)) == 2
        assert len(await store.messages.lock_unconfirmed(LEASE_ENDS, 1)) == 1
        await store.messages.look_again({both.keys["m0"]: LEASE_ENDS + timedelta(minutes=1)}, NOW)
        [left] = await store.messages.lock_unconfirmed(LEASE_ENDS, 10)
    assert left.id == both.keys["m1"]
    message = await both.message("m0")
    assert message is not None
    assert message.attempts == 1
