"""What Slack sends twice, or a person presses twice, has its effect once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog

from cycle.nudges import Action
from cycle.preparations import Page
from handlers.forms import FORMS
from handlers.shared.ids import ActionId
from handlers.views.start import SIDE
from storage.opportunities import OpportunityKind
from storage.pairs import Side
from tests.handlers.test_listeners import sent
from tests.support.builders import MADRID, TOKYO, at
from tests.support.harness import BotHarness, Outcome
from tests.support.roadmaps import with_roadmap

ANA, BEN, CHIYO, DEV, ELIF, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0GUS"
THEN = at(MADRID, 2026, 12, 15, 11)
# What a request may change besides its effect: what is remembered of requests, drafts and people.
BESIDES = {"processedrequest", "draft", "person"}

Submission = Callable[[], Awaitable[Outcome]]
Rows = dict[str, list[Any]]


async def saved(harness: BotHarness) -> Rows:
    """Every row that the effect of a request may touch."""
    return await harness.rows(besides=BESIDES)


def counted(rows: Rows) -> Counter[str]:
    """How many rows there are of each noun but nudges, and how many rounds of dates."""
    counts = Counter({table: len(found) for table, found in rows.items() if table != "nudge"})
    counts["rounds"] = sum(row.round for row in rows["discussion"])
    return counts


# --- every form ------------------------------------------------------------------------------------------------------


def submitting(harness: BotHarness, who: str, form: dict[str, Any], **typed: Any) -> Submission:
    """The submission of a modal, as often as it is called."""
    return lambda: harness.submit(who, form, **typed)


async def ask(harness: BotHarness, _: Any) -> Submission:
    """Gus asks Ben to be his manager."""
    form = (await harness.command(GUS, "start")).modal
    return submitting(harness, GUS, form, **{SIDE: Side.EMPLOYEE, "other": BEN})


async def decline(harness: BotHarness, workspace: Any) -> Submission:
    """Ana says no to Chiyo."""
    form = (await harness.press_in_message(ANA, Action.DECLINE_PAIR, workspace.asked.pk)).modal
    return submitting(harness, ANA, form, reason="I lead another team now")


def prepare(page: Page, **typed: Any) -> Callable[[BotHarness, Any], Awaitable[Submission]]:
    """Ana prepares: a page of it."""

    async def submission(harness: BotHarness, _: Any) -> Submission:
        return submitting(harness, ANA, await harness.prep(ANA, page), **typed)

    return submission


async def set_objective(harness: BotHarness, _: Any) -> Submission:
    """Ana prepares: an objective."""
    day = harness.now.date() + timedelta(days=250)
    goal = {"short__new0__text": "Give three talks at the regional meetings", "short__new0__date": day}
    return submitting(harness, ANA, await harness.prep(ANA, Page.OBJECTIVES), **goal)


async def move(harness: BotHarness, _: Any) -> Submission:
    """Ana moves the date."""
    return submitting(harness, ANA, (await harness.command(ANA, "schedule")).modal, starts_at=THEN)


async def cancel(harness: BotHarness, _: Any) -> Submission:
    """Ana cancels the date."""
    form = (await harness.press(ANA, (await harness.command(ANA, "schedule")).modal, ActionId.OPEN_CANCEL)).modal
    return submitting(harness, ANA, form, reason="Ben is away")


async def propose(harness: BotHarness, _: Any) -> Submission:
    """Ana proposes two items."""
    return submitting(harness, ANA, (await harness.command(ANA, "agenda")).modal, new_items="My course\nMy week")


async def reword(harness: BotHarness, workspace: Any) -> Submission:
    """Ben rewords an item of Ana's."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"amend:{workspace.items[0].pk}")).modal
    return submitting(harness, BEN, form, text="Item 0, but sooner")


async def counter(harness: BotHarness, workspace: Any) -> Submission:
    """Ben suggests other words for an item of Ana's."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"counter:{workspace.items[0].pk}")).modal
    return submitting(harness, BEN, form, text="Item 0, but sooner")


async def set_working_time(harness: BotHarness, _: Any) -> Submission:
    """Ana doesn't work on Fridays."""
    return submitting(harness, ANA, (await harness.command(ANA, "settings")).modal, weekdays="0123")


async def set_workspace_days(harness: BotHarness, _: Any) -> Submission:
    """Ben, an admin, closes the workspace for a day."""
    harness.directory.profiles[BEN] = replace(harness.directory.profiles[BEN], is_admin=True)
    await harness.home_opened(BEN)
    settings = (await harness.command(BEN, "settings")).modal
    form = (await harness.press(BEN, settings, ActionId.OPEN_WORKSPACE_DAYS)).modal
    return submitting(harness, BEN, form, closed_from=harness.now.date() + timedelta(days=30))


