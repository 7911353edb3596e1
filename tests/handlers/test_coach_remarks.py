"""The coach and the question bank in the forms, as signed requests: once, kindly, and never in the way."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.bank import load_bank
from cycle.nudges import Action
from cycle.pairing import DRAFTS, OTHER, words_field
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import preparation
from handlers.views.coach_remarks import INSTEAD
from handlers.views.start import SIDE
from storage.pairs import Side
from storage.people import Person
from tests.support.harness import BotHarness, Outcome

ANA, BEN, CHIYO, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0GUS"
BROAD, VAGUE = "Where do you see me in five years?", "Get better at SQL"
BANK, _ = load_bank()


def said(view: dict[str, Any]) -> str:
    """Everything that is written in a view."""
    return str(view["blocks"])


def fields(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The inputs by name."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


async def asked_of(harness: BotHarness, discussion: Any) -> list[str]:
    """The items on the agenda of a discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        return [item.text for item in await store.agenda.of_discussions([discussion.pk])]


async def known(harness: BotHarness, slack_id: str) -> Person:
    """A person as saved."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.people.by_slack_id(slack_id)
    assert found is not None
    return found


async def remarked_on(harness: BotHarness, **typed: Any) -> Outcome:
    """Ana submits a preparation on which the coach has remarks."""
    outcome = await harness.submit(ANA, (await harness.command(ANA, "prep")).modal, **typed)
    assert outcome.answer["response_action"] == "update"
    assert outcome.faults() == []
    return outcome


async def test_M6_E3_remarks_come_once_and_nothing_is_saved_before(harness: BotHarness, workspace: Any):
    """The form comes back with everything typed and nothing is saved; submitted again, it is accepted."""
    day = harness.now.date() + timedelta(days=250)
    outcome = await remarked_on(harness, short__new0__text=VAGUE, short__new0__date=day, achievements="The audit")
    assert outcome.modal["callback_id"] == FormId.PREPARATION
    assert "know it's done" in said(outcome.modal)
    assert fields(outcome.modal)["achievements"]["initial_value"] == "The audit"
    assert harness.woken == 0
    async with harness.database.reading(harness.workspace_id) as store:
        assert not await store.objectives.current(workspace.two.pk)
    again = await harness.submit(ANA, outcome.modal)
    assert again.answer == {}
    async with harness.database.reading(harness.workspace_id) as store:
        assert [one.text for one in await store.objectives.current(workspace.two.pk)] == [VAGUE]


async def test_M6_errors_come_before_remarks(harness: BotHarness):
    """A vague goal without a date is rejected first; the remark comes when the form could be accepted."""
    form = (await harness.command(ANA, "prep")).modal
    rejected = await harness.submit(ANA, form, short__new0__text=VAGUE)
    assert set(rejected.answer["errors"]) == {"short.new0.date"}
    day = harness.now.date() + timedelta(days=250)
    outcome = await harness.submit(ANA, form, short__new0__text=VAGUE, short__new0__date=day)
    assert outcome.answer["response_action"] == "update"


async def test_M4_other_words_are_reviewed_again(harness: BotHarness, workspace: Any):
    """A broad question reworded into another broad one gets a remark again; a specific one passes."""
    outcome = await remarked_on(harness, questions=BROAD)
    second = await harness.submit(ANA, outcome.modal, questions="Where do you see me in ten years?")
    assert second.answer["response_action"] == "update"
    assert "ten years" in said(second.modal)
    assert (await harness.submit(ANA, second.modal, questions="Who reviews my design in March?")).answer == {}
    assert "Who reviews my design in March?" in await asked_of(harness, workspace.discussion)


async def test_M4_E4_picked_questions_take_the_place_of_the_line(harness: BotHarness, workspace: Any):
    """When two of the three are ticked, they are on the agenda, in order, and the broad one is not."""
    outcome = await remarked_on(harness, questions=f"My course\n{BROAD}")
    (name,) = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    ids = [option["value"] for option in fields(outcome.modal)[name]["options"]]
    assert len(ids) == 3
    taken = await harness.submit(ANA, outcome.modal, **{name.replace(".", "__"): ids[:2]})
    assert taken.answer == {}
    texts = await asked_of(harness, workspace.discussion)
    assert texts[-3:] == ["My course", BANK.by_id[ids[0]].text, BANK.by_id[ids[1]].text]


async def test_M4_what_was_kept_gets_no_remark_when_the_form_is_opened_again(harness: BotHarness):
    """The coach does not remark on a question that is on the agenda, whatever else changes in the preparation."""
    outcome = await remarked_on(harness, questions=BROAD)
    await harness.submit(ANA, outcome.modal)
    later = (await harness.command(ANA, "prep")).modal
    assert fields(later)["questions"]["initial_value"] == BROAD
    assert (await harness.submit(ANA, later, achievements="The audit")).answer == {}


async def test_C14_keep_mine_takes_the_remark_away_also_from_the_draft(harness: BotHarness):
    """After one press everything typed stays; opened again, the form knows what was kept, by keys alone."""
    outcome = await remarked_on(harness, questions=f"{BROAD}\nWhat comes next?")
    kept = await harness.press(ANA, outcome.modal, ActionId.KEEP_MINE, achievements="The audit")
    assert kept.faults() == []
    assert "*in five years*" not in said(kept.modal)
    assert "What comes next" in said(kept.modal)
    assert "years" not in kept.modal["private_metadata"]
    resumed = (await harness.command(ANA, "prep")).modal
    assert fields(resumed)["achievements"]["initial_value"] == "The audit"
    assert "*in five years*" not in said(resumed)
    assert PreparationMetadata.of(resumed).seen == PreparationMetadata.of(kept.modal).seen
    assert (await harness.submit(ANA, resumed)).answer == {}


@pytest.mark.parametrize("text", ["My week in Lisbon", "Where you see me in five years", "Who reviews my design?"])
async def test_C14_items_that_are_no_questions_or_good_ones_go_on_the_agenda(
    harness: BotHarness, workspace: Any, text: str
):
    """On the agenda the coach reads questions alone, and has no remark on a specific one."""
    agenda = (await harness.command(ANA, "agenda")).modal
    assert (await harness.submit(ANA, agenda, new_items=text)).answer == {}
    assert text in await asked_of(harness, workspace.discussion)


async def test_C14_a_broad_question_of_the_manager_gets_a_remark_that_only_they_see(
    harness: BotHarness, workspace: Any
):
    """It comes with questions of the manager's side to ask instead, and nothing reaches the other side."""
    agenda = (await harness.press_in_home(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    outcome = await harness.submit(BEN, agenda, new_items="Where do you see yourself in five years?")
    assert outcome.answer["response_action"] == "update"
    assert [method for method, _ in outcome.calls] == []
    (name,) = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    picked = fields(outcome.modal)[name]["options"][0]["value"]
    assert (await harness.submit(BEN, outcome.modal, **{name.replace(".", "__"): [picked]})).answer == {}
    assert (await asked_of(harness, workspace.discussion))[-1] == BANK.by_id[picked].text


async def test_M6_the_coach_is_switched_off_at_a_remark_and_on_in_the_home(harness: BotHarness):
    """Switched off, the remarks go and no new ones come; the App Home is published with the switch as it is now."""
    outcome = await remarked_on(harness, questions=BROAD)
    off = await harness.press(ANA, outcome.modal, ActionId.SWITCH_COACH)
    assert (await known(harness, ANA)).coach_off
    assert "again to keep" not in said(off.modal)
    assert [kind for kind, view in off.views if "Coach: off" in said(view)] == ["home"]
    assert (await harness.submit(ANA, off.modal, questions="What comes next?")).answer == {}
    on = await harness.press_in_home(ANA, ActionId.SWITCH_COACH, "on")
    assert not (await known(harness, ANA)).coach_off
    assert [kind for kind, view in on.views if "Coach: on" in said(view)] == ["home"]


# --- asking and saying no --------------------------------------------------------------------------------------------


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
    me = await known(harness, GUS)
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
    me = await known(harness, GUS)
    async with harness.database.reading(harness.workspace_id) as store:
        (pair,) = await store.pairs.current_of(me.pk)
    assert pair.request is None


async def test_E5_saying_no_with_a_reason(harness: BotHarness, workspace: Any):
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


# --- what fits the person and the discussion -------------------------------------------------------------------------


async def test_C12_the_path_changes_the_suggestions_and_keeps_what_was_typed_and_ticked(harness: BotHarness):
    """It is saved on the person at once; what is ticked stays on offer, and the other questions change."""
    form = (await harness.command(ANA, "prep")).modal
    before = [option["value"] for option in fields(form)[preparation.PICKED]["options"]]
    typed = {preparation.PICKED: before[3:4], "achievements": "The audit", preparation.CLARITY: "unsure"}
    outcome = await harness.press(ANA, form, ActionId.QUESTION_SET, "unsure", **typed)
    assert outcome.faults() == []
    shown = fields(outcome.modal)
    now = [option["value"] for option in shown[preparation.PICKED]["options"]]
    assert now[0] == before[3]
    assert now != before
    assert shown["achievements"]["initial_value"] == "The audit"
    assert shown[preparation.CLARITY]["initial_option"]["value"] == "unsure"
    assert (await known(harness, ANA)).path_clarity == "unsure"


async def test_C12_a_preference_can_be_taken_back(harness: BotHarness):
    """“Rather not say” deletes what was saved."""
    form = (await harness.command(ANA, "prep")).modal
    gentle = await harness.press(ANA, form, ActionId.QUESTION_SET, "gentle", **{preparation.FEEDBACK: "gentle"})
    assert (await known(harness, ANA)).feedback_style == "gentle"
    await harness.press(
        ANA, gentle.modal, ActionId.QUESTION_SET, "gentle", **{preparation.FEEDBACK: preparation.UNSAID}
    )
    assert (await known(harness, ANA)).feedback_style is None


async def test_C14_both_share_one_set_and_it_orders_the_brief(harness: BotHarness, workspace: Any):
    """The manager chooses it and reads what to ask and listen for; the employee's form and brief follow."""
    form = (await harness.press_in_message(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    chosen = await choose_set(harness, BEN, form, "aspiration-discussion")
    assert chosen.faults() == []
    assert "Listen for: " in said(chosen.modal)
    mine = (await harness.command(ANA, "prep")).modal
    assert fields(mine)[preparation.QUESTION_SET]["initial_option"]["value"] == "aspiration-discussion"
    brief = await harness.command(ANA, "brief")
    assert brief.faults() == []
    assert "You ask: Which level fits my work" in said(brief.modal)
    assert "Ben asks: " in said(brief.modal)
    await choose_set(harness, ANA, mine, preparation.UNSAID)
    assert "Order of the discussion" not in said((await harness.command(ANA, "brief")).modal)


async def choose_set(harness: BotHarness, slack_id: str, form: dict[str, Any], value: str) -> Outcome:
    """Choose what kind of discussion it is to be, in the menu of that field."""
    alone = form | {"blocks": [block for block in form["blocks"] if block["block_id"] == preparation.QUESTION_SET]}
    body = harness._pressed(slack_id, ActionId.QUESTION_SET, value, preparation.QUESTION_SET)
    body["actions"][0]["selected_option"] = {"value": value}
    del body["actions"][0]["value"]
    return await harness._interact(body | {"view": harness._with_state(alone, {preparation.QUESTION_SET: value})})
