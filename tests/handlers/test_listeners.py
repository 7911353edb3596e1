import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog

from cycle import agendas
from cycle.guide import Part
from cycle.nudges import Action
from cycle.preparations import Page
from handlers.shared.ids import ActionId, FormId, ShortcutId
from handlers.views.start import SIDE
from storage.discussions import DiscussionState
from storage.gaps import Gap
from storage.messages import Message, MessageState
from storage.nudges import Nudge, NudgeState
from storage.opportunities import OpportunityKind
from storage.pairs import Side
from storage.thanks import MailState, ThankYou
from tests.support.builders import LONG_AGO, TOKYO, held, saved, scheduled
from tests.support.harness import BotHarness, Outcome
from tests.support.mail_server import TakingMailer
from tests.support.roadmaps import with_roadmap

Case = Callable[[BotHarness, Any], Awaitable[Outcome]]

ANA, BEN, CHIYO, DEV, ELIF, GUS = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0GUS"


async def choose_pair(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben, who has three reports, chooses one."""
    chooser = (await harness.command(BEN, "prep")).modal
    return await harness.press(BEN, chooser, ActionId.CHOOSE_PAIR, workspace.two.pk)


async def ask(harness: BotHarness, _workspace: Any) -> Outcome:
    """Gus, who is new, asks Ben to be his manager."""
    form = (await harness.press_in_home(GUS, ActionId.START)).modal
    return await harness.submit(GUS, form, **{SIDE: Side.EMPLOYEE, "other": BEN})


async def choose_side(harness: BotHarness, _workspace: Any) -> Outcome:
    """Gus is a manager after all."""
    form = (await harness.command(GUS, "start")).modal
    return await harness.press(GUS, form, ActionId.SIDE_CHOSEN, **{SIDE: Side.MANAGER})


async def decline(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana says no to Chiyo, and why."""
    form = (await harness.press_in_message(ANA, Action.DECLINE_PAIR, workspace.asked.pk)).modal
    return await harness.submit(ANA, form, reason="I lead another team now")


async def read_reason(harness: BotHarness, workspace: Any) -> Outcome:
    """Chiyo reads why."""
    await decline(harness, workspace)
    return await harness.press_in_message(CHIYO, Action.READ_REASON, workspace.asked.pk)


async def choose_set(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana chooses what kind of discussion it is to be."""
    form = await harness.prep(ANA, Page.QUESTIONS)
    return await harness.press(ANA, form, ActionId.QUESTION_SET, "aspiration-discussion")


async def keep_mine(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana keeps a vague goal that the coach remarked on."""
    form = await harness.prep(ANA, Page.OBJECTIVES)
    day = harness.now.date() + timedelta(days=250)
    pointed_out = await harness.submit(ANA, form, short__new0__text="Get better at SQL", short__new0__date=day)
    return await harness.press(ANA, pointed_out.modal, ActionId.KEEP_MINE)


async def more_objectives(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana adds a row for an objective."""
    form = await harness.prep(ANA, Page.OBJECTIVES)
    return await harness.press(ANA, form, ActionId.MORE_OBJECTIVES, "long", long__new0__text="Lead a team")


async def go_to_page(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana jumps to the last page."""
    form = (await harness.press_in_message(ANA, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    return await harness.press(ANA, form, ActionId.GO_TO_PAGE, Page.SHARING)


def submit_page(page: Page, **typed: Any) -> Case:
    """Ana submits a page."""

    async def submit(harness: BotHarness, _workspace: Any) -> Outcome:
        return await harness.submit(ANA, await harness.prep(ANA, page), **typed)

    return submit


async def submit_long_form(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana submits the one long form of an older version."""
    return await harness.submit(ANA, (await harness.prep(ANA)) | {"callback_id": FormId.PREPARATION}, challenges="Rest")


async def mail_again(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif tries again to send her thank-you by mail, and the mail server takes it."""
    harness.services.mailer = TakingMailer()
    harness.slack.emails["U0BEN"] = "ben@example.com"
    note = ThankYou(
        pair_id=workspace.thanks.pk, discussion_id=workspace.held.pk, author_id=workspace.elif_.pk, text="Thanks",
        sent_at=LONG_AGO, mail_state=MailState.FAILED, mail_attempt=1, mail_at=LONG_AGO,
    )  # fmt: skip
    async with harness.database.unit(harness.workspace_id) as store:
        await saved(store, note)
    return await harness.press_in_message(ELIF, Action.MAIL_AGAIN, note.pk)


async def show_both_clocks(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana chooses another time."""
    form = (await harness.command(ANA, "schedule")).modal
    return await harness.press(
        ANA, form, ActionId.TIME_CHOSEN, starts_at=workspace.discussion.starts_at + timedelta(days=1)
    )


async def set_proposed(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana takes the first time that is proposed."""
    return await harness.press(ANA, (await harness.command(ANA, "schedule")).modal, ActionId.SET_TIME)


async def set_date(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana moves the discussion by a day."""
    form = (await harness.command(ANA, "schedule")).modal
    return await harness.submit(ANA, form, starts_at=workspace.discussion.starts_at + timedelta(days=1))


async def open_cancel(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana opens the form that cancels, on top of the one with the date."""
    return await harness.press(ANA, (await harness.command(ANA, "schedule")).modal, ActionId.OPEN_CANCEL)


async def cancel(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana cancels, with a reason."""
    return await harness.submit(ANA, (await open_cancel(harness, workspace)).modal, reason="Ben is away")


async def turn_agenda_page(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana turns the page of an agenda of twelve items."""
    return await harness.press(ANA, (await harness.command(ANA, "agenda")).modal, ActionId.AGENDA_PAGE)


async def accept_all(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben accepts everything that Ana has proposed."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    return await harness.press(BEN, agenda, ActionId.ACCEPT_ALL)


async def choose_item(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben accepts an item."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    item = workspace.items[0]
    return await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"accept:{item.pk}:{agendas.mark_of(item)}")


async def propose(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana proposes one more item."""
    return await harness.submit(ANA, (await harness.command(ANA, "agenda")).modal, new_items="What comes next?")


async def amend(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben rewords an item."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"amend:{workspace.items[0].pk}")).modal
    return await harness.submit(BEN, form | {"previous_view_id": "V0"}, text="Item 0, but sooner")


async def counter(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben suggests other words for an item."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    form = (await harness.press(BEN, agenda, ActionId.ITEM_MENU, f"counter:{workspace.items[0].pk}")).modal
    return await harness.submit(BEN, form | {"previous_view_id": "V0"}, text="Item 0, but sooner")


def answer_counter(action: ActionId) -> Case:
    """Ana takes the words that Ben suggested, or keeps hers."""

    async def send(harness: BotHarness, workspace: Any) -> Outcome:
        await counter(harness, workspace)
        agenda = (await harness.command(ANA, "agenda")).modal
        return await harness.press(ANA, agenda, action, f"{workspace.items[0].pk}:1")

    return send


async def bring_back(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana leaves an item for next time, and brings it back."""
    agenda = (await harness.command(ANA, "agenda")).modal
    left = await harness.press(ANA, agenda, ActionId.ITEM_MENU, f"carry_over:{workspace.items[0].pk}")
    return await harness.press(ANA, left.modal, ActionId.BRING_BACK, workspace.items[0].pk)


async def wrap_up_form(harness: BotHarness, workspace: Any) -> Outcome:
    """Dev says that the discussion took place."""
    form = (await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    return await harness.press(DEV, form, ActionId.HAPPENED, happened="yes")


async def more_commitments(harness: BotHarness, workspace: Any) -> Outcome:
    """Dev asks for a third row of commitments."""
    return await harness.press(DEV, (await wrap_up_form(harness, workspace)).modal, ActionId.MORE_COMMITMENTS)


async def wrap_up(harness: BotHarness, workspace: Any) -> Outcome:
    """No commitments and the next date later, both on purpose."""
    form = (await wrap_up_form(harness, workspace)).modal
    return await harness.submit(DEV, form, no_commitments=["ticked"], next_later=["ticked"], happened="yes")


async def change_format(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif adds to her wrap-up, and how the two meet is not as it should be."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_WRAP_UP, workspace.held.pk)).modal
    return await harness.press(ELIF, form, ActionId.CHANGE_FORMAT)


async def met_again(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif has met Ben once more since her wrap-up."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_WRAP_UP, workspace.held.pk)).modal
    return await harness.press(ELIF, form, ActionId.MET_AGAIN)


async def change_deliverables(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben reads Elif's note, and one of the commitments in it should be another."""
    await send_thanks(harness, workspace)
    note = (await harness.press_in_message(BEN, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    return await harness.press(BEN, note, Action.CHANGE_DELIVERABLES)


async def send_thanks(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif sends the drafted note as it is."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    return await harness.submit(ELIF, form)


async def confirm(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben confirms the deliverables from the message."""
    await send_thanks(harness, workspace)
    return await harness.press_in_message(BEN, Action.CONFIRM_DELIVERABLES, workspace.held.pk)


async def turn_commitments_page(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana turns the page of twelve commitments."""
    return await harness.press(ANA, (await harness.command(ANA, "commitments")).modal, ActionId.COMMITMENTS_PAGE)


async def add_commitment(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana adds a commitment of her own between discussions."""
    form = (await harness.press_in_home(ANA, Action.OPEN_COMMITMENTS, workspace.two.pk)).modal
    typed = {"mine0__text": "Call HR", "mine0__due_on": harness.now.date() + timedelta(days=7)}
    return await harness.submit(ANA, form, **typed)


async def ask_change(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana asks for another date of a commitment."""
    form = (await harness.press_in_message(ANA, Action.NEW_DATE, workspace.commitments[3].pk)).modal
    return await harness.submit(ANA, form, due_on=harness.now.date() + timedelta(days=40), reason="The audit")


async def answer(harness: BotHarness, workspace: Any, act: ActionId) -> Outcome:
    """Ben answers the change that Ana asked for."""
    form = (await harness.press_in_message(BEN, Action.ANSWER_CHANGE, workspace.request.pk)).modal
    return await harness.press(BEN, form, act)


async def typed(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana types into her preparation."""
    return await harness.press(ANA, await harness.prep(ANA), ActionId.TYPED, achievements="Half a sent")


async def discard(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana discards her draft."""
    await typed(harness, workspace)
    return await harness.press(ANA, await harness.prep(ANA), ActionId.DISCARD_DRAFT)


async def open_afresh(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana opens the form again after she discarded her draft."""
    return await harness.press(ANA, (await discard(harness, workspace)).modal, ActionId.OPEN_AFRESH)


async def wrote(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana writes to the bot in words."""
    return await harness.event({"type": "message", "channel_type": "im", "channel": "D0ANA", "user": ANA, "text": "Hi"})


async def undo_done(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana takes back that a commitment is done."""
    key = workspace.commitments[1].pk
    await harness.press_in_message(ANA, Action.COMMITMENT_DONE, key)
    return await harness.press_in_message(ANA, ActionId.UNDO_DONE, key)


async def person_changed(harness: BotHarness, _workspace: Any) -> Outcome:
    """Slack reports that Ana moved to Tokyo."""
    return await harness.event({"type": "user_change", "user": {"id": ANA, "real_name": "Ana Ruiz", "tz": TOKYO}})


async def save_working_time(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana doesn't work on Fridays."""
    form = (await harness.press_in_home(ANA, Action.OPEN_SETTINGS)).modal
    return await harness.submit(ANA, form, weekdays="0123")


async def open_notices(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana looks at what she is sent."""
    form = (await harness.press_in_home(ANA, Action.OPEN_SETTINGS)).modal
    return await harness.press(ANA, form, ActionId.OPEN_NOTICES)


async def open_workspace_days(harness: BotHarness, _workspace: Any) -> Outcome:
    """Chiyo, whom Slack calls an admin, looks at the days of the whole workspace."""
    harness.directory.profiles[CHIYO] = replace(harness.directory.profiles[CHIYO], is_admin=True)
    await harness.home_opened(CHIYO)
    form = (await harness.command(CHIYO, "settings")).modal
    return await harness.press(CHIYO, form, ActionId.OPEN_WORKSPACE_DAYS)


async def save_workspace_days(harness: BotHarness, workspace: Any) -> Outcome:
    """She closes it for a day."""
    form = (await open_workspace_days(harness, workspace)).modal
    return await harness.submit(CHIYO, form, closed_from=harness.now.date() + timedelta(days=30))


async def open_coming(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana looks at what comes."""
    form = (await harness.press_in_home(ANA, Action.OPEN_SETTINGS)).modal
    return await harness.press(ANA, form, ActionId.OPEN_COMING)


async def turn_forecast(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana looks at the month after."""
    shown = (await harness.press_in_home(ANA, ActionId.OPEN_FORECAST)).modal
    return await harness.press(ANA, shown, ActionId.FORECAST_PAGE, 1)


async def save_notices(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana wants less."""
    return await harness.submit(ANA, (await open_notices(harness, workspace)).modal, pace="weekly")


async def remind_later(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana would rather be reminded tomorrow."""
    key = await sent(harness, workspace)
    return await harness.press_in_message(ANA, Action.REMIND_TOMORROW, key)


async def choose_day(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana would rather be reminded on another day."""
    return await harness.press_in_message(ANA, Action.REMIND_ON, await sent(harness, workspace))


async def save_day(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana has chosen the day."""
    form = (await choose_day(harness, workspace)).modal
    return await harness.submit(ANA, form, day=harness.now.date() + timedelta(days=1))


async def sent(harness: BotHarness, workspace: Any, number: int = 7) -> str:
    """A reminder that Ana was sent, of one of her commitments: its key."""
    key = f"commitment_ahead:{workspace.commitments[number].pk}:day"
    async with harness.database.unit(harness.workspace_id) as store:
        message = Message(
            person_id=workspace.ana.pk, public_id=key, state=MessageState.SENT, claimed_at=LONG_AGO, leased_at=LONG_AGO
        )
        await saved(store, message)
        await saved(
            store,
            Nudge(
                person_id=workspace.ana.pk, pair_id=workspace.two.pk, kind="commitment_ahead", key=key,
                subject_id=workspace.commitments[number].pk, due_at=LONG_AGO, planned_at=LONG_AGO,
                state=NudgeState.SENT, message_id=message.pk, live_since=LONG_AGO,
            ),
        )  # fmt: skip
    return key


async def unknown_form(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ana submits a form that an older version showed."""
    form = await harness.prep(ANA)
    return await harness.submit(ANA, form | {"callback_id": "from_an_older_version"})


# Every listener, and a request that it takes.
async def with_achievement(harness: BotHarness) -> Outcome:
    """Ana has noted one down and looks at it."""
    await harness.command(ANA, "win The audit")
    return await harness.press(ANA, (await harness.command(ANA, "win")).modal, ActionId.EDIT_ACHIEVEMENT)


async def edit_achievement(harness: BotHarness, _workspace: Any) -> Outcome:
    """Press “Edit”."""
    return await with_achievement(harness)


async def remove_achievement(harness: BotHarness, _workspace: Any) -> Outcome:
    """Press “Remove it”."""
    return await harness.press(ANA, (await with_achievement(harness)).modal, ActionId.REMOVE_ACHIEVEMENT)


async def save_achievement(harness: BotHarness, _workspace: Any) -> Outcome:
    """Submit a new one."""
    return await harness.submit(ANA, (await harness.command(ANA, "win")).modal, new0__text="The audit")


async def send_update(harness: BotHarness, workspace: Any) -> Outcome:
    """Submit a line about a commitment."""
    form = (await harness.press_in_message(ANA, Action.OPEN_UPDATES, workspace.commitments[0].pk)).modal
    return await harness.submit(ANA, form, text="Half done.")


async def send_update_about_objective(harness: BotHarness, workspace: Any) -> Outcome:
    """Submit a line about an objective."""
    keys = await with_roadmap(harness, workspace)
    form = (await harness.press_in_message(ANA, Action.OPEN_OBJECTIVE_UPDATES, keys.short)).modal
    return await harness.submit(ANA, form, text="Half done.")


def on_roadmap(who: str, does: str, key: str) -> Case:
    """Press something that is about one thing of a roadmap, in the objective's modal."""

    async def pressed(harness: BotHarness, workspace: Any) -> Outcome:
        keys = await with_roadmap(harness, workspace)
        return await harness.press_in_home(who, does, getattr(keys, key))

    return pressed


def in_objective(does: str, value: str = "") -> Case:
    """Press something in the modal of the objective."""

    async def pressed(harness: BotHarness, workspace: Any) -> Outcome:
        keys = await with_roadmap(harness, workspace)
        form = (await harness.press_in_home(ANA, ActionId.OPEN_OBJECTIVE, keys.short)).modal
        return await harness.press(ANA, form, does, f"{value}:{keys.benchmark}" if value else keys.short)

    return pressed


async def mark_not_reached(harness: BotHarness, workspace: Any) -> Outcome:
    """Press “Not reached yet” after “Reached”."""
    reached = await in_objective(ActionId.REACHED)(harness, workspace)
    return await harness.press(ANA, reached.modal, ActionId.NOT_REACHED)


async def save_objective(harness: BotHarness, workspace: Any) -> Outcome:
    """Submit the details of an objective."""
    keys = await with_roadmap(harness, workspace)
    form = (await harness.press_in_home(ANA, ActionId.OPEN_OBJECTIVE, keys.short)).modal
    return await harness.submit(ANA, form, leads_to=str(keys.longer))


async def save_gap(harness: BotHarness, workspace: Any) -> Outcome:
    """Submit a new skill gap."""
    form = (await harness.press_in_home(ANA, ActionId.ADD_GAP, workspace.two.pk)).modal
    return await harness.submit(ANA, form, skill="Rostering")


def in_gap(does: str) -> Case:
    """Press something in the modal of the skill gap."""

    async def pressed(harness: BotHarness, workspace: Any) -> Outcome:
        keys = await with_roadmap(harness, workspace)
        return await harness.press(ANA, (await harness.press_in_home(ANA, ActionId.OPEN_GAP, keys.gap)).modal, does)

    return pressed


async def change_objectives(harness: BotHarness, workspace: Any) -> Outcome:
    """Press “Set objectives” on an empty roadmap."""
    roadmap = (await harness.press_in_home(ANA, ActionId.OPEN_ROADMAP, workspace.two.pk)).modal
    return await harness.press(ANA, roadmap, ActionId.CHANGE_OBJECTIVES)


async def list_team_objective(harness: BotHarness, _workspace: Any) -> Outcome:
    """Submit a team objective."""
    return await harness.submit(BEN, (await harness.command(BEN, "team")).modal, new0__text="Halve the waiting times")


async def show_history(harness: BotHarness, _: Any) -> Outcome:
    """Ana looks at how what drives her changed."""
    await harness.submit(ANA, await harness.prep(ANA, Page.DRIVES), path_preference="lead")
    return await harness.press(ANA, await harness.prep(ANA, Page.DRIVES), ActionId.OPEN_HISTORY)


async def turn_history(harness: BotHarness, workspace: Any) -> Outcome:
    """Ana turns a page of how it changed."""
    gaps = [
        Gap(pair_id=workspace.two.pk, author_id=workspace.ana.pk, skill=f"Skill {n}", way="", set_at=harness.now)
        for n in range(11)
    ]
    async with harness.database.unit(harness.workspace_id) as store:
        await saved(store, *gaps)
    page = (await harness.press_in_home(ANA, ActionId.OPEN_HISTORY, workspace.two.pk)).modal
    return await harness.press(ANA, page, ActionId.HISTORY_PAGE, "1")


async def give_pulse(harness: BotHarness, workspace: Any) -> Outcome:
    """Tap how a discussion was."""
    form = (await harness.press_in_message("U0ELIF", Action.OPEN_PULSE, workspace.held.pk)).modal
    return await harness.press("U0ELIF", form, ActionId.PULSE_GOOD)


async def ask_to_meet(harness: BotHarness, _workspace: Any) -> Outcome:
    """Elif asks Ben to meet."""
    return await harness.submit(ELIF, (await harness.command(ELIF, "ask")).modal)


async def asked_to_meet(harness: BotHarness, workspace: Any) -> int:
    """The key of Elif's request."""
    await ask_to_meet(harness, workspace)
    async with harness.database.reading(harness.workspace_id) as store:
        return (await store.meeting_requests.of_discussions([workspace.next.pk]))[-1].pk


async def open_meeting_answer(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben opens her request."""
    return await harness.press_in_message(BEN, Action.ANSWER_MEETING, await asked_to_meet(harness, workspace))


async def answer_meeting(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben proposes another time."""
    form = (await open_meeting_answer(harness, workspace)).modal
    return await harness.submit(BEN, form, answer="another", other_time=harness.now + timedelta(days=20))


async def take_other_time(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif takes it."""
    await answer_meeting(harness, workspace)
    async with harness.database.reading(harness.workspace_id) as store:
        (request,) = await store.meeting_requests.of_discussions([workspace.next.pk])
    return await harness.press_in_message(ELIF, Action.TAKE_OTHER_TIME, request.pk)


async def withdraw_meeting(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif takes her request back."""
    return await harness.press_in_home(ELIF, ActionId.WITHDRAW_MEETING, await asked_to_meet(harness, workspace))


async def guide_of(harness: BotHarness, workspace: Any) -> dict[str, Any]:
    """The guide to Ana's discussion."""
    return (await harness.press_in_home(ANA, Action.OPEN_GUIDE, workspace.discussion.pk)).modal


async def go_to_part(harness: BotHarness, workspace: Any) -> Outcome:
    """Choose another part of the guide."""
    return await harness.press(ANA, await guide_of(harness, workspace), ActionId.GO_TO_PART, Part.CLOSING)


async def next_part(harness: BotHarness, workspace: Any) -> Outcome:
    """Press “Next part”."""
    return await harness.submit(ANA, await guide_of(harness, workspace), notes__standing="Ready.")


async def export(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif gets the files of her only discussion."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    return await harness.submit(ELIF, form)


async def choose_partner(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben, who has records with two people, chooses the other one."""
    async with harness.database.unit(harness.workspace_id) as store:
        ended = harness.now - timedelta(days=90)
        await saved(store, held(workspace.two, ended, ended, number=9))
    form = (await harness.command(BEN, "export")).modal
    return await harness.press(BEN, form, ActionId.EXPORT_WITH, **{"with": str(workspace.two.pk)})


async def turn_records_page(harness: BotHarness, workspace: Any) -> Outcome:
    """Elif, who has more records than fit a page, goes to the earlier ones."""
    async with harness.database.unit(harness.workspace_id) as store:
        long_ago = harness.now - timedelta(days=900)
        cancelled = {"state": DiscussionState.CANCELLED, "cancelled_at": long_ago}
        await saved(store, *(scheduled(workspace.thanks, long_ago, number=10 + one, **cancelled) for one in range(12)))
    return await harness.press(ELIF, (await harness.command(ELIF, "record")).modal, ActionId.RECORDS_PAGE)


async def offer(harness: BotHarness, _workspace: Any = None) -> Outcome:
    """Ben offers a project."""
    form = (await harness.press_in_home(BEN, ActionId.OPEN_OFFER, 0)).modal
    return await harness.submit(BEN, form, title="Customer workshop")


async def choose_kind(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ben would rather offer a session."""
    form = (await harness.press_in_home(BEN, ActionId.OPEN_OFFER, 0)).modal
    return await harness.press(BEN, form, ActionId.OFFER_KIND, kind=OpportunityKind.SESSION)


async def offered(harness: BotHarness) -> int:
    """The key of what Ben offers."""
    await offer(harness)
    return [row.id for row in (await harness.rows())["opportunity"]][-1]


async def open_opportunity(harness: BotHarness, _workspace: Any) -> Outcome:
    """Gus reads on from a channel."""
    return await harness.press_in_message(GUS, Action.OPEN_OPPORTUNITY, await offered(harness))


def on_opportunity(who: str, *does: ActionId) -> Case:
    """Press something in the modal of what Ben offers, one after the other."""

    async def pressed(harness: BotHarness, _workspace: Any) -> Outcome:
        outcome = await harness.press_in_home(who, Action.OPEN_OPPORTUNITY, await offered(harness))
        for action in does:
            outcome = await harness.press(who, outcome.modal, action)
        return outcome

    return pressed


async def open_digest(harness: BotHarness, _workspace: Any) -> Outcome:
    """Ben would like a channel to be told."""
    return await harness.press(BEN, (await harness.command(BEN, "opportunities")).modal, ActionId.OPEN_DIGEST)


async def save_digest(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben chooses one."""
    return await harness.submit(BEN, (await open_digest(harness, workspace)).modal, channel="C0GROWTH")


async def switch_off_digest(harness: BotHarness, workspace: Any) -> Outcome:
    """Ben stops it again."""
    await save_digest(harness, workspace)
    return await harness.press(BEN, (await open_digest(harness, workspace)).modal, ActionId.SWITCH_OFF_DIGEST)


CASES: dict[str, Case] = {
    "meeting.open_ask": lambda harness, workspace: harness.press_in_message(ELIF, Action.OPEN_ASK, workspace.thanks.pk),
    "meeting.ask": ask_to_meet,
    "meeting.open_answer": open_meeting_answer,
    "meeting.answer": answer_meeting,
    "meeting.take_other_time": take_other_time,
    "meeting.withdraw": withdraw_meeting,
    "guide.open_guide": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_GUIDE, workspace.discussion.pk
    ),
    "guide.go_to_part": go_to_part,
    "guide.submit": next_part,
    "record.open_records": lambda harness, _: harness.press_in_home(ELIF, ActionId.OPEN_RECORDS),
    "team_objectives.open_list": lambda harness, _: harness.press_in_home(BEN, ActionId.TEAM_OBJECTIVES),
    "record.open_record": lambda harness, workspace: harness.press_in_message(
        ELIF, Action.OPEN_RECORD, workspace.held.pk
    ),
    "record.open_records_page": turn_records_page,
    "export.open_export": lambda harness, workspace: harness.press_in_message(
        ELIF, Action.OPEN_EXPORT, workspace.held.pk
    ),
    "export.choose_partner": choose_partner,
    "export.submit": export,
    "pulses.open_pulse": lambda harness, workspace: harness.press_in_message(
        "U0ELIF", Action.OPEN_PULSE, workspace.held.pk
    ),
    "pulses.give": give_pulse,
    "updates.open_updates": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_UPDATES, workspace.commitments[0].pk
    ),
    "updates.send": send_update,
    "updates.open_objective_updates": on_roadmap(ANA, Action.OPEN_OBJECTIVE_UPDATES, "short"),
    "updates.send_about_objective": send_update_about_objective,
    "shared.roadmap.open_roadmap": lambda harness, workspace: harness.press_in_home(
        BEN, ActionId.OPEN_ROADMAP, workspace.two.pk
    ),
    "roadmap.open_objective": on_roadmap(BEN, ActionId.OPEN_OBJECTIVE, "short"),
    "roadmap.save_objective": save_objective,
    "roadmap.mark_reached": in_objective(ActionId.REACHED),
    "roadmap.mark_not_reached": mark_not_reached,
    "roadmap.choose_for_benchmark": in_objective(ActionId.BENCHMARK_MENU, "reached"),
    "roadmap.open_gap": on_roadmap(BEN, ActionId.OPEN_GAP, "gap"),
    "roadmap.add_gap": lambda harness, workspace: harness.press_in_home(BEN, ActionId.ADD_GAP, workspace.two.pk),
    "roadmap.save_gap": save_gap,
    "roadmap.close_gap": in_gap(ActionId.CLOSE_GAP),
    "roadmap.drop_gap": in_gap(ActionId.DROP_GAP),
    "profile.open_profile": lambda harness, workspace: harness.press_in_home(
        ANA, ActionId.OPEN_PROFILE, workspace.two.pk
    ),
    "profile.open_history": show_history,
    "profile.open_history_page": turn_history,
    "preparing.open_page": change_objectives,
    "team_objectives.submit": list_team_objective,
    "opportunities.open_board": lambda harness, _: harness.press_in_home(GUS, ActionId.OPEN_OPPORTUNITIES),
    "opportunities.open_one": open_opportunity,
    "opportunities.open_offer": on_opportunity(BEN, ActionId.OPEN_OFFER),
    "opportunities.choose_kind": choose_kind,
    "opportunities.submit": offer,
    "opportunities.sign_up": on_opportunity(ANA, ActionId.SIGN_UP),
    "opportunities.take_name_off": on_opportunity(ANA, ActionId.SIGN_UP, ActionId.TAKE_NAME_OFF),
    "opportunities.withdraw": on_opportunity(BEN, ActionId.WITHDRAW_OPPORTUNITY),
    "digest.open_digest": open_digest,
    "digest.save_digest": save_digest,
    "digest.switch_off": switch_off_digest,
    "achievements.open_for_message": lambda harness, _: harness.shortcut_on_message(
        ANA, ShortcutId.SAVE_ACHIEVEMENT, text="Well done", ts="1763900000.000100"
    ),
    "achievements.open_achievements": lambda harness, _: harness.press_in_home(ANA, ActionId.ACHIEVEMENTS),
    "achievements.submit": save_achievement,
    "achievements.edit": edit_achievement,
    "achievements.remove": remove_achievement,
    "commands.career": lambda harness, _: harness.command(ANA, "prep"),
    "commands.choose_pair": choose_pair,
    "home.opened": lambda harness, _: harness.home_opened(ANA),
    "home.changed": person_changed,
    "home.choose": lambda harness, workspace: harness.press_in_home(
        ANA, ActionId.PAIR_MENU, f"schedule:{workspace.two.pk}"
    ),
    "messages.answer": wrote,
    "start.open_request": lambda harness, _: harness.press_in_home(CHIYO, ActionId.START),
    "start.ask": ask,
    "start.accept": lambda harness, workspace: harness.press_in_message(ANA, Action.ACCEPT_PAIR, workspace.asked.pk),
    "start.choose_side": choose_side,
    "start.open_decline": lambda harness, workspace: harness.press_in_message(
        ANA, Action.DECLINE_PAIR, workspace.asked.pk
    ),
    "start.decline": decline,
    "start.read_reason": read_reason,
    "start.withdraw": lambda harness, workspace: harness.press_in_home(
        CHIYO, ActionId.WITHDRAW_PAIR, workspace.asked.pk
    ),
    "preparing.open_preparation": lambda harness, workspace: harness.press_in_message(
        BEN, Action.OPEN_PREPARATION, workspace.two.pk
    ),
    "preparing.series.go_to_page": go_to_page,
    "preparing.series.more_objectives": more_objectives,
    "preparing.series.choose_set": choose_set,
    "preparing.standing.submit": submit_page(Page.STANDING, level="strong", feedback_style="gentle"),
    "preparing.drives.submit": submit_page(Page.DRIVES, path_preference="lead"),
    "preparing.objectives.submit": submit_page(Page.OBJECTIVES),
    "preparing.questions.submit": submit_page(Page.QUESTIONS, questions="Who reviews my design?"),
    "preparing.answers.submit": submit_page(Page.ANSWERS, achievements="Shipped it", share__achievements=["ticked"]),
    "preparing.sharing.submit": submit_page(Page.SHARING),
    "preparing.before_pages.submit": submit_long_form,
    "coach.keep_mine": keep_mine,
    "coach.switch": lambda harness, _: harness.press_in_home(ANA, ActionId.SWITCH_COACH, "off"),
    "schedule.open_schedule": lambda harness, workspace: harness.press_in_home(
        ANA, Action.OPEN_SCHEDULE, workspace.two.pk
    ),
    "schedule.show_both_clocks": show_both_clocks,
    "schedule.set_proposed": set_proposed,
    "schedule.submit": set_date,
    "schedule.open_cancel": open_cancel,
    "schedule.cancel": cancel,
    "agenda.open_agenda": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_AGENDA, workspace.two.pk
    ),
    "agenda.turn_page": turn_agenda_page,
    "agenda.choose": choose_item,
    "agenda.accept_all": accept_all,
    "agenda.submit": propose,
    "agenda.amend": amend,
    "calendar_file.send_calendar_file": lambda harness, workspace: harness.press_in_message(
        ANA, Action.CALENDAR_FILE, workspace.discussion.pk
    ),
    "thanks.send_mail_again": mail_again,
    "agenda.counter": counter,
    "agenda.take_counter": answer_counter(ActionId.TAKE_COUNTER),
    "agenda.keep_words": answer_counter(ActionId.KEEP_WORDS),
    "agenda.bring_back": bring_back,
    "brief.open_brief": lambda harness, workspace: harness.press_in_message(
        ANA, Action.OPEN_BRIEF, workspace.discussion.pk
    ),
    "wrap_up.open_wrap_up": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_WRAP_UP, workspace.ended.pk
    ),
    "wrap_up.answer_happened": wrap_up_form,
    "wrap_up.more_commitments": more_commitments,
    "wrap_up.change_format": change_format,
    "wrap_up.met_again": met_again,
    "wrap_up.submit": wrap_up,
    "thanks.open_thank_you": lambda harness, workspace: harness.press_in_message(
        ELIF, Action.OPEN_THANK_YOU, workspace.held.pk
    ),
    "thanks.change_deliverables": change_deliverables,
    "thanks.submit": send_thanks,
    "thanks.confirm_deliverables": confirm,
    "commitments.open_commitments": lambda harness, workspace: harness.press_in_home(
        BEN, Action.OPEN_COMMITMENTS, workspace.two.pk
    ),
    "commitments.turn_page": turn_commitments_page,
    "commitments.add": add_commitment,
    "commitments.mark_done": lambda harness, workspace: harness.press_in_message(
        ANA, Action.COMMITMENT_DONE, workspace.commitments[1].pk
    ),
    "commitments.undo_done": undo_done,
    "commitments.open_change_in_place": lambda harness, workspace: harness.press_in_message(
        ANA, Action.NEW_DATE, workspace.commitments[1].pk
    ),
    "commitments.ask_change": ask_change,
    "commitments.open_answer_in_place": lambda harness, workspace: harness.press_in_message(
        BEN, Action.ANSWER_CHANGE, workspace.request.pk
    ),
    "commitments.agree": lambda harness, workspace: answer(harness, workspace, ActionId.AGREE),
    "commitments.keep_as_it_was": lambda harness, workspace: answer(harness, workspace, ActionId.KEEP_AS_IT_WAS),
    "settings.open_working_time": lambda harness, _: harness.press_in_home(ANA, Action.OPEN_SETTINGS),
    "settings.save_working_time": save_working_time,
    "settings.open_notices": open_notices,
    "workspace_days.open_days": open_workspace_days,
    "workspace_days.save_days": save_workspace_days,
    "settings.save_notices": save_notices,
    "settings.open_coming": open_coming,
    "forecast.open_forecast": lambda harness, _: harness.press_in_home(ANA, ActionId.OPEN_FORECAST),
    "forecast.open_forecast_page": turn_forecast,
    "reminders.remind_later": remind_later,
    "reminders.choose_day": choose_day,
    "reminders.save_day": save_day,
    "drafts.typed": typed,
    "drafts.discard": discard,
    "drafts.open_afresh": open_afresh,
    "shared.listeners.unknown_button": lambda harness, _: harness.press_in_message(ANA, "from_an_older_version", 1),
    "shared.listeners.unknown_form": unknown_form,
}

# Listeners that show nothing when all goes well; one of them sends a file.
SILENT = {
    "calendar_file.send_calendar_file",
    "drafts.typed",
    "home.changed",
    "preparing.sharing.submit",
    "shared.listeners.unknown_form",
}
# Listeners that can only refuse.
REFUSING = {"shared.listeners.unknown_button", "shared.listeners.unknown_form"}


def test_every_listener_has_its_case(sqlite_harness: BotHarness):
    """A new listener fails here until there is a request that it takes."""
    assert sqlite_harness.listeners() == set(CASES)


@pytest.mark.parametrize("name", CASES)
async def test_every_listener_takes_its_request(
    name: str, postgres_harness: BotHarness, workspace: Any, caplog: pytest.LogCaptureFixture
):
    """The listener acknowledges, Bolt knows all its arguments, nothing goes wrong, and Slack takes what it shows.

    On PostgreSQL; on SQLite the same requests are where `tests.bot.test_fuzz` begins.
    """
    harness = postgres_harness
    caplog.set_level(logging.WARNING)
    with structlog.testing.capture_logs() as logged:
        outcome = await CASES[name](harness, workspace)
    assert outcome.listener == name
    assert outcome.status == 200
    assert bool(outcome.refusal) is (name in REFUSING)
    assert outcome.faults() == []
    assert [record.getMessage() for record in caplog.records] == []
    assert [entry for entry in logged if entry["log_level"] in {"warning", "error"}] == []
    assert bool(outcome.views or outcome.messages) is (name not in SILENT)


@pytest.mark.parametrize("does", [does for does in Action if does not in {Action.START, Action.OPEN_SETTINGS}])
async def test_every_button_of_a_nudge_does_something(sqlite_harness: BotHarness, does: Action):
    """Every button that a nudge can carry has a listener; about something that is gone, it answers with a sentence."""
    outcome = await sqlite_harness.press_in_message(ANA, does, 4711)
    assert outcome.listener not in {"", "shared.listeners.unknown_button"}
    assert outcome.messages[0]["response_type"] == "ephemeral"
