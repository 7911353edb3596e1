"""Wrapping up, by one of the two and then by the other, as signed requests."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from cycle import wrap_up
from cycle.commitments import CommitmentEntry
from cycle.nudges import Action
from handlers.shared.ids import ActionId, FormId
from storage.discussions import Discussion, DiscussionState
from storage.nudges import Nudge
from storage.pairs import Cadence, Pair, Side
from storage.store import Store
from tests.support.builders import MADRID, at
from tests.support.harness import BotHarness, Outcome
from tests.support.views import fields, said

BEN, DEV = "U0BEN", "U0DEV"
SOON = date(2026, 12, 4)
NEXT = at(MADRID, 2026, 12, 21, 11)
HERS = {
    "happened": "yes", "notes": "Dev's notes", "commitment__0__text": "Draft a plan", "commitment__0__due_on": SOON,
    "next_starts_at": NEXT,
}  # fmt: skip
HIS = {
    "happened": "yes", "notes": "Ben's notes", "commitment__1__text": "Call Mara", "commitment__1__due_on": SOON,
    "next_starts_at": NEXT + timedelta(days=1), "cadence": "1m",
}  # fmt: skip


async def form_of(harness: BotHarness, workspace: Any, who: str, happened: str = "yes") -> dict[str, Any]:
    """The form of a person who has said whether the discussion that has just ended took place."""
    first = (await harness.press_in_message(who, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    return (await harness.press(who, first, ActionId.HAPPENED, happened=happened)).modal


async def saved(harness: BotHarness, workspace: Any) -> tuple[dict[int, str], list[tuple[int, str]], Discussion]:
    """The notes by author, the commitments with their owners, and the next discussion."""
    async with harness.database.reading(harness.workspace_id) as store:
        notes = await store.wrap_ups.notes([workspace.ended.pk])
        commitments = await store.commitments.of_discussion(workspace.ended.pk)
        coming = await store.discussions.open_of(workspace.past.pk)
    assert coming is not None
    return {one.author_id: one.text for one in notes}, [(one.owner_id, one.text) for one in commitments], coming


async def waiting(harness: BotHarness, workspace: Any) -> list[Nudge]:
    """The nudges of the two that wait."""
    async with harness.database.reading(harness.workspace_id) as store:
        rows = await store.nudges.of_pair(workspace.past.pk)
    return [row for row in rows if row.ready_at is not None]


async def everything(harness: BotHarness, workspace: Any) -> None:
    """What both have written is saved, once, and Dev's date is the next one."""
    notes, commitments, coming = await saved(harness, workspace)
    assert notes == {workspace.dev.pk: "Dev's notes", workspace.ben.pk: "Ben's notes"}
    assert commitments == [(workspace.dev.pk, "Draft a plan"), (workspace.ben.pk, "Call Mara")]
    assert (coming.starts_at, coming.round, coming.number) == (NEXT, 1, 2)
    news = [(one.kind, one.person_id) for one in await waiting(harness, workspace) if "wrap" in one.kind]
    assert ("wrap_up_added", workspace.dev.pk) in news


def days(modal: dict[str, Any]) -> dict[str, str | None]:
    """The days by which commitments are due, by field."""
    return {
        block["block_id"]: block["accessory"].get("initial_date")
        for block in modal["blocks"]
        if block["block_id"].endswith(".due_on")
    }


def check_form(shown: Outcome) -> None:
    """The form says who was first and what they wrote, and has everything that Ben had typed, and Dev's date."""
    assert shown.faults() == []
    modal, text = shown.modal, said(shown.modal)
    assert modal["callback_id"] == FormId.WRAP_UP
    assert "*Dev wrapped up your discussion on Mon 23 Nov first.*" in text
    assert "> Dev's notes" in text
    assert "> Draft a plan" in text
    inputs = fields(modal)
    assert inputs["notes"]["initial_value"] == "Ben's notes"
    assert inputs["commitment.1.text"]["initial_value"] == "Call Mara"
    assert days(modal)["commitment.1.due_on"] == SOON.isoformat()
    assert inputs["agreed_starts_at"]["initial_date_time"] == int(NEXT.timestamp())
    assert "You had picked Tue 22 Dec at 10:00." in text


