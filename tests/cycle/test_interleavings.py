"""Two people who act at the same moment: use cases that wait for one lock, in an order that the test forces."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from cycle import agendas, pairing, preparations
from cycle.commitments import ChangeForm, CommitmentEntry
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.nudges.pairing import REQUEST_EXPIRES_AFTER
from cycle.pairing import OTHER
from cycle.people import Profile, save_profile
from cycle.scheduling import STARTS_AT
from cycle.wrap_up import Added, WrapUpForm
from cycle.zones import local_time
from storage.agenda import ItemState
from storage.commitments import CommitmentState, RequestState
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.drafts import DraftKey
from storage.nudges import Nudge, NudgeState
from storage.pairs import Cadence, PairState, Side
from storage.people import Person
from storage.preparations import Level
from tests.support.builders import MADRID, TOKYO, at, commitment
from tests.support.databases import until_waiting
from tests.support.pair_fixture import NOW, PairFixture

pytestmark = pytest.mark.postgres  # SQLite has one writer at a time, so there is nothing to interleave

THEN = at(MADRID, 2026, 11, 24, 10)
AFTERWARDS = THEN + timedelta(minutes=70)
NEXT = at(MADRID, 2027, 5, 20, 10)
FRIDAY, LATER = date(2026, 12, 4), date(2026, 12, 11)


@pytest.fixture
async def workspace_id(postgres_database: Database) -> int:
    """The key of a workspace on PostgreSQL."""
    return await postgres_database.workspace("T0ACME", "Acme")


@pytest.fixture
async def three(postgres_database: Database, workspace_id: int) -> PairFixture:
    """Ana, Chiyo and Ben, unpaired."""
    return await PairFixture.unpaired(postgres_database, workspace_id)


@pytest.fixture
async def two(postgres_database: Database, workspace_id: int) -> PairFixture:
    """Ana and Ben, whose discussion has a date."""
    return await PairFixture.scheduled(postgres_database, workspace_id, THEN)


async def discussions_of(fixture: PairFixture, pair_id: int) -> Sequence[Discussion]:
    """All discussions of a pair, in their order, however many there are."""
    statement = select(Discussion).where(Discussion.pair_id == pair_id).order_by(col(Discussion.number))
    return await fixture.look(lambda store: store.discussions._all(statement))


async def nudges_of(fixture: PairFixture) -> Sequence[Nudge]:
    """The planned nudges of the pair."""
    statement = select(Nudge).where(Nudge.pair_id == fixture.pair.pk, Nudge.state == NudgeState.PLANNED)
    return await fixture.look(lambda store: store.nudges._all(statement))


# --- pairing ---------------------------------------------------------------------------------------------------------


async def test_E1_two_yeses_open_one_discussion(three: PairFixture):
    """Ben says yes twice at once: the second is refused with a sentence, and there is exactly one discussion."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    yeses = [three.accept(three.ben, asked.pk, NOW) for _ in range(2)]
    first, second = await three.in_turn(*yeses, people=[three.ana, three.ben])
    assert first.state is PairState.ACTIVE
    assert isinstance(second, NotAvailable)
    assert second.sentence == "You have already answered that."
    assert [one.number for one in await discussions_of(three, asked.pk)] == [1]


