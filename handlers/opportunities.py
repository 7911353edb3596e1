"""`/career opportunities`: what colleagues offer each other to grow by, and who takes part (practice C11)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import digests, formatting, opportunities
from cycle.nudges import Action
from cycle.zones import local_day
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word, save_draft
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import OpportunityMetadata, ViewMetadata
from handlers.views import kit
from handlers.views import opportunities as views
from storage.people import Person
from storage.store import Store

UseCase = Callable[[Store, Person, int, datetime], Awaitable[None]]
"""What a person does with the opportunity of a key."""


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.OFFER_KIND)(choose_kind)
    listeners.action(ActionId.SIGN_UP)(sign_up)
    listeners.action(ActionId.TAKE_NAME_OFF)(take_name_off)
    listeners.action(ActionId.WITHDRAW_OPPORTUNITY)(withdraw)


# --- looking ---------------------------------------------------------------------------------------------------------


async def open_board(interaction: Interaction, store: Store, me: Person, _metadata: ViewMetadata) -> View:
    """All that is open."""
    listed = await opportunities.board(store, me, interaction.now)
    return views.board(listed, me, interaction.now, may_tell_a_channel=await digests.may_set_up(store, me))


async def open_one(
    interaction: Interaction, store: Store, me: Person, metadata: OpportunityMetadata, *, said: str = ""
) -> View:
    """One of them in full, and what the person can do about it. `said` is what they have just done."""
    listed = await opportunities.look_at(store, me, metadata.opportunity_id)
    return views.one(listed, me, interaction.now, metadata, said=said, is_alone=not interaction.in_modal)


def _redraw_board_below(interaction: Interaction) -> None:
    """Redraw the board below this modal, in the background."""
    if below := interaction.view.get("previous_view_id"):
        interaction.services.background.run("board", _redraw_board(interaction, str(below)))


async def _redraw_board(interaction: Interaction, view_id: str) -> None:
    async with interaction.reading() as (store, me):
        view = await open_board(interaction, store, me, ViewMetadata())
    await interaction.redraw(view, view_id)


def _redraw_one_below(interaction: Interaction, key: int, said: str) -> None:
    """Redraw the opportunity below this modal, in the background, with what was just done."""
    if below := interaction.view.get("previous_view_id"):
        interaction.services.background.run("opportunity", _redraw_one(interaction, str(below), key, said))


async def _redraw_one(interaction: Interaction, view_id: str, key: int, said: str) -> None:
    metadata, is_alone = OpportunityMetadata(opportunity_id=key), view_id == interaction.view.get("root_view_id")
    async with interaction.reading() as (store, me):
        listed = await opportunities.look_at(store, me, key)
        view = views.one(listed, me, interaction.now, metadata, said=said, is_alone=is_alone)
    await interaction.redraw(view, view_id)


# --- taking part -----------------------------------------------------------------------------------------------------


async def sign_up(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person put their name on the list."""
    await _do(ack, context, opportunities.sign_up, views.signed_up)


