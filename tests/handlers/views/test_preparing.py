"""The pages of a preparation: what is asked on each, what is filled in again, and that Slack takes them."""

import json
from collections.abc import Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cycle.achievements import MOST_OFFERED
from cycle.bank import Asker, Question, QuestionSet, load_bank, select_employee_questions
from cycle.drives import LONGEST_WORK, MEANINGS, PATH, RANKS, WORK
from cycle.errors import FieldErrors
from cycle.preparations import DRAFTS, LEVEL, PAGES, QUESTIONS, Lists, Page, PreparationView, SharedWithMe
from cycle.prompts import BY_KEY, LONGEST_ANSWER, PROMPTS
from cycle.suggestions import MOST_SUGGESTED, Step, order_of_discussion
from handlers import preparing
from handlers.shared.form_values import FormValues, at_texts
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import kit
from handlers.views.preparing import answers, drives, objectives, questions, sharing, standing
from handlers.views.preparing.page import Help, PageView, Shown, render
from sandbox.validation import problems
from storage.achievements import Achievement
from storage.agenda import AgendaItem
from storage.drives import Drive, DriveKind, Motivation
from storage.objectives import Horizon, Objective
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from tests.support.builders import MADRID, at, pair, person, planning, scheduled
from tests.support.views import fields, said

NOW = at(MADRID, 2026, 11, 2, 10)
ANA, CHIYO = person("Ana Ruiz", id=1), person("Chiyo Tanaka", id=2)
TWO = pair(ANA, CHIYO, id=1)
DISCUSSION = scheduled(TWO, at(MADRID, 2026, 11, 24, 10), id=7)
ABOUT = PreparationMetadata(pair_id=1, discussion_id=7)
SHORT, LONG = Horizon.SHORT, Horizon.LONG
BANK, _problems = load_bank()
VIEWS: dict[Page, PageView] = {one.page: one for one in (
    standing.VIEW, drives.VIEW, objectives.VIEW, questions.VIEW, answers.VIEW, sharing.VIEW
)}  # fmt: skip
OF_EACH = [(side, page) for side in Side for page in PAGES[side]]


def so_far(side: Side = Side.EMPLOYEE, **also: Any) -> PreparationView:
    """A preparation of which only what a test is about is submitted."""
    known: dict[str, Any] = {
        "pair": TWO, "discussion": DISCUSSION, "side": side, "other": CHIYO if side is Side.EMPLOYEE else ANA,
        "preparation": None,
    }  # fmt: skip
    listed = {name: also.pop(name) for name in {one.name for one in fields_of(Lists)} & also.keys()}
    return PreparationView(**(known | also), read_lists=Lists(**listed))


def objective(key: int, text: str = "Pass the exam", horizon: Horizon = SHORT, **also: Any) -> Objective:
    """A current objective."""
    known = {"id": key, "pair_id": 1, "owner_id": 1, "target_on": date(2027, 8, 2), "set_at": NOW}
    return Objective(horizon=horizon, text=text, **(known | also))


def answer(key: str, text: str = "Calm", *, shared: bool = False) -> Answer:
    """An answer to a prompt."""
    return Answer(
        pair_id=1, preparation_id=1, author_id=1, question=key, text=text, shared=shared, answered_at=NOW
    )  # fmt: skip


def asking(*texts: str) -> list[AgendaItem]:
    """Questions on the agenda."""
    return [
        AgendaItem(pair_id=1, discussion_id=7, author_id=1, text=text, position=number, proposed_at=NOW)
        for number, text in enumerate(texts)
    ]


def submitted(side: Side, level: Level | None = None) -> Preparation:
    """A preparation."""
    return Preparation(pair_id=1, discussion_id=7, author_id=1, side=side, level=level, submitted_at=NOW)


def show(
    page: Page, prepared: PreparationView, *, me: Person | None = None, values: FormValues | None = None,
    metadata: PreparationMetadata = ABOUT, **also: Any,
) -> dict[str, Any]:  # fmt: skip
    """A page, filled with what is saved unless there is something else; Slack takes it."""
    me = me or (ANA if prepared.side is Side.EMPLOYEE else CHIYO)
    filled = VIEWS[page].saved(prepared, me, BANK) if values is None else values
    shown = render(VIEWS[page], Shown(prepared, me, metadata, filled, NOW, **also))
    assert problems("modal", shown) == []
    return shown


