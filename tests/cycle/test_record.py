"""What is in a record, and when it was so (practice L5)."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle import record as records
from cycle.record import Record
from storage.achievements import Achievement
from storage.discussions import Discussion
from storage.objectives import Horizon, Objective, ObjectiveState
from tests.support.builders import held, notes
from tests.support.databases import SqliteTemplate, counted_statements, opened
from tests.support.pair_fixture import NOW, PairFixture

HALF_A_YEAR = timedelta(days=182)


@pytest.fixture
async def two(sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[PairFixture]:
    """Ana and Chiyo, who have a discussion open. On SQLite; the listeners read records on both databases."""
    async with opened(sqlite_template.copy(tmp_path)) as database:
        yield await PairFixture.planning(database, await database.workspace("T0ACME", "Acme"))


async def met(two: PairFixture, *moments: datetime) -> list[Discussion]:
    """The two held discussions at some moments, after the open one by number, since that one is first here."""
    done = [held(two.pair, moment, moment, number=number) for number, moment in enumerate(moments, start=2)]
    await two.write(*done)
    return done


async def of_all(two: PairFixture) -> list[Record]:
    """Ana's records."""
    async with two.reading(two.ana) as (store, me):
        return await records.records(store, me, two.pair.pk)


async def test_L5_all_records_take_as_many_statements_as_one(two: PairFixture):
    """Ten discussions are read with the statements that read one, and each record has what is its own."""
    await met(two, NOW - HALF_A_YEAR)
    with counted_statements(two.database) as of_one:
        await of_all(two)
    done = [held(two.pair, NOW - timedelta(days=9 - one), NOW, number=3 + one) for one in range(9)]
    await two.write(*done)
    await two.write(*(notes(one, two.chiyo, f"Notes {one.number}") for one in done))
    with counted_statements(two.database) as of_ten:
        found = await of_all(two)
    assert len(of_one) == len(of_ten)
    assert [[one.text for one in each.notes] for each in found] == [[], *([f"Notes {one.number}"] for one in done)]


async def test_L5_objectives_are_those_of_that_day(two: PairFixture):
    """Each record has the shared objectives that were current then, whatever became of them later."""
    first, second = NOW - HALF_A_YEAR, NOW
    await met(two, first, second)

    def objective(text: str, set_at: datetime, settled_at: datetime | None, **also: Any) -> Objective:
        state = ObjectiveState.CHANGED if settled_at else ObjectiveState.CURRENT
        known: dict[str, Any] = {"state": state, "shared": True} | also
        return Objective(
            pair_id=two.pair.pk, owner_id=two.ana.pk, horizon=Horizon.SHORT, text=text, target_on=date(2027, 6, 1),
            set_at=set_at, settled_at=settled_at, **known,
        )  # fmt: skip

    early, between, late = first - timedelta(days=1), first + timedelta(days=1), second + timedelta(days=1)
    await two.write(
        objective("Changed in between", early, between),
        objective("New in between", between, None),
        objective("Dropped afterwards", early, late, state=ObjectiveState.DROPPED),
        objective("Dropped, nobody knows when", early, None, state=ObjectiveState.DROPPED),
        objective("Set afterwards", late, None),
        objective("Private", early, None, shared=False),
    )
    then, now = await of_all(two)
    assert [one.text for one in then.objectives] == ["Changed in between", "Dropped afterwards"]
    assert [one.text for one in now.objectives] == ["Dropped afterwards", "New in between"]
    assert [one.text for one in then.private_objectives] == ["Private"]
    assert then.shared_part.private_objectives == ()


async def test_L5_achievements_are_in_the_record_of_the_next_discussion_of_their_author(two: PairFixture):
    """Each achievement is in one record, the employee's own; the manager's achievements are in none of this pair."""
    first, second = NOW - HALF_A_YEAR, NOW
    await met(two, first, second)
    days = {"Before": first.date(), "Between": first.date() + timedelta(days=1), "Later": second.date() + HALF_A_YEAR}
    await two.write(
        *(Achievement(person_id=two.ana.pk, text=text, happened_on=day, saved_at=NOW) for text, day in days.items()),
        Achievement(person_id=two.chiyo.pk, text="Chiyo's", happened_on=first.date(), saved_at=NOW),
    )
    assert [[one.text for one in each.achievements] for each in await of_all(two)] == [["Before"], ["Between"]]
    async with two.reading(two.chiyo) as (store, me):
        assert [one.achievements for one in await records.records(store, me, two.pair.pk)] == [(), ()]