async def take_name_off(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person took their name off the list again."""
    await _do(ack, context, opportunities.take_name_off, views.name_taken_off)


async def withdraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person withdrew what they offer, and confirmed."""
    await _do(ack, context, opportunities.withdraw, views.withdrawn)


async def _do(ack: AsyncAck, context: AsyncBoltContext, what: UseCase, said: views.Said) -> None:
    """Do something with an opportunity, and show it as it is now, with what was done; the board below it as well."""
    await ack()
    interaction = Interaction.of(context)
    metadata = OpportunityMetadata(opportunity_id=interaction.subject_id)
    async with interaction.writing() as (store, me):
        await what(store, me, metadata.opportunity_id, interaction.now)
    interaction.services.wake()
    async with interaction.reading() as (store, me):
        listed = await opportunities.look_at(store, me, metadata.opportunity_id)
        is_alone = not interaction.view.get("previous_view_id")
        view = views.one(listed, me, interaction.now, metadata, said=said(listed), is_alone=is_alone)
    await interaction.redraw(view)
    _redraw_board_below(interaction)


# --- offering --------------------------------------------------------------------------------------------------------


async def open_offer(interaction: Interaction, store: Store, me: Person, metadata: OpportunityMetadata) -> View:
    """A new one, or one of mine to change; with what I had begun to type."""
    below = str(interaction.view.get("callback_id", ""))
    # On top of two others it takes the place of the second, and lies on the first.
    metadata = metadata.updated(below=FormId.OPPORTUNITIES if interaction.is_third else below)
    draft = await drafts.resume(store, me, FormId.OFFER, metadata.opportunity_id)
    if draft is None:
        return await _offer(interaction, store, me, metadata, FormValues())
    kept_at = formatting.moment(draft.saved_at, me, local_day(me, interaction.now))
    return await _offer(interaction, store, me, metadata, draft.values, kit.draft_note(kept_at))


async def _offer(
    interaction: Interaction, store: Store, me: Person, metadata: OpportunityMetadata, values: FormValues,
    note: list[kit.Block] | None = None,
) -> View:  # fmt: skip
    key = metadata.opportunity_id
    changed = await opportunities.own(store, me, key, interaction.now) if key else None
    return views.offer(changed, metadata, values, note or [])


async def choose_kind(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose what it is: a session has a time and seats, others a last day."""
    await ack()
    interaction = Interaction.of(context)
    metadata = OpportunityMetadata.of(interaction.view)
    await save_draft(interaction, OFFER, metadata)
    async with interaction.reading() as (store, me):
        view = await _offer(interaction, store, me, metadata, interaction.values)
    await interaction.redraw(view)


async def submit(interaction: Interaction, metadata: OpportunityMetadata, values: FormValues) -> Reply:
    """The person offered something, or changed what they offer."""
    if metadata.opportunity_id:
        return await _change(interaction, metadata, values)
    async with interaction.writing() as (store, me):
        offer = views.read(values, None)
        if errors := opportunities.check(offer, me, interaction.now):
            return Reply.reject(errors)
        if await interaction.is_repeat(store):
            return Reply.close()
        key = (await opportunities.save(store, me, offer, interaction.now)).pk
        await drafts.clear(interaction, store, me, FormId.OFFER, 0)
    async with interaction.writing() as (store, me):
        await opportunities.announce(store, key, interaction.now)
        shown = OpportunityMetadata(opportunity_id=key)
        view = await open_one(interaction, store, me, shown, said=views.OFFERED_NOW)
    interaction.services.wake()
    _redraw_board_below(interaction)
    return Reply.show(view)


async def _change(interaction: Interaction, metadata: OpportunityMetadata, values: FormValues) -> Reply:
    key = metadata.opportunity_id
    async with interaction.writing() as (store, me):
        one = await opportunities.own(store, me, key, interaction.now)
        offer, before = views.read(values, one), one.starts_at
        taken = await opportunities.seats_taken(store, me, key)
        if errors := opportunities.check(offer, me, interaction.now, taken=taken):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            await opportunities.change(store, one, offer, interaction.now)
            await drafts.clear(interaction, store, me, FormId.OFFER, key)
        said = views.changed(told=taken if one.starts_at != before else 0)
    interaction.services.wake()
    if metadata.below == FormId.OPPORTUNITY:
        _redraw_one_below(interaction, key, said)
    else:
        _redraw_board_below(interaction)
    return Reply.close()


OPPORTUNITIES = FormSpec(
    FormId.OPPORTUNITIES,
    ViewMetadata,
    word=Word("opportunities", "See what colleagues offer, or offer something yourself"),
    about_pair=False,
    open=open_board,
    opened_by=ActionId.OPEN_OPPORTUNITIES,
    button_key="",
)
OPPORTUNITY = FormSpec(
    FormId.OPPORTUNITY,
    OpportunityMetadata,
    open=open_one,
    opened_by=Action.OPEN_OPPORTUNITY,
    button_key="opportunity_id",
)
OFFER = FormSpec(
    FormId.OFFER,
    OpportunityMetadata,
    open=open_offer,
    opened_by=ActionId.OPEN_OFFER,
    button_key="opportunity_id",
    submit=submit,
    draft_subject=lambda metadata: metadata.opportunity_id,
)
FORMS = (OPPORTUNITIES, OPPORTUNITY, OFFER)
