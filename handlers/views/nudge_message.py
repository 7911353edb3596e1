"""A direct message: everything that is due for one person at one moment."""

from collections.abc import Sequence
from typing import Any

from cycle.nudges import NudgeKind, NudgeText, PlannedNudge
from handlers.views import kit

LATE = "I was away for a while, so this comes later than it should. Sorry about that."


def render(notes: Sequence[tuple[NudgeKind, PlannedNudge, NudgeText]], *, late: bool) -> dict[str, Any]:
    """`text` and `blocks` of a message. The text is complete for screen readers, without what people wrote."""
    blocks: list[kit.Block] = [kit.section(LATE)] if late else []
    for number, (kind, planned, words) in enumerate(notes):
        if number or late:
            blocks.append(kit.divider())
        blocks += _note(kind, planned, words)
    lines = ([LATE] if late else []) + [words.text for _, _, words in notes]
    return {"text": kit.fitted(" ".join(lines), kit.MESSAGE_TEXT), "blocks": blocks}


def _note(kind: NudgeKind, planned: PlannedNudge, words: NudgeText) -> list[kit.Block]:
    said = kit.fitted(words.text, kit.SECTION_TEXT)
    blocks = [kit.section(said)]
    if words.quote is not None:
        blocks.append(kit.section(kit.quoted(words.quote, kit.SECTION_TEXT)))
    if words.buttons:
        buttons = [kit.button(one.label, one.does, str(one.subject_id), primary=one.primary) for one in words.buttons]
        blocks.append(kit.actions(buttons, block_id=f"nudge.{planned.key}"))
    return [*blocks, kit.context(f"Why this? {kind.why}")]
