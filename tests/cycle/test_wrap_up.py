import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from cycle import wrap_up
from cycle.commitments import LONGEST_COMMITMENT, CommitmentEntry
from cycle.errors import CareerError, InvalidInput, NotAllowed, NotAvailable
from cycle.scheduling import STARTS_AT
from cycle.wrap_up import HAPPENED, LATER, NEXT_LATER, NEXT_STARTS_AT, NO_COMMITMENTS, NOTES, WrapUpForm, due_after
from storage.agenda import AgendaItem, ItemState
from storage.commitments import Commitment
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.pairs import Cadence, NotesBy, Pair, Place, Side
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, held, person, planning
from tests.support.talkers import Talkers

DISCUSSION = at(MADRID, 2026, 11, 24, 10)
NOW = DISCUSSION + timedelta(minutes=70)
NEXT = at(MADRID, 2027, 5, 20, 10)
HERS = CommitmentEntry("commitment.0", Side.EMPLOYEE, "Write the proposal", date(2026, 12, 4))
HIS = CommitmentEntry("commitment.1", Side.MANAGER, "Introduce her to Mara", date(2026, 12, 1))


def form(**also: Any) -> WrapUpForm:
    """A complete wrap-up, with some of it otherwise."""
    known = {"cadence": Cadence.HALF_YEARLY, "minutes": 60, "commitments": (HERS, HIS), "next_starts_at": NEXT}
    return WrapUpForm(**(known | also))


@pytest.fixture
async def two(database: Database, workspace_id: int) -> Talkers:
    """Ana and Ben, whose talk has just ended."""
    return await Talkers(database, workspace_id).meet(DISCUSSION)


async def refusal(two: Talkers, given: WrapUpForm) -> dict[str, str]:
    """What a wrap-up is refused for, by field; nothing of it may be kept."""
    with pytest.raises(InvalidInput) as caught:
        await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, given, NOW)
    discussion: Discussion = await two.look(lambda store: store.discussions.get(two.discussion.pk))
    assert discussion.state is DiscussionState.SCHEDULED
    return caught.value.fields


async def test_E9_the_format_agreed_on_holds_for_the_pair(two: Talkers):
    """How often, how long, where and who takes notes are the pair's from now on; the cadence says by when."""
    agreed = form(
        cadence=Cadence.QUARTERLY, minutes=45, place=Place.WALK, notes_by=NotesBy.BOTH,
        next_starts_at=None, next_later=True,
    )  # fmt: skip
    successor = await two.do(wrap_up.wrap_up, two.ben, two.discussion.pk, agreed, NOW)
    kept: Pair = await two.look(lambda store: store.pairs.get(two.pair.pk))
    assert (kept.cadence, kept.minutes, kept.place, kept.notes_by) == ("3m", 45, "walk", "both")
    assert (successor.due_on, successor.minutes) == (date(2027, 2, 24), 45)


def test_L6_six_months_is_what_a_pair_starts_with():
    """Without a word about it, the next talk is due half a year later, on the person's own calendar."""
    default = Pair(employee_id=1, manager_id=2, asked_by_id=1, asked_at=LONG_AGO).cadence
    assert default is Cadence.HALF_YEARLY
    assert due_after(DISCUSSION, default, person()) == date(2027, 5, 24)


@pytest.mark.parametrize(
    ("cadence", "due_on"),
    [
        (Cadence.TWO_WEEKS, date(2027, 1, 15)),
        (Cadence.MONTHLY, date(2027, 2, 1)),
        (Cadence.TWO_MONTHS, date(2027, 3, 1)),
        (Cadence.QUARTERLY, date(2027, 4, 1)),
        (Cadence.HALF_YEARLY, date(2027, 7, 1)),
        (Cadence.YEARLY, date(2028, 1, 1)),
    ],
)
def test_E9_every_cadence_says_by_when(cadence: Cadence, due_on: date):
    """From two weeks to a year, counted from the day on which the person was, not from the day in UTC."""
    assert due_after(at(TOKYO, 2027, 1, 1, 7), cadence, person(tz=TOKYO)) == due_on


