"""Two who act at the same moment: requests that wait for each other's locks, in an order that the test forces."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from cycle import scheduling, wrap_up
from cycle.guards import DISCUSSION_ENDED
from cycle.nudges import Action
from cycle.people import Profile, save_profile
from cycle.preparations import Page
from cycle.zones import local_time
from handlers.shared.ids import ActionId
from storage.discussions import Discussion, DiscussionState
from storage.nudges import Nudge, NudgeState
from storage.pairs import Cadence, Pair, PairState, Side
from storage.people import Person
from storage.store import Store
from tests.support.builders import MADRID, TOKYO, at
from tests.support.databases import until_waiting
from tests.support.harness import BotHarness, Change, Outcome

pytestmark = pytest.mark.postgres

ANA, BEN, DEV, ELIF = "U0ANA", "U0BEN", "U0DEV", "U0ELIF"
THEN = at(MADRID, 2026, 12, 15, 11)  # a Tuesday three weeks ahead, ten in London
LATER = THEN + timedelta(days=1)
TEXT = "What I would lose"


async def open_discussion(harness: BotHarness, pair: Pair) -> Discussion:
    """The open discussion of a pair."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.discussions.open_of(pair.pk)
    assert found is not None
    return found


async def planned(harness: BotHarness, pair: Pair, discussion: Discussion) -> Sequence[Nudge]:
    """The planned nudges about a discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        rows = await store.nudges.of_pair(pair.pk)
    return [row for row in rows if row.state is NudgeState.PLANNED and row.subject_id == discussion.id]


async def agenda_of(harness: BotHarness, discussion: Discussion) -> list[str]:
    """The texts on the agenda of a discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        return [item.text for item in await store.agenda.of_discussions([discussion.pk])]


async def has_prepared(harness: BotHarness, discussion: Discussion, person: Person) -> bool:
    """Whether a person has submitted a preparation for a discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        prepared = await store.preparations.of_discussion([discussion.pk])
    return any(one.author_id == person.pk for one in prepared)


def setting_date(harness: BotHarness, who: Person, starts_at: datetime) -> Change:
    """Sets or moves the date of the open discussion."""

    async def change(store: Store, pair: Pair) -> None:
        me = await store.people.get(who.pk)
        discussion = await store.discussions.open_of(pair.pk)
        assert discussion is not None
        await scheduling.set_date(store, me, pair, discussion, starts_at, 60, harness.now)

    return change


def wrapping_up(harness: BotHarness, who: Person) -> Change:
    """Wraps up the open discussion, which opens the next one."""

    async def change(store: Store, pair: Pair) -> None:
        me = await store.people.get(who.pk)
        discussion = await store.discussions.open_of(pair.pk)
        assert discussion is not None
        shown = await wrap_up.about_to_wrap_up(store, pair, discussion)
        form = wrap_up.WrapUpForm(Cadence.MONTHLY, 60, no_commitments=True, next_later=True)
        await wrap_up.wrap_up(store, me, shown, form, harness.now)

    return change


# --- a date that is set meanwhile ------------------------------------------------------------------------------------


async def test_E10_a_preparation_keeps_the_nudges_of_a_date_set_meanwhile(postgres_harness: BotHarness, workspace: Any):
    """Ben sets the date while Elif's preparation waits: both are saved, and each message about the date is planned."""
    harness, form = postgres_harness, await postgres_harness.prep(ELIF)
    change = setting_date(harness, workspace.ben, THEN)
    submission = harness.submit(ELIF, form, achievements="Shipped it")
    outcome = await harness.meanwhile(submission, workspace.thanks.pk, change, booking=True)
    assert outcome.modal["callback_id"] == Page.SHARING
    discussion = await open_discussion(harness, workspace.thanks)
    assert discussion.starts_at == THEN
    assert await has_prepared(harness, discussion, workspace.elif_)
    kinds = {row.kind for row in await planned(harness, workspace.thanks, discussion)}
    assert {"date_set", "propose_agenda", "day_before", "wrap_up"} <= kinds


async def test_E15_a_proposal_keeps_the_nudges_of_a_date_set_meanwhile(postgres_harness: BotHarness, workspace: Any):
    """Ben sets the date while Elif's items wait: both are saved, and each message about the date is planned."""
    harness, form = postgres_harness, (await postgres_harness.command(ELIF, "agenda")).modal
    change = setting_date(harness, workspace.ben, THEN)
    submission = harness.submit(ELIF, form, new_items="My course")
    outcome = await harness.meanwhile(submission, workspace.thanks.pk, change, booking=True)
    assert outcome.answer == {}
    discussion = await open_discussion(harness, workspace.thanks)
    assert discussion.starts_at == THEN
    assert await agenda_of(harness, discussion) == ["My course"]
    kinds = {row.kind for row in await planned(harness, workspace.thanks, discussion)}
    assert {"date_set", "answer_agenda", "day_before", "wrap_up"} <= kinds


