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
from cycle.coaching import Advice, Wording, lines, replaced
from cycle.nudges import Do
from handlers import coaching
from handlers.filled import Filled
from handlers.ids import Act, Form, MenuChoice
from handlers.subject import Subject
from handlers.views import agenda as view
from handlers.visit import Visit
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
    app.action(Do.OPEN_AGENDA)(open_agenda)
    app.action({"action_id": Act.PAGE, "block_id": re.compile(rf"^{re.escape(view.PAGES)}")})(turn_page)
    app.action(Act.ITEM_MENU)(choose)
    app.view(Form.AGENDA)(propose)
    app.view(Form.AMEND)(amend)


async def open_agenda(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Propose points” or “See the agenda”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await view_for_pair(visit, store, me, visit.subject_id)
    await visit.show(form)


async def view_for_pair(visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The agenda of one pair, with what I had begun to write."""
    agenda = await agendas.agenda_of(store, me, pair_id)
    draft = await visit.draft(store, me, Form.AGENDA, pair_id)
    filled = Filled.unpack(draft.state) if draft else None
    about = Subject(pair_id=pair_id)
    if filled is not None:
        about = coaching.resumed(about, filled)
    advice = _advice(visit, agenda, me, about, filled)
    return view.render(agenda, me, about, filled, draft.saved_at if draft else None, advice)


async def redrawn(visit: Visit, store: Store, me: Person, about: Subject, filled: Filled) -> dict[str, Any]:
    """The agenda as it stands, with the points that are being written."""
    agenda = await agendas.agenda_of(store, me, about.pair_id)
    return view.render(agenda, me, about, filled, None, _advice(visit, agenda, me, about, filled))


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed a page button."""
    await ack()
    visit = Visit.of(context)
    await visit.keep_draft()
    await _redraw(visit, visit.about.but(page=int(visit.value)))


async def choose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody chose from the menu at a point: done at once, and shown, also where the other side was faster."""
    await ack()
    visit = Visit.of(context)
    choice, item_id = view.chosen(visit.value)
    await visit.keep_draft()
    if choice is MenuChoice.AMEND:
        await _open_amend(visit, item_id)
        return
    try:
        async with visit.unit() as (store, me):
            await DEEDS[choice](store, me, item_id, visit.now)
            pair = await store.pairs.get(visit.about.pair_id)
        visit.changed(pair)
    finally:
        await _redraw(visit, visit.about)


async def _open_amend(visit: Visit, item_id: int) -> None:
    async with visit.reading() as (store, me):
        item = await agendas.item_of(store, me, item_id)
    await visit.show(view.amending(item, visit.about.but(item_id=item_id)))


async def propose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed new points in."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    async with visit.unit() as (store, me):
        agenda = await agendas.agenda_of(store, me, about.pair_id)
        texts = replaced(_points(filled, agenda, me), coaching.picked_instead(filled, visit.office.bank))
        await agendas.propose(store, me, about.pair_id, texts, visit.now)
        coaching.look_once(me, about, _questions(filled, agenda, me))
        pair = await store.pairs.get(about.pair_id)
        await visit.drop_draft(store, me)
    await ack()
    visit.changed(pair)


async def amend(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed other words in; the list below this form shows them."""
    visit = Visit.of(context)
    about = visit.about
    async with visit.unit() as (store, me):
        await agendas.amend(store, me, about.item_id, visit.filled.text(agendas.TEXT), visit.now)
        pair = await store.pairs.get(about.pair_id)
        list_below = await _list(visit, store, me, about.but(item_id=0))
    await ack()
    if below := visit.view.get("previous_view_id"):
        await visit.redraw(list_below, below)
    visit.changed(pair)


async def _redraw(visit: Visit, about: Subject) -> None:
    async with visit.reading() as (store, me):
        shown = await _list(visit, store, me, about)
    await visit.redraw(shown, visit.view["id"])  # the newest state, whatever is shown by now: no need for the hash


async def _list(visit: Visit, store: Store, me: Person, about: Subject) -> dict[str, Any]:
    """The list as it stands; what is being typed has just been kept, and Slack leaves it in its field."""
    draft = await visit.draft(store, me, Form.AGENDA, about.pair_id)
    return await redrawn(visit, store, me, about, Filled.unpack(draft.state if draft else None) or Filled())


def _points(filled: Filled, agenda: agendas.AgendaView, me: Person) -> list[Wording]:
    asker = Asker.EMPLOYEE if me.id == agenda.pair.employee_id else Asker.MANAGER
    return lines(agendas.NEW_ITEMS, filled.text(agendas.NEW_ITEMS), review_question, asker)


def _questions(filled: Filled, agenda: agendas.AgendaView, me: Person) -> list[Wording]:
    """What the coach reads here: points that are questions."""
    return [point for point in _points(filled, agenda, me) if point.text.endswith("?")]


def _advice(
    visit: Visit, agenda: agendas.AgendaView, me: Person, about: Subject, filled: Filled | None
) -> list[Advice]:
    written = _questions(filled, agenda, me) if filled else []
    return coaching.advice_on(written, me, about, visit.office.bank)
