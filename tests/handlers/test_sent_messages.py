"""Messages that were sent, from a press to the edit that follows: every part of the bot together."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cycle.nudges import Action
from cycle.replanning import out_of_line, replan, replan_many
from cycle.sent_nudges import EDIT_AFTER
from handlers.shared.ids import ActionId
from handlers.shared.listeners import UNKNOWN_BUTTON
from handlers.views import kit, nudge_message
from sandbox.validation import problems
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from storage.pairs import Pair, PairState
from tests.support.builders import MADRID, at, commitment, held, pair, person, planning, saved
from tests.support.harness import BotHarness, Outcome
from tests.support.messengers import FakeMessenger
from tests.support.views import said

ANA, GUS, HEDY = "U0ANA", "U0GUS", "U0HEDY"
SOON = timedelta(minutes=1)


class Mail:
    """The bot with its delivery, and what people see of the messages it sent."""

    def __init__(self, harness: BotHarness) -> None:
        self.harness = harness
        self.seconds = 0.0
        self.slack = FakeMessenger(lambda: harness.now)
        clocks = Clocks(lambda: harness.now, lambda: self.seconds)
        messenger_of = {harness.workspace_id: self.slack}.get
        workers = [make(harness.database, messenger_of, clocks) for make in (Delivery, Confirmation, Editing)]
        self._dispatch = Dispatch(harness.database, *workers, clocks)

    async def catch_up(self, after: timedelta = EDIT_AFTER) -> None:
        """Deliver and edit all that is due, a while later."""
        self.harness.now += after
        self.seconds += after.total_seconds()
        await self._dispatch.catch_up()

    def blocks(self, key: str) -> list[dict[str, Any]]:
        """The message that is about a nudge, as people see it now."""
        return self.slack.blocks[self._place(key)]

    def text(self, key: str) -> str:
        """What that message says now, without quotations and reasons."""
        return " ".join(nudge_message._sentences(self.blocks(key)))

    def _place(self, key: str) -> tuple[str, str]:
        ids = set(nudge_message.block_ids(key))
        [place] = [at for at, blocks in self.slack.blocks.items() if ids & {one.get("block_id") for one in blocks}]
        return place

    async def press(self, slack_id: str, key: str, does: str, block: str = "nudge") -> Outcome:
        """Press, or choose, in the message about a nudge; what the listener answers in place takes its place."""
        place, message = self._place(key), self.blocks(key)
        outcome = await self.harness.press_in_block(slack_id, message, f"{block}.{key}", does)
        assert outcome.faults() == []
        for answer in outcome.messages:
            if answer.get("replace_original"):
                self.slack.blocks[place] = answer["blocks"]
        return outcome

    def menus(self) -> set[str]:
        """The keys of the items of lists that have a menu."""
        blocks = [one for message in self.slack.blocks.values() for one in message]
        kinds = {str(one.get("block_id")): one["accessory"]["type"] for one in blocks if "accessory" in one}
        return {block_id.removeprefix("nudge.") for block_id, kind in kinds.items() if kind == "overflow"}


@pytest.fixture
async def mail(harness: BotHarness) -> Mail:
    """The bot with its delivery, on either database."""
    return Mail(harness)


async def meeting(harness: BotHarness, due: list[date]) -> tuple[Pair, list[int]]:
    """Gus and Hedy, who have no date yet, and commitments of Gus's; the pair and their keys."""
    async with harness.database.unit(harness.workspace_id) as store:
        gus, hedy = person("Gus Hall", slack_id=GUS), person("Hedy Lang", slack_id=HEDY)
        await saved(store, gus, hedy)
        two = pair(gus, hedy)
        await saved(store, two)
        await saved(store, planning(two, harness.now.date() + timedelta(days=200)))
        made = [commitment(two, gus, day, text=f"Book & <read> {number}") for number, day in enumerate(due)]
        await saved(store, *made)
        await replan(store, two, harness.now - timedelta(days=3))
    return two, [one.pk for one in made]


