"""People, pairs and discussions to test with: a test names only what it is about."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from cycle.calendar import WorkingCalendar
from cycle.countries import NOWHERE
from cycle.replanning import replan_many
from cycle.snapshot import PairSnapshot
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, Commitment
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.meeting_requests import MeetingRequest
from storage.nudges import Nudge
from storage.pairs import Pair, PairState
from storage.people import Person
from storage.preparations import Preparation
from storage.store import Store
from storage.thanks import ThankYou
from storage.updates import Update
from storage.wrap_ups import Addition, Notes

MADRID = "Europe/Madrid"
TOKYO = "Asia/Tokyo"
_numbers = itertools.count(1)


def at(tz: str, *moment: int) -> datetime:
    """A moment on the clock of a zone, year to minute, as aware UTC."""
    year, month, day, *clock = moment
    hour, minute = (*clock, 0, 0)[:2]
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(tz)).astimezone(UTC)


LONG_AGO = at("UTC", 2026, 1, 5, 9)


def person(name: str = "Ana Ruiz", tz: str = MADRID, **also: Any) -> Person:
    """A person without public holidays and limits, which would move what most tests are about."""
    known = {
        "slack_id": f"U{next(_numbers):07}", "seen_at": LONG_AGO, "country": NOWHERE, "per_day": 0, "per_week": 0,
    }  # fmt: skip
    return Person(name=name, tz=tz, **(known | also))


def pair(employee: Person, manager: Person, **also: Any) -> Pair:
    """A pair that has been active for long."""
    known = {
        "employee_id": employee.id, "manager_id": manager.id, "state": PairState.ACTIVE,
        "asked_by_id": employee.id, "asked_at": LONG_AGO, "answered_at": LONG_AGO,
    }  # fmt: skip
    return Pair(**(known | also))


def planning(of: Pair, due_on: date, **also: Any) -> Discussion:
    """A discussion without a date."""
    return Discussion(pair_id=of.id, **({"number": 1, "due_on": due_on} | also))


def scheduled(of: Pair, starts_at: datetime, **also: Any) -> Discussion:
    """A discussion with a date, set long ago, and by neither of the two: nobody is waiting to hear of it."""
    known = {
        "number": 1, "due_on": starts_at.date(), "state": DiscussionState.SCHEDULED, "starts_at": starts_at,
        "round": 1, "dated_at": LONG_AGO,
    }  # fmt: skip
    return Discussion(pair_id=of.id, **(known | also))


def held(of: Pair, starts_at: datetime, wrapped_up_at: datetime, **also: Any) -> Discussion:
    """A discussion that took place, wrapped up by the employee."""
    known = {"state": DiscussionState.HELD, "wrapped_up_at": wrapped_up_at, "wrapped_up_by_id": of.employee_id}
    return scheduled(of, starts_at, **(known | also))


def commitment(of: Pair, owner: Person, due_on: date, agreed_at: datetime = LONG_AGO, **also: Any) -> Commitment:
    """A commitment of one of the two."""
    known = {"pair_id": of.id, "owner_id": owner.id, "text": "Write the proposal"}
    return Commitment(due_on=due_on, agreed_at=agreed_at, **(known | also))


def notes(discussion: Discussion, author: Person, text: str, **also: Any) -> Notes:
    """What one of the two wrote down at a discussion; one that was never written has the key 1."""
    return Notes(
        pair_id=discussion.pair_id, discussion_id=discussion.id or 1, author_id=author.id, text=text,
        **({"written_at": LONG_AGO} | also),
    )  # fmt: skip


def view(
    employee_tz: str = MADRID,
    manager_tz: str = MADRID,
    *,
    agenda: Sequence[AgendaItem] = (),
    commitments: Sequence[Commitment] = (),
    kept: Sequence[Commitment] = (),
    requests: Sequence[ChangeRequest] = (),
    thanks: Sequence[ThankYou] = (),
    preparations: Sequence[Preparation] = (),
    meetings: Sequence[MeetingRequest] = (),
    updates: Sequence[Update] = (),
    additions: Sequence[Addition] = (),
    calendars: Mapping[int, WorkingCalendar] | None = None,
    now: datetime = LONG_AGO,
    **discussions: Any,
) -> PairSnapshot:
    """The snapshot of a pair that was never written: the employee is person 1, the manager person 2, the pair 1.

    `current`, `held` and `cancelled` are given as functions of the pair; they become discussions 1, 2, … in that order.
    """
    employee, manager = person(tz=employee_tz, id=1), person("Bo Lind", manager_tz, id=2)
    two = pair(employee, manager, id=1)
    made = {name: make(two) for name, make in discussions.items()}
    for number, discussion in enumerate(made.values(), start=1):
        discussion.id = number
    return PairSnapshot(
        two, employee, manager, now, agenda=agenda, commitments=commitments, kept=kept, requests=requests,
        thanks=thanks, preparations=preparations, meetings=meetings, updates=updates, additions=additions,
        calendars=calendars or {}, **made,
    )  # fmt: skip


async def saved(store: Store, *rows: Any) -> None:
    """Write rows, so that they have keys."""
    store.add(*rows)
    await store.flush()


async def team(
    database: Database, workspace_id: int, talks_at: datetime, size: int, tz: str = MADRID
) -> Sequence[Nudge]:
    """Pairs that share no one, each with a discussion at a moment, scheduled four days before. Returns their nudges."""
    async with database.unit(workspace_id) as store:
        employees = [person(f"Employee {number}", tz) for number in range(size)]
        managers = [person(f"Manager {number}", tz) for number in range(size)]
        await saved(store, *employees, *managers)
        pairs = [pair(*two) for two in zip(employees, managers, strict=True)]
        await saved(store, *pairs)
        dated_at = talks_at - timedelta(days=4)
        await saved(store, *(scheduled(two, talks_at, dated_at=dated_at) for two in pairs))
        return await plan_all(store, [two.pk for two in pairs], dated_at)


async def plan_all(store: Store, pair_ids: Sequence[int], now: datetime) -> Sequence[Nudge]:
    """Plan pairs all at once. Returns their nudges."""
    await replan_many(store, pair_ids, now)
    nudges: Sequence[Nudge] = await store.nudges._all(select(Nudge).where(col(Nudge.pair_id).in_(pair_ids)))
    return nudges
