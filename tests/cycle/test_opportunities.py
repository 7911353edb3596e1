"""Offering, signing up and telling channels; on PostgreSQL also under the interleavings that matter."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cycle import digests, opportunities
from cycle.access import Viewer
from cycle.digests import Wanted
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.opportunities import MOST_OPEN, Offer, check, matching
from storage.database import Database
from storage.gaps import Gap
from storage.nudges import Nudge, NudgeState
from storage.opportunities import Frequency, OpportunityKind
from storage.people import Person
from storage.store import Store
from tests.support.builders import at, pair, person, saved
from tests.support.databases import until_waiting

NOW = at("Europe/Madrid", 2026, 11, 25, 12)  # a Wednesday
NEXT_WEEK = NOW + timedelta(days=7)
PROJECT = Offer(OpportunityKind.PROJECT, "Customer workshop", skills="Facilitation", open_until=date(2026, 12, 18))
SESSION = Offer(OpportunityKind.SESSION, "How we negotiate", starts_at=NEXT_WEEK, seats=1)


@dataclass
class Team:
    """Ana and Chiyo, who might take part in what Bo offers."""

    database: Database
    workspace_id: int
    ana: Person
    bo: Person
    chiyo: Person

    async def do(self, work: Callable[[Store, Person], Awaitable[Any]], who: Person) -> Any:
        """Do something as a person, in a transaction of its own, with what they may read."""
        gate = Viewer()
        async with self.database.unit(self.workspace_id, gate) as store:
            me = await store.people.get(who.pk)
            gate.is_person(me)
            return await work(store, me)

    async def offers(self, offer: Offer = PROJECT, now: datetime = NOW) -> int:
        """Bo offers something, as the form does: saved, then planned."""
        one = await self.do(lambda store, me: opportunities.save(store, me, offer, now), self.bo)
        await self.do(lambda store, _me: opportunities.announce(store, one.pk, now), self.bo)
        return int(one.pk)

    async def signs_up(self, who: Person, key: int, now: datetime = NOW) -> None:
        """Someone puts their name on the list."""
        await self.do(lambda store, me: opportunities.sign_up(store, me, key, now), who)

    async def sets_up(self, channel: str | None, now: datetime = NOW, **also: Any) -> None:
        """Bo has a channel told, as the form does: saved, then planned."""
        wanted = Wanted(channel, **also)
        await self.do(lambda store, me: digests.save(store, me, wanted, now), self.bo)
        await self.do(lambda store, _me: digests.announce_all(store, now), self.bo)

    async def planned(self, kind: str) -> dict[str, Nudge]:
        """What is planned of a kind, by key."""
        async with self.database.reading(self.workspace_id) as store:
            rows = [*await store.nudges.of_person(self.bo.pk), *await store.nudges.of_person(self.ana.pk)]
        return {row.key: row for row in rows if row.kind == kind and row.state is NudgeState.PLANNED}


async def team_in(database: Database) -> Team:
    """Three people in a workspace."""
    workspace_id = await database.workspace("T0ACME", "Acme")
    async with database.unit(workspace_id) as store:
        ana, bo, chiyo = person(), person("Bo Lind", is_admin=True), person("Chiyo Abe")
        await saved(store, ana, bo, chiyo)
    return Team(database, workspace_id, ana, bo, chiyo)


@pytest.fixture
async def team(database: Database) -> Team:
    """Three people in a workspace, on each database."""
    return await team_in(database)


async def test_C11_what_is_offered_is_on_the_board_until_it_is_over(team: Team):
    """Everyone sees it with its seats; once it is full, over or withdrawn, nobody can sign up."""
    key = await team.offers(SESSION)
    await team.offers()
    shown = await team.do(lambda store, me: opportunities.board(store, me, NOW), team.ana)
    assert [(one.opportunity.title, one.seats_left) for one in shown] == [
        ("Customer workshop", None), ("How we negotiate", 1),
    ]  # fmt: skip
    await team.signs_up(team.ana, key)
    await team.signs_up(team.ana, key)  # twice is once
    with pytest.raises(NotAvailable, match="All seats are taken"):
        await team.signs_up(team.chiyo, key)
    with pytest.raises(NotAllowed, match="offering this yourself"):
        await team.signs_up(team.bo, key)
    with pytest.raises(NotAvailable, match="no longer open"):
        await team.signs_up(team.chiyo, key, now=NEXT_WEEK)
    later = await team.do(lambda store, me: opportunities.board(store, me, NEXT_WEEK), team.ana)
    assert [one.opportunity.title for one in later] == ["Customer workshop"]


async def test_C11_what_someone_offered_who_has_left_is_not_open(team: Team):
    """It is on nobody's board, and nobody signs up for what nobody would hear of."""
    key = await team.offers()
    async with team.database.unit(team.workspace_id) as store:
        (await store.people.get(team.bo.pk)).deactivated = True
    assert await team.do(lambda store, me: opportunities.board(store, me, NOW), team.ana) == []
    with pytest.raises(NotAvailable, match="no longer open"):
        await team.signs_up(team.ana, key)


