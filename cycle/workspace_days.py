"""The working days of a whole workspace: whose public holidays people keep, and when it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cycle.day_spans import MOST_SPANS, DaySpan, merged, not_over, spans_from_text, spans_to_text
from cycle.errors import FieldErrors, NotAllowed
from cycle.preferences import AS_USUAL, check_country
from cycle.zones import local_day
from storage.people import Person, WorkspaceDays
from storage.store import Store

CLOSED_DAYS: Final = "closed_days"  # fields of the form
CLOSED_FROM: Final = "closed_from"
CLOSED_UNTIL: Final = "closed_until"

MOST_DAYS: Final = 60
"""Ahead, all together. With people's own longest absences they have to stay within `cycle.calendar.LONGEST_AWAY`."""

FOR_ADMINS: Final = "These days are set by admins of this workspace."


@dataclass(frozen=True)
class WorkspaceTime:
    """The working days of a workspace, as an admin fills them in."""

    country: str  # two letters, NOWHERE or AS_USUAL
    closed: Sequence[DaySpan] = ()  # what was entered before and still holds
    closed_from: date | None = None  # what is added; one day where there is no end
    closed_until: date | None = None


async def lock(store: Store, me: Person) -> Person:
    """Lock everyone in the workspace, whose calendars change with its days, until the transaction ends. Returns me.

    A change of the days begins with it: only then is it known what other admins have entered.
    """
    await store.people.lock_everyone()
    return (await store.people.lock(me.pk))[me.pk]


async def workspace_time(store: Store, me: Person, now: datetime) -> WorkspaceTime:
    """What counts now. Raises `NotAllowed` for someone who is no admin."""
    if not me.is_admin:
        raise NotAllowed(FOR_ADMINS)
    days = await store.people.workspace_days()
    return WorkspaceTime(days.country or AS_USUAL, not_over(spans_from_text(days.closed_days), local_day(me, now)))


def check(wanted: WorkspaceTime, today: date) -> FieldErrors:
    """What is wrong with what is filled in. Pure."""
    errors = FieldErrors()
    check_country(wanted.country, errors)
    first, last = wanted.closed_from, wanted.closed_until or wanted.closed_from
    if first is None:
        if last is not None:
            errors.add(CLOSED_FROM, "From when?")
    elif last is not None and last < first:
        errors.add(CLOSED_UNTIL, "That is before the first day.")
    elif last is not None and last < today:
        errors.add(CLOSED_FROM, "That day is over.")
    elif len(spans := closed_days(wanted)) > MOST_SPANS:
        errors.add(CLOSED_FROM, f"The workspace would be closed more than {MOST_SPANS} times. Please untick one first.")
    elif sum(span.length for span in spans) > MOST_DAYS:
        errors.add(
            CLOSED_UNTIL if wanted.closed_until else CLOSED_FROM, f"All together that is more than {MOST_DAYS} days."
        )
    return errors


def closed_days(wanted: WorkspaceTime) -> list[DaySpan]:
    """All closed days that are to hold, those that touch each other as one."""
    first, last = wanted.closed_from, wanted.closed_until or wanted.closed_from
    added = [DaySpan(first, last)] if first is not None and last is not None else []
    return merged([*wanted.closed, *added])


async def set_workspace_time(store: Store, wanted: WorkspaceTime) -> None:
    """Save checked working days, with everyone locked. They count at once; what is planned moves the next night."""
    country = None if wanted.country == AS_USUAL else wanted.country
    await store.people.set_workspace_days(WorkspaceDays(country, spans_to_text(closed_days(wanted))))
