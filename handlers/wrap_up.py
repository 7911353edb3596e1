"""“How did it go?”: wrapping a discussion up, or giving it another date (practices E9–E11, C9)."""

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import wrap_up
from cycle.guards import active_pair, in_use, open_discussion, pair_of
from cycle.nudges import Action
from cycle.scheduling import STARTS_AT
from cycle.zones import local_day
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word, save_draft
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import wrap_up as views
from storage.discussions import OPEN, Discussion
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.HAPPENED)(answer_happened)
    app.action(ActionId.MORE_COMMITMENTS)(more_commitments)


async def open_wrap_up(interaction: Interaction, store: Store, me: Person, metadata: WrapUpMetadata) -> View:
    """The form, resumed from its draft; or what was agreed, if the other side was first."""
    if metadata.discussion_id:
        pair = await pair_of(store, me, metadata.discussion_id, Discussion)
        discussion = await store.discussions.get(metadata.discussion_id)
    else:
        pair = await active_pair(store, me, metadata.pair_id)
        discussion = await open_discussion(store, pair)
    draft = await drafts.resume(store, me, FormId.WRAP_UP, discussion.pk)
    values = draft.values if draft else None
    if discussion.state not in OPEN:
        return await _already(interaction, store, me, pair, discussion, values)
    shown = await wrap_up.about_to_wrap_up(store, pair, discussion)
    rows = max(views.rows(values) if values else 0, views.FEWEST_COMMITMENTS)
    metadata = metadata.updated(
        pair_id=pair.pk, discussion_id=discussion.pk, round=discussion.round, commitment_rows=rows
    )
    return views.render(shown, me, metadata, values, interaction.now, draft.saved_at if draft else None)


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
    more = min(metadata.commitment_rows + 1, views.MOST_COMMITMENTS)
    await interaction.redraw(await _current(interaction, metadata.updated(commitment_rows=more)))


async def _current(interaction: Interaction, metadata: WrapUpMetadata) -> View:
    """The form as it is filled in now; fields that the other answer has hidden come back from the draft."""
    async with interaction.reading() as (store, me):
        pair = await active_pair(store, me, metadata.pair_id)
        discussion = await open_discussion(store, pair, metadata.discussion_id)
        shown = await wrap_up.about_to_wrap_up(store, pair, discussion)
        draft = await drafts.resume(store, me, FormId.WRAP_UP, metadata.discussion_id)
        values = interaction.values.over(draft.values if draft else None)
        return views.render(shown, me, metadata, values, interaction.now)


async def submit(interaction: Interaction, metadata: WrapUpMetadata, values: FormValues) -> Reply:
    """The person submitted the wrap-up."""
    happened = views.answered(values)
    if happened is None:
        return Reply.reject({wrap_up.HAPPENED: "Did you two meet? Please choose yes or no."})
    if not views.asks_the_rest(values):
        return Reply.show(await _current(interaction, metadata))
    async with interaction.changing(metadata.discussion_id, Discussion, booking=True) as (store, me, pair):
        discussion = await store.discussions.get(metadata.discussion_id)
        if discussion.state not in OPEN:
            return Reply.show(await _already(interaction, store, me, in_use(pair, me), discussion, values))
        shown = await wrap_up.about_to_wrap_up(store, in_use(pair, me), discussion)
        save = _wrap_up if happened else _did_not_happen
        reply = await save(interaction, store, me, shown, metadata, values)
        if reply.errors:
            return reply
        await drafts.clear(interaction, store, me, FormId.WRAP_UP, discussion.pk)
    interaction.changed(pair)
    return reply


async def _wrap_up(
    interaction: Interaction, store: Store, me: Person, shown: wrap_up.WrapUpView, metadata: WrapUpMetadata,
    values: FormValues,
) -> Reply:  # fmt: skip
    form = views.read(values, shown.pair, metadata)
    if errors := await wrap_up.check(store, me, shown, form, interaction.now):
        return Reply.reject(errors)
    await wrap_up.wrap_up(store, me, shown, form, interaction.now)
    outcome = await wrap_up.outcome(store, me, shown.pair, shown.discussion, interaction.now)
    return Reply.show(views.wrapped_up(outcome, me))


async def _did_not_happen(
    interaction: Interaction, store: Store, me: Person, shown: wrap_up.WrapUpView, metadata: WrapUpMetadata,
    values: FormValues,
) -> Reply:  # fmt: skip
    later = views.TICKED in values.choices(wrap_up.LATER)
    form = wrap_up.AnotherTime(values.moment(STARTS_AT), later=later, seen_round=metadata.round)
    if errors := await wrap_up.check_another_time(store, me, shown, form, interaction.now):
        return Reply.reject(errors)
    await wrap_up.did_not_happen(store, me, shown, form, interaction.now)
    today = local_day(me, interaction.now)
    return Reply.show(views.moved(shown.discussion, me, [shown.employee, shown.manager], today))


async def _already(
    interaction: Interaction, store: Store, me: Person, pair: Pair, discussion: Discussion, values: FormValues | None
) -> View:
    """For the side that wraps up second: what was agreed and, so that it is not lost, what they had typed."""
    outcome = await wrap_up.outcome(store, me, pair, discussion, interaction.now)
    other = outcome.manager if me.id == outcome.employee.id else outcome.employee
    return views.already(outcome, me, wrap_up.what_became_of(discussion, me, other), values)


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
