"""Which pair? Somebody with several chooses; somebody with one is not asked."""

from collections.abc import Awaitable, Callable
from typing import Any

from handlers import start
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import pair_picker as view
from storage.pairs import PairState
from storage.people import Person
from storage.store import Store

ViewForPair = Callable[[Interaction, Store, Person, int], Awaitable[dict[str, Any]]]
"""Builds a form for one pair of mine; every word of `/career` that is about a pair has one."""


async def open_for_my_pair(interaction: Interaction, word: str, view_for_pair: ViewForPair) -> None:
    """Open a form for my one pair, let me choose among several, or begin where there is none yet."""
    async with interaction.reading() as (store, me):
        current = await store.people.current_partners_of(me.pk)
        choices = [(pair, other) for pair, other in current if pair.state is PairState.ACTIVE]
        if not choices:
            shown = await start.form_for(interaction, store, me)
        elif len(choices) == 1:
            shown = await view_for_pair(interaction, store, me, choices[0][0].pk)
        else:
            shown = view.render(choices, me, ViewMetadata(does=word))
    await interaction.show(shown)
