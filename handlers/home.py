"""The App Home, published when a person opens it; and what Slack reports about people who changed."""

from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from cycle.people import is_opening_to_note
from handlers.forms import FORMS
from handlers.shared.forms import opened_view
from handlers.shared.ids import ActionId
from handlers.shared.interaction import UNREADABLE_BUTTON, Interaction, read_key
from handlers.shared.listeners import Listeners
from handlers.shared.profiles import profile_of


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.event("app_home_opened")(opened)
    listeners.event("user_change")(changed)
    listeners.action(ActionId.PAIR_MENU)(choose)


async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
    """The person opened one of the app's tabs; only the Home is ours to fill."""
    if event.get("tab", "home") != "home":
        return
    interaction = Interaction.of(context)
    async with interaction.reading() as (_store, me):
        person_id, is_to_note = me.pk, is_opening_to_note(me, interaction.now)
    if is_to_note:  # before it is read, so that what changes meanwhile is drawn
        async with interaction.changing_me() as (_store, me):
            me.home_opened_at = interaction.now
    await interaction.workspace.homes.refresh(person_id, interaction.now)


async def choose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose from the menu beside someone: the form opens."""
    await ack()
    interaction = Interaction.of(context)
    name, _, key = interaction.value.partition(":")
    form = FORMS.get(name)
    if form is None or form.open is None:
        raise NotAvailable(UNREADABLE_BUTTON)
    async with interaction.reading() as (store, me):
        view = await opened_view(interaction, store, me, form, form.metadata(**{form.button_key: read_key(key)}))
    await interaction.show(view)


async def changed(event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Slack reports that a person changed: if they moved or left, their nudges follow at once."""
    user = event.get("user")
    if isinstance(user, dict) and user.get("id"):
        interaction = Interaction.of(context)
        profile, event_id = profile_of(user, interaction.workspace.team_id), str(interaction.body.get("event_id"))
        await interaction.workspace.profiles.change(profile, event_id)
        interaction.services.wake()
