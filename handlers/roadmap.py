"""`/career roadmap`: objectives, benchmarks, skill gaps (practices C3, E7, E8, M3, M6, M7, M9)."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import gaps, objective_details
from cycle.errors import NotAvailable
from cycle.guards import active_pair, in_use, side
from cycle.objective_details import check_details, check_support, give_support, save_details
from handlers.below import on_top, redraw_below
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, BenchmarkChoice, FormId
from handlers.shared.interaction import UNREADABLE_BUTTON, Interaction, read_key
from handlers.shared.listeners import Listeners
from handlers.shared.roadmap import open_roadmap
from handlers.shared.view_metadata import GapMetadata, ObjectiveMetadata, PairMetadata
from handlers.views import gaps as gap_views
from handlers.views import objective as objective_views
from storage.gaps import Gap, GapState
from storage.objectives import Benchmark, Objective
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

SAVED = "Saved."
REACHED = "Reached. Well worth telling at your next discussion."
REOPENED = "It is open again."


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.REACHED)(mark_reached)
    listeners.action(ActionId.NOT_REACHED)(mark_not_reached)
    listeners.action(ActionId.BENCHMARK_MENU)(choose_for_benchmark)
    listeners.action(ActionId.ADD_GAP)(add_gap)
    listeners.action(ActionId.CLOSE_GAP)(close_gap)
    listeners.action(ActionId.DROP_GAP)(drop_gap)


# --- one objective ---------------------------------------------------------------------------------------------------


async def open_objective(interaction: Interaction, store: Store, me: Person, metadata: ObjectiveMetadata) -> View:
    """An objective, with what I had begun to type."""
    shown = await objective_details.view(store, me, metadata.objective_id)
    metadata = on_top(interaction, metadata)
    draft = await drafts.resume(store, me, FormId.OBJECTIVE, metadata.objective_id)
    values = draft.values if draft else FormValues()
    metadata = metadata.updated(added=max(metadata.added, values.highest(objective_details.BENCHMARK)))
    return objective_views.render(shown, me, metadata, interaction.now, values)


async def save_objective(interaction: Interaction, metadata: ObjectiveMetadata, values: FormValues) -> Reply:
    """The owner saved the details, or the manager what they will do about it."""
    async with interaction.changing(metadata.objective_id, Objective) as (store, me, pair):
        shown = await objective_details.view_in(store, me, in_use(pair, me), metadata.objective_id)
        is_mine, form = shown.objective.owner_id == me.id, objective_views.read(values, metadata)
        errors = check_details(form, shown, me, interaction.now) if is_mine else check_support(form.support)
        if errors:
            names = objective_views.fields_of(metadata)
            return Reply.reject({names.get(name, name): sentence for name, sentence in errors.items()})
        if not await interaction.is_repeat(store):
            if is_mine:
                save_details(store, me, shown, form, interaction.now)
            else:
                give_support(shown, me, form.support)
            await drafts.clear(interaction, store, me, FormId.OBJECTIVE, metadata.objective_id)
            await drafts.reopen(interaction, store, me, FormId.OBJECTIVE, metadata.objective_id)  # it stays open
            await store.flush()
        shown = await objective_details.view_in(store, me, pair, metadata.objective_id)
        metadata = metadata.updated(added=metadata.added + 1)
        said = SAVED if is_mine else objective_views.support_saved(shown)
        view = objective_views.render(shown, me, metadata, interaction.now, FormValues(), said=said)
    redraw_below(interaction, pair, metadata)
    return Reply.show(view)


async def mark_reached(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Reached”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, Objective) as (store, me, pair):
        in_use(pair, me)
        await objective_details.reach(store, me, interaction.subject_id, interaction.now)
    await _redraw_objective(interaction, pair, said=REACHED)


async def mark_not_reached(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Not reached yet”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, Objective) as (store, me, pair):
        in_use(pair, me)
        await objective_details.reopen(store, me, interaction.subject_id)
    await _redraw_objective(interaction, pair, said=REOPENED)


async def choose_for_benchmark(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose from the menu beside a benchmark."""
    await ack()
    interaction = Interaction.of(context)
    name, _, key = interaction.value.partition(":")
    if name not in set(BenchmarkChoice):
        raise NotAvailable(UNREADABLE_BUTTON)
    choice, benchmark_id = BenchmarkChoice(name), read_key(key)
    async with interaction.changing(benchmark_id, Benchmark) as (store, me, pair):
        in_use(pair, me)
        if choice is BenchmarkChoice.REMOVE:
            await objective_details.remove_benchmark(store, me, benchmark_id)
        else:
            reached = choice is BenchmarkChoice.REACHED
            await objective_details.mark_benchmark(store, me, benchmark_id, interaction.now, reached=reached)
    await _redraw_objective(interaction, pair)


