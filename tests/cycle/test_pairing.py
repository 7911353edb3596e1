import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from cycle import pairing
from cycle.errors import CareerError, InvalidInput, NotAllowed, NotAvailable
from cycle.nudges.pairing import REQUEST_EXPIRES_AFTER
from cycle.pairing import MOST_REQUESTS, OTHER, REQUESTS_COUNTED_FOR
from storage.database import Database
from storage.discussions import Discussion
from storage.nudges import NudgeState
from storage.pairs import Cadence, Pair, PairState, Side
from tests.support.builders import MADRID, TOKYO, at, pair, person
from tests.support.pair_fixture import PairFixture

# A Friday evening in Madrid: nobody is at work any more.
NOW = at(MADRID, 2026, 11, 20, 18)
ONE_MINUTE = timedelta(minutes=1)


@pytest.fixture
async def three(database: Database, workspace_id: int) -> PairFixture:
    """Ana, Chiyo and Ben, known and unpaired."""
    return await PairFixture.unpaired(database, workspace_id)


async def nudges(three: PairFixture, pair_id: int) -> dict[str, NudgeState]:
    """The nudges of a pair that wait or were cancelled, by kind."""
    keys = [f"{kind}:{pair_id}" for kind in ("pair_asked", "pair_answered", "pair_expired")]
    rows = await three.look(lambda store: store.nudges.of_pair(pair_id, keys))
    return {one.kind: one.state for one in rows}


async def pairs_of(three: PairFixture, person_id: int) -> list[Pair]:
    """A person's current pairs."""
    return list(await three.look(lambda store: store.pairs.current_of(person_id)))


async def expire(three: PairFixture, now: Any) -> None:
    """Close the requests that are over their time, as every night."""
    async with three.database.unit(three.workspace_id) as store:
        await pairing.expire_requests(store, now)


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("my_side", list(Side))
async def test_E1_either_side_starts(three: PairFixture, my_side: Side):
    """The person who asks is on the side they named, the other on the other, and one of the two still says yes."""
    asked = await three.ask(three.ana, three.ben, my_side, now=NOW)
    assert asked.side_of(three.ana.pk) is my_side
    assert asked.side_of(three.ben.pk) is my_side.other
    assert asked.state is PairState.ASKED


async def test_L6_half_a_year_is_the_default_cadence(three: PairFixture):
    """Two who have not agreed on anything else meet every six months."""
    assert (await three.ask(three.ana, three.ben, now=NOW)).cadence is Cadence.HALF_YEARLY


async def test_a_request_arrives_in_the_other_sides_own_working_hours(three: PairFixture):
    """The moment that the asker reads is the one that is planned: Monday morning in Tokyo."""
    asked = await three.ask(three.ana, three.chiyo, now=NOW)
    rows = await three.look(lambda store: store.nudges.of_pair(asked.pk))
    (nudge,) = [row for row in rows if row.kind == "pair_asked"]
    assert nudge.person_id == three.chiyo.pk
    assert nudge.due_at == at(TOKYO, 2026, 11, 23, 9)
    assert pairing.arrives_at(asked, three.chiyo) == nudge.due_at


def check(me: Any, other: Any, mine: list[Pair] | None = None, side: Side = Side.EMPLOYEE) -> str:
    """What is wrong with a request, beside the field of the other side; empty if nothing is."""
    return pairing.check(me, other, side, mine or [], "", now=NOW).get(OTHER, "")


def test_nobody_pairs_with_themselves():
    """Choosing oneself is refused beside the field."""
    ana = person(id=1)
    assert check(ana, ana) == "That is you. Please choose the person you want to meet with."


@pytest.mark.parametrize(
    ("flag", "about_me", "about_them"),
    [
        ("is_bot", "Apps can't", "is an app"),
        ("deactivated", "deactivated", "no longer active"),
        ("is_external", "belong to another", "belongs to another workspace"),
        ("is_guest", "guest in a single channel", "guest in a single channel"),
    ],
)
def test_who_cannot_take_part_is_refused_as_asker_and_as_asked(flag: str, about_me: str, about_them: str):
    """Apps, people who left, members of other workspaces and single-channel guests, each with the reason."""
    able, unable = person("Ana Ruiz", id=1), person("Robo Cop", id=2, **{flag: True})
    assert about_them in check(able, unable)
    assert about_me in check(unable, able)
    assert check(able, person("Ben Okafor", id=3)) == ""


