"""`/career agenda`: proposing items, and accepting, amending, countering, moving and deferring them (practice E15)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import agendas
from cycle.bank import Asker
from cycle.coach import review_question
from cycle.coach_remarks import Advice, Wording, lines, replaced
from cycle.guards import active_pair, in_use, open_discussion
from cycle.nudges import Action
from handlers.shared import coach_remarks, drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word, opened_view, save_draft
from handlers.shared.ids import ActionId, FormId, MenuChoice
from handlers.shared.interaction import Interaction, read_key
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import AgendaMetadata, AmendMetadata
from handlers.views import agenda as views
from storage.agenda import AgendaItem
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

UseCase = Callable[[Store, Person, Pair, int, datetime], Awaitable[None]]

# What each choice of a menu does at once; amending and countering open a form first.
USE_CASES: Mapping[MenuChoice, UseCase] = MappingProxyType(
    {
        MenuChoice.UP: lambda store, me, pair, item_id, _now: agendas.move(store, me, pair, item_id, agendas.Move.UP),
        MenuChoice.DOWN: lambda store, me, pair, item_id, _: agendas.move(store, me, pair, item_id, agendas.Move.DOWN),
        MenuChoice.CARRY_OVER: agendas.carry_over,
        MenuChoice.WITHDRAW: agendas.withdraw,
    }
)


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.AGENDA_PAGE)(turn_page)
    listeners.action(ActionId.ITEM_MENU)(choose)
    listeners.action(ActionId.ACCEPT_ALL)(accept_all)
    listeners.action(ActionId.TAKE_COUNTER)(take_counter)
    listeners.action(ActionId.KEEP_WORDS)(keep_words)
    listeners.action(ActionId.BRING_BACK)(bring_back)


async def open_agenda(interaction: Interaction, store: Store, me: Person, metadata: AgendaMetadata) -> View:
    """The agenda of one pair, with what the person had begun to write."""
    agenda = await agendas.coming_agenda(store, me, metadata.pair_id)
    draft = await drafts.resume(store, me, FormId.AGENDA, agenda.discussion.pk)
    metadata = metadata.updated(discussion_id=agenda.discussion.pk, **(draft.seen if draft else {}))
    values = draft.values if draft else None
    advice = _advice(interaction, agenda, me, metadata, values)
    return views.render(agenda, me, metadata, values, draft.saved_at if draft else None, advice, now=interaction.now)


async def redraw_agenda(
    interaction: Interaction, store: Store, me: Person, metadata: AgendaMetadata, values: FormValues, done: str = ""
) -> View:
    """The agenda as it is now, with the items that are being written and what was done just now."""
    agenda = await agendas.coming_agenda(store, me, metadata.pair_id)
    advice = _advice(interaction, agenda, me, metadata, values)
    return views.render(agenda, me, metadata, values, None, advice, now=interaction.now, done=done)


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed a page button."""
    await ack()
    interaction = Interaction.of(context)
    metadata = AgendaMetadata.of(interaction.view)
    await save_draft(interaction, AGENDA, metadata)
    await _redraw(interaction, metadata.updated(page=interaction.subject_id))


