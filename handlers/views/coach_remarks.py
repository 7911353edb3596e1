"""What the coach says, under the field that it is about (practices M4, M6, E3, E5, C14)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cycle import formatting
from cycle.coach import Remark, RemarkKind
from cycle.coach_remarks import Advice, Wording
from handlers.shared.ids import ActionId
from handlers.views import kit

INSTEAD: Final = "instead"  # how the names of the fields with questions to ask instead begin
REMARK: Final = "remark."  # how the ids of remarks begin; the key of the wording follows
ON, OFF = "on", "off"  # what a switch of the coach carries

WORDS_TEXT: Final = 120  # characters shown of the words that a remark is about: enough to find them
BETTER_TEXT: Final = 400  # characters of an example

# Remarks whose better wording is the first of two things that were written as one.
SPLIT: Final = frozenset({RemarkKind.SEVERAL, RemarkKind.TWO_IN_ONE})


def under(field: str, advice: Sequence[Advice]) -> list[kit.Block]:
    """The remarks on a field's words, each with its buttons."""
    return [block for one in advice if one.wording.field == field for block in _one(one)]


def closing(advice: Sequence[Advice], again: str) -> list[kit.Block]:
    """The end of a form with remarks. `again`: what pressing the form's own button once more is called."""
    if not advice:
        return []
    many = formatting.count(sum(len(_together(one)) for one in advice), "remark")
    said = f":bulb: {many} above, which only you see. Press {again} again to keep your wording."
    off = kit.button("Switch the coach off", ActionId.SWITCH_COACH, OFF)
    return [kit.context(said), kit.actions([off], block_id="coach")]


def shown_keys(view: Mapping[str, Any]) -> set[str]:
    """The keys of the wordings that a view shows remarks on."""
    blocks = view.get("blocks")
    ids = [str(one.get("block_id")) for one in blocks if isinstance(one, dict)] if isinstance(blocks, list) else []
    return {one.removeprefix(REMARK) for one in ids if one.startswith(REMARK)}


def switch(*, on: bool) -> kit.Element:
    """The switch on the App Home: what pressing it does."""
    turns = OFF if on else ON
    return kit.button(f"Switch coach {turns}", ActionId.SWITCH_COACH, turns)


def _one(advice: Advice) -> list[kit.Block]:
    wording = advice.wording
    keep = kit.button("Keep mine", ActionId.KEEP_MINE, wording.key, about=wording.text)
    said = _said(advice)
    if advice.instead:
        said += "\nTick one of these to ask it instead of your own line."
    return [
        kit.section(said),
        *(
            kit.ticked_section(
                f"{INSTEAD}.{wording.key}.{question.id}", kit.escape(question.text), "Ask instead", ticked=False
            )
            for question in advice.instead
        ),
        kit.actions([keep], block_id=f"{REMARK}{wording.key}"),
    ]


def _together(advice: Advice) -> dict[tuple[int, int, str], list[Remark]]:
    """Remarks by the words that they are about and their example: those that share both are read as one."""
    together: dict[tuple[int, int, str], list[Remark]] = {}
    for remark in advice.remarks:
        together.setdefault((remark.start, remark.end, remark.suggestion), []).append(remark)
    return together


def _said(advice: Advice) -> str:
    """Each remark with the words it is about and its example; remarks that share both are on one line."""
    lines = []
    for (start, end, better), remarks in _together(advice).items():
        lines.append(f":bulb: “{_named(advice.wording, start, end)}”: {' '.join(remark.text for remark in remarks)}")
        if advice.instead and remarks[0].kind not in SPLIT:
            continue  # the questions to ask instead are the examples
        lead = "The first on its own" if remarks[0].kind in SPLIT else "For example"
        lines.append(f"{lead}: _{kit.fitted(_in_line(better), BETTER_TEXT)}_")
    return "\n".join(lines)


def _named(wording: Wording, start: int, end: int) -> str:
    """The words that a remark is about; one line among several is quoted whole, with these words in bold."""
    text = wording.text
    if wording.asker is None or len(text) > WORDS_TEXT or not text[:start] + text[end:].strip(".?! "):
        return kit.fitted(_in_line(text[start:end]), WORDS_TEXT)
    return f"{kit.escape(text[:start])}*{kit.escape(text[start:end])}*{kit.escape(text[end:])}"


def _in_line(text: str) -> str:
    return " ".join(text.split())