async def _redraw_objective(interaction: Interaction, pair: Pair, *, said: str = "") -> None:
    """Redraw the objective with what is typed there."""
    metadata = ObjectiveMetadata.of(interaction.view)
    async with interaction.reading() as (store, me):
        shown = await objective_details.view(store, me, metadata.objective_id)
        view = objective_views.render(shown, me, metadata, interaction.now, interaction.values, said=said)
    await interaction.redraw(view)
    redraw_below(interaction, pair, metadata)


# --- a skill gap -----------------------------------------------------------------------------------------------------


async def open_gap(interaction: Interaction, store: Store, me: Person, metadata: GapMetadata) -> View:
    """A gap to change, or a new one, with what I had begun to type."""
    gap = await gaps.open_gap(store, me, metadata.gap_id) if metadata.gap_id else None
    pair = await active_pair(store, me, gap.pair_id if gap else metadata.pair_id)
    metadata = on_top(interaction, metadata.updated(pair_id=pair.pk))
    draft = await drafts.resume(store, me, FormId.GAP, _draft_subject(metadata))
    other = await store.people.get(pair.other_than(me.pk))
    return gap_views.render(gap, me, other, side(pair, me), metadata, draft.values if draft else FormValues())


async def add_gap(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Add a skill gap”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        view = await open_gap(interaction, store, me, GapMetadata(pair_id=interaction.subject_id))
    await interaction.show(view)


async def save_gap(interaction: Interaction, metadata: GapMetadata, values: FormValues) -> Reply:
    """The person saved a gap."""
    form = gap_views.read(values)
    async with interaction.changing(metadata.pair_id) as (store, me, pair):
        in_use(pair, me)
        if errors := gaps.check(form):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            changed = await gaps.open_gap(store, me, metadata.gap_id) if metadata.gap_id else None
            gaps.save(store, me, pair, form, interaction.now, changed)
            await drafts.clear(interaction, store, me, FormId.GAP, _draft_subject(metadata))
    if metadata.below:
        redraw_below(interaction, pair, metadata)
        return Reply.close()  # what was saved is seen on the roadmap below
    return Reply.show(gap_views.saved(form))


async def close_gap(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Closed”: the skill is there."""
    await _settle_gap(ack, context, GapState.CLOSED)


async def drop_gap(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Remove” and confirmed."""
    await _settle_gap(ack, context, GapState.DROPPED)


async def _settle_gap(ack: AsyncAck, context: AsyncBoltContext, state: GapState) -> None:
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, Gap) as (store, me, pair):
        gap = await gaps.open_gap(store, me, interaction.subject_id)
        gaps.settle(gap, me, in_use(pair, me), state, interaction.now)
        view = gap_views.settled(gap)
    await interaction.redraw(view)
    redraw_below(interaction, pair, GapMetadata.of(interaction.view))


def _draft_subject(metadata: GapMetadata) -> int:
    """What a draft is about: the gap that is changed, or (below 0) the pair for which a new one is named."""
    return metadata.gap_id or -metadata.pair_id


ROADMAP = FormSpec(
    FormId.ROADMAP,
    PairMetadata,
    word=Word("roadmap", "See objectives, benchmarks and skill gaps, and how far they are"),
    open=open_roadmap,
    opened_by=ActionId.OPEN_ROADMAP,
)
OBJECTIVE = FormSpec(
    FormId.OBJECTIVE,
    ObjectiveMetadata,
    open=open_objective,
    opened_by=ActionId.OPEN_OBJECTIVE,
    button_key="objective_id",
    submit=save_objective,
    draft_subject=lambda metadata: metadata.objective_id,
)
GAP = FormSpec(
    FormId.GAP,
    GapMetadata,
    open=open_gap,
    opened_by=ActionId.OPEN_GAP,
    button_key="gap_id",
    submit=save_gap,
    draft_subject=_draft_subject,
)
FORMS = (ROADMAP, OBJECTIVE, GAP)
