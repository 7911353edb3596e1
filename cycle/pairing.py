"""Pairing: either side starts, the other confirms (practice E1)."""

from datetime import datetime, timedelta

from cycle import formatting
from cycle.access import may_see
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import existing, lock_pair
from cycle.nudges.agreeing import pair_asked
from cycle.replanning import replan
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.discussions import Discussion
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.store import Store

# The first talk should take place within three weeks of both saying yes.
FIRST_DISCUSSION_WITHIN = timedelta(days=21)

LONGEST_REQUEST = 1000  # characters: a few words, which stand in a direct message in full
LONGEST_REASON = 500  # characters

OTHER = "other"  # the field in which the other side is chosen
REASON = "reason"

# What the words to the other side begin as (E5): about a career here, to be edited or emptied.
DRAFTS = {
    Side.EMPLOYEE: (
        "I like working here and would like to plan with you how I can grow in this team. "
        "Could we set aside some time for it, and then come back to it regularly?"
    ),
    Side.MANAGER: (
        "I would like to hear how you want to grow in this team, and how I can help with it. "
        "Could we set aside some time for it, and then come back to it regularly?"
    ),
}


def words_field(my_side: Side) -> str:
    """The field with my words to the other side. Each side has its own: Slack keeps what is typed by field."""
    return f"words.{my_side}"


async def ask(store: Store, me: Person, other: Person, my_side: Side, now: datetime, words: str = "") -> Pair:
    """Ask somebody to be my manager (or my report) in career discussions, in my own words if I like (E5).

    Raises `Refused` on `OTHER`, or on the field of my words.
    """
    for person_id in sorted({me.pk, other.pk}):  # two people asking at once: the second one sees the first
        await store.people.lock(person_id)
    await _check(store, me, other, my_side)
    if len(words) > LONGEST_REQUEST:
        raise InvalidInput({words_field(my_side): f"Please keep it within {LONGEST_REQUEST} characters."})
    employee, manager = (me, other) if my_side is Side.EMPLOYEE else (other, me)
    pair = Pair(employee_id=employee.pk, manager_id=manager.pk, asked_by_id=me.pk, asked_at=now)
    pair.request = words.strip() or None
    store.add(pair)
    await store.flush()
    await replan(store, pair.pk, now)
    return pair


def told_at(pair: Pair, me: Person, other: Person) -> datetime:
    """When the other side gets my question, as planned: in their own working hours."""
    employee, manager = (me, other) if pair.side_of(me.pk) is Side.EMPLOYEE else (other, me)
    return min(planned.due_at for planned in pair_asked(PairSnapshot(pair, employee, manager)))


async def _check(store: Store, me: Person, other: Person, my_side: Side) -> None:
    name = formatting.first_name(other)
    if other.id == me.id:
        raise InvalidInput({OTHER: "That is you. Please choose the person you want to talk with."})
    if other.is_bot:
        raise InvalidInput({OTHER: f"{other.name} is an app, and careers are for people. Please choose a person."})
    if other.deactivated:
        raise InvalidInput({OTHER: f"{other.name} is no longer active in this workspace. Please choose somebody else."})
    mirrored = await store.pairs.current_as_employee(other.pk if my_side is Side.EMPLOYEE else me.pk)
    if mirrored and mirrored.manager_id == (me.id if my_side is Side.EMPLOYEE else other.id):
        raise InvalidInput({OTHER: f"You and {name} already talk the other way round. One direction is enough."})
    current = await store.pairs.current_as_employee((me if my_side is Side.EMPLOYEE else other).pk)
    if current is None:
        return
    if other.id in {current.employee_id, current.manager_id} and me.id in {current.employee_id, current.manager_id}:
        waiting = current.state is PairState.ASKED
        tail = "one of you still has to say yes." if waiting else "`/career` shows where you stand."
        raise InvalidInput({OTHER: f"You and {name} are already paired: {tail}"})
    if my_side is Side.EMPLOYEE:
        present = formatting.first_name(await store.people.get(current.manager_id))
        raise InvalidInput({OTHER: f"You already have {present} as your manager here, and one at a time is enough."})
    raise InvalidInput({OTHER: f"{name} already has career discussions with another manager."})


async def accept(store: Store, me: Person, pair_id: int, now: datetime) -> Pair:
    """Say yes; the first discussion opens. Raises `NotAllowed` or `Gone`."""
    pair = await _asked_of(store, me, pair_id)
    pair.state, pair.answered_at = PairState.ACTIVE, now
    today = local_day(await store.people.get(pair.employee_id), now)
    store.add(Discussion(pair_id=pair.pk, number=1, due_on=today + FIRST_DISCUSSION_WITHIN, minutes=pair.minutes))
    await replan(store, pair.pk, now)
    return pair


async def to_decline(store: Store, me: Person, pair_id: int) -> Person:
    """Whom I would say no to, for showing the form. Raises `NotAllowed` or `Gone`."""
    pair = _to_answer(await existing(store.pairs.get, pair_id), me)
    return await store.people.get(pair.asked_by_id)


async def decline(store: Store, me: Person, pair_id: int, now: datetime, reason: str = "") -> Pair:
    """Say no, with a reason if I like (E5). Raises `Refused` on `REASON`, `NotAllowed` or `Gone`."""
    pair = await _asked_of(store, me, pair_id)
    if len(reason) > LONGEST_REASON:
        raise InvalidInput({REASON: f"Please keep it within {LONGEST_REASON} characters."})
    pair.state, pair.answered_at = PairState.DECLINED, now
    pair.decline_reason = reason.strip() or None
    await replan(store, pair.pk, now)
    return pair


async def withdraw(store: Store, me: Person, pair_id: int, now: datetime) -> Pair:
    """Take my question back while it is not answered. Raises `NotAllowed` or `Gone`."""
    pair = await lock_pair(store, me, pair_id)
    if pair.asked_by_id != me.id:
        raise NotAllowed
    if pair.state is not PairState.ASKED:
        raise NotAvailable("That has already been answered.")
    pair.state, pair.ended_at = PairState.ENDED, now
    await replan(store, pair.pk, now)
    return pair


async def reason_of(store: Store, me: Person, pair_id: int) -> tuple[Person, str]:
    """Who said no to whom I asked, and why; empty where they gave no reason. Raises `NotAllowed` or `Gone`."""
    pair = await existing(store.pairs.get, pair_id)
    if not may_see(me.pk, pair, pair):
        raise NotAllowed
    return await store.people.get(pair.other_than(pair.asked_by_id)), pair.decline_reason or ""


async def _asked_of(store: Store, me: Person, pair_id: int) -> Pair:
    return _to_answer(await lock_pair(store, me, pair_id), me)


def _to_answer(pair: Pair, me: Person) -> Pair:
    if pair.side_of(me.pk) is None:
        raise NotAllowed
    if pair.state is not PairState.ASKED:
        raise NotAvailable("You have already answered that." if pair.answered_at else "That question was taken back.")
    if pair.asked_by_id == me.id:
        raise NotAllowed("The other side answers this one.")
    return pair
