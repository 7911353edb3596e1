"""Preparing page by page, as signed requests (practices E2–E4, C8, C12, C14, L1)."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.bank import Asker, load_bank
from cycle.nudges import Action
from cycle.preparations import LEVEL, PAGES, QUESTIONS, Page
from cycle.replanning import replan
from handlers.shared.ids import ActionId, FormId
from handlers.views import kit
from handlers.views.preparing import before_pages, questions, standing
from storage.agenda import ItemState
from storage.drafts import Draft, DraftKey
from storage.pairs import Side
from storage.preparations import Answer, Preparation
from tests.support.builders import saved
from tests.support.harness import BotHarness, Outcome
from tests.support.views import fields, said

ANA, BEN = "U0ANA", "U0BEN"
BANK, _ = load_bank()


async def go(harness: BotHarness, who: str, form: dict[str, Any], page: Page, **typed: Any) -> dict[str, Any]:
    """Jump to another page, with something typed on this one."""
    outcome = await harness.press(who, form, ActionId.GO_TO_PAGE, page, **typed)
    assert outcome.faults() == []
    assert outcome.modal["callback_id"] == page
    return outcome.modal


async def save(harness: BotHarness, who: str, form: dict[str, Any], **typed: Any) -> dict[str, Any]:
    """Submit a page; the next one."""
    outcome = await harness.submit(who, form, **typed)
    assert outcome.faults() == []
    assert outcome.refusal == ""
    return outcome.modal


async def of_manager(harness: BotHarness, workspace: Any, page: Page) -> dict[str, Any]:
    """A page of Ben's preparation for Ana."""
    first = (await harness.press_in_message(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    return first if page is Page.STANDING else await go(harness, BEN, first, page)


async def draft_of(harness: BotHarness, workspace: Any, page: Page) -> Draft | None:
    """Ana's draft of a page; None where it is empty."""
    async with harness.database.reading(harness.workspace_id) as store:
        draft = await store.drafts.get(DraftKey(workspace.ana.pk, page, workspace.discussion.pk))
    return draft if draft and draft.state else None


# --- the series ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", list(Side))
async def test_each_page_leads_to_the_next_and_the_last_closes(harness: BotHarness, workspace: Any, side: Side):
    """Pressed on without a word, the pages follow each other, and no preparation is made and no Home published."""
    who = ANA if side is Side.EMPLOYEE else BEN
    form = (await harness.press_in_message(who, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    seen = [form["callback_id"]]
    for _ in PAGES[side][1:]:
        outcome = await harness.submit(who, form)
        assert (outcome.refusal, outcome.calls) == ("", [])
        form = outcome.modal
        seen.append(form["callback_id"])
    assert seen == list(PAGES[side])
    assert (await harness.submit(who, form)).answer == {}
    assert harness.woken == 0
    async with harness.database.reading(harness.workspace_id) as store:
        assert not await store.preparations.of_discussion([workspace.discussion.pk])


async def test_each_page_is_saved_when_it_is_submitted(harness: BotHarness, workspace: Any):
    """After each page the row is there, both Homes are published and delivery is woken; the last page sums it up."""
    for who in (ANA, BEN):
        await harness.home_opened(who)
    form = (await harness.command(ANA, "prep")).modal
    outcome = await harness.submit(ANA, form, **{LEVEL: "strong", standing.FEEDBACK: "gentle"})
    assert {kind for kind, _ in outcome.views} == {"home", "modal"}
    assert harness.woken == 1
    assert (await harness.person(ANA)).feedback_style == "gentle"
    form = await save(harness, ANA, outcome.modal)
    day = harness.now.date() + timedelta(days=250)
    goal = {"short__new0__text": "Give three talks at the regional meetings", "short__new0__date": day}
    form = await save(harness, ANA, form, **goal)
    async with harness.database.reading(harness.workspace_id) as store:
        assert len(await store.objectives.current(workspace.two.pk)) == 1
    form = await save(harness, ANA, form, **{QUESTIONS: "Who reviews my design?"})
    async with harness.database.reading(harness.workspace_id) as store:
        items = await store.agenda.of_discussions([workspace.discussion.pk])
    assert "Who reviews my design?" in [item.text for item in items if item.state is ItemState.PROPOSED]
    form = await save(harness, ANA, form, achievements="The audit", share__achievements=["ticked"], challenges="Noise")
    summary = said(form)
    assert form["callback_id"] == Page.SHARING
    for line in (
        "Saved.",
        "Ben can read: What went well",
        "Only you see: What was hard",
        "Still empty: What is in your way",
        "Strong performer. Ben sees it once both of you have answered.",
        "Only you see:",
        "Who reviews my design?",
    ):
        assert line in summary


async def test_homes_are_published_only_after_pages_that_they_show(harness: BotHarness):
    """That someone has prepared, and how many items the agenda has; after another answer nothing is planned either."""
    await harness.home_opened(ANA)
    first = await harness.submit(ANA, (await harness.command(ANA, "prep")).modal, **{LEVEL: "strong"})
    assert {kind for kind, _ in first.views} == {"modal", "home"}
    form = await go(harness, ANA, (await harness.command(ANA, "prep")).modal, Page.ANSWERS)
    woken = harness.woken
    answered = await harness.submit(ANA, form, achievements="The audit")
    assert [kind for kind, _ in answered.views] == ["modal"]
    assert harness.woken == woken
    form = await go(harness, ANA, (await harness.command(ANA, "prep")).modal, Page.QUESTIONS)
    asked = await harness.submit(ANA, form, **{QUESTIONS: "Who reviews my design?"})
    assert "home" in {kind for kind, _ in asked.views}


async def test_C7_a_saved_page_ends_the_reminder_to_prepare(harness: BotHarness, workspace: Any):
    """The manager's first page takes back the reminder that waited for it, in the same transaction."""

    async def waiting() -> set[str]:
        async with harness.database.reading(harness.workspace_id) as store:
            return {nudge.kind for nudge in await store.nudges.of_pair(workspace.two.pk) if nudge.state == "planned"}

    async with harness.database.unit(harness.workspace_id) as store:
        await replan(store, await store.pairs.lock(workspace.two.pk), harness.now)
    assert "prepare_manager" in await waiting()
    first = await of_manager(harness, workspace, Page.STANDING)
    await save(harness, BEN, first, **{LEVEL: "strong"})
    assert "prepare_manager" not in await waiting()


async def test_a_page_checks_only_its_own_fields(harness: BotHarness):
    """Half an objective is refused on its own page, beside the words, and keeps no other page from being saved."""
    form = await go(harness, ANA, (await harness.command(ANA, "prep")).modal, Page.OBJECTIVES)
    refused = await harness.submit(ANA, form, short__new0__text="Pass the exam")
    assert set(refused.answer["errors"]) == {"short.new0.text"}
    assert "By when? Pick a date from" in refused.refusal
    form = await go(harness, ANA, form, Page.ANSWERS, short__new0__text="Pass the exam")
    assert (await save(harness, ANA, form, achievements="The audit"))["callback_id"] == Page.SHARING


@pytest.mark.parametrize("order", [list(Page), list(reversed(Page))])
async def test_nothing_typed_is_lost_in_whatever_order_people_go(harness: BotHarness, order: list[Page]):
    """Ana types something on each page and only jumps; each page still has it, and so has `/career prep`."""
    typed = {
        Page.STANDING: (LEVEL, "strong"),
        Page.OBJECTIVES: ("short.new0.text", "Pass the exam"),
        Page.QUESTIONS: (QUESTIONS, "Who reviews my design?"),
        Page.ANSWERS: ("achievements", "The audit"),
    }
    form = await go(harness, ANA, (await harness.command(ANA, "prep")).modal, order[0])
    for page, following in zip(order, [*order[1:], order[0]], strict=True):
        fills = {typed[page][0].replace(".", "__"): typed[page][1]} if page in typed else {}
        form = await go(harness, ANA, form, following, **fills)
    for page, (field, value) in typed.items():
        form = await go(harness, ANA, form, page)
        assert value in str(fields(form)[field])
        assert ActionId.DISCARD_DRAFT in str(form["blocks"])
    summary = await go(harness, ANA, form, Page.SHARING)
    assert said(summary).count("not saved yet") == len(typed)
    assert (await harness.command(ANA, "prep")).modal["callback_id"] == Page.STANDING


async def test_a_page_that_is_only_looked_at_leaves_no_draft(harness: BotHarness, workspace: Any):
    """Jumping through all pages saves nothing, so no page is said to have a draft."""
    form = (await harness.command(ANA, "prep")).modal
    for page in (*Page, Page.STANDING):
        form = await go(harness, ANA, form, page)
        assert ActionId.DISCARD_DRAFT not in str(form["blocks"])
        assert await draft_of(harness, workspace, page) is None


async def test_prep_opens_the_first_page_with_something_unsaved(harness: BotHarness):
    """What waits to be saved is shown first."""
    form = await harness.prep(ANA, Page.QUESTIONS)
    await harness.press(ANA, form, ActionId.TYPED, **{QUESTIONS: "Who reviews my design?"})
    resumed = (await harness.command(ANA, "prep")).modal
    assert resumed["callback_id"] == Page.QUESTIONS
    assert fields(resumed)[QUESTIONS]["initial_value"] == "Who reviews my design?"


@pytest.mark.parametrize("back", ["by the menu", "by saving the page before it"])
async def test_a_saved_page_that_is_gone_back_to_keeps_what_is_typed_next(
    harness: BotHarness, workspace: Any, back: str
):
    """Saved, shown again in the same modal, typed into and closed: `/career prep` has the draft."""
    day = harness.now.date() + timedelta(days=250)
    form = await harness.prep(ANA, Page.OBJECTIVES)
    goal = {"short__new0__text": "Give three talks at the regional meetings", "short__new0__date": day}
    await harness.press(ANA, form, ActionId.TYPED, **goal)
    form = await save(harness, ANA, form, **goal)
    if back == "by the menu":
        form = await go(harness, ANA, form, Page.OBJECTIVES)
    else:
        form = await save(harness, ANA, await go(harness, ANA, form, Page.DRIVES), path_preference="lead")
    assert form["callback_id"] == Page.OBJECTIVES
    assert ActionId.DISCARD_DRAFT not in str(form["blocks"])
    later = harness.now + timedelta(seconds=5)
    await harness.press(ANA, form, ActionId.TYPED, at=later, long__new0__text="Lead the night shift")
    assert await draft_of(harness, workspace, Page.OBJECTIVES)
    resumed = (await harness.command(ANA, "prep")).modal
    assert resumed["callback_id"] == Page.OBJECTIVES
    assert fields(resumed)["long.new0.text"]["initial_value"] == "Lead the night shift"


async def test_a_keystroke_from_before_a_page_was_saved_brings_nothing_back_once_it_shows_again(
    harness: BotHarness, workspace: Any
):
    """It arrives after the page was saved and gone back to, and is older than that."""
    form = await harness.prep(ANA)
    await harness.press(ANA, form, ActionId.TYPED, achievements="The aud")
    following = await save(harness, ANA, form, achievements="The audit")
    back = await harness.press(ANA, following, ActionId.GO_TO_PAGE, Page.ANSWERS, at=harness.now + timedelta(seconds=9))
    late = harness.now + timedelta(seconds=3)
    await harness.press(ANA, form, ActionId.TYPED, at=late, achievements="The audi")
    assert await draft_of(harness, workspace, Page.ANSWERS) is None
    assert fields(back.modal)["achievements"]["initial_value"] == "The audit"


async def test_starting_over_opens_the_page_again(harness: BotHarness):
    """Only the page's own draft is discarded, and what was saved is shown."""
    form = await harness.prep(ANA)
    await save(harness, ANA, form, achievements="The audit")
    form = await harness.prep(ANA)
    form = await go(harness, ANA, form, Page.STANDING, achievements="The relaunch")
    form = await go(harness, ANA, form, Page.ANSWERS, **{LEVEL: "strong"})
    between = (await harness.press(ANA, form, ActionId.DISCARD_DRAFT)).modal
    again = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert again["callback_id"] == Page.ANSWERS
    assert fields(again)["achievements"]["initial_value"] == "The audit"
    first = (await harness.command(ANA, "prep")).modal
    assert first["callback_id"] == Page.STANDING
    between = (await harness.press(ANA, first, ActionId.DISCARD_DRAFT)).modal
    again = (await harness.press(ANA, between, ActionId.OPEN_AFRESH)).modal
    assert again["callback_id"] == Page.STANDING
    assert "initial_option" not in fields(again)[LEVEL]


async def test_a_page_that_this_side_does_not_have_is_not_shown(harness: BotHarness, workspace: Any):
    """A made-up value of the menu is answered with a sentence: objectives are no page of a manager's."""
    form = await of_manager(harness, workspace, Page.STANDING)
    for value in (Page.OBJECTIVES, "prep_nothing", ""):
        body = harness._pressed(BEN, ActionId.GO_TO_PAGE, value, "page.prep_standing")
        outcome = await harness._interact(body | {"view": form | {"state": {"values": {}}}})
        assert "That page is not there any more." in outcome.refusal


# --- a modal of an older version -------------------------------------------------------------------------------------


def long_form(form: dict[str, Any]) -> dict[str, Any]:
    """The one long form that an older version showed, in front of a person who goes by the metadata of a page."""
    blocks = [
        kit.field(LEVEL, "Level", kit.radio([kit.option("Strong", "strong")])),
        kit.field("short.new0.text", "Objective", kit.text_input()),
        kit.field("questions_picked", "Pick", kit.checkboxes([kit.option("One", one.id) for one in asked_by_ana()])),
        kit.field("questions", "Your own questions", kit.text_input()),
        kit.field("achievements", "What went well", kit.text_input()),
        kit.field("shared", "Share", kit.checkboxes([kit.option(one, one) for one in ("objectives", "achievements")])),
    ]
    return form | {"callback_id": FormId.PREPARATION, "blocks": blocks}


def asked_by_ana() -> list[Any]:
    """Two questions of the bank that an employee asks."""
    return [one for one in BANK.questions if one.asker == "employee" and one.to == "manager"][:2]


LONG: dict[str, Any] = {
    LEVEL: "strong", "short__new0__text": "Pass the exam", "questions": "Who reviews my design?",
    "achievements": "The audit", "shared": ["objectives", "achievements"],
}  # fmt: skip


@pytest.mark.parametrize("how", ["submitted", "typed into and closed"])
async def test_a_long_form_of_an_older_version_becomes_drafts_of_the_pages(
    harness: BotHarness, workspace: Any, how: str
):
    """A modal opened before the deploy: a sentence says where everything is, nothing is saved, and nothing is lost."""
    form = long_form(await harness.prep(ANA))
    typed = LONG | {"questions_picked": [asked_by_ana()[0].id]}
    if how == "submitted":
        outcome = await harness.submit(ANA, form, **typed)
        assert outcome.faults() == []
        assert before_pages.MOVED in said(outcome.modal)
        first = (await harness.press(ANA, outcome.modal, Action.OPEN_PREPARATION)).modal
    else:
        await harness.press(ANA, form, ActionId.TYPED, **typed)
        first = (await harness.command(ANA, "prep")).modal
    async with harness.database.reading(harness.workspace_id) as store:
        assert not await store.preparations.of_discussion([workspace.discussion.pk])
    assert first["callback_id"] == Page.STANDING
    assert fields(first)[LEVEL]["initial_option"]["value"] == "strong"
    found = {
        page: fields(await go(harness, ANA, first, page)) for page in (Page.OBJECTIVES, Page.QUESTIONS, Page.ANSWERS)
    }
    assert found[Page.OBJECTIVES]["short.new0.text"]["initial_value"] == "Pass the exam"
    assert found[Page.OBJECTIVES]["share.objectives"]["initial_options"]
    assert found[Page.QUESTIONS][QUESTIONS]["initial_value"] == "Who reviews my design?"
    assert found[Page.QUESTIONS][f"{questions.ASK}{asked_by_ana()[0].id}"]["initial_options"]
    assert found[Page.ANSWERS]["achievements"]["initial_value"] == "The audit"
    assert found[Page.ANSWERS]["share.achievements"]["initial_options"]


# --- what the other side shared --------------------------------------------------------------------------------------


async def test_C10_what_the_other_side_shared_is_beside_the_answer_and_nothing_else_is(
    harness: BotHarness, workspace: Any
):
    """Each reads what the other shared on the same matter; private answers and the level are nowhere."""
    mine = {"achievements": "The <audit>", "share__achievements": ["ticked"], "challenges": "The noise"}
    await save(harness, ANA, await harness.prep(ANA), **mine)
    day = harness.now.date() + timedelta(days=1000)
    goal = {"long__new0__text": "Lead four people in Porto", "long__new0__date": day, "share__objectives": ["ticked"]}
    await save(harness, ANA, await harness.prep(ANA, Page.OBJECTIVES), **goal)
    first = (await harness.command(ANA, "prep")).modal
    await save(harness, ANA, first, **{LEVEL: "developing"})
    his = await of_manager(harness, workspace, Page.ANSWERS)
    assert "*Ana shared, on “What went well”:* The &lt;audit&gt;" in said(his)
    assert "Lead four people in Porto" in said(his)
    assert "The noise" not in said(his)
    assert "Developing" not in said(his)
    await save(harness, BEN, his, strengths="Calm", share__strengths=["ticked"], development_needs="Delegating")
    hers = said(await harness.prep(ANA))
    assert "*Ben shared, on “Key strengths”:* Calm" in hers
    assert "Delegating" not in hers


# --- what fits the person and the discussion -------------------------------------------------------------------------


async def test_C12_the_path_changes_the_suggestions_and_keeps_what_was_ticked(harness: BotHarness):
    """The path tells how clear it is; what is ticked stays on offer, and the other questions change."""
    form = await harness.prep(ANA, Page.QUESTIONS)
    before = [name for name in fields(form) if name.startswith(questions.ASK)]
    form = await go(harness, ANA, form, Page.DRIVES, **{before[3]: ["ticked"], QUESTIONS: "Who reviews my design?"})
    await save(harness, ANA, form, path_preference="explore")
    assert (await harness.person(ANA)).path_clarity == "unsure"
    shown = fields((await harness.command(ANA, "prep")).modal)
    now = [name for name in shown if name.startswith(questions.ASK)]
    assert now[0] == before[3]
    assert now != before
    assert shown[before[3]]["initial_options"]
    assert shown[QUESTIONS]["initial_value"] == "Who reviews my design?"


async def test_C12_a_preference_can_be_taken_back(harness: BotHarness):
    """“Rather not say” deletes what was saved."""
    await save(harness, ANA, (await harness.command(ANA, "prep")).modal, **{standing.FEEDBACK: "gentle"})
    assert (await harness.person(ANA)).feedback_style == "gentle"
    form = (await harness.command(ANA, "prep")).modal
    assert fields(form)[standing.FEEDBACK]["initial_option"]["value"] == "gentle"
    await save(harness, ANA, form, **{standing.FEEDBACK: standing.UNSAID})
    assert (await harness.person(ANA)).feedback_style is None


async def test_C14_both_share_one_set_and_it_orders_the_brief(harness: BotHarness, workspace: Any):
    """The manager chooses it and reads what to ask and listen for; the employee's page and brief follow."""
    form = await of_manager(harness, workspace, Page.QUESTIONS)
    chosen = await choose_set(harness, BEN, form, "aspiration-discussion")
    assert chosen.faults() == []
    assert "and what to listen for" in said(chosen.modal)
    mine = await harness.prep(ANA, Page.QUESTIONS)
    assert fields(mine)[questions.QUESTION_SET]["initial_option"]["value"] == "aspiration-discussion"
    brief = await harness.command(ANA, "brief")
    assert brief.faults() == []
    assert "You ask: Which level fits my work" in said(brief.modal)
    assert "Ben asks: " in said(brief.modal)
    await choose_set(harness, ANA, mine, standing.UNSAID)
    assert "Order of the discussion" not in said((await harness.command(ANA, "brief")).modal)


async def choose_set(harness: BotHarness, slack_id: str, form: dict[str, Any], value: str) -> Outcome:
    """Choose what kind of discussion it is to be, in the menu of that field."""
    body = harness._pressed(slack_id, ActionId.QUESTION_SET, value, questions.QUESTION_SET)
    body["actions"][0]["selected_option"] = {"value": value}
    del body["actions"][0]["value"]
    return await harness._interact(body | {"view": harness._with_state(form, {questions.QUESTION_SET: value})})


async def test_C7_what_was_written_last_time_stands_beside_and_past_records_are_a_press_away(
    harness: BotHarness, workspace: Any
):
    """Elif's manager reads his own answer of last time below the field, until it says the same; hers is not there."""
    async with harness.database.unit(harness.workspace_id) as store:
        both = [
            Preparation(
                pair_id=workspace.thanks.pk, discussion_id=workspace.held.pk, author_id=author.pk, side=side,
                submitted_at=harness.now,
            )
            for author, side in ((workspace.ben, Side.MANAGER), (workspace.elif_, Side.EMPLOYEE))
        ]  # fmt: skip
        await saved(store, *both)
        known = {"pair_id": workspace.thanks.pk, "answered_at": harness.now}
        await saved(
            store,
            *(
                Answer(preparation_id=one.pk, author_id=one.author_id, question=question, text=text, **known)
                for one, question, text in zip(both, ("strengths", "achievements"), ("Calm <1>", "Hers"), strict=True)
            ),
        )
    first = (await harness.press_in_home("U0BEN", Action.OPEN_PREPARATION, workspace.thanks.pk)).modal
    answers = (await harness.press("U0BEN", first, ActionId.GO_TO_PAGE, Page.ANSWERS)).modal
    assert "*Last time you wrote:* Calm &lt;1&gt;" in said(answers)
    assert "Hers" not in said(answers)
    records = await harness.press("U0BEN", answers, ActionId.OPEN_RECORDS)
    assert records.modal["callback_id"] == FormId.RECORDS
    await harness.submit("U0BEN", answers, strengths="Calm <1>")
    again = (await harness.press("U0BEN", first, ActionId.GO_TO_PAGE, Page.ANSWERS)).modal
    assert "Last time you wrote" not in said(again)


async def test_L1_the_five_answers_are_shared_one_by_one(harness: BotHarness, workspace: Any):
    """The manager writes five and shares one: the employee's brief has that one and no other, for their own pair."""
    answers = {
        "potential": "Regional lead", "what_it_takes": "A year with a team", "strengths": "Calm with customers",
        "development_needs": "Delegating", "next_assignment": "The renewal, from October",
    }  # fmt: skip
    page = await of_manager(harness, workspace, Page.ANSWERS)
    assert answers.keys() <= fields(page).keys()
    summary = (await harness.submit(BEN, page, share__strengths=["ticked"], **answers)).modal
    assert "Ana can read: Key strengths" in said(summary)
    brief = said((await harness.command(ANA, "brief")).modal)
    assert {key for key, text in answers.items() if text in brief} == {"strengths"}
    other = (await harness.press_in_message(BEN, Action.OPEN_PREPARATION, workspace.past.pk)).modal
    assert "Calm with customers" not in said(await go(harness, BEN, other, Page.ANSWERS))


async def test_L4_the_aspiration_set_asks_for_eight_things(harness: BotHarness, workspace: Any):
    """Chosen by the manager, it lists what to hear from the employee."""
    asked_by_manager = [
        BANK.by_id[entry.question]
        for entry in BANK.set_by_id["aspiration-discussion"].entries
        if BANK.by_id[entry.question].asker is Asker.MANAGER
    ]
    assert len(asked_by_manager) >= 8
    form = await of_manager(harness, workspace, Page.QUESTIONS)
    shown = said((await choose_set(harness, BEN, form, "aspiration-discussion")).modal)
    assert [one.id for one in asked_by_manager if one.text not in shown] == []
