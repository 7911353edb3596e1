"""`/career commitments`: promises seen, added, kept and given new dates."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import commitments
from cycle.guards import active_pair, side
from cycle.nudges import Action
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import commitments as view
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Action.OPEN_COMMITMENTS)(open_commitments)
    app.action({"action_id": ActionId.PAGE, "block_id": re.compile(f"^{re.escape(view.PAGE_BLOCK)}")})(turn_page)
    app.view(FormId.COMMITMENTS)(add_commitment)
    app.action(Action.COMMITMENT_DONE)(mark_done)
    app.action(Action.NEW_DATE)(open_change)
    app.view(FormId.CHANGE)(ask_change)
    app.action(Action.ANSWER_CHANGE)(open_answer)
    app.action(ActionId.AGREE)(agree)
    app.action(ActionId.KEEP_AS_IT_WAS)(keep_as_it_was)


# --- the list --------------------------------------------------------------------------------------------------------


async def open_commitments(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Show promises”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        shown = await view_for_pair(interaction, store, me, interaction.subject_id)
    await interaction.show(shown)


async def view_for_pair(interaction: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The promises of one pair."""
    return await _list(interaction, store, me, ViewMetadata(pair_id=pair_id))


async def _list(
    interaction: Interaction, store: Store, me: Person, metadata: ViewMetadata, values: FormValues | None = None
) -> dict[str, Any]:
    shown = await commitments.between(store, me, metadata.pair_id, interaction.now)
    return view.render(shown, me, metadata, interaction.now, values)


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody went to another page."""
    await ack()
    interaction = Interaction.of(context)
    await _redraw_list(interaction, interaction.metadata.updated(page=interaction.subject_id))


async def _redraw_list(interaction: Interaction, metadata: ViewMetadata, view_id: str | None = None) -> None:
    """Show the list anew: the modal itself, or the one below it."""
    async with interaction.reading() as (store, me):
        shown = await _list(interaction, store, me, metadata, None if view_id else interaction.values)
    await interaction.redraw(shown, view_id)


async def add_commitment(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Add promise”; with nothing typed that just closes the list."""
    interaction = Interaction.of(context)
    metadata = interaction.metadata
    async with interaction.unit() as (store, me):
        pair = await active_pair(store, me, metadata.pair_id)
        entry = view.own_entry(interaction.values, metadata, side(pair, me))
        if entry.is_empty:
            await ack()
            return
        await commitments.add(store, me, pair.pk, entry, interaction.now)
        shown = await _list(interaction, store, me, metadata.updated(added=metadata.added + 1))
    await ack(response_action="update", view=shown)
    interaction.changed(pair)


async def mark_done(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Done”, in a message, in the list or in the App Home."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.unit() as (store, me):
        commitment = await commitments.done(store, me, interaction.subject_id, interaction.now)
        pair = await active_pair(store, me, commitment.pair_id)
    if interaction.view.get("callback_id") == FormId.COMMITMENTS:
        await _redraw_list(interaction, interaction.metadata)
    elif interaction.in_modal:
        await interaction.say("Done. Well kept.")
    await interaction.replace_message("Done. Well kept.")
    interaction.changed(pair)


# --- a new date ------------------------------------------------------------------------------------------------------


async def open_change(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “New date”."""
    await ack()
    interaction = Interaction.of(context)
    metadata = _from_the_list(interaction, ViewMetadata()).updated(commitment_id=interaction.subject_id)
    async with interaction.reading() as (store, me):
        form = await change_form(interaction, store, me, metadata)
    await interaction.show(form)


async def change_form(interaction: Interaction, store: Store, me: Person, metadata: ViewMetadata) -> dict[str, Any]:
    """The form for a new date of one promise, resumed from its draft where there is one."""
    shown = await commitments.to_change(store, me, metadata.commitment_id, interaction.now)
    draft = await interaction.draft(store, me, FormId.CHANGE, metadata.commitment_id)
    values = FormValues.unpack(draft.state) if draft else None
    metadata = metadata.updated(pair_id=shown.commitment.pair_id)
    return view.change(shown, me, metadata, interaction.now, values, draft.saved_at if draft else None)


def _from_the_list(interaction: Interaction, otherwise: ViewMetadata) -> ViewMetadata:
    """What a modal on top of the list is about: it remembers the page, to show it anew afterwards."""
    if interaction.view.get("callback_id") != FormId.COMMITMENTS:
        return otherwise
    return interaction.metadata.updated(does=FormId.COMMITMENTS)


def _list_below(interaction: Interaction) -> str | None:
    """The id of the list on which this modal lies, if it does."""
    below = interaction.view.get("previous_view_id")
    return str(below) if below and interaction.metadata.does == FormId.COMMITMENTS else None


async def ask_change(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody asked for a new date."""
    interaction = Interaction.of(context)
    metadata, values = interaction.metadata, interaction.values
    async with interaction.unit() as (store, me):
        await commitments.ask_change(
            store, me, metadata.commitment_id, values.day(commitments.DUE_ON), values.text(commitments.TEXT),
            values.text(commitments.REASON), interaction.now,
        )  # fmt: skip
        await interaction.drop_draft(store, me)
        shown = await commitments.to_change(store, me, metadata.commitment_id, interaction.now)
        pair = await active_pair(store, me, shown.commitment.pair_id)
    if below := _list_below(interaction):
        await ack()
        await _redraw_list(interaction, metadata.updated(commitment_id=0, does=""), below)
    else:
        await ack(response_action="update", view=view.asked(shown))
    interaction.changed(pair)


# --- the answer ------------------------------------------------------------------------------------------------------


async def open_answer(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “See and answer”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        shown = await commitments.to_answer(store, me, interaction.subject_id)
        metadata = _from_the_list(interaction, ViewMetadata(pair_id=shown.commitment.pair_id)).updated(
            request_id=interaction.subject_id
        )
        form = view.answer(shown, me, metadata)
    await interaction.show(form)


async def agree(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody agreed to a change."""
    await _answer(ack, context, agreed=True)


async def keep_as_it_was(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody would rather keep what was agreed."""
    await _answer(ack, context, agreed=False)


async def _answer(ack: AsyncAck, context: AsyncBoltContext, *, agreed: bool) -> None:
    await ack()
    interaction = Interaction.of(context)
    async with interaction.unit() as (store, me):
        stands = await commitments.answer_change(store, me, interaction.subject_id, agree=agreed, now=interaction.now)
        pair = await active_pair(store, me, stands.pair_id)
        other = await store.people.get(pair.other_than(me.pk))
    await interaction.redraw(view.answered(stands, other, agreed=agreed))
    if below := _list_below(interaction):
        await _redraw_list(interaction, interaction.metadata.updated(request_id=0, does=""), below)
    interaction.changed(pair)
