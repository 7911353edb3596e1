import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from cycle.nudges import Action, Button, NudgeText
from cycle.thanks import LONGEST_NOTE
from handlers.views import nudge_message
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
