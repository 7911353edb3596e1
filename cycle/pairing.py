"""Pairing: either side asks, the other says yes or no (practices E1, E5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cycle import formatting
from cycle.calendar import calendar_of
from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import side
from cycle.nudges.pairing import REQUEST_EXPIRES_AFTER
from cycle.replanning import replan
from cycle.zones import local_day
from storage.discussions import Discussion
from storage.pairs import UNANSWERED_STATES, Pair, PairState, Side
from storage.people import Person
from storage.store import Store

# The first discussion should take place within three weeks of both saying yes.
FIRST_DISCUSSION_WITHIN = timedelta(days=21)
# The same two people: often enough to ask again after a no or a silence, seldom enough not to be a nuisance.
MOST_REQUESTS = 2
REQUESTS_COUNTED_FOR = timedelta(days=30)

LONGEST_REQUEST = 1000  # characters: a few words, which a direct message shows in full
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


def why_not(person: Person, *, is_me: bool) -> str | None:
    """Why a person cannot take part in career discussions, if so. Pure."""
    if person.is_bot:
        return "Apps can't take part." if is_me else f"{person.name} is an app, and careers are for people."
    if person.deactivated:
        return "Your account is deactivated." if is_me else f"{person.name} is no longer active in this workspace."
    if person.is_external:
        return (
            "Only members of this workspace can take part, and you belong to another one."
            if is_me
            else f"{person.name} belongs to another workspace, so I can't reach them."
        )
    if person.is_guest:
        return (
            "You are a guest in a single channel here, so I can't send you messages."
            if is_me
            else f"{person.name} is a guest in a single channel, so I can't send them messages."
        )
    return None


def check(me: Person, other: Person, my_side: Side, mine: Sequence[Pair], words: str, *, now: datetime) -> FieldErrors:
    """What is wrong with a request. Pure.

    `mine` are all pairs of the asker's that are current, or were asked for recently. Whether the other person has
    career discussions with others is none of the asker's business and stays unsaid.
    """
    errors = FieldErrors()
    if (sentence := _against(me, other, my_side, mine, now)) is not None:
        errors.add(OTHER, sentence)
    if len(words) > LONGEST_REQUEST:
        errors.add(words_field(my_side), too_long(words, LONGEST_REQUEST))
    return errors


def _against(me: Person, other: Person, my_side: Side, mine: Sequence[Pair], now: datetime) -> str | None:
    """What speaks against these two pairing up, if anything."""
    if other.id == me.id:
        return "That is you. Please choose the person you want to meet with."
    return why_not(me, is_me=True) or why_not(other, is_me=False) or _between(me, other, my_side, mine, now)


def _between(me: Person, other: Person, my_side: Side, mine: Sequence[Pair], now: datetime) -> str | None:
    """What the pairs of the asker's say against another request."""
    name = formatting.first_name(other)
    with_them = [pair for pair in mine if other.pk in {pair.employee_id, pair.manager_id}]
    for pair in with_them:
        if pair.state is PairState.ACTIVE:
            same_way = pair.side_of(me.pk) is my_side
            return (
                f"You and {name} have career discussions already."
                if same_way
                else f"You and {name} have career discussions the other way round. One direction is enough."
            )
        if is_open_request(pair, now):
            return (
                f"You have asked {name}, who has not answered yet."
                if pair.asked_by_id == me.pk
                else f"{name} has asked you already. You can say yes to that above."
            )
    if my_side is Side.EMPLOYEE and any(_is_my_manager(pair, me) for pair in mine):
        return "You already have a manager here, and one at a time is enough."
    recent = sorted(
        pair.asked_at for pair in with_them if pair.asked_by_id == me.pk and now - pair.asked_at < REQUESTS_COUNTED_FOR
    )
    if len(recent) >= MOST_REQUESTS:
        again_on = local_day(me, recent[-MOST_REQUESTS] + REQUESTS_COUNTED_FOR)
        again = formatting.day(again_on, local_day(me, now))
        return f"You have asked {name} twice in the last 30 days. You can ask again from {again}."
    return None


def _is_my_manager(pair: Pair, me: Person) -> bool:
    return pair.state is PairState.ACTIVE and pair.employee_id == me.pk


def is_open_request(pair: Pair, now: datetime) -> bool:
    """Whether a request still waits for its answer. Pure."""
    return pair.state is PairState.ASKED and now - pair.asked_at < REQUEST_EXPIRES_AFTER


async def pairs_to_check(store: Store, me: Person, now: datetime) -> Sequence[Pair]:
    """The pairs that `check` wants to know of: mine that are current, or were asked for recently."""
    return await store.pairs.of_person_since(me.pk, now - REQUESTS_COUNTED_FOR)


