"""The coach and the question bank in the forms, as signed requests: once, kindly, and never in the way."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.bank import load_bank
from cycle.nudges import Do
from cycle.pairing import DRAFTS, OTHER, words_field
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import preparation
from handlers.views.remarks import INSTEAD
from handlers.views.start import SIDE
from storage.pairs import Side
from storage.people import Person
from tests.support.desk import Desk, Outcome

ANA, BEN, CHIYO, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0GUS"
BROAD, VAGUE = "Where do you see me in five years?", "Get better at SQL"
BANK, _ = load_bank()


def said(view: dict[str, Any]) -> str:
    """Everything that is written in a view."""
    return str(view["blocks"])


def fields(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The inputs by name."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


async def asked_of(desk: Desk, talk: Any) -> list[str]:
    """The points of a talk's agenda."""
    async with desk.database.reading(desk.workspace_id) as store:
        return [item.text for item in await store.agenda.of_discussions([talk.pk])]


async def known(desk: Desk, slack_id: str) -> Person:
    """Somebody as remembered."""
    async with desk.database.reading(desk.workspace_id) as store:
        found = await store.people.by_slack_id(slack_id)
    assert found is not None
    return found


async def pointed_out(desk: Desk, **typed: Any) -> Outcome:
    """Ana hands in a preparation that the coach has a word on."""
    outcome = await desk.submit(ANA, (await desk.command(ANA, "prep")).modal, **typed)
    assert outcome.answer["response_action"] == "update"
    assert outcome.faults() == []
    return outcome


async def test_M6_E3_remarks_come_once_and_nothing_is_kept_before(desk: Desk, workspace: Any):
    """The same form comes back with everything typed, nothing is written; handed in again it is taken."""
    day = desk.now.date() + timedelta(days=250)
    outcome = await pointed_out(desk, short__new0__text=VAGUE, short__new0__date=day, achievements="The audit")
    assert outcome.modal["callback_id"] == Form.PREPARATION
    assert "hard to tell" in said(outcome.modal)
    assert fields(outcome.modal)["achievements"]["initial_value"] == "The audit"
    assert desk.woken == 0
    async with desk.database.reading(desk.workspace_id) as store:
        assert not await store.objectives.standing(workspace.two.pk)
    again = await desk.submit(ANA, outcome.modal)
    assert again.answer == {}
    async with desk.database.reading(desk.workspace_id) as store:
        assert [one.text for one in await store.objectives.standing(workspace.two.pk)] == [VAGUE]


async def test_M6_what_cannot_be_is_said_before_what_could_be_better(desk: Desk):
    """A vague goal without a date is refused first; the remark comes when the form could be taken."""
    form = (await desk.command(ANA, "prep")).modal
    refused = await desk.submit(ANA, form, short__new0__text=VAGUE)
    assert set(refused.answer["errors"]) == {"short.new0.date"}
    day = desk.now.date() + timedelta(days=250)
    outcome = await desk.submit(ANA, form, short__new0__text=VAGUE, short__new0__date=day)
    assert outcome.answer["response_action"] == "update"


async def test_M4_other_words_are_looked_at_once_more(desk: Desk, workspace: Any):
    """A broad question reworded into another broad one is pointed out again; a specific one passes."""
    outcome = await pointed_out(desk, questions=BROAD)
    second = await desk.submit(ANA, outcome.modal, questions="Where do you see me in ten years?")
    assert second.answer["response_action"] == "update"
    assert "ten years" in said(second.modal)
    assert (await desk.submit(ANA, second.modal, questions="Who reviews my design in March?")).answer == {}
    assert "Who reviews my design in March?" in await asked_of(desk, workspace.talk)


async def test_M4_E4_picked_questions_take_the_place_of_the_line(desk: Desk, workspace: Any):
    """Two of the three are ticked: they are on the agenda, in order, and the broad one is not."""
    outcome = await pointed_out(desk, questions=f"My course\n{BROAD}")
    (name,) = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    ids = [option["value"] for option in fields(outcome.modal)[name]["options"]]
    assert len(ids) == 3
    taken = await desk.submit(ANA, outcome.modal, **{name.replace(".", "__"): ids[:2]})
    assert taken.answer == {}
    texts = await asked_of(desk, workspace.talk)
    assert texts[-3:] == ["My course", BANK.by_id[ids[0]].text, BANK.by_id[ids[1]].text]


async def test_M4_what_was_kept_is_not_brought_up_when_the_form_is_opened_again(desk: Desk):
    """A question on the agenda is no news to the coach, whatever else changes in the preparation."""
    outcome = await pointed_out(desk, questions=BROAD)
    await desk.submit(ANA, outcome.modal)
    later = (await desk.command(ANA, "prep")).modal
    assert fields(later)["questions"]["initial_value"] == BROAD
    assert (await desk.submit(ANA, later, achievements="The audit")).answer == {}


