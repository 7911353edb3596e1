import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from cycle.commitments import LONGEST_COMMITMENT, CommitmentEntry
from cycle.errors import CareerError, InvalidInput, NotAllowed, NotAvailable
from cycle.scheduling import STARTS_AT
from cycle.wrap_up import (
    AGREED_STARTS_AT,
    HAPPENED,
    LATER,
    NEXT_LATER,
    NEXT_STARTS_AT,
    NO_COMMITMENTS,
    NOTES,
    Added,
    AnotherTime,
    WrapUpForm,
    due_after,
    to_wrap_up,
)
from storage.agenda import AgendaItem, ItemState
from storage.commitments import Commitment
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.pairs import Cadence, NotesBy, Pair, Place, Side
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, held, pair, person, planning, scheduled
from tests.support.pair_fixture import PairFixture

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
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Ben, whose discussion has just ended."""
    return await PairFixture.scheduled(database, workspace_id, DISCUSSION)


async def refusal(two: PairFixture, given: WrapUpForm) -> dict[str, str]:
    """What a wrap-up is refused for, by field; nothing of it may be kept."""
    with pytest.raises(InvalidInput) as caught:
        await two.wrap_up(two.ana, given, NOW)
    discussion: Discussion = await two.look(lambda store: store.discussions.get(two.discussion.pk))
    assert discussion.state is DiscussionState.SCHEDULED
    return caught.value.fields


async def test_E9_the_format_agreed_on_holds_for_the_pair(two: PairFixture):
    """How often, how long, where and who takes notes are the pair's from now on; the cadence says by when."""
    agreed = form(
        cadence=Cadence.QUARTERLY, minutes=45, place=Place.WALK, notes_by=NotesBy.BOTH,
        next_starts_at=None, next_later=True,
    )  # fmt: skip
    successor = await two.wrap_up(two.ben, agreed, NOW)
    kept: Pair = await two.look(lambda store: store.pairs.get(two.pair.pk))
    assert (kept.cadence, kept.minutes, kept.place, kept.notes_by) == ("3m", 45, "walk", "both")
    assert (successor.due_on, successor.minutes) == (date(2027, 2, 24), 45)


async def test_L5_a_wrapped_up_discussion_keeps_where_it_took_place(two: PairFixture):
    """The two met by video as agreed before; that they take a walk from now on is not where this one was."""
    async with two.writing(two.ben) as (store, _me):
        (await store.pairs.get(two.pair.pk)).place = Place.VIDEO
    await two.wrap_up(two.ben, form(place=Place.WALK), NOW)
    done: Discussion = await two.look(lambda store: store.discussions.get(two.discussion.pk))
    assert done.place is Place.VIDEO


def test_L6_six_months_is_what_a_pair_starts_with():
    """Without a word about it, the next discussion is due half a year later, on the person's own calendar."""
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


async def test_E10_a_next_date_or_later_on_purpose(two: PairFixture):
    """Neither is refused, both is refused, and each alone is kept as what it is."""
    assert set(await refusal(two, form(next_starts_at=None))) == {NEXT_LATER}
    assert set(await refusal(two, form(next_later=True))) == {NEXT_LATER}
    successor = await two.wrap_up(two.ana, form(), NOW)
    assert (successor.state, successor.starts_at, successor.postponed) == (DiscussionState.SCHEDULED, NEXT, False)


async def test_E10_later_on_purpose_is_remembered(two: PairFixture):
    """A next discussion left for later has no date, is known to be postponed, and will come up again."""
    given = form(next_starts_at=None, next_later=True)
    successor = await two.wrap_up(two.ana, given, NOW)
    assert (successor.state, successor.postponed) == (DiscussionState.PLANNING, True)
    assert f"schedule_next:{successor.pk}:1" in await two.waiting()


async def test_E10_a_next_date_is_checked_like_any_other(two: PairFixture):
    """A past date, one years away and one that overlaps another discussion of either are refused beside the field."""
    assert "time has passed" in (await refusal(two, form(next_starts_at=NOW)))[NEXT_STARTS_AT]
    assert "more than a year" in (await refusal(two, form(next_starts_at=NOW + timedelta(days=500))))[NEXT_STARTS_AT]
    other = pair(two.chiyo, two.ben)
    await two.write(other)
    await two.write(scheduled(other, NEXT + timedelta(minutes=30)))
    assert "Ben has another" in (await refusal(two, form()))[NEXT_STARTS_AT]