async def test_C11_who_signed_up_is_read_by_whoever_offers_it_alone(team: Team):
    """Bo reads the names, Ana her own, and Chiyo only how many there are."""
    key = await team.offers()
    await team.signs_up(team.ana, key)
    seen = {who.name: await team.do(lambda store, me: opportunities.look_at(store, me, key), who)
            for who in (team.ana, team.bo, team.chiyo)}  # fmt: skip
    assert {name: [each.name for each in one.names] for name, one in seen.items()} == {
        "Ana Ruiz": [], "Bo Lind": ["Ana Ruiz"], "Chiyo Abe": [],
    }  # fmt: skip
    assert [name for name, one in seen.items() if one.takes_part] == ["Ana Ruiz"]
    assert {one.taken for one in seen.values()} == {1}


async def test_C11_a_name_can_be_taken_off_and_put_on_again(team: Team):
    """The seat is free in between, and the news of it is cancelled."""
    key = await team.offers(SESSION)
    await team.signs_up(team.ana, key)
    assert len(await team.planned("signed_up")) == len(await team.planned("session_ahead")) - 1 == 1
    await team.do(lambda store, me: opportunities.take_name_off(store, me, key, NOW), team.ana)
    assert await team.planned("signed_up") == {}
    await team.signs_up(team.chiyo, key)
    with pytest.raises(NotAvailable, match="All seats are taken"):
        await team.signs_up(team.ana, key)


async def test_C11_one_person_s_change_keeps_the_nudges_of_the_others(team: Team):
    """What Chiyo does is planned with everyone who takes part, though she reads nobody's name but her own."""
    key = await team.offers(replace(SESSION, seats=None))
    await team.signs_up(team.ana, key)
    before = {kind: await team.planned(kind) for kind in ("signed_up", "session_ahead")}
    await team.signs_up(team.chiyo, key)
    await team.do(lambda store, _me: digests.announce_all(store, NOW), team.chiyo)
    await team.do(lambda store, me: opportunities.take_name_off(store, me, key, NOW), team.chiyo)
    assert {kind: (await team.planned(kind)).keys() for kind in before} == {
        kind: planned.keys() for kind, planned in before.items()
    }
    assert all(before.values())


