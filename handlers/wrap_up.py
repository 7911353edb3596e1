"""“How did it go?”: wrapping a talk up, or giving it another date."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import wrapping_up
from cycle.errors import Gone, Refused
from cycle.nudges import Do
from cycle.reach import active_pair, open_discussion
from cycle.scheduling import STARTS_AT
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import wrap_up as view
from handlers.visit import Visit
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Do.OPEN_WRAP_UP)(open_wrap_up)
    app.action(Act.HAPPENED)(redraw)
    app.action(Act.MORE_PROMISES)(more_promises)
    app.view(Form.WRAP_UP)(hand_in)


async def open_wrap_up(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “How did it go?”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await _form_or_outcome(visit, store, me, visit.subject_id)
    await visit.show(form)


async def view_for_pair(visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The form for the talk that a pair has open, dated or not."""
    talk = await open_discussion(store, await active_pair(store, me, pair_id))
    return await _form_or_outcome(visit, store, me, talk.pk)


async def _form_or_outcome(visit: Visit, store: Store, me: Person, discussion_id: int) -> dict[str, Any]:
    """The form resumed from its draft; what was agreed where the other side was first."""
    draft = await visit.draft(store, me, Form.WRAP_UP, discussion_id)
    filled = Filled.unpack(draft.state) if draft else None
    try:
        shown = await wrapping_up.about_to_wrap_up(store, me, discussion_id)
    except Gone as gone:
        return view.already(await wrapping_up.outcome(store, me, discussion_id), me, gone.sentence, filled)
    talk = shown.discussion
    rows = max(view.rows(filled) if filled else 0, view.FEWEST_PROMISES)
    about = Subject(pair_id=talk.pair_id, discussion_id=talk.pk, round=talk.round, promise_rows=rows)
    return view.render(shown, me, about, filled, visit.now, draft.saved_at if draft else None)


async def redraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody said whether the talk happened."""
    await ack()
    visit = Visit.of(context)
    await visit.keep_draft()
    form = await _current(visit, visit.about)
    await visit.redraw(form, visit.view["id"])  # the answer given last is shown, without asking for the hash


async def more_promises(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Add another promise”."""
    await ack()
    visit = Visit.of(context)
    await visit.keep_draft()
    about = visit.about
    more = min(about.promise_rows + 1, view.MOST_PROMISES)
    await visit.redraw(await _current(visit, about.but(promise_rows=more)))


async def _current(visit: Visit, about: Subject) -> dict[str, Any]:
    """The form as it is filled in now; what the other answer has hidden comes back from the draft."""
    async with visit.reading() as (store, me):
        shown = await wrapping_up.about_to_wrap_up(store, me, about.discussion_id)
        draft = await visit.draft(store, me, Form.WRAP_UP, about.discussion_id)
        filled = visit.filled.over(Filled.unpack(draft.state) if draft else None)
        return view.render(shown, me, about, filled, visit.now)


async def hand_in(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed the wrap-up in."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    happened = view.answered(filled)
    if happened is None:
        raise Refused({wrapping_up.HAPPENED: "Did you two talk? Please choose yes or no."})
    if not view.asks_the_rest(filled):
        await ack(response_action="update", view=await _current(visit, about))
        return
    async with visit.unit() as (store, me):
        pair = await active_pair(store, me, about.pair_id)
        if happened:
            form = view.read(filled, pair, about)
            await wrapping_up.wrap_up(store, me, about.discussion_id, form, visit.now)
            summary = view.wrapped_up(await wrapping_up.outcome(store, me, about.discussion_id), me)
        else:
            talk = await wrapping_up.did_not_happen(
                store, me, about.discussion_id, filled.moment(STARTS_AT),
                later=view.TICKED in filled.choices(wrapping_up.LATER), seen_round=about.round, now=visit.now,
            )  # fmt: skip
            people = await store.people.named([pair.employee_id, pair.manager_id])
            summary = view.moved(talk, me, list(people.values()))
        await visit.drop_draft(store, me)
    await ack(response_action="update", view=summary)
    visit.changed(pair)
