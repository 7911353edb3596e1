"""Working calendars: on which days, and at what hours, a person is at work. What day it is for them: `cycle.zones`."""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from cycle.countries import NOWHERE, country_of_zone, public_holidays, weekend
from cycle.day_spans import ONE_DAY, DaySpan, days_in, spans_from_text
from cycle.zones import zone_named
from storage.people import Person

OPENS = time(9)
CLOSES = time(17)
MONDAY_TO_FRIDAY = frozenset(range(5))
A_WEEK_OF_DAYS = 7
EVERY_DAY = frozenset(range(A_WEEK_OF_DAYS))
LONGEST_ABSENCE = timedelta(days=180)  # that a person enters, all together, and that a status in Slack tells
# The limit bounds every search for a working day. What a person enters, what their status tells and what a workspace
# closes may follow each other with nothing but weekends between.
LONGEST_AWAY = timedelta(days=730)


class DayOff(StrEnum):
    """Why a day is no working day."""

    FREE_WEEKDAY = "free_weekday"
    HOLIDAY = "holiday"
    CLOSED = "closed"  # the workspace is
    ABSENCE = "absence"


@dataclass(frozen=True)
class WorkingCalendar:
    """When a person may be sent a nudge: in their zone, on working days, between opening and closing.

    Takes aware moments in any zone and returns UTC; days are dates on the person's own clock. Working days are the
    `weekdays` (0 is Monday) without `holidays`, of which no country has more than a few on end, `closed` days of the
    workspace, and `absences`. Raises `ValueError` where the hours are empty, or where days off leave more than two
    years without a working day: it is for the code that builds a calendar to decide what such an absence means.
    """

    zone: ZoneInfo
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    opens: time = OPENS
    closes: time = CLOSES
    holidays: Container[date] = frozenset()
    absences: Collection[date] = frozenset()
    closed: Collection[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or not self.opens < self.closes:
            raise ValueError("working hours need at least one day a week, and an end after their start")
        if _longest_away(self.weekdays, {*self.absences, *self.closed}) > LONGEST_AWAY:
            raise ValueError("a calendar needs a working day in every two years")

    def local(self, moment: datetime) -> datetime:
        """A moment on the person's own clock. Raises `ValueError` for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a naive datetime belongs to no zone")
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The person's own date at a moment."""
        return self.local(moment).date()

    def at(self, day: date, clock: time) -> datetime:
        """A time on the person's clock as a moment."""
        return _moment(day, clock, self.zone)

    def opening(self, day: date) -> datetime:
        """When the hours of a day begin."""
        return _moment(day, self.opens, self.zone)

    def is_working_day(self, day: date) -> bool:
        """Whether the person works on a day."""
        return (
            day.weekday() in self.weekdays
            and day not in self.absences
            and day not in self.closed
            and day not in self.holidays
        )

    def day_off(self, day: date) -> DayOff | None:
        """Why the person does not work on a day; None on a working day."""
        if day in self.absences:
            return DayOff.ABSENCE
        if day.weekday() not in self.weekdays:
            return DayOff.FREE_WEEKDAY
        if day in self.closed:
            return DayOff.CLOSED
        return DayOff.HOLIDAY if day in self.holidays else None

    def back_on(self, day: date) -> date | None:
        """When the person is back, where they are away on a day."""
        return self.working_day_from(day) if self.day_off(day) is DayOff.ABSENCE else None

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie between two days, the first included, the last not."""
        return sum(self.is_working_day(first + ONE_DAY * number) for number in range((last - first).days))

    def is_open(self, moment: datetime) -> bool:
        """Whether the person is at work at a moment."""
        here = self.local(moment)
        return self.opens <= here.time() < self.closes and self.is_working_day(here.date())

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself if the person is at work then, else when they next are."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        here = self.local(moment)
        day = here.date() if here.time() < self.opens else here.date() + ONE_DAY
        return self.opening(self.working_day_from(day))

    def working_day_from(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_day_until(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before."""
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after a day."""
        for _ in range(count):
            day = self.working_day_from(day + ONE_DAY)
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """The `count`-th working day before a day."""
        for _ in range(count):
            day = self.working_day_until(day - ONE_DAY)
        return day


def calendar_of(person: Person) -> WorkingCalendar:
    """A person's working calendar: what they set, else nine to five on the working days of the country they are in."""
    status = absence_span(person.status_from, person.status_until)
    return _calendar(
        person.tz, country_of(person.tz, person.country, person.workspace_country), person.weekdays,
        (person.opens or OPENS, person.closes or CLOSES), (*spans_from_text(person.time_off), *status),
        person.closed_days,
    )  # fmt: skip


def country_of(tz: str, chosen: str | None, of_workspace: str | None) -> str:
    """Whose weekend and public holidays a person keeps: a country's that they or else their workspace chose.

    Where neither did, it is the country of their time zone.
    """
    return chosen or of_workspace or country_of_zone(tz) or NOWHERE


@lru_cache(maxsize=4096)
def _calendar(
    tz: str, country: str, weekdays: str | None, hours: tuple[time, time], away: Sequence[DaySpan], closed: str
) -> WorkingCalendar:
    opens, closes = hours
    return WorkingCalendar(
        zone_named(tz),
        weekdays=frozenset(map(int, weekdays)) if weekdays else EVERY_DAY - weekend(country),
        opens=opens,
        closes=closes,
        holidays=public_holidays(country),
        absences=days_in(away),
        closed=days_in(spans_from_text(closed)),
    )


def absence_span(first: date | None, last: date | None) -> Sequence[DaySpan]:
    """The absence from one day to another, not longer than one may be; none where there is no first or last."""
    if first is None or last is None:
        return ()
    return (DaySpan(first, min(last, first + LONGEST_ABSENCE - ONE_DAY)),)


# The nightly plan asks for the same few hundred mornings in each zone many thousand times.
@lru_cache(maxsize=8192)
def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _longest_away(weekdays: frozenset[int], days_off: Collection[date]) -> timedelta:
    """From the first to the last day of the longest run of working weekdays that are all off."""
    longest, first, last = timedelta(), None, None
    for day in sorted(day for day in days_off if day.weekday() in weekdays):
        if first is None or last is None or _next_weekday(last, weekdays) != day:
            first = day
        last = day
        longest = max(longest, last - first + ONE_DAY)
    return longest


def _next_weekday(day: date, weekdays: frozenset[int]) -> date:
    ahead = (day + ONE_DAY * step for step in range(1, A_WEEK_OF_DAYS + 1))
    return next(one for one in ahead if one.weekday() in weekdays)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    first_of_next = date(day.year + year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004 - December
    return min(date(day.year + year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - ONE_DAY)
