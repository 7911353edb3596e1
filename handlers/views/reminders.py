"""Putting a reminder off to a day that its reader chooses."""

from datetime import datetime
from typing import Any, Final

from cycle import formatting
from cycle.calendar import calendar_of
from cycle.putting_off import DAY, LONGEST, Reminder, tomorrow
from cycle.zones import local_day
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import RemindMetadata
from handlers.views import kit
from storage.people import Person

TITLE: Final = "Remind me later"
TEXT: Final = 700  # characters of what the reminder says


def render(reminder: Reminder, me: Person, now: datetime) -> dict[str, Any]:
    """What the reminder is about, and the day; as late as it makes sense."""
    calendar, today = calendar_of(me), local_day(me, now)
    first, last = calendar.day_of(tomorrow(calendar, now)), reminder.last_day(calendar, today)
    said = reminder.text
    hint = "It comes as your work begins. A day off becomes your next working day."
    if last < today + LONGEST:
        hint = f"{hint} After {formatting.day(last, today)} it would be out of date."
    blocks = [
        kit.section(kit.quoted(f"{said.text}\n{said.quote}" if said.quote else said.text, TEXT)),
        kit.field(DAY, "Remind me on", kit.day_picker(first), hint=hint, optional=False, tracked=False),
    ]
    metadata = RemindMetadata(nudge=reminder.nudge.key)
    return kit.modal(FormId.REMIND_ON, TITLE, blocks, submit="Save", metadata=metadata)


def saved(sentence: str) -> dict[str, Any]:
    """When it comes again."""
    return kit.notice(TITLE, sentence)
