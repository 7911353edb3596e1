"""`/career thanks`: the employee's note, and the manager's confirmation of what it promises."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import thanking, words
from cycle.nudges import Do
from handlers.filled import Filled
from handlers.ids import Form
from handlers.subject import Subject
from handlers.views import kit
from handlers.views import thanks as view
from handlers.visit import Visit
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Do.OPEN_THANK_YOU)(open_thank_you)
    app.action(Do.CONFIRM_DELIVERABLES)(confirm_deliverables)
    app.view(Form.THANK_YOU)(send)


async def open_thank_you(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Read and send it”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await _form(visit, store, me, visit.subject_id)
    await visit.show(form)


async def view_for_pair(visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The note for the last talk of a pair."""
    talk = await thanking.last_talk(store, me, pair_id)
    return await _form(visit, store, me, talk.pk)


async def _form(visit: Visit, store: Store, me: Person, discussion_id: int) -> dict[str, Any]:
    shown = await thanking.thanks_for(store, me, discussion_id)
    draft = await visit.draft(store, me, Form.THANK_YOU, discussion_id)
    about = Subject(pair_id=shown.pair.pk, discussion_id=discussion_id)
    filled = Filled.unpack(draft.state) if draft else None
    return view.render(shown, me, about, filled, draft.saved_at if draft else None)


async def send(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody sent their note."""
    visit = Visit.of(context)
    about = visit.about
    async with visit.unit() as (store, me):
        await thanking.send(store, me, about.discussion_id, visit.filled.text(thanking.NOTE), visit.now)
        await visit.drop_draft(store, me)
        shown = await thanking.thanks_for(store, me, about.discussion_id)
    await ack(response_action="update", view=view.sent(shown))
    visit.changed(shown.pair)


async def confirm_deliverables(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The manager pressed “Confirm the deliverables”, in a message, in the note or in the App Home."""
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        confirmed = await thanking.confirm(store, me, visit.subject_id, visit.now)
        shown = await thanking.thanks_for(store, me, visit.subject_id)
    if visit.in_modal:
        await visit.redraw(view.render(shown, me, Subject(pair_id=shown.pair.pk)))
    count = words.count(confirmed, "promise") if confirmed else "everything there is"
    await visit.settle_message(f"Confirmed: {count}. {kit.fitted(words.first_name(shown.employee), 300)} sees it.")
    visit.changed(shown.pair)