def asked_by_ana(state: PairState = PairState.ASKED, ago: timedelta = timedelta(days=1), key: int = 1) -> Pair:
    """A request of Ana (1) to Ben (2) to be her manager."""
    return pair(person(id=1), person(id=2), id=key, state=state, asked_at=NOW - ago)


ANA, BEN = person("Ana Ruiz", id=1), person("Ben Okafor", id=2)


def test_asking_twice_says_what_is_there_already():
    """A request that waits, from either side, and a pair in use, in this direction or the other."""
    waiting, active = [asked_by_ana()], [asked_by_ana(PairState.ACTIVE)]
    assert check(ANA, BEN, waiting) == "You have asked Ben, who has not answered yet."
    assert "has asked you already" in check(BEN, ANA, waiting, Side.MANAGER)
    assert check(ANA, BEN, active) == "You and Ben have career discussions already."
    assert "the other way round" in check(ANA, BEN, active, Side.MANAGER)


def test_one_manager_at_a_time():
    """Someone who has a manager asks no second one; while a request waits, another person can be asked."""
    chiyo = person("Chiyo Tanaka", id=3)
    assert "one at a time" in check(ANA, chiyo, [asked_by_ana(PairState.ACTIVE)])
    assert check(ANA, chiyo, [asked_by_ana()]) == ""
    assert check(ANA, chiyo, [asked_by_ana(PairState.ACTIVE)], Side.MANAGER) == ""


def test_one_person_can_be_asked_twice_in_thirty_days():
    """The third request has to wait until the first is thirty days old, and the sentence says until when."""
    first = asked_by_ana(PairState.DECLINED, timedelta(days=20))
    second = asked_by_ana(PairState.ENDED, timedelta(days=2), key=2)
    assert MOST_REQUESTS == 2
    assert check(ANA, BEN, [first]) == ""
    assert check(ANA, BEN, [first, second]) == (
        "You have asked Ben twice in the last 30 days. You can ask again from Mon 30 Nov."
    )
    old = asked_by_ana(PairState.DECLINED, REQUESTS_COUNTED_FOR)
    assert check(ANA, BEN, [old, second]) == ""
    assert check(BEN, ANA, [first, second], Side.MANAGER) == ""


async def test_the_asker_does_not_learn_of_the_other_sides_pairs(three: PairFixture):
    """A manager who asks a person with another manager reads the same as for anyone; the person decides."""
    await three.write(pair(three.ana, three.ben))
    asked = await three.ask(three.chiyo, three.ana, Side.MANAGER, now=NOW)
    assert asked.state is PairState.ASKED
    with pytest.raises(NotAvailable, match="You already have a manager here"):
        await three.accept(three.ana, asked.pk, NOW)
    assert [one.state for one in await pairs_of(three, three.ana.pk)] == [PairState.ACTIVE, PairState.ASKED]


async def test_a_manager_has_several_reports_and_a_manager(three: PairFixture):
    """Only the employee's side is limited to one."""
    dev = person("Dev Patel")
    await three.write(dev)
    for report in (three.ana, three.chiyo):
        asked = await three.ask(three.ben, report, Side.MANAGER, now=NOW)
        await three.accept(report, asked.pk, NOW)
    asked = await three.ask(three.ben, dev, Side.EMPLOYEE, now=NOW)
    await three.accept(dev, asked.pk, NOW)
    sides = [one.side_of(three.ben.pk) for one in await pairs_of(three, three.ben.pk)]
    assert sorted(sides) == [Side.EMPLOYEE, Side.MANAGER, Side.MANAGER]


