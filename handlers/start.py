"""`/career start`: asking somebody, answering, and taking the question back (practices C1, E1, E5)."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import pairing
from cycle.coach import review_request
from cycle.coaching import Wording
from cycle.errors import Refused
from cycle.nudges import Do
from handlers import coaching
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import kit
from handlers.views import start as view
from handlers.visit import Visit
from storage.pairs import PairState, Side
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Act.START)(open_form)
    app.action(Act.SIDE_CHOSEN)(choose_side)
    app.view(Form.START)(ask)
    app.action(Do.ACCEPT_PAIR)(accept)
    app.action(Do.DECLINE_PAIR)(open_decline)
    app.view(Form.DECLINE)(decline)
    app.action(Do.READ_REASON)(read_reason)
    app.action(Act.WITHDRAW_PAIR)(withdraw)


async def open_form(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Start”, or typed `/career start`."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await form_for(visit, store, me)
    await visit.show(form)


async def choose_side(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody said on which side they are: the draft of their words is that side's, unless they wrote their own."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await redrawn(visit, store, me, visit.about, visit.filled)
    await visit.redraw(form)


async def ask(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody named the other side."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    chosen, side = filled.person(pairing.OTHER), filled.choice(view.SIDE)
    if chosen is None or side is None:
        raise Refused({pairing.OTHER: "Please choose the person you want to talk with."})
    await visit.office.get_to_know(chosen)  # whether they are still here
    async with visit.unit() as (store, me):
        other = await visit.person(store, chosen)
        pair = await pairing.ask(store, me, other, Side(side), visit.now, view.words_of(filled, Side(side)))
        coaching.look_once(me, about, _wordings(filled, Side(side)))
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


async def open_decline(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side pressed “Not me”: they may say why."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = view.declining(await pairing.to_decline(store, me, visit.subject_id), Subject(pair_id=visit.subject_id))
    await visit.show(form)


async def decline(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side said no."""
    visit = Visit.of(context)
    pair_id, reason = visit.about.pair_id, visit.filled.text(pairing.REASON)
    async with visit.unit() as (store, me):
        pair = await pairing.decline(store, me, pair_id, visit.now, reason)
        other = await store.people.get(pair.other_than(me.pk))
    await ack(response_action="update", view=kit.notice("Answered", view.declined(other)))
    visit.changed(pair)


async def read_reason(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Whoever asked reads why the other side said no."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        other, reason = await pairing.reason_of(store, me, visit.subject_id)
    await visit.show(view.reason(other, reason))


async def withdraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Whoever asked took the question back."""
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        pair = await pairing.withdraw(store, me, visit.subject_id, visit.now)
        form = await redrawn(visit, store, me, visit.about, visit.filled)
    visit.changed(pair)
    if visit.in_modal:
        await visit.redraw(form)


async def form_for(visit: Visit, store: Store, me: Person) -> dict[str, Any]:
    """The form, with the questions that still wait for an answer, mine and those put to me."""
    return await redrawn(visit, store, me, Subject(), Filled())


async def redrawn(visit: Visit, store: Store, me: Person, about: Subject, filled: Filled) -> dict[str, Any]:
    """The form as it is being filled in."""
    living = await store.pairs.living_of(me.pk)
    waiting = [pair for pair in living if pair.state is PairState.ASKED]
    others = await store.people.named([pair.other_than(me.pk) for pair in waiting])
    has_a_manager = any(pair.side_of(me.pk) is Side.EMPLOYEE for pair in living)
    side = Side(filled.choice(view.SIDE) or (Side.MANAGER if has_a_manager else Side.EMPLOYEE))
    advice = coaching.advice_on(_wordings(filled, side), me, about, visit.office.bank)
    asked = [(pair, others[pair.other_than(me.pk)]) for pair in waiting]
    return view.render(asked, me, side, about, filled, advice)


def _wordings(filled: Filled, side: Side) -> list[Wording]:
    """What the coach reads here: the words to the other side (E5)."""
    return [Wording(pairing.words_field(side), view.words_of(filled, side), review_request)]
