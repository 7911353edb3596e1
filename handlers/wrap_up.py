"""“How did it go?”: wrapping a discussion up, or giving it another date (practices E9–E11, C9)."""

from datetime import datetime

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import scheduling, wrap_up
from cycle.commitments import DUE_ON
from cycle.guards import active_pair, in_use, open_discussion, pair_of
from cycle.guide import together
from cycle.nudges import Action
from cycle.scheduling import STARTS_AT
from cycle.zones import local_day
from handlers.shared import drafts
from handlers.shared.form_values import FormValues, at_texts
from handlers.shared.forms import FormSpec, Reply, View, Word, save_draft
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import guide as guide_views
from handlers.views import kit
from handlers.views import wrap_up as views
from handlers.views import wrap_up_addition as addition
from handlers.views import wrap_up_fields as fields
from handlers.views import wrap_up_outcome as outcome_views
from storage.discussions import OPEN, Discussion, DiscussionState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.HAPPENED)(answer_happened)
    listeners.action(ActionId.MORE_COMMITMENTS)(more_commitments)
    listeners.action(ActionId.CHANGE_FORMAT)(change_format)
    listeners.action(ActionId.MET_AGAIN)(met_again)


async def open_wrap_up(
    interaction: Interaction, store: Store, me: Person, metadata: WrapUpMetadata, typed: FormValues | None = None
) -> View:
    """The form, resumed from its draft; or what was agreed, to add to, if it is wrapped up already.

    `typed` is what is filled in where there is no draft.
    """
    if metadata.discussion_id:
        pair = await pair_of(store, me, metadata.discussion_id, Discussion)
        discussion = await store.discussions.get(metadata.discussion_id)
    else:
        pair = await active_pair(store, me, metadata.pair_id)
        discussion = await wrap_up.to_wrap_up(store, pair, interaction.now) or await open_discussion(store, pair)
    draft = await drafts.resume(store, me, FormId.WRAP_UP, discussion.pk)
    values, kept_at = (draft.values, draft.saved_at) if draft else (typed, None)
    values = await _with_notes_of_guide(store, me, discussion, values)
    if discussion.state not in OPEN:
        return await _to_add_to(interaction, store, me, pair, discussion, values, kept_at)
    shown = await wrap_up.about_to_wrap_up(store, pair, discussion)
    rows = max(fields.rows(values) if values else 0, fields.FEWEST_COMMITMENTS)
    metadata = metadata.updated(
        pair_id=pair.pk, discussion_id=discussion.pk, round=discussion.round, commitment_rows=rows
    )
    return views.render(shown, me, metadata, values, interaction.now, kept_at)


async def _with_notes_of_guide(
    store: Store, me: Person, discussion: Discussion, values: FormValues | None
) -> FormValues | None:
    """What is filled in, beginning with the notes that I typed while we met, until there are others."""
    if values is not None and wrap_up.NOTES in values:
        return values
    draft = await drafts.resume(store, me, FormId.GUIDE, discussion.pk)
    notes = together(guide_views.notes_of(draft.values)) if draft else ""
    return (values or FormValues()).noting(wrap_up.NOTES, notes) if notes else values


async def _to_add_to(  # noqa: PLR0913, PLR0917 - whose record of what, and what they have typed since when
    interaction: Interaction, store: Store, me: Person, pair: Pair, discussion: Discussion,
    values: FormValues | None, kept_at: datetime | None = None,
) -> View:  # fmt: skip
    """What was agreed, with a form to add to it and all that I had typed; just to read once the next one was held."""
    record = await wrap_up.outcome(store, me, pair, discussion, interaction.now)
    if discussion.state is not DiscussionState.HELD:
        return outcome_views.already(record, me, wrap_up.what_became_of(discussion, me, record.other_than(me)), values)
    values = addition.typed(values) if values else None
    coming = record.still_ahead(interaction.now)
    metadata = WrapUpMetadata(
        pair_id=pair.pk,
        discussion_id=discussion.pk,
        round=coming.round if coming else 0,
        commitment_rows=fields.rows_in_use(values) if values else fields.FEWEST_COMMITMENTS,
        adds=True,
        agreed_at=int(coming.starts_at.timestamp()) if coming and coming.starts_at else 0,
    )
    return addition.render(record, me, metadata, values, interaction.now, kept_at)


