"""What people write to the bot in words: they are told what it can do instead, once an hour at most."""

from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from cycle.overview import overview
from cycle.people import is_to_be_helped
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.views import help as views


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.event("message")(answer)


async def answer(event: dict[str, Any], context: AsyncBoltContext) -> None:
    """The person wrote a direct message. Its words are neither kept nor logged; edits and deletions are no news."""
    channel = event.get("channel")
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id") or not isinstance(channel, str):
        return
    interaction = Interaction.of(context)
    async with interaction.changing_me() as (store, me):
        if not is_to_be_helped(me, interaction.now):
            return
        me.helped_at = interaction.now
        now = await overview(store, me, interaction.now)
    await interaction.client.chat_postMessage(channel=channel, **views.plain_message(now))
