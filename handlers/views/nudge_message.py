"""A direct message: everything that is due for one person at one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

from cycle import formatting
from cycle.nudges import Action, NudgeText
from handlers.shared.ids import ActionId
from handlers.views import kit

LATE: Final = "I was away for a while, so this comes later than it should. Sorry about that."

TEXT: Final = "text."  # beginnings of block ids, before the key of a nudge
BUTTONS: Final = "nudge."
OUTCOME: Final = "outcome."
NEXT_STEPS: Final = "next."
LEAD: Final = "list."  # before the key of a list

LATER: Final = {
    Action.REMIND_IN_AN_HOUR: "Remind me in an hour",
    Action.REMIND_TOMORROW: "Remind me tomorrow",
    Action.REMIND_NEXT_WEEK: "Remind me next week",
    Action.REMIND_ON: "Remind me on a date…",
}
LATER_IN_A_LIST: Final = (Action.REMIND_TOMORROW, Action.REMIND_ON)  # where the menu has other things to offer
MENU: Final = 5  # choices that Slack allows

MESSAGE_BLOCKS: Final = 50
"""Slack's limit on the blocks of a message."""

MESSAGE_CHARACTERS: Final = 9_000
"""The most characters that all texts in a message's blocks may have together. Slack's own limit is not documented; a
public report (slackapi/bolt-js issue 2509) had 9,597 accepted and 11,341 refused with `msg_blocks_too_long`."""


class Size(NamedTuple):
    """How much something takes in a message, or how much there is."""

    blocks: int
    characters: int


class Part(Protocol):
    """One nudge within a message."""

    @property
    def key(self) -> str:
        """The nudge's stable key: the message is found by it, should its metadata be missing."""

    @property
    def wording(self) -> NudgeText:
        """What it says."""


class EditedPart(Protocol):
    """What a nudge in a message should say now."""

    @property
    def keys(self) -> Sequence[str]:
        """Its key, and those of the nudges whose place it has taken in this message."""

    @property
    def outcome(self) -> str | None:
        """What became of it, instead of its buttons."""

    @property
    def wording(self) -> NudgeText | None:
        """What it says instead."""

    @property
    def ends_next(self) -> bool:
        """Whether nothing is left of the next step that a listener has put in the place of its buttons."""


class _Worded(NamedTuple):
    """A nudge and what it says."""

    key: str
    wording: NudgeText


def render(parts: Sequence[Part], *, late: bool) -> dict[str, Any]:
    """`text` and `blocks` of a message. The text is complete for screen readers, without what people wrote."""
    blocks: list[kit.Block] = [kit.section(LATE)] if late else []
    for together in _read_together(_one_below_the_other(parts)):
        if blocks:
            blocks.append(kit.divider())
        blocks += _blocks(together[0]) if len(together) == 1 else _list(together)
    return {"text": _text_of_all(_each_date_once(blocks)), "blocks": blocks}


def _one_below_the_other(parts: Sequence[Part]) -> list[Part]:
    """Parts in their order. One that comes below another which has said part of it says only the rest."""
    keys = {part.key for part in parts}
    return [
        _Worded(part.key, replace(part.wording, text=below.text, buttons=below.buttons))
        if (below := part.wording.below) is not None and below.key in keys
        else part
        for part in parts
    ]