async def test_E11_commitments_of_both_sides_are_kept(two: PairFixture):
    """Each has its owner, words and date, belongs to the discussion, and both will be reminded."""
    await two.wrap_up(two.ana, form(), NOW)
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
async def test_E11_half_a_commitment_is_refused_beside_its_row(two: PairFixture, row: CommitmentEntry, field: str):
    """No date, today, years away, no words, too many words: each is named beside the field concerned."""
    assert set(await refusal(two, form(commitments=(HERS, row)))) == {field}


async def test_C9_a_discussion_ends_in_action_or_in_none_on_purpose(two: PairFixture):
    """Without a commitment a wrap-up is refused, with a commitment and “none” too; “none” alone is taken."""
    assert set(await refusal(two, form(commitments=()))) == {NO_COMMITMENTS}
    assert set(await refusal(two, form(no_commitments=True))) == {NO_COMMITMENTS}
    await two.wrap_up(two.ana, form(commitments=(), no_commitments=True), NOW)
    found = await two.outcome(two.ben)
    assert (list(found.commitments), found.discussion.state) == ([], DiscussionState.HELD)


async def test_everything_that_is_wrong_is_named_at_once(two: PairFixture):
    """Nobody has to submit a form four times to learn of four mistakes."""
    wrong = form(notes="n" * 3001, commitments=(), next_starts_at=None)
    assert set(await refusal(two, wrong)) == {NOTES, NO_COMMITMENTS, NEXT_LATER}


async def test_E17_the_next_discussion_opens_with_what_was_left(two: PairFixture):
    """The items that were not discussed move on; those that were are settled."""
    known = {
        "pair_id": two.pair.pk,
        "discussion_id": two.discussion.pk,
        "author_id": two.ana.pk,
        "proposed_at": LONG_AGO,
    }
    discussed, left = (
        AgendaItem(text="Mentoring", position=1, **known),
        AgendaItem(text="A course", position=2, **known),
    )
    await two.write(discussed, left)
    given = form(discussed=frozenset({discussed.pk}))
    successor = await two.wrap_up(two.ana, given, NOW)
    items = await two.look(lambda store: store.agenda.of_discussions([two.discussion.pk, successor.pk]))
    assert [(one.discussion_id, one.text, one.state) for one in items] == [
        (two.discussion.pk, "Mentoring", ItemState.DISCUSSED),
        (two.discussion.pk, "A course", ItemState.CARRIED_OVER),
        (successor.pk, "A course", ItemState.PROPOSED),
    ]
    assert successor.number == two.discussion.number + 1


async def test_E17_two_at_once_open_one_next_discussion(two: PairFixture):
    """Both wrap up at the same moment: one is first, the other reads who was, and there is one next discussion."""
    results = await asyncio.gather(
        two.wrap_up(two.ana, form(), NOW),
        two.wrap_up(two.ben, form(), NOW),
        return_exceptions=True,
    )
    assert [type(one) for one in results if isinstance(one, Exception)] == [NotAvailable]
    assert len(await two.look(lambda store: store.discussions.latest([two.pair.pk]))) == 2  # held, and the next one
    assert len(await two.look(lambda store: store.commitments.open_of([two.pair.pk]))) == 2


async def test_E17_wrapping_up_twice_changes_nothing(two: PairFixture):
    """The second time there is nothing to wrap up, and nothing is doubled."""
    await two.wrap_up(two.ana, form(), NOW)
    with pytest.raises(NotAvailable, match="wrapped up or cancelled since"):
        await two.wrap_up(two.ana, form(), NOW)


async def test_a_spontaneous_discussion_can_be_wrapped_up(two: PairFixture):
    """A discussion that had no date took place now."""
    async with two.database.unit(two.workspace_id) as store:
        discussion = await store.discussions.get(two.discussion.pk)
        discussion.state, discussion.starts_at = DiscussionState.PLANNING, None
    await two.wrap_up(two.ana, form(), NOW)
    found = await two.outcome(two.ana)
    assert found.discussion.starts_at == NOW


async def test_two_who_met_earlier_than_planned(two: PairFixture):
    """A discussion wrapped up before its date took place when it was wrapped up."""
    earlier = DISCUSSION - timedelta(days=3)
    await two.wrap_up(two.ana, form(), earlier)
    assert (await two.outcome(two.ana)).discussion.starts_at == earlier


