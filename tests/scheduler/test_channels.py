"""Messages to channels: the same contract as for people, with nobody's budget (practice C11)."""

from datetime import date, timedelta
from typing import Any

import pytest

from cycle import digests, opportunities
from cycle.digests import Wanted
from cycle.nudges import Action
from cycle.opportunities import Offer
from scheduler.claiming import LEASE
from scheduler.messenger import ContentRefused, RecipientRefused, Unknown
from storage.messages import MessageState
from storage.nudges import NudgeState
from storage.opportunities import OpportunityKind
from storage.people import Person
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, at, person, saved
from tests.support.messengers import Accident

WEDNESDAY = at(MADRID, 2026, 11, 18, 12)
MONDAY = at(MADRID, 2026, 11, 23, 9)
GROWTH = "C0GROWTH"


async def boss_who_tells_a_channel(services: Services, *titles: str, channel: str = GROWTH, **about: Any) -> Person:
    """Bo offered some projects on a Wednesday, and has a channel told every Monday; it is Monday, nine o'clock."""
    async with services.database.unit(services.workspace_id) as store:
        bo, ana = person("Bo Lind", is_admin=True, **about), person()
        await saved(store, bo, ana)
        await digests.save(store, bo, Wanted(channel), WEDNESDAY)
        for title in titles:
            offer = Offer(OpportunityKind.PROJECT, title, open_until=date(2026, 12, 18))
            one = await opportunities.save(store, bo, offer, WEDNESDAY)
            await opportunities.announce(store, one.pk, WEDNESDAY)
    services.now = MONDAY
    return bo


async def test_C11_a_channel_is_told_once_of_all_that_is_new(services: Services):
    """One message with both, in the channel and not to the one who set it up; nothing more that week."""
    await boss_who_tells_a_channel(services, "Customer workshop", "Data days")
    await services.catch_up()
    await services.catch_up(after=LEASE * 2)
    (message,) = services.slack.shown
    assert (message.channel, len(message.parts)) == (GROWTH, 2)
    (row,) = await services.messages()
    assert (row.person_id, row.channel, row.state) == (None, GROWTH, MessageState.SENT)
    assert {nudge.live_since for nudge in (await services.nudges()).values() if nudge.message_id} == {None}
    blocks = services.slack.blocks[GROWTH, "1.000100"]
    assert [block["accessory"]["action_id"] for block in blocks if "accessory" in block] == [
        Action.OPEN_OPPORTUNITY
    ] * 2
    assert "Here are 2 ways to grow." in services.slack.texts()[0]


async def test_C11_a_channel_takes_no_room_from_anyones_budget(services: Services):
    """Whoever wants one message a day gets what is due to them the same morning, and in a message of its own."""
    bo = await boss_who_tells_a_channel(services, "Customer workshop", per_day=1, per_week=1)
    async with services.database.unit(services.workspace_id) as store:
        (ana,) = [one for one in await store.people.everyone() if one.name == "Ana Ruiz"]
        key = (await store.opportunities.open_ids(WEDNESDAY))[0]
        await opportunities.sign_up(store, ana, key, MONDAY - timedelta(days=1))
    await services.catch_up()
    assert {(message.channel, message.parts[0].key.partition(":")[0]) for message in services.slack.shown} == {
        (GROWTH, "team_digest"), (None, "signed_up"),
    }  # fmt: skip
    assert {row.person_id for row in await services.messages()} == {None, bo.pk}


async def test_C11_a_lost_answer_about_a_channel_is_looked_for_there(services: Services):
    """It was taken: found among the posts of the channel by its id, and not posted again."""
    await boss_who_tells_a_channel(services, "Customer workshop")
    services.slack.will(Accident(Unknown("dropped"), taken=True))
    await services.catch_up()
    await services.catch_up(after=LEASE * 2)
    assert len(services.slack.shown) == 1
    assert [(one.recipient, one.channel) for one in services.slack.looked_for] == [(None, GROWTH)]
    (row,) = await services.messages()
    assert (row.state, row.channel, row.ts) == (MessageState.SENT, GROWTH, "1.000100")


