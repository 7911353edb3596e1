"""Asking to meet for the next discussion, as signed requests (practice E5)."""

from datetime import datetime, timedelta
from typing import Any

from cycle.nudges import Action
from cycle.scheduling import set_date
from handlers.shared.ids import ActionId, FormId
from storage.meeting_requests import MeetingRequest, MeetingState
from storage.pairs import Pair
from storage.store import Store
from tests.handlers.conftest import NOW
from tests.support.builders import MADRID, at
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ELIF, BEN, CHIYO = "U0ELIF", "U0BEN", "U0CHIYO"
MORNING, LATER = at(MADRID, 2026, 12, 2, 10), at(MADRID, 2026, 12, 4, 14)


async def asked(harness: BotHarness, workspace: Any, **typed: Any) -> MeetingRequest:
    """Elif asks Ben to meet; the request."""
    form = (await harness.command(ELIF, "ask")).modal
    outcome = await harness.submit(ELIF, form, **({"time_1": MORNING, "time_2": LATER} | typed))
    assert outcome.answer.get("errors") is None
    return (await requests(harness, workspace))[-1]


async def requests(harness: BotHarness, workspace: Any) -> list[MeetingRequest]:
    """All requests for her next discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        return list(await store.meeting_requests.of_discussions([workspace.next.pk]))


async def date_of(harness: BotHarness, workspace: Any) -> datetime | None:
    """The date of her next discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        return (await store.discussions.get(workspace.next.pk)).starts_at


async def kinds(harness: BotHarness, workspace: Any) -> set[str]:
    """What is planned for the two."""
    async with harness.database.reading(harness.workspace_id) as store:
        return {one.kind for one in await store.nudges.of_pair(workspace.thanks.pk) if one.state == "planned"}


async def test_E5_a_request_for_the_next_discussion_is_asked_and_accepted(harness: BotHarness, workspace: Any):
    """A draft and three times to begin with; the other side accepts one, which becomes the date and ends it."""
    form = (await harness.command(ELIF, "ask")).modal
    assert fields(form)["words"]["initial_value"].startswith("I'm looking forward to our next career discussion.")
    times = [fields(form)[name]["initial_date_time"] for name in ("time_1", "time_2", "time_3")]
    assert max(times) < (NOW + timedelta(days=28)).timestamp()  # though the discussion is due in ninety days
    request = await asked(harness, workspace, words="Shall <we> meet?")
    assert request.moments[:2] == [MORNING, LATER]
    assert {"meeting_asked", "answer_request"} <= await kinds(harness, workspace)
    assert "Elif asks to meet." in said((await harness.home_opened(BEN)).views[-1][1])
    assert "You asked Ben to meet and have no answer yet." in said((await harness.home_opened(ELIF)).views[-1][1])
    answering = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal
    assert "Shall &lt;we&gt; meet?" in said(answering)
    assert "10:00 for Elif" in str(fields(answering)["answer"])
    done = await harness.submit(BEN, answering, answer=str(int(MORNING.timestamp())))
    assert "You and Elif meet on *Wed 2 Dec at 09:00 for you" in said(done.modal)
    assert await date_of(harness, workspace) == MORNING
    assert (await requests(harness, workspace))[-1].state is MeetingState.ACCEPTED
    assert not {"meeting_asked", "answer_request"} & await kinds(harness, workspace)
    again = await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)
    assert "answered or taken back already" in again.refusal
    assert "You two have a date by now." in (await harness.command(ELIF, "ask")).refusal


async def test_E5_another_time_goes_back_and_is_taken_in_one_press(harness: BotHarness, workspace: Any):
    """The other side proposes another time; the asker takes it from the message, once."""
    request = await asked(harness, workspace)
    other = at(MADRID, 2026, 12, 7, 11)
    answering = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal
    missing = await harness.submit(BEN, answering, answer="another")
    assert missing.answer["errors"] == {"other_time": "Which time would suit you?"}
    past = await harness.submit(BEN, answering, answer="another", other_time=NOW - timedelta(days=1))
    assert "That time has passed." in past.answer["errors"]["other_time"]
    assert "I'll let Elif know." in said(
        (await harness.submit(BEN, answering, answer="another", other_time=other)).modal
    )
    assert "meeting_answered" in await kinds(harness, workspace)
    assert "Ben suggests Mon 7 Dec at 11:00." in said((await harness.home_opened(ELIF)).views[-1][1])
    assert (await harness.press_in_message(BEN, Action.TAKE_OTHER_TIME, request.pk)).refusal
    taken = await harness.press_in_message(ELIF, Action.TAKE_OTHER_TIME, request.pk)
    assert "The date is set: Mon 7 Dec at 11:00." in str(taken.messages)
    assert await date_of(harness, workspace) == other
    assert (
        "You two have a date by now."
        in (await harness.press_in_message(ELIF, Action.TAKE_OTHER_TIME, request.pk)).refusal
    )


