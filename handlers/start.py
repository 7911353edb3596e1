"""`/career start`: asking a person to pair, answering, and taking the request back (practices C1, E1, E5)."""

from datetime import datetime

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import formatting, pairing
from cycle.coach import review_request
from cycle.coach_remarks import Wording
from cycle.guards import own_pair
from cycle.nudges import Action
from cycle.zones import local_day
from handlers.shared import coach_remarks, drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word, save_draft
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import PairMetadata, StartMetadata
from handlers.views import kit
from handlers.views import start as views
from storage.pairs import Side
from storage.people import Person
from storage.store import Store

CHOOSE_A_PERSON = "Please choose the person you want to meet with."
NOBODY_YET = 0  # the subject of the draft: whom it is for is part of what is filled in
NOT_FOUND = "I can't find that person in this workspace."


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.SIDE_CHOSEN)(choose_side)
    listeners.action(Action.ACCEPT_PAIR)(accept)
    listeners.action(Action.READ_REASON)(read_reason)
    listeners.action(ActionId.WITHDRAW_PAIR)(withdraw)


# --- asking ----------------------------------------------------------------------------------------------------------


async def open_request(interaction: Interaction, store: Store, me: Person, metadata: StartMetadata) -> View:
    """The form, with the requests that wait for an answer, mine and those made to me."""
    draft = await drafts.resume(store, me, FormId.START, NOBODY_YET)
    if draft is None:
        return await redraw_request(interaction, store, me, metadata, FormValues())
    metadata = metadata.updated(**draft.seen)
    return await _request(interaction, store, me, metadata, draft.values, draft.saved_at)


async def redraw_request(
    interaction: Interaction, store: Store, me: Person, metadata: StartMetadata, values: FormValues
) -> View:
    """The form as it is being filled in."""
    return await _request(interaction, store, me, metadata, values)


async def _request(
    interaction: Interaction, store: Store, me: Person, metadata: StartMetadata, values: FormValues,
    kept_at: datetime | None = None,
) -> View:  # fmt: skip
    partners = await store.people.current_partners_of(me.pk)
    waiting = [(pair, other) for pair, other in partners if pairing.is_open_request(pair, interaction.now)]
    has_manager = any(pair.side_of(me.pk) is Side.EMPLOYEE for pair, _other in partners)
    side = values.side(views.SIDE) or (Side.MANAGER if has_manager else Side.EMPLOYEE)
    advice = coach_remarks.advice_on(_wordings(values, side), me, metadata, interaction.services.bank)
    note = kit.draft_note(formatting.moment(kept_at, me, local_day(me, interaction.now))) if kept_at else []
    return views.render(waiting, me, side, metadata, values, advice, note)


async def choose_side(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose their side: the draft of their words is that side's, unless they wrote their own."""
    await ack()
    interaction = Interaction.of(context)
    metadata = StartMetadata.of(interaction.view)
    await save_draft(interaction, START, metadata)
    async with interaction.reading() as (store, me):
        form = await redraw_request(interaction, store, me, metadata, interaction.values)
    await interaction.redraw(form)


async def ask(interaction: Interaction, metadata: StartMetadata, values: FormValues) -> Reply:
    """The person named the other side. Both are locked, so two who ask each other at once make one request."""
    chosen, side = values.person(pairing.OTHER), values.side(views.SIDE)
    if chosen is None or side is None:
        return Reply.reject({pairing.OTHER: CHOOSE_A_PERSON})
    other_id = await interaction.workspace.profiles.meet(chosen)
    if other_id is None:
        return Reply.reject({pairing.OTHER: NOT_FOUND})
    words = views.words_of(values, side)
    async with interaction.writing() as (store, me):
        people = await store.people.lock(me.pk, other_id)
        other = people[other_id]
        mine = await pairing.pairs_to_check(store, me, interaction.now)
        if errors := pairing.check(me, other, side, mine, words, now=interaction.now):
            return Reply.reject(errors)
        if keys := coach_remarks.unseen_keys(me, metadata, _wordings(values, side)):
            metadata = metadata.updated(seen=(*metadata.seen, *keys))
            await drafts.save(interaction, store, me, FormId.START, NOBODY_YET, metadata)
            return Reply.show(await redraw_request(interaction, store, me, metadata, values))
        if await interaction.is_repeat(store):
            return Reply.close()
        pair = await pairing.ask(store, me, other, side, words, interaction.now)
        await drafts.clear(interaction, store, me, FormId.START, NOBODY_YET)
        arrives_at = pairing.arrives_at(pair, other)
    interaction.changed(pair)
    return Reply.show(views.asked(me, other, arrives_at, interaction.now))


def _wordings(values: FormValues, side: Side) -> list[Wording]:
    """What the coach reads here: the words to the other side (E5)."""
    return [Wording(pairing.words_field(side), views.words_of(values, side), review_request)]


async def withdraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person who asked took the request back."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id) as (store, me, pair):
        await pairing.withdraw(store, me, pair, interaction.now)
    interaction.changed(pair)
    if interaction.in_modal:
        metadata = StartMetadata.of(interaction.view)
        async with interaction.reading() as (store, me):
            form = await redraw_request(interaction, store, me, metadata, interaction.values)
        await interaction.redraw(form)


# --- answering -------------------------------------------------------------------------------------------------------


async def accept(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The other side said yes."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, booking=True) as (store, me, pair):
        await pairing.accept(store, me, pair, interaction.now)
        other = await store.people.get(pair.other_than(me.pk))
    interaction.changed(pair)
    if interaction.in_modal:
        await interaction.redraw(views.accepted_view(other, pair))
    await interaction.replace_message(views.accepted(other), views.next_steps(pair))


async def open_decline(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The other side pressed “Say no”: they may say why."""
    pair = await own_pair(store, me, metadata.pair_id)
    return views.declining(await pairing.to_decline(store, me, pair, interaction.now), metadata)


async def decline(interaction: Interaction, metadata: PairMetadata, values: FormValues) -> Reply:
    """The other side said no."""
    reason = values.text(pairing.REASON)
    if errors := pairing.check_reason(reason):
        return Reply.reject(errors)
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        await pairing.decline(store, me, pair, reason, interaction.now)
        other = await store.people.get(pair.other_than(me.pk))
    interaction.changed(pair)
    return Reply.show(kit.notice("Answered", views.declined(other)))


async def read_reason(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person who asked reads why the other side said no."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        other, reason = await pairing.reason_of(store, await own_pair(store, me, interaction.subject_id))
    await interaction.show(views.reason(other, reason))


START = FormSpec(
    FormId.START,
    StartMetadata,
    word=Word("start", "Start career discussions with your manager or with someone who reports to you"),
    open=open_request,
    opened_by=ActionId.START,
    about_pair=False,
    redraw=redraw_request,
    submit=ask,
    draft_subject=lambda _metadata: NOBODY_YET,
)
DECLINE = FormSpec(FormId.DECLINE, PairMetadata, open=open_decline, opened_by=Action.DECLINE_PAIR, submit=decline)
FORMS = (START, DECLINE)