def state(shown: dict[str, Any], **typed: str) -> FormValues:
    """What Slack reports of a page in which a person typed something: every text, the empty ones as well."""
    values = {
        name: {ActionId.TYPED: {"value": element.get("initial_value")}} for name, element in fields(shown).items()
    }
    return FormValues(values | {name: {ActionId.TYPED: {"value": text}} for name, text in typed.items()})


def is_filled_in(element: dict[str, Any]) -> bool:
    """Whether an element begins with something in it; menus of pages and sets always do."""
    return any("initial" in key for key in element) and element["action_id"] == ActionId.TYPED


@pytest.fixture(scope="module")
def suggestions() -> list[Question]:
    """Questions from the bank to pick from."""
    return list(select_employee_questions(BANK, limit=MOST_SUGGESTED))


# --- what they have in common ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "page"), OF_EACH)
def test_an_empty_page_says_where_you_are_and_has_nothing_filled_in(side: Side, page: Page):
    """The menu counts the pages of this side and shows this one; nothing is filled in or shared."""
    shown = show(page, so_far(side))
    menu = shown["blocks"][0]["elements"][0]
    number = PAGES[side].index(page) + 1
    assert menu["initial_option"]["text"]["text"].startswith(f"{number} of {len(PAGES[side])} · ")
    assert [option["value"] for option in menu["options"]] == list(PAGES[side])
    assert not any(is_filled_in(element) for element in fields(shown).values())


@pytest.mark.parametrize("side", list(Side))
def test_each_side_is_asked_its_own_things(side: Side):
    """Levels and answers for both, objectives and questions for the employee, the five for the manager (L1)."""
    asked = {name for page in PAGES[side] for name in fields(show(page, so_far(side)))}
    assert {prompt.key for prompt in PROMPTS[side]} <= asked
    assert not {prompt.key for prompt in PROMPTS[side.other]} & asked
    assert (QUESTIONS in asked) is (side is Side.EMPLOYEE)
    assert LEVEL in asked


def test_drafts_are_saved_by_discussion_under_the_names_that_the_cycle_knows():
    """A cancelled discussion passes its drafts on by these names; every field reports its changes."""
    forms = {form.id: form for form in preparing.FORMS}
    assert set(forms) == {*map(FormId, Page), FormId.PREPARATION}
    for page in Page:
        subject = forms[FormId(page)].draft_subject
        assert (subject is not None) is (page in DRAFTS)
        assert subject is None or subject(ABOUT) == DISCUSSION.id
        shown = show(page, so_far())
        assert all(block["dispatch_action"] for block in shown["blocks"] if block["type"] == "input")


@pytest.mark.parametrize("page", DRAFTS)
def test_every_field_of_a_page_is_its_own(page: Page, suggestions: list[Question]):
    """What is typed is compared with what is saved field by field: a field that no page owns would never be kept."""
    shown = show(page, so_far(), help=Help(suggestions=suggestions))
    typed = [name for name, element in fields(shown).items() if element["action_id"] == ActionId.TYPED]
    assert typed
    for name in typed:
        assert [one for one in DRAFTS if VIEWS[one].owns(name)] == [page]


def test_a_draft_says_so_and_can_be_discarded():
    """What was typed since is shown, with the time of the draft and a way to start over."""
    draft = state(show(Page.ANSWERS, so_far()), achievements="The relaunch")
    shown = show(Page.ANSWERS, so_far(), values=draft, draft_kept_at=NOW)
    assert fields(shown)["achievements"]["initial_value"] == "The relaunch"
    note = shown["blocks"][1]
    assert note["text"]["text"] == "Here is your draft of Mon 2 Nov at 10:00. It is not saved yet."
    assert note["accessory"]["action_id"] == ActionId.DISCARD_DRAFT


