"""What every use case checks first: the pair is the person's own, in use, and locked before it is changed."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from cycle.errors import NotAllowed, NotAvailable
from storage.base import PairScoped
from storage.discussions import Discussion
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.store import NotFound, Store

T = TypeVar("T")
KeyT = TypeVar("KeyT")
RowT = TypeVar("RowT", bound=PairScoped)

NOT_YOURS = "That is between two other people, or it is no longer there. The App Home shows what you can do now."
NO_ANSWER_YET = "You have no answer to your request yet. You two can prepare and find a time as soon as they say yes."
NOT_ANSWERED_YET = "You have not answered this request yet. You two can prepare and find a time as soon as you say yes."
DISCUSSION_ENDED = (
    "This form is about a discussion that has been wrapped up or cancelled since. Nothing here is lost: copy what you "
    "need, close it and open it again for the next discussion."
)


async def existing(get: Callable[[KeyT], Awaitable[T]], key: KeyT, otherwise: str = NOT_YOURS) -> T:
    """A row by key. Raises `NotAllowed`, with a sentence, where there is none that the person may read."""
    try:
        return await get(key)
    except NotFound as error:
        raise NotAllowed(otherwise) from error


async def lock_pair(store: Store, key: int, noun: type[Pair | PairScoped], *, with_people: bool) -> Pair:
    """Locks the pair with a key, or the pair of a row with that key, until the transaction ends.

    The order is the same everywhere, so that no two wait for each other: people by id, then pairs by id, then the rest.
    Raises `NotAllowed` where the person may not read the pair.
    """
    try:
        if with_people:
            seen = await store.pairs.of(noun, key)
            await store.people.lock(seen.employee_id, seen.manager_id)
        return await store.pairs.lock_of(noun, key)
    except NotFound as error:
        raise NotAllowed(NOT_YOURS) from error


async def own_pair(store: Store, me: Person, pair_id: int) -> Pair:
    """A pair of mine, for looking at. Raises `NotAllowed`."""
    pair = await existing(store.pairs.get, pair_id)
    side(pair, me)
    return pair


async def active_pair(store: Store, me: Person, pair_id: int) -> Pair:
    """A pair of mine that is in use, for looking at. Raises `NotAllowed` or `NotAvailable`."""
    return in_use(await own_pair(store, me, pair_id), me)


def in_use(pair: Pair, me: Person) -> Pair:
    """The pair, if both have agreed to meet. Raises `NotAvailable` otherwise, with a sentence for my side."""
    if pair.state is PairState.ASKED:
        raise NotAvailable(NO_ANSWER_YET if pair.asked_by_id == me.id else NOT_ANSWERED_YET)
    if pair.state is not PairState.ACTIVE:
        raise NotAvailable("You two have no career discussions at the moment.")
    return pair


async def open_discussion(store: Store, pair: Pair, seen_id: int = 0) -> Discussion:
    """The discussion that a pair is planning or has scheduled.

    `seen_id` is the discussion that the person saw; 0 for whichever is open. Raises `NotAvailable` when there is none,
    or when it is another one by now.
    """
    return seen_discussion(await store.discussions.open_of(pair.pk), seen_id)


def seen_discussion(found: Discussion | None, seen_id: int) -> Discussion:
    """The open discussion, if it is the one that the person saw. Raises `NotAvailable` as `open_discussion` does."""
    if found is None:
        raise NotAvailable("There is no open discussion right now.")
    if seen_id and found.pk != seen_id:
        raise NotAvailable(DISCUSSION_ENDED)
    return found


def side(pair: Pair, me: Person) -> Side:
    """Which of the two I am. Raises `NotAllowed` for a third person."""
    found = pair.side_of(me.pk)
    if found is None:
        raise NotAllowed(NOT_YOURS)
    return found


async def own_pair_of(store: Store, key: int, noun: type[PairScoped]) -> Pair:
    """The pair that a row of mine belongs to, for looking at. Raises `NotAllowed`."""
    try:
        return await store.pairs.of(noun, key)
    except NotFound as error:
        raise NotAllowed(NOT_YOURS) from error


async def with_own_pair(store: Store, key: int, noun: type[RowT]) -> tuple[Pair, RowT]:
    """A row that I may read and the pair of mine that it belongs to, for looking at. Raises `NotAllowed`."""
    try:
        return await store.pairs.with_row(noun, key)
    except NotFound as error:
        raise NotAllowed(NOT_YOURS) from error


async def pair_of(store: Store, me: Person, key: int, noun: type[PairScoped]) -> Pair:
    """The pair in use that a row of mine belongs to, for looking at. Raises `NotAllowed` or `NotAvailable`."""
    return in_use(await own_pair_of(store, key, noun), me)