async def test_E13_done_from_the_menu_of_one_commitment_settles_that_one(mail: Mail):
    """Three due together are one message; Done for the second is said there, and a third kept elsewhere as well."""
    today = mail.harness.now.date()
    _two, keys = await meeting(
        mail.harness, [today - timedelta(days=3), today + timedelta(days=1), today + timedelta(days=1)]
    )
    overdue, second, third = (
        f"commitment_overdue:{keys[0]}:1", *(f"commitment_ahead:{key}:day" for key in keys[1:])
    )  # fmt: skip
    await mail.catch_up()
    assert len([one for one in mail.slack.shown if one.recipient.slack_id == GUS]) == 1
    assert mail.menus() == {overdue, second, third}
    assert mail.text(second).startswith("Here are 3 of your commitments to Hedy. How are they going? Was due on")

    await mail.press(GUS, second, Action.COMMITMENT_DONE)
    await mail.catch_up()
    assert mail.menus() == {overdue, third}
    assert mail.text(second).count("Marked as done.") == 1
    assert [one["accessory"]["action_id"] for one in mail.blocks(second) if "accessory" in one] == [
        ActionId.NUDGE_MENU, ActionId.UNDO_DONE, ActionId.NUDGE_MENU,
    ]  # fmt: skip

    await mail.harness.press_in_home(GUS, Action.COMMITMENT_DONE, keys[2])
    await mail.catch_up()
    assert mail.menus() == {overdue}
    assert mail.text(third).endswith("Done.")
    assert problems("message", {"text": mail.text(third), "blocks": mail.blocks(third)}) == []

    await mail.press(GUS, second, ActionId.UNDO_DONE, block="next")
    assert "Marked as done." not in mail.text(second)
    assert "It is open again." in mail.text(second)
    new_date = await mail.press(GUS, overdue, Action.NEW_DATE)
    assert "Book &amp; &lt;read&gt; 0" in str(new_date.modal["blocks"][0])
    shown = await mail.press(GUS, overdue, Action.OPEN_COMMITMENTS)
    assert shown.modal["title"]["text"] == "Commitments"


async def test_E13_one_of_several_commitments_is_put_off(mail: Mail):
    """One entry of a list is put off to Wednesday and another to tomorrow: each says so, and comes again by itself.

    One that is done as soon as it was put off says that it is over.
    """
    today = mail.harness.now.date()
    _two, keys = await meeting(mail.harness, [today - timedelta(days=number) for number in (4, 3, 2, 1)])
    first, second, third, fourth = (f"commitment_overdue:{key}:1" for key in keys)
    await mail.catch_up()
    for one in (first, fourth):
        form = (await mail.press(GUS, one, Action.REMIND_ON)).modal
        await mail.harness.submit(GUS, form, day=today + timedelta(days=2))
    await mail.press(GUS, second, Action.REMIND_TOMORROW)
    await mail.harness.press_in_home(GUS, Action.COMMITMENT_DONE, keys[3])  # before the message says anything
    await mail.catch_up()
    assert mail.menus() == {third}
    assert mail.text(fourth).count("This is no longer open.") == 1
    assert mail.text(first).count("I'll remind you on Wed 25 Nov at 09:00, unless it is done by then.") == 1
    assert mail.text(first).count("I'll remind you on Tue 24 Nov at 09:00, unless it is done by then.") == 1
    assert problems("message", {"text": mail.text(first), "blocks": mail.blocks(first)}) == []
    for day, key in ((24, second), (25, first)):
        mail.harness.now = at(MADRID, 2026, 11, day, 9)
        await mail.catch_up()
        of_gus = [one for one in mail.slack.shown if one.recipient.slack_id == GUS]
        assert [part.key for part in of_gus[-1].parts] == [key]
    assert mail.slack.times_shown()[third] == 1


@pytest.mark.parametrize("does", [does for does in Action if does not in {Action.START, Action.OPEN_SETTINGS}])
async def test_a_choice_from_a_menu_is_a_press_of_its_button(sqlite_harness: BotHarness, does: Action):
    """Every button that a nudge can carry does the same from a menu: about what is gone, it says the same sentence."""
    menu = kit.overflow([kit.option("x", f"{does}:4711")], ActionId.NUDGE_MENU)
    message = [kit.section("x", menu) | {"block_id": "nudge.x"}]
    chosen = await sqlite_harness.press_in_block(ANA, message, "nudge.x", does)
    pressed = await sqlite_harness.press_in_message(ANA, does, 4711)
    assert chosen.refusal == pressed.refusal != UNKNOWN_BUTTON
    assert chosen.refusal