@pytest.mark.parametrize("yes_first", [True, False])
async def test_E5_of_a_yes_and_a_no_the_first_counts(three: PairFixture, *, yes_first: bool):
    """Ben says yes on one device and no on the other: the first answer counts, and the second is refused."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    three.pair = asked
    answers = [three.accept(three.ben, asked.pk, NOW), three.decline(three.ben, asked.pk, NOW)]
    first, second = await three.in_turn(*(answers if yes_first else answers[::-1]))
    assert first.state is (PairState.ACTIVE if yes_first else PairState.DECLINED)
    assert isinstance(second, NotAvailable)
    assert len(await discussions_of(three, asked.pk)) == (1 if yes_first else 0)


async def test_E1_two_who_ask_each_other_leave_one_request(three: PairFixture):
    """Ana asks Ben while Ben asks Ana: the second reads that a request is there already, and there is one pair."""
    first, second = await three.in_turn(
        three.ask(three.ana, three.ben, Side.EMPLOYEE, now=NOW),
        three.ask(three.ben, three.ana, Side.MANAGER, now=NOW),
        people=[three.ana, three.ben],
    )
    assert isinstance(second, InvalidInput)
    assert second.fields == {OTHER: "Ana has asked you already. You can say yes to that above."}
    pairs = await three.look(lambda store: store.pairs.of_person_since(three.ana.pk, NOW - timedelta(days=1)))
    assert [one.pk for one in pairs] == [first.pk]


async def test_E1_of_two_managers_who_say_yes_one_is_the_manager(three: PairFixture):
    """Ben and Chiyo accept Ana's two requests at once: one pair becomes active, and Chiyo reads why hers does not."""
    requests = [await three.ask(three.ana, one, now=NOW) for one in (three.ben, three.chiyo)]
    first, second = await three.in_turn(
        three.accept(three.ben, requests[0].pk, NOW), three.accept(three.chiyo, requests[1].pk, NOW), people=[three.ana]
    )
    assert (first.pk, first.state) == (requests[0].pk, PairState.ACTIVE)
    assert isinstance(second, NotAvailable)
    assert second.sentence == "Ana has career discussions with another manager now."
    states = {one.pk: one.state for one in await three.look(lambda store: store.pairs.current_of(three.ana.pk))}
    assert states == {requests[0].pk: PairState.ACTIVE, requests[1].pk: PairState.ASKED}
    assert [len(await discussions_of(three, one.pk)) for one in requests] == [1, 0]


async def test_E5_a_yes_in_time_is_not_undone_by_expiring(three: PairFixture):
    """Ben says yes in the last minute while the nightly job waits for the same pair: the pair stays active."""
    three.pair = await three.ask(three.ana, three.ben, now=NOW)
    end = NOW + REQUEST_EXPIRES_AFTER

    async def expire() -> int:
        async with three.database.unit(three.workspace_id) as store:
            return await pairing.expire_requests(store, end + timedelta(minutes=1))

    accepted, expired = await three.in_turn(
        three.accept(three.ben, three.pair.pk, end - timedelta(minutes=1)), expire()
    )
    assert (accepted.state, expired) == (PairState.ACTIVE, 0)
    assert (await three.look(lambda store: store.pairs.get(three.pair.pk))).state is PairState.ACTIVE


async def test_two_processes_that_hear_of_a_person_at_once_save_one_row(three: PairFixture):
    """A command and an opened Home of a new person in two processes: both find the person, and there is one row."""
    dana = Profile("U0DANA", "Dana Levi", TOKYO)

    async def meet() -> int:
        async with three.database.unit(three.workspace_id) as store:
            return (await save_profile(store, dana, NOW)).pk

    async with three.database.unit(three.workspace_id) as store:
        first = (await save_profile(store, dana, NOW)).pk
        second = asyncio.create_task(meet())
        await until_waiting(three.database)
    assert await second == first


# --- wrapping up -----------------------------------------------------------------------------------------------------


def wrap_up(**also: Any) -> WrapUpForm:
    """A complete wrap-up, with one commitment."""
    hers = CommitmentEntry("commitment.0", Side.EMPLOYEE, "Write the proposal", FRIDAY)
    known = {"cadence": Cadence.HALF_YEARLY, "minutes": 60, "commitments": (hers,), "next_starts_at": NEXT}
    return WrapUpForm(**(known | also))


async def test_E17_two_wrap_ups_open_one_next_discussion(two: PairFixture):
    """Both wrap up at once: the second is refused, and there is one next discussion and one set of commitments."""
    first, second = await two.in_turn(
        two.wrap_up(two.ana, wrap_up(), AFTERWARDS), two.wrap_up(two.ben, wrap_up(notes="Ben's notes"), AFTERWARDS)
    )
    assert isinstance(second, NotAvailable)
    assert "wrapped up or cancelled since" in second.sentence
    held, coming = await discussions_of(two, two.pair.pk)
    assert (held.state, held.wrapped_up_by_id) == (DiscussionState.HELD, two.ana.pk)
    assert not await two.look(lambda store: store.wrap_ups.notes([held.pk]))
    assert (coming.pk, coming.state, coming.starts_at) == (first.pk, DiscussionState.SCHEDULED, NEXT)
    assert len(await two.look(lambda store: store.commitments.open_of([two.pair.pk]))) == 1


