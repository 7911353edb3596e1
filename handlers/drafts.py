"""What is typed and not submitted: saved at every change, and discarded when its author starts over."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from handlers.forms import FORMS
from handlers.shared import coach_remarks, drafts
from handlers.shared.forms import AnyForm, opened_view, save_draft
from handlers.shared.ids import ActionId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import CoachedMetadata, StartOverMetadata
from handlers.views import drafts as views
from handlers.views.coach_remarks import shown_keys


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.TYPED)(typed)
    listeners.action(ActionId.DISCARD_DRAFT)(discard)
    listeners.action(ActionId.OPEN_AFRESH)(open_afresh)


async def typed(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Something in a form changed: save its draft, if it keeps one.

    The draft is saved before the acknowledgement, so what Slack takes as received is safe, and a form that is reopened
    at once shows it. A form that cannot be read says so when it is submitted, not at each change.
    """
    interaction = Interaction.of(context)
    form = FORMS.get(str(interaction.view.get("callback_id")))
    metadata = form.metadata.find(interaction.view) if form else None
    if form is not None and metadata is not None:
        await save_draft(interaction, form, metadata)
    await ack()
    if form is not None and isinstance(metadata, CoachedMetadata) and shown_keys(interaction.view):
        await _take_remarks_away(interaction, form, metadata)


async def _take_remarks_away(interaction: Interaction, form: AnyForm, metadata: CoachedMetadata) -> None:
    """Redraw a form in which a remark is about words that the person has changed since."""
    if form.redraw is None:
        return
    async with interaction.reading() as (store, me):
        redrawn = await form.redraw(interaction, store, me, metadata, interaction.values)
    if coach_remarks.outdated(interaction.view, redrawn, interaction.values):
        await interaction.redraw(redrawn)


async def discard(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Start over”.

    Slack keeps what is typed when a modal is redrawn with the same fields, so the form is replaced by a page that
    opens it anew.
    """
    await ack()
    interaction = Interaction.of(context)
    form = FORMS.get(str(interaction.view.get("callback_id")))
    if form is None or form.draft_subject is None:
        raise NotAvailable("This form keeps no draft. Please close it and open it again.")
    metadata = form.metadata.of(interaction.view)
    async with interaction.writing() as (store, me):
        await drafts.clear(interaction, store, me, form.id, form.draft_subject(metadata))
    await interaction.redraw(views.discarded(StartOverMetadata(form=form.id, packed=metadata.pack())))


async def open_afresh(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person opens a form again after having started over."""
    await ack()
    interaction = Interaction.of(context)
    before = StartOverMetadata.of(interaction.view)
    form = FORMS.get(before.form)
    if form is None or form.draft_subject is None:
        raise NotAvailable("Please close this and open the form again.")
    metadata = form.metadata.of({"private_metadata": before.packed})
    async with interaction.writing() as (store, me):
        await drafts.reopen(interaction, store, me, form.id, form.draft_subject(metadata))
        view = await opened_view(interaction, store, me, form, metadata)
    await interaction.redraw(view)