async def test_E11_the_second_of_two_who_wrap_up_loses_nothing(harness: BotHarness, workspace: Any):
    """Ben submits after Dev: his form becomes one to add to hers, with all he typed; adding it is told to her."""
    bens = await form_of(harness, workspace, BEN)
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    second = await harness.submit(BEN, bens, **HIS)
    check_form(second)
    added = await harness.submit(BEN, second.modal)
    assert added.faults() == []
    assert "Added: your notes and 1 commitment. I'll let Dev know." in said(added.modal)
    assert "You meet again on Mon 21 Dec at 10:00" in said(added.modal)
    await everything(harness, workspace)
    again = await harness.send_again()
    assert again.status == 200
    await everything(harness, workspace)
    reopened = await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)
    assert "first.* Here is what you two have so far." in said(reopened.modal)


async def test_E11_what_was_typed_and_closed_is_in_the_form_that_adds(harness: BotHarness, workspace: Any):
    """Ben closed his form with words in it, and Dev wraps up: his old button opens hers, to add to, with his words."""
    bens = await form_of(harness, workspace, BEN)
    typed = await harness.press(BEN, bens, ActionId.TYPED, **HIS)
    assert typed.listener == "drafts.typed"
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    opened = await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)
    check_form(opened)
    assert "Here is your draft" in said(opened.modal)
    await harness.submit(BEN, opened.modal)
    await everything(harness, workspace)
    reopened = await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)
    assert "Here is your draft" not in said(reopened.modal)
    assert fields(reopened.modal)["notes"]["initial_value"] == "Ben's notes"


async def test_E11_a_wrap_up_that_waits_for_another_loses_nothing(postgres_harness: BotHarness, workspace: Any):
    """Ben's submission waits for the lock while Dev's is saved: it becomes a form to add, and is added once."""
    harness = postgres_harness
    bens = await form_of(harness, workspace, BEN)

    async def dev_wraps_up(store: Store, pair: Pair) -> None:
        me, discussion = await store.people.get(workspace.dev.pk), await store.discussions.get(workspace.ended.pk)
        hers = CommitmentEntry("commitment.0", Side.EMPLOYEE, "Draft a plan", SOON)
        form = wrap_up.WrapUpForm(
            Cadence.HALF_YEARLY, 60, notes="Dev's notes", commitments=[hers], next_starts_at=NEXT
        )  # fmt: skip
        await wrap_up.wrap_up(store, me, await wrap_up.about_to_wrap_up(store, pair, discussion), form, harness.now)

    second = await harness.meanwhile(harness.submit(BEN, bens, **HIS), workspace.past.pk, dev_wraps_up, booking=True)
    check_form(second)
    both = await asyncio.gather(harness.submit(BEN, second.modal), harness.submit(BEN, second.modal))
    assert [one.status for one in both] == [200, 200]
    await everything(harness, workspace)


async def test_E11_two_who_submit_at_once_lose_nothing(harness: BotHarness, workspace: Any):
    """Whoever is second of two at the same moment gets the form to add, with their own words."""
    bens, devs = await form_of(harness, workspace, BEN), await form_of(harness, workspace, DEV)
    outcomes = await asyncio.gather(harness.submit(DEV, devs, **HERS), harness.submit(BEN, bens, **HIS))
    answers = [outcome.answer["view"] for outcome in outcomes]
    (second,) = [number for number, view in enumerate(answers) if view["callback_id"] == FormId.WRAP_UP]
    await harness.submit((DEV, BEN)[second], only(answers[second]))
    notes, commitments, _coming = await saved(harness, workspace)
    assert notes == {workspace.dev.pk: "Dev's notes", workspace.ben.pk: "Ben's notes"}
    assert sorted(text for _owner, text in commitments) == ["Call Mara", "Draft a plan"]


def only(view: dict[str, Any]) -> dict[str, Any]:
    """A view as Slack would send it back, of several that were shown at once."""
    return Outcome("", 200, {"view": view}, []).modal