@pytest.mark.parametrize("sign", ["x", "&", "<", "名", "\n", "ش", "\u202e", "*_`"])
@pytest.mark.parametrize(("side", "page"), OF_EACH)
def test_long_names_and_texts_fit(side: Side, page: Page, sign: str):
    """Every field full, eight objectives, the longest names, all that the other side shared: Slack takes the page."""
    me, other = person(sign * 255, id=1), person(sign * 255, id=2)
    eight = [objective(n, sign * 1000, SHORT if n % 2 else LONG, shared=bool(n % 3)) for n in range(1, 9)]
    all_ranked = " ".join(list(Motivation)[:3])
    texts = dict.fromkeys(DriveKind, sign * LONGEST_WORK) | {DriveKind.MOTIVATIONS: all_ranked}
    driven = {kind: drive(kind, text) for kind, text in texts.items()}
    theirs = SharedWithMe({key: answer(key, sign * LONGEST_ANSWER, shared=True) for key in BY_KEY}, eight, driven)
    prepared = so_far(
        side,
        other=other,
        preparation=submitted(side, Level.STRONG),
        answers={one.key: answer(one.key, sign * LONGEST_ANSWER, shared=True) for one in PROMPTS[side]},
        objectives=eight if side is Side.EMPLOYEE else (),
        drives=driven if side is Side.EMPLOYEE else {},
        questions=asking(*[sign * 500] * 30) if side is Side.EMPLOYEE else (),
    )
    steps = [Step(one, 1) for one in BANK.questions[:60]]
    noted = [
        Achievement(person_id=1, text=sign * 1000, happened_on=NOW.date(), saved_at=NOW) for _ in range(MOST_OFFERED)
    ]
    aid = Help(BANK.sets, BANK.sets[0], BANK.questions[:30], steps, (), theirs, noted, set(DRAFTS))
    metadata = ABOUT.updated(short_rows=4, long_rows=4)
    shown = show(page, prepared, me=me, help=aid, metadata=metadata)
    show(page, prepared, me=me, help=aid, metadata=metadata, values=state(shown), draft_kept_at=NOW)


# --- where you stand -------------------------------------------------------------------------------------------------


def test_E2_there_are_three_levels_and_a_hint_that_they_stay_hidden():
    """There are three levels to choose from, and a hint that neither sees the other's before both are in."""
    shown = show(Page.STANDING, so_far(preparation=submitted(Side.EMPLOYEE, Level.STRONG)))
    assert [option["value"] for option in fields(shown)[LEVEL]["options"]] == list(Level)
    assert fields(shown)[LEVEL]["initial_option"]["value"] == Level.STRONG
    assert "until both are in" in said(shown)


def test_C12_only_the_employee_is_asked_about_path_and_feedback():
    """The employee says how they like feedback and which path they would like, or chooses not to say."""
    mine = fields(show(Page.STANDING, so_far(), me=person("Ana Ruiz", id=1, feedback_style="gentle")))
    assert mine[standing.FEEDBACK]["options"][-1]["value"] == standing.UNSAID
    assert mine[standing.FEEDBACK]["initial_option"]["value"] == "gentle"
    assert fields(show(Page.DRIVES, so_far()))[PATH]["options"][-1]["value"] == standing.UNSAID
    for page, name in ((Page.STANDING, standing.FEEDBACK), (Page.DRIVES, PATH)):
        assert name not in fields(show(page, so_far(Side.MANAGER)))


# --- what drives the employee ----------------------------------------------------------------------------------------


def drive(kind: DriveKind, text: str, **also: Any) -> Drive:
    """Something that Ana said."""
    known = {"pair_id": 1, "discussion_id": 3, "author_id": 1, "set_at": NOW, "shared": True}
    return Drive(kind=kind, text=text, **(known | also))


def test_C4_each_shared_motivation_comes_with_a_hint_for_the_manager():
    """The ranking in its order, inner or outer, and for each of the six a line of its own on what to offer."""
    assert set(MEANINGS) == set(Motivation)
    assert len({one.offer for one in MEANINGS.values()}) == len(Motivation)
    theirs = {DriveKind.MOTIVATIONS: drive(DriveKind.MOTIVATIONS, "skills pay a-later-one")}
    shown = said(show(Page.DRIVES, so_far(Side.MANAGER), help=Help(theirs=SharedWithMe(drives=theirs))))
    for line in ("1. *Growing skills* (inner)", "2. *Pay* (outer)", MEANINGS[Motivation.PAY].offer):
        assert line in shown
    assert "3." not in shown
    assert shown.index("Growing skills") < shown.index("Pay")


