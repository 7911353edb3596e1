"""The forecast: what a person will be sent in the coming weeks, as things stand, if nobody does anything until then.

A simulation, and pure: it plans from the snapshots, and goes from one moment at which something is due to the next as
delivery does (`scheduler.claiming`), with the reasons rechecked, and with the budget. A test lets delivery itself send
the same weeks. It does not divide messages that are too large for Slack, nor does it know of faults.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, TypeGuard

from cycle.budget import DAYS, held_until, may_wait
from cycle.calendar import DayOff, calendar_of, country_of
from cycle.countries import public_holidays
from cycle.day_spans import ONE_DAY
from cycle.nudges import NudgeText, PlannedNudge, in_reading_order, plan, worded
from cycle.pairing import first_discussion, is_open_request
from cycle.replanning import bring_in_line
from cycle.snapshot import PairSnapshot, Snapshot, SnapshotKey, at_moment
from cycle.snapshot_loading import load
from storage.messages import Sent
from storage.nudge_plans import StoredNudge
from storage.nudges import Nudge, NudgeScope, NudgeState
from storage.pairs import Pair, PairState
from storage.people import Person
from storage.store import Store

DAYS_AHEAD: Final = 90
NOT_SAVED: Final = 0
"""The key of a pair that a forecast assumes."""


@dataclass(frozen=True)
class ComingNudge:
    """A nudge within a message to come."""

    snapshot: Snapshot
    """What it is planned from, as of then."""
    planned: PlannedNudge
    text: NudgeText
    """What it will say, worded for that moment."""
    held_since: datetime | None = None
    """When it could have come, where the person has had enough messages by then."""


@dataclass(frozen=True)
class ComingMessage:
    """A message to come: everything that goes to a person at one moment, in reading order."""

    at: datetime
    nudges: Sequence[ComingNudge]

    @property
    def texts(self) -> Sequence[NudgeText]:
        """What it will say."""
        return [one.text for one in self.nudges]


@dataclass(frozen=True)
class Outlook:
    """All that a person's messages of the coming weeks depend on, at a moment."""

    me: Person
    now: datetime
    snapshots: Mapping[SnapshotKey, Snapshot]
    """Of the person and their pairs."""
    stored: Mapping[str, Nudge]
    """What is known of their nudges, by key, whatever became of them."""
    sent: Sequence[Sent]
    """Their messages of the last week."""


async def load_outlook(store: Store, me: Person, now: datetime) -> Outlook:
    """What a forecast for a person needs, in a number of queries that does not grow with their pairs."""
    planned = await store.nudges.of_person(me.pk)
    pairs = await store.pairs.current_of(me.pk)
    keys = {row.snapshot_key for row in planned} | {(NudgeScope.PAIR, pair.pk) for pair in pairs}
    snapshots = await load(store, sorted(keys | {(NudgeScope.PERSON, me.pk)}), now)
    wanted = {key for snapshot in snapshots.values() for key in plan(snapshot, now)}
    known = await store.nudges.of_person(me.pk, wanted)
    # A day more, since the days are those of the person's own calendar.
    sent = await store.messages.sent_since([me.pk], now - DAYS - ONE_DAY)
    return Outlook(me, now, snapshots, {row.key: row for row in known}, sent.get(me.pk, ()))


def waits_for_an_answer(snapshot: Snapshot, now: datetime) -> TypeGuard[PairSnapshot]:
    """Whether one of two people has asked the other and has no answer yet. Pure."""
    return isinstance(snapshot, PairSnapshot) and is_open_request(snapshot.pair, now)


def if_accepted(outlook: Outlook, *pair_ids: int) -> Outlook:
    """The same, as if the requests that wait for an answer were accepted now: those of some pairs, or all. Pure."""
    accepted = {
        key: _accepted(snapshot, outlook.now)
        for key, snapshot in outlook.snapshots.items()
        if waits_for_an_answer(snapshot, outlook.now) and (not pair_ids or snapshot.key in pair_ids)
    }
    return replace(outlook, snapshots={**outlook.snapshots, **accepted})


