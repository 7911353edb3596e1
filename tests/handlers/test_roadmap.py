"""The roadmap, its objectives and skill gaps, as signed requests (practices C3, E7, E8, E14, M2, M3, M6, M7, M9)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cycle.nudges import Action
from cycle.preparations import Page
from cycle.updates import ASKS
from handlers.shared.ids import ActionId, FormId
from storage.gaps import GapState
from storage.objectives import Development, Objective, ObjectiveState
from storage.updates import UpdateKind
from tests.handlers.conftest import NOW, TODAY
from tests.support.builders import LONG_AGO, saved
from tests.support.harness import BotHarness, Outcome
from tests.support.roadmaps import with_roadmap
from tests.support.views import fields, said

ANA, BEN, CHIYO = "U0ANA", "U0BEN", "U0CHIYO"
IN_A_YEAR, LATER = TODAY + timedelta(days=300), TODAY + timedelta(days=1000)


async def set_objectives(harness: BotHarness, workspace: Any, *, shared: bool = True) -> tuple[int, int]:
    """Ana has a short-term objective and a longer-term one. Returns their keys."""
    keys = await with_roadmap(harness, workspace, shared=shared, only_objectives=True)
    return keys.short, keys.longer


async def roadmap_of(harness: BotHarness, who: str, workspace: Any) -> dict[str, Any]:
    """The roadmap of Ana and Ben, opened from the menu of the App Home."""
    outcome = await harness.press_in_home(who, ActionId.PAIR_MENU, f"roadmap:{workspace.two.pk}")
    assert outcome.faults() == []
    return outcome.modal


async def opened(harness: BotHarness, who: str, key: int) -> dict[str, Any]:
    """An objective, opened with its button."""
    outcome = await harness.press_in_home(who, ActionId.OPEN_OBJECTIVE, key)
    assert outcome.faults() == []
    return outcome.modal


async def brief_of(harness: BotHarness, who: str, workspace: Any) -> dict[str, Any]:
    """The brief of their coming discussion."""
    return (await harness.press_in_home(who, ActionId.PAIR_MENU, f"brief:{workspace.discussion.pk}")).modal


async def everything(harness: BotHarness, workspace: Any) -> Sequence[Objective]:
    """Every objective that there ever was."""
    async with harness.database.reading(harness.workspace_id) as store:
        return await store.objectives.current_between(workspace.two.pk, LONG_AGO, harness.now)


def refusals(outcome: Outcome) -> dict[str, str]:
    """What is said beside the fields."""
    return dict(outcome.answer["errors"])


async def test_M9_C3_a_short_term_objective_leads_to_a_longer_one(harness: BotHarness, workspace: Any):
    """The roadmap points an orphan out; once it is linked, it stands below the one that it leads to."""
    short, longer = await set_objectives(harness, workspace)
    roadmap = (await harness.command(ANA, "roadmap")).modal
    assert "Which longer-term objective does it lead to?" in said(roadmap)
    form = await opened(harness, ANA, short)
    saved_form = await harness.submit(ANA, form, leads_to=str(longer))
    assert "Saved." in said(saved_form.modal)
    roadmap = (await harness.command(ANA, "roadmap")).modal
    assert "Which longer-term" not in said(roadmap)
    tree = [block["text"]["text"] for block in roadmap["blocks"] if block["type"] == "section"][:2]
    assert tree[0].startswith("*Lead the night shift*")
    assert tree[1].startswith("↳ *Pass the &lt;trainer&gt; exam*")
    assert "Leads to: Lead the night shift" in said(await opened(harness, BEN, short))


async def test_M9_a_link_that_makes_no_sense_is_refused_beside_the_field(harness: BotHarness, workspace: Any):
    """Only what makes sense is offered; what changed while the form was open gets a sentence, and nothing changes."""
    short, longer = await set_objectives(harness, workspace)
    async with harness.database.unit(harness.workspace_id) as store:
        one = await store.objectives.get(longer)
        later = Objective(**(one.model_dump(exclude={"id"}) | {"text": "Lead the site"}))
        later.target_on = LATER + timedelta(days=400)
        await saved(store, later)
    form = await opened(harness, ANA, short)
    assert [option["value"] for option in fields(form)["leads_to"]["options"]] == ["0", str(longer), str(later.pk)]
    lower, higher = await opened(harness, ANA, longer), await opened(harness, ANA, short)
    await harness.submit(ANA, lower, leads_to=str(later.pk))
    assert "leads_to" not in fields(await opened(harness, ANA, later.pk))
    async with harness.database.unit(harness.workspace_id) as store:
        (await store.objectives.get(later.pk)).state = ObjectiveState.DROPPED
        (await store.objectives.get(longer)).target_on = TODAY + timedelta(days=200)
    assert "no longer there" in refusals(await harness.submit(ANA, higher, leads_to=str(later.pk)))["leads_to"]
    assert "has an earlier date" in refusals(await harness.submit(ANA, higher, leads_to=str(longer)))["leads_to"]
    assert {one.leads_to_id for one in await everything(harness, workspace) if one.pk == short} == {None}


async def test_C15_M6_benchmarks_show_how_far_an_objective_is(harness: BotHarness, workspace: Any):
    """Added one after the other, marked as reached, taken back, removed; both see the progress."""
    short, _ = await set_objectives(harness, workspace)
    form = await opened(harness, ANA, short)
    first = await harness.submit(
        ANA, form, benchmark0__text="Two practice runs", benchmark0__date=TODAY + timedelta(days=30)
    )
    second = await harness.submit(ANA, first.modal, benchmark1__text="Feedback from Chiyo")
    await harness.send_again()
    assert "0 of 2 benchmarks reached" in said(second.modal)
    async with harness.database.reading(harness.workspace_id) as store:
        runs, feedback = await store.objectives.benchmarks([short])
    reached = await harness.press(ANA, second.modal, ActionId.BENCHMARK_MENU, f"reached:{runs.pk}")
    assert "▰▱ 1 of 2 benchmarks reached" in said(reached.modal)
    assert "1 of 2 benchmarks reached" in said(await roadmap_of(harness, BEN, workspace))
    assert "1 of 2 benchmarks reached" in said(await brief_of(harness, BEN, workspace))
    back = await harness.press(ANA, reached.modal, ActionId.BENCHMARK_MENU, f"not_reached:{runs.pk}")
    assert "0 of 2" in said(back.modal)
    fewer = await harness.press(ANA, back.modal, ActionId.BENCHMARK_MENU, f"remove:{feedback.pk}")
    assert "0 of 1 benchmark reached" in said(fewer.modal)
    late = await harness.press(ANA, back.modal, ActionId.BENCHMARK_MENU, f"reached:{feedback.pk}")
    assert late.refusal


async def test_M6_what_is_wrong_with_a_benchmark_is_said_beside_it(harness: BotHarness, workspace: Any):
    """A date alone, a day that has passed, one after the objective's, too many words; what was typed is kept."""
    short, _ = await set_objectives(harness, workspace)
    form = await opened(harness, ANA, short)
    for typed, sentence in (
        ({"benchmark0__date": IN_A_YEAR}, "This date has no benchmark yet."),
        ({"benchmark0__text": "x", "benchmark0__date": TODAY - timedelta(days=1)}, "That day has passed."),
        ({"benchmark0__text": "x", "benchmark0__date": LATER}, "That is after the objective's own date"),
        ({"benchmark0__text": "x" * 301}, "That is 301 characters. Please keep it within 300."),
    ):
        assert sentence in refusals(await harness.submit(ANA, form, **typed))["benchmark0.text"]
    again = await opened(harness, ANA, short)
    assert fields(again)["benchmark0.text"]["initial_value"] == "x" * 300