async def answer_happened(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person said whether the discussion took place."""
    await ack()
    interaction = Interaction.of(context)
    metadata = WrapUpMetadata.of(interaction.view)
    await save_draft(interaction, WRAP_UP, metadata)
    # Without the hash: the answer given last is shown.
    await interaction.redraw(await _current(interaction, metadata), interaction.view_id)


async def more_commitments(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Add another commitment”."""
    await ack()
    interaction = Interaction.of(context)
    metadata = WrapUpMetadata.of(interaction.view)
    await save_draft(interaction, WRAP_UP, metadata)
    more = min(metadata.commitment_rows + 1, fields.MOST_COMMITMENTS)
    await interaction.redraw(await _current(interaction, metadata.updated(commitment_rows=more)))


async def change_format(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Change how we meet”."""
    await ack()
    interaction = Interaction.of(context)
    metadata = WrapUpMetadata.of(interaction.view)
    await save_draft(interaction, WRAP_UP, metadata)
    await interaction.redraw(await _current(interaction, metadata.updated(format_shown=True)))


async def met_again(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “We have met again”: the form is about the next discussion now; this one keeps its draft."""
    await ack()
    interaction = Interaction.of(context)
    await save_draft(interaction, WRAP_UP, WrapUpMetadata.of(interaction.view))
    async with interaction.reading() as (store, me):
        view = await open_wrap_up(interaction, store, me, WrapUpMetadata(discussion_id=interaction.subject_id))
    await interaction.redraw(view)


async def _current(interaction: Interaction, metadata: WrapUpMetadata) -> View:
    """The form as it is filled in now; fields that the other answer has hidden come back from the draft."""
    async with interaction.reading() as (store, me):
        pair = await active_pair(store, me, metadata.pair_id)
        draft = await drafts.resume(store, me, FormId.WRAP_UP, metadata.discussion_id)
        discussion = await store.discussions.get(metadata.discussion_id)
        typed = interaction.values.over(draft.values if draft else None)
        values = await _with_notes_of_guide(store, me, discussion, typed) or typed
        if discussion.state not in OPEN and not metadata.adds:
            return await _to_add_to(interaction, store, me, pair, discussion, values)
        if metadata.adds:
            record = await wrap_up.outcome(store, me, pair, discussion, interaction.now)
            return addition.render(record, me, metadata, values, interaction.now)
        shown = await wrap_up.about_to_wrap_up(store, pair, discussion)
        return views.render(shown, me, metadata, values, interaction.now)


async def submit(interaction: Interaction, metadata: WrapUpMetadata, values: FormValues) -> Reply:
    """The person submitted the wrap-up, or what they add to one."""
    happened = views.answered(values)
    if not metadata.adds and happened is None:
        return Reply.reject({wrap_up.HAPPENED: "Did you two meet? Please choose yes or no."})
    if not metadata.adds and not views.asks_the_rest(values):
        return Reply.show(await _current(interaction, metadata))
    async with interaction.changing(metadata.discussion_id, Discussion, booking=True) as (store, me, pair):
        discussion = await store.discussions.get(metadata.discussion_id)
        if metadata.adds and discussion.state is DiscussionState.HELD:
            reply = await _add(interaction, store, me, in_use(pair, me), discussion, metadata, values)
        elif discussion.state not in OPEN:
            return await _came_second(interaction, store, me, in_use(pair, me), discussion, metadata, values)
        else:
            shown = await wrap_up.about_to_wrap_up(store, in_use(pair, me), discussion)
            save = _wrap_up if happened else _did_not_happen
            reply = await save(interaction, store, me, shown, metadata, values)
        if reply.errors:
            return reply
        await drafts.clear(interaction, store, me, FormId.WRAP_UP, discussion.pk)
        if happened or metadata.adds:
            await drafts.clear(interaction, store, me, FormId.GUIDE, discussion.pk)  # its notes are in the wrap-up
    interaction.changed(pair)
    return reply


async def _wrap_up(
    interaction: Interaction, store: Store, me: Person, shown: wrap_up.WrapUpView, metadata: WrapUpMetadata,
    values: FormValues,
) -> Reply:  # fmt: skip
    form = views.read(values, shown.pair, metadata)
    if errors := await wrap_up.check(store, me, shown, form, interaction.now):
        return Reply.reject(at_texts(errors, DUE_ON))
    await wrap_up.wrap_up(store, me, shown, form, interaction.now)
    outcome = await wrap_up.outcome(store, me, shown.pair, shown.discussion, interaction.now)
    return Reply.show(outcome_views.wrapped_up(outcome, me))


async def _came_second(  # noqa: PLR0913, PLR0917 - what was submitted about which discussion, by whom
    interaction: Interaction, store: Store, me: Person, pair: Pair, discussion: Discussion, metadata: WrapUpMetadata,
    values: FormValues,
) -> Reply:  # fmt: skip
    """The other side was first: the form becomes one to add to theirs. Nothing is submitted yet, nothing is lost."""
    if discussion.wrapped_up_at is not None:
        record = await wrap_up.outcome(store, me, pair, discussion, interaction.now)
        mine = views.read(values, pair, metadata)
        if discussion.wrapped_up_by_id == me.id and wrap_up.adds_nothing(record, me, mine):
            return Reply.show(outcome_views.wrapped_up(record, me))  # sent twice
        await drafts.save(interaction, store, me, FormId.WRAP_UP, discussion.pk, metadata)
    return Reply.show(await _to_add_to(interaction, store, me, pair, discussion, values))


async def _add(  # noqa: PLR0913, PLR0917 - what was added to which discussion, by whom
    interaction: Interaction, store: Store, me: Person, pair: Pair, discussion: Discussion, metadata: WrapUpMetadata,
    values: FormValues,
) -> Reply:  # fmt: skip
    record = await wrap_up.outcome(store, me, pair, discussion, interaction.now)
    form = addition.read(values, record, metadata)
    if errors := await wrap_up.check_addition(store, me, record, form, interaction.now):
        return Reply.reject(at_texts(errors, DUE_ON))
    added = wrap_up.Added()
    if not await interaction.is_repeat(store):
        added = await wrap_up.add_to(store, me, record, form, interaction.now)
    record = await wrap_up.outcome(store, me, pair, discussion, interaction.now)
    heard = await _heard(interaction, store, me, pair, record.coming) if added.date else None
    return Reply.show(outcome_views.added(record, me, added, heard))


async def _heard(
    interaction: Interaction, store: Store, me: Person, pair: Pair, coming: Discussion | None
) -> scheduling.Heard:  # fmt: skip
    """How the other side hears of the date that was set just now; there is none where the date was taken away."""
    if coming is None or coming.starts_at is None:
        return scheduling.Heard.BY_MESSAGE
    view = await scheduling.schedule_of(store, me, pair, coming, interaction.now)
    return await scheduling.hears_how(store, view, coming.starts_at, interaction.now)


async def _did_not_happen(
    interaction: Interaction, store: Store, me: Person, shown: wrap_up.WrapUpView, metadata: WrapUpMetadata,
    values: FormValues,
) -> Reply:  # fmt: skip
    later = kit.TICKED in values.choices(wrap_up.LATER)
    form = wrap_up.AnotherTime(values.moment(STARTS_AT), later=later, seen_round=metadata.round)
    if errors := await wrap_up.check_another_time(store, me, shown, form, interaction.now):
        return Reply.reject(errors)
    await wrap_up.did_not_happen(store, me, shown, form, interaction.now)
    today = local_day(me, interaction.now)
    heard = await _heard(interaction, store, me, shown.pair, shown.discussion)
    return Reply.show(views.moved(shown.discussion, me, [shown.employee, shown.manager], today, heard))


WRAP_UP = FormSpec(
    FormId.WRAP_UP,
    WrapUpMetadata,
    word=Word("wrapup", "Say how it went and what each of you will do next"),
    open=open_wrap_up,
    opened_by=Action.OPEN_WRAP_UP,
    button_key="discussion_id",
    submit=submit,
    draft_subject=lambda metadata: metadata.discussion_id,
)
FORMS = (WRAP_UP,)
