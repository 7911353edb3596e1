import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from cycle.nudges import Action, Below, Button, ListItem, NudgeText
from cycle.thanks import LONGEST_NOTE
from handlers.views import kit, nudge_message
from handlers.views.nudge_message import MESSAGE_BLOCKS, MESSAGE_CHARACTERS
from sandbox.validation import problems

BUTTONS = tuple(
    Button("Confirm the deliverables", does, 7) for does in (Action.CONFIRM_DELIVERABLES, Action.OPEN_COMMITMENTS)
)


@dataclass(frozen=True)
class Part:
    """A part of a message, as the scheduler hands it over."""

    key: str
    wording: NudgeText


def parts(*wordings: NudgeText) -> list[Part]:
    """Parts that say something, each with a key of its own."""
    return [Part(f"thank_you_note:{number}", wording) for number, wording in enumerate(wordings)]


def characters(blocks: Sequence[dict]) -> int:
    """All texts in some blocks, as Slack may count them."""
    found: list[str] = []

    def note(one: dict) -> None:
        if isinstance(one.get("text"), str):
            found.append(one["text"])

    json.loads(json.dumps(blocks), object_hook=note)
    return sum(len(text.encode("utf-16-le")) // 2 for text in found)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("letter", ["x", "<", "&", "🙂", "\n"])
def test_the_size_of_parts_is_what_they_take(letter: str, *, late: bool):
    """As many of the longest parts as have room together make a message within Slack's limits, even a late one."""
    wording = NudgeText(f"Ana sent you a note {letter}.", BUTTONS, quote=letter * LONGEST_NOTE)
    room, many = nudge_message.capacity(), parts(*[wording] * 60)
    blocks, length, count = 0, 0, 0
    for part in many:
        more = nudge_message.size(part)
        if blocks + more.blocks > room.blocks or length + more.characters > room.characters:
            break
        blocks, length, count = blocks + more.blocks, length + more.characters, count + 1
    message = nudge_message.render(many[:count], late=late)
    assert problems("message", message) == []
    assert len(message["blocks"]) <= blocks + late * 1 <= MESSAGE_BLOCKS
    assert characters(message["blocks"]) <= MESSAGE_CHARACTERS
    assert count >= 1


def test_a_part_by_itself_always_has_room():
    """The longest text, quote, reason and buttons that a nudge can have fit into one message, so none is unsendable."""
    longest = NudgeText("x" * 9_000, BUTTONS * 2, quote="&" * 9_000)
    [part] = parts(longest)
    size, room = nudge_message.size(part), nudge_message.capacity()
    assert size.blocks <= room.blocks
    assert size.characters <= room.characters


def test_C10_the_notification_text_holds_no_quoted_word():
    """The quote is in the message; the text, which shows on lock screens, says only that there is one."""
    message = nudge_message.render(parts(NudgeText("Ana sent you a note.", BUTTONS, quote="my hopes")), late=False)
    assert message["text"] == "Ana sent you a note."
    assert "> my hopes" in json.dumps(message["blocks"])


def test_names_cannot_mention_anyone():
    """A name that looks like a mention is shown, not followed."""
    message = nudge_message.render(parts(NudgeText("<!channel> sent you a note.")), late=False)
    assert "<!channel>" not in json.dumps(message)
    assert "&lt;!channel&gt;" in message["text"]


def test_every_nudge_can_be_recognised_in_a_message():
    """Each nudge, with buttons or without, leaves a block id of its own, and no two blocks share one."""
    with_buttons, without = parts(NudgeText("A note.", BUTTONS), NudgeText("A note."))
    blocks = nudge_message.render([with_buttons, without], late=True)["blocks"]
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids)) == 3
    for part in (with_buttons, without):
        assert not set(ids).isdisjoint(nudge_message.block_ids(part.key))


@pytest.mark.parametrize("late", [False, True])
def test_a_late_message_admits_it_once(*, late: bool):
    """However many nudges are late, one sentence says so, in the text and in the message."""
    message = nudge_message.render(parts(*[NudgeText("A note.")] * 3), late=late)
    assert json.dumps(message["blocks"]).count(nudge_message.LATE) == late
    assert message["text"].startswith(nudge_message.LATE) == late


@dataclass(frozen=True)
class Edited:
    """What a part should say, as the scheduler hands it over."""

    keys: Sequence[str]
    outcome: str | None = None
    wording: NudgeText | None = None
    ends_next: bool = False


FIRST, SECOND = parts(
    NudgeText("Ana sent you a note.", BUTTONS, quote="Thank you & all", reason="You two talked on Thu 3 Dec."),
    NudgeText("Your commitment is due.", BUTTONS),
)


