"""`/career schedule`: setting, moving and cancelling the date of the next talk."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import scheduling
from cycle.errors import Refused
from cycle.nudges import Do
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.views import schedule as view
from handlers.visit import Visit
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    fields = re.compile(rf"^({scheduling.STARTS_AT}|{scheduling.MINUTES})$")
    app.action(Do.OPEN_SCHEDULE)(open_schedule)
    app.action({"action_id": Act.TIME_CHOSEN, "block_id": fields})(show_both_clocks)
    app.view(Form.SCHEDULE)(set_date)
    app.action(Act.OPEN_CANCEL)(open_cancel)
    app.view(Form.CANCEL)(cancel)


async def open_schedule(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Find a time” or “Another time”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await view_for_pair(visit, store, me, visit.subject_id)
    await visit.show(form)


async def view_for_pair(_visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The form for one pair."""
    return view.render(await scheduling.schedule_of(store, me, pair_id))


async def show_both_clocks(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody chose a time or a length: say what it means for both."""
    await ack()
    visit = Visit.of(context)
    form = await _redrawn(visit, ask_again=False)
    await visit.redraw(form, visit.view["id"])  # whatever was chosen last is shown, without asking for the hash


async def set_date(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed a date in; one with oddities that they have not seen is asked about first."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    starts_at = filled.moment(scheduling.STARTS_AT)
    if starts_at is None:
        raise Refused({scheduling.STARTS_AT: "Please choose a day and a time."})
    try:
        async with visit.unit() as (store, me):
            await scheduling.set_date(
                store, me, about.pair_id, starts_at, _minutes(filled),
                seen_round=about.round, seen_id=about.discussion_id,
                ask_first=about.warned_of != int(starts_at.timestamp()), now=visit.now,
            )  # fmt: skip
            pair = await store.pairs.get(about.pair_id)
    except scheduling.Unusual:
        await ack(response_action="update", view=await _redrawn(visit, ask_again=True))
        return
    await ack()
    visit.changed(pair)


async def open_cancel(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Cancel this talk”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        schedule = await scheduling.schedule_of(store, me, visit.subject_id)
        draft = await visit.draft(store, me, Form.CANCEL, schedule.talk.pk)
    await visit.show(view.cancelling(schedule, Filled.unpack(draft.state) if draft else None))


async def cancel(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody cancelled, with a reason. The answer replaces the form; closing it closes the one below as well."""
    visit = Visit.of(context)
    about, reason = visit.about, visit.filled.text(scheduling.REASON)
    async with visit.unit() as (store, me):
        successor = await scheduling.cancel(store, me, about.pair_id, reason, visit.now, seen_id=about.discussion_id)
        pair = await store.pairs.get(about.pair_id)
        other = await store.people.get(pair.other_than(me.pk))
        await visit.drop_draft(store, me)
    await ack(response_action="update", view=view.cancelled(successor, other))
    visit.changed(pair)


async def _redrawn(visit: Visit, *, ask_again: bool) -> dict[str, Any]:
    filled = visit.filled
    async with visit.reading() as (store, me):
        schedule = await scheduling.schedule_of(store, me, visit.about.pair_id)
    return view.render(schedule, filled.moment(scheduling.STARTS_AT), _minutes(filled), ask_again=ask_again)


def _minutes(filled: Filled) -> int:
    """The length chosen; the menu always has one."""
    return int(filled.choice(scheduling.MINUTES) or view.LENGTHS[2])