async def test_a_wrap_up_that_the_same_person_sends_twice_is_not_added_to(harness: BotHarness, workspace: Any):
    """The same words once more show what was agreed; other words of hers, from another device, become a form to add."""
    first, other = await form_of(harness, workspace, DEV), await form_of(harness, workspace, DEV)
    await harness.submit(DEV, first, **HERS)
    again = await harness.submit(DEV, first, **HERS)
    assert again.modal["callback_id"] == FormId.NOTICE
    more = await harness.submit(DEV, other, **(HERS | {"notes": "Dev's notes, and more"}))
    assert "*You wrapped up your discussion on Mon 23 Nov.*" in said(more.modal)
    assert fields(more.modal)["notes"]["initial_value"] == "Dev's notes, and more"
    await harness.submit(DEV, more.modal)
    notes, commitments, _coming = await saved(harness, workspace)
    assert notes == {workspace.dev.pk: "Dev's notes, and more"}
    assert [text for _owner, text in commitments] == ["Draft a plan"]


async def test_the_form_that_adds_names_what_is_wrong_beside_its_fields(harness: BotHarness, workspace: Any):
    """Half a commitment and an hour that is taken are refused, the form stays, and what was typed is kept."""
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    opened = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    taken = workspace.discussion.starts_at  # Ana meets Ben then
    wrong = await harness.submit(
        BEN, opened, notes="Ben's notes", commitment__0__text="Call Mara", agreed_starts_at=taken
    )  # fmt: skip
    assert wrong.answer["errors"] == {
        "commitment.0.text": "By when? Please pick a day.",
        "agreed_starts_at": "You have another career discussion at that time. Please pick another time.",
    }
    reopened = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    assert fields(reopened)["notes"]["initial_value"] == "Ben's notes"
    assert fields(reopened)["agreed_starts_at"]["initial_date_time"] == int(NEXT.timestamp())


async def test_E10_a_date_that_was_moved_meanwhile_is_not_moved_back(harness: BotHarness, workspace: Any):
    """Dev moves the date while Ben's form to add is open: his date is refused beside its field, and hers stays."""
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    bens = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    await harness.submit(DEV, (await harness.command(DEV, "schedule")).modal, starts_at=NEXT + timedelta(days=2))
    refused = await harness.submit(BEN, bens, notes="Ben's notes", agreed_starts_at=NEXT + timedelta(days=1))
    assert list(refused.answer["errors"]) == ["agreed_starts_at"]
    assert "Dev set Wed 23 Dec at 10:00 meanwhile" in refused.answer["errors"]["agreed_starts_at"]
    *_, coming = await saved(harness, workspace)
    assert coming.starts_at == NEXT + timedelta(days=2)
    taken = await harness.submit(BEN, bens, notes="Ben's notes")  # the date as it was shown, which he left alone
    assert "You meet again on Wed 23 Dec at 10:00" in said(taken.modal)
    notes, _commitments, coming = await saved(harness, workspace)
    assert (notes[workspace.ben.pk], coming.starts_at) == ("Ben's notes", NEXT + timedelta(days=2))


async def test_E10_the_date_that_the_second_person_chooses_moves_it(harness: BotHarness, workspace: Any):
    """Ben changes date and rhythm in the form to add; Dev hears of both, of the date as of any that is moved."""
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    opened = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    shown = (await harness.press(BEN, opened, ActionId.CHANGE_FORMAT, agreed_starts_at=NEXT + timedelta(days=1))).modal
    assert fields(shown)["agreed_starts_at"]["initial_date_time"] == int((NEXT + timedelta(days=1)).timestamp())
    more = (await harness.press(BEN, shown, ActionId.MORE_COMMITMENTS, agreed_cadence="1m")).modal
    assert "commitment.2.text" in fields(more)
    done = await harness.submit(BEN, more)
    assert "Added: how you meet. Your next date is set. I'll let Dev know." in said(done.modal)
    assert "You meet again on Tue 22 Dec at 10:00" in said(done.modal)
    *_, coming = await saved(harness, workspace)
    assert (coming.starts_at, coming.round, coming.moved_from) == (NEXT + timedelta(days=1), 2, NEXT)
    told = {one.kind for one in await waiting(harness, workspace) if one.person_id == workspace.dev.pk}
    assert {"wrap_up_added", "date_set"} <= told


