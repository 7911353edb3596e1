"""“Keep mine”, and switching the coach off and on: the same in every form with remarks."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.people import switch_coach
from handlers import agenda, preparation, start
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views.coach_remarks import ON
from storage.people import Person
from storage.store import Store

Redrawn = Callable[[Interaction, Store, Person, ViewMetadata, FormValues], Awaitable[dict[str, Any]]]

# How each form with remarks is drawn anew, with what is typed in it.
FORMS: Mapping[str, Redrawn] = MappingProxyType(
    {FormId.PREPARATION: preparation.redrawn, FormId.AGENDA: agenda.redrawn, FormId.START: start.redrawn}
)


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.KEEP_MINE)(keep_mine)
    app.action(ActionId.SWITCH_COACH)(switch)


async def keep_mine(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody wants to keep their words: the remark goes, and does not come back for them."""
    await ack()
    interaction = Interaction.of(context)
    metadata = interaction.metadata.updated(kept=(*interaction.metadata.kept, interaction.value))
    await interaction.keep_draft(metadata)
    await interaction.redraw(await with_remarks(interaction, metadata))


async def with_remarks(interaction: Interaction, metadata: ViewMetadata) -> dict[str, Any]:
    """The form in which something happened, drawn anew."""
    async with interaction.reading() as (store, me):
        return await FORMS[interaction.view["callback_id"]](interaction, store, me, metadata, interaction.values)


async def switch(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody switched the coach off or on, at a remark or on the App Home."""
    await ack()
    interaction = Interaction.of(context)
    await interaction.keep_draft()
    async with interaction.unit() as (_store, me):
        switch_coach(me, on=interaction.value == ON)
    if interaction.in_modal:
        await interaction.redraw(await with_remarks(interaction, interaction.metadata))
    interaction.refresh_homes(me.pk)
