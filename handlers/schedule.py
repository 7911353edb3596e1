"""`/career schedule`: setting, moving and cancelling the date of the next discussion (practice E10)."""

from datetime import UTC, datetime
from typing import Final

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import scheduling
from cycle.errors import NotAvailable
from cycle.guards import active_pair, in_use, open_discussion
from cycle.nudges import Action
from cycle.zones import local_day
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import ScheduleMetadata
from handlers.views import schedule as views
from storage.people import Person
from storage.store import Store

HIGHEST_MOMENT: Final = 253402300799
"""The last second of the year 9999, the latest that a date can be."""


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.TIME_CHOSEN)(show_both_clocks)
    listeners.action(ActionId.SET_TIME)(set_proposed)


async def open_schedule(interaction: Interaction, store: Store, me: Person, metadata: ScheduleMetadata) -> View:
    """The form for one pair."""
    return await _form(interaction, store, me, metadata)


async def _form(
    interaction: Interaction, store: Store, me: Person, metadata: ScheduleMetadata,
    chosen: views.Chosen | None = None, problem: str | None = None,
) -> View:  # fmt: skip
    schedule = await _schedule(interaction, store, me, metadata)
    minutes = chosen.minutes if chosen else schedule.discussion.minutes
    proposed = await scheduling.times_to_propose(store, schedule, minutes, interaction.now)
    return views.render(schedule, proposed, chosen, problem=problem)


async def show_both_clocks(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose a time or a length: the form says what it means for both."""
    await ack()
    interaction = Interaction.of(context)
    metadata, values = ScheduleMetadata.of(interaction.view), interaction.values
    async with interaction.reading() as (store, me):
        form = await _form(interaction, store, me, metadata, _chosen(values))
    await interaction.redraw(form, interaction.view_id)  # without the hash: what was chosen last is shown


async def set_proposed(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed one of the proposed times: it is set, or the form says why it no longer can be."""
    await ack()
    interaction = Interaction.of(context)
    metadata, values = ScheduleMetadata.of(interaction.view), interaction.values
    starts_at = datetime.fromtimestamp(min(interaction.subject_id, HIGHEST_MOMENT), UTC)
    reply = await _set(interaction, metadata, starts_at, _minutes(values), asks=False)
    if reply.view is None:
        async with interaction.reading() as (store, me):
            problem = reply.errors[scheduling.STARTS_AT]
            reply = Reply.show(await _form(interaction, store, me, metadata, _chosen(values), problem))
    if reply.view is not None:
        await interaction.redraw(reply.view, interaction.view_id)


async def submit(interaction: Interaction, metadata: ScheduleMetadata, values: FormValues) -> Reply:
    """The person submitted a date; if it has warnings that they have not seen, the form shows these first."""
    starts_at = values.moment(scheduling.STARTS_AT)
    if starts_at is None:
        return Reply.reject({scheduling.STARTS_AT: "Please pick a day and a time."})
    return await _set(interaction, metadata, starts_at, _minutes(values), asks=True)


async def _set(
    interaction: Interaction, metadata: ScheduleMetadata, starts_at: datetime, minutes: int, *, asks: bool
) -> Reply:
    """Set a date, if it can be. `asks`: show first what is unusual about it."""
    async with interaction.changing(metadata.pair_id, booking=True) as (store, me, pair):
        discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
        schedule = await scheduling.schedule_of(store, me, pair, discussion, interaction.now)
        is_set = (discussion.starts_at, discussion.minutes, discussion.dated_by_id) == (starts_at, minutes, me.pk)
        if is_set:  # sent twice
            heard = await scheduling.hears_how(store, schedule, starts_at, interaction.now)
            return Reply.show(views.date_set(schedule, was_moved=discussion.moved_from is not None, heard=heard))
        other = schedule.other
        if (sentence := scheduling.moved_since(discussion, metadata.round, me, other, interaction.now)) is not None:
            return Reply.reject({scheduling.STARTS_AT: sentence})
        if errors := await scheduling.check_date(
            store, me, pair, starts_at, minutes, now=interaction.now, besides=discussion
        ):
            return Reply.reject(errors)
        if asks and schedule.warnings(starts_at, minutes) and metadata.warned_of != int(starts_at.timestamp()):
            proposed = await scheduling.times_to_propose(store, schedule, minutes, interaction.now)
            return Reply.show(views.render(schedule, proposed, views.Chosen(starts_at, minutes), ask_again=True))
        was_moved = discussion.starts_at is not None
        await scheduling.set_date(store, me, pair, discussion, starts_at, minutes, interaction.now)
        heard = await scheduling.hears_how(store, schedule, starts_at, interaction.now)
    interaction.changed(pair)
    return Reply.show(views.date_set(schedule, was_moved=was_moved, heard=heard))


async def open_cancel(interaction: Interaction, store: Store, me: Person, metadata: ScheduleMetadata) -> View:
    """The person pressed “Cancel this discussion”."""
    schedule = await _schedule(interaction, store, me, metadata)
    draft = await drafts.resume(store, me, FormId.CANCEL, schedule.discussion.pk)
    return views.cancelling(schedule, draft.values if draft else None)


async def cancel(interaction: Interaction, metadata: ScheduleMetadata, values: FormValues) -> Reply:
    """The person cancelled the date they saw. The answer replaces the form; closing it closes the one below as well."""
    reason = values.text(scheduling.REASON)
    if errors := scheduling.check_cancelling(reason):
        return Reply.reject(errors)
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
        other = await store.people.get(pair.other_than(me.pk))
        if (sentence := scheduling.moved_since(discussion, metadata.round, me, other, interaction.now)) is not None:
            raise NotAvailable(sentence)
        successor = await scheduling.cancel(store, me, pair, discussion, reason, interaction.now)
        await drafts.clear(interaction, store, me, FormId.CANCEL, discussion.pk)
    interaction.changed(pair)
    is_news = discussion.moved_from is not None
    return Reply.show(views.cancelled(discussion, successor, other, local_day(me, interaction.now), is_news=is_news))


async def _schedule(
    interaction: Interaction, store: Store, me: Person, metadata: ScheduleMetadata
) -> scheduling.ScheduleView:
    pair = await active_pair(store, me, metadata.pair_id)
    return await scheduling.schedule_of(store, me, pair, await open_discussion(store, pair), interaction.now)


def _chosen(values: FormValues) -> views.Chosen:
    return views.Chosen(values.moment(scheduling.STARTS_AT), _minutes(values))


def _minutes(values: FormValues) -> int:
    """The length chosen; the menu always has one."""
    return values.number(scheduling.MINUTES, at_most=views.LONGEST) or views.LENGTHS[2]


SCHEDULE = FormSpec(
    FormId.SCHEDULE,
    ScheduleMetadata,
    word=Word("schedule", "Choose, move or cancel the date of the next discussion"),
    open=open_schedule,
    opened_by=Action.OPEN_SCHEDULE,
    submit=submit,
)
CANCEL = FormSpec(
    FormId.CANCEL,
    ScheduleMetadata,
    open=open_cancel,
    opened_by=ActionId.OPEN_CANCEL,
    submit=cancel,
    draft_subject=lambda metadata: metadata.discussion_id,
)
FORMS = (SCHEDULE, CANCEL)
