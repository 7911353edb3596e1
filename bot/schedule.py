"""What `career schedule` prints: the coming days of one pair, simulated. It only reads the database.

Names, dates, kinds of nudges and reasons only: nothing that anyone wrote.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from bot.errors import StartupError
from bot.named_pair import Two, find_two, printable
from bot.reading import reading_database
from bot.settings import Settings
from cycle import formatting
from cycle.calendar import DayOff, calendar_of
from cycle.forecast import (
    NOT_SAVED,
    ComingMessage,
    ComingNudge,
    DaysOff,
    clock_changes,
    days_off,
    forecast,
    if_accepted,
    if_begun,
    load_outlook,
)
from cycle.nudges import plan
from cycle.pairing import is_open_request
from cycle.snapshot import PairSnapshot, PersonSnapshot
from cycle.zones import local_day, local_time
from storage.database import Database
from storage.due import KnownWorkspace, workspaces
from storage.people import Person
from storage.store import Store

COMMAND: Final = "career schedule"


class Line(NamedTuple):
    """Something that comes, or what there is to know about a day."""

    at: datetime
    when: str
    who: str
    what: str
    why: str = ""
    is_sent: bool = False
    """Whether it is sent, rather than said to explain what is."""


async def schedule_of(settings: Settings, wanted: str, now: datetime, *, days: int, workspace: str = "") -> str:
    """The coming days of the pair that an admin has named.

    Raises `StartupError` where there is no such pair or workspace, or no database to read.
    """
    async with reading_database(settings, COMMAND, with_key=True) as database:
        known = await _workspace(database, workspace)
        async with database.reading(known.id) as store:
            two = await find_two(store, wanted)
            lines = [line for who in (two.employee, two.manager) for line in await _of_one(store, two, who, now, days)]
    return "\n".join([*_opening(known, two, now, days), "", *_table(lines)])


async def _workspace(database: Database, wanted: str) -> KnownWorkspace:
    known = await workspaces(database)
    if not known:
        raise StartupError("There is no workspace in this database yet.")
    found = [one for one in known if not wanted or wanted.casefold() in {one.team_id.casefold(), one.name.casefold()}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{printable(one.name)} ({one.team_id})" for one in known)
    raise StartupError(f"Which workspace do you mean? Add --workspace with the id of one of these: {names}.")


async def _of_one(store: Store, two: Two, who: Person, now: datetime, days: int) -> list[Line]:
    """What one of the two gets of this pair; reckoned over all that they get, since messages wait for each other."""
    outlook = await load_outlook(store, who, now)
    outlook = if_begun(outlook, two.employee, two.manager) if two.pair is None else if_accepted(outlook, two.pair.pk)
    coming = forecast(outlook, now + timedelta(days=days))
    first = local_day(who, now)
    last = first + timedelta(days=days)
    return [
        *_messages(coming, two, who),
        *(_off(off) for off in days_off(who, first, last)),
        *(_clock(who, day, forward) for day, forward in clock_changes(who, first, last)),
    ]


def _messages(coming: Iterable[ComingMessage], two: Two, who: Person) -> Iterator[Line]:
    pair_id = two.pair.pk if two.pair is not None else NOT_SAVED
    for message in coming:
        here = local_time(who, message.at)
        when = f"{formatting.full_day(here.date())} {here:%H:%M %Z}"
        for nudge in message.nudges:
            if _is_of(nudge, pair_id):
                yield Line(message.at, when, printable(who.name), nudge.planned.kind, _why(nudge, who), is_sent=True)


def _is_of(nudge: ComingNudge, pair_id: int) -> bool:
    """Whether a nudge is about a pair; one across a manager's pairs, whether it is about that one as well."""
    if not isinstance(nudge.snapshot, PersonSnapshot):
        return isinstance(nudge.snapshot, PairSnapshot) and nudge.snapshot.key == pair_id
    theirs = [one for one in nudge.snapshot.reports if one.pair.pk == pair_id]
    return nudge.planned.key in plan(replace(nudge.snapshot, reports=theirs), nudge.snapshot.now)


def _why(nudge: ComingNudge, who: Person) -> str:
    why = printable(nudge.text.reason or nudge.text.text)
    if nudge.held_since is None:
        return why
    return f"{why} Held back since {formatting.full_day(local_day(who, nudge.held_since))}."


def _off(off: DaysOff) -> Line:
    at = calendar_of(off.person).opening(off.first)
    first, last = formatting.full_day(off.first), formatting.full_day(off.last)
    what = {DayOff.ABSENCE: "away", DayOff.CLOSED: "closed"}.get(off.why, "off")
    why = off.holiday or ("" if off.first == off.last else f"Until {last}.")
    return Line(at, first, printable(off.person.name), what, why)


def _clock(who: Person, day: date, forward: timedelta) -> Line:
    way = "forward" if forward > timedelta() else "back"
    minutes = int(abs(forward).total_seconds()) // 60
    why = f"Goes {way} by {formatting.count(minutes, 'minute')}."
    return Line(calendar_of(who).opening(day), formatting.full_day(day), printable(who.name), "clock", why)


def _opening(known: KnownWorkspace, two: Two, now: datetime, days: int) -> Iterator[str]:
    """Whose days these are, by whose clocks, and what is assumed."""
    yield f"{printable(known.name)} ({known.team_id})"
    for who, role in ((two.employee, "employee"), (two.manager, "manager")):
        calendar = calendar_of(who)
        yield f"{printable(who.name)}, {role}: {who.tz}, {calendar.opens:%H:%M} to {calendar.closes:%H:%M}"
    yield (
        f"A simulation of {formatting.count(days, 'day')} from {formatting.full_day(now.date())}: what this pair would "
        "be sent if nobody did anything until then. Whatever either of them does changes it."
    )
    if two.pair is None:
        yield (
            "They have no career discussions yet. This is as if they agreed on them now, with "
            f"{printable(two.employee.name)} as the employee."
        )
    elif is_open_request(two.pair, now):
        asker = two.employee if two.pair.asked_by_id == two.employee.pk else two.manager
        yield f"The request of {printable(asker.name)} waits for an answer. This is as if it was accepted now."


def _table(lines: Sequence[Line]) -> Iterator[str]:
    """The lines in the order of their moments, in columns."""
    if not any(line.is_sent for line in lines):
        yield "Nothing is planned in these days."
    if not lines:
        return
    when, who, what = (max(map(len, column)) for column in zip(*(one[1:4] for one in lines), strict=True))
    for line in sorted(lines):
        yield f"{line.when:{when}}  {line.who:{who}}  {line.what:{what}}  {line.why}".rstrip()
