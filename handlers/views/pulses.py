"""How a discussion was: three buttons, and who sees what is tapped (practice E18)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cycle import formatting
from cycle.nudges import Action
from cycle.pulses import FEWEST_PEOPLE, PulseView
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PulseMetadata
from handlers.views import kit
from storage.pulses import Score

SCORES: Final[Mapping[ActionId, Score]] = MappingProxyType(
    {
        ActionId.PULSE_GOOD: Score.GOOD,
        ActionId.PULSE_MIXED: Score.MIXED,
        ActionId.PULSE_POOR: Score.POOR,
    }
)  # fmt: skip
LABELS: Final = {Score.GOOD: "Worth it", Score.MIXED: "So-so", Score.POOR: "Not worth it"}
WHO_SEES_IT: Final = (
    f"Nobody sees your answer, {{name}} included. It only counts in numbers of {FEWEST_PEOPLE} people or more."
)


def ask(discussion_id: int) -> kit.Element:
    """Opens the question."""
    return kit.button("How was it for you?", Action.OPEN_PULSE, str(discussion_id))


def render(view: PulseView, metadata: PulseMetadata) -> dict[str, Any]:
    """The question."""
    name = kit.fitted(formatting.first_name(view.other), 300)
    buttons = [kit.button(LABELS[score], does) for does, score in SCORES.items()]
    blocks = [kit.section(f"How was your discussion with {name} for you?"), kit.actions(buttons)]
    if view.mine is not None:
        blocks.append(kit.context(f"You said: {LABELS[view.mine]}. Another tap changes it."))
    blocks.append(kit.context(WHO_SEES_IT.format(name=name)))
    return kit.modal(FormId.PULSE, "How was it?", blocks, metadata=metadata)


def given() -> dict[str, Any]:
    """Afterwards."""
    return kit.notice("Thank you", "Thank you. That stays between you and me.")