async def test_nobody_else_sees_a_wrap_up(two: PairFixture):
    """A person outside the pair sees neither the form nor what came of it, and cannot wrap up."""
    for look in (two.about_to_wrap_up, two.outcome):
        with pytest.raises(NotAllowed):
            await look(two.chiyo)
    with pytest.raises(NotAllowed):
        await two.wrap_up(two.chiyo, form(), NOW)


async def test_of_two_wrap_ups_before_the_morning_one_message_comes(two: PairFixture):
    """The second takes the place of the first, and the list that it opens has what was agreed in both."""
    evening, night = at(MADRID, 2026, 11, 24, 20), at(MADRID, 2026, 11, 24, 22)
    coming = await two.wrap_up(two.ana, form(commitments=(HERS, HIS)), evening)
    assert f"wrapped_up:{two.discussion.pk}" in await two.waiting()
    more = CommitmentEntry("commitment.0", Side.MANAGER, "Lend her the book", date(2026, 12, 1))
    await two.wrap_up(two.ana, form(commitments=(more,)), night, coming.pk)
    waiting = [key for key in await two.waiting() if key.startswith("wrapped_up:")]
    assert waiting == [f"wrapped_up:{coming.pk}"]
    listed = {one.text for one in (await two.between(two.ben, night)).open}
    assert {HIS.text, more.text} <= listed


async def test_the_form_knows_the_discussion_before(two: PairFixture):
    """What is about to be wrapped up comes with its agenda, the employee's items first, and the discussion before."""
    before = held(two.pair, LONG_AGO, LONG_AGO, number=0)
    known = {"pair_id": two.pair.pk, "discussion_id": two.discussion.pk, "proposed_at": LONG_AGO}
    his = AgendaItem(text="His", position=1, author_id=two.ben.pk, **known)
    hers = AgendaItem(text="Hers", position=2, author_id=two.ana.pk, **known)
    await two.write(before, his, hers)
    shown = await two.about_to_wrap_up(two.ben)
    assert [item.text for item in shown.agenda] == ["Hers", "His"]
    assert shown.before.pk == before.pk


async def test_E17_a_discussion_that_did_not_happen_moves(two: PairFixture):
    """“No” with a date moves the discussion, and the other side hears of it."""
    moved = await two.did_not_happen(two.ana, AnotherTime(NEXT, later=False, seen_round=1), NOW)
    assert (moved.pk, moved.starts_at, moved.round) == (two.discussion.pk, NEXT, 2)
    assert f"date_set:{moved.pk}:2" in await two.waiting()


async def test_E10_a_discussion_that_did_not_happen_is_left_for_later_on_purpose(two: PairFixture):
    """“No” with the tick takes the date away, and the discussion comes up again."""
    left = await two.did_not_happen(two.ben, AnotherTime(None, later=True, seen_round=1), NOW)
    assert (left.state, left.starts_at, left.postponed) == (DiscussionState.PLANNING, None, True)
    assert f"schedule_next:{left.pk}:1" in await two.waiting()


@pytest.mark.parametrize(
    ("starts_at", "later", "field"), [(None, False, LATER), (NEXT, True, LATER), (LONG_AGO, False, STARTS_AT)]
)
async def test_E10_no_needs_a_date_or_later(two: PairFixture, starts_at: Any, field: str, *, later: bool):
    """Neither, both and a past date are refused beside the field."""
    with pytest.raises(InvalidInput) as caught:
        await two.did_not_happen(two.ana, AnotherTime(starts_at, later=later, seen_round=1), NOW)
    assert set(caught.value.fields) == {field}


@pytest.mark.parametrize(("starts_at", "later", "field"), [(NEXT, False, STARTS_AT), (None, True, LATER)])
async def test_a_date_set_meanwhile_by_the_other_is_kept(two: PairFixture, starts_at: Any, field: str, *, later: bool):
    """Two people who both say “no” do not undo each other's new date; the second one reads it."""
    other = NEXT + timedelta(days=1)
    await two.did_not_happen(two.ben, AnotherTime(other, later=False, seen_round=1), NOW)
    with pytest.raises(InvalidInput) as caught:
        await two.did_not_happen(two.ana, AnotherTime(starts_at, later=later, seen_round=1), NOW)
    assert set(caught.value.fields) == {field}
    assert "meanwhile" in caught.value.sentence