def test_C4_where_nothing_is_shared_the_manager_reads_a_sentence_that_does_not_pry():
    """It does not tell whether there is anything to share, and offers a question to ask instead."""
    shown = said(show(Page.DRIVES, so_far(Side.MANAGER)))
    assert "Ana decides what to share here" in shown
    assert "How this changed" not in shown


def test_C13_what_was_said_last_time_is_filled_in_with_its_day():
    """Ranking, words and path of an earlier discussion, with what was shared; the page says from when they are."""
    rows = {
        DriveKind.MOTIVATIONS: drive(DriveKind.MOTIVATIONS, "pay skills"),
        DriveKind.WORK: drive(DriveKind.WORK, "Audits", shared=False),
        DriveKind.PATH: drive(DriveKind.PATH, "expert", shared=False),
    }
    shown = show(Page.DRIVES, so_far(drives=rows))
    filled = fields(shown)
    assert [filled[name]["initial_option"]["value"] for name in RANKS[:2]] == ["pay", "skills"]
    assert (filled[WORK]["initial_value"], filled[PATH]["initial_option"]["value"]) == ("Audits", "expert")
    assert "initial_options" in filled["share.motivations"]
    assert not any("initial_options" in filled[name] for name in ("share.energising", "share.path"))
    assert "As you said it on Mon 2 Nov" in said(shown)


def test_C13_with_another_manager_the_page_begins_filled_in_and_private():
    """What was said to the manager before is there to be confirmed, and none of it is shared."""
    rows = {DriveKind.PATH: drive(DriveKind.PATH, "lead", pair_id=9)}
    filled = fields(show(Page.DRIVES, so_far(drives_before=rows)))
    assert filled[PATH]["initial_option"]["value"] == "lead"
    assert not any("initial_options" in filled[name] for name in drives.SHARES.values())


# --- objectives ------------------------------------------------------------------------------------------------------


def test_E3_both_horizons_have_a_row_and_room_for_more():
    """Each horizon has an empty row with a date; more rows come on request, four at most."""
    asked = fields(show(Page.OBJECTIVES, so_far()))
    assert {"short.new0.text", "short.new0.date", "long.new0.text", "long.new0.date"} <= set(asked)
    assert "short.new3.text" in fields(show(Page.OBJECTIVES, so_far(), metadata=ABOUT.updated(short_rows=4)))
    full = show(Page.OBJECTIVES, so_far(), metadata=ABOUT.updated(short_rows=4, long_rows=4))
    assert ActionId.MORE_OBJECTIVES not in said(full)


def test_E3_a_day_is_never_called_optional_and_its_window_is_the_true_one():
    """Words with a wrong day are refused, so the window is beside the picker, which is no field that Slack marks."""
    shown = show(Page.OBJECTIVES, so_far())
    days = [block for block in shown["blocks"] if block.get("accessory", {}).get("type") == "datepicker"]
    assert [block["text"]["text"] for block in days] == [
        "*Reached by*\n2 May 2027 – 2 Nov 2027",
        "*Reached by*\n2 Nov 2028 – 2 Nov 2031",
    ]
    assert all("optional" not in block for block in days)


def test_E3_what_is_wrong_with_a_day_is_said_at_its_words():
    """Slack shows errors at inputs only; where the words are wrong as well, that comes first."""
    errors = FieldErrors({"short.11.date": "By when?", "long.new0.text": "Too long.", "long.new0.date": "By when?"})
    assert at_texts(errors, "date") == {"short.11.text": "By when?", "long.new0.text": "Too long. By when?"}
    assert at_texts(FieldErrors({QUESTIONS: "Too many."}), "date") == {QUESTIONS: "Too many."}


def test_E3_current_objectives_are_filled_in_again():
    """Words, days, and the one tick that shares them."""
    mine = [objective(11, shared=True), objective(12, "Lead the night shift", LONG)]
    asked = fields(show(Page.OBJECTIVES, so_far(objectives=mine)))
    assert asked["short.11.text"]["initial_value"] == "Pass the exam"
    assert asked["short.11.date"]["initial_date"] == "2027-08-02"
    assert asked["long.12.text"]["initial_value"] == "Lead the night shift"
    assert asked[objectives.SHARE]["initial_options"]


