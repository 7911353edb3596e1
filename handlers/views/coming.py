"""What comes next: the messages that are planned for a person, with why."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.forecast import ComingMessage
from cycle.zones import local_day
from handlers.shared.ids import ActionId, FormId
from handlers.views import forecast, kit
from storage.people import Person

TEXT: Final = 700  # characters of one of several things that a message says
NOTHING: Final = "Nothing is planned for you in the coming three months."


def render(coming: Sequence[ComingMessage], me: Person, now: datetime) -> dict[str, Any]:
    """Each with its day and time, what it will say, and why."""
    today = local_day(me, now)
    ahead = kit.actions([kit.button(forecast.TITLE, ActionId.OPEN_FORECAST)])
    if not coming:
        return kit.modal(FormId.COMING, "What comes next", [kit.section(NOTHING), ahead])
    blocks = [
        kit.context(
            "As things stand: what either of you does changes it. "
            f"Times are in your working hours ({kit.fitted(formatting.place_name(me.tz), 100)})."
        ),
        *(block for one in coming for block in _message(one, me, today)),
        ahead,
    ]
    return kit.modal(FormId.COMING, "What comes next", blocks)


def _message(one: ComingMessage, me: Person, today: date) -> Iterator[kit.Block]:
    lines = [f"*{formatting.moment(one.at, me, today)}*"]
    for text in one.texts:
        lines.append(kit.quoted(f"{text.text}\n{text.quote}" if text.quote else text.text, TEXT))
        if text.reason:
            lines.append(f"_{kit.fitted(text.reason, 300)}_")
    yield from kit.packed(lines)
