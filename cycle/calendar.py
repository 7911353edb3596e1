"""Working time: a person's own days and hours, in their own time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OPENS = time(9)
CLOSES = time(17)
MONDAY_TO_FRIDAY = frozenset(range(5))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingHours:
    """When a person may be nudged. All moments taken and given are aware; those given are UTC."""

    zone: ZoneInfo
    days: frozenset[int] = MONDAY_TO_FRIDAY  # 0 is Monday
    opens: time = OPENS
    closes: time = CLOSES

    def __post_init__(self) -> None:
        if not self.days or not self.opens < self.closes:
            raise ValueError("working hours need at least one day, and an end after their start")

    def local(self, moment: datetime) -> datetime:
        """A moment on the person's own clock."""
        if moment.tzinfo is None:
            raise ValueError("naive datetimes have no place here")
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The person's own date at a moment."""
        return self.local(moment).date()

    def at(self, day: date, clock: time) -> datetime:
        """A time on the person's clock as a moment."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def opening(self, day: date) -> datetime:
        """When the working day begins."""
        return self.at(day, self.opens)

    def is_open(self, moment: datetime) -> bool:
        """Whether the person is at work at a moment."""
        here = self.local(moment)
        return here.weekday() in self.days and self.opens <= here.time() < self.closes

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself if the person is at work then, else when they next are."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        here = self.local(moment)
        day = here.date() if here.time() < self.opens else here.date() + ONE_DAY
        return self.opening(self.working_day_from(day))

    def working_day_from(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        while day.weekday() not in self.days:
            day += ONE_DAY
        return day

    def working_day_until(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before."""
        while day.weekday() not in self.days:
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


@lru_cache(maxsize=1024)
def hours_in(tz: str) -> WorkingHours:
    """Monday to Friday, nine to five, in an IANA time zone; an unknown zone counts as UTC."""
    try:
        return WorkingHours(ZoneInfo(tz))
    except (ZoneInfoNotFoundError, ValueError):
        return WorkingHours(ZoneInfo("UTC"))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    first_of_next = date(day.year + year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004 - December
    return min(date(day.year + year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - ONE_DAY)