async def test_M7_an_objective_fits_one_of_the_team_or_is_personal(harness: BotHarness, workspace: Any):
    """The manager lists them; the report chooses; one that is no longer listed is still named where it was chosen."""
    short, longer = await set_objectives(harness, workspace)
    listed = (await harness.command(BEN, "team")).modal
    listed = (await harness.submit(BEN, listed, new0__text="Halve <the> waiting times")).modal
    listed = (await harness.submit(BEN, listed, new1__text="Train twelve people")).modal
    async with harness.database.reading(harness.workspace_id) as store:
        halve, _train = await store.team_objectives.listed_by(workspace.ben.pk)
    form = await opened(harness, ANA, short)
    assert [option["text"]["text"] for option in fields(form)["fits"]["options"]] == [
        "Not said", "Personal", "Halve <the> waiting times", "Train twelve people",
    ]  # fmt: skip
    await harness.submit(ANA, form, fits=str(halve.pk))
    await harness.submit(ANA, await opened(harness, ANA, longer), fits="personal")
    assert "fits “Halve &lt;the&gt; waiting times”" in said(await roadmap_of(harness, BEN, workspace))
    assert "personal" in said(await roadmap_of(harness, ANA, workspace))
    refused = await harness.submit(BEN, listed, **{f"listed{halve.pk}__text": "train TWELVE people"})
    assert "This one is listed twice." in refusals(refused).values()
    other = await opened(harness, ANA, longer)
    await harness.submit(BEN, listed, **{f"listed{halve.pk}__text": " "})
    assert "fits “Halve" in said(await roadmap_of(harness, ANA, workspace))
    form = await opened(harness, ANA, short)
    assert fields(form)["fits"]["initial_option"]["description"]["text"] == "No longer listed"
    assert (await harness.submit(ANA, form)).answer.get("errors") is None
    assert "no longer listed" in refusals(await harness.submit(ANA, other, fits=str(halve.pk)))["fits"]


