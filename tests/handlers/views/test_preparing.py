import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from handlers.preparation import PREPARATION

from cycle.bank import Asker, Question, QuestionSet, load_bank, select_employee_questions
from cycle.preparations import FORM, LEVEL, QUESTIONS, PreparationView
from cycle.prompts import LONGEST_ANSWER, PROMPTS
from cycle.suggestions import MOST_SUGGESTED, Step, order_of_discussion
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import preparation as view
from sandbox.validation import problems
from storage.agenda import AgendaItem
from storage.objectives import Horizon, Objective
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from tests.support.builders import MADRID, at, pair, person, scheduled

NOW = at(MADRID, 2026, 11, 2, 10)
ANA, CHIYO = person("Ana Ruiz", id=1), person("Chiyo Tanaka", id=2)
TWO = pair(ANA, CHIYO, id=1)
DISCUSSION = scheduled(TWO, at(MADRID, 2026, 11, 24, 10), id=7)
ABOUT = PreparationMetadata(pair_id=1, discussion_id=7)
SHORT, LONG = Horizon.SHORT, Horizon.LONG
BANK, _problems = load_bank()


def so_far(side: Side = Side.EMPLOYEE, **also: Any) -> PreparationView:
    """A preparation of which only what a test is about is submitted."""
    known: dict[str, Any] = {
        "pair": TWO, "discussion": DISCUSSION, "side": side, "other": CHIYO if side is Side.EMPLOYEE else ANA,
        "preparation": None, "answers": {}, "objectives": (), "agenda": (), "questions": (),
    }  # fmt: skip
    return PreparationView(**(known | also))


def objective(key: int, text: str = "Pass the exam", horizon: Horizon = SHORT, **also: Any) -> Objective:
    """A current objective."""
    known = {"id": key, "pair_id": 1, "owner_id": 1, "target_on": date(2027, 8, 2), "set_at": NOW}
    return Objective(horizon=horizon, text=text, **(known | also))


def show(
    prepared: PreparationView, me: Person = ANA, metadata: PreparationMetadata = ABOUT, **also: Any
) -> dict[str, Any]:
    """The form, without suggestions or a draft unless they are given."""
    how = {"draft": None, "draft_kept_at": None, "now": NOW} | also
    aid = how.pop("aid", view.Help(suggestions=how.pop("suggestions", ())))
    return view.render(prepared, me, metadata, aid=aid, **how)