def test_E3_rows_are_parsed_with_the_objective_they_show():
    """A current objective keeps its key, a new row has none, and without the tick none is shared."""
    prepared = so_far(objectives=[objective(11)])
    metadata = ABOUT.updated(short_rows=2)
    values = state(show(Page.OBJECTIVES, prepared, metadata=metadata), **{"short.new0.text": "Learn Thai"})
    rows = objectives.entries(values, prepared, metadata)
    assert [(row.slot, row.objective_id, row.text) for row in rows] == [
        ("short.11", 11, "Pass the exam"),
        ("short.new0", None, "Learn Thai"),
        ("long.new0", None, ""),
    ]
    assert not any(row.shared for row in rows)


def test_E3_an_objective_that_the_page_did_not_show_is_left_alone():
    """A page opened before an objective was changed in another window neither empties nor removes the new one."""
    before, since = so_far(objectives=[objective(11)]), so_far(objectives=[objective(12, "Pass with honours")])
    rows = objectives.entries(state(show(Page.OBJECTIVES, before)), since, ABOUT)
    assert [row.objective_id for row in rows if row.horizon is SHORT] == []


# --- questions -------------------------------------------------------------------------------------------------------


def test_E4_questions_are_picked_whole_or_written(suggestions: list[Question]):
    """Each suggestion is a paragraph of its own with a box; those asked before are ticked, own words are below."""
    shown = show(
        Page.QUESTIONS, so_far(questions=asking(suggestions[1].text, "Am I ready?")),
        help=Help(suggestions=suggestions),
    )  # fmt: skip
    blocks = {block["block_id"]: block for block in shown["blocks"] if "block_id" in block}
    for question in suggestions:
        block = blocks[f"{questions.ASK}{question.id}"]
        assert block["text"]["text"] == question.text
        assert ("initial_options" in block["accessory"]) is (question is suggestions[1])
    assert fields(shown)[QUESTIONS]["initial_value"] == "Am I ready?"


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("chosen", BANK.sets, ids=lambda chosen: chosen.id)
def test_C7_L3_a_set_shows_the_manager_what_to_ask_and_listen_for(side: Side, chosen: QuestionSet):
    """The manager reads their questions and where their own answer goes; the employee's page has neither."""
    steps = [step for step in order_of_discussion(BANK, chosen.id) if step.question.asker is Asker.MANAGER]
    shown = show(Page.QUESTIONS, so_far(side), help=Help(BANK.sets, chosen, steps=steps))
    written = json.dumps(shown["blocks"], ensure_ascii=False)
    assert steps
    for step in steps:
        assert (step.question.text in written) is (side is Side.MANAGER)
    paired = any(step.question.leader_question for step in steps)
    assert ("Your answer: “" in written) is (side is Side.MANAGER and paired)
    assert fields(shown)[questions.QUESTION_SET]["initial_option"]["value"] == chosen.id


def test_C7_an_admins_longest_set_fits():
    """Sixty questions of a minute each, at their longest, and 150 sets to choose from: Slack takes the page."""
    longest = replace(BANK.questions[0], text="<" * 150, listen_for="&" * 200)
    many = [QuestionSet(f"s{n}", "<" * 75, "<" * 75, ()) for n in range(150)]
    show(Page.QUESTIONS, so_far(Side.MANAGER), help=Help(many, None, steps=[Step(longest, 1)] * 60))


# --- answers and sharing ---------------------------------------------------------------------------------------------


def test_C10_the_tick_is_right_below_what_it_shares():
    """Each answer has a box of its own, ticked where it is shared; what was submitted is filled in again."""
    mine = {"achievements": answer("achievements", "The <launch>", shared=True), "challenges": answer("challenges")}
    shown = show(Page.ANSWERS, so_far(answers=mine))
    assert fields(shown)["achievements"]["initial_value"] == "The <launch>"
    names = [block["block_id"] for block in shown["blocks"][1:]]
    for prompt in PROMPTS[Side.EMPLOYEE]:
        assert names[names.index(prompt.key) + 1] == f"{answers.SHARE}{prompt.key}"
        box = fields(shown)[f"{answers.SHARE}{prompt.key}"]
        assert box["options"][0]["text"]["text"] == "Share this with Chiyo"
        assert ("initial_options" in box) is (prompt.key == "achievements")