async def test_a_command_after_the_wrap_up_opens_what_was_agreed(harness: BotHarness, workspace: Any):
    """Dev types the command for wrapping up again: her record, to add to; a button leads to the discussion after it."""
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    opened = await harness.command(DEV, "wrapup")
    assert "*You wrapped up your discussion on Mon 23 Nov.*" in said(opened.modal)
    again = await harness.press(DEV, opened.modal | {"id": "V2"}, ActionId.MET_AGAIN, notes="Still to add")
    assert again.faults() == []
    assert "which is still to come. Did you two meet earlier?" in said(again.modal)
    form = (await harness.press(DEV, again.modal, ActionId.HAPPENED, happened="yes")).modal
    assert "initial_value" not in fields(form)["notes"]
    await harness.submit(
        DEV, form, happened="yes", notes="Over lunch", no_commitments=["ticked"], next_later=["ticked"]
    )
    async with harness.database.reading(harness.workspace_id) as store:
        first, second = reversed(await store.discussions.latest_held(workspace.past.pk, 2))
        notes = {one.discussion_id: one.text for one in await store.wrap_ups.notes([first.pk, second.pk])}
    assert notes == {first.pk: "Dev's notes", second.pk: "Over lunch"}
    assert first.state is DiscussionState.CLOSED
    old = await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, first.pk)
    assert "Still to add" in said(old.modal)
    assert "submit" not in old.modal


async def test_E10_one_who_says_that_they_did_not_meet_is_heard_by_the_other(harness: BotHarness, workspace: Any):
    """Ben leaves the date open on purpose: Dev is told, and her old button opens a form that says so."""
    await harness.submit(BEN, await form_of(harness, workspace, BEN, "no"), later=["ticked"])
    told = [one.person_id for one in await waiting(harness, workspace) if one.kind == "postponed"]
    assert told == [workspace.dev.pk]
    opened = await harness.press_in_message(DEV, Action.OPEN_WRAP_UP, workspace.ended.pk)
    assert (
        "Ben said that you two did not meet, and dropped the date, Mon 23 Nov at 08:00, without a new one. "
        "If you have met after all, you can wrap that up here."
    ) in said(opened.modal)


async def test_a_form_that_was_open_when_the_other_wrapped_up_is_redrawn_as_one_to_add(
    harness: BotHarness, workspace: Any
):
    """Ben asks for another row, or answers that they met, after Dev has wrapped up: he reads hers at once."""
    first = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    bens = await form_of(harness, workspace, BEN)
    await harness.submit(DEV, await form_of(harness, workspace, DEV), **HERS)
    check_form(await harness.press(BEN, bens, ActionId.MORE_COMMITMENTS, **HIS))
    assert "Dev wrapped up" in said((await harness.press(BEN, first, ActionId.HAPPENED, happened="yes")).modal)


async def test_the_boxes_say_what_was_talked_about(harness: BotHarness, workspace: Any):
    """Boxes are ticked to begin with; what is unticked is on the next agenda."""
    await harness.submit(DEV, (await harness.command(DEV, "agenda")).modal, new_items="Mentoring\nA course")
    async with harness.database.reading(harness.workspace_id) as store:
        first, second = await store.agenda.of_discussions([workspace.ended.pk])
    form = await form_of(harness, workspace, DEV)
    await harness.submit(DEV, form, **(HERS | {f"discussed__{second.pk}": []}))
    async with harness.database.reading(harness.workspace_id) as store:
        items = await store.agenda.of_discussions([workspace.ended.pk])
    assert {item.pk: item.state for item in items} == {first.pk: "discussed", second.pk: "carried_over"}


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        (date(2026, 11, 22), "That day has passed. Pick tomorrow or later."),
        (date(2028, 6, 1), "That is more than a year and a half away. What would be a first step before that?"),
    ],
)
async def test_E11_a_day_that_makes_no_sense_is_named_beside_its_field(
    harness: BotHarness, workspace: Any, due_on: date, sentence: str
):
    """In the past, or further ahead than a commitment should be."""
    form = await form_of(harness, workspace, DEV)
    refused = await harness.submit(DEV, form, **(HERS | {"commitment__0__due_on": due_on}))
    assert refused.answer["errors"] == {"commitment.0.text": sentence}


