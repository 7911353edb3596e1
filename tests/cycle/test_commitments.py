from datetime import date, timedelta
from typing import Any

import pytest

from cycle import commitments
from cycle.commitments import DUE_ON, LONGEST_COMMITMENT, TEXT, ChangeForm, CommitmentEntry
from cycle.errors import CareerError, NotAllowed, NotAvailable
from storage.commitments import Commitment, CommitmentState, RequestState
from storage.database import Database
from storage.pairs import Side
from tests.support.builders import MADRID, TOKYO, at, commitment, person
from tests.support.pair_fixture import PairFixture

NOW = at(MADRID, 2026, 11, 26, 9)
DISCUSSION = at(MADRID, 2027, 5, 20, 10)
FRIDAY = date(2026, 12, 4)
LATER = date(2026, 12, 11)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Ben between two discussions."""
    return await PairFixture.scheduled(database, workspace_id, DISCUSSION)


@pytest.fixture
async def hers(two: PairFixture) -> Commitment:
    """A commitment of Ana's."""
    kept = commitment(two.pair, two.ana, FRIDAY, NOW - timedelta(days=10))
    await two.write(kept)
    return kept


async def row(two: PairFixture, kept: Commitment) -> Commitment:
    """A commitment as it is saved now."""
    found: Commitment = await two.look(lambda store: store.commitments.get(kept.pk))
    return found


async def test_E11_either_side_adds_a_commitment_between_discussions(two: PairFixture):
    """It is their own, and gets reminders like any other."""
    entry = CommitmentEntry("mine0", Side.MANAGER, " Ask for a budget ", FRIDAY)
    added = await two.add(two.ben, entry, NOW)
    assert (added.owner_id, added.text, added.discussion_id) == (two.ben.pk, "Ask for a budget", None)
    assert f"commitment_ahead:{added.pk}:day" in await two.waiting()


@pytest.mark.parametrize(
    ("text", "due_on", "field"),
    [
        ("", FRIDAY, "mine0.text"),
        ("Write it", None, "mine0.due_on"),
        ("Write it", date(2026, 11, 26), "mine0.due_on"),
        ("w" * (LONGEST_COMMITMENT + 1), FRIDAY, "mine0.text"),
    ],
)
def test_E11_half_a_commitment_is_refused_beside_the_field(text: str, due_on: date | None, field: str):
    """No words, no date, today, too many words."""
    entry = CommitmentEntry("mine0", Side.EMPLOYEE, text, due_on)
    assert set(commitments.check_own(entry, person(), NOW)) == {field}


async def test_E11_nobody_makes_a_commitment_for_the_other(two: PairFixture):
    """A row in the other's name is refused, and a person outside the pair adds nothing."""
    entry = CommitmentEntry("mine0", Side.MANAGER, "Ask for a budget", FRIDAY)
    for nobody in (two.ana, two.chiyo):
        with pytest.raises(NotAllowed):
            await two.add(nobody, entry, NOW)


@pytest.mark.parametrize("today", [NOW, at(TOKYO, 2026, 11, 26, 1)])
def test_E13_a_date_is_from_tomorrow_on(today: Any):
    """Today is too late, tomorrow is fine, and beyond a year and a half it is an objective."""
    day = today.date()
    assert commitments.wrong_date(day, day) is not None
    assert commitments.wrong_date(day + timedelta(days=1), day) is None
    assert commitments.wrong_date(day + timedelta(days=700), day) is not None


async def test_E13_done_is_done_and_twice_is_harmless(two: PairFixture, hers: Commitment):
    """The first press keeps the moment, ends the reminders and takes a waiting change back; the second does nothing."""
    await two.ask_change(two.ben, hers.pk, ChangeForm(LATER, "", ""), NOW)
    await two.done(two.ana, hers.pk, NOW)
    await two.done(two.ana, hers.pk, NOW + timedelta(days=1))
    kept = await row(two, hers)
    assert (kept.state, kept.settled_at) == (CommitmentState.DONE, NOW)
    waiting = [key for key in await two.waiting() if key.startswith(("commitment", "change_asked"))]
    assert waiting == [f"commitment_kept:{hers.pk}"]
    shown = await two.between(two.ben, NOW)
    assert (list(shown.open), [one.pk for one in shown.kept], dict(shown.asked)) == ([], [hers.pk], {})


async def test_E13_only_its_owner_keeps_a_commitment(two: PairFixture, hers: Commitment):
    """The other side and strangers cannot mark it done, nor strangers ask for or see anything."""
    for nobody in (two.ben, two.chiyo):
        with pytest.raises(NotAllowed):
            await two.done(nobody, hers.pk, NOW)
    with pytest.raises(NotAllowed):
        await two.ask_change(two.chiyo, hers.pk, ChangeForm(LATER), NOW)
    with pytest.raises(NotAllowed):
        await two.to_change(two.chiyo, hers.pk, NOW)
    with pytest.raises(NotAllowed):
        await two.between(two.chiyo, NOW)