async def test_E5_a_no_has_a_reason_and_the_asker_can_ask_again(harness: BotHarness, workspace: Any):
    """Without a word on why it is not sent; nothing typed is lost."""
    request = await asked(harness, workspace)
    answering = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal
    nothing = await harness.submit(BEN, answering, other_time=LATER)
    assert nothing.answer["errors"] == {"answer": "What suits you? Please choose."}
    missing = await harness.submit(BEN, answering, answer="not_now")
    assert missing.answer["errors"] == {"reason": "A word on why helps. It stays between you two."}
    too_long = await harness.submit(BEN, answering, answer="not_now", reason="x" * 501)
    assert too_long.answer["errors"]["reason"].startswith("That is 501 characters.")
    await harness.submit(BEN, answering, answer="not_now", reason="Year end; in January")
    (declined,) = await requests(harness, workspace)
    assert (declined.state, declined.reason) == (MeetingState.DECLINED, "Year end; in January")
    again = (await harness.command(ELIF, "ask")).modal
    assert "When you last asked, it didn't suit Ben:\\n> Year end; in January" in said(again)
    assert "meeting_answered" in await kinds(harness, workspace)
    again = await harness.press_in_message(ELIF, Action.OPEN_ASK, workspace.thanks.pk)
    assert again.modal["callback_id"] == FormId.ASK_MEETING


async def test_E5_words_that_sound_like_leaving_are_pointed_out_once(harness: BotHarness, workspace: Any):
    """The coach speaks before they are sent, with a better phrase; sent again as they are, they go."""
    form = (await harness.command(ELIF, "ask")).modal
    words = "I'd like to talk about an outside offer before I look at other options."
    remarked = await harness.submit(ELIF, form, words=words, time_1=MORNING)
    assert "This could be read as a wish to leave." in said(remarked.modal)
    assert await requests(harness, workspace) == []
    assert "Asked." in said((await harness.submit(ELIF, remarked.modal, words=words, time_1=MORNING)).modal)
    (request,) = await requests(harness, workspace)
    assert request.words == words


async def test_E5_what_is_wrong_with_a_request_is_said_beside_the_field(harness: BotHarness, workspace: Any):
    """A past time, one twice, one far away, too many words, someone's other discussion; the form keeps all of it."""
    form = (await harness.command(ELIF, "ask")).modal
    for typed, name, sentence in (
        ({"time_1": NOW - timedelta(days=1)}, "time_1", "That time has passed."),
        ({"time_1": MORNING, "time_2": MORNING}, "time_2", "You propose this time already."),
        ({"time_1": NOW + timedelta(days=500)}, "time_1", "more than a year away"),
        ({"words": "x" * 1001}, "words", "That is 1001 characters. Please keep it within 1000."),
        ({"time_3": workspace.discussion.starts_at}, "time_3", "Ben has another career discussion at that time."),
    ):
        refused = await harness.submit(ELIF, form, **({"time_1": LATER} | typed))
        assert sentence in refused.answer["errors"][name]
    assert await requests(harness, workspace) == []
    assert "words" in fields((await harness.command(ELIF, "ask")).modal)