@pytest.mark.parametrize("value", ["open_commitments:x", "typed:1", "", "commitment_done"])
async def test_a_made_up_choice_from_a_menu_changes_nothing(sqlite_harness: BotHarness, value: str):
    """A value that no menu of ours has is met with a sentence."""
    menu = kit.overflow([kit.option("x", value)], ActionId.NUDGE_MENU)
    message = [kit.section("x", menu) | {"block_id": "nudge.x"}]
    body = sqlite_harness._pressed(GUS, ActionId.NUDGE_MENU, "", "nudge.x")
    body["actions"][0] = {**body["actions"][0], "value": None, "selected_option": {"value": value}}
    respond = {"response_url": f"{sqlite_harness.slack.address}/respond", "message": {"text": "…", "blocks": message}}
    outcome = await sqlite_harness._interact(body | respond)
    assert outcome.refusal


async def asked(mail: Mail) -> str:
    """Gus asks Hedy, and she has the message; the key of its nudge."""
    harness = mail.harness
    async with harness.database.unit(harness.workspace_id) as store:
        gus, hedy = person("Gus Hall", slack_id=GUS), person("Hedy Lang", slack_id=HEDY)
        await saved(store, gus, hedy)
        two = pair(gus, hedy, state=PairState.ASKED, asked_at=harness.now, answered_at=None)
        await saved(store, two)
        await replan(store, two, harness.now)
    await mail.catch_up()
    return f"pair_asked:{two.pk}"


def actions_in(mail: Mail, key: str) -> list[str]:
    """What can be pressed in the message about a nudge."""
    return [one["action_id"] for block in mail.blocks(key) for one in block.get("elements", ()) if "action_id" in one]


async def set_date(mail: Mail, slack_id: str, starts_at: datetime) -> Outcome:
    """Set or move the date with the form."""
    form = (await mail.harness.command(slack_id, "schedule")).modal
    outcome = await mail.harness.submit(slack_id, form, starts_at=starts_at)
    assert "You and" in str(outcome.modal["blocks"]), outcome
    return outcome


async def test_E1_a_yes_in_the_message_offers_to_find_a_time_until_there_is_one(mail: Mail):
    """What is offered after the answer stays while other things change, and goes when a date is set elsewhere."""
    key = await asked(mail)
    await mail.press(HEDY, key, Action.ACCEPT_PAIR)
    await mail.catch_up()
    assert actions_in(mail, key) == [Action.OPEN_SCHEDULE, Action.OPEN_PREPARATION]
    await mail.catch_up(timedelta(hours=1))
    assert actions_in(mail, key) == [Action.OPEN_SCHEDULE, Action.OPEN_PREPARATION]
    await set_date(mail, GUS, mail.harness.now + timedelta(days=16))
    await mail.catch_up()
    assert actions_in(mail, key) == []
    assert mail.text(key).endswith("You said yes. The date is set: Wed 9 Dec at 11:00.")
    edits = len(mail.slack.edits)
    await set_date(mail, GUS, mail.harness.now + timedelta(days=17))
    await mail.catch_up()
    assert not [one for edit in mail.slack.edits[edits:] for part in edit.parts for one in part.keys if one == key]


async def test_E1_a_yes_on_the_home_is_said_in_the_message_and_a_night_changes_nothing(mail: Mail):
    """A yes from elsewhere takes the two buttons at once, and no edit is tried again while the date is missing."""
    key = await asked(mail)
    await mail.harness.press_in_home(HEDY, Action.ACCEPT_PAIR, key.split(":")[1])
    await mail.catch_up()
    assert actions_in(mail, key) == []
    assert mail.text(key).endswith("You said yes.")
    edits = len(mail.slack.edits)
    async with mail.harness.database.unit(mail.harness.workspace_id) as store:
        pair_id = int(key.split(":")[1])
        assert await out_of_line(store, [pair_id], mail.harness.now) == []
        await replan_many(store, [pair_id], mail.harness.now)
    await mail.catch_up()
    assert len(mail.slack.edits) == edits


def to(mail: Mail, slack_id: str) -> int:
    """How many messages a person has."""
    return len([one for one in mail.slack.shown if one.recipient.slack_id == slack_id])


