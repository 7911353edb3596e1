"""“Keep mine”, and switching the coach off and on: the same in every form with remarks."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.people import switch_coach
from handlers import agenda, preparation, start
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views.remarks import ON
from handlers.visit import Visit
from storage.people import Person
from storage.store import Store

Redrawn = Callable[[Visit, Store, Person, Subject, Filled], Awaitable[dict[str, Any]]]

# How each form with remarks is drawn anew, with what is typed in it.
FORMS: Mapping[str, Redrawn] = MappingProxyType(
    {Form.PREPARATION: preparation.redrawn, Form.AGENDA: agenda.redrawn, Form.START: start.redrawn}
)


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Act.KEEP_MINE)(keep_mine)
    app.action(Act.SWITCH_COACH)(switch)


async def keep_mine(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody wants to keep their words: the remark goes, and does not come back for them."""
    await ack()
    visit = Visit.of(context)
    about = visit.about.but(kept=(*visit.about.kept, visit.value))
    await visit.keep_draft(about)
    await visit.redraw(await with_remarks(visit, about))


async def with_remarks(visit: Visit, about: Subject) -> dict[str, Any]:
    """The form in which something happened, drawn anew."""
    async with visit.reading() as (store, me):
        return await FORMS[visit.view["callback_id"]](visit, store, me, about, visit.filled)


async def switch(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody switched the coach off or on, at a remark or on the App Home."""
    await ack()
    visit = Visit.of(context)
    await visit.keep_draft()
    async with visit.unit() as (_store, me):
        switch_coach(me, on=visit.value == ON)
    if visit.in_modal:
        await visit.redraw(await with_remarks(visit, visit.about))
    visit.refresh_homes(me.pk)