# --- a person who moves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mover", [BEN, ELIF])
async def test_a_submission_and_a_profile_that_moves_do_not_deadlock(
    postgres_harness: BotHarness, workspace: Any, mover: str
):
    """A submission and a profile of another zone wait for one pair, not for each other, and both are saved."""
    harness, form = postgres_harness, (await postgres_harness.command(ELIF, "agenda")).modal
    user = {"id": mover, "real_name": "Moved", "tz": TOKYO}

    async def hold(_store: Store, _pair: Pair) -> None:
        moving.append(asyncio.create_task(harness.event({"type": "user_change", "user": user})))
        await until_waiting(harness.database, 2)

    moving: list[asyncio.Task[Outcome]] = []
    outcome = await harness.meanwhile(harness.submit(ELIF, form, new_items="My course"), workspace.thanks.pk, hold)
    assert outcome.answer == {}
    assert (await moving[0]).status == 200
    assert await agenda_of(harness, await open_discussion(harness, workspace.thanks)) == ["My course"]
    async with harness.database.reading(harness.workspace_id) as store:
        moved = await store.people.by_slack_id(mover)
    assert moved is not None
    assert moved.tz == TOKYO


async def test_L2_a_submission_plans_in_the_zone_that_its_author_has_moved_to(
    postgres_harness: BotHarness, workspace: Any
):
    """Elif's profile moves to Tokyo while her submission waits: her messages stay in Tokyo's working hours."""
    harness = postgres_harness
    set_date = await harness.submit(ELIF, (await harness.command(ELIF, "schedule")).modal, starts_at=THEN)
    assert set_date.modal["title"]["text"] == "Date set"
    form = await harness.prep(ELIF)

    async def move(store: Store, _pair: Pair) -> None:
        await save_profile(store, Profile(ELIF, "Elif Kaya", TOKYO), harness.now)

    submission = harness.submit(ELIF, form, achievements="Shipped it")
    assert (await harness.meanwhile(submission, workspace.thanks.pk, move)).refusal == ""
    discussion = await open_discussion(harness, workspace.thanks)
    mine = [row for row in await planned(harness, workspace.thanks, discussion) if row.person_id == workspace.elif_.pk]
    in_tokyo = Person(slack_id=ELIF, name="Elif Kaya", tz=TOKYO, seen_at=harness.now)
    assert {local_time(in_tokyo, row.due_at).hour for row in mine if row.kind in {"day_before", "propose_agenda"}} == {
        9
    }


# --- one hour, two discussions ---------------------------------------------------------------------------------------


async def together(harness: BotHarness, people: Sequence[Person], *requests: Any) -> list[Outcome]:
    """What comes of requests that all wait for the same people and then go on together."""
    async with harness.database.unit(harness.workspace_id) as store:
        await store.people.lock(*(person.pk for person in people))
        waiting = [asyncio.create_task(request) for request in requests]
        await until_waiting(harness.database, len(requests))
    return list(await asyncio.gather(*waiting))


async def booked(harness: BotHarness, manager: Person, starts_at: datetime) -> int:
    """How many discussions of a manager begin at a moment."""
    async with harness.database.reading(harness.workspace_id) as store:
        busy = await store.discussions.busy([manager.pk], starts_at, starts_at + timedelta(minutes=1))
    return sum(one.starts_at == starts_at for one in busy)


async def test_E10_two_reports_cannot_book_one_manager_for_one_hour(postgres_harness: BotHarness, workspace: Any):
    """Ana and Elif submit the same hour with Ben at once: one date is set, the other reads why beside the field."""
    harness = postgres_harness
    anas, elifs = [(await harness.command(who, "schedule")).modal for who in (ANA, ELIF)]
    outcomes = await together(
        harness, [workspace.ben],
        harness.submit(ANA, anas, starts_at=THEN), harness.submit(ELIF, elifs, starts_at=THEN),
    )  # fmt: skip
    assert sorted(outcome.refusal for outcome in outcomes) == [
        "",
        "Ben has another career discussion at that time. Please pick another time.",
    ]
    assert [list(outcome.answer["errors"]) for outcome in outcomes if outcome.refusal] == [[scheduling.STARTS_AT]]
    assert await booked(harness, workspace.ben, THEN) == 1


async def test_E10_a_wrap_up_cannot_book_an_hour_that_is_taken_meanwhile(postgres_harness: BotHarness, workspace: Any):
    """Dev's wrap-up and Elif's form name one hour with Ben at once: one date is set, and the other form says why."""
    harness = postgres_harness
    first = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    devs = (await harness.press(DEV, first, ActionId.HAPPENED, happened="yes")).modal
    elifs = (await harness.command(ELIF, "schedule")).modal
    outcomes = await together(
        harness, [workspace.ben],
        harness.submit(DEV, devs, happened="yes", no_commitments=["ticked"], next_starts_at=THEN),
        harness.submit(ELIF, elifs, starts_at=THEN),
    )  # fmt: skip
    errors = [outcome.answer["errors"] for outcome in outcomes if "errors" in outcome.answer]
    assert [set(one) for one in errors] in [[{wrap_up.NEXT_STARTS_AT}], [{scheduling.STARTS_AT}]]
    assert "Ben has another career discussion at that time" in str(errors)
    assert await booked(harness, workspace.ben, THEN) == 1