async def test_C11_a_session_that_moves_is_told_of_in_the_same_transaction(team: Team):
    """Ana hears of the new time, and of the end of it when it is called off; nobody else's seat is lost."""
    key = await team.offers(SESSION)
    await team.signs_up(team.ana, key)

    async def move(store: Store, me: Person) -> None:
        one = await opportunities.own(store, me, key, NOW)
        await opportunities.change(
            store, one, replace(SESSION, starts_at=NEXT_WEEK + timedelta(days=1)), NOW + timedelta(hours=1)
        )

    await team.do(move, team.bo)
    assert [row.stage for row in (await team.planned("session_changed")).values()] == ["moved"]

    async def call_off(store: Store, me: Person) -> None:
        await opportunities.withdraw(store, me, key, NOW + timedelta(hours=2))

    await team.do(call_off, team.bo)
    assert [row.stage for row in (await team.planned("session_changed")).values()] == ["called_off"]
    assert await team.planned("session_ahead") == {}
    with pytest.raises(NotAllowed, match="Only the person who offers this"):
        await team.do(lambda store, me: opportunities.own(store, me, key, NOW), team.chiyo)


async def test_C11_a_session_that_moves_twice_is_told_of_as_people_know_it(team: Team):
    """From the time that they know, whatever it was meanwhile; one that moves back was never moved for them."""
    key = await team.offers(SESSION)
    await team.signs_up(team.ana, key)

    async def move_to(starts_at: datetime) -> datetime | None:
        async def move(store: Store, me: Person) -> datetime | None:
            one = await opportunities.own(store, me, key, NOW)
            await opportunities.change(store, one, replace(SESSION, starts_at=starts_at), NOW + timedelta(hours=1))
            return one.moved_from

        return await team.do(move, team.bo)  # type: ignore[no-any-return]

    assert await move_to(NEXT_WEEK + timedelta(days=1)) == NEXT_WEEK
    assert await move_to(NEXT_WEEK + timedelta(days=2)) == NEXT_WEEK
    assert len(await team.planned("session_changed")) == 1
    await move_to(NEXT_WEEK)
    assert await team.planned("session_changed") == {}
    assert len(await team.planned("session_ahead")) == 2


async def test_someone_who_has_left_holds_no_seat(team: Team):
    """It is free for the next one, and whoever offers it reads one name."""
    key = await team.offers(SESSION)
    await team.signs_up(team.ana, key)
    async with team.database.unit(team.workspace_id) as store:
        (await store.people.get(team.ana.pk)).deactivated = True
    await team.signs_up(team.chiyo, key)
    shown = await team.do(lambda store, me: opportunities.look_at(store, me, key), team.bo)
    assert [one.name for one in shown.names] == ["Chiyo Abe"]


async def test_C5_what_fits_a_skill_gap_comes_first(team: Team):
    """Only for the one whose gap it is, whoever has named it."""
    await team.offers()
    await team.offers(replace(PROJECT, title="Another", skills=""))
    async with team.database.unit(team.workspace_id) as store:
        two = pair(team.ana, team.bo)
        await saved(store, two)
        await saved(store, Gap(pair_id=two.pk, author_id=team.bo.pk, skill="Better facilitation", way="", shared=True,
                               set_at=NOW))  # fmt: skip
    boards = [
        await team.do(lambda store, me: opportunities.board(store, me, NOW), who) for who in (team.ana, team.chiyo)
    ]
    assert [(one.opportunity.title, one.gap) for one in boards[0]] == [
        ("Customer workshop", "Better facilitation"), ("Another", None),
    ]  # fmt: skip
    assert [one.gap for one in boards[1]] == [None, None]


@pytest.mark.parametrize(
    ("skills", "gaps", "fits"),
    [
        ("Facilitation, public speaking", ["Public  Speaking"], "Public  Speaking"),
        ("SQL", ["Advanced SQL"], "Advanced SQL"),
        ("Advanced SQL", ["sql"], "sql"),
        ("art", ["Party planning"], None),  # a word, not a part of one
        ("", ["SQL"], None),
        (" , ", ["SQL"], None),
    ],
)
def test_C5_a_skill_fits_a_gap_that_names_it(skills: str, gaps: list[str], fits: str | None):
    """As whole words, whatever their case, and the longer one may be on either side."""
    assert matching(skills, gaps) == fits


