"""`/career prep`: opening, extending and submitting a preparation (practices E2–E4, C8, L1)."""

from collections.abc import Sequence

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import preparations
from cycle.bank import Addressee, Asker, Clarity, FeedbackStyle, Question
from cycle.coach import review_goal, review_question
from cycle.coach_remarks import Wording, lines, new_words, replaced
from cycle.guards import active_pair, in_use, open_discussion
from cycle.nudges import Action
from cycle.people import prefer
from cycle.prompts import PROMPTS
from cycle.suggestions import order_of_discussion, suggested
from handlers.shared import coach_remarks, drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word, save_draft
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import preparation as views
from storage.objectives import Horizon
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Level
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.MORE_OBJECTIVES)(more_objectives)
    app.action(ActionId.QUESTION_SET)(choose)


async def open_preparation(interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata) -> View:
    """The form for one pair, resumed from its draft where there is one."""
    prepared = await _prepared(store, me, metadata)
    metadata = metadata.updated(discussion_id=prepared.discussion.pk)
    draft = drafts.resumed(prepared.draft)
    values = draft.values if draft else None
    if draft is not None:
        rows = {"short_rows": _rows(draft.values, Horizon.SHORT), "long_rows": _rows(draft.values, Horizon.LONG)}
        metadata = metadata.updated(**rows, **draft.seen)
    aid = _aid(interaction, prepared, me, metadata, values)
    return views.render(prepared, me, metadata, values, draft.saved_at if draft else None, aid, now=interaction.now)


async def redraw_preparation(
    interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata, values: FormValues
) -> View:
    """The form as it is being filled in."""
    prepared = await _prepared(store, me, metadata)
    aid = _aid(interaction, prepared, me, metadata, values)
    return views.render(prepared, me, metadata, values, None, aid, now=interaction.now)


