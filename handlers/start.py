"""`/career start`: asking somebody, answering, and taking the question back (practices C1, E1, E5)."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import pairing
from cycle.coach import review_request
from cycle.coach_remarks import Wording
from cycle.errors import InvalidInput
from cycle.nudges import Action
from handlers.shared import coach_remarks
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import kit
from handlers.views import start as view
from storage.pairs import PairState, Side
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.START)(open_form)
    app.action(ActionId.SIDE_CHOSEN)(choose_side)
    app.view(FormId.START)(ask)
    app.action(Action.ACCEPT_PAIR)(accept)
    app.action(Action.DECLINE_PAIR)(open_decline)
    app.view(FormId.DECLINE)(decline)
    app.action(Action.READ_REASON)(read_reason)
    app.action(ActionId.WITHDRAW_PAIR)(withdraw)


async def open_form(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Start”, or typed `/career start`."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await form_for(interaction, store, me)
    await interaction.show(form)


async def choose_side(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody said on which side they are: the draft of their words is that side's, unless they wrote their own."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await redrawn(interaction, store, me, interaction.metadata, interaction.values)
    await interaction.redraw(form)


async def ask(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody named the other side."""
    interaction = Interaction.of(context)
    metadata, values = interaction.metadata, interaction.values
    chosen, side = values.person(pairing.OTHER), values.choice(view.SIDE)
    if chosen is None or side is None:
        raise InvalidInput({pairing.OTHER: "Please choose the person you want to talk with."})
    await interaction.services.sync_profile(chosen)  # whether they are still here
    async with interaction.unit() as (store, me):
        other = await interaction.person(store, chosen)
        pair = await pairing.ask(store, me, other, Side(side), interaction.now, view.words_of(values, Side(side)))
        coach_remarks.look_once(me, metadata, _wordings(values, Side(side)))
        told_at = pairing.told_at(pair, me, other)
    await ack(response_action="update", view=view.asked(other, told_at, interaction.now))
    interaction.changed(pair)


async def accept(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side said yes."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.unit() as (store, me):
        pair = await pairing.accept(store, me, interaction.subject_id, interaction.now)
        other = await store.people.get(pair.other_than(me.pk))
    interaction.changed(pair)
    if interaction.in_modal:
        await interaction.redraw(view.accepted_view(other, pair))
    await interaction.replace_message(view.accepted(other), view.next_steps(pair))


async def open_decline(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side pressed “Not me”: they may say why."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = view.declining(
            await pairing.to_decline(store, me, interaction.subject_id), ViewMetadata(pair_id=interaction.subject_id)
        )
    await interaction.show(form)


async def decline(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side said no."""
    interaction = Interaction.of(context)
    pair_id, reason = interaction.metadata.pair_id, interaction.values.text(pairing.REASON)
    async with interaction.unit() as (store, me):
        pair = await pairing.decline(store, me, pair_id, interaction.now, reason)
        other = await store.people.get(pair.other_than(me.pk))
    await ack(response_action="update", view=kit.notice("Answered", view.declined(other)))
    interaction.changed(pair)


async def read_reason(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Whoever asked reads why the other side said no."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        other, reason = await pairing.reason_of(store, me, interaction.subject_id)
    await interaction.show(view.reason(other, reason))


async def withdraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Whoever asked took the question back."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.unit() as (store, me):
        pair = await pairing.withdraw(store, me, interaction.subject_id, interaction.now)
        form = await redrawn(interaction, store, me, interaction.metadata, interaction.values)
    interaction.changed(pair)
    if interaction.in_modal:
        await interaction.redraw(form)


async def form_for(interaction: Interaction, store: Store, me: Person) -> dict[str, Any]:
    """The form, with the questions that still wait for an answer, mine and those put to me."""
    return await redrawn(interaction, store, me, ViewMetadata(), FormValues())


async def redrawn(
    interaction: Interaction, store: Store, me: Person, metadata: ViewMetadata, values: FormValues
) -> dict[str, Any]:
    """The form as it is being filled in."""
    current = await store.pairs.current_of(me.pk)
    waiting = [pair for pair in current if pair.state is PairState.ASKED]
    others = await store.people.by_ids([pair.other_than(me.pk) for pair in waiting])
    has_a_manager = any(pair.side_of(me.pk) is Side.EMPLOYEE for pair in current)
    side = Side(values.choice(view.SIDE) or (Side.MANAGER if has_a_manager else Side.EMPLOYEE))
    advice = coach_remarks.advice_on(_wordings(values, side), me, metadata, interaction.services.bank)
    asked = [(pair, others[pair.other_than(me.pk)]) for pair in waiting]
    return view.render(asked, me, side, metadata, values, advice)


def _wordings(values: FormValues, side: Side) -> list[Wording]:
    """What the coach reads here: the words to the other side (E5)."""
    return [Wording(pairing.words_field(side), view.words_of(values, side), review_request)]