@pytest.mark.parametrize(
    ("offer", "errors"),
    [
        (PROJECT, {}),
        (replace(PROJECT, title=" "), {"title": "Please say in a few words what it is."}),
        (
            replace(PROJECT, open_until=date(2026, 11, 24)),
            {"open_until": "That day has passed. Please pick today or a later day."},
        ),
        (replace(SESSION, seats=2, starts_at=None), {"starts_at": "When does it take place?"}),
        (
            replace(SESSION, seats=2, starts_at=NOW),
            {"starts_at": "That time has passed. Please pick a time in the future."},
        ),
        (
            replace(SESSION, seats=-1),
            {"seats": "Please enter a number from 1 to 500, or leave this empty if there is no limit."},
        ),
        (replace(SESSION, seats=1), {"seats": "2 people have signed up. Please keep at least that many seats."}),
        (replace(SESSION, seats=None), {}),
    ],
)
def test_what_is_wrong_with_an_offer_is_said_beside_its_field(offer: Offer, errors: dict[str, str]):
    """For a session its time and seats, for others the last day."""
    assert check(offer, person(), NOW, taken=2) == errors


def test_nothing_can_be_offered_for_more_than_a_year_from_now():
    """Neither a session nor a last day."""
    far = NOW + timedelta(days=400)
    assert "more than a year" in check(replace(SESSION, starts_at=far), person(), NOW)["starts_at"]
    assert "more than a year" in check(replace(PROJECT, open_until=far.date()), person(), NOW)["open_until"]


async def test_one_person_does_not_fill_the_board(team: Team):
    """The limit is said with the count."""
    for _ in range(MOST_OPEN):
        await team.do(lambda store, me: opportunities.save(store, me, PROJECT, NOW), team.bo)
    with pytest.raises(NotAvailable, match="You have 20 open opportunities"):
        await team.offers()


# --- channels --------------------------------------------------------------------------------------------------------


async def test_C11_a_digest_is_planned_for_what_is_open_and_for_what_comes(team: Team):
    """Switching it off, or choosing another channel, cancels what was planned; another day moves it."""
    await team.offers()
    await team.sets_up("C0GROWTH")
    await team.offers(replace(PROJECT, title="Another"))
    due = sorted(row.due_at for row in (await team.planned("team_digest")).values() if row.stage == "new")
    assert due == [at("Europe/Madrid", 2026, 11, 30, 9)] * 2
    await team.sets_up("C0GROWTH", frequency=Frequency.MONTHLY, weekday=2)
    assert {row.due_at for row in (await team.planned("team_digest")).values()} == {at("Europe/Madrid", 2026, 12, 2, 9)}
    before = await team.planned("team_digest")
    await team.sets_up("C0OTHER")
    after = await team.planned("team_digest")
    assert len(after) == 4  # both, new and closing
    assert not before.keys() & after.keys()
    await team.sets_up(None)
    assert await team.planned("team_digest") == {}


async def test_C11_another_day_for_a_digest_posts_nothing_on_the_day_it_is_chosen(team: Team):
    """On Friday Bo chooses Thursdays: what is new comes next Thursday, and is not caught up with at once."""
    await team.offers()
    await team.sets_up("C0GROWTH")
    await team.sets_up("C0GROWTH", now=NOW + timedelta(days=2), weekday=3)
    planned = (await team.planned("team_digest")).values()
    assert [row.due_at for row in planned if row.stage == "new"] == [at("Europe/Madrid", 2026, 12, 3, 9)]


async def test_a_channel_has_one_digest(team: Team):
    """Another person's is in the way, unless they have left: then it is taken over."""
    await team.sets_up("C0GROWTH")
    errors = await team.do(lambda store, me: digests.check(store, me, Wanted("C0GROWTH")), team.ana)
    assert errors == {"channel": "Bo Lind shares opportunities there already. Please pick another channel."}
    async with team.database.unit(team.workspace_id) as store:
        (await store.people.get(team.bo.pk)).deactivated = True
    assert await team.do(lambda store, me: digests.check(store, me, Wanted("C0GROWTH")), team.ana) == {}
    await team.do(lambda store, me: digests.save(store, me, Wanted("C0GROWTH"), NOW), team.ana)
    async with team.database.reading(team.workspace_id) as store:
        assert [one.set_up_by_id for one in await store.digests.on()] == [team.ana.pk]


