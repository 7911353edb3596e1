"""The words of a request to pair, and the reason of a no (practice E5)."""

import pytest

from cycle import pairing
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import own_pair
from cycle.nudges import Action
from cycle.nudges.pairing import pair_answered, pair_answered_text, pair_asked, pair_asked_text
from cycle.snapshot import PairSnapshot
from storage.database import Database
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from tests.support.builders import pair, person
from tests.support.pair_fixture import NOW, PairFixture

WORDS = "I would like to plan with you how I can grow here."
REASON = "Ben leads your team since May."


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana, Chiyo and Ben are known; nobody is paired."""
    return await PairFixture.unpaired(database, workspace_id)


async def asked(two: PairFixture, words: str = WORDS, side: Side = Side.EMPLOYEE) -> Pair:
    """Ana asks Chiyo."""
    return await two.ask(two.ana, two.chiyo, side, words, now=NOW)


async def reason_of(two: PairFixture, me: Person, of: Pair) -> tuple[Person, str]:
    """The reason of a no, as a person reads it."""
    async with two.reading(me) as (store, _me):
        return await pairing.reason_of(store, await own_pair(store, me, of.pk))


async def to_decline(two: PairFixture, me: Person, of: Pair) -> Person:
    """Who asked, as the form for saying no shows it."""
    async with two.reading(me) as (store, _me):
        return await pairing.to_decline(store, me, await own_pair(store, me, of.pk), NOW)


@pytest.mark.parametrize("side", list(Side))
async def test_E5_the_request_is_kept_and_reaches_the_other_side(two: PairFixture, side: Side):
    """My words are quoted in the message, and are not in its notification text."""
    found = await asked(two, f" {WORDS}\n", side)
    assert found.request == WORDS
    employee, manager = (two.ana, two.chiyo) if side is Side.EMPLOYEE else (two.chiyo, two.ana)
    view = PairSnapshot(found, employee, manager, NOW)
    (planned,) = pair_asked(view)
    said = pair_asked_text(view, planned, two.chiyo)
    assert said is not None
    assert said.quote == WORDS
    assert WORDS not in said.text


@pytest.mark.parametrize("words", ["", "  \n "])
async def test_E5_words_may_be_left_out(two: PairFixture, words: str):
    """An emptied draft is no request, and nothing is quoted."""
    assert (await asked(two, words)).request is None


async def test_E5_a_request_is_a_few_words(two: PairFixture):
    """A longer one is refused beside the field of that side, and nobody is asked."""
    with pytest.raises(InvalidInput) as refused:
        await asked(two, "x" * (pairing.LONGEST_REQUEST + 1))
    assert set(refused.value.fields) == {pairing.words_field(Side.EMPLOYEE)}
    assert not await two.look(lambda store: store.pairs.current_of(two.ana.pk))


async def test_E5_the_reason_of_a_no_is_for_the_asker(two: PairFixture):
    """The asker hears that there is one and reads it behind a button, and nobody else does."""
    found = await asked(two)
    declined = await two.decline(two.chiyo, found.pk, NOW, f" {REASON} ")
    assert (declined.state, declined.decline_reason) == (PairState.DECLINED, REASON)
    view = PairSnapshot(declined, two.ana, two.chiyo, NOW)
    (planned,) = pair_answered(view)
    said = pair_answered_text(view, planned, two.ana)
    assert said is not None
    assert REASON not in said.text
    assert said.quote is None
    assert said.buttons[0].does is Action.READ_REASON
    assert said.buttons[0].subject_id == found.pk
    other, reason = await reason_of(two, two.ana, found)
    assert (other.id, reason) == (two.chiyo.id, REASON)
    with pytest.raises(NotAllowed):
        await reason_of(two, two.ben, found)


async def test_E5_a_no_without_a_reason_offers_nothing_to_read(two: PairFixture):
    """The message then has no button for it."""
    found = await asked(two)
    declined = await two.decline(two.chiyo, found.pk, NOW, " ")
    assert declined.decline_reason is None
    view = PairSnapshot(declined, two.ana, two.chiyo, NOW)
    said = pair_answered_text(view, next(iter(pair_answered(view))), two.ana)
    assert said is not None
    assert Action.READ_REASON not in {button.does for button in said.buttons}


async def test_E5_a_reason_is_short(two: PairFixture):
    """A longer one is refused beside its field, and the request still waits."""
    found = await asked(two)
    with pytest.raises(InvalidInput) as refused:
        await two.decline(two.chiyo, found.pk, NOW, "x" * (pairing.LONGEST_REASON + 1))
    assert set(refused.value.fields) == {pairing.REASON}
    assert (await two.look(lambda store: store.pairs.get(found.pk))).state is PairState.ASKED


async def test_E5_only_the_person_asked_can_say_no(two: PairFixture):
    """Neither the asker nor a third person gets the form; answered, nobody does."""
    found = await asked(two)
    assert (await to_decline(two, two.chiyo, found)).id == two.ana.id
    for other in (two.ana, two.ben):
        with pytest.raises(NotAllowed):
            await to_decline(two, other, found)
    await two.decline(two.chiyo, found.pk, NOW)
    with pytest.raises(NotAvailable):
        await to_decline(two, two.chiyo, found)


def test_E5_a_request_without_words_quotes_none():
    """Pairs from before there were words have none to quote."""
    view = PairSnapshot(pair(person(id=1), person(id=2), id=1, state=PairState.ASKED), person(id=1), person(id=2), NOW)
    said = pair_asked_text(view, next(iter(pair_asked(view))), view.manager)
    assert said is not None
    assert said.quote is None