def fields(shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The inputs by name."""
    return {block["block_id"]: block["element"] for block in shown["blocks"] if block["type"] == "input"}


def state(shown: dict[str, Any], **typed: str) -> FormValues:
    """What Slack reports of a form in which a person typed something: every field, the empty ones as well."""
    values = {
        name: {ActionId.TYPED: {"value": element.get("initial_value")}} for name, element in fields(shown).items()
    }
    return FormValues(values | {name: {ActionId.TYPED: {"value": text}} for name, text in typed.items()})


@pytest.fixture(scope="module")
def suggestions() -> list[Question]:
    """Questions from the bank to pick from."""
    return list(select_employee_questions(BANK, limit=MOST_SUGGESTED))


@pytest.mark.parametrize("side", list(Side))
def test_an_empty_form_asks_each_side_its_own_things(side: Side):
    """Nothing is filled in or shared; the employee is asked for objectives and questions, the manager the five (L1)."""
    shown = show(so_far(side), ANA if side is Side.EMPLOYEE else CHIYO)
    assert problems("modal", shown) == []
    asked = fields(shown)
    assert {prompt.key for prompt in PROMPTS[side]} <= set(asked)
    assert not {prompt.key for prompt in PROMPTS[side.other]} & set(asked)
    assert (QUESTIONS in asked) is (side is Side.EMPLOYEE)
    assert not any("initial" in key for element in asked.values() for key in element)


def test_E2_there_are_three_levels_and_a_hint_that_they_stay_hidden():
    """There are three levels to choose from, and a hint that neither sees the other's before both are in."""
    shown = show(so_far())
    assert [option["value"] for option in fields(shown)[LEVEL]["options"]] == list(Level)
    assert "until both are in" in str(shown["blocks"])


def test_E3_both_horizons_have_a_row_and_room_for_more():
    """Each horizon has an empty row with a date; more rows come on request, four at most."""
    asked = fields(show(so_far()))
    assert {"short.new0.text", "short.new0.date", "long.new0.text", "long.new0.date"} <= set(asked)
    more = fields(show(so_far(), metadata=ABOUT.updated(short_rows=4)))
    assert "short.new3.text" in more
    full = show(so_far(), metadata=ABOUT.updated(short_rows=4, long_rows=4))
    assert problems("modal", full) == []
    assert ActionId.MORE_OBJECTIVES not in str(full["blocks"])


def test_what_was_submitted_is_filled_in_again():
    """Level, answers, objectives with dates, questions and what is shared come back into their fields."""
    answers = {
        "achievements": Answer(
            pair_id=1,
            preparation_id=1,
            author_id=1,
            question="achievements",
            text="The <launch>",
            shared=True,
            answered_at=NOW,
        )
    }
    prepared = so_far(
        preparation=Preparation(
            pair_id=1, discussion_id=7, author_id=1, side=Side.EMPLOYEE, level=Level.STRONG, submitted_at=NOW
        ),
        answers=answers,
        objectives=[objective(11, shared=True), objective(12, "Lead the night shift", LONG)],
        questions=[
            AgendaItem(pair_id=1, discussion_id=7, author_id=1, text="Am I ready?", position=1, proposed_at=NOW)
        ],
    )  # fmt: skip
    shown = show(prepared)
    assert problems("modal", shown) == []
    asked = fields(shown)
    assert asked[LEVEL]["initial_option"]["value"] == Level.STRONG
    assert asked["achievements"]["initial_value"] == "The <launch>"
    assert (asked["short.11.text"]["initial_value"], asked["short.11.date"]["initial_date"]) == (
        "Pass the exam",
        "2027-08-02",
    )
    assert asked["long.12.text"]["initial_value"] == "Lead the night shift"
    assert asked[QUESTIONS]["initial_value"] == "Am I ready?"
    assert [option["value"] for option in asked[view.SHARED]["initial_options"]] == [view.OBJECTIVES, "achievements"]


def test_a_draft_comes_before_what_was_submitted():
    """What was typed since is shown, with the time of the draft and a way to start over."""
    prepared = so_far(objectives=[objective(11)])
    draft = state(show(prepared), achievements="The relaunch", **{"short.11.text": "Pass with honours"})
    shown = show(prepared, draft=draft, draft_kept_at=NOW)
    assert problems("modal", shown) == []
    assert fields(shown)["achievements"]["initial_value"] == "The relaunch"
    assert fields(shown)["short.11.text"]["initial_value"] == "Pass with honours"
    assert "Here is your draft of Mon 2 Nov at 10:00. It is not submitted yet." in str(shown["blocks"][0])
    assert ActionId.DISCARD_DRAFT in str(shown["blocks"][1])


def test_drafts_are_saved_by_discussion_under_the_name_that_the_cycle_knows():
    """A cancelled discussion passes its drafts on by this name; every field reports its changes."""
    assert FormId.PREPARATION == FORM
    shown = show(so_far())
    assert PREPARATION.draft_subject is not None
    assert PREPARATION.draft_subject(PreparationMetadata.of(shown)) == DISCUSSION.id
    assert all(block["dispatch_action"] for block in shown["blocks"] if block["type"] == "input")


def test_E4_questions_are_picked_or_written(suggestions: list[Question]):
    """Suggestions are boxes to tick; those asked before are ticked, and own words are in the field below."""
    asked = [
        AgendaItem(pair_id=1, discussion_id=7, author_id=1, text=text, position=1, proposed_at=NOW)
        for text in (suggestions[1].text, "Am I ready?")
    ]
    shown = show(so_far(questions=asked), suggestions=suggestions)
    assert problems("modal", shown) == []
    assert [option["value"] for option in fields(shown)[view.PICKED]["initial_options"]] == [suggestions[1].id]
    assert fields(shown)[QUESTIONS]["initial_value"] == "Am I ready?"
    for option, question in zip(fields(shown)[view.PICKED]["options"], suggestions, strict=True):
        parts = [option["text"]["text"], option.get("description", {}).get("text", "")]
        assert " ".join(parts).split() == question.text.split()


def test_E3_rows_are_parsed_with_the_objective_they_show():
    """A current objective keeps its key, a new row has none, and without the tick none is shared."""
    prepared = so_far(objectives=[objective(11)])
    metadata = ABOUT.updated(short_rows=2)
    values = state(show(prepared, metadata=metadata), **{"short.new0.text": "Learn Thai"})
    rows = view.entries(values, prepared, metadata)
    assert [(row.slot, row.objective_id, row.text) for row in rows] == [
        ("short.11", 11, "Pass the exam"),
        ("short.new0", None, "Learn Thai"),
        ("long.new0", None, ""),
    ]
    assert not any(row.shared for row in rows)


def test_E3_an_objective_that_the_form_did_not_show_is_left_alone():
    """A form opened before an objective was changed in another window neither empties nor removes the new one."""
    before, since = so_far(objectives=[objective(11)]), so_far(objectives=[objective(12, "Pass with honours")])
    rows = view.entries(state(show(before)), since, ABOUT)
    assert [row.objective_id for row in rows if row.horizon is SHORT] == []


@pytest.mark.parametrize("sign", ["x", "&", "<", "名", "\n"])
@pytest.mark.parametrize("side", list(Side))
def test_long_names_and_texts_fit(side: Side, sign: str, suggestions: list[Question]):
    """Every field full, eight objectives, the longest names: Slack takes the form, fresh and from a draft."""
    me, other = person(sign * 255, id=1), person(sign * 255, id=2)
    full = {
        prompt.key: Answer(
            pair_id=1,
            preparation_id=1,
            author_id=1,
            question=prompt.key,
            text=sign * LONGEST_ANSWER,
            shared=True,
            answered_at=NOW,
        )
        for prompt in PROMPTS[side]
    }
    eight = [objective(n, sign * 1000, SHORT if n % 2 else LONG, shared=True) for n in range(1, 9)]
    asked = [
        AgendaItem(pair_id=1, discussion_id=7, author_id=1, text=sign * 500, position=n, proposed_at=NOW)
        for n in range(30)
    ]  # fmt: skip
    prepared = so_far(
        side,
        other=other,
        answers=full,
        objectives=eight if side is Side.EMPLOYEE else (),
        questions=asked if side is Side.EMPLOYEE else (),
    )
    shown = show(prepared, me, suggestions=suggestions)
    assert problems("modal", shown) == []
    again = show(prepared, me, draft=state(shown), draft_kept_at=NOW, suggestions=suggestions)
    assert problems("modal", again) == []


# --- what the bank offers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("chosen", BANK.sets, ids=lambda chosen: chosen.id)
def test_C7_L3_a_set_shows_the_manager_what_to_ask_and_listen_for(side: Side, chosen: QuestionSet):
    """The manager reads their questions and where their own answer goes; the employee's form has neither."""
    steps = [step for step in order_of_discussion(BANK, chosen.id) if step.question.asker is Asker.MANAGER]
    shown = show(so_far(side), ANA if side is Side.EMPLOYEE else CHIYO, aid=view.Help(BANK.sets, chosen, steps=steps))
    assert problems("modal", shown) == []
    said = json.dumps(shown["blocks"], ensure_ascii=False)
    for step in steps:
        assert (step.question.text in said) is (side is Side.MANAGER)
    paired = any(step.question.leader_question for step in steps)
    assert ("Your own view: “" in said) is (side is Side.MANAGER and paired)
    field = next(block for block in shown["blocks"] if block.get("block_id") == view.QUESTION_SET)
    assert field["element"]["initial_option"]["value"] == chosen.id


def test_C12_only_the_employee_is_asked_about_path_and_feedback():
    """The employee says how clear their path is and how they like feedback, or chooses not to say."""
    mine = {block.get("block_id"): block for block in show(so_far(), aid=view.Help(BANK.sets))["blocks"]}
    for name in (view.CLARITY, view.FEEDBACK):
        element = mine[name]["element"]
        assert element["action_id"] == ActionId.QUESTION_SET
        assert element["options"][-1]["value"] == view.UNSAID
    theirs = {block.get("block_id") for block in show(so_far(Side.MANAGER), CHIYO, aid=view.Help(BANK.sets))["blocks"]}
    assert not {view.CLARITY, view.FEEDBACK} & theirs


def test_C7_an_admins_longest_set_fits():
    """Sixty questions of a minute each, at their longest, and 150 sets to choose from: Slack takes the form."""
    longest = replace(BANK.questions[0], text="<" * 150, listen_for="&" * 200)
    many = [QuestionSet(f"s{n}", "<" * 75, "<" * 75, ()) for n in range(150)]
    shown = show(so_far(Side.MANAGER), CHIYO, aid=view.Help(many, None, steps=[Step(longest, 1)] * 60))
    assert problems("modal", shown) == []
