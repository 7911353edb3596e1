"""Asking to pair, the words of the request, and the answer, as signed requests (practices C1, E1, E5)."""

from typing import Any

import pytest

from cycle.nudges import Action
from cycle.pairing import DRAFTS, OTHER, words_field
from handlers.shared.ids import ActionId
from handlers.views.start import SIDE
from storage.pairs import Side
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ANA, BEN, CHIYO, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0GUS"


async def test_C1_the_form_says_what_it_is_before_anyone_is_asked(harness: BotHarness):
    """A newcomer reads that this is about growth, apart from performance reviews."""
    assert "apart from performance reviews" in str((await harness.command(GUS, "start")).modal)


async def test_E1_a_request_leads_from_asking_to_the_next_step(harness: BotHarness):
    """Gus asks, hears when Ben will read it, Ben says yes in the message and finds the next steps there."""
    asked = await harness.submit(GUS, (await harness.command(GUS, "start")).modal, **{SIDE: Side.EMPLOYEE, OTHER: BEN})
    assert asked.answer["response_action"] == "update"
    assert "right away" in str(asked.answer["view"])
    assert harness.woken == 1
    async with harness.database.reading(harness.workspace_id) as store:
        gus = await store.people.by_slack_id(GUS)
        assert gus is not None
        (pair,) = await store.pairs.current_of(gus.pk)
    for who in (GUS, BEN):
        await harness.home_opened(who)
    accepted_view = await harness.press_in_message(BEN, Action.ACCEPT_PAIR, pair.pk)
    (message,) = accepted_view.messages
    assert message["replace_original"] is True
    assert "A question." in str(message["blocks"])
    assert Action.OPEN_SCHEDULE in str(message["blocks"])
    published = {body["user_id"] for method, body in accepted_view.calls if method == "views.publish"}
    assert published == {BEN, GUS}


async def test_an_answer_in_an_ephemeral_message_replaces_it(harness: BotHarness, workspace: Any):
    """Slack does not send us an ephemeral message again, so the answer takes its place as a whole."""
    outcome = await harness.press_in_message(ANA, Action.ACCEPT_PAIR, workspace.asked.pk, ephemeral=True)
    (message,) = outcome.messages
    assert message["replace_original"] is True
    assert "Accepted. I'll let Chiyo know." in message["text"]
    assert outcome.faults() == []


async def test_the_chosen_person_is_looked_up_anew(harness: BotHarness):
    """A person who has left since yesterday is refused beside the field, and the form stays open."""
    form = (await harness.command(GUS, "start")).modal
    outcome = await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, OTHER: "U0FAY"})
    assert harness.directory.asked[-1] == "U0FAY"
    assert outcome.answer["response_action"] == "errors"
    assert "no longer active" in outcome.answer["errors"]["other"]


async def test_taking_a_request_back_redraws_the_form(harness: BotHarness):
    """The unanswered request is in the asker's form until it is taken back."""
    form = (await harness.command(CHIYO, "start")).modal
    assert "You asked *Ana Ruiz*" in str(form)
    outcome = await harness.press(CHIYO, form, ActionId.WITHDRAW_PAIR)
    assert "You asked" not in str(outcome.modal)


async def test_E5_words_that_sound_like_leaving_get_a_remark(harness: BotHarness):
    """Nothing is asked until the remark was seen; the other fields keep what was chosen."""
    form = (await harness.command(GUS, "start")).modal
    name = words_field(Side.EMPLOYEE)
    assert fields(form)[name]["initial_value"] == DRAFTS[Side.EMPLOYEE]
    typed = {SIDE: Side.EMPLOYEE, OTHER: BEN, name.replace(".", "__"): "I am thinking of moving on."}
    outcome = await harness.submit(GUS, form, **typed)
    assert outcome.answer["response_action"] == "update"
    assert outcome.faults() == []
    assert "a wish to leave" in said(outcome.modal)
    assert fields(outcome.modal)[OTHER]["initial_user"] == BEN
    me = await harness.person(GUS)
    async with harness.database.reading(harness.workspace_id) as store:
        assert not await store.pairs.current_of(me.pk)
    again = await harness.submit(GUS, outcome.modal)
    assert "gets your request" in said(again.modal)
    async with harness.database.reading(harness.workspace_id) as store:
        (pair,) = await store.pairs.current_of(me.pk)
    assert pair.request == "I am thinking of moving on."


@pytest.mark.parametrize(
    ("typed", "begins"),
    [({}, DRAFTS[Side.MANAGER]), ({"words__employee": "Hi"}, "Hi"), ({"words__employee": ""}, None)],
)
async def test_E5_the_draft_is_that_of_my_side(harness: BotHarness, typed: dict[str, str], begins: str | None):
    """Changing sides changes the drafted words; what a person wrote or emptied themselves goes with them."""
    form = (await harness.command(GUS, "start")).modal
    redrawn = await harness.press(GUS, form, ActionId.SIDE_CHOSEN, **{SIDE: Side.MANAGER}, **typed)
    assert redrawn.faults() == []
    assert fields(redrawn.modal)[words_field(Side.MANAGER)].get("initial_value") == begins


async def test_E5_a_draft_for_the_other_side_is_never_sent(harness: BotHarness):
    """Submitted before the form was redrawn, the employee's draft does not go out in a manager's name."""
    form = (await harness.command(GUS, "start")).modal
    await harness.submit(GUS, form, **{SIDE: Side.MANAGER, OTHER: BEN})
    me = await harness.person(GUS)
    async with harness.database.reading(harness.workspace_id) as store:
        (pair,) = await store.pairs.current_of(me.pk)
    assert pair.request is None


async def test_E5_the_reason_of_a_no_is_read_by_the_asker_only(harness: BotHarness, workspace: Any):
    """“Say no” asks for an optional reason; the asker reads it behind a button, a third person does not."""
    form = await harness.press_in_message(ANA, Action.DECLINE_PAIR, workspace.asked.pk)
    assert form.faults() == []
    done = await harness.submit(ANA, form.modal, reason="I lead <another> team")
    assert "You said no. I'll let Chiyo know." in said(done.modal)
    read = await harness.press_in_message(CHIYO, Action.READ_REASON, workspace.asked.pk)
    assert read.faults() == []
    assert "I lead &lt;another&gt; team" in said(read.modal)
    refused = await harness.press_in_message(BEN, Action.READ_REASON, workspace.asked.pk)
    assert refused.views == []
    late = await harness.submit(ANA, form.modal, reason="")
    assert "already answered" in str(late.answer["errors"])