async def test_M7_an_admin_lists_for_everyone_and_someone_without_reports_lists_nothing(
    harness: BotHarness, workspace: Any
):
    """Slack says who is an admin; others without a report are told who lists team objectives."""
    assert "listed by managers and by admins" in (await harness.command(ANA, "team")).refusal
    harness.directory.profiles[CHIYO] = replace(harness.directory.profiles[CHIYO], is_admin=True)
    await harness.home_opened(CHIYO)
    form = (await harness.command(CHIYO, "team")).modal
    assert "Everyone in this workspace" in said(form)
    await harness.submit(CHIYO, form, new0__text="Open the second site")
    short, _ = await set_objectives(harness, workspace)
    assert "Open the second site" in str(fields(await opened(harness, ANA, short))["fits"])


async def test_M3_promotion_is_one_way_of_eight_to_develop(harness: BotHarness, workspace: Any):
    """An objective has none of them or one, whichever, and the manager reads which."""
    short, _ = await set_objectives(harness, workspace)
    form = await opened(harness, ANA, short)
    assert {one["value"] for one in fields(form)["development"]["options"]} == {*Development, "none"}
    assert len(Development) == 8
    for way, words in ((Development.COURSE, "a course"), (Development.JOB_SHADOWING, "shadowing")):
        await harness.submit(ANA, await opened(harness, ANA, short), development=way)
        assert words in said(await roadmap_of(harness, BEN, workspace))


async def test_E8_support_is_asked_for_and_agreed_to(harness: BotHarness, workspace: Any):
    """The employee asks, the manager agrees or says what they can do; another question takes the answer back."""
    short, _ = await set_objectives(harness, workspace)
    form = await opened(harness, ANA, short)
    asked = await harness.submit(ANA, form, support="Two free afternoons")
    theirs = await opened(harness, BEN, short)
    assert "Two free afternoons" in said(theirs)
    assert fields(theirs)["support"]["initial_value"] == "Two free afternoons"
    too_long = refusals(await harness.submit(BEN, theirs, support="x" * 501))
    assert too_long == {"support": "That is 501 characters. Please keep it within 500."}
    assert (await harness.submit(BEN, theirs, support="One free afternoon")).faults() == []
    assert "Ben agreed to this support:\\n> One free afternoon" in said(await opened(harness, ANA, short))
    await harness.submit(BEN, await opened(harness, BEN, short), support="Two free afternoons")
    assert "Ben agreed to the support below." in said(await opened(harness, ANA, short))
    await harness.submit(ANA, asked.modal, support="Three free afternoons")
    assert "agreed" not in said(await opened(harness, ANA, short))
    assert "Three free afternoons" in said(await brief_of(harness, BEN, workspace))