async def test_only_managers_and_admins_have_channels_told(team: Team):
    """Ana, who is neither, is told so; with a report she may."""
    with pytest.raises(NotAllowed, match="Only managers and admins"):
        await team.do(digests.digest_of, team.ana)
    async with team.database.unit(team.workspace_id) as store:
        await saved(store, pair(team.chiyo, team.ana))
    assert await team.do(digests.digest_of, team.ana) is None


# --- at the same moment ----------------------------------------------------------------------------------------------


async def test_two_who_want_the_last_seat_at_once_leave_one_with_it(postgres_database: Database):
    """The second waits for the first, reads that the seat is taken, and is told so."""
    team = await team_in(postgres_database)
    key = await team.offers(SESSION)
    async with postgres_database.unit(team.workspace_id) as store:
        await opportunities.sign_up(store, await store.people.get(team.ana.pk), key, NOW)
        second = asyncio.create_task(team.signs_up(team.chiyo, key))
        await until_waiting(postgres_database)
    with pytest.raises(NotAvailable, match="All seats are taken"):
        await second


@pytest.mark.parametrize("digest_first", [True, False])
async def test_something_new_and_a_new_channel_at_the_same_moment_find_each_other(
    postgres_database: Database, *, digest_first: bool
):
    """Both are saved before either is planned: whichever is planned last plans the other as well."""
    team = await team_in(postgres_database)
    async with (
        postgres_database.unit(team.workspace_id) as offering,
        postgres_database.unit(team.workspace_id) as setting_up,
    ):
        one = await opportunities.save(offering, await offering.people.get(team.bo.pk), PROJECT, NOW)
        await digests.save(setting_up, await setting_up.people.get(team.bo.pk), Wanted("C0GROWTH"), NOW)
    plans = [
        lambda store, _me: digests.announce_all(store, NOW),
        lambda store, _me: opportunities.announce(store, one.pk, NOW),
    ]
    await team.do(plans[0] if digest_first else plans[1], team.bo)
    assert len([row for row in (await team.planned("team_digest")).values() if row.stage == "new"]) == 1


async def test_two_who_choose_one_channel_at_once_leave_one_with_it(postgres_database: Database):
    """The second waits for the first, and reads who was quicker."""
    team = await team_in(postgres_database)
    async with postgres_database.unit(team.workspace_id) as store:
        await digests.save(store, await store.people.get(team.bo.pk), Wanted("C0GROWTH"), NOW)
        second = asyncio.create_task(
            team.do(lambda store, me: digests.save(store, me, Wanted("C0GROWTH"), NOW), team.chiyo)
        )
        await until_waiting(postgres_database)
    with pytest.raises(InvalidInput, match="Bo Lind shares opportunities there already"):
        await second


async def test_a_claim_leaves_out_what_is_being_changed(postgres_database: Database):
    """While a session is being called off, nobody claims the reminder of it."""
    team = await team_in(postgres_database)
    key = await team.offers(SESSION)
    await team.signs_up(team.ana, key)
    due = at("Europe/Madrid", 2026, 12, 1, 9)
    async with postgres_database.unit(team.workspace_id) as store:
        me = await store.people.get(team.bo.pk)
        await opportunities.own(store, me, key, NOW)
        async with asyncio.timeout(5), postgres_database.unit(team.workspace_id) as claiming:
            assert await claiming.nudges.lock_due(due, 10, 3) == []
        await opportunities.withdraw(store, me, key, NOW)
    async with postgres_database.unit(team.workspace_id) as claiming:
        assert "session_ahead" not in {row.kind for row in await claiming.nudges.lock_due(due, 10, 3)}
