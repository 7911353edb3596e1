"""Noting down achievements, in words and from a message, and finding them again (practice C8)."""

from datetime import date, timedelta
from typing import Any

import pytest

from cycle.achievements import LONGEST_ACHIEVEMENT
from cycle.preparations import Page
from handlers.shared.ids import ActionId, FormId, ShortcutId
from handlers.shared.message_text import plain_text
from storage.achievements import Achievement
from storage.preparations import Answer
from tests.handlers.conftest import TODAY
from tests.support.builders import saved
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ANA, BEN, ELIF = "U0ANA", "U0BEN", "U0ELIF"


async def all_of(harness: BotHarness, who: str) -> list[tuple[str, date]]:
    """A person's achievements, the latest first."""
    me = await harness.person(who)
    async with harness.database.reading(harness.workspace_id) as store:
        return [(one.text, one.happened_on) for one in await store.achievements.latest_of(me.pk, 50)]


async def test_C8_what_is_typed_after_the_word_is_saved_at_once(harness: BotHarness):
    """`/career win …` keeps the words as they were typed, as of today, and says so to the person alone."""
    outcome = await harness.command(ANA, "Win  Closed <the> audit &\nno findings")
    assert outcome.faults() == []
    assert outcome.answer["response_type"] == "ephemeral"
    assert "Saved: “Closed &lt;the&gt; audit &amp; no findings”. Only you see it." in outcome.answer["text"]
    assert await all_of(harness, ANA) == [("Closed <the> audit &\nno findings", TODAY)]
    assert await all_of(harness, BEN) == []
    key = outcome.answer["blocks"][1]["elements"][0]["value"]
    edited = (await harness.press_in_message(ANA, ActionId.EDIT_ACHIEVEMENT, key, ephemeral=True)).modal
    await harness.submit(ANA, edited, **{f"edit{key}__text": "Closed the audit"})
    assert await all_of(harness, ANA) == [("Closed the audit", TODAY)]


async def test_C8_the_same_words_of_a_day_are_saved_once(harness: BotHarness):
    """Typed again, they are there already, which the answer says; the next day they are another achievement."""
    await harness.command(ANA, "win Closed the audit")
    again = await harness.command(ANA, "win  Closed the  audit")
    assert "You have noted that down today already: “Closed the audit”." in again.answer["text"]
    assert await all_of(harness, ANA) == [("Closed the audit", TODAY)]
    harness.now += timedelta(days=1)
    assert "Saved:" in (await harness.command(ANA, "win Closed the audit")).answer["text"]


async def test_C8_too_long_a_text_comes_back_whole(harness: BotHarness):
    """Nothing is saved, and nothing is lost: the answer has all that was typed."""
    text = "word " * 700
    outcome = await harness.command(ANA, f"win {text}")
    assert outcome.faults() == []
    assert f"Please keep it within {LONGEST_ACHIEVEMENT}." in outcome.answer["text"]
    shown = "".join(block["text"]["text"] for block in outcome.answer["blocks"][1:])
    assert shown.count("word") == 700
    assert await all_of(harness, ANA) == []


async def test_C8_a_message_is_saved_as_achievement(harness: BotHarness):
    """The shortcut fills in what the message says and the day on which it was sent; the list shows it afterwards."""
    sent_at = harness.now - timedelta(days=5)
    text = "Thanks &amp; well done <@U0ANA>, see <https://example.com/x|the report>"
    shortcut = {"text": text, "ts": f"{sent_at.timestamp():.6f}"}
    outcome = await harness.shortcut_on_message(ANA, ShortcutId.SAVE_ACHIEVEMENT, **shortcut)
    assert outcome.faults() == []
    form = outcome.modal
    assert fields(form)["new0.text"]["initial_value"] == "Thanks & well done someone, see the report"
    assert fields(form)["new0.happened_on"]["initial_date"] == sent_at.date().isoformat()
    after = await harness.submit(ANA, form)
    assert after.faults() == []
    assert "Saved: “Thanks &amp; well done someone, see the report”." in said(after.modal)
    assert "initial_value" not in fields(after.modal)["new1.text"]
    assert await all_of(harness, ANA) == [("Thanks & well done someone, see the report", sent_at.date())]
    await harness.send_again()
    assert len(await all_of(harness, ANA)) == 1


@pytest.mark.parametrize("message", [{}, {"text": "", "ts": "x"}, {"text": "x" * 4000, "ts": "9999999999999"}])
async def test_a_message_without_words_or_date_still_opens_the_form(harness: BotHarness, message: dict[str, Any]):
    """A file, a message of an app, or a clock that is wrong: there is a form that Slack takes, and no error."""
    outcome = await harness.shortcut_on_message(ANA, ShortcutId.SAVE_ACHIEVEMENT, **message)
    assert outcome.faults() == []
    assert outcome.modal["callback_id"] == FormId.ACHIEVEMENTS
    assert fields(outcome.modal)["new0.happened_on"]["initial_date"] <= TODAY.isoformat()


async def test_C8_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(harness: BotHarness):
    """A day to come, a year that is a slip; what was typed is a draft, and empty means that the list just closes."""
    form = (await harness.command(ANA, "win")).modal
    for day, sentence in ((TODAY + timedelta(days=1), "still to come"), (date(2016, 3, 1), "Is the year right?")):
        refused = await harness.submit(ANA, form, new0__text="The audit", new0__happened_on=day)
        assert list(refused.answer["errors"]) == ["new0.happened_on"]
        assert sentence in refused.refusal
    assert await all_of(harness, ANA) == []
    again = (await harness.command(ANA, "win")).modal
    assert fields(again)["new0.text"]["initial_value"] == "The audit"
    assert (await harness.submit(ANA, again, new0__text="  ")).answer == {}


