"""What is typed and not handed in: kept at every change, and forgotten when its author starts over."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from handlers import agenda, commitments, preparation, thanks, wrap_up
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction, draft_key
from handlers.shared.pair_picker import ViewForPair
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import drafts as view
from storage.people import Person
from storage.store import Store

Reopen = Callable[[Interaction, Store, Person, ViewMetadata], Awaitable[dict[str, Any]]]


def _for_pair(view_for_pair: ViewForPair) -> Reopen:
    return lambda interaction, store, me, metadata: view_for_pair(interaction, store, me, metadata.pair_id)


# How each form that offers to start over is opened anew.
FORMS: Mapping[str, Reopen] = MappingProxyType(
    {
        FormId.PREPARATION: _for_pair(preparation.view_for_pair),
        FormId.AGENDA: _for_pair(agenda.view_for_pair),
        FormId.WRAP_UP: _for_pair(wrap_up.view_for_pair),
        FormId.THANK_YOU: _for_pair(thanks.view_for_pair),
        FormId.CHANGE: commitments.change_form,
    }
)


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.TYPED)(typed)
    app.action(ActionId.DISCARD_DRAFT)(discard)
    app.action(ActionId.OPEN_AFRESH)(open_afresh)


async def typed(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Something in a form changed. Forms that keep no draft have nothing to do.

    Kept first, acknowledged then: what Slack counts as taken is safe, and whoever reopens the form at once finds it.
    """
    await Interaction.of(context).keep_draft()
    await ack()


async def discard(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Start over”.

    Slack keeps what is typed when a modal is redrawn with the same fields, so the form makes way for a page that opens
    it anew.
    """
    await ack()
    interaction = Interaction.of(context)
    async with interaction.unit() as (store, me):
        await interaction.drop_draft(store, me)
    await interaction.redraw(view.forgotten(interaction.metadata.updated(form=str(interaction.view["callback_id"]))))


async def open_afresh(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody opens a form again after having started over."""
    await ack()
    interaction = Interaction.of(context)
    metadata = interaction.metadata
    if (reopen := FORMS.get(metadata.form)) is None:
        raise NotAvailable("Please open it again from where you came.")
    async with interaction.unit() as (store, me):
        await interaction.expect_draft(store, me, FormId(metadata.form), draft_key(metadata))
        form = await reopen(interaction, store, me, metadata.updated(form=""))
    await interaction.redraw(form)
