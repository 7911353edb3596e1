"""What people want of the bot: when it may write to them, how often, and of what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from cycle.calendar import CLOSES, EVERY_DAY, LONGEST_ABSENCE, OPENS, calendar_of, country_of
from cycle.countries import NOWHERE, country_names, weekend
from cycle.day_spans import MOST_SPANS, DaySpan, merged, not_over, spans_from_text, spans_to_text
from cycle.errors import FieldErrors
from cycle.nudges import Topic
from cycle.people import replan_pairs_of
from storage.people import Person
from storage.store import Store

WEEKDAYS: Final = "weekdays"  # fields of the forms
OPENS_AT: Final = "opens"
CLOSES_AT: Final = "closes"
COUNTRY: Final = "country"
TIME_OFF: Final = "time_off"
AWAY_FROM: Final = "away_from"
AWAY_UNTIL: Final = "away_until"

SHORTEST_DAY: Final = timedelta(hours=1)
"""Less would leave no room to spread messages in, nor to write after a discussion has ended."""

AS_USUAL: Final = "usual"
"""The choice of the country that one's workspace has chosen, or else that of one's time zone."""


class Pace(StrEnum):
    """How many messages of what may wait."""

    WEEKLY = "weekly"
    USUAL = "usual"
    AS_IT_COMES = "as_it_comes"


LIMITS: Final = {Pace.WEEKLY: (1, 1), Pace.USUAL: (1, 3), Pace.AS_IT_COMES: (0, 0)}
"""Messages a day and in seven days; 0 for no limit."""


@dataclass(frozen=True)
class WorkingTime:
    """When a person wants to be written to, as they fill it in."""

    weekdays: Collection[int]  # 0 is Monday
    opens: time | None
    closes: time | None
    country: str  # two letters, NOWHERE or AS_USUAL
    time_off: Sequence[DaySpan] = ()  # what they entered before and still holds
    away_from: date | None = None  # what they add; today where there is only an end
    away_until: date | None = None


@dataclass(frozen=True)
class Notices:
    """How often they want to be written to, and of what."""

    pace: Pace
    topics: Collection[Topic]
    discreet: bool


def working_time_of(person: Person, today: date) -> WorkingTime:
    """What counts for a person now, as the form shows it; time off that is over is left out."""
    calendar = calendar_of(person)
    return WorkingTime(
        weekdays=sorted(calendar.weekdays),
        opens=calendar.opens,
        closes=calendar.closes,
        country=person.country or AS_USUAL,
        time_off=not_over(spans_from_text(person.time_off), today),
    )


def notices_of(person: Person) -> Notices:
    """What counts for a person now."""
    limits = (person.per_day, person.per_week)
    pace = next((pace for pace, given in LIMITS.items() if given == limits), Pace.USUAL)
    return Notices(pace, [topic for topic in Topic if topic not in person.muted.split()], person.discreet)


def check(wanted: WorkingTime, today: date) -> FieldErrors:
    """What is wrong with a working time. Pure."""
    errors = FieldErrors()
    if not set(wanted.weekdays) & EVERY_DAY:
        errors.add(WEEKDAYS, "Please choose at least one day. To hear nothing for a while, enter time off below.")
    if wanted.opens is None:
        errors.add(OPENS_AT, "Please choose a time.")
    elif wanted.closes is None:
        errors.add(CLOSES_AT, "Please choose a time.")
    elif _minutes(wanted.closes) - _minutes(wanted.opens) < SHORTEST_DAY.total_seconds() / 60:
        errors.add(CLOSES_AT, "That is less than an hour after the start. Both times are of the same day.")
    check_country(wanted.country, errors)
    _check_away(wanted, today, errors)
    return errors


def check_country(chosen: str, errors: FieldErrors) -> None:
    """Adds what is wrong with a choice of whose public holidays are kept."""
    if chosen not in {NOWHERE, AS_USUAL} and chosen not in country_names():
        errors.add(COUNTRY, "I don't know the public holidays of that country.")


def _check_away(wanted: WorkingTime, today: date, errors: FieldErrors) -> None:
    first, last = wanted.away_from, wanted.away_until
    if last is None:
        if first is not None:
            errors.add(AWAY_UNTIL, "Until when? Your last day away is enough; you can change it later.")
        return
    if last < today:
        errors.add(AWAY_UNTIL, "That day is over.")
        return
    if first is not None and last < first:
        errors.add(AWAY_UNTIL, "That is before your first day away.")
        return
    spans = _times_off(wanted, today)
    if len(spans) > MOST_SPANS:
        errors.add(AWAY_UNTIL, f"That would be more than {MOST_SPANS} times off ahead. Please untick one first.")
    elif sum(span.length for span in spans) > LONGEST_ABSENCE.days:
        errors.add(
            AWAY_UNTIL, "All together that is more than half a year. Please choose an earlier day; you can add later."
        )


def _times_off(wanted: WorkingTime, today: date) -> list[DaySpan]:
    """All times off that are to hold, those that touch each other as one."""
    added = [DaySpan(wanted.away_from or today, wanted.away_until)] if wanted.away_until else []
    return merged([*wanted.time_off, *added])


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


async def set_working_time(store: Store, me: Person, wanted: WorkingTime, now: datetime) -> None:
    """Save a checked working time of a locked person. Their nudges, and those of whom they meet, are planned anew.

    What is as it would be without a setting is not saved, so that it follows a person who moves to another country.
    """
    country = None if wanted.country == AS_USUAL else wanted.country
    usual = EVERY_DAY - weekend(country_of(me.tz, country, me.workspace_country))
    me.country = country
    me.weekdays = None if set(wanted.weekdays) == usual else "".join(map(str, sorted(set(wanted.weekdays))))
    me.opens = None if wanted.opens == OPENS else wanted.opens
    me.closes = None if wanted.closes == CLOSES else wanted.closes
    today = calendar_of(me).day_of(now)
    me.time_off = spans_to_text(not_over(_times_off(wanted, today), today))
    await replan_pairs_of(store, me, now)


async def planned_meanwhile(store: Store, me: Person) -> list[datetime]:
    """When a person's discussions begin that fall into the times off that they entered."""
    spans = spans_from_text(me.time_off)
    if not spans:
        return []
    calendar = calendar_of(me)
    since, until = calendar.at(spans[0].first, time()), calendar.at(spans[-1].last + timedelta(days=1), time())
    starts = sorted(one.starts_at for one in await store.discussions.busy([me.pk], since, until))
    return [one for one in starts if any(span.first <= calendar.day_of(one) <= span.last for span in spans)]


async def set_notices(store: Store, me: Person, wanted: Notices, now: datetime) -> None:
    """Save how often a locked person wants messages, and of what. Their nudges are planned anew."""
    me.per_day, me.per_week = LIMITS[wanted.pace]
    me.muted = " ".join(topic for topic in Topic if topic not in wanted.topics)
    me.discreet = wanted.discreet
    await replan_pairs_of(store, me, now)
