"""Pairing: either side starts, the other confirms (practice E1)."""

from datetime import datetime, timedelta

from cycle import words
from cycle.calendar import hours_in
from cycle.errors import Gone, NotAllowed, Refused
from cycle.nudges.agreeing import pair_asked
from cycle.reach import hold_pair
from cycle.replanning import replan
from cycle.state import PairView
from storage.discussions import Discussion
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.store import Store

# The first talk should take place within three weeks of both saying yes.
FIRST_TALK_WITHIN = timedelta(days=21)

OTHER = "other"  # the field in which the other side is chosen


async def ask(store: Store, me: Person, other: Person, my_side: Side, now: datetime) -> Pair:
    """Ask somebody to be my manager (or my report) in career discussions. Raises `Refused` on `OTHER`."""
    for person_id in sorted({me.pk, other.pk}):  # two people asking at once: the second one sees the first
        await store.people.hold(person_id)
    await _check(store, me, other, my_side)
    employee, manager = (me, other) if my_side is Side.EMPLOYEE else (other, me)
    pair = Pair(employee_id=employee.pk, manager_id=manager.pk, asked_by_id=me.pk, asked_at=now)
    store.add(pair)
    await store.flush()
    await replan(store, pair.pk, now)
    return pair


def told_at(pair: Pair, me: Person, other: Person) -> datetime:
    """When the other side gets my question, as planned: in their own working hours."""
    employee, manager = (me, other) if pair.side_of(me.pk) is Side.EMPLOYEE else (other, me)
    return min(planned.due_at for planned in pair_asked(PairView(pair, employee, manager)))


async def _check(store: Store, me: Person, other: Person, my_side: Side) -> None:
    name = words.first_name(other)
    if other.id == me.id:
        raise Refused({OTHER: "That is you. Please choose the person you want to talk with."})
    if other.is_bot:
        raise Refused({OTHER: f"{other.name} is an app, and careers are for people. Please choose a person."})
    if other.deactivated:
        raise Refused({OTHER: f"{other.name} is no longer active in this workspace. Please choose somebody else."})
    mirrored = await store.pairs.living_as_employee(other.pk if my_side is Side.EMPLOYEE else me.pk)
    if mirrored and mirrored.manager_id == (me.id if my_side is Side.EMPLOYEE else other.id):
        raise Refused({OTHER: f"You and {name} already talk the other way round. One direction is enough."})
    living = await store.pairs.living_as_employee((me if my_side is Side.EMPLOYEE else other).pk)
    if living is None:
        return
    if other.id in {living.employee_id, living.manager_id} and me.id in {living.employee_id, living.manager_id}:
        waiting = living.state is PairState.ASKED
        tail = "one of you still has to say yes." if waiting else "`/career` shows where you stand."
        raise Refused({OTHER: f"You and {name} are already paired: {tail}"})
    if my_side is Side.EMPLOYEE:
        present = words.first_name(await store.people.get(living.manager_id))
        raise Refused({OTHER: f"You already have {present} as your manager here, and one at a time is enough."})
    raise Refused({OTHER: f"{name} already has career discussions with another manager."})


async def accept(store: Store, me: Person, pair_id: int, now: datetime) -> Pair:
    """Say yes; the first discussion opens. Raises `NotAllowed` or `Gone`."""
    pair = await _asked_of(store, me, pair_id)
    pair.state, pair.answered_at = PairState.ACTIVE, now
    today = hours_in((await store.people.get(pair.employee_id)).tz).day_of(now)
    store.add(Discussion(pair_id=pair.pk, number=1, due_on=today + FIRST_TALK_WITHIN, minutes=pair.minutes))
    await replan(store, pair.pk, now)
    return pair


async def decline(store: Store, me: Person, pair_id: int, now: datetime) -> Pair:
    """Say no. Raises `NotAllowed` or `Gone`."""
    pair = await _asked_of(store, me, pair_id)
    pair.state, pair.answered_at = PairState.DECLINED, now
    await replan(store, pair.pk, now)
    return pair


async def withdraw(store: Store, me: Person, pair_id: int, now: datetime) -> Pair:
    """Take my question back while it is not answered. Raises `NotAllowed` or `Gone`."""
    pair = await hold_pair(store, me, pair_id)
    if pair.asked_by_id != me.id:
        raise NotAllowed
    if pair.state is not PairState.ASKED:
        raise Gone("That has already been answered.")
    pair.state, pair.ended_at = PairState.ENDED, now
    await replan(store, pair.pk, now)
    return pair


async def _asked_of(store: Store, me: Person, pair_id: int) -> Pair:
    pair = await hold_pair(store, me, pair_id)
    if pair.state is not PairState.ASKED:
        raise Gone("You have already answered that." if pair.answered_at else "That question was taken back.")
    if pair.asked_by_id == me.id:
        raise NotAllowed("The other side answers this one.")
    return pair