async def ask(store: Store, me: Person, other: Person, my_side: Side, words: str, now: datetime) -> Pair:
    """Ask a person to be my manager (or my report) in career discussions, checked. Both people are locked.

    Ends the earlier requests between the two that got no answer, so that nobody is told to ask again who has done so.
    """
    for earlier_id in await store.pairs.unanswered_between(me.pk, other.pk):
        await _end_unanswered(store, await store.pairs.lock(earlier_id), now)
    employee, manager = (me, other) if my_side is Side.EMPLOYEE else (other, me)
    pair = Pair(employee_id=employee.pk, manager_id=manager.pk, asked_by_id=me.pk, asked_at=now)
    pair.request = words.strip() or None
    store.add(pair)
    await store.flush()
    await replan(store, pair, now)
    return pair


async def _end_unanswered(store: Store, pair: Pair, now: datetime) -> None:
    """End a locked request that was open for too long; the nudge that says it expired is cancelled."""
    if pair.state in UNANSWERED_STATES:
        pair.state, pair.ended_at = PairState.ENDED, pair.ended_at or now
        await replan(store, pair, now)


def arrives_at(pair: Pair, other: Person) -> datetime:
    """When the other side reads my request: in their own working hours. Pure."""
    return calendar_of(other).next_open(pair.asked_at)


async def accept(store: Store, me: Person, pair: Pair, now: datetime) -> None:
    """Say yes; the first discussion opens. The pair and both people are locked.

    Raises `NotAllowed`, or `NotAvailable` also where the employee has a manager by now.
    """
    _check_answerable(pair, me, now)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    if await store.pairs.has_manager(pair.employee_id):
        is_me = pair.employee_id == me.pk
        raise NotAvailable(
            "You already have a manager here, and one at a time is enough. You can leave this request open or say no."
            if is_me
            else f"{formatting.first_name(people[pair.employee_id])} has career discussions with another manager now."
        )
    pair.state, pair.answered_at = PairState.ACTIVE, now
    store.add(first_discussion(pair, people[pair.employee_id], now))
    await replan(store, pair, now)


def first_discussion(pair: Pair, employee: Person, now: datetime) -> Discussion:
    """The discussion that opens with a yes. Pure."""
    due_on = local_day(employee, now) + FIRST_DISCUSSION_WITHIN
    return Discussion(pair_id=pair.pk, number=1, due_on=due_on, minutes=pair.minutes)


async def to_decline(store: Store, me: Person, pair: Pair, now: datetime) -> Person:
    """Who asked me, for showing the form. Raises `NotAllowed` or `NotAvailable`."""
    _check_answerable(pair, me, now)
    return await store.people.get(pair.asked_by_id)


def check_reason(reason: str) -> FieldErrors:
    """What is wrong with a reason for saying no. Pure."""
    if len(reason) > LONGEST_REASON:
        return FieldErrors({REASON: too_long(reason, LONGEST_REASON)})
    return FieldErrors()


async def decline(store: Store, me: Person, pair: Pair, reason: str, now: datetime) -> None:
    """Say no, with a checked reason if I like (E5). The pair is locked. Raises `NotAllowed` or `NotAvailable`."""
    _check_answerable(pair, me, now)
    pair.state, pair.answered_at = PairState.DECLINED, now
    pair.decline_reason = reason.strip() or None
    await replan(store, pair, now)


async def withdraw(store: Store, me: Person, pair: Pair, now: datetime) -> None:
    """Take my request back while it is not answered. The pair is locked. Raises `NotAllowed` or `NotAvailable`."""
    if pair.asked_by_id != me.id:
        raise NotAllowed("Only the person who asked can take a request back.")
    if pair.state is not PairState.ASKED:
        raise NotAvailable("That has already been answered.")
    pair.state, pair.ended_at = PairState.ENDED, now
    await replan(store, pair, now)


async def reason_of(store: Store, pair: Pair) -> tuple[Person, str]:
    """Who said no, and why; empty where they gave no reason."""
    return await store.people.get(pair.other_than(pair.asked_by_id)), pair.decline_reason or ""


async def expire_requests(store: Store, now: datetime) -> int:
    """Close the requests that nobody answered in time; how many. Locks one pair after the other.

    A request that is answered while its lock is waited for does not expire, and does not count.
    """
    expired = 0
    for pair_id in sorted(await store.pairs.asked_before(now - REQUEST_EXPIRES_AFTER)):
        pair = await store.pairs.lock(pair_id)
        if pair.state is PairState.ASKED:
            pair.state, pair.ended_at = PairState.EXPIRED, now
            await replan(store, pair, now)
            expired += 1
    return expired


def _check_answerable(pair: Pair, me: Person, now: datetime) -> None:
    side(pair, me)
    if pair.answered_at is None and (pair.ended_at or now) - pair.asked_at >= REQUEST_EXPIRES_AFTER:
        raise NotAvailable("This request was open for three weeks and has expired. Either of you can ask again.")
    if pair.state is not PairState.ASKED:
        raise NotAvailable("You have already answered that." if pair.answered_at else "That request was taken back.")
    if pair.asked_by_id == me.id:
        raise NotAllowed("The other side answers this one.")
