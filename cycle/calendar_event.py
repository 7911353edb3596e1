"""A discussion as an event in a person's own calendar, so that the time is kept free (practices E10, L2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from cycle import formatting
from cycle.errors import NotAvailable
from cycle.guards import in_use, own_pair_of
from storage.discussions import HELD_STATES, Discussion, DiscussionState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

NAMESPACE: Final = UUID("b3f6f2a4-6f0e-4b7c-9a55-1d1e5f7c2a90")
"""Of our events' ids. Calendars that people have filled know them by it, so it does not change."""

REMINDERS: Final = (timedelta(days=1), timedelta(minutes=15))
"""How long before it starts: the day before, to prepare, and in time to leave one's desk."""

KEEP_FREE: Final = (
    "Please keep this time free of anything else.\n"
    "Type /career brief in Slack to read what there is to know before you meet."
)
NO_LONGER: Final = "This date no longer holds."
OVER: Final = "That discussion is over, so there is nothing left to put into your calendar."
NO_DATE_YET: Final = "You two have no date yet. Find a time first; then I can send you a file for your calendar."


@dataclass(frozen=True)
class CalendarEvent:
    """One discussion in the calendar of one of the two. It says who meets when, and nothing of what they talk about."""

    uid: str
    """The same in every file about this discussion, and for both: by it a calendar finds what to change."""
    sequence: int
    """Higher in each file that changes it: a calendar takes the highest."""
    title: str
    description: str
    starts_at: datetime | None
    """None where the date was dropped and is no longer known."""
    minutes: int
    is_cancelled: bool


@dataclass(frozen=True)
class CalendarView:
    """The event, with what is said to the person beside its file."""

    event: CalendarEvent
    me: Person
    other: Person


async def calendar_of_discussion(store: Store, me: Person, discussion_id: int, team_id: str) -> CalendarView:
    """What the calendar of one of the two should know of a discussion now, whenever they ask.

    `team_id` is Slack's id of the workspace. Raises `NotAllowed` for a third person, and `NotAvailable` where there is
    nothing to put into a calendar or to take out of it.
    """
    pair = await own_pair_of(store, discussion_id, Discussion)
    discussion = await store.discussions.get(discussion_id)
    if discussion.state is DiscussionState.SCHEDULED:
        in_use(pair, me)
    other = await store.people.get(pair.other_than(me.pk))
    return CalendarView(event_of(discussion, pair, me, other, team_id), me, other)


def event_of(discussion: Discussion, pair: Pair, me: Person, other: Person, team_id: str) -> CalendarEvent:
    """The event of a discussion. Pure. Raises `NotAvailable` where it never had a date, or is wrapped up."""
    if discussion.state in HELD_STATES:
        raise NotAvailable(OVER)
    if discussion.round == 0:
        raise NotAvailable(NO_DATE_YET)
    is_cancelled = discussion.state is not DiscussionState.SCHEDULED
    # A date that is set, moved or dropped is a round of its own; cancelling comes after the last one.
    sequence = discussion.round + (discussion.state is DiscussionState.CANCELLED)
    employee, manager = (me, other) if me.pk == pair.employee_id else (other, me)
    return CalendarEvent(
        uid=str(uuid5(NAMESPACE, f"{team_id}:{discussion.pk}")),
        sequence=sequence,
        title=f"Career discussion with {formatting.first_name(other)}",
        description=f"{employee.name} and {manager.name}. {NO_LONGER if is_cancelled else KEEP_FREE}",
        starts_at=discussion.starts_at or discussion.moved_from,
        minutes=discussion.minutes,
        is_cancelled=is_cancelled,
    )