async def test_E11_two_who_add_at_once_lose_nothing(two: PairFixture):
    """Both add to the same wrap-up at the same moment, one of them twice: each effect is there once."""
    await two.wrap_up(two.ana, wrap_up(notes="First"), AFTERWARDS)
    book = CommitmentEntry("commitment.0", Side.MANAGER, "Lend her the book", FRIDAY)
    bens = {"notes": "His", "commitments": (book,), "starts_at": NEXT + timedelta(days=1)}
    added = await two.in_turn(
        two.add_to(two.ben, AFTERWARDS, **bens),
        two.add_to(two.ben, AFTERWARDS, **bens),
        two.add_to(two.ana, AFTERWARDS, notes="First, and more"),
    )
    assert added == [Added(notes=True, for_manager=1, date=True), Added(), Added(notes=True)]
    held, coming = await discussions_of(two, two.pair.pk)
    assert (coming.starts_at, coming.round) == (NEXT + timedelta(days=1), 2)
    notes = await two.look(lambda store: store.wrap_ups.notes([held.pk]))
    assert {one.author_id: one.text for one in notes} == {two.ana.pk: "First, and more", two.ben.pk: "His"}
    commitments = await two.look(lambda store: store.commitments.open_of([two.pair.pk]))
    assert sorted(one.text for one in commitments) == ["Lend her the book", "Write the proposal"]


async def test_E17_a_preparation_never_lands_in_the_next_discussion(two: PairFixture):
    """Ben wraps up while Ana submits what she prepared: she is refused, and the next discussion has nothing of it."""
    wrapped_up, submitted = await two.in_turn(
        two.wrap_up(two.ben, wrap_up(), AFTERWARDS),
        two.prepare(two.ana, AFTERWARDS, seen_id=two.discussion.pk, questions=["What makes me ready?"]),
    )
    assert isinstance(submitted, NotAvailable)
    both = [two.discussion.pk, wrapped_up.pk]
    assert not await two.look(lambda store: store.preparations.of_discussion(both))
    assert not await two.look(lambda store: store.agenda.of_discussions(both))


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("submission", ["prepare", "propose"])
async def test_E10_what_is_submitted_while_a_date_is_set_keeps_its_nudges(two: PairFixture, submission: str):
    """Ben moves the date while Ana's form waits for the pair: both are saved, and the day before is the new one."""
    submit = (
        two.prepare(two.ana, seen_id=two.discussion.pk, level=Level.STRONG)
        if submission == "prepare"
        else two.propose(two.ana, "My course", seen_id=two.discussion.pk)
    )
    moved, submitted = await two.in_turn(two.set_date(two.ben, THEN + timedelta(days=7), seen_round=1), submit)
    assert not isinstance(submitted, BaseException)
    assert moved.round == 2
    days = {row.due_at.date() for row in await nudges_of(two) if row.kind == "day_before"}
    assert days == {date(2026, 11, 30)}


async def test_E10_a_date_is_not_set_in_a_discussion_that_is_being_cancelled(two: PairFixture):
    """Ana cancels first: Ben's new date is refused, and the successor has no date."""
    successor, moved = await two.in_turn(
        two.cancel(two.ana, "Ill", seen_id=two.discussion.pk, seen_round=1),
        two.set_date(two.ben, THEN + timedelta(days=7), seen_id=two.discussion.pk, seen_round=1),
    )
    assert isinstance(moved, NotAvailable)
    cancelled, coming = await discussions_of(two, two.pair.pk)
    assert (cancelled.state, cancelled.starts_at) == (DiscussionState.CANCELLED, THEN)
    assert (coming.pk, coming.state, coming.starts_at) == (successor.pk, DiscussionState.PLANNING, None)


async def test_E10_a_date_that_is_being_moved_is_not_cancelled(two: PairFixture):
    """Ben moves the date first: Ana, who meant the one before, reads what happened, and nothing is cancelled."""
    moved, cancelled = await two.in_turn(
        two.set_date(two.ben, THEN + timedelta(days=7), seen_id=two.discussion.pk, seen_round=1),
        two.cancel(two.ana, "Ill", seen_id=two.discussion.pk, seen_round=1),
    )
    assert isinstance(cancelled, NotAvailable)
    assert cancelled.sentence.startswith("Ben set Tue 1 Dec at 10:00 meanwhile.")
    (only,) = await discussions_of(two, two.pair.pk)
    assert (only.pk, only.state, only.starts_at) == (moved.pk, DiscussionState.SCHEDULED, THEN + timedelta(days=7))


