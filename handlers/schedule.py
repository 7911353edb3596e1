"""`/career schedule`: setting, moving and cancelling the date of the next talk."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import scheduling
from cycle.errors import InvalidInput
from cycle.nudges import Action
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.views import schedule as view
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    fields = re.compile(rf"^({scheduling.STARTS_AT}|{scheduling.MINUTES})$")
    app.action(Action.OPEN_SCHEDULE)(open_schedule)
    app.action({"action_id": ActionId.TIME_CHOSEN, "block_id": fields})(show_both_clocks)
    app.view(FormId.SCHEDULE)(set_date)
    app.action(ActionId.OPEN_CANCEL)(open_cancel)
    app.view(FormId.CANCEL)(cancel)


async def open_schedule(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Find a time” or “Another time”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        form = await view_for_pair(interaction, store, me, interaction.subject_id)
    await interaction.show(form)


async def view_for_pair(_visit: Interaction, store: Store, me: Person, pair_id: int) -> dict[str, Any]:
    """The form for one pair."""
    return view.render(await scheduling.schedule_of(store, me, pair_id))


async def show_both_clocks(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody chose a time or a length: say what it means for both."""
    await ack()
    interaction = Interaction.of(context)
    form = await _redrawn(interaction, ask_again=False)
    await interaction.redraw(
        form, interaction.view["id"]
    )  # whatever was chosen last is shown, without asking for the hash


async def set_date(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody handed a date in; one with oddities that they have not seen is asked about first."""
    interaction = Interaction.of(context)
    metadata, values = interaction.metadata, interaction.values
    starts_at = values.moment(scheduling.STARTS_AT)
    if starts_at is None:
        raise InvalidInput({scheduling.STARTS_AT: "Please choose a day and a time."})
    try:
        async with interaction.unit() as (store, me):
            await scheduling.set_date(
                store, me, metadata.pair_id, starts_at, _minutes(values),
                seen_round=metadata.round, seen_id=metadata.discussion_id,
                ask_first=metadata.warned_of != int(starts_at.timestamp()), now=interaction.now,
            )  # fmt: skip
            pair = await store.pairs.get(metadata.pair_id)
    except scheduling.Unusual:
        await ack(response_action="update", view=await _redrawn(interaction, ask_again=True))
        return
    await ack()
    interaction.changed(pair)


async def open_cancel(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody pressed “Cancel this talk”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        schedule = await scheduling.schedule_of(store, me, interaction.subject_id)
        draft = await interaction.draft(store, me, FormId.CANCEL, schedule.discussion.pk)
    await interaction.show(view.cancelling(schedule, FormValues.unpack(draft.state) if draft else None))


async def cancel(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody cancelled, with a reason. The answer replaces the form; closing it closes the one below as well."""
    interaction = Interaction.of(context)
    metadata, reason = interaction.metadata, interaction.values.text(scheduling.REASON)
    async with interaction.unit() as (store, me):
        successor = await scheduling.cancel(
            store, me, metadata.pair_id, reason, interaction.now, seen_id=metadata.discussion_id
        )
        pair = await store.pairs.get(metadata.pair_id)
        other = await store.people.get(pair.other_than(me.pk))
        await interaction.drop_draft(store, me)
    await ack(response_action="update", view=view.cancelled(successor, other))
    interaction.changed(pair)


async def _redrawn(interaction: Interaction, *, ask_again: bool) -> dict[str, Any]:
    values = interaction.values
    async with interaction.reading() as (store, me):
        schedule = await scheduling.schedule_of(store, me, interaction.metadata.pair_id)
    return view.render(schedule, values.moment(scheduling.STARTS_AT), _minutes(values), ask_again=ask_again)


def _minutes(values: FormValues) -> int:
    """The length chosen; the menu always has one."""
    return int(values.choice(scheduling.MINUTES) or view.LENGTHS[2])
