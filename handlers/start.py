"""`/career start`: asking somebody, answering, and taking the question back (practices C1, E1)."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import pairing
from cycle.errors import Refused
from cycle.nudges import Do
from handlers.ids import Act, Form
from handlers.views import start as view
from handlers.visit import Visit
from storage.pairs import PairState, Side
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Act.START)(open_form)
    app.view(Form.START)(ask)
    app.action(Do.ACCEPT_PAIR)(accept)
    app.action(Do.DECLINE_PAIR)(decline)
    app.action(Act.WITHDRAW_PAIR)(withdraw)


async def open_form(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Start”, or typed `/career start`."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await form_for(store, me)
    await visit.show(form)


async def ask(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody named the other side."""
    visit = Visit.of(context)
    chosen, side = visit.filled.person(pairing.OTHER), visit.filled.choice(view.SIDE)
    if chosen is None or side is None:
        raise Refused({pairing.OTHER: "Please choose the person you want to talk with."})
    await visit.office.get_to_know(chosen)  # whether they are still here
    async with visit.unit() as (store, me):
        other = await visit.person(store, chosen)
        pair = await pairing.ask(store, me, other, Side(side), visit.now)
        told_at = pairing.told_at(pair, me, other)
    await ack(response_action="update", view=view.asked(other, told_at, visit.now))
    visit.changed(pair)


async def accept(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side said yes."""
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        pair = await pairing.accept(store, me, visit.subject_id, visit.now)
        other = await store.people.get(pair.other_than(me.pk))
    visit.changed(pair)
    if visit.in_modal:
        await visit.redraw(view.said_yes(other, pair))
    await visit.settle_message(view.accepted(other), view.next_steps(pair))


async def decline(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side said no."""
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        pair = await pairing.decline(store, me, visit.subject_id, visit.now)
        other = await store.people.get(pair.other_than(me.pk))
    visit.changed(pair)
    await visit.settle_message(view.declined(other))


async def withdraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Whoever asked took the question back."""
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        pair = await pairing.withdraw(store, me, visit.subject_id, visit.now)
        form = await form_for(store, me)
    visit.changed(pair)
    if visit.in_modal:
        await visit.redraw(form)


async def form_for(store: Store, me: Person) -> dict[str, Any]:
    """The form, with the questions that still wait for an answer, mine and those put to me."""
    living = await store.pairs.living_of(me.pk)
    waiting = [pair for pair in living if pair.state is PairState.ASKED]
    others = await store.people.named([pair.other_than(me.pk) for pair in waiting])
    has_a_manager = any(pair.side_of(me.pk) is Side.EMPLOYEE for pair in living)
    likely = Side.MANAGER if has_a_manager else Side.EMPLOYEE
    return view.render([(pair, others[pair.other_than(me.pk)]) for pair in waiting], me, likely)
