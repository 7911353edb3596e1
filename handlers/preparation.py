"""`/career prep`: opening, extending and handing in a preparation."""

from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import preparations
from cycle.bank import Addressee, Asker, Clarity, FeedbackStyle, Question
from cycle.coach import review_goal, review_question
from cycle.coach_remarks import Wording, lines, new_words, replaced
from cycle.guards import active_pair, open_discussion
from cycle.nudges import Action
from cycle.people import prefer
from cycle.prompts import PROMPTS
from cycle.suggestions import order_of_discussion, suggested
from handlers.shared import coach_remarks
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import preparation as view
from storage.objectives import Horizon
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Level
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Action.OPEN_PREPARATION)(open_preparation)
    app.action(ActionId.MORE_OBJECTIVES)(more_objectives)
    app.action(ActionId.DISCUSSION_KIND)(choose_kind)
    app.view(FormId.PREPARATION)(hand_in)


async def open_preparation(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Prepare”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await view_for_pair(interaction, store, me, interaction.subject_id)
    await interaction.show(form)


async def view_for_pair(interaction: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The form for one pair, resumed from its draft where there is one."""
    prepared = await _prepared(store, me, pair_id)
    metadata = ViewMetadata(pair_id=pair_id, discussion_id=prepared.discussion.pk)
    draft = await interaction.draft(store, me, FormId.PREPARATION, prepared.discussion.pk)
    values = FormValues.unpack(draft.state) if draft else None
    if values is not None:
        metadata = metadata.updated(short_rows=_rows(values, Horizon.SHORT), long_rows=_rows(values, Horizon.LONG))
        metadata = coach_remarks.resumed(metadata, values)
    aid = _help(interaction, prepared, me, metadata, values)
    return view.render(prepared, me, metadata, values, draft.saved_at if draft else None, aid)


async def redrawn(
    interaction: Interaction, store: Store, me: Person, metadata: ViewMetadata, values: FormValues
) -> dict[str, Any]:
    """The form as it is being filled in."""
    prepared = await _prepared(store, me, metadata.pair_id)
    return view.render(prepared, me, metadata, values, None, _help(interaction, prepared, me, metadata, values))


async def more_objectives(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Add another objective”."""
    await ack()
    interaction = Interaction.of(context)
    await interaction.keep_draft()
    metadata, values = interaction.metadata, interaction.values
    async with interaction.reading() as (store, me):
        prepared = await _prepared(store, me, metadata.pair_id)
    horizon = Horizon(interaction.value)
    shown = len(view.slots(horizon, prepared.objectives, _rows(values, horizon)))
    more = min(shown + 1, view.MOST_OBJECTIVES)
    metadata = metadata.updated(short_rows=more) if horizon is Horizon.SHORT else metadata.updated(long_rows=more)
    await interaction.redraw(
        view.render(prepared, me, metadata, values, None, _help(interaction, prepared, me, metadata, values))
    )


async def choose_kind(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody chose what kind of talk it is to be, or what fits them: kept at once, and the questions change."""
    await ack()
    interaction = Interaction.of(context)
    await interaction.keep_draft()
    metadata, values = interaction.metadata, interaction.values
    async with interaction.unit() as (store, me):
        if interaction.body["actions"][0]["block_id"] == view.DISCUSSION_KIND:
            chosen = interaction.services.bank.set_by_id.get(interaction.value)
            await preparations.choose_set(store, me, metadata.pair_id, chosen.id if chosen else None)
        else:
            clarity, feedback = values.choice(view.CLARITY), values.choice(view.FEEDBACK)
            prefer(
                me,
                Clarity(clarity) if clarity in view.CLARITIES else None,
                FeedbackStyle(feedback) if feedback in view.STYLES else None,
            )
        form = await redrawn(interaction, store, me, metadata, values)
    await interaction.redraw(form)


async def hand_in(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed a preparation in."""
    interaction = Interaction.of(context)
    metadata, values = interaction.metadata, interaction.values
    async with interaction.unit() as (store, me):
        prepared = await _prepared(store, me, metadata.pair_id)
        form = _read(values, prepared, metadata, interaction)
        await preparations.submit(store, me, metadata.pair_id, form, interaction.now)
        coach_remarks.look_once(me, metadata, _wordings(values, prepared, metadata))
        await interaction.drop_draft(store, me)
    await ack()
    interaction.changed(prepared.pair)


async def _prepared(store: Store, me: Person, pair_id: int) -> preparations.PreparationView:
    pair = await active_pair(store, me, pair_id)
    return await preparations.prepared_so_far(store, me, pair, await open_discussion(store, pair))


def _read(
    values: FormValues, prepared: preparations.PreparationView, metadata: ViewMetadata, interaction: Interaction
) -> preparations.PreparationForm:
    level = values.choice(preparations.LEVEL)
    known = interaction.services.bank.by_id  # an admin may have taken a question out meanwhile
    picked = [known[question_id].text for question_id in values.choices(view.PICKED) if question_id in known]
    return preparations.PreparationForm(
        level=Level(level) if level else None,
        answers={prompt.key: values.text(prompt.key) for prompt in PROMPTS[prepared.side]},
        shared=frozenset(values.choices(view.SHARED)),
        objectives=view.entries(values, prepared, metadata) if prepared.side is Side.EMPLOYEE else (),
        questions=[
            *picked,
            *replaced(_own_questions(values), coach_remarks.picked_instead(values, interaction.services.bank)),
        ],
    )


def _own_questions(values: FormValues) -> list[Wording]:
    return lines(preparations.QUESTIONS, values.text(preparations.QUESTIONS), review_question, Asker.EMPLOYEE)


def _wordings(values: FormValues, prepared: preparations.PreparationView, metadata: ViewMetadata) -> list[Wording]:
    """What the coach reads of a form: objectives and own questions that were not handed in before."""
    if prepared.side is not Side.EMPLOYEE:
        return []
    goals = [Wording(row.text_field, row.text, review_goal) for row in view.entries(values, prepared, metadata)]
    stands = [*(one.text for one in prepared.objectives), *(item.text for item in prepared.questions)]
    return new_words([*goals, *_own_questions(values)], stands)


def _help(
    interaction: Interaction,
    prepared: preparations.PreparationView,
    me: Person,
    metadata: ViewMetadata,
    values: FormValues | None,
) -> view.Help:
    """What the bank offers to this side, and the coach's advice on what is filled in."""
    bank, set_id = interaction.services.bank, prepared.discussion.question_set
    chosen = bank.set_by_id.get(set_id or "")
    if prepared.side is not Side.EMPLOYEE:
        steps = [step for step in order_of_discussion(bank, set_id) if step.question.asker is Asker.MANAGER]
        return view.Help(bank.sets, chosen, steps=steps)
    picked = _picked(bank.questions, prepared, values)
    suggestions = suggested(bank, me, set_id, prepared.asked_last_time, picked)
    wordings = _wordings(values, prepared, metadata) if values else []
    return view.Help(bank.sets, chosen, suggestions, advice=coach_remarks.advice_on(wordings, me, metadata, bank))


def _picked(
    questions: Sequence[Question], prepared: preparations.PreparationView, values: FormValues | None
) -> list[Question]:
    """What is ticked, or on the agenda already: it stays on offer."""
    asked = {item.text for item in prepared.questions}
    ticked = values.choices(view.PICKED) if values else ()
    to_manager = [one for one in questions if one.asker is Asker.EMPLOYEE and one.to is Addressee.MANAGER]
    return [question for question in to_manager if question.text in asked or question.id in ticked]


def _rows(values: FormValues, horizon: Horizon) -> int:
    """How many rows of a horizon a form has, standing and new."""
    return sum(field.startswith(f"{horizon}.") and field.endswith(".text") for field in values)
