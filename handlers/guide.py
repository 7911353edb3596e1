"""`/career guide`: the discussion, part by part, while the two hold it (practices E6–E8, L2, L3, L7, C14)."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import guide
from cycle.errors import FieldErrors, NotAvailable
from cycle.guards import existing, in_use
from cycle.guide import Part
from cycle.nudges import Action
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import UNREADABLE_BUTTON, Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import GuideMetadata, WrapUpMetadata
from handlers.views import guide as views
from handlers.views import wrap_up as wrap_up_views
from handlers.wrap_up import open_wrap_up
from storage.discussions import Discussion
from storage.drafts import DraftKey
from storage.people import Person
from storage.store import Store


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.GO_TO_PART)(go_to_part)


async def open_guide(interaction: Interaction, store: Store, me: Person, metadata: GuideMetadata) -> View:
    """A part of the guide, with the notes typed so far."""
    pair, discussion = await guide.about_to_guide(store, me, metadata.pair_id, metadata.discussion_id)
    metadata = metadata.updated(pair_id=pair.pk, discussion_id=discussion.pk)
    shown = await guide.guide(store, me, pair, discussion, _part(metadata), interaction.now)
    draft = await drafts.resume(store, me, FormId.GUIDE, discussion.pk)
    values = draft.values if draft else FormValues()
    return views.render(shown, metadata, values, interaction.services.bank)


def _part(metadata: GuideMetadata) -> Part:
    return Part(metadata.part) if metadata.part in set(Part) else Part.STANDING


async def go_to_part(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose another part: what is typed on this one is kept."""
    await ack()
    interaction = Interaction.of(context)
    metadata = GuideMetadata.of(interaction.view)
    if interaction.value not in set(Part):
        raise NotAvailable(UNREADABLE_BUTTON)
    following = metadata.updated(part=interaction.value)
    async with interaction.writing_with_partners() as (store, me, _partners):
        key = DraftKey(me.pk, FormId.GUIDE, metadata.discussion_id)
        pair, discussion, draft = await existing(store.drafts.with_discussion, key)
        values = await drafts.save_over(interaction, store, key, draft, metadata)
        shown = await guide.guide(store, me, pair, discussion, _part(following), interaction.now)
    # Not before: what is typed is kept even where the two have wrapped up meanwhile.
    guide.check_open(pair, discussion, me)
    await interaction.redraw(views.render(shown, following, values, interaction.services.bank))


async def submit(interaction: Interaction, metadata: GuideMetadata, values: FormValues) -> Reply:
    """The person pressed “Next part”, or after the last one “Wrap up”: the notes are kept, and a response is saved."""
    errors = FieldErrors(guide.check_notes(views.notes_of(values)) | guide.check_response(values.text(guide.RESPONSE)))
    if errors:
        return Reply.reject(errors)
    async with interaction.changing(metadata.discussion_id, Discussion) as (store, me, pair):
        in_use(pair, me)
        if guide.RESPONSE in values:
            both = await store.preparations.of_discussion([metadata.discussion_id])
            guide.respond(me, pair, both, values.text(guide.RESPONSE))
        await drafts.save(interaction, store, me, FormId.GUIDE, metadata.discussion_id, metadata)
        following = guide.after(_part(metadata))
        await store.flush()
        if following is None:
            discussion = await store.discussions.get(metadata.discussion_id)
            has_begun = discussion.starts_at is not None and discussion.starts_at <= interaction.now
            typed = wrap_up_views.they_met() if has_begun else None
            wrapping_up = WrapUpMetadata(discussion_id=metadata.discussion_id)
            return Reply.show(await open_wrap_up(interaction, store, me, wrapping_up, typed))
        return Reply.show(await open_guide(interaction, store, me, metadata.updated(part=following)))


GUIDE = FormSpec(
    FormId.GUIDE,
    GuideMetadata,
    word=Word("guide", "Go through your discussion together, with notes of your own"),
    open=open_guide,
    opened_by=Action.OPEN_GUIDE,
    button_key="discussion_id",
    submit=submit,
    draft_subject=lambda metadata: metadata.discussion_id,
)
FORMS = (GUIDE,)
