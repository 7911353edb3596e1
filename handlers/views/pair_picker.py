"""“With whom?”, for a person in several pairs."""

from collections.abc import Sequence
from typing import Any

from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PairPickerMetadata
from handlers.views import kit
from storage.pairs import Pair, Side
from storage.people import Person

# A manager with more reports than this finds the rest through the App Home; Slack allows 100 blocks.
MOST_SHOWN = 45


def render(choices: Sequence[tuple[Pair, Person]], me: Person, metadata: PairPickerMetadata) -> dict[str, Any]:
    """A list of the people whom a person meets with, their manager first (E1)."""
    blocks = [kit.section("With whom?")]
    for pair, other in choices[:MOST_SHOWN]:
        role = "your manager" if pair.side_of(me.pk) is Side.EMPLOYEE else "reports to you"
        press = kit.button(f"Choose {other.name}", ActionId.CHOOSE_PAIR, str(pair.pk))
        blocks.append(kit.section(f"*{kit.fitted(other.name, 200)}* · {role}", press))
    return kit.modal(FormId.NOTICE, "Career", blocks, metadata=metadata)