def _read_together(parts: Sequence[Part]) -> Iterable[Sequence[Part]]:
    """Parts in their order; those of one list together, where the first of them is."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        item = part.wording.item
        groups.setdefault((LEAD, item.list_key) if item else (TEXT, part.key), []).append(part)
    return groups.values()


def edited(blocks: Sequence[Mapping[str, Any]], parts: Sequence[EditedPart]) -> dict[str, Any] | None:
    """`text` and `blocks` of a message that Slack has, as it should be; None where it is so already.

    All that is not about these parts stays. So does what a listener has put in the place of a part's buttons, unless
    the part says that it ends too.
    """
    before: list[kit.Block] = [dict(block) for block in blocks]
    after = before
    for part in parts:
        after = _reworded(after, part) if part.wording is not None else _settled(after, part)
    if after == before:
        return None
    return {"text": _text_of_all(after), "blocks": after}


def _settled(blocks: list[kit.Block], part: EditedPart) -> list[kit.Block]:
    """What became of a nudge, in the place of its buttons and of the reason for them; of an item, beside its date."""
    pressable = (BUTTONS, NEXT_STEPS) if part.ends_next else (BUTTONS,)
    buttons = {before + key for before in pressable for key in part.keys}
    start, end = _place(blocks, part)
    at = next((place for place in range(start, end) if blocks[place].get("block_id") in buttons), None)
    if at is None or part.outcome is None:
        return blocks
    sentence = kit.fitted(part.outcome, kit.CONTEXT_TEXT)
    if blocks[at]["type"] == "section":
        if "accessory" not in blocks[at]:  # it is settled already
            return blocks
        return [*blocks[:at], *_with_outcome(blocks[at], blocks[at + 1], sentence), *blocks[end:]]
    said, after = (
        [_without_menu(block) for block in some if block["type"] != "context"]
        for some in (blocks[start:at], blocks[at + 1 : end])
    )
    outcome = kit.context(sentence) | {"block_id": OUTCOME + part.keys[0]}
    return [*blocks[:start], *said, outcome, *after, *blocks[end:]]


def _without_menu(block: kit.Block) -> kit.Block:
    """The text of a nudge that is settled or put off, without the menu beside it."""
    is_text = str(block.get("block_id", "")).startswith(TEXT)
    return {name: value for name, value in block.items() if name != "accessory"} if is_text else block


def _with_outcome(words: kit.Block, due: kit.Block, sentence: str) -> list[kit.Block]:
    """An item of a list without its menu, and what became of it."""
    bare = {name: value for name, value in words.items() if name != "accessory"}
    return [bare, due | {"elements": [due["elements"][0], kit.mrkdwn(sentence, kit.CONTEXT_TEXT)]}]


def _reworded(blocks: list[kit.Block], part: EditedPart) -> list[kit.Block]:
    """A nudge as it is worded now, in its place in the message."""
    start, end = _place(blocks, part)
    if start == end or part.wording is None:
        return blocks
    new = _Worded(part.keys[0], part.wording)
    now = _item(new) if _is_item(blocks[start:end]) else _blocks(new)
    if list(_sentences(blocks[start:end]))[:1] == list(_sentences(now)):
        return blocks
    return [*blocks[:start], *now, *blocks[end:]]


def answered(
    blocks: Sequence[Mapping[str, Any]], pressed: str, sentence: str, next_steps: Sequence[kit.Element]
) -> list[kit.Block]:
    """A message in which something was pressed, with what came of it in that place, and what could be done next.

    `pressed` is the id of the block that it was in. The caller has escaped people's words.
    """
    key = pressed.removeprefix(BUTTONS).removeprefix(NEXT_STEPS).removeprefix(TEXT)
    if pressed == TEXT + key:  # in the menu beside the text: what came of it is in the place of the buttons
        pressed = BUTTONS + key
    before = [_without_menu(dict(block)) if block.get("block_id") == TEXT + key else dict(block) for block in blocks]
    after = list[kit.Block]()
    for number, block in enumerate(before):
        if block.get("block_id") == pressed and _is_item(before[number : number + 2]):
            words, due = _with_outcome(block, before[number + 1], _marked(sentence))
            beside = {"accessory": next_steps[0]} if next_steps else {}  # there is room for one
            after.append(words | {"block_id": NEXT_STEPS + key} | beside)
            before[number + 1] = due
        elif block.get("block_id") == pressed:
            after += outcome_blocks(sentence, next_steps, key)
        elif block.get("block_id") != OUTCOME + key:  # of what was pressed there before
            after.append(block)
    return after


def outcome_blocks(sentence: str, next_steps: Sequence[kit.Element], key: str = "") -> list[kit.Block]:
    """What came of pressing something, and what could be done next; with the nudge's key where that is known."""
    outcome = kit.context(_marked(sentence)) | ({"block_id": OUTCOME + key} if key else {})
    return [outcome, kit.actions(next_steps, block_id=NEXT_STEPS + key if key else None)] if next_steps else [outcome]


def _marked(sentence: str) -> str:
    return f":white_check_mark: {sentence}"


def _place(blocks: Sequence[Mapping[str, Any]], part: EditedPart) -> tuple[int, int]:
    """Where a nudge begins and ends in a message; nowhere if it is not there.

    By itself it goes from its text to the next divider; in a list it is two blocks, of which its text is the second.
    """
    texts = {TEXT + key for key in part.keys}
    start = next((at for at, block in enumerate(blocks) if block.get("block_id") in texts), None)
    if start is None:
        return 0, 0
    if _is_item(blocks[start : start + 1]):
        return start - 1, start + 1
    end = next((at for at in range(start, len(blocks)) if blocks[at]["type"] == "divider"), len(blocks))
    return start, end