async def test_yes_after_the_other_moved_it_is_asked_about(two: PairFixture):
    """“Yes” to a discussion that the other side has moved into the future is refused beside the question."""
    await two.did_not_happen(two.ben, AnotherTime(NEXT, later=False, seen_round=1), NOW)
    with pytest.raises(InvalidInput) as caught:
        await two.wrap_up(two.ana, form(seen_round=1, next_later=True, next_starts_at=None), NOW)
    assert "Ben set" in caught.value.fields[HAPPENED]


async def test_no_is_refused_for_a_discussion_that_is_wrapped_up(two: PairFixture):
    """A person who says that it did not happen, after the other has wrapped it up, reads that."""
    await two.wrap_up(two.ana, form(), NOW)
    with pytest.raises(NotAvailable, match="wrapped up or cancelled since"):
        await two.did_not_happen(two.ben, AnotherTime(NEXT, later=False, seen_round=1), NOW)


async def test_without_a_wrap_up_there_is_no_outcome(two: PairFixture):
    """Neither an open discussion nor a cancelled one has an outcome."""
    with pytest.raises(NotAvailable, match="not wrapped up yet"):
        await two.outcome(two.ana)
    lost = planning(two.pair, date(2026, 1, 1), number=0, state=DiscussionState.CANCELLED)
    await two.write(lost)
    with pytest.raises(CareerError, match="cancelled"):
        await two.outcome(two.ana, lost.pk)


# --- late, and afterwards --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cadence", Cadence)
async def test_E17_a_late_wrap_up_makes_nothing_overdue(two: PairFixture, cadence: Cadence):
    """A discussion wrapped up two months later: the next one is due a whole cadence after that, never in the past."""
    late = NOW + timedelta(days=60)
    far = CommitmentEntry("commitment.0", Side.EMPLOYEE, "Write it", date(2027, 3, 1))
    given = form(cadence=cadence, commitments=(far,), next_starts_at=None, next_later=True)
    successor = await two.wrap_up(two.ana, given, late)
    assert successor.due_on == due_after(late, cadence, two.ana)
    assert successor.due_on > late.date()


MORE = CommitmentEntry("commitment.0", Side.MANAGER, "Lend her the book", date(2026, 12, 8))
LATER = NOW + timedelta(minutes=5)


async def test_E11_the_second_to_wrap_up_adds_notes_and_commitments(two: PairFixture):
    """Both notes are kept, each under its author, the employee's first, and the commitments of both."""
    await two.wrap_up(two.ana, form(notes="Hers"), NOW)
    added = await two.add_to(two.ben, LATER, notes="His", commitments=(MORE, HIS))
    assert added == Added(notes=True, for_manager=1)
    record = await two.outcome(two.ana)
    assert [(one.author_id, one.text) for one in record.notes] == [(two.ana.pk, "Hers"), (two.ben.pk, "His")]
    assert [one.text for one in record.commitments] == [HERS.text, HIS.text, MORE.text]
    waiting = [nudge for nudge in (await two.waiting()).values() if nudge.kind == "wrap_up_added"]
    assert [nudge.person_id for nudge in waiting] == [two.ana.pk]
    assert "wrapped_up" not in await two.recipients()  # Ben knows


async def test_what_is_added_twice_is_added_once(two: PairFixture):
    """The same notes and the same commitment again are nothing new, and nobody hears of them."""
    await two.wrap_up(two.ana, form(), NOW)
    for number in range(2):
        added = await two.add_to(two.ben, LATER, notes="His", commitments=(MORE, MORE))
        assert added == (Added(notes=True, for_manager=1) if number == 0 else Added())
    assert len((await two.outcome(two.ana)).commitments) == 3
    assert [key for key in await two.waiting() if key.startswith("wrap_up_added")] == ["wrap_up_added:1"]


async def test_notes_are_changed_and_emptied_by_their_author_alone(two: PairFixture):
    """Each addition replaces what its author wrote before; nothing written is no news."""
    await two.wrap_up(two.ana, form(notes="Hers"), NOW)
    await two.add_to(two.ben, LATER, notes="His")
    assert (await two.add_to(two.ben, LATER, notes="His, longer")).notes
    assert not (await two.add_to(two.ana, LATER, notes="")).notes
    assert [one.text for one in (await two.outcome(two.ana)).notes] == ["His, longer"]
    assert (await two.add_to(two.ana, LATER, notes="Hers, again")).notes


