"""The coach in the forms, as signed requests: once, kindly, and never in the way."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.bank import load_bank
from cycle.nudges import Action
from cycle.preparations import Page
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import kit
from handlers.views.coach_remarks import INSTEAD
from handlers.views.preparing.questions import ASK
from storage.agenda import ItemState
from tests.support.harness import BotHarness, Outcome
from tests.support.views import fields, said

ANA, BEN = "U0ANA", "U0BEN"
BROAD, VAGUE = "Where do you see me in five years?", "Get better at SQL"
BANK, _ = load_bank()


async def asked_of(harness: BotHarness, discussion: Any) -> list[str]:
    """The items on the agenda of a discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        return [item.text for item in await store.agenda.of_discussions([discussion.pk])]


async def remarked_on(harness: BotHarness, **typed: Any) -> Outcome:
    """Ana submits a page of her preparation on which the coach has remarks."""
    page = Page.QUESTIONS if "questions" in typed else Page.OBJECTIVES
    outcome = await harness.submit(ANA, await harness.prep(ANA, page), **typed)
    assert outcome.answer["response_action"] == "update"
    assert outcome.faults() == []
    return outcome


async def test_M6_E3_remarks_come_once_and_nothing_is_saved_before(harness: BotHarness, workspace: Any):
    """The form comes back with everything typed and nothing is saved; submitted again, it is accepted."""
    day = harness.now.date() + timedelta(days=250)
    outcome = await remarked_on(harness, short__new0__text=VAGUE, short__new0__date=day, share__objectives=["ticked"])
    assert outcome.modal["callback_id"] == FormId.PREP_OBJECTIVES
    assert "know it's done" in said(outcome.modal)
    assert fields(outcome.modal)["share.objectives"]["initial_options"]
    assert harness.woken == 0
    async with harness.database.reading(harness.workspace_id) as store:
        assert not await store.objectives.current(workspace.two.pk)
    again = await harness.submit(ANA, outcome.modal)
    assert again.modal["callback_id"] == FormId.PREP_QUESTIONS
    async with harness.database.reading(harness.workspace_id) as store:
        assert [one.text for one in await store.objectives.current(workspace.two.pk)] == [VAGUE]


async def test_M6_errors_come_before_remarks(harness: BotHarness):
    """A vague goal without a date is rejected first; the remark comes when the form could be accepted."""
    form = await harness.prep(ANA, Page.OBJECTIVES)
    rejected = await harness.submit(ANA, form, short__new0__text=VAGUE)
    assert set(rejected.answer["errors"]) == {"short.new0.text"}
    day = harness.now.date() + timedelta(days=250)
    outcome = await harness.submit(ANA, form, short__new0__text=VAGUE, short__new0__date=day)
    assert outcome.answer["response_action"] == "update"


async def test_M4_other_words_are_reviewed_again(harness: BotHarness, workspace: Any):
    """A broad question reworded into another broad one gets a remark again; a specific one passes."""
    outcome = await remarked_on(harness, questions=BROAD)
    second = await harness.submit(ANA, outcome.modal, questions="Where do you see me in ten years?")
    assert second.answer["response_action"] == "update"
    assert "ten years" in said(second.modal)
    third = await harness.submit(ANA, second.modal, questions="Who reviews my design in March?")
    assert third.modal["callback_id"] == FormId.PREP_ANSWERS
    assert "Who reviews my design in March?" in await asked_of(harness, workspace.discussion)


async def test_M4_E4_picked_questions_take_the_place_of_the_line(harness: BotHarness, workspace: Any):
    """When two of the three are ticked, they are on the agenda, in order, and the broad one is not."""
    outcome = await remarked_on(harness, questions=f"My course\n{BROAD}")
    boxes = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    assert len(boxes) == 3
    taken = await harness.submit(ANA, outcome.modal, **{box.replace(".", "__"): ["ticked"] for box in boxes[:2]})
    assert taken.modal["callback_id"] == FormId.PREP_ANSWERS
    ids = [box.rpartition(".")[2] for box in boxes]
    texts = await asked_of(harness, workspace.discussion)
    assert texts[-3:] == ["My course", BANK.by_id[ids[0]].text, BANK.by_id[ids[1]].text]


