"""Which pair? Somebody with several chooses; somebody with one is not asked."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cycle.errors import Gone
from handlers.subject import Subject
from handlers.views import choosing as view
from handlers.visit import Visit
from storage.pairs import Pair, PairState
from storage.people import Person
from storage.store import Store

NOBODY_YET = "You have no career discussions yet. `/career start` begins them, whichever side you are on."
NOT_ANSWERED = "The other side has not said yes yet. I will tell you as soon as they do."

ViewForPair = Callable[[Visit, Store, Person, int], Awaitable[dict[str, Any]]]
"""Builds a form for one pair of mine; every word of `/career` that is about a pair has one."""


async def open_for_my_pair(visit: Visit, word: str, view_for_pair: ViewForPair) -> None:
    """Open a form for my one pair, or let me choose among several. Raises `Gone` when there is none."""
    async with visit.reading() as (store, me):
        pairs = await _active_pairs(store, me)
        if len(pairs) == 1:
            shown = await view_for_pair(visit, store, me, pairs[0].pk)
        else:
            others = await store.people.named([pair.other_than(me.pk) for pair in pairs])
            choices = [(pair, others[pair.other_than(me.pk)]) for pair in pairs]
            shown = view.render(choices, me, Subject(does=word))
    await visit.show(shown)


async def _active_pairs(store: Store, me: Person) -> Sequence[Pair]:
    pairs = await store.pairs.living_of(me.pk)
    active = [pair for pair in pairs if pair.state is PairState.ACTIVE]
    if not active:
        raise Gone(NOT_ANSWERED if pairs else NOBODY_YET)
    return active
