"""How the pages of a preparation follow each other: opening, jumping, saving one and showing the next."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import achievements, preparations
from cycle.bank import Asker
from cycle.errors import NotAvailable
from cycle.guards import active_pair, in_use, open_discussion
from cycle.preparations import DRAFTS, PAGES, Page, PreparationView
from cycle.suggestions import order_of_discussion, suggested
from handlers.below import on_top, redraw_below
from handlers.preparing import objectives, questions
from handlers.preparing.answers import ANSWERS, with_achievements
from handlers.preparing.drives import DRIVES
from handlers.preparing.page import PreparationPage
from handlers.preparing.sharing import SHARING
from handlers.preparing.standing import STANDING
from handlers.shared import coach_remarks, drafts
from handlers.shared.form_values import FormValues, at_texts
from handlers.shared.forms import Reply, View
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing.page import Help, Shown, render
from storage.achievements import Achievement
from storage.objectives import Horizon
from storage.pairs import Side
from storage.people import Person
from storage.store import Store

BY_PAGE: Final[Mapping[Page, PreparationPage]] = MappingProxyType(
    {
        one.page: one
        for one in (STANDING, DRIVES, objectives.OBJECTIVES, questions.QUESTIONS_PAGE, ANSWERS, SHARING)
    }
)  # fmt: skip


# --- showing ---------------------------------------------------------------------------------------------------------


async def open_first(interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata) -> View:
    """The first page with something unsaved on it, else the first one."""
    pair = await active_pair(store, me, metadata.pair_id)
    prepared = await preparations.without_lists(store, me, pair, metadata.discussion_id)
    if any(drafts.resumed(draft) for draft in prepared.drafts.values()):
        prepared = await preparations.with_lists(store, me, prepared)
    unsaved = _unsaved(interaction, prepared, me)
    page = next((page for page in PAGES[prepared.side] if page in unsaved), PAGES[prepared.side][0])
    return await _resumed(interaction, store, me, BY_PAGE[page], prepared)


async def open_page(
    interaction: Interaction, store: Store, me: Person, page: PreparationPage, metadata: PreparationMetadata
) -> View:
    """A page, resumed from its draft where there is one."""
    return await _resumed(interaction, store, me, page, await _prepared(store, me, metadata))


async def redraw_page(
    interaction: Interaction, store: Store, me: Person, page: PreparationPage, metadata: PreparationMetadata,
    values: FormValues,
) -> View:  # fmt: skip
    """A page as it is being filled in."""
    return await _drawn(interaction, store, me, page, await _prepared(store, me, metadata), metadata, values)


async def _prepared(store: Store, me: Person, metadata: PreparationMetadata) -> PreparationView:
    pair = await active_pair(store, me, metadata.pair_id)
    return await preparations.prepared_so_far(store, me, pair, metadata.discussion_id)


async def _resumed(
    interaction: Interaction, store: Store, me: Person, page: PreparationPage, prepared: PreparationView
) -> View:
    """A page with its draft, if that says anything else than what is saved."""
    metadata = PreparationMetadata(pair_id=prepared.pair.pk, discussion_id=prepared.discussion.pk)
    metadata = _on_top(interaction, metadata)
    if page.page not in _unsaved(interaction, prepared, me):
        values = page.view.saved(prepared, me, interaction.services.bank)
        if page.page is Page.ANSWERS and not prepared.lists.answers:
            values = with_achievements(values, await _noted_down(store, me, prepared))
        return await _drawn(interaction, store, me, page, prepared, metadata, values)
    draft = drafts.resumed(prepared.drafts[page.page])
    if draft is None:
        raise LookupError(page.page)
    metadata = objectives.with_rows_of(draft.values, metadata.updated(**draft.seen))
    return await _drawn(interaction, store, me, page, prepared, metadata, draft.values, draft.saved_at)


def _on_top(interaction: Interaction, metadata: PreparationMetadata) -> PreparationMetadata:
    """The metadata with what the modal lies on: known already where one page follows another."""
    if interaction.view.get("callback_id") in set(Page):
        before = PreparationMetadata.find(interaction.view) or metadata
        return metadata.updated(below=before.below, part=before.part)
    return on_top(interaction, metadata)


async def _drawn(  # noqa: PLR0913, PLR0917 - what is saved, what was typed since, and for whom it is shown
    interaction: Interaction, store: Store, me: Person, page: PreparationPage, prepared: PreparationView,
    metadata: PreparationMetadata, values: FormValues, draft_kept_at: datetime | None = None,
) -> View:  # fmt: skip
    shown = Shown(prepared, me, metadata, values, interaction.now, draft_kept_at=draft_kept_at)
    return render(page.view, replace(shown, help=await _help(interaction, store, page, shown)))


async def _help(interaction: Interaction, store: Store, page: PreparationPage, shown: Shown) -> Help:
    """What a page needs of the question bank, the coach and the other side, and no more."""
    bank, prepared, me = interaction.services.bank, shown.view, shown.me
    set_id = prepared.discussion.question_set
    advice = coach_remarks.advice_on(page.wordings(shown.values, prepared, shown.metadata), me, shown.metadata, bank)
    match page.page:
        case Page.QUESTIONS if prepared.side is Side.MANAGER:
            steps = [step for step in order_of_discussion(bank, set_id) if step.question.asker is Asker.MANAGER]
            return Help(bank.sets, bank.set_by_id.get(set_id or ""), steps=steps)
        case Page.QUESTIONS:
            picked = questions.picked(bank, prepared, shown.values)
            suggestions = suggested(bank, me, set_id, prepared.lists.asked_last_time, picked)
            return Help(bank.sets, bank.set_by_id.get(set_id or ""), suggestions, advice=advice)
        case Page.ANSWERS:
            theirs = await preparations.shared_with_me(store, me, prepared)
            before = await store.preparations.of_last_time(prepared.pair.pk, me.pk)
            return Help(
                theirs=theirs,
                achievements=await _noted_down(store, me, prepared),
                last_time={one.question: one for one in before},
            )
        case Page.DRIVES:
            return Help(theirs=await preparations.shared_with_me(store, me, prepared))
        case Page.SHARING:
            return Help(unsaved=_unsaved(interaction, prepared, me))
        case _:
            return Help(advice=advice)


async def _noted_down(store: Store, me: Person, prepared: PreparationView) -> Sequence[Achievement]:
    """What an employee noted down since the two last met (C8)."""
    if prepared.side is Side.MANAGER:
        return ()
    return await achievements.since_last_discussion(store, me, prepared.pair.pk)


def _unsaved(interaction: Interaction, prepared: PreparationView, me: Person) -> set[Page]:
    """The pages with a draft that says anything else than what is saved."""
    found = set()
    for page in PAGES[prepared.side]:
        draft = drafts.resumed(prepared.drafts.get(page))
        if draft and BY_PAGE[page].is_unsaved(draft.values, prepared, me, interaction.services.bank):
            found.add(page)
    return found


# --- what people do --------------------------------------------------------------------------------------------------


async def go_to_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose another page: what is typed on this one is kept as its draft."""
    await ack()
    interaction = Interaction.of(context)
    metadata = PreparationMetadata.of(interaction.view)
    await _keep_typed(interaction, metadata)
    async with interaction.writing() as (store, me):
        prepared = await _prepared(store, me, metadata)
        if interaction.value not in PAGES[prepared.side]:
            raise NotAvailable("That page is not there any more. Please close this and open it again.")
        page = BY_PAGE[Page(interaction.value)]
        await _reopen(interaction, store, me, page, prepared)
        view = await _resumed(interaction, store, me, page, prepared)
    await interaction.redraw(view)