async def test_M4_what_was_kept_gets_no_remark_when_the_form_is_opened_again(harness: BotHarness):
    """The coach does not remark on a question that is on the agenda, whatever else changes in the preparation."""
    outcome = await remarked_on(harness, questions=BROAD)
    await harness.submit(ANA, outcome.modal)
    later = await harness.prep(ANA, Page.QUESTIONS)
    assert fields(later)["questions"]["initial_value"] == BROAD
    more = await harness.submit(ANA, later, questions=f"{BROAD}\nWho reviews my design in March?")
    assert more.modal["callback_id"] == FormId.PREP_ANSWERS


async def test_E4_what_is_unticked_beside_a_broad_question_stays_so(harness: BotHarness, workspace: Any):
    """Beside the questions to ask instead, the box of one that is on the agenda is still there, and takes it back."""
    opened = await harness.prep(ANA, Page.QUESTIONS)
    (picked, *_) = [name for name in fields(opened) if name.startswith(ASK)]
    question = BANK.by_id[picked.removeprefix(ASK)].text
    await harness.submit(ANA, opened, **{picked: ["ticked"]})
    assert question in await asked_of(harness, workspace.discussion)
    outcome = await remarked_on(harness, questions=BROAD, **{picked: []})
    assert "initial_options" not in fields(outcome.modal)[picked]
    await harness.submit(ANA, outcome.modal)
    async with harness.database.reading(harness.workspace_id) as store:
        items = await store.agenda.of_discussions([workspace.discussion.pk])
    states = {item.text: item.state for item in items}
    assert (states[BROAD], states[question]) == (ItemState.PROPOSED, ItemState.WITHDRAWN)


async def test_C14_keep_mine_takes_the_remark_away_also_from_the_draft(harness: BotHarness):
    """After one press everything typed stays; opened again, the form knows what was kept, by keys alone."""
    opened = await harness.prep(ANA, Page.QUESTIONS)
    (picked, *_) = [name for name in fields(opened) if name.startswith(ASK)]
    outcome = await remarked_on(harness, questions=f"{BROAD}\nWhat comes next?", **{picked: ["ticked"]})
    assert [name for name in fields(outcome.modal) if name.startswith(ASK)] == [picked]
    kept = await harness.press(ANA, outcome.modal, ActionId.KEEP_MINE, **{picked: ["ticked"]})
    assert kept.faults() == []
    assert "*in five years*" not in said(kept.modal)
    assert "What comes next" in said(kept.modal)
    assert "years" not in kept.modal["private_metadata"]
    resumed = (await harness.command(ANA, "prep")).modal
    assert fields(resumed)[picked]["initial_options"]
    assert "*in five years*" not in said(resumed)
    assert PreparationMetadata.of(resumed).seen == PreparationMetadata.of(kept.modal).seen
    assert (await harness.submit(ANA, resumed)).modal["callback_id"] == FormId.PREP_ANSWERS


@pytest.mark.parametrize("text", ["My week in Lisbon", "Where you see me in five years", "Who reviews my design?"])
async def test_C14_items_that_are_no_questions_or_good_ones_go_on_the_agenda(
    harness: BotHarness, workspace: Any, text: str
):
    """On the agenda the coach reads questions alone, and has no remark on a specific one."""
    agenda = (await harness.command(ANA, "agenda")).modal
    assert (await harness.submit(ANA, agenda, new_items=text)).refusal == ""
    assert text in await asked_of(harness, workspace.discussion)