async def test_E9_the_second_can_change_how_the_two_meet(two: PairFixture):
    """Another rhythm moves the day by which the next discussion is due, another length makes it longer."""
    await two.wrap_up(two.ana, form(next_starts_at=None, next_later=True), NOW)
    added = await two.add_to(two.ben, LATER, cadence=Cadence.MONTHLY, minutes=45, notes_by=NotesBy.BOTH)
    assert added == Added(format=True)
    kept: Pair = await two.look(lambda store: store.pairs.get(two.pair.pk))
    assert (kept.cadence, kept.minutes, kept.notes_by) == (Cadence.MONTHLY, 45, NotesBy.BOTH)
    coming = await two.open_discussion()
    assert (coming.due_on, coming.minutes) == (date(2026, 12, 24), 45)


async def test_E10_the_second_can_move_the_next_date_and_the_first_hears_of_it(two: PairFixture):
    """It is a new round of the date, from the one that the first person chose, as `/career schedule` would make it."""
    coming = await two.wrap_up(two.ana, form(), NOW)
    moved_to = NEXT + timedelta(days=1)
    assert await two.add_to(two.ben, LATER, starts_at=moved_to) == Added(date=True)
    moved = await two.open_discussion()
    assert (moved.pk, moved.starts_at, moved.round) == (coming.pk, moved_to, coming.round + 1)
    assert (moved.dated_by_id, moved.moved_from) == (two.ben.pk, NEXT)
    news = (await two.waiting())[f"date_set:{moved.pk}:{moved.round}"]
    assert news.person_id == two.ana.pk
    assert await two.add_to(two.ben, LATER, starts_at=moved_to) == Added()


async def test_E10_a_date_that_is_left_open_can_be_set_by_the_second(two: PairFixture):
    """Whoever comes second may choose the date that the first left for later."""
    await two.wrap_up(two.ana, form(next_starts_at=None, next_later=True), NOW)
    assert await two.add_to(two.ben, LATER, starts_at=NEXT) == Added(date=True)
    assert (await two.open_discussion()).starts_at == NEXT


async def test_E10_a_date_in_an_addition_is_checked_like_any_other(two: PairFixture):
    """A past one, one years away and one that was changed meanwhile are refused beside the field."""
    await two.wrap_up(two.ana, form(), NOW)
    for wrong, sentence in (
        ({"starts_at": NOW}, "time has passed"),
        ({"starts_at": NOW + timedelta(days=500)}, "more than a year"),
        ({"starts_at": NEXT + timedelta(days=1), "seen_round": 0}, "meanwhile"),
    ):
        with pytest.raises(InvalidInput) as caught:
            await two.add_to(two.ben, LATER, notes="His", **wrong)
        assert set(caught.value.fields) == {AGREED_STARTS_AT}
        assert sentence in caught.value.sentence
    assert not (await two.outcome(two.ben)).notes


async def test_everything_that_is_wrong_with_an_addition_is_named_at_once(two: PairFixture):
    """Notes that are too long, half a commitment and a past date."""
    await two.wrap_up(two.ana, form(), NOW)
    half = CommitmentEntry("commitment.0", Side.MANAGER, "Lend her the book")
    with pytest.raises(InvalidInput) as caught:
        await two.add_to(two.ben, LATER, notes="n" * 3001, commitments=(half,), starts_at=LONG_AGO)
    assert set(caught.value.fields) == {NOTES, "commitment.0.due_on", AGREED_STARTS_AT}


@pytest.mark.parametrize(
    ("after", "coming", "is_held"),
    [
        (timedelta(days=1), None, True),
        (timedelta(days=13), None, True),
        (timedelta(days=15), None, False),
        (timedelta(days=1), timedelta(hours=1), False),
        (timedelta(days=1), timedelta(days=9), True),
    ],
)
async def test_wrapping_up_is_about_the_last_discussion_until_the_next_has_begun(
    two: PairFixture, after: timedelta, coming: timedelta | None, *, is_held: bool
):
    """For two weeks after a wrap-up there is more to add; from the start of the next discussion it is about that."""
    given = form(next_starts_at=NOW + coming if coming else None, next_later=coming is None)
    successor = await two.wrap_up(two.ana, given, NOW)
    about = await two.look(lambda store: to_wrap_up(store, two.pair, NOW + after))
    assert about is not None
    assert about.pk == (two.discussion.pk if is_held else successor.pk)
