from typing import Any

import pytest

from cycle import agendas, scheduling
from cycle.agendas import LONGEST_ITEM, MOST_ITEMS, NEW_ITEMS, TEXT, Move
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from storage.agenda import AgendaItem, ItemState
from storage.database import Database
from storage.people import Person
from tests.support.builders import MADRID, at
from tests.support.two import NOW, Two

THEN = at(MADRID, 2026, 11, 24, 9)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> Two:
    """Ana and Chiyo, with an empty agenda."""
    return await Two.meet(database, workspace_id)


async def propose(two: Two, me: Person, *texts: str) -> list[AgendaItem]:
    """Hand points in."""
    return await two.do(agendas.propose, me, two.pair.pk, texts, NOW)


async def shown(two: Two) -> list[str]:
    """The agenda as both see it."""
    return [item.text for item in (await two.see(agendas.agenda_of, two.chiyo, two.pair.pk)).items]


async def state_of(two: Two, item: AgendaItem) -> ItemState:
    """How a point stands."""
    async with two.database.reading(two.workspace_id) as store:
        return (await store.agenda.get(item.pk)).state


async def test_E15_points_are_proposed_and_the_employees_come_first(two: Two):
    """Both propose; the manager was faster, and still the employee's points lead."""
    await propose(two, two.chiyo, "The audit")
    await propose(two, two.ana, "Lead the night shift", "  My   course \n")
    assert await shown(two) == ["Lead the night shift", "My course", "The audit"]


async def test_E15_a_proposal_ends_the_reminder_to_propose(two: Two):
    """The employee's own point takes the nudge away, and the manager is to answer; the manager's point does neither."""
    await two.do(scheduling.set_date, two.ana, two.pair.pk, THEN, 60, seen_round=0, now=NOW)
    await propose(two, two.chiyo, "The audit")
    assert {"propose_agenda"} == {"propose_agenda", "answer_agenda"} & set(await two.waiting())
    await propose(two, two.ana, "Lead the night shift")
    assert {"answer_agenda"} == {"propose_agenda", "answer_agenda"} & set(await two.waiting())


async def test_E15_answering_ends_the_reminder_to_answer(two: Two):
    """Accepting one point and amending the other leaves nothing to answer."""
    await two.do(scheduling.set_date, two.ana, two.pair.pk, THEN, 60, seen_round=0, now=NOW)
    first, second = await propose(two, two.ana, "Lead the night shift", "My course")
    await two.do(agendas.accept, two.chiyo, first.pk, NOW)
    assert "answer_agenda" in await two.waiting()
    await two.do(agendas.amend, two.chiyo, second.pk, "Which course first", NOW)
    assert "answer_agenda" not in await two.waiting()


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\n"]])
async def test_nothing_written_is_said_beside_the_field(two: Two, texts: list[str]):
    """An empty form is answered kindly."""
    with pytest.raises(InvalidInput) as refused:
        await propose(two, two.ana, *texts)
    assert NEW_ITEMS in refused.value.fields


async def test_a_point_stands_only_once(two: Two):
    """The same words again, in another case, with other spaces or within one form, add nothing."""
    await propose(two, two.ana, "My course", "my  course")
    assert await propose(two, two.chiyo, "MY COURSE") == []
    assert await shown(two) == ["My course"]


async def test_limits_are_said_beside_the_field(two: Two):
    """A point of 500 characters and 30 points are fine, one more of either is not."""
    assert len(await propose(two, two.ana, "x" * LONGEST_ITEM)) == 1
    with pytest.raises(InvalidInput, match="longer"):
        await propose(two, two.ana, "x" * (LONGEST_ITEM + 1))
    await propose(two, two.ana, *(f"Point {number}" for number in range(MOST_ITEMS - 1)))
    with pytest.raises(InvalidInput, match="more than 30"):
        await propose(two, two.chiyo, "One more")


async def test_a_point_is_accepted_by_the_other_side_alone(two: Two):
    """Nobody accepts what they proposed themselves."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.do(agendas.accept, two.ana, item.pk, NOW)
    await two.do(agendas.accept, two.chiyo, item.pk, NOW)
    assert await state_of(two, item) is ItemState.ACCEPTED


async def test_amending_keeps_the_first_words(two: Two):
    """The other side's new words are marked as amended; however often, the first words stay on record."""
    (item,) = await propose(two, two.ana, "My course")
    await two.do(agendas.amend, two.chiyo, item.pk, "Which course first", NOW)
    amended = await two.do(agendas.amend, two.chiyo, item.pk, "  Which course\nby June ", NOW)
    assert (amended.text, amended.first_text, amended.state) == (
        "Which course by June",
        "My course",
        ItemState.AMENDED,
    )