async def test_C14_a_broad_question_of_the_manager_gets_a_remark_that_only_they_see(
    harness: BotHarness, workspace: Any
):
    """It comes with questions of the manager's side to ask instead, and nothing reaches the other side."""
    agenda = (await harness.press_in_home(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    outcome = await harness.submit(BEN, agenda, new_items="Where do you see yourself in five years?")
    assert outcome.answer["response_action"] == "update"
    assert [method for method, _ in outcome.calls] == []
    name, *_ = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    assert (await harness.submit(BEN, outcome.modal, **{name.replace(".", "__"): ["ticked"]})).refusal == ""
    assert (await asked_of(harness, workspace.discussion))[-1] == BANK.by_id[name.rpartition(".")[2]].text


async def test_M6_the_coach_is_switched_off_at_a_remark_and_on_in_the_home(harness: BotHarness):
    """Switched off, the remarks go and no new ones come; the App Home is published with the switch as it is now."""
    await harness.home_opened(ANA)
    outcome = await remarked_on(harness, questions=BROAD)
    off = await harness.press(ANA, outcome.modal, ActionId.SWITCH_COACH)
    assert (await harness.person(ANA)).coach_off
    assert "again to keep" not in said(off.modal)
    assert [kind for kind, view in off.views if "Switch coach on" in said(view)] == ["home"]
    assert (await harness.submit(ANA, off.modal, questions="What comes next?")).refusal == ""
    on = await harness.press_in_home(ANA, ActionId.SWITCH_COACH, "on")
    assert not (await harness.person(ANA)).coach_off
    assert [kind for kind, view in on.views if "Switch coach off" in said(view)] == ["home"]


async def test_a_remark_goes_as_soon_as_its_words_are_gone(harness: BotHarness):
    """Ana rewords a question: the form is redrawn without the remark on it, and with the one on the other question."""
    outcome = await remarked_on(harness, questions=f"{BROAD}\nWhat comes next?")
    assert "2 remarks above" in said(outcome.modal)
    same = await harness.press(ANA, outcome.modal, ActionId.TYPED, questions=f"{BROAD}\nWhat comes next?\nWho")
    assert same.calls == []
    reworded = await harness.press(ANA, outcome.modal, ActionId.TYPED, questions="Who reviews it?\nWhat comes next?")
    assert reworded.faults() == []
    assert "*in five years*" not in said(reworded.modal)
    assert "1 remark above" in said(reworded.modal)
    assert fields(reworded.modal)["questions"]["initial_value"] == "Who reviews it?\nWhat comes next?"


async def test_a_remark_stays_while_a_question_is_ticked_to_ask_instead(harness: BotHarness, workspace: Any):
    """What is ticked there is not taken away while Ana types: it is asked, though its line has changed."""
    outcome = await remarked_on(harness, questions=BROAD)
    box, *_ = [name for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    typed = {"questions": "Who reviews my design?", box: ["ticked"]}
    assert (await harness.press(ANA, outcome.modal, ActionId.TYPED, **typed)).calls == []
    assert (await harness.submit(ANA, outcome.modal, **typed)).modal["callback_id"] == FormId.PREP_ANSWERS
    asked = await asked_of(harness, workspace.discussion)
    assert asked[-2:] == ["Who reviews my design?", BANK.by_id[box.rpartition(".")[2]].text]


async def test_boxes_of_a_form_of_an_older_version_are_still_taken(harness: BotHarness, workspace: Any):
    """It had the three questions in one field: what is ticked there takes the place of the line."""
    agenda = (await harness.command(ANA, "agenda")).modal
    outcome = await harness.submit(ANA, agenda, new_items=BROAD)
    ids = [name.rpartition(".")[2] for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")]
    (key,) = {name.split(".")[1] for name in fields(outcome.modal) if name.startswith(f"{INSTEAD}.")}
    boxes = kit.field(f"{INSTEAD}.{key}", "Ask instead", kit.checkboxes([kit.option(one, one) for one in ids]))
    blocks = [block for block in outcome.modal["blocks"] if not block["block_id"].startswith(f"{INSTEAD}.")]
    old = outcome.modal | {"blocks": [*blocks, boxes]}
    assert (await harness.submit(ANA, old, **{f"{INSTEAD}__{key}": ids[1:]})).refusal == ""
    assert (await asked_of(harness, workspace.discussion))[-2:] == [BANK.by_id[one].text for one in ids[1:]]
