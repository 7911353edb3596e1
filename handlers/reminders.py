"""The menu of a reminder: to have it again tomorrow or next week."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import formatting
from cycle.nudges import Action
from cycle.putting_off import UNTIL, put_off
from cycle.zones import local_day
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    for choice in UNTIL:
        listeners.action(choice)(remind_later)


async def remind_later(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person would rather be reminded later: the message says when, in the place of its buttons."""
    await ack()
    interaction = Interaction.of(context)
    choice = Action(interaction.body["actions"][0]["action_id"])
    async with interaction.writing() as (store, me):
        until = await put_off(store, me, interaction.value, choice, interaction.now)
        when = formatting.moment(until, me, local_day(me, interaction.now))
    await interaction.replace_message(f"I'll remind you on {when}, unless it is done by then.")
    interaction.services.wake()