async def test_E10_a_next_date_or_later_on_purpose(two: Talkers):
    """Neither is refused, both is refused, and each alone is kept as what it is."""
    assert set(await refusal(two, form(next_starts_at=None))) == {NEXT_LATER}
    assert set(await refusal(two, form(next_later=True))) == {NEXT_LATER}
    successor = await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW)
    assert (successor.state, successor.starts_at, successor.postponed) == (DiscussionState.SCHEDULED, NEXT, False)


async def test_E10_later_on_purpose_is_remembered(two: Talkers):
    """A next talk left for later has no date, is known to be postponed, and will come up again."""
    given = form(next_starts_at=None, next_later=True)
    successor = await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, given, NOW)
    assert (successor.state, successor.postponed) == (DiscussionState.PLANNING, True)
    assert f"schedule_next:{successor.pk}:1" in await two.waiting()


async def test_E10_a_next_date_is_checked_like_any_other(two: Talkers):
    """A past date, one years away and one on top of another talk of either are said beside the field."""
    assert "has passed" in (await refusal(two, form(next_starts_at=NOW)))[NEXT_STARTS_AT]
    assert "more than a year" in (await refusal(two, form(next_starts_at=NOW + timedelta(days=500))))[NEXT_STARTS_AT]
    other = await Talkers(two.database, two.workspace_id).meet(NEXT + timedelta(minutes=30))
    async with two.database.unit(two.workspace_id) as store:
        (await store.pairs.get(other.pair.pk)).manager_id = two.ben.pk
    assert "Ben has another" in (await refusal(two, form()))[NEXT_STARTS_AT]


async def test_E11_commitments_of_both_sides_are_kept(two: Talkers):
    """Each has its owner, words and date, belongs to the talk, and both will be reminded."""
    await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW)
    kept: list[Commitment] = await two.look(lambda store: store.commitments.open_of([two.pair.pk]))
    assert [(one.owner_id, one.text, one.due_on, one.discussion_id) for one in kept] == [
        (two.ben.pk, HIS.text, HIS.due_on, two.discussion.pk),
        (two.ana.pk, HERS.text, HERS.due_on, two.discussion.pk),
    ]
    owners = {one.person_id for one in (await two.waiting()).values() if one.kind == "commitment_ahead"}
    assert owners == {two.ana.pk, two.ben.pk}


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (CommitmentEntry("commitment.4", Side.EMPLOYEE, "Write it"), "commitment.4.due_on"),
        (CommitmentEntry("commitment.4", Side.EMPLOYEE, "Write it", date(2026, 11, 24)), "commitment.4.due_on"),
        (CommitmentEntry("commitment.4", Side.EMPLOYEE, "Write it", date(2029, 1, 1)), "commitment.4.due_on"),
        (CommitmentEntry("commitment.4", Side.EMPLOYEE, "  ", date(2026, 12, 1)), "commitment.4.text"),
        (
            CommitmentEntry("commitment.4", Side.EMPLOYEE, "w" * (LONGEST_COMMITMENT + 1), date(2026, 12, 1)),
            "commitment.4.text",
        ),
    ],
)
async def test_E11_a_half_written_commitment_is_said_beside_its_row(two: Talkers, row: CommitmentEntry, field: str):
    """No date, today, years away, no words, too many words: each is said beside the field concerned."""
    assert set(await refusal(two, form(commitments=(HERS, row)))) == {field}


async def test_C9_a_discussion_ends_in_action_or_in_none_on_purpose(two: Talkers):
    """Without a promise a wrap-up is refused, with a promise and “none” too; “none” alone is taken."""
    assert set(await refusal(two, form(commitments=()))) == {NO_COMMITMENTS}
    assert set(await refusal(two, form(no_commitments=True))) == {NO_COMMITMENTS}
    await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(commitments=(), no_commitments=True), NOW)
    found = await two.do(wrap_up.outcome, two.ben, two.discussion.pk)
    assert (list(found.commitments), found.discussion.state) == ([], DiscussionState.HELD)