async def test_C14_keep_mine_takes_the_remark_away_also_from_the_draft(desk: Desk):
    """One press, everything typed stays; closed and opened again, the form remembers it by keys alone."""
    outcome = await pointed_out(desk, questions=f"{BROAD}\nWhat comes next?")
    kept = await desk.press(ANA, outcome.modal, Act.KEEP_MINE, achievements="The audit")
    assert kept.faults() == []
    assert "*in five years*" not in said(kept.modal)
    assert "What comes next" in said(kept.modal)
    assert "years" not in kept.modal["private_metadata"]
    resumed = (await desk.command(ANA, "prep")).modal
    assert fields(resumed)["achievements"]["initial_value"] == "The audit"
    assert "*in five years*" not in said(resumed)
    assert Subject.of(resumed).seen == Subject.of(kept.modal).seen
    assert (await desk.submit(ANA, resumed)).answer == {}


@pytest.mark.parametrize("text", ["My week in Lisbon", "Where you see me in five years", "Who reviews my design?"])
async def test_C14_points_that_are_no_questions_or_good_ones_go_on_the_agenda(desk: Desk, workspace: Any, text: str):
    """On the agenda the coach reads questions alone, and has nothing to say about a specific one."""
    agenda = (await desk.command(ANA, "agenda")).modal
    assert (await desk.submit(ANA, agenda, new_items=text)).answer == {}
    assert text in await asked_of(desk, workspace.talk)


async def test_C14_a_broad_question_of_the_manager_is_pointed_out_to_them_alone(desk: Desk, workspace: Any):
    """With questions of the manager's side to ask instead; nothing reaches the other side."""
    agenda = (await desk.press_in_home(BEN, Do.OPEN_AGENDA, workspace.two.pk)).modal
    outcome = await desk.submit(BEN, agenda, new_items="Where do you see yourself in five years?")
    assert outcome.answer["response_action"] == "update"
    assert [method for method, _ in outcome.calls] == []
    (name,) = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    picked = fields(outcome.modal)[name]["options"][0]["value"]
    assert (await desk.submit(BEN, outcome.modal, **{name.replace(".", "__"): [picked]})).answer == {}
    assert (await asked_of(desk, workspace.talk))[-1] == BANK.by_id[picked].text


async def test_M6_the_coach_is_switched_off_at_a_remark_and_on_in_the_home(desk: Desk):
    """Off: the remarks go and none come; the App Home is redrawn with the switch as it stands."""
    outcome = await pointed_out(desk, questions=BROAD)
    off = await desk.press(ANA, outcome.modal, Act.SWITCH_COACH)
    assert (await known(desk, ANA)).coach_off
    assert "again to keep" not in said(off.modal)
    assert [kind for kind, view in off.views if "Coach: off" in said(view)] == ["home"]
    assert (await desk.submit(ANA, off.modal, questions="What comes next?")).answer == {}
    on = await desk.press_in_home(ANA, Act.SWITCH_COACH, "on")
    assert not (await known(desk, ANA)).coach_off
    assert [kind for kind, view in on.views if "Coach: on" in said(view)] == ["home"]


# --- asking and saying no --------------------------------------------------------------------------------------------


async def test_E5_what_sounds_like_leaving_is_met_and_reworded(desk: Desk):
    """Nothing is asked until the words were seen; the other fields keep what was chosen."""
    form = (await desk.command(GUS, "start")).modal
    name = words_field(Side.EMPLOYEE)
    assert fields(form)[name]["initial_value"] == DRAFTS[Side.EMPLOYEE]
    typed = {SIDE: Side.EMPLOYEE, OTHER: BEN, name.replace(".", "__"): "I am thinking of moving on."}
    outcome = await desk.submit(GUS, form, **typed)
    assert outcome.answer["response_action"] == "update"
    assert outcome.faults() == []
    assert "a wish to leave" in said(outcome.modal)
    assert fields(outcome.modal)[OTHER]["initial_user"] == BEN
    me = await known(desk, GUS)
    async with desk.database.reading(desk.workspace_id) as store:
        assert not await store.pairs.living_of(me.pk)
    again = await desk.submit(GUS, outcome.modal)
    assert "gets your question" in said(again.modal)
    async with desk.database.reading(desk.workspace_id) as store:
        (pair,) = await store.pairs.living_of(me.pk)
    assert pair.request == "I am thinking of moving on."


@pytest.mark.parametrize(
    ("typed", "begins"),
    [({}, DRAFTS[Side.MANAGER]), ({"words__employee": "Hi"}, "Hi"), ({"words__employee": ""}, None)],
)
async def test_E5_the_draft_is_that_of_my_side(desk: Desk, typed: dict[str, str], begins: str | None):
    """Changing sides changes the draft; what somebody wrote or emptied themselves goes with them."""
    form = (await desk.command(GUS, "start")).modal
    redrawn = await desk.press(GUS, form, Act.SIDE_CHOSEN, **{SIDE: Side.MANAGER}, **typed)
    assert redrawn.faults() == []
    assert fields(redrawn.modal)[words_field(Side.MANAGER)].get("initial_value") == begins


