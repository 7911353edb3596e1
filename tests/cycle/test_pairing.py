import asyncio
from datetime import date
from typing import Any

import pytest

from cycle import pairing
from cycle.errors import CareerError, InvalidInput, NotAllowed, NotAvailable
from storage.database import Database
from storage.nudges import NudgeState
from storage.pairs import Cadence, Pair, PairState, Side
from storage.people import Person
from tests.support.builders import MADRID, TOKYO, at, pair, person, saved

# A Friday evening in Madrid: nobody is at work any more.
NOW = at(MADRID, 2026, 11, 20, 18)


class Services:
    """Ana, Ben and Chiyo in one workspace, and what they do there at `NOW`."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.ana, self.ben = person("Ana Ruiz"), person("Ben Okafor", "Europe/London")
        self.chiyo = person("Chiyo Tanaka", TOKYO)

    async def open(self, *others: Any) -> None:
        """Everybody is known."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, self.ana, self.ben, self.chiyo, *others)

    async def ask(self, me: Person, other: Person, my_side: Side = Side.EMPLOYEE) -> Pair:
        """Ask somebody, in a unit of work of its own."""
        async with self.database.unit(self.workspace_id) as store:
            return await pairing.ask(store, me, other, my_side, NOW)

    async def do(self, what: Any, me: Person, pair_id: int) -> Pair:
        """Accept, decline or withdraw, in a unit of work of its own."""
        async with self.database.unit(self.workspace_id) as store:
            found: Pair = await what(store, me, pair_id, NOW)
            return found

    async def nudges(self, pair_id: int) -> dict[str, NudgeState]:
        """The nudges of a pair that wait or were taken back, by kind."""
        keys = [f"pair_asked:{pair_id}", f"pair_answered:{pair_id}"]
        async with self.database.reading(self.workspace_id) as store:
            return {one.kind: one.state for one in await store.nudges.of_pair(pair_id, keys)}


@pytest.fixture
async def services(database: Database, workspace_id: int) -> Services:
    """The three, known and unpaired."""
    services = Services(database, workspace_id)
    await services.open()
    return services


@pytest.mark.parametrize("my_side", list(Side))
async def test_E1_either_side_starts(services: Services, my_side: Side):
    """Whoever asks stands on the side they named, the other side on the other, and one of the two still says yes."""
    asked = await services.ask(services.ana, services.ben, my_side)
    assert asked.side_of(services.ana.pk) is my_side
    assert asked.side_of(services.ben.pk) is my_side.other
    assert asked.state is PairState.ASKED


async def test_L6_half_a_year_is_the_default_cadence(services: Services):
    """Two who have not spoken about it yet meet every six months."""
    assert (await services.ask(services.ana, services.ben)).cadence is Cadence.HALF_YEARLY


async def test_the_other_side_hears_in_their_own_working_hours(services: Services):
    """The moment that the asker is told is the one that is planned: Monday morning in Tokyo."""
    asked = await services.ask(services.ana, services.chiyo)
    async with services.database.reading(services.workspace_id) as store:
        (nudge,) = await store.nudges.of_pair(asked.pk)
    assert nudge.person_id == services.chiyo.pk
    assert nudge.due_at == at(TOKYO, 2026, 11, 23, 9)
    assert pairing.told_at(asked, services.ana, services.chiyo) == nudge.due_at


async def test_nobody_pairs_with_themselves(services: Services):
    """Choosing oneself is refused beside the field."""
    with pytest.raises(InvalidInput) as refused:
        await services.ask(services.ana, services.ana)
    assert set(refused.value.fields) == {pairing.OTHER}


@pytest.mark.parametrize(("also", "reason"), [({"is_bot": True}, "is an app"), ({"deactivated": True}, "no longer")])
async def test_apps_and_people_who_left_are_refused(services: Services, also: dict[str, bool], reason: str):
    """An app and somebody who has left cannot be the other side, and the reason is said."""
    other = person("Robo Cop", **also)
    await services.open(other)
    with pytest.raises(InvalidInput, match=reason):
        await services.ask(services.ana, other)


@pytest.mark.parametrize("state", [PairState.ASKED, PairState.ACTIVE])
async def test_one_manager_at_a_time(services: Services, state: PairState):
    """A second pair for one employee is refused with the reason, whether the first is agreed on or only asked for."""
    await services.open(pair(services.ana, services.ben, state=state))
    with pytest.raises(InvalidInput, match="already have Ben as your manager"):
        await services.ask(services.ana, services.chiyo)
    with pytest.raises(InvalidInput, match="Ana already has career discussions with another manager"):
        await services.ask(services.chiyo, services.ana, Side.MANAGER)


@pytest.mark.parametrize(
    ("state", "reason"), [(PairState.ASKED, "still has to say yes"), (PairState.ACTIVE, "already paired")]
)
async def test_asking_twice_says_where_the_two_stand(services: Services, state: PairState, reason: str):
    """Asking the same person again, from either side, is refused and says what is there already."""
    await services.open(pair(services.ana, services.ben, state=state))
    with pytest.raises(InvalidInput, match=reason):
        await services.ask(services.ana, services.ben)
    with pytest.raises(InvalidInput, match=reason):
        await services.ask(services.ben, services.ana, Side.MANAGER)