@pytest.mark.parametrize("side", list(Side))
def test_L3_each_prompt_has_the_other_sides_words_on_the_same_matter(side: Side):
    """Every prompt names what it matches, and whatever the other side can share is beside one of mine."""
    theirs = {one.key for one in PROMPTS[side.other]} | ({SHORT, LONG} if side is Side.MANAGER else set())
    beside = [key for prompt in PROMPTS[side] for key in prompt.beside]
    assert all(prompt.beside for prompt in PROMPTS[side])
    assert set(beside) == theirs


def test_L3_what_the_other_side_shared_is_escaped_and_in_one_line():
    """Their words are no markup, and long ones are shortened: the brief has all of it."""
    theirs = SharedWithMe({"strengths": answer("strengths", "<!channel>\n" + "calm " * 500)})
    shown = show(Page.ANSWERS, so_far(), help=Help(theirs=theirs))
    (line,) = [block for block in shown["blocks"] if block["type"] == "context"]
    written = line["elements"][0]["text"]
    assert written.startswith("*Chiyo shared, on “Key strengths”:* &lt;!channel&gt; calm")
    assert "\n" not in written
    assert written.endswith("…")


def test_C10_the_last_page_says_who_reads_what_and_leads_to_each_page():
    """What the other side reads, what only you see, what is empty, a button for each page, and what is next."""
    mine = {"achievements": answer("achievements", shared=True), "challenges": answer("challenges")}
    prepared = so_far(
        preparation=submitted(Side.EMPLOYEE, Level.STRONG), answers=mine, questions=asking("Am I <ready>?"),
        objectives=[objective(11, shared=True), objective(12, "Lead the night shift", LONG)],
    )  # fmt: skip
    shown = show(Page.SHARING, prepared, help=Help(unsaved={Page.ANSWERS}))
    written = said(shown)
    assert "Saved. You can change everything until you meet, and Chiyo reads only what you share." in written
    texts = {block["block_id"]: block["text"]["text"] for block in shown["blocks"] if "change." in str(block)}
    assert "Strong performer" in texts["change.prep_standing"]
    assert texts["change.prep_objectives"].splitlines()[1:] == [
        "Chiyo can read:", "• Pass the exam", "Only you see:", "• Lead the night shift"
    ]  # fmt: skip
    assert "• Am I &lt;ready&gt;?" in texts["change.prep_questions"]
    assert texts["change.prep_answers"].splitlines()[1:] == [
        "Chiyo can read: What went well",
        "Only you see: What was hard",
        "Still empty: What is in your way · Skills you want",
        "_You have typed something here that is not saved yet._",
    ]
    pressed = _pages_that_buttons_lead_to(shown)
    assert pressed == [page for page in Page if page is not Page.SHARING]
    assert "You talk on Tue 24 Nov at 10:00." in written


def test_an_empty_preparation_is_not_called_saved():
    """Nothing is saved yet, and each page of this side is still empty; without a date the next step is to find one."""
    undated = planning(TWO, DISCUSSION.due_on, id=7)
    for side in Side:
        shown = show(Page.SHARING, so_far(side, discussion=undated))
        assert "Nothing is saved yet." in said(shown)
        assert said(shown).count("Still empty") == (5 if side is Side.EMPLOYEE else 3)
        assert "Next, find a time" in said(shown)


def _pages_that_buttons_lead_to(shown: dict[str, Any]) -> Sequence[str]:
    return [
        block["accessory"]["value"]
        for block in shown["blocks"]
        if block.get("accessory", {}).get("action_id") == ActionId.GO_TO_PAGE
    ]


def test_a_box_is_a_row_of_its_own_or_beside_a_text():
    """Both report what is ticked in the same way."""
    row, beside = kit.tick("a", "Share", ticked=True), kit.ticked_section("b", "Am I ready?", "Ask this", ticked=True)
    assert row["elements"][0]["initial_options"] == [kit.option("Share", kit.TICKED)]
    assert beside["accessory"]["initial_options"] == [kit.option("Ask this", kit.TICKED)]


def test_a_list_that_was_not_read_is_no_empty_list():
    """A page that shows one says so, instead of showing that there is nothing."""
    begun = replace(so_far(), read_lists=None)
    show(Page.STANDING, begun)
    for page in (Page.OBJECTIVES, Page.QUESTIONS, Page.DRIVES):
        with pytest.raises(LookupError, match="not been read"):
            show(page, begun)