async def test_E5_a_draft_for_the_other_side_is_never_sent(desk: Desk):
    """Handed in before the form was redrawn, the employee's draft does not go out in a manager's name."""
    form = (await desk.command(GUS, "start")).modal
    await desk.submit(GUS, form, **{SIDE: Side.MANAGER, OTHER: BEN})
    me = await known(desk, GUS)
    async with desk.database.reading(desk.workspace_id) as store:
        (pair,) = await store.pairs.living_of(me.pk)
    assert pair.request is None


async def test_E5_saying_no_with_a_reason(desk: Desk, workspace: Any):
    """“Not me” asks why, if one likes; the asker reads it behind a button, a third person does not."""
    form = await desk.press_in_message(ANA, Do.DECLINE_PAIR, workspace.asked.pk)
    assert form.faults() == []
    done = await desk.submit(ANA, form.modal, reason="I lead <another> team")
    assert "Chiyo will hear it" in said(done.modal)
    read = await desk.press_in_message(CHIYO, Do.READ_REASON, workspace.asked.pk)
    assert read.faults() == []
    assert "I lead &lt;another&gt; team" in said(read.modal)
    refused = await desk.press_in_message(BEN, Do.READ_REASON, workspace.asked.pk)
    assert refused.views == []
    late = await desk.submit(ANA, form.modal, reason="")
    assert "already answered" in str(late.answer["errors"])


# --- what fits the person and the talk -------------------------------------------------------------------------------


async def test_C12_the_path_changes_the_suggestions_and_keeps_what_was_typed_and_ticked(desk: Desk):
    """Kept on the person at once; what is ticked stays on offer, and other questions stand beside it."""
    form = (await desk.command(ANA, "prep")).modal
    before = [option["value"] for option in fields(form)[preparation.PICKED]["options"]]
    typed = {preparation.PICKED: before[3:4], "achievements": "The audit", preparation.CLARITY: "unsure"}
    outcome = await desk.press(ANA, form, Act.TALK_KIND, "unsure", **typed)
    assert outcome.faults() == []
    shown = fields(outcome.modal)
    now = [option["value"] for option in shown[preparation.PICKED]["options"]]
    assert now[0] == before[3]
    assert now != before
    assert shown["achievements"]["initial_value"] == "The audit"
    assert shown[preparation.CLARITY]["initial_option"]["value"] == "unsure"
    assert (await known(desk, ANA)).path_clarity == "unsure"


async def test_C12_one_can_stop_saying(desk: Desk):
    """“Rather not say” forgets it."""
    form = (await desk.command(ANA, "prep")).modal
    gentle = await desk.press(ANA, form, Act.TALK_KIND, "gentle", **{preparation.FEEDBACK: "gentle"})
    assert (await known(desk, ANA)).feedback_style == "gentle"
    await desk.press(ANA, gentle.modal, Act.TALK_KIND, "gentle", **{preparation.FEEDBACK: preparation.UNSAID})
    assert (await known(desk, ANA)).feedback_style is None


async def test_C14_the_set_is_of_both_and_orders_the_brief(desk: Desk, workspace: Any):
    """The manager chooses, reads what to ask and listen for; the employee's form and brief follow."""
    form = (await desk.press_in_message(BEN, Do.OPEN_PREPARATION, workspace.two.pk)).modal
    chosen = await choose_set(desk, BEN, form, "aspiration-discussion")
    assert chosen.faults() == []
    assert "Listen for: " in said(chosen.modal)
    mine = (await desk.command(ANA, "prep")).modal
    assert fields(mine)[preparation.TALK_KIND]["initial_option"]["value"] == "aspiration-discussion"
    brief = await desk.command(ANA, "brief")
    assert brief.faults() == []
    assert "You ask: Which level fits my work" in said(brief.modal)
    assert "Ben asks: " in said(brief.modal)
    await choose_set(desk, ANA, mine, preparation.UNSAID)
    assert "Order of the talk" not in said((await desk.command(ANA, "brief")).modal)


async def choose_set(desk: Desk, slack_id: str, form: dict[str, Any], value: str) -> Outcome:
    """Choose what kind of talk it is to be, in the menu of its own block."""
    alone = form | {"blocks": [block for block in form["blocks"] if block["block_id"] == preparation.TALK_KIND]}
    body = desk._pressed(slack_id, Act.TALK_KIND, value, preparation.TALK_KIND)
    body["actions"][0]["selected_option"] = {"value": value}
    del body["actions"][0]["value"]
    return await desk._interact(body | {"view": desk._with_state(alone, {preparation.TALK_KIND: value})})
