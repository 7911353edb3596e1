"""`/career thanks`: the employee's note, and the manager's confirmation of what it promises."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import formatting, thanks
from cycle.nudges import Action
from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import kit
from handlers.views import thanks as view
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Action.OPEN_THANK_YOU)(open_thank_you)
    app.action(Action.CONFIRM_DELIVERABLES)(confirm_deliverables)
    app.view(FormId.THANK_YOU)(send)


async def open_thank_you(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Read and send it”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await _form(interaction, store, me, interaction.subject_id)
    await interaction.show(form)


async def view_for_pair(interaction: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The note for the last talk of a pair."""
    discussion = await thanks.last_discussion(store, me, pair_id)
    return await _form(interaction, store, me, discussion.pk)


async def _form(interaction: Interaction, store: Store, me: Person, discussion_id: int) -> dict[str, Any]:
    shown = await thanks.thanks_for(store, me, discussion_id)
    draft = await interaction.draft(store, me, FormId.THANK_YOU, discussion_id)
    metadata = ViewMetadata(pair_id=shown.pair.pk, discussion_id=discussion_id)
    values = FormValues.unpack(draft.state) if draft else None
    return view.render(shown, me, metadata, values, draft.saved_at if draft else None)


async def send(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody sent their note."""
    interaction = Interaction.of(context)
    metadata = interaction.metadata
    async with interaction.unit() as (store, me):
        await thanks.send(store, me, metadata.discussion_id, interaction.values.text(thanks.NOTE), interaction.now)
        await interaction.drop_draft(store, me)
        shown = await thanks.thanks_for(store, me, metadata.discussion_id)
    await ack(response_action="update", view=view.sent(shown))
    interaction.changed(shown.pair)


async def confirm_deliverables(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The manager pressed “Confirm the deliverables”, in a message, in the note or in the App Home."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.unit() as (store, me):
        confirmed = await thanks.confirm(store, me, interaction.subject_id, interaction.now)
        shown = await thanks.thanks_for(store, me, interaction.subject_id)
    if interaction.in_modal:
        await interaction.redraw(view.render(shown, me, ViewMetadata(pair_id=shown.pair.pk)))
    count = formatting.count(confirmed, "promise") if confirmed else "everything there is"
    await interaction.replace_message(
        f"Confirmed: {count}. {kit.fitted(formatting.first_name(shown.employee), 300)} sees it."
    )
    interaction.changed(shown.pair)
