import asyncio

import pytest
import sqlalchemy as sa

from storage.agenda import AgendaItem
from storage.base import NotFound, PairScoped
from storage.commitments import ChangeRequest, Commitment
from storage.database import Database
from storage.discussions import Discussion
from storage.drives import Drive
from storage.gaps import Gap
from storage.meeting_requests import MeetingRequest
from storage.objectives import Benchmark, Objective
from storage.opportunities import Opportunity, OpportunityKind
from storage.pairs import Pair, Place
from storage.people import Person
from storage.preparations import Answer, Preparation
from storage.pulses import Pulse
from storage.store import Store
from storage.thanks import ThankYou
from storage.updates import Update
from storage.wrap_ups import Addition, Notes
from tests.support.builders import commitment, pair, person, saved
from tests.support.databases import until_waiting
from tests.support.everything import DAY, one_of_everything

NOWHERE = 999_999
KEYS: dict[type[PairScoped], str] = {
    AgendaItem: "item", Answer: "answer", ChangeRequest: "request", Commitment: "commitment", Discussion: "discussion",
    Objective: "objective", Preparation: "preparation", ThankYou: "thanks", Notes: "notes", Addition: "addition",
    Update: "update", Pulse: "pulse", Benchmark: "benchmark", Gap: "gap", Drive: "drive",
    MeetingRequest: "meeting",
}  # fmt: skip


async def change_unnoticed(store: Store, noun: type[Person | Pair | Opportunity], key: int, **values: str) -> None:
    """Change a row without the session's knowing, as another transaction's commit does."""
    table = noun.__table__  # type: ignore[union-attr]
    await (await store._session.connection()).execute(sa.update(table).where(table.c.id == key).values(values))


async def test_a_pair_that_was_read_before_is_read_again_by_its_lock(database: Database, workspace_id: int):
    """After the lock the pair is as it is in the database, even where it was read before."""
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        two = await store.pairs.get(known.pair)
        await change_unnoticed(store, Pair, known.pair, place=Place.WALK)
        assert await store.pairs.lock(known.pair) is two
        assert two.place is Place.WALK
        await change_unnoticed(store, Pair, known.pair, place=Place.MEAL)
        assert await store.pairs.lock_of(Discussion, known.discussion) is two
        assert two.place is Place.MEAL


async def test_people_who_were_read_before_are_read_again_by_their_lock(database: Database, workspace_id: int):
    """After the lock people are as they are in the database, each by key."""
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        ana = await store.people.get(known.person)
        await change_unnoticed(store, Person, known.person, name="Ana Sol")
        locked = await store.people.lock(known.other, known.person)
    assert {key: one.name for key, one in locked.items()} == {known.person: "Ana Sol", known.other: "Bo"}
    assert locked[known.person] is ana


async def test_an_opportunity_that_was_read_before_is_read_again_by_its_lock(database: Database, workspace_id: int):
    """Whether it is open, and how many seats it has, is as the last change left it."""
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        one = await store.opportunities.get(known.opportunity)
        await change_unnoticed(store, Opportunity, known.opportunity, kind="role")
        assert await store.opportunities.lock(known.opportunity) is one
        assert one.kind is OpportunityKind.ROLE


async def test_people_who_were_read_before_are_read_again_by_their_keys(database: Database, workspace_id: int):
    """A person read before a lock was waited for may have moved meanwhile: planning reads them as they are now."""
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        ana = await store.people.get(known.person)
        await change_unnoticed(store, Person, known.person, tz="Asia/Tokyo")
        found = await store.people.by_ids([known.person])
    assert found[known.person] is ana
    assert ana.tz == "Asia/Tokyo"


def test_every_row_between_two_people_names_its_pair():
    """A new noun between two people joins this suite."""
    assert set(PairScoped.__subclasses__()) == KEYS.keys()


@pytest.mark.parametrize("noun", KEYS, ids=lambda noun: noun.__name__)
async def test_the_pair_of_any_row_is_locked(database: Database, workspace_id: int, noun: type[PairScoped]):
    """The pair that a row belongs to is found among others, and a row that is not there has none."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo")
        await saved(store, ana, bo)
        await saved(store, pair(ana, bo), pair(bo, ana))
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        assert (await store.pairs.lock_of(noun, getattr(known, KEYS[noun]))).pk == known.pair
        with pytest.raises(NotFound, match=noun.__name__):
            await store.pairs.lock_of(noun, NOWHERE)


async def test_what_is_not_there_cannot_be_locked(database: Database, workspace_id: int):
    """A pair or person without a row is `NotFound`, also among others that are there."""
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        with pytest.raises(NotFound, match=f"Pair {NOWHERE}"):
            await store.pairs.lock(NOWHERE)
        with pytest.raises(NotFound, match=f"Person {NOWHERE}"):
            await store.people.lock(known.person, NOWHERE)
        with pytest.raises(NotFound, match=f"Opportunity {NOWHERE}"):
            await store.opportunities.lock(NOWHERE)


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["lock", "lock_of"])
async def test_one_change_of_a_pair_waits_for_the_other(postgres_database: Database, way: str):
    """The second transaction gets the pair when the first has ended, and sees what that has changed."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    known = await one_of_everything(database, workspace_id)

    async def second() -> Place | None:
        async with database.unit(workspace_id) as store:
            assert (await store.pairs.get(known.pair)).place is None
            if way == "lock":
                return (await store.pairs.lock(known.pair)).place
            return (await store.pairs.lock_of(Discussion, known.discussion)).place

    async with asyncio.TaskGroup() as tasks, database.unit(workspace_id) as store:
        two = await store.pairs.lock(known.pair)
        waiting = tasks.create_task(second())
        await until_waiting(database)
        two.place = Place.WALK
    assert waiting.result() is Place.WALK


@pytest.mark.postgres
async def test_people_are_locked_in_the_order_of_their_keys(postgres_database: Database):
    """Two who lock the same people, named in different orders, do not wait for each other."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    known = await one_of_everything(database, workspace_id)
    first, last = sorted([known.person, known.other])

    async def both() -> None:
        async with database.unit(workspace_id) as store:
            await store.people.lock(last, first)

    async with asyncio.TaskGroup() as tasks, database.unit(workspace_id) as store:
        await store.people.lock(first)
        tasks.create_task(both())
        await until_waiting(database)
        await store.people.lock(last)  # a deadlock, if the other had begun with this one


@pytest.mark.postgres
async def test_new_rows_may_refer_to_what_is_locked(postgres_database: Database):
    """A lock on a pair and its people holds up no one who adds a row that belongs to them."""
    database, workspace_id = postgres_database, await postgres_database.workspace("T0ACME", "Acme")
    known = await one_of_everything(database, workspace_id)
    async with database.unit(workspace_id) as store:
        people = await store.people.lock(known.person, known.other)
        two = await store.pairs.lock(known.pair)
        async with asyncio.timeout(5), database.unit(workspace_id) as other:
            await saved(other, commitment(two, people[known.person], DAY))
