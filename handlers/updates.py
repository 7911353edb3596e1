"""Writing to the other side about a commitment: how it is going, a question, an answer (practice E14)."""

from cycle import updates
from cycle.nudges import Action
from cycle.updates import UpdateForm
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import UpdatesMetadata
from handlers.views import updates as views
from storage.commitments import Commitment
from storage.people import Person
from storage.store import Store


def register(_app: object) -> None:
    """Nothing to connect: the only listeners are the form's."""


async def open_updates(interaction: Interaction, store: Store, me: Person, metadata: UpdatesMetadata) -> View:
    """What was written about a commitment, and what the person had begun to write."""
    shown = await updates.about(store, me, metadata.commitment_id)
    draft = await drafts.resume(store, me, FormId.UPDATES, metadata.commitment_id)
    return views.render(shown, me, metadata, interaction.now, draft.values if draft else FormValues())


async def send(interaction: Interaction, metadata: UpdatesMetadata, values: FormValues) -> Reply:
    """The person sent a line or two."""
    form = UpdateForm(values.text(updates.TEXT), views.asks(values))
    if errors := updates.check(form):
        return Reply.reject(errors)
    async with interaction.changing(metadata.commitment_id, Commitment) as (store, me, pair):
        if await interaction.is_repeat(store):
            return Reply.close()
        shown, kind = await updates.write(store, me, pair, metadata.commitment_id, form, interaction.now)
        await drafts.clear(interaction, store, me, FormId.UPDATES, metadata.commitment_id)
    interaction.changed(pair)
    return Reply.show(views.sent(shown, kind))


UPDATES = FormSpec(
    FormId.UPDATES,
    UpdatesMetadata,
    open=open_updates,
    opened_by=Action.OPEN_UPDATES,
    button_key="commitment_id",
    submit=send,
    draft_subject=lambda metadata: metadata.commitment_id,
)
FORMS = (UPDATES,)