def _is_item(blocks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the blocks of a nudge are those of an item in a list: its text is the small line below its words."""
    return blocks[-1]["type"] == "context" and str(blocks[-1].get("block_id", "")).startswith(TEXT)


def _text_of_all(blocks: Sequence[Mapping[str, Any]]) -> str:
    """The text of a message. What people are called is escaped in the blocks already."""
    return formatting.shorten(" ".join(_sentences(blocks)), kit.MESSAGE_TEXT)


def _sentences(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The text of a message from its blocks: all but quotations and reasons."""
    for block in blocks:
        if str(block.get("block_id", "")).startswith((TEXT, LEAD, OUTCOME)) or _text_of(block) == LATE:
            yield from [one["text"] for one in block["elements"]] if "elements" in block else [_text_of(block)]


def _text_of(block: Mapping[str, Any]) -> str:
    return str(block["text"]["text"]) if block.get("type") == "section" and "text" in block else ""


def capacity() -> Size:
    """What the parts of one message may take together: Slack's limits, less the sentence of a late message."""
    return Size(MESSAGE_BLOCKS - 1, MESSAGE_CHARACTERS - _length(LATE))


def size(part: Part) -> Size:
    """What a part takes at most, with the divider before it: by itself or, with its lead, in a list. Pure."""
    alone = _taken(_blocks(part))
    return alone if part.wording.item is None else Size(*map(max, alone, _taken(_list([part], longest=True))))


def _taken(blocks: Sequence[kit.Block]) -> Size:
    return Size(len(blocks) + 1, sum(map(_length, _texts(blocks))))


def block_ids(key: str) -> tuple[str, str]:
    """The ids of the blocks by which a nudge can be recognised in a message, whether it has buttons or not."""
    return TEXT + key, BUTTONS + key


def _blocks(part: Part) -> list[kit.Block]:
    text_id, buttons_id = block_ids(part.key)
    wording = part.wording
    menu = _later(part.key) if wording.can_be_put_off and wording.buttons else None
    blocks = [kit.section(kit.fitted(wording.text, kit.SECTION_TEXT), menu) | {"block_id": text_id}]
    if wording.quote is not None:
        blocks.append(kit.section(kit.quoted(wording.quote, kit.SECTION_TEXT)))
    if wording.buttons:
        buttons = [kit.choice(one) for one in wording.buttons]
        blocks.append(kit.actions(buttons, block_id=buttons_id))
    return blocks + _reasons([part])


def _later(key: str) -> kit.Element:
    """The menu of a reminder: to have it later, or fewer of them."""
    options = [kit.option(label, f"{does}:{key}") for does, label in LATER.items()]
    return kit.overflow([*options, kit.option("Settings", f"{Action.OPEN_SETTINGS}:0")], ActionId.NUDGE_MENU)


def _list(parts: Sequence[Part], *, longest: bool = False) -> list[kit.Block]:
    """Parts of one list: a lead, each with its menu in the order of their days, and why they come.

    `longest` makes the lead that of the longest list, for measuring.
    """
    blocks: list[kit.Block] = []
    if (item := parts[0].wording.item) is not None:
        lead = item.lead(MESSAGE_BLOCKS if longest else len(parts))
        blocks.append(kit.section(kit.fitted(lead, kit.SECTION_TEXT)) | {"block_id": LEAD + item.list_key})
    for part in sorted(parts, key=lambda one: one.wording.item.day if one.wording.item else date.min):
        blocks += _item(part)
    return blocks + _reasons(parts)


def _item(part: Part) -> list[kit.Block]:
    """A part within a list: its words with a menu beside them, and below them, in small, what it says."""
    text_id, buttons_id = block_ids(part.key)
    wording = part.wording
    text = wording.text if wording.item is None else wording.item.text
    words = kit.quoted(wording.quote, kit.SECTION_TEXT) if wording.quote is not None else "•"
    options = [kit.option(one.label, f"{one.does}:{one.subject_id}") for one in wording.buttons]
    if wording.can_be_put_off and options:
        options += [kit.option(LATER[does], f"{does}:{part.key}") for does in LATER_IN_A_LIST]
    menu = kit.overflow(options[:MENU], ActionId.NUDGE_MENU) if options else None
    if len(options) == 1 and wording.quote is not None:  # nothing to choose from
        only = wording.buttons[0]
        menu = kit.button(only.label, only.does, str(only.subject_id), about=wording.quote)
    return [
        kit.section(words, menu) | {"block_id": buttons_id},
        kit.context(kit.fitted(text, kit.CONTEXT_TEXT)) | {"block_id": text_id},
    ]


def _reasons(parts: Iterable[Part]) -> list[kit.Block]:
    """Why the person gets them, each reason once."""
    reasons = dict.fromkeys(part.wording.reason for part in parts if part.wording.reason is not None)
    return [kit.context(kit.fitted(reason, kit.CONTEXT_TEXT)) for reason in reasons]


def _each_date_once(blocks: Iterable[kit.Block]) -> list[kit.Block]:
    """Blocks without the items of a list that are due as one before them is: their day is said once."""
    said: list[Any] = []
    left = []
    for block in blocks:
        item = block["elements"] if block["type"] == "context" else None
        if item is None or item not in said:
            left.append(block)
            said.append(item)
    return left


def _texts(found: Any) -> Iterator[str]:
    """Every text in some blocks, buttons included, since Slack does not say which of them it counts."""
    if isinstance(found, Mapping):
        if isinstance(found.get("text"), str):
            yield found["text"]
        found = found.values()
    elif isinstance(found, str) or not isinstance(found, Iterable):
        return
    for inner in found:
        yield from _texts(inner)


def _length(text: str) -> int:
    """Characters as JavaScript counts them, since the reports do: an emoji outside the basic plane is two."""
    return len(text) + sum(character > "\uffff" for character in text)