async def test_E5_a_newer_request_replaces_the_older_and_can_be_taken_back(harness: BotHarness, workspace: Any):
    """Only one waits; taken back, nobody is asked to answer, and its button says so."""
    first = await asked(harness, workspace)
    form = (await harness.command(ELIF, "ask")).modal
    assert "You asked on Mon 23 Nov and have no answer yet." in said(form)
    second = await asked(harness, workspace, time_1=LATER, time_2=MORNING)
    states = [one.state for one in await requests(harness, workspace)]
    assert states == [MeetingState.WITHDRAWN, MeetingState.ASKED]
    form = (await harness.command(ELIF, "ask")).modal
    back = await harness.press(ELIF, form, ActionId.WITHDRAW_MEETING, second.pk)
    assert "Taken back. Ben is no longer asked to answer." in said(back.modal)
    assert not {"meeting_asked", "answer_request"} & await kinds(harness, workspace)
    for one in (first, second):
        assert "answered or taken back" in (await harness.press_in_message(BEN, Action.ANSWER_MEETING, one.pk)).refusal
    assert (await harness.press_in_home(BEN, ActionId.WITHDRAW_MEETING, second.pk)).refusal


async def test_E5_a_time_that_is_taken_meanwhile_keeps_the_answer_open(harness: BotHarness, workspace: Any):
    """Ben gets another discussion at the time that he accepts: a sentence beside the answer, and no date."""
    request = await asked(harness, workspace)
    answering = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal
    async with harness.database.unit(harness.workspace_id) as store:
        (await store.discussions.get(workspace.discussion.pk)).starts_at = MORNING
    refused = await harness.submit(BEN, answering, answer=str(int(MORNING.timestamp())))
    assert refused.answer["errors"] == {
        "answer": "You have another career discussion at that time. Please pick another time."
    }
    assert await date_of(harness, workspace) is None
    forged = await harness.submit(BEN, answering | {"id": "V9"}, answer=str(int(LATER.timestamp())))
    assert forged.answer.get("errors") is None


async def test_E5_a_date_that_is_set_ends_the_request(harness: BotHarness, workspace: Any):
    """Elif sets a date herself: Ben is no longer asked, and the button of the message says why."""
    request = await asked(harness, workspace)
    form = (await harness.command(ELIF, "schedule")).modal
    assert "Ask Ben instead" in said(form)
    await harness.submit(ELIF, form, starts_at=LATER)
    assert not {"meeting_asked", "answer_request"} & await kinds(harness, workspace)
    late = await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)
    assert "You two have a date by now." in late.refusal


async def test_E5_while_a_request_waits_nobody_is_asked_to_find_a_date(harness: BotHarness, workspace: Any):
    """The weekly reminders rest for ten days, and then come again; the last has words to send as they are."""
    async with harness.database.unit(harness.workspace_id) as store:
        (await store.discussions.get(workspace.next.pk)).due_on = NOW.date() + timedelta(days=24)
    await asked(harness, workspace)
    async with harness.database.reading(harness.workspace_id) as store:
        reminders = [one for one in await store.nudges.of_pair(workspace.thanks.pk) if one.kind == "schedule_next"]
    assert {one.person_id for one in reminders} == {workspace.elif_.pk}
    assert min(one.due_at for one in reminders) >= NOW + timedelta(days=10)


async def test_C10_a_request_to_meet_is_between_the_two(harness: BotHarness, workspace: Any):
    """A third person neither reads nor answers it, nor takes it back, nor takes another time."""
    request = await asked(harness, workspace)
    answering = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal
    for does in (Action.ANSWER_MEETING, Action.TAKE_OTHER_TIME, ActionId.WITHDRAW_MEETING):
        assert (await harness.press_in_message(CHIYO, does, request.pk)).refusal
    assert (await harness.submit(CHIYO, answering, answer="not_now", reason="Mine")).refusal
    assert (await harness.press_in_message(ELIF, Action.ANSWER_MEETING, request.pk)).refusal
    assert [one.state for one in await requests(harness, workspace)] == [MeetingState.ASKED]


async def test_E5_accepting_while_the_other_sets_a_date_leaves_one_date(postgres_harness: BotHarness, workspace: Any):
    """Ben accepts in the instant in which Elif sets another date: he reads that there is one, and hers stays."""
    harness = postgres_harness
    request = await asked(harness, workspace)
    answering = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal

    async def date_set(store: Store, pair: Pair) -> None:
        discussion = await store.discussions.get(workspace.next.pk)
        await set_date(store, await store.people.get(pair.employee_id), pair, discussion, LATER, 60, harness.now)

    submission = harness.submit(BEN, answering, answer=str(int(MORNING.timestamp())))
    both = await harness.meanwhile(submission, workspace.thanks.pk, date_set, booking=True)
    assert "You two have a date by now." in both.refusal
    assert await date_of(harness, workspace) == LATER
