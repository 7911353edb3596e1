"""Proposing agenda items and answering them from the menu, as signed requests."""

from typing import Any

import pytest

from cycle import agendas
from cycle.nudges import Action
from handlers.shared.ids import ActionId
from handlers.shared.view_metadata import AgendaMetadata
from tests.support.harness import BotHarness
from tests.support.views import said

ANA, BEN = "U0ANA", "U0BEN"


async def test_E15_a_menu_acts_at_once_and_keeps_what_is_being_typed(harness: BotHarness, workspace: Any):
    """Accepting redraws the list with the new state, and the items being written stay in their field."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    item = workspace.items[0]
    accept = f"accept:{item.pk}:{agendas.mark_of(item)}"
    redrawn = await harness.press(BEN, agenda, ActionId.ITEM_MENU, accept, new_items="One more")
    assert redrawn.faults() == []
    listed = next(block for block in redrawn.modal["blocks"] if block["block_id"] == f"item.{item.pk}")
    assert "accepted" in listed["text"]["text"]
    assert redrawn.modal["blocks"][-1]["element"]["initial_value"] == "One more"
    assert f"accept:{item.pk}" not in str(listed)


async def test_E15_the_manager_who_adds_an_item_reads_how_the_employee_hears_of_it(
    sqlite_harness: BotHarness, workspace: Any
):
    """Ben adds one of his own: the form says that Ana is told, and a message to her is planned."""
    agenda = (await sqlite_harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    outcome = await sqlite_harness.submit(BEN, agenda, new_items="The regional meetings")
    assert "1 new item is on the agenda. I'll let Ana know." in said(outcome.modal)
    async with sqlite_harness.database.reading(sqlite_harness.workspace_id) as store:
        nudges = await store.nudges.of_pair(workspace.two.pk)
    assert workspace.ana.pk in {one.person_id for one in nudges if one.kind == "agenda_answered"}


async def test_E15_one_press_accepts_everything_and_says_so(harness: BotHarness, workspace: Any):
    """Ben accepts Ana's six items at once; the form says what happened, keeps what he is writing, and Ana is told."""
    agenda = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    assert "Accept all 6" in said(agenda)
    redrawn = await harness.press(BEN, agenda, ActionId.ACCEPT_ALL, new_items="One more")
    assert redrawn.faults() == []
    assert "You accepted 6 items. I'll let Ana know." in said(redrawn.modal)
    assert "Accept all" not in said(redrawn.modal)
    assert redrawn.modal["blocks"][-1]["element"]["initial_value"] == "One more"
    async with harness.database.reading(harness.workspace_id) as store:
        items = await store.agenda.of_discussions([workspace.discussion.pk])
        nudges = await store.nudges.of_pair(workspace.two.pk)
    assert [item.state for item in items if item.author_id == workspace.ana.pk] == ["accepted"] * 6
    assert {item.state for item in items if item.author_id == workspace.ben.pk} == {"proposed"}
    told = [one.person_id for one in nudges if one.kind == "agenda_answered" and one.ready_at is not None]
    assert set(told) == {workspace.ana.pk}
    twice = await harness.press(BEN, agenda, ActionId.ACCEPT_ALL)
    assert "Nothing is waiting for your answer any more." in said(twice.modal)


@pytest.mark.parametrize(
    ("who", "choice", "sentence"),
    [
        (BEN, "accept", "You accepted 1 item. I'll let Ana know."),
        (BEN, "carry_over", "That one waits for the discussion after this one. I'll let Ana know."),
        (ANA, "carry_over", "That one waits for the discussion after this one."),
        (ANA, "withdraw", "You took that one back. Ben no longer sees it."),
        (ANA, "down", "Moved."),
    ],
)
async def test_every_choice_from_a_menu_says_what_it_did(
    harness: BotHarness, workspace: Any, who: str, choice: str, sentence: str
):
    """The list is redrawn with a sentence on top: what happened, and who hears of it."""
    agenda = (await harness.press_in_message(who, Action.OPEN_AGENDA, workspace.two.pk)).modal
    item = workspace.items[0]
    mark = f":{agendas.mark_of(item)}" if choice == "accept" else ""
    redrawn = await harness.press(who, agenda, ActionId.ITEM_MENU, f"{choice}:{item.pk}{mark}")
    assert redrawn.modal["blocks"][0]["text"]["text"] == f":white_check_mark: {sentence}"