def _accepted(snapshot: PairSnapshot, now: datetime) -> PairSnapshot:
    answered = snapshot.pair.model_dump() | {"state": PairState.ACTIVE, "answered_at": now}
    pair = Pair(**answered)
    first = first_discussion(pair, snapshot.employee, now)
    first.id = -pair.pk  # no other has it, and no nudge of it was ever sent
    return replace(snapshot, pair=pair, current=first)


def if_begun(outlook: Outlook, employee: Person, manager: Person) -> Outlook:
    """The same, as if two people who have no career discussions had agreed on them now. Pure."""
    now = outlook.now
    pair = Pair(id=NOT_SAVED, employee_id=employee.pk, manager_id=manager.pk, asked_by_id=employee.pk, asked_at=now)
    snapshot = _accepted(PairSnapshot(pair, employee, manager, now), now)
    return replace(outlook, snapshots={**outlook.snapshots, (NudgeScope.PAIR, NOT_SAVED): snapshot})


@dataclass
class _Waiting:
    """A nudge that has not been sent."""

    snapshot: Snapshot
    planned: PlannedNudge
    ready_at: datetime
    put_off_until: datetime | None = None
    held_until: datetime | None = None
    held_since: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it may be sent; what waits for a day with room comes along with anything else."""
        return self.ready_at <= now or self.ready_at == self.held_until

    @property
    def may_wait(self) -> bool:
        return may_wait(self.planned.kind, self.put_off_until)


def forecast(outlook: Outlook, until: datetime) -> Iterator[ComingMessage]:
    """The messages of a person until a moment, the soonest first, if nobody does anything. Pure."""
    waiting = {one.planned.key: one for one in _waiting(outlook)}
    sent, plans, now = list(outlook.sent), _Plans(), outlook.now
    while waiting:
        now = max(now, min(one.ready_at for one in waiting.values()))
        if now > until:
            return
        ready: list[ComingNudge] = []
        for one in [one for one in waiting.values() if one.is_due(now)]:
            found = _recheck(one, plans, outlook.me, now)
            if isinstance(found, ComingNudge):
                ready.append(found)
            elif found is None:
                del waiting[one.planned.key]
            else:
                one.ready_at = found
        due = [waiting[one.planned.key] for one in ready]
        if not ready or _is_held_back(due, outlook.me, sent, now):
            continue
        for one in due:
            del waiting[one.planned.key]
        sent.append(Sent(now, all(one.may_wait for one in due)))
        yield ComingMessage(now, in_reading_order(ready, lambda one: (_pair_id(one.snapshot), one.planned)))


def _waiting(outlook: Outlook) -> list[_Waiting]:
    """What has not been sent of the plan, as a replan would leave it, in the order in which it is due."""
    found = []
    for snapshot in outlook.snapshots.values():
        for planned in plan(snapshot, outlook.now).values():
            if planned.person_id == outlook.me.pk and planned.channel is None:
                row = outlook.stored.get(planned.key)
                ready_at = planned.due_at if row is None else _ready_at(row, planned, outlook.now)
                if ready_at is not None:
                    put_off, held = (row.put_off_until, row.held_until) if row is not None else (None, None)
                    since = row.due_at if row is not None and held is not None and row.ready_at == held else None
                    found.append(_Waiting(snapshot, planned, ready_at, put_off, held, since))
    return sorted(found, key=lambda one: one.planned.due_at)


def _ready_at(row: Nudge, planned: PlannedNudge, now: datetime) -> datetime | None:
    """From when on a stored nudge may be sent; None if it has been, or is given up."""
    stored = StoredNudge(row.pk, 0, row.key, row.due_at, row.state, row.failure)
    if (change := bring_in_line(stored, planned, now)) is not None:
        return change.ready_at
    return row.ready_at if row.state is NudgeState.PLANNED else None


class _Plans:
    """The plans of snapshots while time passes: made anew where old news has gone, since rules look at no clock."""

    def __init__(self) -> None:
        self._made: dict[SnapshotKey, tuple[Sequence[int], Mapping[str, PlannedNudge]]] = {}

    def of(self, snapshot: Snapshot, now: datetime) -> Mapping[str, PlannedNudge]:
        """What should exist for a pair or a person at a moment, by key; some of it may have ended by then."""
        key, news = (snapshot.scope, snapshot.key), _news_in(snapshot)
        before = self._made.get(key)
        if before is None or before[0] != news:
            before = self._made[key] = news, plan(snapshot, now)
        return before[1]


def _news_in(snapshot: Snapshot) -> Sequence[int]:
    """How much there is in a snapshot of what grows old."""
    if not isinstance(snapshot, PairSnapshot):
        return ()
    return [len(rows) for rows in (snapshot.thanks, snapshot.kept, snapshot.requests, snapshot.updates)]


def _recheck(one: _Waiting, plans: _Plans, me: Person, now: datetime) -> ComingNudge | datetime | None:
    """What it says, if its reason holds and the person is at work; else from when on it may be sent, if ever."""
    then = at_moment(one.snapshot, now)
    planned = plans.of(then, now).get(one.planned.key)
    if planned is None or not planned.holds(now):
        return None
    if planned.due_at > now:
        return planned.due_at
    calendar = then.calendar(me.pk)
    if not calendar.is_open(now):
        return calendar.next_open(now)
    text = worded(then, planned, me)
    return None if text is None else ComingNudge(then, planned, text, one.held_since)


def _is_held_back(ready: Sequence[_Waiting], me: Person, sent: Sequence[Sent], now: datetime) -> bool:
    """Whether all of it has to wait for a day with room; it then does."""
    if not all(one.may_wait for one in ready):
        return False
    until = held_until(me, sent, ready[0].snapshot.calendar(me.pk), now)
    if until is None:
        return False
    for one in ready:
        one.ready_at = one.held_until = until
        one.held_since = one.held_since or now
    return True


def _pair_id(snapshot: Snapshot) -> int | None:
    return snapshot.key if isinstance(snapshot, PairSnapshot) else None


# --- days off and clocks: why something comes when it does -------------------------------------------------------


@dataclass(frozen=True)
class DaysOff:
    """Days on end on which a person does not work, though they would otherwise."""

    person: Person
    first: date
    last: date
    why: DayOff
    holiday: str | None = None
    """What the public holiday is called, in English; None for anything else."""


def days_off(person: Person, first: date, last: date) -> list[DaysOff]:
    """The days off of a person from a day to another, both included, but for the usual days of the week. Pure."""
    calendar = calendar_of(person)
    names = public_holidays(country_of(person.tz, person.country, person.workspace_country))
    found: list[DaysOff] = []
    for day in _days(first, last):
        why = calendar.day_off(day)
        if why is None or why is DayOff.FREE_WEEKDAY:
            continue
        one = DaysOff(person, day, day, why, names.name(day) if why is DayOff.HOLIDAY else None)
        before = found[-1] if found else None
        if before and before.last + ONE_DAY == day and (before.why, before.holiday) == (one.why, one.holiday):
            found[-1] = replace(before, last=day)
        else:
            found.append(one)
    return found


def clock_changes(person: Person, first: date, last: date) -> list[tuple[date, timedelta]]:
    """The days on which a person's clock changes, and by how much it goes forward. Pure."""
    zone = calendar_of(person).zone
    noons = [datetime.combine(day, time(12), zone) for day in _days(first - ONE_DAY, last)]
    offsets = [(noon.date(), noon.utcoffset() or timedelta()) for noon in noons]
    return [(day, new - old) for (_, old), (day, new) in pairwise(offsets) if new != old]


def _days(first: date, last: date) -> Collection[date]:
    return [first + ONE_DAY * number for number in range((last - first).days + 1)]