async def test_C8_one_is_edited_and_removed(harness: BotHarness):
    """From the list: other words and another day, then gone; somebody else's cannot be touched."""
    await harness.command(ANA, "win The audit")
    listed = (await harness.command(ANA, "win")).modal
    editing = await harness.press(ANA, listed, ActionId.EDIT_ACHIEVEMENT)
    assert editing.faults() == []
    (key,) = {int(name.partition(".")[0].removeprefix("edit")) for name in fields(editing.modal)}
    day = TODAY - timedelta(days=30)
    changed = await harness.submit(
        ANA, editing.modal, **{f"edit{key}__text": "The big audit", f"edit{key}__happened_on": day}
    )
    assert await all_of(harness, ANA) == [("The big audit", day)]
    assert (await harness.press_in_message(BEN, ActionId.EDIT_ACHIEVEMENT, key)).refusal
    editing = await harness.press(ANA, changed.modal, ActionId.EDIT_ACHIEVEMENT)
    removed = await harness.press(ANA, editing.modal, ActionId.REMOVE_ACHIEVEMENT)
    assert "Removed: “The big audit”." in said(removed.modal)
    assert await all_of(harness, ANA) == []
    late = await harness.submit(ANA, editing.modal, **{f"edit{key}__text": "Too late"})
    assert "not there any more" in str(late.answer) + late.refusal
    assert await all_of(harness, ANA) == []


async def test_C8_a_new_one_is_kept_while_another_is_edited(harness: BotHarness):
    """What is typed before “Edit” is there again after it, saved or closed; so are words that were being edited."""
    await harness.command(ANA, "win The audit")
    listed = (await harness.command(ANA, "win")).modal
    editing = (await harness.press(ANA, listed, ActionId.EDIT_ACHIEVEMENT, new0__text="Trained two people")).modal
    (field,) = [name for name in fields(editing) if name.endswith(".text")]
    typed = {field.replace(".", "__"): "The big audit"}
    await harness.press(ANA, editing, ActionId.TYPED, **typed)
    reopened = await harness.press_in_message(ANA, ActionId.EDIT_ACHIEVEMENT, field.removeprefix("edit").split(".")[0])
    assert fields(reopened.modal)[field]["initial_value"] == "The big audit"
    after = await harness.submit(ANA, editing, **typed)
    assert fields(after.modal)["new0.text"]["initial_value"] == "Trained two people"
    await harness.submit(ANA, after.modal)
    assert sorted(text for text, _day in await all_of(harness, ANA)) == ["The big audit", "Trained two people"]


async def test_C8_the_next_preparation_offers_what_was_noted_down(harness: BotHarness, workspace: Any):
    """It is the first answer to what went well, since the last discussion; private, and the person's to change."""
    old = Achievement(person_id=workspace.elif_.pk, text="Long ago", happened_on=TODAY - timedelta(days=60),
                      saved_at=harness.now)  # fmt: skip
    async with harness.database.unit(harness.workspace_id) as store:
        await saved(store, old)
    await harness.command(ELIF, "win Trained two people")
    await harness.command(ELIF, "win Wrote the checklist")
    opened = await harness.prep(ELIF)
    assert opened["callback_id"] == Page.ANSWERS
    assert fields(opened)["achievements"]["initial_value"] == "• Trained two people\n• Wrote the checklist"
    assert "This is what you noted down since you last talked." in said(opened)
    await harness.submit(ELIF, opened, achievements="Trained two people, and liked it")
    async with harness.database.reading(harness.workspace_id) as store:
        prepared = await store.preparations.for_open_discussion(workspace.thanks.pk, workspace.elif_.pk, [])
        assert prepared is not None
        assert prepared.preparation is not None
        (answer,) = await store.preparations.answers_of(prepared.preparation.pk)
    assert isinstance(answer, Answer)
    assert not answer.shared
    again = await harness.prep(ELIF)
    assert fields(again)["achievements"]["initial_value"] == "Trained two people, and liked it"
    assert "You also noted down:" in said(again)
    assert "• Wrote the checklist" in said(again)
    assert "• Trained" not in said(again)
    for_the_manager = (await harness.press_in_message(BEN, "open_preparation", workspace.thanks.pk)).modal
    for_the_manager = (await harness.press(BEN, for_the_manager, ActionId.GO_TO_PAGE, Page.ANSWERS)).modal
    assert "noted down" not in said(for_the_manager)


async def test_C8_home_leads_to_them(harness: BotHarness):
    """For everyone who has a manager here."""
    home = (await harness.home_opened(ANA)).views[-1][1]
    assert any(one.get("action_id") == ActionId.ACHIEVEMENTS for one in home["blocks"][-1]["elements"])
    outcome = await harness.press_in_home(ANA, ActionId.ACHIEVEMENTS)
    assert outcome.modal["callback_id"] == FormId.ACHIEVEMENTS
    of_manager = (await harness.home_opened(BEN)).views[-1][1]
    assert not any(one.get("action_id") == ActionId.ACHIEVEMENTS for one in of_manager["blocks"][-1]["elements"])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Well done <@U1|ana>!", "Well done @ana!"),
        ("Well done <@U1>!", "Well done someone!"),
        ("<!here> <#C1|general> <!subteam^S1|@leads>", "@here #general @leads"),
        ("<mailto:a@example.com|a@example.com> <https://example.com>", "a@example.com https://example.com"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
    ],
)
def test_a_message_reads_as_a_person_would_read_it(text: str, read: str):
    """Labels and names instead of references, and characters instead of entities."""
    assert plain_text(text) == read