async def more_objectives(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Add another objective”."""
    await ack()
    interaction = Interaction.of(context)
    metadata, values = PreparationMetadata.of(interaction.view), interaction.values
    await _keep_typed(interaction, metadata)
    horizon = Horizon.SHORT if interaction.value == Horizon.SHORT else Horizon.LONG
    async with interaction.reading() as (store, me):
        prepared = await _prepared(store, me, metadata)
        metadata = objectives.with_one_more(horizon, prepared, metadata)
        view = await _drawn(interaction, store, me, BY_PAGE[Page.OBJECTIVES], prepared, metadata, values)
    await interaction.redraw(view)


async def choose_set(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose a set of questions: it is saved at once, and the questions change."""
    await ack()
    interaction = Interaction.of(context)
    metadata, values = PreparationMetadata.of(interaction.view), interaction.values
    await _keep_typed(interaction, metadata)
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
        chosen = interaction.services.bank.set_by_id.get(interaction.value)
        preparations.choose_set(discussion, chosen.id if chosen else None)
    async with interaction.reading() as (store, me):
        view = await redraw_page(interaction, store, me, BY_PAGE[Page.QUESTIONS], metadata, values)
    await interaction.redraw(view)


async def _keep_typed(interaction: Interaction, metadata: PreparationMetadata) -> None:
    """Save what is typed on the page that is shown, unless that is what is saved already."""
    page, values = BY_PAGE.get(_page_of(interaction)), interaction.values
    if page is None or page.page not in DRAFTS:
        return
    async with interaction.writing() as (store, me):
        prepared = await _prepared(store, me, metadata)
        drafted = drafts.resumed(prepared.drafts.get(page.page))
        if drafted or page.is_unsaved(values, prepared, me, interaction.services.bank):
            await drafts.save(interaction, store, me, page.form, prepared.discussion.pk, metadata)


def _page_of(interaction: Interaction) -> Page:
    """The page that is shown, by its callback id."""
    shown = str(interaction.view.get("callback_id"))
    return Page(shown) if shown in set(Page) else Page.SHARING


async def submit_page(
    interaction: Interaction, page: PreparationPage, metadata: PreparationMetadata, values: FormValues
) -> Reply:
    """The person submitted a page: it is saved, and the next one shows. One that is empty only moves on."""
    bank, both_see_it = interaction.services.bank, False
    # What a page says about the person is saved with it, so the people are locked before the pair.
    async with interaction.changing(metadata.pair_id, booking=page.prefer is not None) as (store, me, pair):
        prepared = await preparations.prepared_so_far(store, me, in_use(pair, me), metadata.discussion_id)
        form, typed = page.parse(values, prepared, metadata, bank), dict(prepared.drafts)
        if form is not None:
            if errors := at_texts(preparations.check(form, prepared, me, interaction.now), "date"):
                return Reply.reject(errors)
            if keys := coach_remarks.unseen_keys(me, metadata, page.wordings(values, prepared, metadata)):
                metadata = metadata.updated(seen=(*metadata.seen, *keys))
                await drafts.save(interaction, store, me, page.form, prepared.discussion.pk, metadata)
                return Reply.show(await _drawn(interaction, store, me, page, prepared, metadata, values))
            if not await interaction.is_repeat(store):
                if page.prefer is not None and prepared.side is Side.EMPLOYEE:
                    page.prefer(me, values)
                both_see_it = await preparations.save(store, me, prepared, form, interaction.now)
                if _typed_here(interaction, page, prepared, me):
                    await drafts.clear(interaction, store, me, page.form, prepared.discussion.pk)
                    typed.pop(page.page, None)
                await store.flush()
        saved = await preparations.read_again(store, me, prepared, form, typed) if form else prepared
        following = BY_PAGE[after(page.page, saved.side)]
        await _reopen(interaction, store, me, following, saved)
        view = await _resumed(interaction, store, me, following, saved)
    if both_see_it:
        interaction.changed(pair)
    redraw_below(interaction, pair, metadata)
    return Reply.show(view)


async def _reopen(
    interaction: Interaction, store: Store, me: Person, page: PreparationPage, prepared: PreparationView
) -> None:
    """Save again what is typed on a page that shows once more in the modal in which it was submitted."""
    draft = prepared.drafts.get(page.page)
    if draft is not None and draft.state is None:
        await drafts.reopen(interaction, store, me, page.form, prepared.discussion.pk)


def _typed_here(interaction: Interaction, page: PreparationPage, prepared: PreparationView, me: Person) -> bool:
    """Whether anything was typed in this modal. A page that only moves on leaves the draft of another modal alone."""
    draft = prepared.drafts.get(page.page)
    is_of_this_modal = draft is not None and draft.view_id == interaction.view_id
    return is_of_this_modal or page.is_unsaved(interaction.values, prepared, me, interaction.services.bank)


def after(page: Page, side: Side) -> Page:
    """The page after one; the last one stays."""
    pages = PAGES[side]
    return pages[min(pages.index(page) + 1, len(pages) - 1)] if page in pages else pages[0]


def submitting(page: PreparationPage) -> Callable[..., Awaitable[Reply]]:
    """The submission of a page, under the name of its module."""

    async def submit(interaction: Interaction, metadata: PreparationMetadata, values: FormValues) -> Reply:
        return await submit_page(interaction, page, metadata, values)

    submit.__module__ = page.parse.__module__
    return submit
