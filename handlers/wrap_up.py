"""“How did it go?”: wrapping a talk up, or giving it another date."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import wrap_up
from cycle.errors import InvalidInput, NotAvailable
from cycle.guards import active_pair, open_discussion
from cycle.nudges import Action
from cycle.scheduling import STARTS_AT
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import wrap_up as view
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(Action.OPEN_WRAP_UP)(open_wrap_up)
    app.action(ActionId.HAPPENED)(redraw)
    app.action(ActionId.MORE_COMMITMENTS)(more_commitments)
    app.view(FormId.WRAP_UP)(hand_in)


async def open_wrap_up(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “How did it go?”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await _form_or_outcome(interaction, store, me, interaction.subject_id)
    await interaction.show(form)


async def view_for_pair(interaction: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The form for the talk that a pair has open, dated or not."""
    discussion = await open_discussion(store, await active_pair(store, me, pair_id))
    return await _form_or_outcome(interaction, store, me, discussion.pk)


async def _form_or_outcome(interaction: Interaction, store: Store, me: Person, discussion_id: int) -> dict[str, Any]:
    """The form resumed from its draft; what was agreed where the other side was first."""
    draft = await interaction.draft(store, me, FormId.WRAP_UP, discussion_id)
    values = FormValues.unpack(draft.state) if draft else None
    try:
        shown = await wrap_up.about_to_wrap_up(store, me, discussion_id)
    except NotAvailable as gone:
        return view.already(await wrap_up.outcome(store, me, discussion_id), me, gone.sentence, values)
    discussion = shown.discussion
    rows = max(view.rows(values) if values else 0, view.FEWEST_COMMITMENTS)
    metadata = ViewMetadata(
        pair_id=discussion.pair_id, discussion_id=discussion.pk, round=discussion.round, commitment_rows=rows
    )
    return view.render(shown, me, metadata, values, interaction.now, draft.saved_at if draft else None)


async def redraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody said whether the talk happened."""
    await ack()
    interaction = Interaction.of(context)
    await interaction.keep_draft()
    form = await _current(interaction, interaction.metadata)
    await interaction.redraw(
        form, interaction.view["id"]
    )  # the answer given last is shown, without asking for the hash


async def more_commitments(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Add another promise”."""
    await ack()
    interaction = Interaction.of(context)
    await interaction.keep_draft()
    metadata = interaction.metadata
    more = min(metadata.commitment_rows + 1, view.MOST_COMMITMENTS)
    await interaction.redraw(await _current(interaction, metadata.updated(commitment_rows=more)))


async def _current(interaction: Interaction, metadata: ViewMetadata) -> dict[str, Any]:
    """The form as it is filled in now; what the other answer has hidden comes back from the draft."""
    async with interaction.reading() as (store, me):
        shown = await wrap_up.about_to_wrap_up(store, me, metadata.discussion_id)
        draft = await interaction.draft(store, me, FormId.WRAP_UP, metadata.discussion_id)
        values = interaction.values.over(FormValues.unpack(draft.state) if draft else None)
        return view.render(shown, me, metadata, values, interaction.now)


async def hand_in(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed the wrap-up in."""
    interaction = Interaction.of(context)
    metadata, values = interaction.metadata, interaction.values
    happened = view.answered(values)
    if happened is None:
        raise InvalidInput({wrap_up.HAPPENED: "Did you two talk? Please choose yes or no."})
    if not view.asks_the_rest(values):
        await ack(response_action="update", view=await _current(interaction, metadata))
        return
    async with interaction.unit() as (store, me):
        pair = await active_pair(store, me, metadata.pair_id)
        if happened:
            form = view.read(values, pair, metadata)
            await wrap_up.wrap_up(store, me, metadata.discussion_id, form, interaction.now)
            summary = view.wrapped_up(await wrap_up.outcome(store, me, metadata.discussion_id), me)
        else:
            discussion = await wrap_up.did_not_happen(
                store, me, metadata.discussion_id, values.moment(STARTS_AT),
                later=view.TICKED in values.choices(wrap_up.LATER), seen_round=metadata.round, now=interaction.now,
            )  # fmt: skip
            people = await store.people.by_ids([pair.employee_id, pair.manager_id])
            summary = view.moved(discussion, me, list(people.values()))
        await interaction.drop_draft(store, me)
    await ack(response_action="update", view=summary)
    interaction.changed(pair)