async def test_a_menu_chosen_too_late_shows_the_current_agenda(harness: BotHarness, workspace: Any):
    """Ana took the item back meanwhile: Ben's list is redrawn without it, and a sentence says why."""
    bens = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    anas = (await harness.command(ANA, "agenda")).modal
    item = workspace.items[0]
    await harness.press(ANA, anas, ActionId.ITEM_MENU, f"withdraw:{item.pk}")
    late = await harness.press(BEN, bens, ActionId.ITEM_MENU, f"accept:{item.pk}:{agendas.mark_of(item)}")
    assert [method for method, _ in late.calls] == ["views.update", "views.push"]
    assert f"item.{item.pk}" not in [block.get("block_id") for block in late.views[0][1]["blocks"]]
    assert "no longer on the agenda" in said(late.views[1][1])


async def reworded_by_ana(harness: BotHarness, item: Any) -> None:
    """Ana gives an item of hers other words."""
    list_ = (await harness.command(ANA, "agenda")).modal
    form = (await harness.press(ANA, list_, ActionId.ITEM_MENU, f"amend:{item.pk}")).modal
    assert (await harness.submit(ANA, form, text="A mentor, and twice the pay")).faults() == []


async def test_E15_an_outdated_list_accepts_no_words_that_nobody_read(harness: BotHarness, workspace: Any):
    """Ana rewords an item while Ben looks at it: his press leaves it, says so, and shows him the new words."""
    bens = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    item = workspace.items[0]
    await reworded_by_ana(harness, item)
    late = await harness.press(BEN, bens, ActionId.ITEM_MENU, f"accept:{item.pk}:{agendas.mark_of(item)}")
    assert "was reworded since you read it" in said(late.views[1][1])
    assert "A mentor, and twice the pay" in said(late.views[0][1])
    assert f"accept:{item.pk}:" in str(late.views[0][1])
    (others,) = (await harness.press(BEN, bens, ActionId.ACCEPT_ALL)).views
    assert "You accepted 5 items. I'll let Ana know. One item was reworded since you read it" in said(others[1])
    assert "Accept this item" in said(others[1])


async def test_E15_an_item_reworded_by_both_is_not_overwritten_unread(harness: BotHarness, workspace: Any):
    """Ben, who rewords what Ana has just reworded, reads her words before his take their place; his are kept."""
    bens, item = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal, workspace.items[0]
    for choice, label in (("amend", "Save"), ("counter", "Suggest")):
        form = (await harness.press(BEN, bens, ActionId.ITEM_MENU, f"{choice}:{item.pk}")).modal
        await reworded_by_ana(harness, item)
        shown = (await harness.submit(BEN, form, text=f"Words of Ben's to {label}")).modal
        assert "This item was reworded while you were writing. It now says:" in said(shown)
        assert "A mentor, and twice the pay" in said(shown)
        assert shown["blocks"][-1]["element"]["initial_value"] == f"Words of Ben's to {label}"
        saved = await harness.submit(BEN, shown | {"previous_view_id": "V7"}, text=f"Words of Ben's to {label}")
        assert saved.answer == {}
        assert f"Words of Ben's to {label}" in said(saved.views[-1][1])


@pytest.mark.parametrize("choice", ["amend", "counter"])
async def test_what_is_typed_about_an_item_is_kept(harness: BotHarness, workspace: Any, choice: str):
    """A form that is closed before it is submitted begins with what was typed, once; it can be started over."""
    bens, item = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal, workspace.items[0]
    form = (await harness.press(BEN, bens, ActionId.ITEM_MENU, f"{choice}:{item.pk}")).modal
    await harness.press(BEN, form, ActionId.TYPED, text="Half a sen")
    again = (await harness.press(BEN, bens, ActionId.ITEM_MENU, f"{choice}:{item.pk}")).modal
    assert again["blocks"][-1]["element"]["initial_value"] == "Half a sen"
    assert "Here is your draft of" in said(again)
    discarded = (await harness.press(BEN, again, ActionId.DISCARD_DRAFT)).modal
    afresh = (await harness.press(BEN, discarded, ActionId.OPEN_AFRESH)).modal
    assert afresh["blocks"][-1]["element"]["initial_value"] == item.text
    await harness.submit(BEN, afresh, text="A whole sentence")
    done = (await harness.press(BEN, bens, ActionId.ITEM_MENU, f"{choice}:{item.pk}")).modal
    assert "Here is your draft of" not in said(done)
    assert done["blocks"][-1]["element"]["initial_value"] == "A whole sentence"


