"""The next 90 days: what a person will be sent if nobody does anything, day by day, with the days off around it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, Final

from cycle import formatting
from cycle.calendar import DayOff
from cycle.forecast import DAYS_AHEAD, ComingMessage, ComingNudge, DaysOff
from cycle.nudges import NudgeText
from cycle.zones import local_day
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import ForecastMetadata
from handlers.views import kit
from storage.people import Person

TITLE: Final = f"The next {DAYS_AHEAD} days"
PAGE: Final = 30  # days
LAST_PAGE: Final = DAYS_AHEAD // PAGE - 1
# Together these keep a page readable, and within Slack's 100 blocks and 250 KB, however much is planned.
MOST_A_DAY: Final = 8  # things said
MOST_OFF: Final = 5  # days off named for one day
TEXT: Final = 220  # characters of one thing
REASON: Final = 160
NAME: Final = 80
MOST_BYTES: Final = 150_000  # of the lines of a page, as JSON
NOTHING: Final = "Nothing is planned for you in these days."
FULL: Final = "There is more in the rest of these days than fits here."


@dataclass(frozen=True)
class Around:
    """What else there is to know about the days: who is off, and where the person's clock changes."""

    off: Sequence[DaysOff] = ()
    clocks: Sequence[tuple[date, timedelta]] = ()
    unanswered: Sequence[tuple[Person, bool]] = ()
    """Who else is in a request that waits for its answer, and whether it waits for the person's own."""


def render(
    coming: Sequence[ComingMessage], around: Around, me: Person, now: datetime, metadata: ForecastMetadata
) -> dict[str, Any]:
    """One page: 30 days."""
    page = min(metadata.page, LAST_PAGE)
    today = local_day(me, now)
    first = today + timedelta(days=PAGE * page)
    last = first + timedelta(days=PAGE - 1)
    here = [one for one in coming if first <= local_day(me, one.at) <= last]
    lines = _lines_by_day(here, around, me, today, first)
    days = [day for day in sorted(lines) if first <= day <= last]
    blocks = [
        kit.context(
            f"A simulation, as things stand on {formatting.day(today, today)}: what I would write to you if nobody did "
            "anything until then. Whatever you or the other side do changes it. Times are on your own clock "
            f"({kit.fitted(formatting.place_name(me.tz), NAME)})."
        ),
        *(kit.context(_as_if(other, is_mine=is_mine)) for other, is_mine in around.unanswered[:MOST_OFF]),
        kit.header(f"{formatting.day(first, today)} to {formatting.day(last, today)}"),
    ]
    if not here:
        blocks.append(kit.section(NOTHING))
    shown = _within([(day, lines[day]) for day in days])
    for day in shown:
        blocks += kit.packed(lines[day])
    if len(shown) < len(days):
        blocks.append(kit.context(FULL))
    return kit.modal(FormId.FORECAST, TITLE, [*blocks, *_turning(page)], metadata=ForecastMetadata(page=page))


def _within(days: Sequence[tuple[date, Sequence[str]]]) -> Sequence[date]:
    """As many of the days as have room together."""
    sizes = accumulate(len(json.dumps(lines)) for _, lines in days)
    return [day for (day, _), size in zip(days, sizes, strict=True) if size <= MOST_BYTES]


def _as_if(other: Person, *, is_mine: bool) -> str:
    name = kit.fitted(formatting.first_name(other), NAME)
    return (
        f"You have not answered {name} yet. This is as if you said yes today."
        if is_mine
        else f"{name} has not answered you yet. This is as if {name} said yes today."
    )


def _turning(page: int) -> Iterator[kit.Block]:
    """The buttons to the days before and after; each in its own block, as Slack allows an action id once per block."""
    pages = (("Later", page + 1), ("Earlier", page - 1))
    for label, number in pages:
        if 0 <= number <= LAST_PAGE:
            button = kit.button(label, ActionId.FORECAST_PAGE, str(number))
            yield kit.actions([button], block_id=f"{ActionId.FORECAST_PAGE}.{number}")


def _lines_by_day(
    coming: Sequence[ComingMessage], around: Around, me: Person, today: date, first: date
) -> Mapping[date, Sequence[str]]:
    """What is said of each day: its clock, who is off, and then its messages."""
    lines: defaultdict[date, list[str]] = defaultdict(list)
    for day, forward in around.clocks:
        lines[day].append(_clock(day, forward, today))
    named: defaultdict[date, int] = defaultdict(int)
    for off in around.off:
        since = max(off.first, first) if off.last >= first else off.first  # one that goes on is named on each page
        named[since] += 1
        if named[since] <= MOST_OFF:
            lines[since].append(_off(off, me, today))
    said: defaultdict[date, int] = defaultdict(int)
    left: defaultdict[date, int] = defaultdict(int)
    for message in coming:
        day = local_day(me, message.at)
        told, room = _read_together(message), max(MOST_A_DAY - said[day], 0)
        said[day] += len(told)
        left[day] += max(len(told) - room, 0)
        if room:
            lines[day].append(f"*{formatting.moment(message.at, me, today)}*")
            lines[day] += [_told(together, me, today) for together in told[:room]]
    for day, number in left.items():
        if number:
            lines[day].append(f"And {formatting.count(number, 'thing')} more that day.")
    return lines


def _read_together(message: ComingMessage) -> Sequence[Sequence[ComingNudge]]:
    """The nudges of a message; those of one list together."""
    lists: dict[object, list[ComingNudge]] = {}
    for number, nudge in enumerate(message.nudges):
        item = nudge.text.item
        lists.setdefault(item.list_key if item else number, []).append(nudge)
    return list(lists.values())


def _told(together: Sequence[ComingNudge], me: Person, today: date) -> str:
    """One thing that a message says, why it comes, and why it comes on that day where it has waited."""
    text = together[0].text
    waited = min((one.held_since for one in together if one.held_since), default=None)
    lines = [f"• {kit.fitted(_words(text, len(together)), TEXT)}"]
    if text.reason:
        lines.append(f"_{kit.fitted(text.reason, REASON)}_")
    if waited:
        lines.append(f"_{_waited(local_day(me, waited), today)}_")
    return "\n".join(lines)


def _words(text: NudgeText, number: int) -> str:
    return text.item.lead(number) if text.item is not None and number > 1 else text.text


def _waited(since: date, today: date) -> str:
    return f"I hold it back from {formatting.day(since, today)}, so that you get no more messages than you want."


def _off(off: DaysOff, me: Person, today: date) -> str:
    """Who is off, when, and the name of the holiday."""
    name = "" if off.person.pk == me.pk else kit.fitted(formatting.first_name(off.person), NAME)
    first, last = formatting.day(off.first, today), formatting.day(off.last, today)
    days = first if off.first == off.last else f"{first} to {last}"
    if off.holiday is not None:
        holiday = kit.fitted(off.holiday, NAME)
        return f"{days}: {name} is off, {holiday}." if name else f"{days}: you are off, {holiday}."
    if off.why is DayOff.CLOSED:
        return f"{days}: the workspace is closed."
    if off.why is DayOff.ABSENCE:
        return f"{days}: {name} is away." if name else f"{days}: you are away."
    return f"{days}: {name} is off." if name else f"{days}: you are off."


def _clock(day: date, forward: timedelta, today: date) -> str:
    minutes = int(abs(forward).total_seconds()) // 60
    length = formatting.count(minutes // 60, "hour") if minutes % 60 == 0 else formatting.count(minutes, "minute")
    way = "forward" if forward > timedelta() else "back"
    return f"{formatting.day(day, today)}: your clock goes {way} by {length}; I keep to your working hours."