async def test_C11_what_a_channel_certainly_did_not_get_is_posted_again(services: Services):
    """It was not taken: once it was looked for in vain it goes out, once."""
    await boss_who_tells_a_channel(services, "Customer workshop")
    services.slack.will(Accident(Unknown("dropped"), taken=False))
    await services.catch_up()
    await services.catch_up(after=LEASE * 2)
    await services.catch_up(after=timedelta(minutes=1))
    assert [message.channel for message in services.slack.shown] == [GROWTH]


async def test_C11_a_refused_part_does_not_keep_the_others_from_a_channel(services: Services):
    """Both go out again alone, still in the channel, and only the one that is refused fails."""
    await boss_who_tells_a_channel(services, "Customer workshop", "Data days")
    services.slack.refuses = lambda message: (
        ContentRefused("invalid_blocks", for_good=True)
        if any(part.wording.quote == "Data days" for part in message.parts)
        else None
    )
    await services.catch_up()
    assert [(message.channel, message.parts[0].wording.quote) for message in services.slack.shown] == [
        (GROWTH, "Customer workshop")
    ]
    assert sorted(row.state for row in (await services.nudges()).values() if row.message_id) == [
        NudgeState.FAILED, NudgeState.SENT,
    ]  # fmt: skip


async def test_C11_a_channel_that_the_bot_has_left_is_tried_again_after_a_night(services: Services):
    """Slack's word is kept for admins; once the bot is invited again the digest comes, while it is news."""
    await boss_who_tells_a_channel(services, "Customer workshop")
    services.slack.refuses = lambda _message: RecipientRefused("not_in_channel")
    await services.catch_up()
    (row,) = [one for one in (await services.nudges()).values() if one.due_at == MONDAY]
    assert (row.state, row.failure) == (NudgeState.FAILED, "not_in_channel")
    services.slack.refuses = lambda _message: None
    await services.replan_opportunities(after=timedelta(days=1))
    await services.catch_up()
    assert [message.channel for message in services.slack.shown] == [GROWTH]


@pytest.mark.parametrize("what", ["withdrawn", "switched_off"])
async def test_C11_a_channel_is_not_told_of_what_is_gone(services: Services, what: str):
    """The reason is rechecked when the message is claimed, even where nothing was replanned."""
    await boss_who_tells_a_channel(services, "Customer workshop")
    async with services.database.unit(services.workspace_id) as store:
        if what == "withdrawn":
            (await store.opportunities.open_at(MONDAY))[0].withdrawn_at = MONDAY
        else:
            (await store.digests.on())[0].switched_off_at = MONDAY
    await services.catch_up()
    assert services.slack.shown == []
    assert NudgeState.CANCELLED in {row.state for row in (await services.nudges()).values()}


async def test_C11_a_digest_that_someone_else_switched_off_stops_nothing(services: Services):
    """Whose digest it was is no part of the opportunity any more; nothing was replanned, and the claim goes on."""
    await boss_who_tells_a_channel(services, "Customer workshop")
    async with services.database.unit(services.workspace_id) as store:
        (ana,) = [one for one in await store.people.everyone() if one.name == "Ana Ruiz"]
        await digests.save(store, ana, Wanted("C0OTHER"), WEDNESDAY)
        await digests.announce_all(store, WEDNESDAY)
        (hers,) = [one for one in await store.digests.on() if one.channel == "C0OTHER"]
        hers.switched_off_at = MONDAY
    await services.catch_up()
    assert [message.channel for message in services.slack.shown] == [GROWTH]
    assert {
        row.state for row in (await services.nudges()).values() if row.round == hers.pk and row.due_at == MONDAY
    } == {NudgeState.CANCELLED}


async def test_C11_a_late_digest_admits_it_and_what_has_closed_stays_out(services: Services):
    """After two weeks of silence it says sorry; of what has closed meanwhile it says nothing."""
    await boss_who_tells_a_channel(services, "Customer workshop")
    services.now = MONDAY + timedelta(days=15)
    await services.catch_up()
    assert [message.late for message in services.slack.shown] == [True]
    await boss_who_tells_a_channel(services, "Talks", channel="C0OTHER")
    services.now = at(MADRID, 2026, 12, 21, 9)
    await services.catch_up()
    assert "C0OTHER" not in [message.channel for message in services.slack.shown]