async def test_E1_two_who_ask_each_other_at_once_make_one_request(postgres_harness: BotHarness, workspace: Any):
    """Dev and Elif ask each other at the same moment: one request is made, and the other form names it."""
    harness = postgres_harness
    devs, elifs = [(await harness.command(who, "start")).modal for who in (DEV, ELIF)]
    outcomes = await together(
        harness, [workspace.dev, workspace.elif_],
        harness.submit(DEV, devs, side=Side.MANAGER, other=ELIF),
        harness.submit(ELIF, elifs, side=Side.MANAGER, other=DEV),
    )  # fmt: skip
    refusals = sorted(outcome.refusal for outcome in outcomes)
    assert refusals[0] == ""
    assert refusals[1] in {f"{name} has asked you already. You can say yes to that above." for name in ("Dev", "Elif")}
    async with harness.database.reading(harness.workspace_id) as store:
        pairs = await store.pairs.current_of(workspace.dev.pk)
    assert [pair.state for pair in pairs if pair.other_than(workspace.dev.pk) == workspace.elif_.pk] == [
        PairState.ASKED
    ]


# --- a discussion that ends meanwhile --------------------------------------------------------------------------------


@pytest.mark.parametrize("is_forced", [True, False], ids=["while it waits", "before it is submitted"])
async def test_E17_a_preparation_never_lands_in_the_next_discussion(
    postgres_harness: BotHarness, workspace: Any, *, is_forced: bool
):
    """Ben wraps up while Ana prepares: her form stays open with a sentence, and nothing of it is saved as submitted."""
    harness, form = postgres_harness, await postgres_harness.prep(ANA)
    submission = harness.submit(ANA, form, achievements=TEXT)
    outcome = await _wrapped_up(harness, workspace, submission, is_forced=is_forced)
    assert outcome.answer["response_action"] == "errors"
    assert list(outcome.answer["errors"].values()) == [DISCUSSION_ENDED]
    coming = await open_discussion(harness, workspace.two)
    assert coming.pk != workspace.discussion.pk
    assert not await has_prepared(harness, coming, workspace.ana)
    assert not await has_prepared(harness, workspace.discussion, workspace.ana)
    assert TEXT not in await agenda_of(harness, coming)


@pytest.mark.parametrize("is_forced", [True, False], ids=["while it waits", "before it is submitted"])
async def test_E17_a_proposal_never_lands_on_the_next_agenda(
    postgres_harness: BotHarness, workspace: Any, *, is_forced: bool
):
    """Ben wraps up while Ana writes items: her form stays open with a sentence, and the items are on no agenda."""
    harness, form = postgres_harness, (await postgres_harness.command(ANA, "agenda")).modal
    submission = harness.submit(ANA, form, new_items=TEXT)
    outcome = await _wrapped_up(harness, workspace, submission, is_forced=is_forced)
    assert outcome.answer == {"response_action": "errors", "errors": {"new_items": DISCUSSION_ENDED}}
    coming = await open_discussion(harness, workspace.two)
    assert TEXT not in await agenda_of(harness, coming)
    assert TEXT not in await agenda_of(harness, workspace.discussion)


async def _wrapped_up(harness: BotHarness, workspace: Any, submission: Any, *, is_forced: bool) -> Outcome:
    """What comes of a submission when Ben wraps up while it waits, or just before."""
    change = wrapping_up(harness, workspace.ben)
    if is_forced:
        return await harness.meanwhile(submission, workspace.two.pk, change)
    async with harness.database.unit(harness.workspace_id) as store:
        await change(store, await store.pairs.lock(workspace.two.pk))
    outcome: Outcome = await submission
    return outcome


@pytest.mark.parametrize("is_forced", [True, False], ids=["while it waits", "before it is submitted"])
async def test_E10_cancelling_a_date_that_was_moved_meanwhile_cancels_nothing(
    postgres_harness: BotHarness, workspace: Any, *, is_forced: bool
):
    """Ben moves the date that Ana is about to cancel: his date is set, and her form says what happened."""
    harness, form = postgres_harness, (await postgres_harness.command(ANA, "schedule")).modal
    cancelling = (await harness.press(ANA, form, ActionId.OPEN_CANCEL)).modal
    submission, change = harness.submit(ANA, cancelling, reason=TEXT), setting_date(harness, workspace.ben, LATER)
    if is_forced:
        outcome = await harness.meanwhile(submission, workspace.two.pk, change, booking=True)
    else:
        async with harness.database.unit(harness.workspace_id) as store:
            await change(store, await store.pairs.lock(workspace.two.pk))
        outcome = await submission
    sentence = "Ben set Wed 16 Dec at 11:00 meanwhile. To change that, close this and open it again."
    assert outcome.answer == {"response_action": "errors", "errors": {scheduling.REASON: sentence}}
    discussion = await open_discussion(harness, workspace.two)
    assert (discussion.pk, discussion.state, discussion.starts_at) == (
        workspace.discussion.pk,
        DiscussionState.SCHEDULED,
        LATER,
    )
