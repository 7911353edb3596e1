"""Writing to the other side about a commitment or an objective: news, a question, an answer (practice E14)."""

from cycle import updates
from cycle.nudges import Action
from cycle.updates import UpdateForm
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import AnyForm, FormSpec, Reply, View
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ObjectiveUpdatesMetadata, UpdatesMetadata
from handlers.views import updates as views
from storage.commitments import Commitment
from storage.objectives import Objective
from storage.people import Person
from storage.store import Store

ThreadMetadata = UpdatesMetadata | ObjectiveUpdatesMetadata


def register(_listeners: object) -> None:
    """Nothing to connect: the only listeners are the form's."""


async def open_updates(interaction: Interaction, store: Store, me: Person, metadata: UpdatesMetadata) -> View:
    """What was written about a commitment, and what the person had begun to write."""
    return await _opened(interaction, store, me, UPDATES, metadata)


async def open_objective_updates(
    interaction: Interaction, store: Store, me: Person, metadata: ObjectiveUpdatesMetadata
) -> View:
    """The same about an objective."""
    return await _opened(interaction, store, me, OBJECTIVE_UPDATES, metadata)


async def send(interaction: Interaction, metadata: UpdatesMetadata, values: FormValues) -> Reply:
    """The person sent a line or two about a commitment."""
    return await _sent(interaction, UPDATES, metadata, values)


async def send_about_objective(
    interaction: Interaction, metadata: ObjectiveUpdatesMetadata, values: FormValues
) -> Reply:
    """The same about an objective."""
    return await _sent(interaction, OBJECTIVE_UPDATES, metadata, values)


async def _opened(interaction: Interaction, store: Store, me: Person, form: AnyForm, metadata: ThreadMetadata) -> View:
    noun, key = _matter(metadata)
    shown = await updates.about(store, me, noun, key)
    draft = await drafts.resume(store, me, form.id, key)
    return views.render(form.id, shown, me, metadata, interaction.now, draft.values if draft else FormValues())


async def _sent(interaction: Interaction, form: AnyForm, metadata: ThreadMetadata, values: FormValues) -> Reply:
    written = UpdateForm(values.text(updates.TEXT), views.asks(values))
    if errors := updates.check(written):
        return Reply.reject(errors)
    noun, key = _matter(metadata)
    async with interaction.changing(key, noun) as (store, me, pair):
        if await interaction.is_repeat(store):
            return Reply.close()
        shown, kind = await updates.write(store, me, pair, noun, key, written, interaction.now)
        await drafts.clear(interaction, store, me, form.id, key)
    interaction.changed(pair)
    return Reply.show(views.sent(shown, kind))


def _matter(metadata: ThreadMetadata) -> tuple[type[updates.Matter], int]:
    """What it is about."""
    if isinstance(metadata, ObjectiveUpdatesMetadata):
        return Objective, metadata.objective_id
    return Commitment, metadata.commitment_id


UPDATES = FormSpec(
    FormId.UPDATES,
    UpdatesMetadata,
    open=open_updates,
    opened_by=Action.OPEN_UPDATES,
    button_key="commitment_id",
    submit=send,
    draft_subject=lambda metadata: metadata.commitment_id,
)
OBJECTIVE_UPDATES = FormSpec(
    FormId.OBJECTIVE_UPDATES,
    ObjectiveUpdatesMetadata,
    open=open_objective_updates,
    opened_by=Action.OPEN_OBJECTIVE_UPDATES,
    button_key="objective_id",
    submit=send_about_objective,
    draft_subject=lambda metadata: metadata.objective_id,
)
FORMS = (UPDATES, OBJECTIVE_UPDATES)