async def test_everything_that_is_wrong_is_said_at_once(two: Talkers):
    """Nobody hands a form in four times to learn of four mistakes."""
    wrong = form(notes="n" * 3001, commitments=(), next_starts_at=None)
    assert set(await refusal(two, wrong)) == {NOTES, NO_COMMITMENTS, NEXT_LATER}


async def test_E17_the_next_turn_opens_with_what_was_left(two: Talkers):
    """The points that were not talked about move on; those that were are settled."""
    known = {
        "pair_id": two.pair.pk,
        "discussion_id": two.discussion.pk,
        "author_id": two.ana.pk,
        "proposed_at": LONG_AGO,
    }
    talked, left = AgendaItem(text="Mentoring", position=1, **known), AgendaItem(text="A course", position=2, **known)
    await two.add(talked, left)
    given = form(discussed=frozenset({talked.pk}))
    successor = await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, given, NOW)
    items = await two.look(lambda store: store.agenda.of_discussions([two.discussion.pk, successor.pk]))
    assert [(one.discussion_id, one.text, one.state) for one in items] == [
        (two.discussion.pk, "Mentoring", ItemState.DISCUSSED),
        (two.discussion.pk, "A course", ItemState.CARRIED_OVER),
        (successor.pk, "A course", ItemState.PROPOSED),
    ]
    assert successor.number == two.discussion.number + 1


async def test_E17_two_at_once_open_one_next_discussion(two: Talkers):
    """Both wrap up in the same moment: one is first, the other is told who, and there is one next talk."""
    results = await asyncio.gather(
        two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW),
        two.do(wrap_up.wrap_up, two.ben, two.discussion.pk, form(), NOW),
        return_exceptions=True,
    )
    (gone,) = [one for one in results if isinstance(one, NotAvailable)]
    assert "has wrapped this talk up already" in gone.sentence
    assert len(await two.look(lambda store: store.commitments.open_of([two.pair.pk]))) == 2


async def test_E17_twice_by_the_same_person(two: Talkers):
    """Whoever wraps up again hears that they did, and nothing is doubled."""
    await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW)
    with pytest.raises(NotAvailable, match="You have wrapped"):
        await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW)


async def test_a_spontaneous_discussion_can_be_wrapped_up(two: Talkers):
    """A talk that had no date took place now."""
    async with two.database.unit(two.workspace_id) as store:
        discussion = await store.discussions.get(two.discussion.pk)
        discussion.state, discussion.starts_at = DiscussionState.PLANNING, None
    await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW)
    found = await two.do(wrap_up.outcome, two.ana, two.discussion.pk)
    assert found.discussion.starts_at == NOW


async def test_two_who_met_earlier_than_planned(two: Talkers):
    """A talk wrapped up before its date took place when it was wrapped up."""
    earlier = DISCUSSION - timedelta(days=3)
    await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), earlier)
    assert (await two.do(wrap_up.outcome, two.ana, two.discussion.pk)).discussion.starts_at == earlier


@pytest.mark.parametrize("use_case", [wrap_up.about_to_wrap_up, wrap_up.outcome])
async def test_nobody_else_sees_a_wrap_up(two: Talkers, use_case: Any):
    """Somebody outside the pair sees neither the form nor what came of it, and cannot wrap up."""
    with pytest.raises(NotAllowed):
        await two.do(use_case, two.chiyo, two.discussion.pk)
    with pytest.raises(NotAllowed):
        await two.do(wrap_up.wrap_up, two.chiyo, two.discussion.pk, form(), NOW)


async def test_the_form_knows_the_discussion_before(two: Talkers):
    """What is about to be wrapped up comes with its agenda, the employee's points first, and the talk before."""
    before = held(two.pair, LONG_AGO, LONG_AGO, number=0)
    known = {"pair_id": two.pair.pk, "discussion_id": two.discussion.pk, "proposed_at": LONG_AGO}
    his = AgendaItem(text="His", position=1, author_id=two.ben.pk, **known)
    hers = AgendaItem(text="Hers", position=2, author_id=two.ana.pk, **known)
    await two.add(before, his, hers)
    shown = await two.do(wrap_up.about_to_wrap_up, two.ben, two.discussion.pk)
    assert [item.text for item in shown.agenda] == ["Hers", "His"]
    assert shown.before.pk == before.pk