async def set_notices(harness: BotHarness, _: Any) -> Submission:
    """Ana wants fewer messages."""
    settings = (await harness.command(ANA, "settings")).modal
    return submitting(harness, ANA, (await harness.press(ANA, settings, ActionId.OPEN_NOTICES)).modal, pace="weekly")


async def wrap_up(harness: BotHarness, workspace: Any) -> Submission:
    """Dev wraps up with a commitment."""
    first = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(DEV, first, ActionId.HAPPENED, happened="yes")).modal
    typed = {"commitment__0__text": "Draft a plan", "commitment__0__due_on": harness.now.date() + timedelta(days=9)}
    return submitting(harness, DEV, form, happened="yes", next_later=["ticked"], **typed)


async def find_another_time(harness: BotHarness, workspace: Any) -> Submission:
    """Dev says that it did not take place, and moves it."""
    first = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(DEV, first, ActionId.HAPPENED, happened="no")).modal
    return submitting(harness, DEV, form, happened="no", starts_at=THEN)


async def thank(harness: BotHarness, workspace: Any) -> Submission:
    """Elif sends her note."""
    return submitting(
        harness, ELIF, (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    )


async def add(harness: BotHarness, workspace: Any) -> Submission:
    """Ana adds a commitment of her own."""
    form = (await harness.press_in_home(ANA, Action.OPEN_COMMITMENTS, workspace.two.pk)).modal
    day = harness.now.date() + timedelta(days=7)
    return submitting(harness, ANA, form, mine0__text="Call HR", mine0__due_on=day)


async def ask_change(harness: BotHarness, workspace: Any) -> Submission:
    """Ana asks for another date of a commitment."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    return submitting(harness, ANA, form, due_on=harness.now.date() + timedelta(days=40), reason="The audit")


async def write(harness: BotHarness, workspace: Any) -> Submission:
    """Ana writes about a commitment."""
    form = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, workspace.commitments[3].pk)).modal
    return submitting(harness, ANA, form, text="Half done")


async def note_down(harness: BotHarness, _: Any) -> Submission:
    """Ana notes an achievement down."""
    return submitting(harness, ANA, (await harness.command(ANA, "win")).modal, new0__text="The audit")


SAVING_NOTHING = {"preparing.sharing.submit", "preparing.before_pages.submit", "export.submit"}
"""The submission of what has nothing to fill in, the one that turns a form of an older version into drafts, and the one
that sends files: `test_export` submits that one twice."""


# Every submission, with the rows that it adds and the rounds of dates that it begins.
async def write_about_objective(harness: BotHarness, workspace: Any) -> Submission:
    """Ana writes about an objective."""
    keys = await with_roadmap(harness, workspace)
    form = (await harness.press_in_message(ANA, Action.OPEN_OBJECTIVE_UPDATES, keys.short)).modal
    return submitting(harness, ANA, form, text="Half done.")


async def add_benchmark(harness: BotHarness, workspace: Any) -> Submission:
    """Ana adds a benchmark to an objective."""
    keys = await with_roadmap(harness, workspace)
    form = (await harness.press_in_home(ANA, ActionId.OPEN_OBJECTIVE, keys.short)).modal
    return submitting(harness, ANA, form, benchmark0__text="Feedback from Chiyo")


async def ask_to_meet(harness: BotHarness, _: Any) -> Submission:
    """Elif asks Ben to meet."""
    return submitting(harness, ELIF, (await harness.command(ELIF, "ask")).modal)


async def answer_meeting(harness: BotHarness, workspace: Any) -> Submission:
    """Ben says that it does not suit now."""
    await (await ask_to_meet(harness, workspace))()
    async with harness.database.reading(harness.workspace_id) as store:
        (request,) = await store.meeting_requests.of_discussions([workspace.next.pk])
    form = (await harness.press_in_message(BEN, Action.ANSWER_MEETING, request.pk)).modal
    return submitting(harness, BEN, form, answer="not_now", reason="Year end")


async def respond(harness: BotHarness, workspace: Any) -> Submission:
    """Ana responds to how Ben sees her."""
    await harness.submit(ANA, await harness.prep(ANA, Page.STANDING), level="strong")
    ben = (await harness.press_in_home(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    await harness.submit(BEN, ben, level="developing")
    form = (await harness.press_in_home(ANA, Action.OPEN_GUIDE, workspace.discussion.pk)).modal
    return submitting(harness, ANA, form, response="I led two audits alone.")


async def name_gap(harness: BotHarness, workspace: Any) -> Submission:
    """Ana names a skill gap."""
    form = (await harness.press_in_home(ANA, ActionId.ADD_GAP, workspace.two.pk)).modal
    return submitting(harness, ANA, form, skill="Rostering")


async def list_team_objective(harness: BotHarness, _: Any) -> Submission:
    """Ben lists a team objective."""
    return submitting(harness, BEN, (await harness.command(BEN, "team")).modal, new0__text="Halve the waiting times")


async def remind_on(harness: BotHarness, workspace: Any) -> Submission:
    """Ana would rather be reminded on Thursday."""
    form = (await harness.press_in_message(ANA, Action.REMIND_ON, await sent(harness, workspace))).modal
    return submitting(harness, ANA, form, day=harness.now.date() + timedelta(days=3))


async def offer(harness: BotHarness, _: Any) -> Submission:
    """Ben offers a session."""
    form = (await harness.press_in_home(BEN, ActionId.OPEN_OFFER, 0)).modal
    form = (await harness.press(BEN, form, ActionId.OFFER_KIND, kind=OpportunityKind.SESSION)).modal
    typed = {"kind": OpportunityKind.SESSION, "title": "How we negotiate", "starts_at": THEN}
    return submitting(harness, BEN, form, **typed)


async def change_offer(harness: BotHarness, workspace: Any) -> Submission:
    """Ben moves the session."""
    shown = (await (await offer(harness, workspace))()).modal
    form = (await harness.press(BEN, shown, ActionId.OPEN_OFFER)).modal
    return submitting(harness, BEN, form, starts_at=THEN + timedelta(days=1))


async def set_up_digest(harness: BotHarness, _: Any) -> Submission:
    """Ben has a channel told."""
    board = (await harness.command(BEN, "opportunities")).modal
    form = (await harness.press(BEN, board, ActionId.OPEN_DIGEST)).modal
    return submitting(harness, BEN, form, channel="C0GROWTH")


SUBMISSIONS: Mapping[str, tuple[Callable[[BotHarness, Any], Awaitable[Submission]], dict[str, int]]] = {
    "start.ask": (ask, {"pair": 1}),
    "start.decline": (decline, {}),
    "preparing.standing.submit": (prepare(Page.STANDING, level="strong"), {"preparation": 1}),
    "settings.save_working_time": (set_working_time, {}),
    "workspace_days.save_days": (set_workspace_days, {}),
    "settings.save_notices": (set_notices, {}),
    "preparing.drives.submit": (
        prepare(Page.DRIVES, motivation__1="pay", path_preference="lead"),
        {"preparation": 1, "drive": 2},
    ),
    "preparing.objectives.submit": (set_objective, {"preparation": 1, "objective": 1}),
    "preparing.questions.submit": (
        prepare(Page.QUESTIONS, questions="Who reviews my design?"),
        {"preparation": 1, "agendaitem": 1},
    ),
    "preparing.answers.submit": (prepare(Page.ANSWERS, achievements="Shipped it"), {"preparation": 1, "answer": 1}),
    "schedule.submit": (move, {"rounds": 1}),
    "schedule.cancel": (cancel, {"discussion": 1, "agendaitem": 12}),
    "agenda.submit": (propose, {"agendaitem": 2}),
    "agenda.amend": (reword, {}),
    "agenda.counter": (counter, {}),
    "wrap_up.submit": (wrap_up, {"discussion": 1, "commitment": 1}),
    "wrap_up.submit (did not happen)": (find_another_time, {"rounds": 1}),
    "thanks.submit": (thank, {"thankyou": 1}),
    "commitments.add": (add, {"commitment": 1}),
    "commitments.ask_change": (ask_change, {"changerequest": 1}),
    "updates.send": (write, {"commitmentupdate": 1}),
    "updates.send_about_objective": (write_about_objective, {"commitmentupdate": 1}),
    "meeting.ask": (ask_to_meet, {"meetingrequest": 1}),
    "meeting.answer": (answer_meeting, {}),
    "guide.submit": (respond, {}),
    "roadmap.save_objective": (add_benchmark, {"benchmark": 1}),
    "roadmap.save_gap": (name_gap, {"gap": 1}),
    "team_objectives.submit": (list_team_objective, {"teamobjective": 1}),
    "opportunities.submit": (offer, {"opportunity": 1}),
    "opportunities.submit (a change)": (change_offer, {}),
    "digest.save_digest": (set_up_digest, {"digest": 1}),
    "achievements.submit": (note_down, {"achievement": 1}),
    "reminders.save_day": (remind_on, {}),
}


def test_every_form_is_submitted_twice_here():
    """A new form fails here until there is a submission of it."""
    submits = [form.submit for form in FORMS.values() if form.submit is not None]
    names = {f"{submit.__module__.removeprefix('handlers.')}.{submit.__name__}" for submit in submits}
    assert names - SAVING_NOTHING == {name.partition(" ")[0] for name in SUBMISSIONS}


@pytest.mark.parametrize("name", SUBMISSIONS)
async def test_a_submission_that_is_sent_again_changes_nothing(sqlite_harness: BotHarness, workspace: Any, name: str):
    """The same signed body once more leaves every row as the first one made it."""
    harness = sqlite_harness
    prepare_it, adds = SUBMISSIONS[name]
    submit, before = await prepare_it(harness, workspace), await saved(harness)
    first = await submit()
    assert first.refusal == ""
    after = await saved(harness)
    assert after != before
    assert counted(after) - counted(before) == Counter(adds)
    harness.now += timedelta(seconds=20)
    again = await harness.send_again()
    assert again.status == 200
    assert await saved(harness) == after


@pytest.mark.parametrize("name", SUBMISSIONS)
async def test_a_modal_submitted_twice_at_once_has_its_effect_once(
    postgres_harness: BotHarness, workspace: Any, name: str
):
    """Two submissions of one modal at the same moment add what one adds, and neither fails."""
    harness = postgres_harness
    prepare_it, adds = SUBMISSIONS[name]
    submit, before = await prepare_it(harness, workspace), await saved(harness)
    with structlog.testing.capture_logs() as logged:
        both = await asyncio.gather(submit(), submit())
    assert [outcome.status for outcome in both] == [200, 200]
    assert [entry for entry in logged if entry["log_level"] in {"warning", "error"}] == []
    assert "" in [outcome.refusal for outcome in both]
    after = await saved(harness)
    assert after != before
    assert counted(after) - counted(before) == Counter(adds)


# --- what was undone in between --------------------------------------------------------------------------------------


async def test_a_request_that_was_taken_back_is_not_made_again(harness: BotHarness, workspace: Any):
    """Gus asks Ben and takes it back: the request that Slack sends once more asks no one."""
    await (await ask(harness, workspace))()
    request = harness.last_request
    form = (await harness.command(GUS, "start")).modal
    await harness.press(GUS, form, ActionId.WITHDRAW_PAIR)
    before = await saved(harness)
    harness.last_request = request
    assert (await harness.send_again()).status == 200
    assert await saved(harness) == before


async def test_an_item_that_was_taken_back_is_not_proposed_again(harness: BotHarness, workspace: Any):
    """Ana proposes an item and takes it back: the proposal that Slack sends once more adds nothing."""
    await (await propose(harness, workspace))()
    request = harness.last_request
    async with harness.database.reading(harness.workspace_id) as store:
        (item,) = [one for one in await store.agenda.of_discussions([workspace.discussion.pk]) if "week" in one.text]
    agenda = (await harness.command(ANA, "agenda")).modal
    await harness.press(ANA, agenda, ActionId.ITEM_MENU, f"withdraw:{item.pk}")
    before = await saved(harness)
    harness.last_request = request
    assert (await harness.send_again()).status == 200
    assert await saved(harness) == before


async def test_an_item_that_the_other_side_reworded_keeps_their_words(harness: BotHarness, workspace: Any):
    """Ben rewords an item and Ana rewords it again: Ben's form that Slack sends once more changes nothing."""
    await (await reword(harness, workspace))()
    request, item = harness.last_request, workspace.items[0]
    agenda = (await harness.command(ANA, "agenda")).modal
    form = (await harness.press(ANA, agenda, ActionId.ITEM_MENU, f"amend:{item.pk}")).modal
    await harness.submit(ANA, form, text="Item 0, but in May")
    before = await saved(harness)
    harness.last_request = request
    assert (await harness.send_again()).status == 200
    assert await saved(harness) == before


async def test_a_form_that_was_rejected_can_be_submitted_again(harness: BotHarness, workspace: Any):
    """A rejected form has had no effect: corrected in the same modal, it is accepted."""
    form = (await harness.command(ANA, "agenda")).modal
    assert (await harness.submit(ANA, form, new_items=" ")).answer["response_action"] == "errors"
    before = await saved(harness)
    assert (await harness.submit(ANA, form, new_items="My course")).refusal == ""
    assert counted(await saved(harness)) - counted(before) == Counter(agendaitem=1)


# --- events ----------------------------------------------------------------------------------------------------------


async def test_an_event_that_is_sent_again_does_not_undo_a_newer_one(harness: BotHarness):
    """Ana moves to Tokyo and back; the first event, which Slack sends again, does not move her once more."""
    to_tokyo = {"type": "user_change", "user": {"id": ANA, "real_name": "Ana Ruiz", "tz": TOKYO}}
    to_madrid = {"type": "user_change", "user": {"id": ANA, "real_name": "Ana Ruiz", "tz": MADRID}}
    for event, event_id, tz in ((to_tokyo, "Ev1", TOKYO), (to_madrid, "Ev2", MADRID), (to_tokyo, "Ev1", MADRID)):
        assert (await harness.event(event, event_id)).status == 200
        async with harness.database.reading(harness.workspace_id) as store:
            ana = await store.people.by_slack_id(ANA)
        assert ana is not None
        assert ana.tz == tz
