from functools import partial
from typing import Any

import pytest

from cycle import agendas
from cycle.agendas import LONGEST_ITEM, MOST_ITEMS, NEW_ITEMS, TEXT, Move
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from storage.agenda import AgendaItem, ItemState
from storage.database import Database
from storage.people import Person
from tests.support.builders import MADRID, TOKYO, at
from tests.support.pair_fixture import NOW, PairFixture

THEN = at(MADRID, 2026, 11, 24, 9)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Chiyo, with an empty agenda."""
    return await PairFixture.planning(database, workspace_id)


async def propose(two: PairFixture, me: Person, *texts: str) -> list[AgendaItem]:
    """Propose items."""
    return await two.propose(me, *texts)


async def shown(two: PairFixture) -> list[str]:
    """The agenda as both see it."""
    return [item.text for item in (await two.agenda(two.chiyo)).items]


async def state_of(two: PairFixture, item: AgendaItem) -> ItemState:
    """The state of an item."""
    async with two.database.reading(two.workspace_id) as store:
        return (await store.agenda.get(item.pk)).state


async def test_E15_items_are_proposed_and_the_employees_come_first(two: PairFixture):
    """Both propose; the manager was faster, and still the employee's items lead."""
    await propose(two, two.chiyo, "The audit")
    await propose(two, two.ana, "Lead the night shift", "  My   course \n")
    assert await shown(two) == ["Lead the night shift", "My course", "The audit"]


async def test_E15_a_proposal_ends_the_reminder_to_propose(two: PairFixture):
    """The employee's own item takes the nudge away, and the manager is to answer; the manager's item does neither."""
    await two.set_date(two.ana, THEN)
    await propose(two, two.chiyo, "The audit")
    assert {"propose_agenda"} == {"propose_agenda", "answer_agenda"} & set(await two.recipients())
    await propose(two, two.ana, "Lead the night shift")
    assert {"answer_agenda"} == {"propose_agenda", "answer_agenda"} & set(await two.recipients())


async def test_E15_answering_ends_the_reminder_to_answer(two: PairFixture):
    """Accepting one item and amending the other leaves nothing to answer."""
    await two.set_date(two.ana, THEN)
    first, second = await propose(two, two.ana, "Lead the night shift", "My course")
    await two.change_item(agendas.accept, two.chiyo, first.pk, NOW)
    assert "answer_agenda" in await two.recipients()
    await two.change_item(agendas.amend, two.chiyo, second.pk, "Which course first", NOW)
    assert "answer_agenda" not in await two.recipients()


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\n"]])
async def test_an_empty_proposal_is_answered_beside_the_field(two: PairFixture, texts: list[str]):
    """An empty form gets a sentence on what to do."""
    with pytest.raises(InvalidInput) as refused:
        await propose(two, two.ana, *texts)
    assert NEW_ITEMS in refused.value.fields


async def test_an_item_is_added_only_once(two: PairFixture):
    """The same words again, in another case, with other spaces or within one form, add nothing."""
    await propose(two, two.ana, "My course", "my  course")
    assert await propose(two, two.chiyo, "MY COURSE") == []
    assert await shown(two) == ["My course"]


async def test_limits_are_explained_beside_the_field(two: PairFixture):
    """An item of 500 characters and 30 items are fine, one more of either is not."""
    assert len(await propose(two, two.ana, "x" * LONGEST_ITEM)) == 1
    with pytest.raises(InvalidInput, match="longer"):
        await propose(two, two.ana, "x" * (LONGEST_ITEM + 1))
    await propose(two, two.ana, *(f"Item {number}" for number in range(MOST_ITEMS - 1)))
    with pytest.raises(InvalidInput, match="more than 30"):
        await propose(two, two.chiyo, "One more")


async def test_an_item_is_accepted_by_the_other_side_only(two: PairFixture):
    """Nobody accepts an item that they proposed themselves."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.change_item(agendas.accept, two.ana, item.pk, NOW)
    await two.change_item(agendas.accept, two.chiyo, item.pk, NOW)
    assert await state_of(two, item) is ItemState.ACCEPTED


async def test_amending_keeps_the_first_words(two: PairFixture):
    """The other side's new words are marked as amended; however often, the first words stay on record."""
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.amend, two.chiyo, item.pk, "Which course first", NOW)
    await two.change_item(agendas.amend, two.chiyo, item.pk, "  Which course\nby June ", NOW)
    amended = await two.look(lambda store: store.agenda.get(item.pk))
    assert (amended.text, amended.first_text, amended.state) == (
        "Which course by June",
        "My course",
        ItemState.AMENDED,
    )