async def test_E17_a_discussion_that_did_not_happen_moves(two: Talkers):
    """“No” with a date moves the talk, and the other side hears of it."""
    moved = await two.do(wrap_up.did_not_happen, two.ana, two.discussion.pk, NEXT, later=False, seen_round=1, now=NOW)
    assert (moved.pk, moved.starts_at, moved.round) == (two.discussion.pk, NEXT, 2)
    assert f"date_set:{moved.pk}:2" in await two.waiting()


async def test_E10_a_discussion_that_did_not_happen_is_left_for_later_on_purpose(two: Talkers):
    """“No” with the tick takes the date away, and the talk comes up again."""
    left = await two.do(wrap_up.did_not_happen, two.ben, two.discussion.pk, None, later=True, seen_round=1, now=NOW)
    assert (left.state, left.starts_at, left.postponed) == (DiscussionState.PLANNING, None, True)
    assert f"schedule_next:{left.pk}:1" in await two.waiting()


@pytest.mark.parametrize(
    ("starts_at", "later", "field"), [(None, False, LATER), (NEXT, True, LATER), (LONG_AGO, False, STARTS_AT)]
)
async def test_E10_no_needs_a_date_or_later(two: Talkers, starts_at: Any, field: str, *, later: bool):
    """Neither, both and a past date are said beside the field."""
    with pytest.raises(InvalidInput) as caught:
        await two.do(wrap_up.did_not_happen, two.ana, two.discussion.pk, starts_at, later=later, seen_round=1, now=NOW)
    assert set(caught.value.fields) == {field}


@pytest.mark.parametrize(("starts_at", "later", "field"), [(NEXT, False, STARTS_AT), (None, True, LATER)])
async def test_a_date_that_the_other_set_meanwhile_stands(two: Talkers, starts_at: Any, field: str, *, later: bool):
    """Two who both say “no” do not undo each other's new date; whoever comes second is told of it."""
    other = NEXT + timedelta(days=1)
    await two.do(wrap_up.did_not_happen, two.ben, two.discussion.pk, other, later=False, seen_round=1, now=NOW)
    with pytest.raises(InvalidInput) as caught:
        await two.do(wrap_up.did_not_happen, two.ana, two.discussion.pk, starts_at, later=later, seen_round=1, now=NOW)
    assert set(caught.value.fields) == {field}
    assert "Meanwhile" in caught.value.sentence


async def test_yes_after_the_other_moved_it_is_asked_about(two: Talkers):
    """“Yes” to a talk that the other side has moved to a day to come is said beside the question."""
    await two.do(wrap_up.did_not_happen, two.ben, two.discussion.pk, NEXT, later=False, seen_round=1, now=NOW)
    with pytest.raises(InvalidInput) as caught:
        await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(seen_round=1, next_later=True,
                                                                    next_starts_at=None), NOW)  # fmt: skip
    assert "Ben moved it" in caught.value.fields[HAPPENED]


async def test_no_to_a_discussion_that_is_wrapped_up(two: Talkers):
    """Who says that it did not happen after the other wrapped it up is told so."""
    await two.do(wrap_up.wrap_up, two.ana, two.discussion.pk, form(), NOW)
    with pytest.raises(NotAvailable, match="Ana has wrapped"):
        await two.do(wrap_up.did_not_happen, two.ben, two.discussion.pk, NEXT, later=False, seen_round=1, now=NOW)


async def test_an_outcome_without_a_wrap_up(two: Talkers):
    """There is none for an open talk, and none for a cancelled one."""
    with pytest.raises(NotAvailable, match="not wrapped up yet"):
        await two.do(wrap_up.outcome, two.ana, two.discussion.pk)
    lost = planning(two.pair, date(2026, 1, 1), number=0, state=DiscussionState.CANCELLED)
    await two.add(lost)
    with pytest.raises(CareerError, match="cancelled"):
        await two.do(wrap_up.outcome, two.ana, lost.pk)