async def test_E10_of_two_dates_the_first_is_set(two: PairFixture):
    """Both move the date at once: the second reads the first one's date beside the field."""
    first, second = await two.in_turn(
        two.set_date(two.ben, THEN + timedelta(days=7), seen_round=1),
        two.set_date(two.ana, THEN + timedelta(days=1), seen_round=1),
        people=[two.ana],
    )
    assert isinstance(second, InvalidInput)
    assert "Ben set" in second.fields[STARTS_AT]
    assert (await two.open_discussion()).starts_at == first.starts_at == THEN + timedelta(days=7)


# --- commitments and items -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("done_first", [True, False])
async def test_E13_a_change_of_a_commitment_that_is_being_marked_done(two: PairFixture, *, done_first: bool):
    """Either way the commitment is done in its own words, and no one is left to answer a change of it."""
    hers = commitment(two.pair, two.ana, FRIDAY)
    await two.write(hers)
    use_cases = [two.done(two.ana, hers.pk, NOW), two.ask_change(two.ben, hers.pk, ChangeForm(LATER), NOW)]
    results = await two.in_turn(*(use_cases if done_first else use_cases[::-1]))
    assert [type(one) for one in results if isinstance(one, BaseException)] == ([NotAvailable] if done_first else [])
    saved = await two.look(lambda store: store.commitments.get(hers.pk))
    assert (saved.state, saved.settled_at, saved.due_on) == (CommitmentState.DONE, NOW, FRIDAY)
    requests = await two.look(lambda store: store.commitments.requests_of([two.pair.pk], NOW))
    assert [one.state for one in requests] == ([] if done_first else [RequestState.WITHDRAWN])
    assert "change_asked" not in {row.kind for row in await nudges_of(two)}


async def test_E13_of_a_yes_and_a_taken_back_change_one_happens(two: PairFixture):
    """Ana agrees while Ben asks for another day: his second request is refused, for the first is agreed on."""
    hers = commitment(two.pair, two.ana, FRIDAY)
    await two.write(hers)
    asked = await two.ask_change(two.ben, hers.pk, ChangeForm(LATER), NOW)
    agreed, second = await two.in_turn(
        two.answer_change(two.ana, asked.pk, NOW, agree=True),
        two.ask_change(two.ben, hers.pk, ChangeForm(LATER + timedelta(days=3)), NOW),
    )
    assert isinstance(second, NotAvailable)
    open_ones = await two.look(lambda store: store.commitments.open_of([two.pair.pk]))
    assert [(one.pk, one.due_on) for one in open_ones] == [(agreed.pk, LATER)]


async def test_E15_an_item_that_is_being_taken_back_is_not_accepted(two: PairFixture):
    """Ana takes her item back while Ben accepts it: it stays withdrawn, and Ben is refused."""
    (item,) = await two.propose(two.ana, "My course")
    _withdrawn, accepted = await two.in_turn(
        two.change_item(agendas.withdraw, two.ana, item.pk, NOW), two.change_item(agendas.accept, two.ben, item.pk, NOW)
    )
    assert isinstance(accepted, NotAvailable)
    assert (await two.look(lambda store: store.agenda.get(item.pk))).state is ItemState.WITHDRAWN


async def test_E15_a_suggestion_that_is_being_replaced_is_not_taken(two: PairFixture):
    """Ben suggests other words anew while Ana takes the first ones: she is refused, and the new ones wait."""
    (item,) = await two.propose(two.ana, "My course")
    await two.change_item(agendas.counter, two.ben, item.pk, "Which course", NOW)
    _new, taken = await two.in_turn(
        two.change_item(agendas.counter, two.ben, item.pk, "No course", NOW),
        two.change_item(partial(agendas.answer_counter, take=True), two.ana, item.pk, 1, NOW),
    )
    assert isinstance(taken, NotAvailable)
    kept = await two.look(lambda store: store.agenda.get(item.pk))
    assert (kept.text, kept.counter_text, kept.state) == ("My course", "No course", ItemState.COUNTERED)


