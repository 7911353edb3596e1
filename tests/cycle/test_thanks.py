from datetime import date, timedelta

import pytest

from cycle import thanks
from cycle.commitments import ChangeForm
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import active_pair
from cycle.thanks import LONGEST_NOTE, NOTE, draft_note
from storage.commitments import Commitment
from storage.database import Database
from storage.discussions import DiscussionState
from storage.store import Store
from tests.support.builders import MADRID, at, commitment, held, person, saved
from tests.support.pair_fixture import PairFixture

DISCUSSION = at(MADRID, 2026, 11, 24, 10)
WRAPPED_UP = DISCUSSION + timedelta(hours=2)
NOW = at(MADRID, 2026, 11, 26, 9)
FRIDAY = date(2026, 12, 4)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Ben two days after their discussion, with a commitment of either side."""
    two = await PairFixture.scheduled(
        database, workspace_id, DISCUSSION, state=DiscussionState.HELD, wrapped_up_at=WRAPPED_UP, number=1
    )
    from_the_discussion = {"discussion_id": two.discussion.pk, "agreed_at": WRAPPED_UP}
    await two.write(
        commitment(two.pair, two.ana, FRIDAY, **from_the_discussion),
        commitment(two.pair, two.ben, FRIDAY, text="Introduce her to Mara", **from_the_discussion),
        commitment(two.pair, two.ana, FRIDAY, text="Agreed between two discussions"),
    )
    return two


async def owed(two: PairFixture) -> list[Commitment]:
    """What Ana owes from the discussion."""

    async def from_the_discussion(store: Store) -> list[Commitment]:
        return await thanks.deliverables(store, two.pair, two.discussion)

    found: list[Commitment] = await two.look(from_the_discussion)
    return found


def test_E12_the_draft_thanks_first_and_fills_the_deliverables_in():
    """It is addressed, thanks, names each deliverable with its date, and is signed."""
    ana, ben = person("Ana Ruiz", id=1), person("Ben Okafor", id=2)
    two = [Commitment(pair_id=1, owner_id=1, text=text, due_on=FRIDAY) for text in ("Write the proposal", "Call Mara")]
    note = draft_note(ana, ben, two, FRIDAY)
    assert note.startswith("Dear Ben,\n\nThank you")
    assert "• Write the proposal (by Fri 4 Dec)\n• Call Mara (by Fri 4 Dec)" in note
    assert note.endswith("\n\nAna")
    assert "deliver" not in draft_note(ana, ben, [], FRIDAY)


def test_E12_a_draft_always_fits_its_field():
    """Fifty long deliverables still make a note that can be sent."""
    many = [Commitment(pair_id=1, owner_id=1, text="w" * 500, due_on=FRIDAY)] * 50
    assert len(draft_note(person("A" * 255), person("B" * 255), many, FRIDAY)) <= LONGEST_NOTE


async def test_E12_only_what_the_employee_owes_from_this_discussion(two: PairFixture):
    """The manager's commitments and those made between discussions are no deliverables of the discussion."""
    assert [one.text for one in await owed(two)] == ["Write the proposal"]


async def test_E12_the_note_is_sent_once_and_closes_the_discussion(two: PairFixture):
    """The manager will get it, the reminders to write it end, and a second one is refused kindly."""
    await two.send_thanks(two.ana, " Thanks, Ben! ", NOW)
    shown = await two.thanks_for(two.ben)
    assert (shown.note.text, shown.discussion.state) == ("Thanks, Ben!", DiscussionState.CLOSED)
    waiting = await two.waiting()
    assert waiting[f"thank_you_note:{shown.note.pk}"].person_id == two.ben.pk
    assert not [key for key in waiting if key.startswith("thank_you:")]
    with pytest.raises(NotAvailable, match="sent already"):
        await two.send_thanks(two.ana, "Thanks again!", NOW)


@pytest.mark.parametrize("text", ["", "  \n ", "w" * (LONGEST_NOTE + 1)])
async def test_E12_an_empty_or_endless_note_is_rejected_beside_the_field(two: PairFixture, text: str):
    """Nothing, only spaces, and more than a message takes."""
    with pytest.raises(InvalidInput) as caught:
        await two.send_thanks(two.ana, text, NOW)
    assert set(caught.value.fields) == {NOTE}


async def test_E12_the_employee_writes_and_the_manager_confirms(two: PairFixture):
    """Neither does the other's part, and someone else does neither."""
    for nobody in (two.ben, two.chiyo):
        with pytest.raises(NotAllowed):
            await two.send_thanks(nobody, "Thanks!", NOW)
    for nobody in (two.ana, two.chiyo):
        with pytest.raises(NotAllowed):
            await two.confirm(nobody, NOW)
    with pytest.raises(NotAllowed):
        await two.thanks_for(two.chiyo)
    with pytest.raises(NotAllowed):
        async with two.reading(two.chiyo) as (store, _me):
            await thanks.last_discussion(store, await active_pair(store, two.chiyo, two.pair.pk))


async def test_E12_deliverables_are_confirmed_by_both(two: PairFixture):
    """The manager's confirmation is kept on the note and on each deliverable; a second press changes nothing."""
    await two.send_thanks(two.ana, "Thanks!", NOW)
    assert await two.confirm(two.ben, NOW) == 1
    assert await two.confirm(two.ben, NOW + timedelta(days=1)) == 0
    shown = await two.thanks_for(two.ana)
    assert shown.note.confirmed_at == NOW
    assert [one.confirmed_at for one in shown.deliverables] == [NOW]
    assert not shown.to_confirm


async def test_E12_what_the_manager_amended_needs_no_second_confirmation(two: PairFixture):
    """A deliverable that both have agreed to change is confirmed already."""
    (deliverable,) = await owed(two)
    later = FRIDAY + timedelta(days=7)
    request = await two.ask_change(two.ben, deliverable.pk, ChangeForm(later, "", ""), NOW)
    await two.answer_change(two.ana, request.pk, NOW, agree=True)
    assert [(one.due_on, one.confirmed_at) for one in await owed(two)] == [(later, NOW)]


async def test_E12_thanks_belong_to_a_discussion_that_took_place(two: PairFixture):
    """An open discussion has no note, and neither has one after which the two have met again."""
    async with two.database.unit(two.workspace_id) as store:
        later = held(two.pair, NOW, NOW, number=2)
        await saved(store, later)
        assert (await thanks.last_discussion(store, two.pair)).pk == later.pk
    with pytest.raises(NotAvailable, match="met again since"):
        await two.send_thanks(two.ana, "Thanks!", NOW)


async def test_E12_before_the_first_discussion_there_is_nobody_to_thank(database: Database, workspace_id: int):
    """Before the first discussion is wrapped up there is nothing to thank for, and it says so."""
    two = await PairFixture.scheduled(database, workspace_id, DISCUSSION)
    with pytest.raises(NotAvailable, match="no discussion yet"):
        await two.look(lambda store: thanks.last_discussion(store, two.pair))
    with pytest.raises(NotAvailable, match="not wrapped up yet"):
        await two.thanks_for(two.ana)
    with pytest.raises(NotAvailable, match="not wrapped up yet"):
        await two.send_thanks(two.ana, "Thanks!", NOW)
