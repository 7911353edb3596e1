import asyncio
from datetime import date
from typing import Any

import pytest

from cycle import pairing
from cycle.errors import CareerError, Gone, NotAllowed, Refused
from storage.database import Database
from storage.nudges import NudgeState
from storage.pairs import Cadence, Pair, PairState, Side
from storage.people import Person
from tests.support.builders import MADRID, TOKYO, at, pair, person, remembered

# A Friday evening in Madrid: nobody is at work any more.
NOW = at(MADRID, 2026, 11, 20, 18)


class Office:
    """Ana, Ben and Chiyo in one workspace, and what they do there at `NOW`."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.ana, self.ben = person("Ana Ruiz"), person("Ben Okafor", "Europe/London")
        self.chiyo = person("Chiyo Tanaka", TOKYO)

    async def open(self, *others: Any) -> None:
        """Everybody is known."""
        async with self.database.unit(self.workspace_id) as store:
            await remembered(store, self.ana, self.ben, self.chiyo, *others)

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
async def office(database: Database, workspace_id: int) -> Office:
    """The three, known and unpaired."""
    office = Office(database, workspace_id)
    await office.open()
    return office


@pytest.mark.parametrize("my_side", list(Side))
async def test_E1_either_side_starts(office: Office, my_side: Side):
    """Whoever asks stands on the side they named, the other side on the other, and one of the two still says yes."""
    asked = await office.ask(office.ana, office.ben, my_side)
    assert asked.side_of(office.ana.pk) is my_side
    assert asked.side_of(office.ben.pk) is my_side.other
    assert asked.state is PairState.ASKED


async def test_L6_half_a_year_is_the_default_cadence(office: Office):
    """Two who have not spoken about it yet meet every six months."""
    assert (await office.ask(office.ana, office.ben)).cadence is Cadence.HALF_YEARLY


async def test_the_other_side_hears_in_their_own_working_hours(office: Office):
    """The moment that the asker is told is the one that is planned: Monday morning in Tokyo."""
    asked = await office.ask(office.ana, office.chiyo)
    async with office.database.reading(office.workspace_id) as store:
        (nudge,) = await store.nudges.of_pair(asked.pk)
    assert nudge.person_id == office.chiyo.pk
    assert nudge.due_at == at(TOKYO, 2026, 11, 23, 9)
    assert pairing.told_at(asked, office.ana, office.chiyo) == nudge.due_at


async def test_nobody_pairs_with_themselves(office: Office):
    """Choosing oneself is refused beside the field."""
    with pytest.raises(Refused) as refused:
        await office.ask(office.ana, office.ana)
    assert set(refused.value.fields) == {pairing.OTHER}


@pytest.mark.parametrize(("also", "reason"), [({"is_bot": True}, "is an app"), ({"deactivated": True}, "no longer")])
async def test_apps_and_people_who_left_are_refused(office: Office, also: dict[str, bool], reason: str):
    """An app and somebody who has left cannot be the other side, and the reason is said."""
    other = person("Robo Cop", **also)
    await office.open(other)
    with pytest.raises(Refused, match=reason):
        await office.ask(office.ana, other)


@pytest.mark.parametrize("state", [PairState.ASKED, PairState.ACTIVE])
async def test_one_manager_at_a_time(office: Office, state: PairState):
    """A second pair for one employee is refused with the reason, whether the first is agreed on or only asked for."""
    await office.open(pair(office.ana, office.ben, state=state))
    with pytest.raises(Refused, match="already have Ben as your manager"):
        await office.ask(office.ana, office.chiyo)
    with pytest.raises(Refused, match="Ana already has career discussions with another manager"):
        await office.ask(office.chiyo, office.ana, Side.MANAGER)


@pytest.mark.parametrize(
    ("state", "reason"), [(PairState.ASKED, "still has to say yes"), (PairState.ACTIVE, "already paired")]
)
async def test_asking_twice_says_where_the_two_stand(office: Office, state: PairState, reason: str):
    """Asking the same person again, from either side, is refused and says what is there already."""
    await office.open(pair(office.ana, office.ben, state=state))
    with pytest.raises(Refused, match=reason):
        await office.ask(office.ana, office.ben)
    with pytest.raises(Refused, match=reason):
        await office.ask(office.ben, office.ana, Side.MANAGER)


async def test_not_both_ways_round(office: Office):
    """My manager does not become my report as well."""
    await office.open(pair(office.ana, office.ben))
    with pytest.raises(Refused, match="the other way round"):
        await office.ask(office.ana, office.ben, Side.MANAGER)
    with pytest.raises(Refused, match="the other way round"):
        await office.ask(office.ben, office.ana, Side.EMPLOYEE)


async def test_a_manager_has_several_reports_and_a_manager(office: Office):
    """Only the employee's side is limited to one."""
    dev = person("Dev Patel")
    await office.open(dev)
    await office.ask(office.ben, office.ana, Side.MANAGER)
    await office.ask(office.ben, office.chiyo, Side.MANAGER)
    await office.ask(office.ben, dev, Side.EMPLOYEE)