async def test_M2_C13_objectives_are_kept_changed_or_dropped_and_what_hangs_on_them_stays(
    harness: BotHarness, workspace: Any
):
    """A changed one takes its benchmarks, its link and its thread along; the old row stays, and says when."""
    short, longer = await set_objectives(harness, workspace)
    form = await opened(harness, ANA, short)
    await harness.submit(ANA, form, leads_to=str(longer), benchmark0__text="Two practice runs")
    thread = await harness.press(ANA, form, Action.OPEN_OBJECTIVE_UPDATES, short)
    await harness.submit(ANA, thread.modal, text="Whom should I ask?", **{ASKS: ["ticked"]})
    page = (await harness.press(ANA, form, ActionId.CHANGE_OBJECTIVES, workspace.two.pk)).modal
    assert page["callback_id"] == FormId.PREP_OBJECTIVES
    assert "keep, change or drop" in said(page)
    changed = {f"short__{short}__text": "Pass the trainer exam at once", f"long__{longer}__text": ""}
    assert (await harness.submit(ANA, page, **changed)).faults() == []
    rows = {one.pk: one for one in await everything(harness, workspace)}
    new = next(one for one in rows.values() if one.replaces_id == short)
    assert (rows[short].state, rows[longer].state) == (ObjectiveState.CHANGED, ObjectiveState.DROPPED)
    assert rows[short].settled_at == rows[longer].settled_at == NOW
    async with harness.database.reading(harness.workspace_id) as store:
        assert [one.text for one in await store.objectives.benchmarks([new.pk])] == ["Two practice runs"]
        assert [one.text for one in await store.updates.about_objective(new.pk)] == ["Whom should I ask?"]
    assert "changed since" in (await harness.press_in_home(ANA, ActionId.OPEN_OBJECTIVE, short)).refusal
    assert "dropped since" in (await harness.press_in_home(ANA, ActionId.OPEN_OBJECTIVE, longer)).refusal


async def test_E14_guidance_on_an_objective_comes_back_as_a_message(harness: BotHarness, workspace: Any):
    """The question reaches the other side without the objective's words; taken back, it waits for no answer."""
    short, longer = await set_objectives(harness, workspace)
    form = await opened(harness, ANA, short)
    thread = (await harness.press(ANA, form, Action.OPEN_OBJECTIVE_UPDATES, short)).modal
    sent = await harness.submit(ANA, thread, text="Whom should I ask?", **{ASKS: ["ticked"]})
    assert "Ben gets your question" in said(sent.modal)
    assert "Ana asks for your guidance on an objective." in said((await harness.home_opened(BEN)).views[-1][1])
    answering = (await harness.press_in_message(BEN, Action.OPEN_OBJECTIVE_UPDATES, short)).modal
    assert "Whom should I ask?" in said(answering)
    await harness.submit(BEN, answering, text="Chiyo knows.")
    async with harness.database.reading(harness.workspace_id) as store:
        written = await store.updates.about_objective(short)
    assert [(one.kind, one.waits) for one in written] == [(UpdateKind.QUESTION, False), (UpdateKind.ANSWER, False)]
    assert "Write to Ben (2)" in said(await opened(harness, ANA, short))
    other = (await harness.press(BEN, await opened(harness, BEN, longer), Action.OPEN_OBJECTIVE_UPDATES, longer)).modal
    await harness.submit(BEN, other, text="Still?", **{ASKS: ["ticked"]})
    page = await harness.prep(ANA, Page.OBJECTIVES)
    await harness.submit(ANA, page, **{"share.objectives": []})
    async with harness.database.reading(harness.workspace_id) as store:
        assert not any(one.waits for one in await store.updates.about_objective(longer))
    assert (await harness.press_in_message(BEN, Action.OPEN_OBJECTIVE_UPDATES, longer)).refusal
    assert (
        "Share it in your preparation first"
        in (await harness.press_in_message(ANA, Action.OPEN_OBJECTIVE_UPDATES, longer)).refusal
    )


async def test_C3_an_objective_that_is_reached_is_shown_as_reached(harness: BotHarness, workspace: Any):
    """Pressed once, it stays on the roadmap below the others for half a year; it can be taken back."""
    short, _ = await set_objectives(harness, workspace)
    reached = await harness.press(ANA, await opened(harness, ANA, short), ActionId.REACHED, short)
    assert "Reached. Well worth telling" in said(reached.modal)
    assert "• Pass the &lt;trainer&gt; exam" in said(await roadmap_of(harness, BEN, workspace))
    again = await harness.press_in_home(ANA, ActionId.REACHED, short)
    assert "changed since" in again.refusal
    back = await harness.press(ANA, reached.modal, ActionId.NOT_REACHED, short)
    assert "It is open again." in said(back.modal)
    assert "• Pass" not in said(await roadmap_of(harness, BEN, workspace))
    harness.now = NOW + timedelta(days=200)
    await harness.press(ANA, back.modal, ActionId.REACHED, short)
    harness.now += timedelta(days=184)
    assert "• Pass" not in said(await roadmap_of(harness, BEN, workspace))


