"""The brief: what helps on the day before a talk, or to look back at one."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.brief import brief
from cycle.nudges import Do
from cycle.reach import active_pair, open_discussion
from cycle.suggesting import order_of_talk
from handlers.views import brief as view
from handlers.visit import Visit
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listener."""
    app.action(Do.OPEN_BRIEF)(open_brief)


async def open_brief(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Open the brief”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        shown = await _shown(visit, store, me, visit.subject_id)
    await visit.show(shown)


async def view_for_pair(visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The brief of the talk that a pair is heading for."""
    talk = await open_discussion(store, await active_pair(store, me, pair_id))
    return await _shown(visit, store, me, talk.pk)


async def _shown(visit: Visit, store: Store, me: Person, discussion_id: int) -> dict[str, Any]:
    what = await brief(store, me, discussion_id, visit.now)
    bank, set_id = visit.office.bank, what.talk.question_set
    return view.render(what, bank.set_by_id.get(set_id or ""), order_of_talk(bank, set_id))
