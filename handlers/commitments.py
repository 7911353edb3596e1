"""`/career commitments`: seeing, adding, keeping and renegotiating commitments (practices E11, E13)."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import commitments
from cycle.guards import in_use, side
from cycle.nudges import Action
from cycle.zones import local_day
from handlers.shared import drafts
from handlers.shared.form_values import FormValues, at_texts
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import ChangeMetadata, CommitmentsMetadata
from handlers.views import commitments as views
from storage.commitments import ChangeRequest, Commitment
from storage.people import Person
from storage.store import Store


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.COMMITMENTS_PAGE)(turn_page)
    listeners.action(Action.COMMITMENT_DONE)(mark_done)
    listeners.action(ActionId.UNDO_DONE)(undo_done)
    listeners.action(Action.NEW_DATE)(open_change_in_place)
    listeners.action(Action.ANSWER_CHANGE)(open_answer_in_place)
    listeners.action(ActionId.AGREE)(agree)
    listeners.action(ActionId.KEEP_AS_IT_WAS)(keep_as_it_was)


# --- the list --------------------------------------------------------------------------------------------------------


async def open_commitments(
    interaction: Interaction, store: Store, me: Person, metadata: CommitmentsMetadata, values: FormValues | None = None
) -> View:
    """The commitments of one pair, and the one that the person had begun to write."""
    shown = await commitments.between(store, me, metadata.pair_id, interaction.now)
    if values is None and (draft := await drafts.resume(store, me, FormId.COMMITMENTS, metadata.pair_id)) is not None:
        values = draft.values
        metadata = metadata.updated(added=values.highest(views.MINE))
    return views.render(shown, me, metadata, interaction.now, values)


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person went to another page."""
    await ack()
    interaction = Interaction.of(context)
    await _redraw_list(interaction, CommitmentsMetadata.of(interaction.view).updated(page=interaction.subject_id))


async def _redraw_list(interaction: Interaction, metadata: CommitmentsMetadata, view_id: str | None = None) -> None:
    """Show the list anew: the modal itself, or the one below it."""
    async with interaction.reading() as (store, me):
        values = None if view_id else interaction.values
        shown = await open_commitments(interaction, store, me, metadata, values)
    await interaction.redraw(shown, view_id)


async def add(interaction: Interaction, metadata: CommitmentsMetadata, values: FormValues) -> Reply:
    """The person pressed “Add commitment”; with nothing typed that just closes the list."""
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        entry = views.own_entry(values, metadata, side(in_use(pair, me), me))
        if entry.is_empty:
            return Reply.close()
        if errors := commitments.check_own(entry, me, interaction.now):
            return Reply.reject(at_texts(errors, commitments.DUE_ON))
        if not await interaction.is_repeat(store):
            await commitments.add(store, me, pair, entry, interaction.now)
            await drafts.clear(interaction, store, me, FormId.COMMITMENTS, pair.pk)
            await drafts.reopen(
                interaction, store, me, FormId.COMMITMENTS, pair.pk
            )  # the list stays open for the next one
        metadata = metadata.updated(added=metadata.added + 1)
        shown = await commitments.between(store, me, pair.pk, interaction.now)
        form = views.render(shown, me, metadata, interaction.now, added=entry.text)
    interaction.changed(pair)
    return Reply.show(form)