async def test_C5_E7_a_skill_gap_has_a_way_to_close_it(harness: BotHarness, workspace: Any):
    """The employee names one for themselves, shares it, both word the next step; closed, it counts as reached."""
    roadmap = (await harness.command(ANA, "roadmap")).modal
    form = (await harness.press(ANA, roadmap, ActionId.ADD_GAP, workspace.two.pk)).modal
    assert refusals(await harness.submit(ANA, form, skill=" ")) == {"skill": "Which skill or knowledge is it about?"}
    assert "That is 151 characters." in refusals(await harness.submit(ANA, form, skill="x" * 151))["skill"]
    await harness.submit(ANA, form, skill="Rostering", development=Development.JOB_SHADOWING)
    await harness.send_again()
    async with harness.database.reading(harness.workspace_id) as store:
        (gap,) = await store.gaps.all_of(workspace.two.pk)
    assert "Rostering" not in said(await roadmap_of(harness, BEN, workspace))
    assert (await harness.press_in_home(BEN, ActionId.OPEN_GAP, gap.pk)).refusal
    mine = (await harness.press_in_home(ANA, ActionId.OPEN_GAP, gap.pk)).modal
    await harness.submit(ANA, mine, shared=["ticked"])
    theirs = (await harness.press_in_home(BEN, ActionId.OPEN_GAP, gap.pk)).modal
    await harness.submit(BEN, theirs, way="Two days beside Chiyo in March")
    roadmap = (await harness.command(ANA, "roadmap")).modal
    assert "Job shadowing · Two days beside Chiyo in March" in said(roadmap)
    async with harness.database.reading(harness.workspace_id) as store:
        before, after = await store.gaps.all_of(workspace.two.pk)
    assert (before.state, after.replaces_id, after.author_id) == (GapState.CHANGED, gap.pk, workspace.ana.pk)
    assert "changed or closed since" in (await harness.press_in_home(ANA, ActionId.OPEN_GAP, gap.pk)).refusal
    assert (await harness.press_in_home(BEN, ActionId.CLOSE_GAP, after.pk)).refusal
    mine = (await harness.press_in_home(ANA, ActionId.OPEN_GAP, after.pk)).modal
    closed = await harness.press(ANA, mine, ActionId.CLOSE_GAP, after.pk)
    assert "Closed: “Rostering”" in said(closed.modal)
    assert "• Rostering" in said(await roadmap_of(harness, BEN, workspace))


async def test_E7_what_a_manager_names_is_read_by_both(harness: BotHarness, workspace: Any):
    """A gap that the manager names is shared at once; the employee may take it off the roadmap."""
    roadmap = await roadmap_of(harness, BEN, workspace)
    assert "U0ANA" not in said(roadmap)
    form = await harness.press(BEN, roadmap, ActionId.ADD_GAP, workspace.two.pk)
    assert "Which skill or knowledge would Ana gain from?" in said(form.modal)
    await harness.submit(BEN, form.modal, skill="Budgets")
    mine = (await harness.command(ANA, "roadmap")).modal
    assert "*Budgets*" in said(mine)
    async with harness.database.reading(harness.workspace_id) as store:
        (gap,) = await store.gaps.all_of(workspace.two.pk)
    shown = (await harness.press(ANA, mine, ActionId.OPEN_GAP, gap.pk)).modal
    removed = await harness.press(ANA, shown, ActionId.DROP_GAP, gap.pk)
    assert "Removed: “Budgets”." in said(removed.modal)
    assert "Budgets" not in said(await roadmap_of(harness, BEN, workspace))


