"""Requests to pair: how long they are open, what they do not block, and what nobody learns from them (E1)."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.guards import NO_ANSWER_YET, NOT_ANSWERED_YET
from cycle.nudges import Action
from cycle.nudges.pairing import REQUEST_EXPIRES_AFTER
from cycle.people import Profile
from handlers.forms import BY_WORD
from handlers.shared.ids import ActionId
from handlers.views.start import SIDE
from storage.pairs import Pair, PairState, Side
from tests.support.harness import BotHarness, Outcome

ANA, BEN, CHIYO, DEV, ELIF, GUS, HANA = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0GUS", "U0HANA"
EXPIRED = "This request was open for three weeks and has expired. Either of you can ask again."
MANAGED = "You already have a manager here, and one at a time is enough."


async def ask(harness: BotHarness, who: str, other: str, side: Side = Side.EMPLOYEE) -> Outcome:
    """A person asks another one, and keeps the drafted words."""
    form = (await harness.command(who, "start")).modal
    return await harness.submit(who, form, **{SIDE: side, "other": other})


async def between(harness: BotHarness, one: str, other: str) -> list[Pair]:
    """The pairs between two people, the newest last."""
    async with harness.database.reading(harness.workspace_id) as store:
        people = [await store.people.by_slack_id(slack_id) for slack_id in (one, other)]
        keys = {person.pk for person in people if person is not None}
        found = await store.pairs.of_person_since(min(keys), harness.now - timedelta(days=365))
    return sorted((pair for pair in found if {pair.employee_id, pair.manager_id} == keys), key=lambda pair: pair.pk)


async def key(harness: BotHarness, one: str, other: str) -> int:
    """The key of the newest pair between two people."""
    return (await between(harness, one, other))[-1].pk


async def test_a_request_expires_after_three_weeks(harness: BotHarness):
    """Until then it can be answered; afterwards a yes or no says that it has expired, and it can be made again."""
    assert (await ask(harness, GUS, BEN)).refusal == ""
    pair_id = await key(harness, GUS, BEN)
    harness.now += REQUEST_EXPIRES_AFTER - timedelta(seconds=1)
    assert (await harness.press_in_message(BEN, Action.DECLINE_PAIR, pair_id)).refusal == ""
    assert "You asked *Ben Okafor*" in str((await harness.command(GUS, "start")).modal)
    harness.now += timedelta(seconds=1)
    for action in (Action.ACCEPT_PAIR, Action.DECLINE_PAIR):
        assert (await harness.press_in_message(BEN, action, pair_id)).refusal == EXPIRED
    assert "You asked *Ben Okafor*" not in str((await harness.command(GUS, "start")).modal)
    assert (await ask(harness, GUS, BEN)).refusal == ""
    assert (await harness.press_in_message(BEN, Action.ACCEPT_PAIR, await key(harness, GUS, BEN))).refusal == ""


async def test_an_expired_request_is_no_longer_offered(harness: BotHarness):
    """After three weeks neither Home nor `/career` has the buttons to answer it, before any housekeeping."""
    await ask(harness, GUS, HANA)
    pair_id = await key(harness, GUS, HANA)
    shown = [await harness.home_opened(HANA), await harness.command(HANA)]
    assert all(f"'{Action.ACCEPT_PAIR}'" in str(one.views or one.answer) for one in shown)
    harness.now += REQUEST_EXPIRES_AFTER
    shown = [await harness.home_opened(HANA), await harness.command(HANA)]
    assert not any(f"'{Action.ACCEPT_PAIR}'" in str(one.views or one.answer) for one in shown)
    assert (await harness.press_in_home(HANA, Action.ACCEPT_PAIR, pair_id)).refusal == EXPIRED


async def test_an_open_request_blocks_no_other(harness: BotHarness):
    """Gus asks two managers; the first yes counts, and the second one reads that he has a manager by now."""
    assert (await ask(harness, GUS, BEN)).refusal == ""
    assert (await ask(harness, GUS, CHIYO)).refusal == ""
    assert (await ask(harness, DEV, GUS, Side.MANAGER)).refusal == ""
    assert (await harness.press_in_message(CHIYO, Action.ACCEPT_PAIR, await key(harness, GUS, CHIYO))).refusal == ""
    late = await harness.press_in_message(BEN, Action.ACCEPT_PAIR, await key(harness, GUS, BEN))
    assert late.refusal == "Gus has career discussions with another manager now."
    assert [pair.state for pair in await between(harness, GUS, BEN)] == [PairState.ASKED]


async def test_the_person_asked_can_leave_a_request_open_and_accept_another(harness: BotHarness):
    """Two managers ask Gus: he leaves one request open and accepts the other; the open one can still be declined."""
    await ask(harness, BEN, GUS, Side.MANAGER)
    await ask(harness, CHIYO, GUS, Side.MANAGER)
    first, second = await key(harness, GUS, BEN), await key(harness, GUS, CHIYO)
    assert (await harness.press_in_message(GUS, Action.ACCEPT_PAIR, second)).refusal == ""
    also = await harness.press_in_message(GUS, Action.ACCEPT_PAIR, first)
    assert also.refusal == f"{MANAGED} You can leave this request open or say no."
    form = (await harness.press_in_message(GUS, Action.DECLINE_PAIR, first)).modal
    assert (await harness.submit(GUS, form)).refusal == ""
    assert [pair.state for pair in await between(harness, GUS, BEN)] == [PairState.DECLINED]


async def test_the_same_person_is_asked_twice_in_thirty_days_at_most(harness: BotHarness):
    """After a no and a request taken back, a third one names the day from which it is possible; then it is."""
    await ask(harness, GUS, BEN)
    form = (await harness.press_in_message(BEN, Action.DECLINE_PAIR, await key(harness, GUS, BEN))).modal
    await harness.submit(BEN, form)
    harness.now += timedelta(days=1)
    assert (await ask(harness, GUS, BEN)).refusal == ""
    await harness.press_in_home(GUS, ActionId.WITHDRAW_PAIR, await key(harness, GUS, BEN))
    third = await ask(harness, GUS, BEN)
    assert third.answer["errors"] == {
        "other": "You have asked Ben twice in the last 30 days. You can ask again from Wed 23 Dec."
    }
    assert (await ask(harness, BEN, GUS, Side.MANAGER)).refusal == ""  # the limit is the asker's own
    await harness.press_in_home(BEN, ActionId.WITHDRAW_PAIR, await key(harness, GUS, BEN))
    harness.now += timedelta(days=29)
    assert (await ask(harness, GUS, BEN)).refusal == ""


@pytest.mark.parametrize("word", [word for word, form in BY_WORD.items() if form.about_pair])
async def test_before_the_answer_each_command_says_what_is_missing(harness: BotHarness, word: str):
    """The one who asked reads that they wait for a yes, the one who was asked that they have to say it."""
    await ask(harness, GUS, HANA)
    said = {who: str((await harness.command(who, word)).modal["blocks"][0]) for who in (GUS, HANA)}
    assert "You asked " in said[GUS]
    assert "as soon as they say yes." in said[GUS]
    assert "asked you and is waiting for your answer." in said[HANA]
    assert "as soon as you say yes." in said[HANA]


async def test_before_the_answer_no_form_opens_for_either_side(harness: BotHarness):
    """A form that is asked for by another way is refused with the sentence for its reader."""
    await ask(harness, GUS, HANA)
    pair_id = await key(harness, GUS, HANA)
    for who, sentence in ((GUS, NO_ANSWER_YET), (HANA, NOT_ANSWERED_YET)):
        for action in (Action.OPEN_PREPARATION, Action.OPEN_SCHEDULE, Action.OPEN_AGENDA, Action.OPEN_COMMITMENTS):
            assert (await harness.press_in_message(who, action, pair_id)).refusal == sentence
    form = (await harness.press_in_message(HANA, Action.DECLINE_PAIR, pair_id)).modal
    await harness.submit(HANA, form)
    ended = await harness.press_in_message(GUS, Action.OPEN_PREPARATION, pair_id)
    assert ended.refusal == "You two have no career discussions at the moment."


async def test_an_open_request_to_the_same_person_is_not_made_twice(harness: BotHarness):
    """The asker and the person asked both read that a request is open between them."""
    await ask(harness, GUS, BEN)
    assert (await ask(harness, GUS, BEN)).refusal == "You have asked Ben, who has not answered yet."
    assert (await ask(harness, BEN, GUS)).refusal == "Gus has asked you already. You can say yes to that above."
    assert len(await between(harness, GUS, BEN)) == 1


async def test_C10_nobody_learns_whether_a_third_person_has_career_discussions(harness: BotHarness, workspace: Any):
    """Gus asks Elif, who has a manager, and Hana, who has none, to report to him: he reads the same everywhere."""
    harness.directory.profiles[HANA] = Profile(HANA, "Hana Kaya", workspace.elif_.tz)
    seen = []
    for other, name in ((ELIF, "Elif"), (HANA, "Hana")):
        asked = await ask(harness, GUS, other, Side.MANAGER)
        home = await harness.home_opened(GUS)
        command = await harness.command(GUS)
        refused = await ask(harness, GUS, other, Side.MANAGER)
        pair_id = await key(harness, GUS, other)
        read = [str(asked.modal["blocks"]), str(home.views), str(command.answer), refused.refusal]
        seen.append([text.replace(name, "N").replace(str(pair_id), "1") for text in read])
        await harness.press_in_home(GUS, ActionId.WITHDRAW_PAIR, pair_id)
    assert seen[0] == seen[1]


async def test_C10_only_the_employee_learns_that_they_have_a_manager_already(harness: BotHarness):
    """Elif, who has a manager, is asked by Gus: she reads why she cannot accept, and Gus's Home says only “asked”."""
    await ask(harness, GUS, ELIF, Side.MANAGER)
    answer = await harness.press_in_message(ELIF, Action.ACCEPT_PAIR, await key(harness, GUS, ELIF))
    assert answer.refusal == f"{MANAGED} You can leave this request open or say no."
    assert [body for method, body in answer.calls if method == "views.publish"] == []
    home = str((await harness.home_opened(GUS)).views)
    assert "You asked, and Elif has not answered yet." in home
    assert "Ben" not in home