@pytest.mark.parametrize("asker", ["ana", "ben"])
async def test_E13_a_new_date_needs_both(two: PairFixture, hers: Commitment, asker: str):
    """Either side asks, the date stays until the other agrees, and then a new commitment takes the old one's place."""
    me, other = (two.ana, two.ben) if asker == "ana" else (two.ben, two.ana)
    request = await two.ask_change(me, hers.pk, ChangeForm(LATER, "", "Mara is away"), NOW)
    assert (await row(two, hers)).due_on == FRIDAY
    assert (await two.waiting())[f"change_asked:{request.pk}"].person_id == other.pk
    shown = await two.to_answer(other, request.pk)
    assert (shown.other.pk, shown.request.reason, shown.commitment.pk) == (me.pk, "Mara is away", hers.pk)
    agreed = await two.answer_change(other, request.pk, NOW, agree=True)
    assert (agreed.due_on, agreed.text, agreed.owner_id, agreed.replaces_id) == (LATER, hers.text, two.ana.pk, hers.pk)
    assert agreed.confirmed_at == NOW
    assert (await row(two, hers)).state is CommitmentState.RENEGOTIATED
    assert (await two.waiting())[f"change_answered:{request.pk}"].person_id == me.pk


async def test_E13_a_declined_change_leaves_the_commitment_as_it_was(two: PairFixture, hers: Commitment):
    """A “no” leaves the commitment with its words and date, and the asker gets the answer."""
    request = await two.ask_change(two.ana, hers.pk, ChangeForm(LATER, "Write half of it", ""), NOW)
    agreed = await two.answer_change(two.ben, request.pk, NOW, agree=False)
    assert (agreed.pk, agreed.due_on, agreed.text, agreed.state) == (hers.pk, FRIDAY, hers.text, CommitmentState.OPEN)
    assert f"change_answered:{request.pk}" in await two.waiting()


async def test_E13_nobody_answers_their_own_change_request(two: PairFixture, hers: Commitment):
    """The asker cannot agree with themselves, strangers cannot answer, and an answer is given once."""
    request = await two.ask_change(two.ana, hers.pk, ChangeForm(LATER, "", ""), NOW)
    for nobody in (two.ana, two.chiyo):
        with pytest.raises(NotAllowed):
            await two.answer_change(nobody, request.pk, NOW, agree=True)
        with pytest.raises(NotAllowed):
            await two.to_answer(nobody, request.pk)
    await two.answer_change(two.ben, request.pk, NOW, agree=True)
    for agree in (True, False):
        with pytest.raises(NotAvailable, match="answered or taken back"):
            await two.answer_change(two.ben, request.pk, NOW, agree=agree)
    with pytest.raises(NotAvailable, match="answered or taken back"):
        await two.to_answer(two.ben, request.pk)


async def test_E13_a_second_change_request_takes_the_place_of_the_first(two: PairFixture, hers: Commitment):
    """There is one change to answer at a time; a person who asks for another sees the one that waits."""
    first = await two.ask_change(two.ana, hers.pk, ChangeForm(LATER, "", ""), NOW)
    seen = await two.to_change(two.ben, hers.pk, NOW)
    assert (seen.waiting.pk, seen.owner.pk, seen.other.pk) == (first.pk, two.ana.pk, two.ana.pk)
    second = await two.ask_change(two.ben, hers.pk, ChangeForm(LATER + timedelta(days=3), "", ""), NOW)
    before = await two.look(lambda store: store.commitments.get_request(first.pk))
    assert before.state is RequestState.WITHDRAWN
    shown = await two.between(two.ana, NOW)
    assert [one.pk for one in shown.asked.values()] == [second.pk]


@pytest.mark.parametrize(
    ("due_on", "text", "field"),
    [(None, "", DUE_ON), (FRIDAY, "", DUE_ON), (NOW.date(), "", DUE_ON), (LATER, "w" * 501, TEXT)],
)
def test_E13_what_is_wrong_with_a_change_is_beside_the_field(due_on: date | None, text: str, field: str):
    """No date, the same date, today, too many words."""
    hers = Commitment(pair_id=1, owner_id=1, text="Write the proposal", due_on=FRIDAY, agreed_at=NOW)
    assert set(commitments.check_change(ChangeForm(due_on, text), hers, person(), NOW)) == {field}


async def test_E13_a_settled_commitment_is_left_alone(two: PairFixture, hers: Commitment):
    """One that was kept takes no new date; one that was replaced is not done in its old words."""
    request = await two.ask_change(two.ben, hers.pk, ChangeForm(LATER, "", ""), NOW)
    agreed = await two.answer_change(two.ana, request.pk, NOW, agree=True)
    with pytest.raises(NotAvailable, match="replaced"):
        await two.done(two.ana, hers.pk, NOW)
    await two.done(two.ana, agreed.pk, NOW)
    with pytest.raises(CareerError, match="settled"):
        await two.ask_change(two.ana, agreed.pk, ChangeForm(LATER, "", ""), NOW)
    with pytest.raises(NotAvailable, match="settled"):
        await two.to_change(two.ana, agreed.pk, NOW)
    with pytest.raises(NotAllowed, match="no longer there"):
        await two.done(two.ana, 999_999, NOW)


async def test_E1_the_employees_commitments_come_first(two: PairFixture, hers: Commitment):
    """Also where the manager's are due earlier; within a side the next due is first."""
    his = commitment(two.pair, two.ben, FRIDAY - timedelta(days=3), text="His")
    sooner = commitment(two.pair, two.ana, FRIDAY - timedelta(days=1), text="Sooner")
    await two.write(his, sooner)
    shown = await two.between(two.ben, NOW)
    assert [one.pk for one in shown.open] == [sooner.pk, hers.pk, his.pk]