async def more_objectives(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Add another objective”."""
    await ack()
    interaction = Interaction.of(context)
    metadata, values = PreparationMetadata.of(interaction.view), interaction.values
    await save_draft(interaction, PREPARATION, metadata)
    horizon = Horizon.SHORT if interaction.value == Horizon.SHORT else Horizon.LONG
    async with interaction.reading() as (store, me):
        prepared = await _prepared(store, me, metadata)
        shown = len(views.slots(horizon, prepared.objectives, _rows(values, horizon)))
        more = min(shown + 1, views.MOST_OBJECTIVES)
        rows = "short_rows" if horizon is Horizon.SHORT else "long_rows"
        form = await redraw_preparation(interaction, store, me, metadata.updated(**{rows: more}), values)
    await interaction.redraw(form)


async def choose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose a set of questions or a preference: it is saved at once, and the suggestions change."""
    await ack()
    interaction = Interaction.of(context)
    metadata, values = PreparationMetadata.of(interaction.view), interaction.values
    await save_draft(interaction, PREPARATION, metadata)
    if interaction.body["actions"][0].get("block_id") == views.QUESTION_SET:
        async with interaction.changing(metadata.pair_id) as (store, me, pair):
            discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
            chosen = interaction.services.bank.set_by_id.get(interaction.value)
            preparations.choose_set(discussion, chosen.id if chosen else None)
    else:
        clarity, feedback = values.choice(views.CLARITY), values.choice(views.FEEDBACK)
        async with interaction.changing_me() as (_store, me):
            prefer(
                me,
                Clarity(clarity) if clarity in views.CLARITIES else None,
                FeedbackStyle(feedback) if feedback in views.STYLES else None,
            )
    async with interaction.reading() as (store, me):
        form = await redraw_preparation(interaction, store, me, metadata, values)
    await interaction.redraw(form)


async def submit(interaction: Interaction, metadata: PreparationMetadata, values: FormValues) -> Reply:
    """The person submitted a preparation, or changed one."""
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        prepared = await preparations.prepared_so_far(store, me, in_use(pair, me), metadata.discussion_id)
        discussion = prepared.discussion
        form = _parse(interaction, values, prepared, metadata)
        if errors := preparations.check(form, prepared, me, interaction.now):
            return Reply.reject(errors)
        if keys := coach_remarks.unseen_keys(me, metadata, _wordings(values, prepared, metadata)):
            metadata = metadata.updated(seen=(*metadata.seen, *keys))
            await drafts.save(interaction, store, me, FormId.PREPARATION, discussion.pk, metadata)
            aid = _aid(interaction, prepared, me, metadata, values)
            return Reply.show(views.render(prepared, me, metadata, values, None, aid, now=interaction.now))
        if not await interaction.is_repeat(store):
            await preparations.submit(store, me, prepared, form, interaction.now)
            await drafts.clear(interaction, store, me, FormId.PREPARATION, discussion.pk)
    interaction.changed(pair)
    return Reply.close()


async def _prepared(store: Store, me: Person, metadata: PreparationMetadata) -> preparations.PreparationView:
    pair = await active_pair(store, me, metadata.pair_id)
    return await preparations.prepared_so_far(store, me, pair, metadata.discussion_id)


def _parse(
    interaction: Interaction, values: FormValues, prepared: preparations.PreparationView, metadata: PreparationMetadata
) -> preparations.PreparationForm:
    bank = interaction.services.bank
    level = values.choice(preparations.LEVEL)
    # An admin may have taken a question out meanwhile.
    picked = [bank.by_id[one].text for one in values.choices(views.PICKED) if one in bank.by_id]
    own = replaced(_own_questions(values), coach_remarks.picked_instead(values, bank))
    return preparations.PreparationForm(
        level=Level(level) if level in set(Level) else None,
        answers={prompt.key: values.text(prompt.key) for prompt in PROMPTS[prepared.side]},
        shared=frozenset(values.choices(views.SHARED)),
        objectives=views.entries(values, prepared, metadata) if prepared.side is Side.EMPLOYEE else (),
        questions=[*picked, *own],
    )


def _own_questions(values: FormValues) -> list[Wording]:
    return lines(preparations.QUESTIONS, values.text(preparations.QUESTIONS), review_question, Asker.EMPLOYEE)


def _wordings(
    values: FormValues, prepared: preparations.PreparationView, metadata: PreparationMetadata
) -> list[Wording]:
    """What the coach reads of a form: objectives and own questions that were not submitted before."""
    if prepared.side is not Side.EMPLOYEE:
        return []
    goals = [Wording(row.text_field, row.text, review_goal) for row in views.entries(values, prepared, metadata)]
    submitted = [*(one.text for one in prepared.objectives), *(item.text for item in prepared.questions)]
    return new_words([*goals, *_own_questions(values)], submitted)


def _aid(
    interaction: Interaction, prepared: preparations.PreparationView, me: Person, metadata: PreparationMetadata,
    values: FormValues | None,
) -> views.Help:  # fmt: skip
    """What the bank offers to this side, and the coach's advice on what is filled in."""
    bank, set_id = interaction.services.bank, prepared.discussion.question_set
    chosen = bank.set_by_id.get(set_id or "")
    if prepared.side is not Side.EMPLOYEE:
        steps = [step for step in order_of_discussion(bank, set_id) if step.question.asker is Asker.MANAGER]
        return views.Help(bank.sets, chosen, steps=steps)
    picked = _picked(bank.questions, prepared, values)
    suggestions = suggested(bank, me, set_id, prepared.asked_last_time, picked)
    wordings = _wordings(values, prepared, metadata) if values else []
    return views.Help(bank.sets, chosen, suggestions, advice=coach_remarks.advice_on(wordings, me, metadata, bank))


def _picked(
    questions: Sequence[Question], prepared: preparations.PreparationView, values: FormValues | None
) -> list[Question]:
    """The questions that are ticked, or on the agenda already: they are still offered."""
    asked = {item.text for item in prepared.questions}
    ticked = values.choices(views.PICKED) if values else ()
    to_manager = [one for one in questions if one.asker is Asker.EMPLOYEE and one.to is Addressee.MANAGER]
    return [question for question in to_manager if question.text in asked or question.id in ticked]


def _rows(values: FormValues, horizon: Horizon) -> int:
    """How many rows of a horizon a form has, submitted and new."""
    return sum(field.startswith(f"{horizon}.") and field.endswith(".text") for field in values)


PREPARATION = FormSpec(
    FormId.PREPARATION,
    PreparationMetadata,
    word=Word("prep", "Prepare for the next discussion; you decide what to share"),
    open=open_preparation,
    opened_by=Action.OPEN_PREPARATION,
    redraw=redraw_preparation,
    submit=submit,
    draft_subject=lambda metadata: metadata.discussion_id,
)
FORMS = (PREPARATION,)