async def test_a_date_that_moves_twice_in_a_day_is_one_message_with_the_last_date(mail: Mail):
    """Set, moved and moved again with the form: one message, and the person who moved it reads how the other hears."""
    await meeting(mail.harness, [])
    first = at(MADRID, 2026, 12, 9, 11)
    assert "I'll let Hedy know." in str(await set_date(mail, GUS, first))
    await mail.catch_up(SOON)
    for days in (1, 2):
        assert "I'll update the message about it that Hedy already has." in str(
            await set_date(mail, GUS, first + timedelta(days=days))
        )
        await mail.catch_up(SOON)
    assert to(mail, HEDY) == 1
    [key] = [one for one in mail.slack.buttons() if one.startswith("date_set")]
    assert mail.text(key) == (
        "Gus moved your career discussion from Wed 9 Dec at 11:00 to Fri 11 Dec at 11:00, for both of you, 60 minutes."
    )


async def test_a_date_moved_twice_in_a_wrap_up_is_said_as_the_other_side_hears_of_it(mail: Mail):
    """Gus adds another date to the wrap-up, and a third one: the first is a message to Hedy, the next edits that."""
    two, _keys = await meeting(mail.harness, [])
    first = at(MADRID, 2026, 12, 9, 11)
    async with mail.harness.database.unit(mail.harness.workspace_id) as store:
        await saved(store, held(two, mail.harness.now - timedelta(days=1), mail.harness.now, number=9))
        await replan(store, two, mail.harness.now)
    await mail.catch_up(SOON)
    before = to(mail, HEDY)
    for days, words in enumerate(("I'll let Hedy know.", "I'll update the message about it that Hedy already has.")):
        form = (await mail.harness.command(GUS, "wrapup")).modal
        added = await mail.harness.submit(GUS, form, agreed_starts_at=first + timedelta(days=days))
        assert f"Your next date is set. {words}" in said(added.modal)
        await mail.catch_up(SOON)
    assert to(mail, HEDY) == before + 1


async def test_a_date_that_is_set_back_before_the_other_side_hears_of_it_is_said(mail: Mail):
    """Moved in the evening and back: the promise to let the other know is kept the next morning, with the date."""
    await meeting(mail.harness, [])
    date_ = at(MADRID, 2026, 12, 9, 11)
    await set_date(mail, GUS, date_)
    await mail.catch_up(SOON)
    await mail.catch_up(at(MADRID, 2026, 11, 23, 21) - mail.harness.now)
    for moved in (date_ + timedelta(days=1), date_):
        assert "I'll let Hedy know." in str(await set_date(mail, GUS, moved))
        await mail.catch_up()
    assert to(mail, HEDY) == 1
    await mail.catch_up(timedelta(hours=12))
    assert to(mail, HEDY) == 2
    [key] = [one for one in mail.slack.buttons() if one.startswith("date_set")]
    assert mail.text(key) == (
        "Gus edited your career discussion: it is on Wed 9 Dec at 11:00, for both of you, 60 minutes."
    )


async def test_the_date_that_the_other_has_set_is_no_news_to_them(mail: Mail):
    """Who chooses the very date that the other has set changes nothing, and is promised nothing."""
    await meeting(mail.harness, [])
    date_ = at(MADRID, 2026, 12, 9, 11)
    await set_date(mail, GUS, date_)
    await mail.catch_up(SOON)
    before = to(mail, GUS)
    assert "That is the date that Gus has set." in str(await set_date(mail, HEDY, date_))
    await mail.catch_up(SOON)
    assert (to(mail, GUS), to(mail, HEDY)) == (before, 1)


async def test_E16_a_date_set_for_tomorrow_is_named_once(mail: Mail):
    """The news of the date and the brief are one message: one date, one way to prepare, to change and to the brief."""
    await meeting(mail.harness, [])
    await set_date(mail, GUS, at(MADRID, 2026, 11, 24, 15))
    await mail.catch_up(SOON)
    [key] = [one for one in mail.slack.buttons() if one.startswith("date_set")]
    assert mail.text(key) == (
        "Gus set a date for your career discussion: Tue 24 Nov at 15:00, for both of you, 60 minutes. "
        "Here is the brief for it. You haven't prepared yet."
    )
    assert actions_in(mail, key) == [
        Action.OPEN_PREPARATION, Action.OPEN_SCHEDULE, Action.CALENDAR_FILE, Action.OPEN_BRIEF,
    ]  # fmt: skip
    assert to(mail, HEDY) == 1
