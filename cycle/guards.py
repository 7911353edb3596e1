"""Reaching a pair in order to change it: nobody else may, and one change waits for the other."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from cycle.errors import NotAllowed, NotAvailable
from storage.commitments import ChangeRequest, Commitment
from storage.discussions import Discussion
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.store import NotFound, Store

T = TypeVar("T")


async def existing(get: Callable[[int], Awaitable[T]], key: int) -> T:
    """A row by key; `Gone` when there is none (any more)."""
    try:
        return await get(key)
    except NotFound as error:
        raise NotAvailable("That is no longer there. The App Home shows how things stand.") from error


async def active_pair(store: Store, me: Person, pair_id: int) -> Pair:
    """A pair of mine in which the two have agreed to talk, for looking at; `NotAllowed` or `Gone` otherwise."""
    return _in_use(_mine(await existing(store.pairs.get, pair_id), me))


async def lock_pair(store: Store, me: Person, pair_id: int) -> Pair:
    """A pair of mine, held until the unit of work ends; `NotAllowed` when it is not mine."""
    return _mine(await existing(store.pairs.lock, pair_id), me)


async def lock_active_pair(store: Store, me: Person, pair_id: int) -> Pair:
    """The same, and the two have agreed to talk; `Gone` otherwise."""
    return _in_use(await lock_pair(store, me, pair_id))


def _mine(pair: Pair, me: Person) -> Pair:
    if pair.side_of(me.pk) is None:
        raise NotAllowed
    return pair


def _in_use(pair: Pair) -> Pair:
    if pair.state is PairState.ASKED:
        raise NotAvailable("The other side has not answered yet. As soon as they have, you can go on.")
    if pair.state is not PairState.ACTIVE:
        raise NotAvailable("These career discussions have ended.")
    return pair


async def lock_pair_of(store: Store, me: Person, thing: Commitment | ChangeRequest | Discussion) -> Pair:
    """The active pair that a thing belongs to, held; the thing is read anew, since its last change may just be in."""
    pair = await lock_active_pair(store, me, thing.pair_id)
    await store.refresh(thing)
    return pair


async def open_discussion(store: Store, pair: Pair) -> Discussion:
    """The turn that a pair is planning or has scheduled."""
    found = await store.discussions.open_of(pair.pk)
    if found is None:
        raise NotAvailable("There is no open discussion right now.")
    return found


def side(pair: Pair, me: Person) -> Side:
    """Which of the two I am."""
    found = pair.side_of(me.pk)
    if found is None:
        raise NotAllowed
    return found