async def test_new_words_of_the_author_are_a_new_proposal(two: PairFixture):
    """What was accepted is no longer accepted once its author says something else; the same words change nothing."""
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.accept, two.chiyo, item.pk, NOW)
    await two.change_item(agendas.amend, two.ana, item.pk, "My course", NOW)
    assert await state_of(two, item) is ItemState.ACCEPTED
    await two.change_item(agendas.amend, two.ana, item.pk, "A pay rise", NOW)
    assert await state_of(two, item) is ItemState.PROPOSED


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_ITEM + 1)])
async def test_amending_needs_words(two: PairFixture, text: str):
    """Neither nothing nor too much is taken."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(InvalidInput) as refused:
        await two.change_item(agendas.amend, two.ana, item.pk, text, NOW)
    assert TEXT in refused.value.fields


async def test_only_its_author_takes_an_item_back(two: PairFixture):
    """The other side can leave it for later, not remove it."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.change_item(agendas.withdraw, two.chiyo, item.pk, NOW)
    await two.change_item(agendas.withdraw, two.ana, item.pk, NOW)
    assert await shown(two) == []


async def test_an_item_can_be_proposed_again_after_it_was_taken_back(two: PairFixture):
    """Changing one's mind twice is fine."""
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.withdraw, two.ana, item.pk, NOW)
    await propose(two, two.ana, "My course")
    assert await shown(two) == ["My course"]


async def test_items_move_among_those_of_the_same_side(two: PairFixture):
    """An item changes places with its neighbour and stops at the ends; the other side's items stay where they are."""
    await propose(two, two.ana, "A")
    (other,) = await propose(two, two.chiyo, "X")
    _b, c = await propose(two, two.ana, "B", "C")
    await two.change_item(agendas.move, two.ana, c.pk, Move.UP)
    assert await shown(two) == ["A", "C", "B", "X"]
    for _ in range(3):
        await two.change_item(agendas.move, two.ana, c.pk, Move.UP)
    assert await shown(two) == ["C", "A", "B", "X"]
    await two.change_item(agendas.move, two.ana, c.pk, Move.DOWN)
    await two.change_item(agendas.move, two.chiyo, other.pk, Move.DOWN)
    assert await shown(two) == ["A", "C", "B", "X"]


async def test_an_item_left_for_the_discussion_after_comes_back(two: PairFixture):
    """It leaves the coming agenda, is named there, and is on the agenda of the discussion after, under its author."""
    await two.set_date(two.ana, THEN)
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.carry_over, two.chiyo, item.pk, NOW)
    seen = await two.agenda(two.ana)
    assert (list(seen.items), [one.text for one in seen.carried_over]) == ([], ["My course"])
    await two.cancel(two.ana, "Ill", NOW)
    (copy,) = (await two.agenda(two.ana)).items
    assert (copy.text, copy.author_id, copy.carried_from_id) == ("My course", two.ana.pk, item.pk)


async def test_E15_everything_that_waits_is_accepted_at_once(two: PairFixture):
    """What the other side has not seen, has proposed themselves or has answered already stays as it is."""
    await two.set_date(two.ana, THEN)
    first, second, third = await propose(two, two.ana, "One", "Two", "Three")
    (his,) = await propose(two, two.chiyo, "His")
    await two.change_item(agendas.amend, two.chiyo, third.pk, "Three, but sooner", NOW)
    (unseen,) = await propose(two, two.ana, "Four")
    assert await two.accept_all(two.chiyo, [first, second, third, his]) == agendas.Accepted(2)
    assert [await state_of(two, one) for one in (first, second, third, his, unseen)] == [
        ItemState.ACCEPTED, ItemState.ACCEPTED, ItemState.AMENDED, ItemState.PROPOSED, ItemState.PROPOSED
    ]  # fmt: skip
    assert await two.accept_all(two.chiyo, [first, second]) == agendas.Accepted(0)
    assert await two.accept_all(two.chiyo, [unseen]) == agendas.Accepted(1)
    assert "answer_agenda" not in await two.recipients()


async def test_E15_words_that_nobody_read_are_not_accepted(two: PairFixture):
    """Ana rewords an item after Chiyo has read it: accepting it, alone or with others, leaves it waiting."""
    await two.set_date(two.ana, THEN)
    first, second = await propose(two, two.ana, "One", "Two")
    await two.change_item(agendas.amend, two.ana, first.pk, "One, and twice the pay", NOW)
    with pytest.raises(NotAvailable, match="was reworded since you read it"):
        await two.change_item(partial(agendas.accept), two.chiyo, first.pk, agendas.mark_of(first), NOW)
    assert await two.accept_all(two.chiyo, [first, second]) == agendas.Accepted(1, reworded=1)
    assert await state_of(two, first) is ItemState.PROPOSED
    assert await state_of(two, second) is ItemState.ACCEPTED


