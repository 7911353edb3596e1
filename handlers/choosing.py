"""Which pair? Somebody with several chooses; somebody with one is not asked."""

from collections.abc import Awaitable, Callable
from typing import Any

from handlers import start
from handlers.subject import Subject
from handlers.views import choosing as view
from handlers.visit import Visit
from storage.pairs import PairState
from storage.people import Person
from storage.store import Store

ViewForPair = Callable[[Visit, Store, Person, int], Awaitable[dict[str, Any]]]
"""Builds a form for one pair of mine; every word of `/career` that is about a pair has one."""


async def open_for_my_pair(visit: Visit, word: str, view_for_pair: ViewForPair) -> None:
    """Open a form for my one pair, let me choose among several, or begin where there is none yet."""
    async with visit.reading() as (store, me):
        living = await store.people.in_living_pairs_with(me.pk)
        choices = [(pair, other) for pair, other in living if pair.state is PairState.ACTIVE]
        if not choices:
            shown = await start.form_for(visit, store, me)
        elif len(choices) == 1:
            shown = await view_for_pair(visit, store, me, choices[0][0].pk)
        else:
            shown = view.render(choices, me, Subject(does=word))
    await visit.show(shown)