async def test_not_both_ways_round(services: Services):
    """My manager does not become my report as well."""
    await services.open(pair(services.ana, services.ben))
    with pytest.raises(InvalidInput, match="the other way round"):
        await services.ask(services.ana, services.ben, Side.MANAGER)
    with pytest.raises(InvalidInput, match="the other way round"):
        await services.ask(services.ben, services.ana, Side.EMPLOYEE)


async def test_a_manager_has_several_reports_and_a_manager(services: Services):
    """Only the employee's side is limited to one."""
    dev = person("Dev Patel")
    await services.open(dev)
    await services.ask(services.ben, services.ana, Side.MANAGER)
    await services.ask(services.ben, services.chiyo, Side.MANAGER)
    await services.ask(services.ben, dev, Side.EMPLOYEE)


async def test_two_questions_at_once_leave_one(services: Services):
    """Two managers who ask the same employee at the same moment: one is first, the other hears the reason."""
    both = await asyncio.gather(
        services.ask(services.ben, services.ana, Side.MANAGER),
        services.ask(services.chiyo, services.ana, Side.MANAGER),
        return_exceptions=True,
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [InvalidInput]
    async with services.database.reading(services.workspace_id) as store:
        assert len(await store.pairs.current_of(services.ana.pk)) == 1


async def test_E1_yes_opens_the_first_discussion(services: Services):
    """A yes makes the pair active, opens a talk due within three weeks, and the asker will hear it."""
    asked = await services.ask(services.ana, services.ben)
    agreed = await services.do(pairing.accept, services.ben, asked.pk)
    assert agreed.state is PairState.ACTIVE
    async with services.database.reading(services.workspace_id) as store:
        discussion = await store.discussions.open_of(asked.pk)
    assert discussion is not None
    assert discussion.number == 1
    assert discussion.due_on == date(2026, 12, 11)
    nudges = await services.nudges(asked.pk)
    assert nudges["pair_asked"] is NudgeState.CANCELLED
    assert nudges["pair_answered"] is NudgeState.PLANNED


async def test_no_ends_it_and_leaves_the_employee_free(services: Services):
    """A no opens nothing; the asker hears it, and may ask somebody else."""
    asked = await services.ask(services.ana, services.ben)
    declined = await services.do(pairing.decline, services.ben, asked.pk)
    assert declined.state is PairState.DECLINED
    assert (await services.nudges(asked.pk))["pair_answered"] is NudgeState.PLANNED
    async with services.database.reading(services.workspace_id) as store:
        assert await store.discussions.open_of(asked.pk) is None
    await services.ask(services.ana, services.chiyo)


@pytest.mark.parametrize("again", [pairing.accept, pairing.decline])
@pytest.mark.parametrize("first", [pairing.accept, pairing.decline])
async def test_a_second_answer_comes_too_late(services: Services, first: Any, again: Any):
    """The first answer stands, also when the button is pressed twice."""
    asked = await services.ask(services.ana, services.ben)
    answered = await services.do(first, services.ben, asked.pk)
    with pytest.raises(NotAvailable, match="already answered"):
        await services.do(again, services.ben, asked.pk)
    async with services.database.reading(services.workspace_id) as store:
        assert (await store.pairs.get(asked.pk)).state is answered.state


async def test_two_yeses_at_once_open_one_discussion(services: Services):
    """Pressing twice at the same moment counts once."""
    asked = await services.ask(services.ana, services.ben)
    both = await asyncio.gather(
        *(services.do(pairing.accept, services.ben, asked.pk) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [NotAvailable]


@pytest.mark.parametrize("answer", [pairing.accept, pairing.decline])
async def test_only_the_other_side_answers(services: Services, answer: Any):
    """Neither whoever asked nor a stranger answers for the other side."""
    asked = await services.ask(services.ana, services.ben)
    for somebody in (services.ana, services.chiyo):
        with pytest.raises(NotAllowed):
            await services.do(answer, somebody, asked.pk)


async def test_a_question_is_taken_back(services: Services):
    """The other side is not asked any more, a late yes is told so, and the employee is free again."""
    asked = await services.ask(services.ana, services.ben)
    await services.do(pairing.withdraw, services.ana, asked.pk)
    assert await services.nudges(asked.pk) == {"pair_asked": NudgeState.CANCELLED}
    with pytest.raises(NotAvailable, match="taken back"):
        await services.do(pairing.accept, services.ben, asked.pk)
    await services.ask(services.ana, services.ben)


async def test_only_the_asker_takes_back_and_only_in_time(services: Services):
    """The other side says no instead of withdrawing; after the answer there is nothing to take back."""
    asked = await services.ask(services.ana, services.ben)
    for somebody in (services.ben, services.chiyo):
        with pytest.raises(NotAllowed):
            await services.do(pairing.withdraw, somebody, asked.pk)
    await services.do(pairing.accept, services.ben, asked.pk)
    with pytest.raises(NotAvailable):
        await services.do(pairing.withdraw, services.ana, asked.pk)


@pytest.mark.parametrize("what", [pairing.accept, pairing.decline, pairing.withdraw])
async def test_a_pair_that_never_was(services: Services, what: Any):
    """A made-up key is answered with a sentence, not with a fault."""
    with pytest.raises(CareerError):
        await services.do(what, services.ana, 4711)
