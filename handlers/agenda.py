"""`/career agenda`: proposing points, and accepting, amending, reordering and carrying over what stands there."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import agendas
from cycle.bank import Asker
from cycle.coach import review_question
from cycle.coach_remarks import Advice, Wording, lines, replaced
from cycle.nudges import Action
from handlers.shared import coach_remarks
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId, MenuChoice
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import agenda as view
from storage.agenda import AgendaItem
from storage.people import Person
from storage.store import Store

Deed = Callable[[Store, Person, int, datetime], Awaitable[AgendaItem]]

# What each choice of a menu does at once; amending asks for the words first.
DEEDS: Mapping[MenuChoice, Deed] = MappingProxyType(
    {
        MenuChoice.ACCEPT: agendas.accept,
        MenuChoice.UP: lambda store, me, item_id, _now: agendas.move(store, me, item_id, agendas.Move.UP),
        MenuChoice.DOWN: lambda store, me, item_id, _now: agendas.move(store, me, item_id, agendas.Move.DOWN),
        MenuChoice.CARRY_OVER: agendas.carry_over,
        MenuChoice.WITHDRAW: agendas.withdraw,
    }
)


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Action.OPEN_AGENDA)(open_agenda)
    app.action({"action_id": ActionId.PAGE, "block_id": re.compile(rf"^{re.escape(view.PAGES)}")})(turn_page)
    app.action(ActionId.ITEM_MENU)(choose)
    app.view(FormId.AGENDA)(propose)
    app.view(FormId.AMEND)(amend)


async def open_agenda(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Propose points” or “See the agenda”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await view_for_pair(interaction, store, me, interaction.subject_id)
    await interaction.show(form)


async def view_for_pair(interaction: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The agenda of one pair, with what I had begun to write."""
    agenda = await agendas.agenda_of(store, me, pair_id)
    draft = await interaction.draft(store, me, FormId.AGENDA, pair_id)
    values = FormValues.unpack(draft.state) if draft else None
    metadata = ViewMetadata(pair_id=pair_id)
    if values is not None:
        metadata = coach_remarks.resumed(metadata, values)
    advice = _advice(interaction, agenda, me, metadata, values)
    return view.render(agenda, me, metadata, values, draft.saved_at if draft else None, advice)


async def redrawn(
    interaction: Interaction, store: Store, me: Person, metadata: ViewMetadata, values: FormValues
) -> dict[str, Any]:
    """The agenda as it stands, with the points that are being written."""
    agenda = await agendas.agenda_of(store, me, metadata.pair_id)
    return view.render(agenda, me, metadata, values, None, _advice(interaction, agenda, me, metadata, values))


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed a page button."""
    await ack()
    interaction = Interaction.of(context)
    await interaction.keep_draft()
    await _redraw(interaction, interaction.metadata.updated(page=int(interaction.value)))


async def choose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody chose from the menu at a point: done at once, and shown, also where the other side was faster."""
    await ack()
    interaction = Interaction.of(context)
    choice, item_id = view.chosen(interaction.value)
    await interaction.keep_draft()
    if choice is MenuChoice.AMEND:
        await _open_amend(interaction, item_id)
        return
    try:
        async with interaction.unit() as (store, me):
            await DEEDS[choice](store, me, item_id, interaction.now)
            pair = await store.pairs.get(interaction.metadata.pair_id)
        interaction.changed(pair)
    finally:
        await _redraw(interaction, interaction.metadata)


async def _open_amend(interaction: Interaction, item_id: int) -> None:
    async with interaction.reading() as (store, me):
        item = await agendas.item_of(store, me, item_id)
    await interaction.show(view.amending(item, interaction.metadata.updated(item_id=item_id)))


async def propose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed new points in."""
    interaction = Interaction.of(context)
    metadata, values = interaction.metadata, interaction.values
    async with interaction.unit() as (store, me):
        agenda = await agendas.agenda_of(store, me, metadata.pair_id)
        texts = replaced(_points(values, agenda, me), coach_remarks.picked_instead(values, interaction.services.bank))
        await agendas.propose(store, me, metadata.pair_id, texts, interaction.now)
        coach_remarks.look_once(me, metadata, _questions(values, agenda, me))
        pair = await store.pairs.get(metadata.pair_id)
        await interaction.drop_draft(store, me)
    await ack()
    interaction.changed(pair)


async def amend(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed other words in; the list below this form shows them."""
    interaction = Interaction.of(context)
    metadata = interaction.metadata
    async with interaction.unit() as (store, me):
        await agendas.amend(store, me, metadata.item_id, interaction.values.text(agendas.TEXT), interaction.now)
        pair = await store.pairs.get(metadata.pair_id)
        list_below = await _list(interaction, store, me, metadata.updated(item_id=0))
    await ack()
    if below := interaction.view.get("previous_view_id"):
        await interaction.redraw(list_below, below)
    interaction.changed(pair)


async def _redraw(interaction: Interaction, metadata: ViewMetadata) -> None:
    async with interaction.reading() as (store, me):
        shown = await _list(interaction, store, me, metadata)
    await interaction.redraw(
        shown, interaction.view["id"]
    )  # the newest state, whatever is shown by now: no need for the hash


async def _list(interaction: Interaction, store: Store, me: Person, metadata: ViewMetadata) -> dict[str, Any]:
    """The list as it stands; what is being typed has just been kept, and Slack leaves it in its field."""
    draft = await interaction.draft(store, me, FormId.AGENDA, metadata.pair_id)
    return await redrawn(
        interaction, store, me, metadata, FormValues.unpack(draft.state if draft else None) or FormValues()
    )


def _points(values: FormValues, agenda: agendas.AgendaView, me: Person) -> list[Wording]:
    asker = Asker.EMPLOYEE if me.id == agenda.pair.employee_id else Asker.MANAGER
    return lines(agendas.NEW_ITEMS, values.text(agendas.NEW_ITEMS), review_question, asker)


def _questions(values: FormValues, agenda: agendas.AgendaView, me: Person) -> list[Wording]:
    """What the coach reads here: points that are questions."""
    return [point for point in _points(values, agenda, me) if point.text.endswith("?")]


def _advice(
    interaction: Interaction, agenda: agendas.AgendaView, me: Person, metadata: ViewMetadata, values: FormValues | None
) -> list[Advice]:
    written = _questions(values, agenda, me) if values else []
    return coach_remarks.advice_on(written, me, metadata, interaction.services.bank)