@pytest.mark.parametrize("shared", [True, False])
async def test_C10_the_manager_sees_and_changes_only_what_is_shared(
    harness: BotHarness, workspace: Any, *, shared: bool
):
    """Unshared objectives are not there at all; the manager never changes the owner's part of a shared one."""
    short, longer = await set_objectives(harness, workspace, shared=shared)
    mine = await opened(harness, ANA, short)
    with_benchmark = await harness.submit(ANA, mine, benchmark0__text="Two practice runs")
    async with harness.database.reading(harness.workspace_id) as store:
        (benchmark,) = await store.objectives.benchmarks([short])
    theirs = await roadmap_of(harness, BEN, workspace)
    assert ("Pass the" in said(theirs)) is shared
    assert bool((await harness.press_in_home(BEN, ActionId.OPEN_OBJECTIVE, short)).refusal) is not shared
    for does, key in (
        (ActionId.REACHED, short),
        (ActionId.BENCHMARK_MENU, f"reached:{benchmark.pk}"),
        (ActionId.BENCHMARK_MENU, f"remove:{benchmark.pk}"),
    ):
        assert (await harness.press(BEN, with_benchmark.modal, does, key)).refusal
    await harness.submit(BEN, mine, leads_to=str(longer), support="Mine now", benchmark0__text="Another")
    one = next(one for one in await everything(harness, workspace) if one.pk == short)
    assert (one.leads_to_id, one.support_asked, one.state) == (None, None, ObjectiveState.CURRENT)
    async with harness.database.reading(harness.workspace_id) as store:
        assert [one.text for one in await store.objectives.benchmarks([short])] == ["Two practice runs"]


async def test_C3_what_lies_below_is_drawn_anew(sqlite_harness: BotHarness, workspace: Any):
    """Saved on top of the roadmap or of the guide, a change shows there; on top of something else nothing is drawn."""
    harness, keys = sqlite_harness, await with_roadmap(sqlite_harness, workspace)
    roadmap = await roadmap_of(harness, ANA, workspace) | {"id": "V1"}
    guide = (await harness.press_in_home(ANA, Action.OPEN_GUIDE, workspace.discussion.pk)).modal
    guide = (await harness.press(ANA, guide, ActionId.GO_TO_PART, "objectives")).modal | {"id": "V1"}
    commitments = (await harness.command(ANA, "commitments")).modal | {"id": "V1"}
    for below, drawn in ((roadmap, FormId.ROADMAP), (guide, FormId.GUIDE)):
        on_top = (await harness.press(ANA, below, ActionId.OPEN_OBJECTIVE, keys.short)).modal
        saved_form = await harness.submit(
            ANA, on_top | {"previous_view_id": "V1", "root_view_id": "V1"}, support="Time"
        )
        updated = [body for method, body in saved_form.calls if method == "views.update"]
        assert [body["view_id"] for body in updated] == ["V1"]
        assert drawn in [view["callback_id"] for _, view in saved_form.views]
    set_anew = (await harness.press(ANA, roadmap, ActionId.CHANGE_OBJECTIVES)).modal
    on_roadmap = set_anew | {"previous_view_id": "V1", "root_view_id": "V1"}
    outcome = await harness.submit(ANA, on_roadmap, **{f"short__{keys.short}__text": "Pass both exams"})
    assert "Pass both exams" in str([body for method, body in outcome.calls if method == "views.update"])
    thread = (await harness.press_in_home(ANA, ActionId.OPEN_GAP, keys.gap)).modal
    elsewhere = thread | {"previous_view_id": commitments["id"], "root_view_id": "V1"}
    outcome = await harness.submit(ANA, elsewhere, way="Ask Dev")
    assert [method for method, _ in outcome.calls if method == "views.update"] == []
    assert "Saved: “Rostering”." in said(outcome.modal)


async def test_C3_an_empty_roadmap_says_how_to_begin(harness: BotHarness, workspace: Any):
    """Both sides, before anything is there."""
    assert "One for the next year and one for later" in said(await roadmap_of(harness, ANA, workspace))
    assert "Ana decides which ones to share." in said(await roadmap_of(harness, BEN, workspace))


async def test_E7_M3_a_wrap_up_leads_to_the_skill_gaps_agreed_on(harness: BotHarness, workspace: Any):
    """Right after wrapping up, a gap is named with the way to close it, on top of what was agreed."""
    first = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(BEN, first, ActionId.HAPPENED, happened="yes")).modal
    done = (await harness.submit(BEN, form, no_commitments=["ticked"], next_later=["ticked"])).modal
    gap = (await harness.press(BEN, done, ActionId.ADD_GAP)).modal
    saved_gap = await harness.submit(BEN, gap, skill="Budgets", development=Development.MENTORING)
    assert "Saved: “Budgets”." in said(saved_gap.modal)
    async with harness.database.reading(harness.workspace_id) as store:
        (named,) = await store.gaps.all_of(workspace.past.pk)
    assert (named.skill, named.development, named.shared) == ("Budgets", Development.MENTORING, True)
