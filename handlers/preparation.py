"""`/career prep`: opening, extending and handing in a preparation."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import preparing
from cycle.bank import Question, questions_to_ask
from cycle.nudges import Do
from cycle.prompts import PROMPTS
from cycle.reach import active_pair, open_discussion
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import preparation as view
from handlers.visit import Visit
from storage.objectives import Horizon
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Level
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Do.OPEN_PREPARATION)(open_preparation)
    app.action(Act.MORE_OBJECTIVES)(more_objectives)
    app.view(Form.PREPARATION)(hand_in)


async def open_preparation(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Prepare”."""
    await ack()
    visit = Visit.of(context)
    async with visit.reading() as (store, me):
        form = await view_for_pair(visit, store, me, visit.subject_id)
    await visit.show(form)


async def view_for_pair(visit: Visit, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The form for one pair, resumed from its draft where there is one."""
    prepared = await _prepared(store, me, pair_id)
    about = Subject(pair_id=pair_id, discussion_id=prepared.discussion.pk)
    draft = await visit.draft(store, me, Form.PREPARATION, prepared.discussion.pk)
    filled = Filled.unpack(draft.state) if draft else None
    if filled is not None:
        about = about.but(short_rows=_rows(filled, Horizon.SHORT), long_rows=_rows(filled, Horizon.LONG))
    return view.render(prepared, me, about, filled, draft.saved_at if draft else None, _suggestions(visit, prepared))


async def more_objectives(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Add another objective”."""
    await ack()
    visit = Visit.of(context)
    await visit.keep_draft()
    about, filled = visit.about, visit.filled
    async with visit.reading() as (store, me):
        prepared = await _prepared(store, me, about.pair_id)
    horizon = Horizon(visit.value)
    shown = len(view.slots(horizon, prepared.objectives, _rows(filled, horizon)))
    more = min(shown + 1, view.MOST_OBJECTIVES)
    about = about.but(short_rows=more) if horizon is Horizon.SHORT else about.but(long_rows=more)
    await visit.redraw(view.render(prepared, me, about, filled, None, _suggestions(visit, prepared)))


async def hand_in(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed a preparation in."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    async with visit.unit() as (store, me):
        prepared = await _prepared(store, me, about.pair_id)
        form = _read(filled, prepared, about, visit)
        await preparing.submit(store, me, about.pair_id, form, visit.now)
        await visit.drop_draft(store, me)
    await ack()
    visit.changed(prepared.pair)


async def _prepared(store: Store, me: Person, pair_id: int) -> preparing.PreparationView:
    pair = await active_pair(store, me, pair_id)
    return await preparing.prepared_so_far(store, me, pair, await open_discussion(store, pair))


def _read(
    filled: Filled, prepared: preparing.PreparationView, about: Subject, visit: Visit
) -> preparing.PreparationForm:
    level = filled.choice(preparing.LEVEL)
    known = visit.office.bank.by_id  # an admin may have taken a question out meanwhile
    picked = [known[question_id].text for question_id in filled.choices(view.PICKED) if question_id in known]
    return preparing.PreparationForm(
        level=Level(level) if level else None,
        answers={prompt.key: filled.text(prompt.key) for prompt in PROMPTS[prepared.side]},
        shared=frozenset(filled.choices(view.SHARED)),
        objectives=view.entries(filled, prepared, about) if prepared.side is Side.EMPLOYEE else (),
        questions=[*picked, *filled.text(preparing.QUESTIONS).splitlines()],
    )


def _suggestions(visit: Visit, prepared: preparing.PreparationView) -> list[Question]:
    """Questions to pick from (E4): what was picked stays on offer, then others from the bank."""
    if prepared.side is not Side.EMPLOYEE:
        return []
    asked = {item.text for item in prepared.questions}
    on_offer = questions_to_ask(visit.office.bank)
    picked = [question for question in on_offer if question.text in asked]
    return [*picked, *(question for question in on_offer if question not in picked)][: view.MOST_SUGGESTED]


def _rows(filled: Filled, horizon: Horizon) -> int:
    """How many rows of a horizon a form has, standing and new."""
    return sum(field.startswith(f"{horizon}.") and field.endswith(".text") for field in filled)