async def test_E15_an_item_is_not_reworded_below_an_answer(two: PairFixture):
    """Ana takes Ben's words while he accepts hers: he accepts what the item says then, and nothing is lost."""
    (item,) = await two.propose(two.ana, "My course")
    await two.change_item(agendas.counter, two.ben, item.pk, "Which course", NOW)
    await two.in_turn(
        two.change_item(partial(agendas.answer_counter, take=True), two.ana, item.pk, 1, NOW),
        two.change_item(agendas.accept, two.ben, item.pk, NOW),
    )
    kept = await two.look(lambda store: store.agenda.get(item.pk))
    assert (kept.text, kept.first_text, kept.state) == ("Which course", "My course", ItemState.ACCEPTED)


async def test_E12_a_note_is_sent_once(two: PairFixture):
    """Ana sends her thank-you from two devices: the second is refused, and there is one note."""
    await two.wrap_up(two.ben, wrap_up(), AFTERWARDS)
    notes = [two.send_thanks(two.ana, text, AFTERWARDS) for text in ("Thanks, Ben!", "Thank you!")]
    _first, second = await two.in_turn(*notes)
    assert isinstance(second, NotAvailable)
    saved = await two.look(lambda store: store.thanks.of_discussions([two.discussion.pk]))
    assert [one.text for one in saved] == ["Thanks, Ben!"]


async def test_C10_a_third_person_who_waits_for_the_pair_is_refused(two: PairFixture):
    """Chiyo's form names the pair of two others and waits for its lock: she is refused, and nothing else changes."""
    kept, refused = await two.in_turn(two.propose(two.ana, "My course"), two.cancel(two.chiyo, "Mischief"))
    assert isinstance(refused, NotAllowed)
    (only,) = await discussions_of(two, two.pair.pk)
    assert (only.state, only.starts_at) == (DiscussionState.SCHEDULED, THEN)
    assert [one.text for one in kept] == ["My course"]


async def test_C10_a_third_person_holds_up_no_one_by_booking(two: PairFixture):
    """Where people are locked too, someone else is refused before any lock is waited for."""
    async with two.database.unit(two.workspace_id) as store, asyncio.timeout(5):
        await store.people.lock(two.ana.pk, two.ben.pk)
        await store.pairs.lock(two.pair.pk)
        with pytest.raises(NotAllowed):
            await two.set_date(two.chiyo, THEN + timedelta(days=1), seen_round=1)


# --- people ----------------------------------------------------------------------------------------------------------


async def submit_and_clear(two: PairFixture) -> None:
    """Ana submits her preparation: her draft is cleared and the request saved in the same transaction."""
    async with two.changing(two.ana) as (store, me, locked):
        prepared = await preparations.prepared_so_far(store, me, locked)
        assert await store.requests.is_first("submission:V1:h", NOW)
        await preparations.save(store, me, prepared, preparations.StandingForm(Level.STRONG), NOW)
        key = DraftKey(me.pk, preparations.Page.STANDING, prepared.discussion.pk)
        await store.drafts.clear(key, view_id="V1", typed_at=None, now=NOW)


@pytest.mark.parametrize("submission_first", [True, False])
async def test_a_submission_beside_a_profile_that_moves(two: PairFixture, *, submission_first: bool):
    """There is no deadlock: both are saved, and the nudges are planned in the zone that she has moved to."""

    async def move() -> None:
        async with two.database.unit(two.workspace_id) as store:
            await save_profile(store, Profile(two.ana.slack_id, "Ana Sol", TOKYO), NOW)

    use_cases = [submit_and_clear(two), move()]
    results = await two.in_turn(*(use_cases if submission_first else use_cases[::-1]))
    assert results == [None, None]
    ana: Person = await two.look(lambda store: store.people.get(two.ana.pk))
    assert (ana.name, ana.tz) == ("Ana Sol", TOKYO)
    assert await two.look(lambda store: store.preparations.of_discussion([two.discussion.pk]))
    mine = [row for row in await nudges_of(two) if row.person_id == two.ana.pk and row.kind == "day_before"]
    assert [local_time(ana, row.due_at).hour for row in mine] == [9]