async def mark_done(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Done”, in a message, in the list or in the App Home."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, Commitment) as (store, me, pair):
        await commitments.done(store, me, pair, interaction.subject_id, interaction.now)
    if interaction.view.get("callback_id") == FormId.COMMITMENTS:
        await _redraw_list(interaction, CommitmentsMetadata.of(interaction.view))
    elif interaction.in_modal:
        await interaction.say(views.DONE)
    await interaction.replace_message(views.DONE, [views.undo(interaction.subject_id)])
    interaction.changed(pair)


async def undo_done(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Undo” after “Done”, in a message, in the list or in the App Home."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, Commitment) as (store, me, pair):
        await commitments.undo_done(store, me, pair, interaction.subject_id, interaction.now)
    if interaction.view.get("callback_id") == FormId.COMMITMENTS:
        await _redraw_list(interaction, CommitmentsMetadata.of(interaction.view))
    await interaction.replace_message(views.REOPENED, [views.show_all(pair)])
    interaction.changed(pair)


# --- a change --------------------------------------------------------------------------------------------------------


async def open_change_in_place(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “New date”, in a message, in the App Home or in the list, which then shows the change."""
    await ack()
    interaction = Interaction.of(context)
    metadata = _above(interaction).updated(commitment_id=interaction.subject_id)
    async with interaction.reading() as (store, me):
        form = await open_change(interaction, store, me, metadata)
    await interaction.show(form)


async def open_change(interaction: Interaction, store: Store, me: Person, metadata: ChangeMetadata) -> View:
    """The form for a new date of one commitment, resumed from its draft where there is one."""
    shown = await commitments.to_change(store, me, metadata.commitment_id, interaction.now)
    draft = await drafts.resume(store, me, FormId.CHANGE, metadata.commitment_id)
    metadata = metadata.updated(pair_id=shown.commitment.pair_id)
    values, saved_at = (draft.values, draft.saved_at) if draft else (None, None)
    return views.change(shown, me, metadata, interaction.now, values, saved_at)


def _above(interaction: Interaction) -> ChangeMetadata:
    """The metadata of a modal on top of the list: it holds the page, so that the list can be redrawn afterwards."""
    if interaction.view.get("callback_id") != FormId.COMMITMENTS:
        return ChangeMetadata()
    below = CommitmentsMetadata.of(interaction.view)
    return ChangeMetadata(**(below.model_dump() | {"in_list": True}))


def _list_below(interaction: Interaction, metadata: ChangeMetadata) -> str | None:
    """The id of the list below this modal; None if there is none."""
    below = interaction.view.get("previous_view_id")
    return str(below) if below and metadata.in_list else None


def _of_list(metadata: ChangeMetadata) -> CommitmentsMetadata:
    return CommitmentsMetadata(**metadata.model_dump(include=set(CommitmentsMetadata.model_fields)))


async def ask_change(interaction: Interaction, metadata: ChangeMetadata, values: FormValues) -> Reply:
    """The person asked for a change."""
    form = commitments.ChangeForm(
        values.day(commitments.DUE_ON), values.text(commitments.TEXT), values.text(commitments.REASON)
    )
    async with interaction.changing(metadata.commitment_id, Commitment) as (store, me, pair):
        commitment = await commitments.open_commitment(store, me, pair, metadata.commitment_id)
        if errors := commitments.check_change(form, commitment, me, interaction.now):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            await commitments.ask_change(store, me, pair, commitment, form, interaction.now)
            await drafts.clear(interaction, store, me, FormId.CHANGE, commitment.pk)
        other = await store.people.get(pair.other_than(me.pk))
    interaction.changed(pair)
    if below := _list_below(interaction, metadata):
        interaction.services.background.run("commitments", _redraw_list(interaction, _of_list(metadata), below))
        return Reply.close()
    return Reply.show(views.asked(other))


# --- the answer ------------------------------------------------------------------------------------------------------


async def open_answer_in_place(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “See and answer”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        shown = await commitments.to_answer(store, me, interaction.subject_id)
        metadata = _above(interaction).updated(pair_id=shown.commitment.pair_id, request_id=interaction.subject_id)
        form = views.answer(shown, me, metadata, interaction.now)
    await interaction.show(form)


async def agree(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person agreed to a change."""
    await _answer(ack, context, agreed=True)


async def keep_as_it_was(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person would rather keep what was agreed."""
    await _answer(ack, context, agreed=False)


async def _answer(ack: AsyncAck, context: AsyncBoltContext, *, agreed: bool) -> None:
    await ack()
    interaction = Interaction.of(context)
    metadata = ChangeMetadata.of(interaction.view)
    async with interaction.changing(interaction.subject_id, ChangeRequest) as (store, me, pair):
        current = await commitments.answer_change(
            store, me, pair, interaction.subject_id, interaction.now, agree=agreed
        )
        other = await store.people.get(pair.other_than(me.pk))
    interaction.changed(pair)
    await interaction.redraw(views.answered(current, other, local_day(me, interaction.now), agreed=agreed))
    if below := _list_below(interaction, metadata):
        await _redraw_list(interaction, _of_list(metadata), below)


COMMITMENTS = FormSpec(
    FormId.COMMITMENTS,
    CommitmentsMetadata,
    word=Word("commitments", "See what you agreed on, mark it done or agree on a new date"),
    open=open_commitments,
    opened_by=Action.OPEN_COMMITMENTS,
    submit=add,
    draft_subject=lambda metadata: metadata.pair_id,
)
CHANGE = FormSpec(
    FormId.CHANGE,
    ChangeMetadata,
    open=open_change,
    submit=ask_change,
    draft_subject=lambda metadata: metadata.commitment_id,
)
FORMS = (COMMITMENTS, CHANGE)
