"""The brief: what helps on the day before a talk, or to look back at one."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.brief import brief
from cycle.guards import active_pair, open_discussion
from cycle.nudges import Action
from cycle.suggestions import order_of_discussion
from handlers.shared.interaction import Interaction
from handlers.views import brief as view
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listener."""
    app.action(Action.OPEN_BRIEF)(open_brief)


async def open_brief(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Open the brief”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        shown = await _shown(interaction, store, me, interaction.subject_id)
    await interaction.show(shown)


async def view_for_pair(interaction: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The brief of the talk that a pair is heading for."""
    discussion = await open_discussion(store, await active_pair(store, me, pair_id))
    return await _shown(interaction, store, me, discussion.pk)


async def _shown(interaction: Interaction, store: Store, me: Person, discussion_id: int) -> dict[str, Any]:
    what = await brief(store, me, discussion_id, interaction.now)
    bank, set_id = interaction.services.bank, what.discussion.question_set
    return view.render(what, bank.set_by_id.get(set_id or ""), order_of_discussion(bank, set_id))