async def test_two_questions_at_once_leave_one(office: Office):
    """Two managers who ask the same employee at the same moment: one is first, the other hears the reason."""
    both = await asyncio.gather(
        office.ask(office.ben, office.ana, Side.MANAGER),
        office.ask(office.chiyo, office.ana, Side.MANAGER),
        return_exceptions=True,
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [Refused]
    async with office.database.reading(office.workspace_id) as store:
        assert len(await store.pairs.living_of(office.ana.pk)) == 1


async def test_E1_yes_opens_the_first_talk(office: Office):
    """A yes makes the pair active, opens a talk due within three weeks, and the asker will hear it."""
    asked = await office.ask(office.ana, office.ben)
    agreed = await office.do(pairing.accept, office.ben, asked.pk)
    assert agreed.state is PairState.ACTIVE
    async with office.database.reading(office.workspace_id) as store:
        talk = await store.discussions.open_of(asked.pk)
    assert talk is not None
    assert talk.number == 1
    assert talk.due_on == date(2026, 12, 11)
    nudges = await office.nudges(asked.pk)
    assert nudges["pair_asked"] is NudgeState.CANCELLED
    assert nudges["pair_answered"] is NudgeState.PLANNED


async def test_no_ends_it_and_leaves_the_employee_free(office: Office):
    """A no opens nothing; the asker hears it, and may ask somebody else."""
    asked = await office.ask(office.ana, office.ben)
    declined = await office.do(pairing.decline, office.ben, asked.pk)
    assert declined.state is PairState.DECLINED
    assert (await office.nudges(asked.pk))["pair_answered"] is NudgeState.PLANNED
    async with office.database.reading(office.workspace_id) as store:
        assert await store.discussions.open_of(asked.pk) is None
    await office.ask(office.ana, office.chiyo)


@pytest.mark.parametrize("again", [pairing.accept, pairing.decline])
@pytest.mark.parametrize("first", [pairing.accept, pairing.decline])
async def test_a_second_answer_comes_too_late(office: Office, first: Any, again: Any):
    """The first answer stands, also when the button is pressed twice."""
    asked = await office.ask(office.ana, office.ben)
    answered = await office.do(first, office.ben, asked.pk)
    with pytest.raises(Gone, match="already answered"):
        await office.do(again, office.ben, asked.pk)
    async with office.database.reading(office.workspace_id) as store:
        assert (await store.pairs.get(asked.pk)).state is answered.state


async def test_two_yeses_at_once_open_one_talk(office: Office):
    """Pressing twice at the same moment counts once."""
    asked = await office.ask(office.ana, office.ben)
    both = await asyncio.gather(
        *(office.do(pairing.accept, office.ben, asked.pk) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [Gone]


@pytest.mark.parametrize("answer", [pairing.accept, pairing.decline])
async def test_only_the_other_side_answers(office: Office, answer: Any):
    """Neither whoever asked nor a stranger answers for the other side."""
    asked = await office.ask(office.ana, office.ben)
    for somebody in (office.ana, office.chiyo):
        with pytest.raises(NotAllowed):
            await office.do(answer, somebody, asked.pk)


async def test_a_question_is_taken_back(office: Office):
    """The other side is not asked any more, a late yes is told so, and the employee is free again."""
    asked = await office.ask(office.ana, office.ben)
    await office.do(pairing.withdraw, office.ana, asked.pk)
    assert await office.nudges(asked.pk) == {"pair_asked": NudgeState.CANCELLED}
    with pytest.raises(Gone, match="taken back"):
        await office.do(pairing.accept, office.ben, asked.pk)
    await office.ask(office.ana, office.ben)


async def test_only_the_asker_takes_back_and_only_in_time(office: Office):
    """The other side says no instead of withdrawing; after the answer there is nothing to take back."""
    asked = await office.ask(office.ana, office.ben)
    for somebody in (office.ben, office.chiyo):
        with pytest.raises(NotAllowed):
            await office.do(pairing.withdraw, somebody, asked.pk)
    await office.do(pairing.accept, office.ben, asked.pk)
    with pytest.raises(Gone):
        await office.do(pairing.withdraw, office.ana, asked.pk)


@pytest.mark.parametrize("what", [pairing.accept, pairing.decline, pairing.withdraw])
async def test_a_pair_that_never_was(office: Office, what: Any):
    """A made-up key is answered with a sentence, not with a fault."""
    with pytest.raises(CareerError):
        await office.do(what, office.ana, 4711)