async def test_E15_amended_words_show_in_the_list_below(harness: BotHarness, workspace: Any):
    """Rewording opens a form on top of the list, and submitting it redraws the list on the same page."""
    first = (await harness.press_in_home(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    second = (await harness.press(BEN, first, ActionId.AGENDA_PAGE)).modal
    item = workspace.items[-1]
    form = await harness.press(BEN, second, ActionId.ITEM_MENU, f"amend:{item.pk}")
    assert [method for method, _ in form.calls] == ["views.push"]
    done = await harness.submit(BEN, form.modal | {"previous_view_id": "V7"}, text="Better words")
    assert done.answer == {}
    (update,) = (body for method, body in done.calls if method == "views.update")
    assert update["view_id"] == "V7"
    assert "Better words" in said(update["view"])
    assert "Reworded. Ana sees the new words." in said(update["view"])
    assert AgendaMetadata.of(update["view"]).page == 1


async def test_E15_the_same_words_are_not_said_to_be_new(harness: BotHarness, workspace: Any):
    """Ben saves the form for new words as it is: nothing changes, and he does not read that Ana hears of it."""
    shown = (await harness.press_in_home(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    item = workspace.items[0]
    form = await harness.press(BEN, shown, ActionId.ITEM_MENU, f"amend:{item.pk}")
    done = await harness.submit(BEN, form.modal | {"previous_view_id": "V7"}, text=item.text)
    (update,) = (body for method, body in done.calls if method == "views.update")
    assert "Nothing has changed" in said(update["view"])
    assert "Reworded" not in said(update["view"])


async def test_E15_other_words_are_suggested_and_taken_with_one_press(harness: BotHarness, workspace: Any):
    """Ben suggests, Ana sees both wordings and takes his; a second press and an older button change nothing."""
    bens = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    item = workspace.items[0]
    form = (await harness.press(BEN, bens, ActionId.ITEM_MENU, f"counter:{item.pk}")).modal
    same = await harness.submit(BEN, form | {"previous_view_id": "V7"}, text=item.text)
    assert "its words already" in same.answer["errors"][agendas.TEXT]
    done = await harness.submit(BEN, form | {"previous_view_id": "V7"}, text="Better words")
    (update,) = (body for method, body in done.calls if method == "views.update")
    assert "The item stays as it is until Ana answers." in said(update["view"])
    assert "You suggest: “Better words”" in said(update["view"])
    anas = (await harness.command(ANA, "agenda")).modal
    assert "Ben suggests: “Better words”" in said(anas)
    await harness.submit(BEN, form | {"id": "V8"}, text="Even better words")
    stale = await harness.press(ANA, anas, ActionId.TAKE_COUNTER, f"{item.pk}:1")
    assert "The suggestion has changed" in said(stale.views[1][1])
    assert "Ben suggests: “Even better words”" in said(stale.views[0][1])
    anas = (await harness.command(ANA, "agenda")).modal
    taken = await harness.press(ANA, anas, ActionId.TAKE_COUNTER, f"{item.pk}:2", new_items="One more")
    assert taken.faults() == []
    assert "The item now says what Ben suggested. I'll let Ben know." in said(taken.modal)
    assert f"First: “{item.text}”" in said(taken.modal)
    assert taken.modal["blocks"][-1]["element"]["initial_value"] == "One more"
    twice = await harness.press(ANA, anas, ActionId.KEEP_WORDS, f"{item.pk}:2")
    assert [method for method, _ in twice.calls] == ["views.update", "views.push"]
    assert "No other words for that item" in said(twice.views[1][1])


async def test_E15_an_item_left_for_next_time_is_brought_back(harness: BotHarness, workspace: Any):
    """Ben leaves Ana's item, both see who did, and Ana puts it back on the agenda with one press."""
    item = workspace.items[0]
    bens = (await harness.press_in_message(BEN, Action.OPEN_AGENDA, workspace.two.pk)).modal
    left = (await harness.press(BEN, bens, ActionId.ITEM_MENU, f"carry_over:{item.pk}")).modal
    assert "Ana's item · you left it for next time" in said(left)
    anas = (await harness.command(ANA, "agenda")).modal
    assert "Your item · Ben left it for next time" in said(anas)
    back = await harness.press(ANA, anas, ActionId.BRING_BACK, item.pk)
    assert back.faults() == []
    assert "That one is back on the agenda. Ben can answer it there." in said(back.modal)
    assert f"item.{item.pk}" in [block.get("block_id") for block in back.modal["blocks"]]


async def test_an_empty_proposal_is_answered_beside_the_field(harness: BotHarness, workspace: Any):
    """An empty form says what to do; what is written then goes on the agenda, and the draft is cleared."""
    agenda = (await harness.command(ANA, "agenda")).modal
    empty = await harness.submit(ANA, agenda, new_items=" ")
    assert "one per line" in empty.answer["errors"][agendas.NEW_ITEMS]
    proposed = await harness.submit(ANA, agenda, new_items="My course\nA mentor")
    assert proposed.faults() == []
    assert said(proposed.modal).count("2 new items are on the agenda. Ben can accept or reword what you propose.") == 1
    again = (await harness.command(ANA, "agenda")).modal
    assert "initial_value" not in again["blocks"][-1]["element"]
    assert "My course" in said(again)