async def answer_counter(two: PairFixture, who: Person, item: AgendaItem, number: int, *, take: bool) -> None:
    """Take or keep the words of an item for which others are suggested."""
    await two.change_item(partial(agendas.answer_counter, take=take), who, item.pk, number, NOW)


async def saved(two: PairFixture, item: AgendaItem) -> AgendaItem:
    """An item as it is saved."""
    return await two.look(lambda store: store.agenda.get(item.pk))


@pytest.mark.parametrize(
    ("take", "words"),
    [(True, ("Which course", "My course", ItemState.AMENDED)), (False, ("My course", None, ItemState.KEPT))],
)
async def test_E15_other_words_wait_for_the_authors_answer(two: PairFixture, *, take: bool, words: tuple[Any, ...]):
    """Chiyo suggests, and the item stays as it is; Ana answers once, and Chiyo hears of it; Ana's news are gone."""
    await two.set_date(two.ana, THEN)
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.counter, two.chiyo, item.pk, "Which  course", NOW)
    assert await shown(two) == ["My course"]
    assert [one.pk for one in (await two.agenda(two.ana)).to_decide(two.ana)] == [item.pk]
    recipients = await two.recipients()
    assert "answer_agenda" not in recipients
    assert recipients["agenda_answered"] == two.ana.pk
    await answer_counter(two, two.ana, item, 1, take=take)
    settled = await saved(two, item)
    assert (settled.text, settled.first_text, settled.state) == words
    told = [one for one in (await two.waiting()).values() if one.kind == "agenda_answered"]
    assert [(one.person_id, one.due_at) for one in told] == [(two.chiyo.pk, at(TOKYO, 2026, 11, 3, 9))]
    with pytest.raises(NotAvailable):
        await answer_counter(two, two.ana, item, 1, take=not take)
    assert (await saved(two, item)).text == words[0]


async def test_E15_only_words_that_the_author_has_read_are_taken(two: PairFixture):
    """Chiyo suggests anew while Ana reads: her answer to the first suggestion is refused, the new one waits."""
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.counter, two.chiyo, item.pk, "Which course", NOW)
    await two.change_item(agendas.counter, two.chiyo, item.pk, "No course", NOW)
    with pytest.raises(NotAvailable, match="has changed"):
        await answer_counter(two, two.ana, item, 1, take=True)
    with pytest.raises(NotAllowed):
        await answer_counter(two, two.chiyo, item, 2, take=True)
    await answer_counter(two, two.ana, item, 2, take=True)
    assert await shown(two) == ["No course"]


@pytest.mark.parametrize(
    ("by_chiyo", "use_case", "given", "text"),
    [
        (True, agendas.accept, (), "My course"),
        (True, agendas.amend, ("My courses",), "My courses"),
        (False, agendas.amend, ("My courses",), "My courses"),
    ],
)
async def test_E15_a_later_decision_replaces_a_suggestion(
    two: PairFixture, use_case: Any, given: tuple[str, ...], text: str, *, by_chiyo: bool
):
    """Chiyo accepts or rewords the item after all, or Ana rewords it herself: nothing waits for an answer any more."""
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.counter, two.chiyo, item.pk, "Which course", NOW)
    await two.change_item(use_case, two.chiyo if by_chiyo else two.ana, item.pk, *given, NOW)
    later = await saved(two, item)
    assert (later.text, later.counter_waits, later.counter_taken) == (text, False, False)
    with pytest.raises(NotAvailable):
        await answer_counter(two, two.ana, item, 1, take=True)


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_ITEM + 1), " My   course"])
def test_a_suggestion_needs_other_words(text: str):
    """Neither nothing nor too much nor what the item says already."""
    item = AgendaItem(pair_id=1, discussion_id=1, author_id=1, text="My course", position=1, proposed_at=NOW)
    assert list(agendas.check_counter(text, item)) == [TEXT]


async def test_E15_an_unanswered_suggestion_goes_on_waiting_next_time(two: PairFixture):
    """Left over, the item keeps its own words, and the suggestion waits at the copy, where Ana can still take it."""
    await two.set_date(two.ana, THEN)
    item, left = await propose(two, two.ana, "My course", "My week")
    for one in (item, left):
        await two.change_item(agendas.counter, two.chiyo, one.pk, f"{one.text}, but sooner", NOW)
    await two.change_item(agendas.carry_over, two.ana, left.pk, NOW)
    await two.cancel(two.ana, "Ill", NOW)
    copies = (await two.agenda(two.ana)).to_decide(two.ana)
    assert [(one.text, one.counter_text, one.answered_at) for one in copies] == [
        ("My course", "My course, but sooner", None), ("My week", "My week, but sooner", None)
    ]  # fmt: skip
    await answer_counter(two, two.ana, copies[0], 1, take=True)
    assert await shown(two) == ["My course, but sooner", "My week"]


