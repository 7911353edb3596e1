"""Until when an opportunity is open, and on which days a channel is told about opportunities (practice C11). Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from cycle.calendar import add_months, calendar_of
from storage.opportunities import SHOWN_FOR, Digest, Frequency, Opportunity
from storage.people import Person

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(weeks=1)
DAYS_OF_A_WEEK = 7


def closes_at(opportunity: Opportunity, offered_by: Person) -> datetime:
    """When an opportunity is no longer open: a session when it begins, others at the end of their last day."""
    if opportunity.starts_at is not None:
        return opportunity.starts_at
    if opportunity.open_until is not None:
        return calendar_of(offered_by).at(opportunity.open_until + ONE_DAY, time())
    return opportunity.offered_at + SHOWN_FOR


def is_open(opportunity: Opportunity, offered_by: Person, now: datetime) -> bool:
    """Whether people can still take part: not withdrawn, not over, and offered by someone who is still here."""
    is_offered = opportunity.withdrawn_at is None and not offered_by.deactivated
    return is_offered and now < closes_at(opportunity, offered_by)


def digest_days(digest: Digest, since: date) -> Iterator[date]:
    """The days of a digest from one on, without end: whether someone works on them is another question."""
    if digest.frequency is Frequency.WEEKLY:
        day = _weekday_from(since, digest.weekday)
        while True:
            yield day
            day += ONE_WEEK
    month = since.replace(day=1)
    while True:
        if (day := _weekday_from(month, digest.weekday)) >= since:
            yield day
        month = add_months(month, 1)


def _weekday_from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % DAYS_OF_A_WEEK)