async def choose(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose from the menu at an item. It is done at once; the list is redrawn even if the choice fails."""
    await ack()
    interaction = Interaction.of(context)
    metadata = AgendaMetadata.of(interaction.view)
    choice, item_id, read = _chosen(interaction.value)
    await save_draft(interaction, AGENDA, metadata)
    use_case = USE_CASES.get(choice)
    if choice is MenuChoice.ACCEPT:
        use_case = _accepting(read)
    if use_case is None:
        on_top = AmendMetadata(**(metadata.model_dump() | {"item_id": item_id}))
        async with interaction.reading() as (store, me):
            form = await opened_view(interaction, store, me, AMEND if choice is MenuChoice.AMEND else COUNTER, on_top)
        await interaction.show(form)
        return
    await _change(
        interaction, metadata, item_id, use_case, lambda other, is_mine: views.chosen(choice, other, is_mine=is_mine)
    )


def _accepting(read: str) -> UseCase:
    """Accepting an item that says what the person read."""
    return lambda store, me, pair, item_id, now: agendas.accept(store, me, pair, item_id, read, now)


async def open_amending(interaction: Interaction, store: Store, me: Person, metadata: AmendMetadata) -> View:
    """The form for new words of an item, with what the person had begun to write."""
    item = await agendas.item_of(store, me, metadata.pair_id, metadata.item_id)
    draft = await drafts.resume(store, me, FormId.AMEND, item.pk)
    return views.amending(item, me, metadata.updated(read=agendas.mark_of(item)), draft, now=interaction.now)


async def open_countering(interaction: Interaction, store: Store, me: Person, metadata: AmendMetadata) -> View:
    """The form for other words that the author of an item may take, with what the person had begun to write."""
    item = await agendas.item_of(store, me, metadata.pair_id, metadata.item_id)
    author = await store.people.get(item.author_id)
    draft = await drafts.resume(store, me, FormId.COUNTER, item.pk)
    metadata = metadata.updated(read=agendas.mark_of(item))
    return views.countering(item, author, me, metadata, draft, now=interaction.now)


async def _change(
    interaction: Interaction, metadata: AgendaMetadata, item_id: int, use_case: UseCase,
    said: Callable[[Person, bool], str],
) -> None:  # fmt: skip
    """Change an item. The list is redrawn, with a sentence about what was done; also if it could not be."""
    done = ""
    try:
        async with interaction.changing(item_id, AgendaItem) as (store, me, pair):
            await use_case(store, me, pair, item_id, interaction.now)
            item, other = await store.agenda.get(item_id), await store.people.get(pair.other_than(me.pk))
            done = said(other, item.author_id == me.id)
        interaction.changed(pair)
    finally:
        await _redraw(interaction, metadata, done=done)


async def take_counter(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The author of an item took the words that the other side suggests."""
    await _answer_counter(ack, context, take=True)


async def keep_words(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The author of an item kept their own words."""
    await _answer_counter(ack, context, take=False)


async def _answer_counter(ack: AsyncAck, context: AsyncBoltContext, *, take: bool) -> None:
    await ack()
    interaction = Interaction.of(context)
    metadata = AgendaMetadata.of(interaction.view)
    item, _, number = interaction.value.partition(":")
    item_id, seen = read_key(item), read_key(number)
    await save_draft(interaction, AGENDA, metadata)
    await _change(
        interaction, metadata, item_id,
        lambda store, me, pair, key, now: agendas.answer_counter(store, me, pair, key, seen, now, take=take),
        lambda other, _is_mine: views.counter_answered(other, take=take),
    )  # fmt: skip


async def bring_back(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person wants an item on the coming agenda after all."""
    await ack()
    interaction = Interaction.of(context)
    metadata, item_id = AgendaMetadata.of(interaction.view), interaction.subject_id
    await save_draft(interaction, AGENDA, metadata)
    await _change(interaction, metadata, item_id, agendas.bring_back, views.brought_back)


async def _done(store: Store, me: Person, pair: Pair, item_id: int, choice: MenuChoice) -> str:
    """What a choice from a menu did, in a sentence."""
    item, other = await store.agenda.get(item_id), await store.people.get(pair.other_than(me.pk))
    return views.chosen(choice, other, is_mine=item.author_id == me.id)


async def accept_all(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person accepted everything that waited for their answer when they looked."""
    await ack()
    interaction = Interaction.of(context)
    metadata, read = AgendaMetadata.of(interaction.view), views.marks(interaction.value)
    await save_draft(interaction, AGENDA, metadata)
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
        agenda = await agendas.agenda_of(store, pair, discussion)
        done = views.accepted(await agendas.accept_all(store, me, agenda, read, interaction.now), agenda.other_than(me))
    interaction.changed(pair)
    await _redraw(interaction, metadata, done=done)


def _chosen(value: str) -> tuple[MenuChoice, int, str]:
    """What was chosen from a menu, for which item, and the mark of its words. Raises `NotAvailable` for nonsense."""
    choice, _, rest = value.partition(":")
    key, _, read = rest.partition(":")
    return (MenuChoice(choice) if choice in set(MenuChoice) else MenuChoice.AMEND), read_key(key), read


async def submit(interaction: Interaction, metadata: AgendaMetadata, values: FormValues) -> Reply:
    """The person proposed items."""
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
        agenda = await agendas.agenda_of(store, pair, discussion)
        texts = replaced(_lines(values, agenda, me), coach_remarks.picked_instead(values, interaction.services.bank))
        if errors := agendas.check_proposal(texts, agenda):
            return Reply.reject(errors)
        if keys := coach_remarks.unseen_keys(me, metadata, _questions(values, agenda, me)):
            metadata = metadata.updated(seen=(*metadata.seen, *keys))
            await drafts.save(interaction, store, me, FormId.AGENDA, discussion.pk, metadata)
            advice = _advice(interaction, agenda, me, metadata, values)
            return Reply.show(views.render(agenda, me, metadata, values, None, advice, now=interaction.now))
        shown = views.proposed(agenda, me, agendas.new_among(texts, agenda))
        if await interaction.is_repeat(store):
            shown = views.proposed(agenda, me, len(texts))
        else:
            await agendas.propose(store, me, agenda, texts, interaction.now)
            await drafts.clear(interaction, store, me, FormId.AGENDA, discussion.pk)
    interaction.changed(pair)
    return Reply.show(shown)


async def amend(interaction: Interaction, metadata: AmendMetadata, values: FormValues) -> Reply:
    """The person submitted new words for an item; the list below this form shows them."""
    text = values.text(agendas.TEXT)
    if errors := agendas.check_text(text):
        return Reply.reject(errors)
    async with interaction.changing(metadata.item_id, AgendaItem) as (store, me, pair):
        item = await agendas.item_of(store, me, pair.pk, metadata.item_id)
        if agendas.is_reworded(item, metadata.read, text):
            await drafts.save(interaction, store, me, FormId.AMEND, item.pk, metadata)
            now_read = metadata.updated(read=agendas.mark_of(item))
            return Reply.show(views.amending(item, me, now_read, reworded=text, now=interaction.now))
        is_new = True
        if not await interaction.is_repeat(store):
            is_new = await agendas.amend(store, me, pair, metadata.item_id, text, interaction.now)
            await drafts.clear(interaction, store, me, FormId.AMEND, item.pk)
        done = await _done(store, me, pair, metadata.item_id, MenuChoice.AMEND) if is_new else views.SAME_WORDS
    interaction.changed(pair)
    return _back_to_the_list(interaction, metadata, done)


async def counter(interaction: Interaction, metadata: AmendMetadata, values: FormValues) -> Reply:
    """The person suggested other words for an item; the list below this form shows them."""
    text = values.text(agendas.TEXT)
    async with interaction.changing(metadata.item_id, AgendaItem) as (store, me, pair):
        item = await agendas.item_of(store, me, pair.pk, metadata.item_id)
        if errors := agendas.check_counter(text, item):
            return Reply.reject(errors)
        if agendas.is_reworded(item, metadata.read, text):
            await drafts.save(interaction, store, me, FormId.COUNTER, item.pk, metadata)
            author, now_read = await store.people.get(item.author_id), metadata.updated(read=agendas.mark_of(item))
            return Reply.show(views.countering(item, author, me, now_read, reworded=text, now=interaction.now))
        if not await interaction.is_repeat(store):
            await agendas.counter(store, me, pair, metadata.item_id, text, interaction.now)
            await drafts.clear(interaction, store, me, FormId.COUNTER, item.pk)
        done = await _done(store, me, pair, metadata.item_id, MenuChoice.COUNTER)
    interaction.changed(pair)
    return _back_to_the_list(interaction, metadata, done)


def _back_to_the_list(interaction: Interaction, metadata: AmendMetadata, done: str) -> Reply:
    """Close a form that lies on the agenda, which then shows what was done."""
    if below := interaction.view.get("previous_view_id"):
        list_metadata = AgendaMetadata(**metadata.model_dump(exclude={"item_id", "read"}))
        interaction.services.background.run("agenda", _redraw(interaction, list_metadata, below, done=done))
    return Reply.close()


async def _redraw(
    interaction: Interaction, metadata: AgendaMetadata, view_id: str | None = None, *, done: str = ""
) -> None:
    """Show the agenda anew; what is being typed has just been saved, and Slack leaves it in its field."""
    async with interaction.reading() as (store, me):
        pair = await active_pair(store, me, metadata.pair_id)
        discussion = await open_discussion(store, pair)
        draft = await drafts.resume(store, me, FormId.AGENDA, discussion.pk)
        values = draft.values if draft else FormValues()
        shown = await redraw_agenda(interaction, store, me, metadata, values, done)
    # The newest state, whatever is shown now: no need for the hash.
    await interaction.redraw(shown, view_id or interaction.view_id)


def _lines(values: FormValues, agenda: agendas.AgendaView, me: Person) -> list[Wording]:
    asker = Asker.EMPLOYEE if me.id == agenda.pair.employee_id else Asker.MANAGER
    return lines(agendas.NEW_ITEMS, values.text(agendas.NEW_ITEMS), review_question, asker)


def _questions(values: FormValues, agenda: agendas.AgendaView, me: Person) -> list[Wording]:
    """What the coach reads here: items that are questions."""
    return [line for line in _lines(values, agenda, me) if line.text.endswith("?")]


def _advice(
    interaction: Interaction, agenda: agendas.AgendaView, me: Person, metadata: AgendaMetadata,
    values: FormValues | None,
) -> list[Advice]:  # fmt: skip
    written = _questions(values, agenda, me) if values else []
    return coach_remarks.advice_on(written, me, metadata, interaction.services.bank)


AGENDA = FormSpec(
    FormId.AGENDA,
    AgendaMetadata,
    word=Word("agenda", "Propose and see what you will talk about"),
    open=open_agenda,
    opened_by=Action.OPEN_AGENDA,
    redraw=redraw_agenda,
    submit=submit,
    draft_subject=lambda metadata: metadata.discussion_id,
)
AMEND = FormSpec(
    FormId.AMEND, AmendMetadata, open=open_amending, submit=amend, draft_subject=lambda metadata: metadata.item_id
)
COUNTER = FormSpec(
    FormId.COUNTER, AmendMetadata, open=open_countering, submit=counter, draft_subject=lambda metadata: metadata.item_id
)
FORMS = (AGENDA, AMEND, COUNTER)