async def test_E15_an_item_that_was_left_comes_back(two: PairFixture):
    """Its author proposes it anew; the other side brings back what they left, not what its author left."""
    first, second, third = await propose(two, two.ana, "One", "Two", "Three")
    await two.change_item(agendas.counter, two.chiyo, third.pk, "Four", NOW)
    for who, item in ((two.chiyo, first), (two.chiyo, second), (two.ana, third)):
        await two.change_item(agendas.carry_over, who, item.pk, NOW)
    assert await shown(two) == []
    await two.change_item(agendas.bring_back, two.ana, first.pk, NOW)
    await two.change_item(agendas.bring_back, two.chiyo, second.pk, NOW)
    with pytest.raises(NotAllowed):
        await two.change_item(agendas.bring_back, two.chiyo, third.pk, NOW)
    await two.change_item(agendas.bring_back, two.ana, third.pk, NOW)
    assert [await state_of(two, one) for one in (first, second, third)] == [
        ItemState.PROPOSED, ItemState.ACCEPTED, ItemState.COUNTERED
    ]  # fmt: skip
    with pytest.raises(NotAvailable):
        await two.change_item(agendas.bring_back, two.ana, first.pk, NOW)


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        (agendas.accept, ()), (agendas.amend, ("Other words",)), (agendas.carry_over, ()),
        (agendas.counter, ("Other words",)),
    ],
)  # fmt: skip
async def test_E15_the_author_hears_of_an_answer(two: PairFixture, answer: Any, given: tuple[str, ...]):
    """Accepted, reworded or left for next time by the other side: the author is told the next morning."""
    await two.set_date(two.ana, THEN)
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(answer, two.chiyo, item.pk, *given, NOW)
    (told,) = [nudge for nudge in (await two.waiting()).values() if nudge.kind == "agenda_answered"]
    assert (told.person_id, told.due_at) == (two.ana.pk, at(MADRID, 2026, 11, 3, 9))


async def test_E15_what_the_author_changes_is_no_answer(two: PairFixture):
    """New words of the author's own take the answer to the old ones away; leaving an item oneself is no news either."""
    await two.set_date(two.ana, THEN)
    first, second = await propose(two, two.ana, "My course", "My week")
    await two.change_item(agendas.accept, two.chiyo, first.pk, NOW)
    await two.change_item(agendas.amend, two.ana, first.pk, "Another course", NOW)
    await two.change_item(agendas.carry_over, two.ana, second.pk, NOW)
    assert "agenda_answered" not in await two.recipients()


USE_CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (agendas.accept, (NOW,)),
    (agendas.amend, ("Other words", NOW)),
    (agendas.withdraw, (NOW,)),
    (agendas.carry_over, (NOW,)),
    (agendas.counter, ("Other words", NOW)),
    (agendas.bring_back, (NOW,)),
    (agendas.move, (Move.UP,)),
]


@pytest.mark.parametrize(("use_case", "given"), USE_CASES)
async def test_a_third_person_touches_nothing(two: PairFixture, use_case: Any, given: tuple[Any, ...]):
    """A person outside the pair is refused, whatever they try."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.change_item(use_case, two.ben, item.pk, *given)
    assert await state_of(two, item) is ItemState.PROPOSED


@pytest.mark.parametrize(("use_case", "given"), USE_CASES)
async def test_an_item_that_was_taken_back_cannot_be_changed(two: PairFixture, use_case: Any, given: tuple[Any, ...]):
    """An item that was taken back meanwhile cannot be changed any more."""
    (item,) = await propose(two, two.ana, "My course")
    await two.change_item(agendas.withdraw, two.ana, item.pk, NOW)
    with pytest.raises(NotAvailable):
        await two.change_item(use_case, two.chiyo, item.pk, *given)


async def test_a_third_person_sees_no_agenda(two: PairFixture):
    """Neither the list nor a single item is shown to anyone else, nor is an item that was never there."""
    (item,) = await propose(two, two.ana, "My course")
    with pytest.raises(NotAllowed):
        await two.agenda(two.ben)
    for me, key in ((two.ben, item.pk), (two.ana, 999)):
        with pytest.raises(NotAllowed):
            async with two.reading(me) as (store, _me):
                await agendas.item_of(store, me, two.pair.pk, key)
    with pytest.raises(NotAllowed):
        await propose(two, two.ben, "Mischief")