def test_an_outcome_takes_the_place_of_the_buttons_and_their_reason():
    """The text and the quote stay, the other part of the message too, and the notification says the outcome as well."""
    before = nudge_message.render([FIRST, SECOND], late=True)
    after = nudge_message.edited(before["blocks"], [Edited([FIRST.key], outcome="Confirmed.")])
    assert after is not None
    assert problems("message", after) == []
    ids = [block.get("block_id") for block in after["blocks"]]
    assert ids == [None, None, f"text.{FIRST.key}", None, f"outcome.{FIRST.key}", None, f"text.{SECOND.key}",
                   f"nudge.{SECOND.key}"]  # fmt: skip
    assert after["text"] == f"{nudge_message.LATE} Ana sent you a note. Confirmed. Your commitment is due."
    assert "Thank you &amp; all" in json.dumps(after["blocks"])
    assert "You two talked" not in json.dumps(after["blocks"])


def test_editing_twice_changes_nothing():
    """A message that is as it should be is not edited, nor is one in which a listener has replaced the buttons."""
    blocks = nudge_message.render([FIRST, SECOND], late=False)["blocks"]
    to_do = [Edited([FIRST.key], outcome="Confirmed.")]
    once = nudge_message.edited(blocks, to_do)
    assert once is not None
    assert nudge_message.edited(once["blocks"], to_do) is None
    replaced = [block for block in blocks if block.get("block_id") != f"nudge.{FIRST.key}"]
    assert nudge_message.edited(replaced, to_do) is None


def test_a_part_is_reworded_in_its_place():
    """Another wording takes the whole place of a part, under its new key, whatever was there under an earlier one."""
    blocks = nudge_message.render([FIRST, SECOND], late=False)["blocks"]
    wording = NudgeText("Ana moved it.", BUTTONS[:1])
    after = nudge_message.edited(blocks, [Edited(["new", FIRST.key], wording=wording)])
    assert after is not None
    assert problems("message", after) == []
    assert [block.get("block_id") for block in after["blocks"]] == [
        "text.new", "nudge.new", None, f"text.{SECOND.key}", f"nudge.{SECOND.key}",
    ]  # fmt: skip
    assert after["text"] == "Ana moved it. Your commitment is due."
    assert nudge_message.edited(after["blocks"], [Edited(["new", FIRST.key], wording=wording)]) is None


def test_a_part_that_is_not_there_changes_nothing():
    """Someone else's message, or one without blocks, stays as it is."""
    blocks = nudge_message.render([SECOND], late=False)["blocks"]
    assert nudge_message.edited(blocks, [Edited([FIRST.key], outcome="Done.")]) is None
    assert nudge_message.edited((), [Edited([FIRST.key], wording=FIRST.wording)]) is None


def lead(number: int) -> str:
    """Above a list."""
    return f"Here are {number} of yours."


def listed(count: int, of: str = "3") -> list[Part]:
    """Commitments of one list, all different."""
    found = []
    for number in range(count):
        item = ListItem(f"commitments:{of}", f"Due on day {number}.", date(2027, 1, number % 28 + 1), lead)
        text = f"Your commitment to Ben is due on day {number}. Is it on its way?"
        wording = NudgeText(text, BUTTONS, f"<Plan> & book {number}", item=item)
        found.append(Part(f"commitment_ahead:{of}{number}:day", wording))
    return found


def ids_of(message: dict) -> list[str | None]:
    """The block ids of a message, in order."""
    return [block.get("block_id") for block in message["blocks"]]


def test_one_of_a_list_by_itself_is_like_any_other_nudge():
    """A commitment that is due alone has a text and a row of buttons, whatever else is in the message."""
    [alone] = listed(1)
    bare = Part(alone.key, replace(alone.wording, item=None))
    other = Part("commitment_ahead:4:day", listed(1, of="4")[0].wording)
    assert nudge_message.render([alone], late=False) == nudge_message.render([bare], late=False)
    assert nudge_message.render([alone, other], late=False)["text"] == f"{alone.wording.text} {other.wording.text}"


def test_several_of_a_list_have_one_lead_and_a_menu_each():
    """One sentence says how many; each item has its words, its date and its menu. The notification holds no word."""
    first, second, third = listed(3)
    message = nudge_message.render([first, Part("date_set:1", NudgeText("A date.", BUTTONS)), second, third], late=True)
    assert problems("message", message) == []
    assert ids_of(message) == [
        None, None, "list.commitments:3",
        f"nudge.{first.key}", f"text.{first.key}", f"nudge.{second.key}", f"text.{second.key}",
        f"nudge.{third.key}", f"text.{third.key}", None, "text.date_set:1", "nudge.date_set:1",
    ]  # fmt: skip
    assert message["text"] == (
        f"{nudge_message.LATE} Here are 3 of yours. Due on day 0. Due on day 1. Due on day 2. A date."
    )
    item = message["blocks"][3]
    assert item["text"]["text"] == "> &lt;Plan&gt; &amp; book 0"
    assert item["accessory"]["type"] == "overflow"
    assert [option["value"] for option in item["accessory"]["options"]] == [
        "confirm_deliverables:7", "open_commitments:7",
    ]  # fmt: skip


