"""“Keep mine”, and switching the coach off and on: the same in every form with remarks."""

from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from cycle.people import switch_coach
from handlers.forms import FORMS
from handlers.shared.forms import AnyForm, save_draft
from handlers.shared.ids import ActionId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import CoachedMetadata
from handlers.views.coach_remarks import ON


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.KEEP_MINE)(keep_mine)
    listeners.action(ActionId.SWITCH_COACH)(switch)


async def keep_mine(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person keeps their words: the remark disappears, and does not come back for these words."""
    await ack()
    interaction = Interaction.of(context)
    form, metadata = _form_of(interaction)
    metadata = metadata.updated(kept=(*metadata.kept, interaction.value))
    await save_draft(interaction, form, metadata)
    await interaction.redraw(await _redrawn(interaction, form, metadata))


async def switch(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person switched the coach off or on, at a remark or on the App Home."""
    await ack()
    interaction = Interaction.of(context)
    if interaction.in_modal:
        form, metadata = _form_of(interaction)
        await save_draft(interaction, form, metadata)
    async with interaction.changing_me() as (_store, me):
        switch_coach(me, on=interaction.value == ON)
    if interaction.in_modal:
        await interaction.redraw(await _redrawn(interaction, form, metadata))
    interaction.refresh_homes(me.pk)


def _form_of(interaction: Interaction) -> tuple[AnyForm, CoachedMetadata]:
    form = FORMS.get(str(interaction.view.get("callback_id")))
    metadata = form.metadata.of(interaction.view) if form else None
    if form is None or not isinstance(metadata, CoachedMetadata):
        raise NotAvailable("The coach has nothing to say in this form.")
    return form, metadata


async def _redrawn(interaction: Interaction, form: AnyForm, metadata: CoachedMetadata) -> dict[str, Any]:
    """The form with what is typed in it."""
    if form.redraw is None:
        raise LookupError(form.id)
    async with interaction.reading() as (store, me):
        view: dict[str, Any] = await form.redraw(interaction, store, me, metadata, interaction.values)
    return view
