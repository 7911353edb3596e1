"""`/career team`: what a team or the whole organisation aims at, for objectives to fit (practice M7)."""

from cycle import team_objectives
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import TeamObjectivesMetadata
from handlers.views import team_objectives as views
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listener is the form's."""


async def open_list(_interaction: Interaction, store: Store, me: Person, metadata: TeamObjectivesMetadata) -> View:
    """What I list, with what I had begun to type."""
    listed = await team_objectives.listed(store, me)
    draft = await drafts.resume(store, me, FormId.TEAM_OBJECTIVES, 0)
    values = draft.values if draft else FormValues()
    metadata = metadata.updated(added=max(metadata.added, values.highest(views.NEW)))
    return views.render(listed, me, metadata, values)


async def submit(interaction: Interaction, metadata: TeamObjectivesMetadata, values: FormValues) -> Reply:
    """The person saved the list."""
    async with interaction.changing_me() as (store, me):
        before = await team_objectives.listed(store, me)
        texts = {one.pk: values.text(views.field_of(one)) for one in before if views.field_of(one) in values}
        added = values.text(views.new_field(metadata))
        typed = {views.field_of(one): texts[one.pk] for one in before if one.pk in texts}
        if errors := team_objectives.check(typed | {views.new_field(metadata): added}):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            team_objectives.save(store, me, before, texts, added, interaction.now)
            await drafts.clear(interaction, store, me, FormId.TEAM_OBJECTIVES, 0)
            await drafts.reopen(interaction, store, me, FormId.TEAM_OBJECTIVES, 0)  # the list stays open
            await store.flush()
        shown = await team_objectives.listed(store, me)
        metadata = metadata.updated(added=metadata.added + 1)
        return Reply.show(views.render(shown, me, metadata, FormValues(), said="Saved."))


TEAM_OBJECTIVES = FormSpec(
    FormId.TEAM_OBJECTIVES,
    TeamObjectivesMetadata,
    word=Word("team", "List what your team aims at, for objectives to fit"),
    about_pair=False,
    open=open_list,
    opened_by=ActionId.TEAM_OBJECTIVES,
    button_key="added",
    submit=submit,
    draft_subject=lambda _metadata: 0,
)
FORMS = (TEAM_OBJECTIVES,)