def test_a_notification_says_once_what_is_true_of_several():
    """Three that are due on one day: the text has the day once, and the message has it below each."""
    item = ListItem("commitments:3", "Due tomorrow.", date(2027, 1, 15), lead)
    wordings = [NudgeText(f"Number {number} is due.", quote="Read", item=item) for number in range(3)]
    message = nudge_message.render(parts(*wordings), late=False)
    assert message["text"] == f"{lead(3)} Due tomorrow."
    assert str(message["blocks"]).count("Due tomorrow.") == 3


def test_lists_of_two_pairs_are_two_lists():
    """Commitments to two people are counted and read apart."""
    message = nudge_message.render([*listed(2), *listed(3, of="4")], late=False)
    assert problems("message", message) == []
    assert [one for one in ids_of(message) if one and one.startswith("list.")] == [
        "list.commitments:3", "list.commitments:4",
    ]  # fmt: skip
    assert message["text"].startswith("Here are 2 of yours. Due on day 0. Due on day 1. Here are 3 of yours.")


@pytest.mark.parametrize("letter", ["x", "<", "&", "🙂"])
def test_fifty_of_a_list_make_messages_that_slack_takes(letter: str):
    """As many as have room by their size are a valid message, and so is each half of it."""
    many = [Part(one.key, replace(one.wording, quote=letter * 200, reason="You agreed.")) for one in listed(50)]
    room, taken, count = nudge_message.capacity(), nudge_message.Size(0, 0), 0
    for part in many:
        more = nudge_message.size(part)
        taken = nudge_message.Size(taken.blocks + more.blocks, taken.characters + more.characters)
        if taken.blocks > room.blocks or taken.characters > room.characters:
            break
        count += 1
    assert 2 < count < 50
    for group in (many[:2], many[:count], many[: count // 2], many[count // 2 : count]):
        message = nudge_message.render(group, late=True)
        assert problems("message", message) == []
        assert len(message["blocks"]) <= MESSAGE_BLOCKS
        assert characters(message["blocks"]) <= MESSAGE_CHARACTERS


def test_an_item_that_is_settled_loses_its_menu_and_says_so():
    """What became of one item is said beside its date; the others keep their menus, and the lead stays."""
    first, second, third = listed(3)
    before = nudge_message.render([first, second, third], late=False)
    after = nudge_message.edited(before["blocks"], [Edited([second.key], outcome="Done & <kept>.")])
    assert after is not None
    assert problems("message", after) == []
    assert ids_of(after) == ids_of(before)
    assert [one.get("block_id") for one in after["blocks"] if "accessory" in one] == [
        f"nudge.{first.key}", f"nudge.{third.key}",
    ]  # fmt: skip
    assert after["text"] == ("Here are 3 of yours. Due on day 0. Due on day 1. Done &amp; &lt;kept&gt;. Due on day 2.")
    assert nudge_message.edited(after["blocks"], [Edited([second.key], outcome="Done & <kept>.")]) is None


def test_a_list_that_is_settled_has_no_menu_and_is_no_longer_than_before():
    """When all items are settled each still has its words and its date, in as many blocks."""
    items = listed(3)
    before = nudge_message.render(items, late=False)
    after = nudge_message.edited(before["blocks"], [Edited([one.key], outcome="Done.") for one in items])
    assert after is not None
    assert problems("message", after) == []
    assert len(after["blocks"]) == len(before["blocks"])
    assert "accessory" not in json.dumps(after)
    assert after["text"] == "Here are 3 of yours. Due on day 0. Done. Due on day 1. Done. Due on day 2. Done."


def test_an_item_is_reworded_in_its_place():
    """Another wording takes the place of one item, and leaves the rest of the list."""
    first, second = listed(2)
    blocks = nudge_message.render([first, second], late=False)["blocks"]
    item = ListItem("commitments:3", "Due on day 9.", date(2027, 1, 9), lead)
    to_do = [Edited(["new", first.key], wording=replace(first.wording, item=item))]
    after = nudge_message.edited(blocks, to_do)
    assert after is not None
    assert problems("message", after) == []
    assert ids_of(after) == ["list.commitments:3", "nudge.new", "text.new", *ids_of({"blocks": blocks})[3:]]
    assert after["text"] == "Here are 2 of yours. Due on day 9. Due on day 1."
    assert nudge_message.edited(after["blocks"], to_do) is None


def test_an_item_that_is_answered_in_place_offers_the_next_step_instead_of_its_menu():
    """The answer is said in the item alone, the next one takes its place, and no edit of the item changes it."""
    first, second = listed(2)
    blocks = nudge_message.render([first, second], late=False)["blocks"]
    undo = kit.button("Undo", "undo_done", "7")
    done = nudge_message.answered(blocks, f"nudge.{first.key}", "Marked as done.", [undo])
    assert problems("message", {"text": "…", "blocks": done}) == []
    assert done[1]["accessory"] == undo
    assert done[3:] == blocks[3:]
    assert nudge_message.edited(done, [Edited([first.key], outcome="Done.")]) is None
    undone = nudge_message.answered(done, f"next.{first.key}", "It is open again.", [])
    assert "accessory" not in undone[1]
    assert [one["text"] for one in undone[2]["elements"]] == ["Due on day 0.", ":white_check_mark: It is open again."]


def test_an_answer_in_place_is_replaced_by_the_next_one():
    """Done and then Undo, in a message of one nudge: only the last answer is there, and each can be recognised."""
    blocks = nudge_message.render([FIRST], late=False)["blocks"]
    done = nudge_message.answered(blocks, f"nudge.{FIRST.key}", "Marked as done.", [kit.button("Undo", "undo", "7")])
    undone = nudge_message.answered(done, f"next.{FIRST.key}", "It is open again.", [kit.button("Show", "show", "7")])
    for message in (done, undone):
        assert problems("message", {"text": "…", "blocks": message}) == []
        assert [one["block_id"] for one in message if "block_id" in one] == [
            f"text.{FIRST.key}", f"outcome.{FIRST.key}", f"next.{FIRST.key}",
        ]  # fmt: skip
    assert "Marked as done." not in json.dumps(undone)


def test_a_name_is_escaped_once_however_often_a_message_is_edited():
    """The text of an edited message is taken from blocks whose words are escaped already."""
    part = Part("one", NudgeText("A & B said yes.", BUTTONS))
    before = nudge_message.render([part], late=False)
    after = nudge_message.edited(before["blocks"], [Edited(["one"], outcome="Done.")])
    assert after is not None
    assert (before["text"], after["text"]) == ("A &amp; B said yes.", "A &amp; B said yes. Done.")


def test_what_comes_below_another_part_says_the_rest_only_where_that_one_is():
    """Below the part that it names it has other words and buttons; in a message without that part it has its own."""
    wording = NudgeText("You talk on Thu 26 Nov.", BUTTONS, below=Below(FIRST.key, "Here is the brief.", BUTTONS[:1]))
    part = Part("day_before:1", wording)
    together = nudge_message.render([FIRST, part], late=False)
    assert problems("message", together) == []
    assert together["text"] == "Ana sent you a note. Here is the brief."
    assert len(together["blocks"][-1]["elements"]) == 1
    assert ids_of(together)[-2:] == list(nudge_message.block_ids(part.key))
    apart = nudge_message.render([SECOND, part], late=False)
    assert apart["text"] == "Your commitment is due. You talk on Thu 26 Nov."
    assert len(apart["blocks"][-1]["elements"]) == 2


def test_a_next_step_goes_when_it_has_been_taken():
    """What a listener offers in the place of the buttons stays until it is over; then the outcome says it all."""
    blocks = nudge_message.render([FIRST, SECOND], late=False)["blocks"]
    step = [kit.button("Find a time", Action.OPEN_SCHEDULE, "7")]
    accepted = nudge_message.answered(blocks, f"nudge.{FIRST.key}", "Accepted. Next, find a time.", step)
    assert nudge_message.edited(accepted, [Edited([FIRST.key], outcome="You said yes.")]) is None
    to_do = [Edited([FIRST.key], outcome="You said yes. The date is set.", ends_next=True)]
    after = nudge_message.edited(accepted, to_do)
    assert after is not None
    assert problems("message", after) == []
    assert after["text"] == "Ana sent you a note. You said yes. The date is set. Your commitment is due."
    assert not [one for one in ids_of(after) if one and one.startswith("next.")]
    assert nudge_message.edited(after["blocks"], to_do) is None


def test_a_button_beside_other_words_is_replaced_with_them():
    """In a message that carries no nudge, what was pressed gives way to the answer, even as the last of its blocks."""
    beside = kit.section("Ana asked you.", kit.button("Say yes", "yes", "7")) | {"block_id": "x1"}
    answer = nudge_message.answered([kit.section("Now:"), beside], "x1", "Accepted.", [])
    assert problems("message", {"text": "…", "blocks": answer}) == []
    assert [block["type"] for block in answer] == ["section", "context"]
    between = nudge_message.answered([beside, kit.section("More.")], "x1", "Accepted.", [])
    assert [block["type"] for block in between] == ["context", "section"]
