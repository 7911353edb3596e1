"""`/career commitments`: promises seen, added, kept and given new dates."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import promises
from cycle.nudges import Do
from cycle.reach import active_pair, side
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import commitments as view
from handlers.visit import Visit
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Do.OPEN_COMMITMENTS)(open_commitments)
    app.action({"action_id": Act.PAGE, "block_id": re.compile(f"^{re.escape(view.PAGE_BLOCK)}")})(turn_page)
    app.view(Form.COMMITMENTS)(add_promise)
    app.action(Do.COMMITMENT_DONE)(mark_done)
    app.action(Do.NEW_DATE)(open_change)
    app.view(Form.CHANGE)(ask_change)
    app.action(Do.ANSWER_CHANGE)(open_answer)
    app.action(Act.AGREE)(agree)
    app.action(Act.KEEP_AS_IT_WAS)(keep_as_it_was)


# --- the list --------------------------------------------------------------------------------------------------------


async def open_commitments(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Show promises”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        shown = await view_for_pair(visit, store, me, visit.subject_id)
    await visit.show(shown)


async def view_for_pair(visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The promises of one pair."""
    return await _list(visit, store, me, Subject(pair_id=pair_id))


async def _list(visit: Visit, store: Store, me: Person, about: Subject, filled: Filled | None = None) -> dict[str, Any]:
    shown = await promises.between(store, me, about.pair_id, visit.now)
    return view.render(shown, me, about, visit.now, filled)


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody went to another page."""
    await ack()
    visit = Visit.of(context)
    await _redraw_list(visit, visit.about.but(page=visit.subject_id))


async def _redraw_list(visit: Visit, about: Subject, view_id: str | None = None) -> None:
    """Show the list anew: the modal itself, or the one below it."""
    async with visit.reading() as (store, me):
        shown = await _list(visit, store, me, about, None if view_id else visit.filled)
    await visit.redraw(shown, view_id)


async def add_promise(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Add promise”; with nothing typed that just closes the list."""
    visit = Visit.of(context)
    about = visit.about
    async with visit.unit() as (store, me):
        pair = await active_pair(store, me, about.pair_id)
        entry = view.own_entry(visit.filled, about, side(pair, me))
        if entry.is_empty:
            await ack()
            return
        await promises.add(store, me, pair.pk, entry, visit.now)
        shown = await _list(visit, store, me, about.but(added=about.added + 1))
    await ack(response_action="update", view=shown)
    visit.changed(pair)


async def mark_done(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Done”, in a message, in the list or in the App Home."""
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        promise = await promises.done(store, me, visit.subject_id, visit.now)
        pair = await active_pair(store, me, promise.pair_id)
    if visit.view.get("callback_id") == Form.COMMITMENTS:
        await _redraw_list(visit, visit.about)
    elif visit.in_modal:
        await visit.tell("Done. Well kept.")
    await visit.settle_message("Done. Well kept.")
    visit.changed(pair)


# --- a new date ------------------------------------------------------------------------------------------------------


async def open_change(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “New date”."""
    await ack()
    visit = Visit.of(context)
    about = _from_the_list(visit, Subject()).but(commitment_id=visit.subject_id)
    async with visit.reading() as (store, me):
        form = await change_form(visit, store, me, about)
    await visit.show(form)


async def change_form(visit: Visit, store: Store, me: Person, about: Subject) -> dict[str, Any]:
    """The form for a new date of one promise, resumed from its draft where there is one."""
    shown = await promises.to_change(store, me, about.commitment_id, visit.now)
    draft = await visit.draft(store, me, Form.CHANGE, about.commitment_id)
    filled = Filled.unpack(draft.state) if draft else None
    about = about.but(pair_id=shown.promise.pair_id)
    return view.change(shown, me, about, visit.now, filled, draft.saved_at if draft else None)


def _from_the_list(visit: Visit, otherwise: Subject) -> Subject:
    """What a modal on top of the list is about: it remembers the page, to show it anew afterwards."""
    if visit.view.get("callback_id") != Form.COMMITMENTS:
        return otherwise
    return visit.about.but(does=Form.COMMITMENTS)


def _list_below(visit: Visit) -> str | None:
    """The id of the list on which this modal lies, if it does."""
    below = visit.view.get("previous_view_id")
    return str(below) if below and visit.about.does == Form.COMMITMENTS else None


async def ask_change(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody asked for a new date."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    async with visit.unit() as (store, me):
        await promises.ask_change(
            store, me, about.commitment_id, filled.day(promises.DUE_ON), filled.text(promises.TEXT),
            filled.text(promises.REASON), visit.now,
        )  # fmt: skip
        await visit.drop_draft(store, me)
        shown = await promises.to_change(store, me, about.commitment_id, visit.now)
        pair = await active_pair(store, me, shown.promise.pair_id)
    if below := _list_below(visit):
        await ack()
        await _redraw_list(visit, about.but(commitment_id=0, does=""), below)
    else:
        await ack(response_action="update", view=view.asked(shown))
    visit.changed(pair)


# --- the answer ------------------------------------------------------------------------------------------------------


async def open_answer(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “See and answer”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        shown = await promises.to_answer(store, me, visit.subject_id)
        about = _from_the_list(visit, Subject(pair_id=shown.promise.pair_id)).but(request_id=visit.subject_id)
        form = view.answer(shown, me, about)
    await visit.show(form)


async def agree(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody agreed to a change."""
    await _answer(ack, context, agreed=True)


async def keep_as_it_was(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody would rather keep what was agreed."""
    await _answer(ack, context, agreed=False)


async def _answer(ack: AsyncAck, context: AsyncBoltContext, *, agreed: bool) -> None:
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        stands = await promises.answer_change(store, me, visit.subject_id, agree=agreed, now=visit.now)
        pair = await active_pair(store, me, stands.pair_id)
        other = await store.people.get(pair.other_than(me.pk))
    await visit.redraw(view.answered(stands, other, agreed=agreed))
    if below := _list_below(visit):
        await _redraw_list(visit, visit.about.but(request_id=0, does=""), below)
    visit.changed(pair)