async def test_two_who_ask_each_other_at_once_leave_one_request(three: PairFixture):
    """Both people are locked, so the second one sees the first one's request."""
    both = await asyncio.gather(
        three.ask(three.ana, three.ben, Side.EMPLOYEE, now=NOW),
        three.ask(three.ben, three.ana, Side.MANAGER, now=NOW),
        return_exceptions=True,
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [InvalidInput]
    assert len(await pairs_of(three, three.ana.pk)) == 1


# --- answering -------------------------------------------------------------------------------------------------------


async def test_E1_yes_opens_the_first_discussion(three: PairFixture):
    """A yes makes the pair active, opens a discussion due within three weeks, and the asker will read it."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    assert (await three.accept(three.ben, asked.pk, NOW)).state is PairState.ACTIVE
    discussion = await three.look(lambda store: store.discussions.open_of(asked.pk))
    assert discussion is not None
    assert (discussion.number, discussion.due_on) == (1, date(2026, 12, 11))
    states = await nudges(three, asked.pk)
    assert (states["pair_asked"], states["pair_answered"]) == (NudgeState.CANCELLED, NudgeState.PLANNED)


async def test_no_ends_it_and_leaves_the_employee_free(three: PairFixture):
    """A no opens nothing; the asker reads it, and may ask someone else."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    assert (await three.decline(three.ben, asked.pk, NOW)).state is PairState.DECLINED
    assert (await nudges(three, asked.pk))["pair_answered"] is NudgeState.PLANNED
    assert await three.look(lambda store: store.discussions.open_of(asked.pk)) is None
    await three.ask(three.ana, three.chiyo, now=NOW)


@pytest.mark.parametrize("again", ["accept", "decline"])
@pytest.mark.parametrize("first", ["accept", "decline"])
async def test_a_second_answer_comes_too_late(three: PairFixture, first: str, again: str):
    """The first answer counts, even when a button is pressed twice."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    answered = await getattr(three, first)(three.ben, asked.pk, NOW)
    with pytest.raises(NotAvailable, match="already answered"):
        await getattr(three, again)(three.ben, asked.pk, NOW)
    assert (await three.look(lambda store: store.pairs.get(asked.pk))).state is answered.state


async def test_two_yeses_at_once_open_one_discussion(three: PairFixture):
    """Pressing twice at the same moment counts once."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    both = await asyncio.gather(*(three.accept(three.ben, asked.pk, NOW) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in both if isinstance(one, Exception)] == [NotAvailable]
    every_discussion = select(Discussion).where(Discussion.pair_id == asked.pk)  # `latest` would hide a second open one
    assert [one.number for one in await three.look(lambda store: store.discussions._all(every_discussion))] == [1]


async def test_two_managers_who_say_yes_at_once_give_the_employee_one(three: PairFixture):
    """An employee with two open requests gets one manager; the other manager reads that she has one by now."""
    requests = [await three.ask(three.ana, one, now=NOW) for one in (three.ben, three.chiyo)]
    both = await asyncio.gather(
        three.accept(three.ben, requests[0].pk, NOW),
        three.accept(three.chiyo, requests[1].pk, NOW),
        return_exceptions=True,
    )
    (refused,) = [one for one in both if isinstance(one, NotAvailable)]
    assert refused.sentence == "Ana has career discussions with another manager now."
    states = [one.state for one in await pairs_of(three, three.ana.pk)]
    assert sorted(states) == [PairState.ACTIVE, PairState.ASKED]


@pytest.mark.parametrize("answer", ["accept", "decline"])
async def test_only_the_other_side_answers(three: PairFixture, answer: str):
    """Neither the asker nor a third person answers for the other side."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    for nobody in (three.ana, three.chiyo):
        with pytest.raises(NotAllowed):
            await getattr(three, answer)(nobody, asked.pk, NOW)


async def test_a_request_expires_after_three_weeks(three: PairFixture):
    """Until then it can be answered; afterwards the answer comes too late, and the same two can pair anew."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    late = NOW + REQUEST_EXPIRES_AFTER
    assert pairing.is_open_request(asked, late - ONE_MINUTE)
    with pytest.raises(NotAvailable, match="has expired"):
        await three.accept(three.ben, asked.pk, late)
    async with three.database.unit(three.workspace_id) as store:
        assert await pairing.expire_requests(store, late - ONE_MINUTE) == 0
    async with three.database.unit(three.workspace_id) as store:
        assert await pairing.expire_requests(store, late + ONE_MINUTE) == 1
    assert (await three.look(lambda store: store.pairs.get(asked.pk))).state is PairState.EXPIRED
    assert await nudges(three, asked.pk) == {
        "pair_asked": NudgeState.CANCELLED,
        "pair_expired": NudgeState.PLANNED,
    }
    with pytest.raises(NotAvailable, match="has expired"):
        await three.decline(three.ben, asked.pk, late + ONE_MINUTE)
    await three.ask(three.ben, three.ana, Side.MANAGER, now=late + ONE_MINUTE)


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize("what", ["asked again", "asked again and accepted", "asked by the other and accepted"])
async def test_a_request_that_another_one_followed_is_not_said_to_have_expired(
    three: PairFixture, what: str, *, is_closed: bool
):
    """Neither before housekeeping nor between that and the next morning, and a late answer reads that it expired."""
    first = await three.ask(three.ana, three.ben, now=NOW)
    late = NOW + REQUEST_EXPIRES_AFTER + ONE_MINUTE
    if is_closed:
        await expire(three, late)
        assert (await nudges(three, first.pk))["pair_expired"] is NudgeState.PLANNED
    asker, asked, side = (
        (three.ben, three.ana, Side.MANAGER) if what.startswith("asked by") else (three.ana, three.ben, Side.EMPLOYEE)
    )
    second = await three.ask(asker, asked, side, now=late + ONE_MINUTE)
    if what.endswith("accepted"):
        await three.accept(asked, second.pk, late + 2 * ONE_MINUTE)
    await expire(three, late + timedelta(hours=8))
    cancelled = {"pair_asked": NudgeState.CANCELLED, "pair_expired": NudgeState.CANCELLED}
    expected = cancelled if is_closed else {"pair_asked": NudgeState.CANCELLED}
    assert await nudges(three, first.pk) == expected
    with pytest.raises(NotAvailable, match="has expired"):
        await three.accept(three.ben, first.pk, late + timedelta(hours=8))


async def test_only_a_request_without_an_answer_between_the_two_is_followed(three: PairFixture):
    """What was said no to, and what expired between other people, stays as it is when one of them asks again."""
    declined = await three.ask(three.ana, three.ben, now=NOW)
    await three.decline(three.ben, declined.pk, NOW)
    others = await three.ask(three.ana, three.chiyo, now=NOW)
    late = NOW + REQUEST_EXPIRES_AFTER + ONE_MINUTE
    await expire(three, late)
    await three.ask(three.ana, three.ben, now=late)
    assert (await three.look(lambda store: store.pairs.get(declined.pk))).state is PairState.DECLINED
    assert (await nudges(three, others.pk))["pair_expired"] is NudgeState.PLANNED


async def test_a_request_is_taken_back(three: PairFixture):
    """The other side is no longer asked, a late yes is answered with that, and the same person can be asked again."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    await three.take_back(three.ana, asked.pk, NOW)
    assert await nudges(three, asked.pk) == {"pair_asked": NudgeState.CANCELLED}
    with pytest.raises(NotAvailable, match="taken back"):
        await three.accept(three.ben, asked.pk, NOW)
    await three.ask(three.ana, three.ben, now=NOW)


async def test_only_the_asker_takes_back_and_only_in_time(three: PairFixture):
    """The other side says no instead of withdrawing; after the answer there is nothing to take back."""
    asked = await three.ask(three.ana, three.ben, now=NOW)
    for nobody in (three.ben, three.chiyo):
        with pytest.raises(NotAllowed):
            await three.take_back(nobody, asked.pk, NOW)
    await three.accept(three.ben, asked.pk, NOW)
    with pytest.raises(NotAvailable):
        await three.take_back(three.ana, asked.pk, NOW)


@pytest.mark.parametrize("what", ["accept", "decline", "take_back"])
async def test_a_key_of_no_pair_is_answered_with_a_sentence(three: PairFixture, what: str):
    """A made-up key is answered with a sentence, not with a fault."""
    with pytest.raises(CareerError):
        await getattr(three, what)(three.ana, 4711, NOW)
