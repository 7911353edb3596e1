"""What is typed and not handed in: kept at every change, and forgotten when its author starts over."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import Gone
from handlers import agenda, commitments, preparation, thanks, wrap_up
from handlers.choosing import ViewForPair
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import drafts as view
from handlers.visit import Visit, draft_key
from storage.people import Person
from storage.store import Store

Reopen = Callable[[Visit, Store, Person, Subject], Awaitable[dict[str, Any]]]


def _for_pair(view_for_pair: ViewForPair) -> Reopen:
    return lambda visit, store, me, about: view_for_pair(visit, store, me, about.pair_id)


# How each form that offers to start over is opened anew.
FORMS: Mapping[str, Reopen] = MappingProxyType(
    {
        Form.PREPARATION: _for_pair(preparation.view_for_pair),
        Form.AGENDA: _for_pair(agenda.view_for_pair),
        Form.WRAP_UP: _for_pair(wrap_up.view_for_pair),
        Form.THANK_YOU: _for_pair(thanks.view_for_pair),
        Form.CHANGE: commitments.change_form,
    }
)


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Act.TYPED)(typed)
    app.action(Act.DISCARD_DRAFT)(discard)
    app.action(Act.OPEN_AFRESH)(open_afresh)


async def typed(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Something in a form changed. Forms that keep no draft have nothing to do.

    Kept first, acknowledged then: what Slack counts as taken is safe, and whoever reopens the form at once finds it.
    """
    await Visit.of(context).keep_draft()
    await ack()


async def discard(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Start over”.

    Slack keeps what is typed when a modal is redrawn with the same fields, so the form makes way for a page that opens
    it anew.
    """
    await ack()
    visit = Visit.of(context)
    async with visit.unit() as (store, me):
        await visit.drop_draft(store, me)
    await visit.redraw(view.forgotten(visit.about.but(form=str(visit.view["callback_id"]))))


async def open_afresh(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody opens a form again after having started over."""
    await ack()
    visit = Visit.of(context)
    about = visit.about
    if (reopen := FORMS.get(about.form)) is None:
        raise Gone("Please open it again from where you came.")
    async with visit.unit() as (store, me):
        await visit.expect_draft(store, me, Form(about.form), draft_key(about))
        form = await reopen(visit, store, me, about.but(form=""))
    await visit.redraw(form)
