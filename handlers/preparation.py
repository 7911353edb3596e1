"""`/career prep`: opening, extending and handing in a preparation."""

from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import preparing
from cycle.bank import Asker, Clarity, FeedbackStyle, Question, To
from cycle.coach import review_goal, review_question
from cycle.coaching import Wording, lines, new_words, replaced
from cycle.nudges import Do
from cycle.people import prefer
from cycle.prompts import PROMPTS
from cycle.reach import active_pair, open_discussion
from cycle.suggesting import order_of_talk, suggested
from handlers import coaching
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
    app.action(Act.TALK_KIND)(choose_kind)
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
        about = coaching.resumed(about, filled)
    aid = _help(visit, prepared, me, about, filled)
    return view.render(prepared, me, about, filled, draft.saved_at if draft else None, aid)


async def redrawn(visit: Visit, store: Store, me: Person, about: Subject, filled: Filled) -> dict[str, Any]:
    """The form as it is being filled in."""
    prepared = await _prepared(store, me, about.pair_id)
    return view.render(prepared, me, about, filled, None, _help(visit, prepared, me, about, filled))


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
    await visit.redraw(view.render(prepared, me, about, filled, None, _help(visit, prepared, me, about, filled)))


async def choose_kind(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody chose what kind of talk it is to be, or what fits them: kept at once, and the questions change."""
    await ack()
    visit = Visit.of(context)
    await visit.keep_draft()
    about, filled = visit.about, visit.filled
    async with visit.unit() as (store, me):
        if visit.body["actions"][0]["block_id"] == view.TALK_KIND:
            chosen = visit.office.bank.set_by_id.get(visit.value)
            await preparing.choose_set(store, me, about.pair_id, chosen.id if chosen else None)
        else:
            clarity, feedback = filled.choice(view.CLARITY), filled.choice(view.FEEDBACK)
            prefer(
                me,
                Clarity(clarity) if clarity in view.CLARITIES else None,
                FeedbackStyle(feedback) if feedback in view.STYLES else None,
            )
        form = await redrawn(visit, store, me, about, filled)
    await visit.redraw(form)


async def hand_in(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed a preparation in."""
    visit = Visit.of(context)
    about, filled = visit.about, visit.filled
    async with visit.unit() as (store, me):
        prepared = await _prepared(store, me, about.pair_id)
        form = _read(filled, prepared, about, visit)
        await preparing.submit(store, me, about.pair_id, form, visit.now)
        coaching.look_once(me, about, _wordings(filled, prepared, about))
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
        questions=[*picked, *replaced(_own_questions(filled), coaching.picked_instead(filled, visit.office.bank))],
    )


def _own_questions(filled: Filled) -> list[Wording]:
    return lines(preparing.QUESTIONS, filled.text(preparing.QUESTIONS), review_question, Asker.EMPLOYEE)


def _wordings(filled: Filled, prepared: preparing.PreparationView, about: Subject) -> list[Wording]:
    """What the coach reads of a form: objectives and own questions that were not handed in before."""
    if prepared.side is not Side.EMPLOYEE:
        return []
    goals = [Wording(row.text_field, row.text, review_goal) for row in view.entries(filled, prepared, about)]
    stands = [*(one.text for one in prepared.objectives), *(item.text for item in prepared.questions)]
    return new_words([*goals, *_own_questions(filled)], stands)


def _help(
    visit: Visit, prepared: preparing.PreparationView, me: Person, about: Subject, filled: Filled | None
) -> view.Help:
    """What the bank offers to this side, and the coach's advice on what is filled in."""
    bank, set_id = visit.office.bank, prepared.discussion.question_set
    chosen = bank.set_by_id.get(set_id or "")
    if prepared.side is not Side.EMPLOYEE:
        steps = [step for step in order_of_talk(bank, set_id) if step.question.asker is Asker.MANAGER]
        return view.Help(bank.sets, chosen, steps=steps)
    picked = _picked(bank.questions, prepared, filled)
    suggestions = suggested(bank, me, set_id, prepared.asked_last_time, picked)
    wordings = _wordings(filled, prepared, about) if filled else []
    return view.Help(bank.sets, chosen, suggestions, advice=coaching.advice_on(wordings, me, about, bank))


def _picked(
    questions: Sequence[Question], prepared: preparing.PreparationView, filled: Filled | None
) -> list[Question]:
    """What is ticked, or on the agenda already: it stays on offer."""
    asked = {item.text for item in prepared.questions}
    ticked = filled.choices(view.PICKED) if filled else ()
    to_manager = [one for one in questions if one.asker is Asker.EMPLOYEE and one.to is To.MANAGER]
    return [question for question in to_manager if question.text in asked or question.id in ticked]


def _rows(filled: Filled, horizon: Horizon) -> int:
    """How many rows of a horizon a form has, standing and new."""
    return sum(field.startswith(f"{horizon}.") and field.endswith(".text") for field in filled)