async def test_new_words_of_the_author_are_a_new_proposal(two: Two):
    """What was accepted is no longer accepted once its author says something else; the same words change nothing."""
    (item,) = await propose(two, two.ana, "My course")
    await two.do(agendas.accept, two.chiyo, item.pk, NOW)
    await two.do(agendas.amend, two.ana, item.pk, "My course", NOW)
    assert await state_of(two, item) is ItemState.ACCEPTED
    await two.do(agendas.amend, two.ana, item.pk, "A pay rise", NOW)
    assert await state_of(two, item) is ItemState.PROPOSED


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_ITEM + 1)])
async def test_amending_needs_words(two: Two, text: str):
    """Neither nothing nor too much is taken."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(InvalidInput) as refused:
        await two.do(agendas.amend, two.ana, item.pk, text, NOW)
    assert TEXT in refused.value.fields


async def test_only_the_author_takes_a_point_back(two: Two):
    """The other side can leave it for later, not remove it."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.do(agendas.withdraw, two.chiyo, item.pk, NOW)
    await two.do(agendas.withdraw, two.ana, item.pk, NOW)
    assert await shown(two) == []


async def test_a_point_can_be_proposed_again_after_it_was_taken_back(two: Two):
    """Changing one's mind twice is fine."""
    (item,) = await propose(two, two.ana, "My course")
    await two.do(agendas.withdraw, two.ana, item.pk, NOW)
    await propose(two, two.ana, "My course")
    assert await shown(two) == ["My course"]


async def test_points_move_among_those_of_the_same_side(two: Two):
    """A point changes places with its neighbour and stops at the ends; the other side's points stay where they are."""
    await propose(two, two.ana, "A")
    (other,) = await propose(two, two.chiyo, "X")
    _b, c = await propose(two, two.ana, "B", "C")
    await two.do(agendas.move, two.ana, c.pk, Move.UP)
    assert await shown(two) == ["A", "C", "B", "X"]
    for _ in range(3):
        await two.do(agendas.move, two.ana, c.pk, Move.UP)
    assert await shown(two) == ["C", "A", "B", "X"]
    await two.do(agendas.move, two.ana, c.pk, Move.DOWN)
    await two.do(agendas.move, two.chiyo, other.pk, Move.DOWN)
    assert await shown(two) == ["A", "C", "B", "X"]


async def test_a_point_left_for_the_discussion_after_comes_back(two: Two):
    """It leaves the coming agenda, is counted, and stands in the talk after the coming one with its author."""
    await two.do(scheduling.set_date, two.ana, two.pair.pk, THEN, 60, seen_round=0, now=NOW)
    (item,) = await propose(two, two.ana, "My course")
    await two.do(agendas.carry_over, two.chiyo, item.pk, NOW)
    seen = await two.see(agendas.agenda_of, two.ana, two.pair.pk)
    assert (list(seen.items), seen.carried_over) == ([], 1)
    await two.do(scheduling.cancel, two.ana, two.pair.pk, "Ill", NOW)
    (copy,) = (await two.see(agendas.agenda_of, two.ana, two.pair.pk)).items
    assert (copy.text, copy.author_id, copy.carried_from_id) == ("My course", two.ana.pk, item.pk)


DEEDS: list[tuple[Any, tuple[Any, ...]]] = [
    (agendas.accept, (NOW,)),
    (agendas.amend, ("Other words", NOW)),
    (agendas.withdraw, (NOW,)),
    (agendas.carry_over, (NOW,)),
    (agendas.move, (Move.UP,)),
]


@pytest.mark.parametrize(("deed", "given"), DEEDS)
async def test_a_third_person_touches_nothing(two: Two, deed: Any, given: tuple[Any, ...]):
    """Whoever is not of the pair is refused, whatever they try."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.do(deed, two.ben, item.pk, *given)
    assert await state_of(two, item) is ItemState.PROPOSED


@pytest.mark.parametrize(("deed", "given"), DEEDS)
async def test_what_is_off_the_table_stays_off(two: Two, deed: Any, given: tuple[Any, ...]):
    """A point that was taken back meanwhile cannot be changed any more."""
    (item,) = await propose(two, two.ana, "My course")
    await two.do(agendas.withdraw, two.ana, item.pk, NOW)
    with pytest.raises(NotAvailable):
        await two.do(deed, two.chiyo, item.pk, *given)


async def test_a_third_person_sees_no_agenda(two: Two):
    """Neither the list nor a single point is shown to anybody else, nor is a point that was never there."""
    (item,) = await propose(two, two.ana, "My course")
    for look, key in ((agendas.agenda_of, two.pair.pk), (agendas.item_of, item.pk)):
        with pytest.raises(NotAllowed):
            await two.see(look, two.ben, key)
    with pytest.raises(NotAvailable):
        await two.see(agendas.item_of, two.ana, 999)
    with pytest.raises(NotAllowed):
        await propose(two, two.ben, "Mischief")
