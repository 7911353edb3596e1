"""What is said beside a calendar file (practices E10, L2)."""

from datetime import datetime
from typing import Final

from cycle import formatting
from cycle.calendar_event import CalendarView
from cycle.nudges import Action
from cycle.zones import local_day, local_time
from handlers.views import kit

TITLE: Final = "Calendar file"
ON_ITS_WAY: Final = "The calendar file is on its way. Look in your messages with me in a few seconds."


def comment(view: CalendarView, now: datetime) -> str:
    """What is written above the file: what opening it does."""
    name, event = kit.fitted(formatting.first_name(view.other), 300), view.event
    if event.is_cancelled or event.starts_at is None:
        return (
            f"That date with {name} no longer holds. Open this file to take it out of your calendar. If it is still "
            "there afterwards, please delete it yourself."
        )
    when = formatting.moment(event.starts_at, view.me, local_day(view.me, now))
    text = (
        f"Open this file to put your career discussion with {name} on {when} into your calendar. It marks the time as "
        "busy and reminds you a day and 15 minutes before."
    )
    if event.sequence > 1:
        text += " If an earlier date of it is in your calendar, this moves it."
    return text


def file_name(view: CalendarView) -> str:
    """With the day but no name, since files are passed on and synced."""
    event = view.event
    if event.is_cancelled or event.starts_at is None:
        return "career-discussion-cancelled.ics"
    return f"career-discussion-{local_time(view.me, event.starts_at).date():%Y-%m-%d}.ics"


def again(discussion_id: int) -> kit.Element:
    """A way to ask again."""
    return kit.button("Try again", Action.CALENDAR_FILE, str(discussion_id))