async def test_E9_C9_a_wrap_up_ends_in_commitments_or_none_on_purpose(harness: BotHarness, workspace: Any):
    """What is missing or contradictory is named beside its field, nothing is saved; then both read what was agreed."""
    first = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(BEN, first, ActionId.HAPPENED, happened="yes")).modal
    assert (await harness.submit(BEN, form)).answer["errors"].keys() == {"no_commitments", "next_later"}
    day = harness.now.date() + timedelta(days=9)
    wrong = {
        "no_commitments": ["ticked"], "commitment__0__text": "Draft a plan", "commitment__1__due_on": day,
        "next_starts_at": harness.now - timedelta(days=1),
    }  # fmt: skip
    refused = (await harness.submit(BEN, form, **wrong)).answer["errors"]
    assert refused == {
        "commitment.0.text": "By when? Please pick a day.",
        "commitment.1.text": "This date has no commitment yet. What will be done by then?",
        "no_commitments": "There is a commitment above. Please untick this, or clear the commitment.",
        "next_starts_at": "That time has passed. Please pick a time in the future.",
    }
    right = {
        "commitment__0__text": "Draft a plan", "commitment__0__due_on": day, "commitment__1__text": "Introduce Dev",
        "commitment__1__due_on": day, "next_starts_at": harness.now + timedelta(days=40), "notes": "Dev leads it.",
    }  # fmt: skip
    done = await harness.submit(BEN, form, **right)
    assert "Introduce Dev" in said(done.modal)
    theirs = said((await harness.command("U0DEV", "commitments")).modal)
    assert all(text in theirs for text in ("Draft a plan", "Introduce Dev", "Dev leads it."))


async def test_E12_the_thank_you_names_the_deliverables_and_both_confirm_them(harness: BotHarness, workspace: Any):
    """A draft with the deliverable, kept while it is edited, sent once, confirmed once."""
    key = workspace.held.pk
    form = (await harness.press_in_message("U0ELIF", Action.OPEN_THANK_YOU, key)).modal
    draft = fields(form)["note"]["initial_value"]
    assert "Dear Ben," in draft
    assert workspace.deliverable.text in draft
    await harness.press("U0ELIF", form, ActionId.TYPED, note=f"{draft} It was *good* <3")
    again = (await harness.press_in_message("U0ELIF", Action.OPEN_THANK_YOU, key)).modal
    assert "Here is your draft" in said(again)
    await harness.submit("U0ELIF", again)
    await harness.send_again()
    async with harness.database.reading(harness.workspace_id) as store:
        (note,) = await store.thanks.of_discussions([key])
    assert note.text.endswith("It was *good* <3")
    confirmed = await harness.press_in_message(BEN, Action.CONFIRM_DELIVERABLES, key)
    assert "Confirmed: 1 commitment. Elif can see it." in str(confirmed.messages)
    assert "confirmed by both of you" in said((await harness.command("U0ELIF", "commitments")).modal)


async def test_L6_two_who_have_chosen_nothing_meet_every_six_months(harness: BotHarness, workspace: Any):
    """A first wrap-up offers six months, and the next discussion is due in as many."""
    first = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(BEN, first, ActionId.HAPPENED, happened="yes")).modal
    assert fields(form)["cadence"]["initial_option"]["text"]["text"] == "Every six months"
    await harness.submit(BEN, form, no_commitments=["ticked"], next_later=["ticked"])
    async with harness.database.reading(harness.workspace_id) as store:
        following = await store.discussions.open_of(workspace.past.pk)
    assert following is not None
    assert following.due_on == date(2027, 5, 23)
