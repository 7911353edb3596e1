"""`/career record`: what was discussed and agreed on, and what became of it (practice L5)."""

from cycle import record as records
from cycle.nudges import Action
from cycle.record_document import record_document
from handlers.shared.forms import FormSpec, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PairMetadata, RecordsMetadata
from handlers.views import record as views
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listeners are those of the forms."""


async def open_records(_interaction: Interaction, store: Store, me: Person, metadata: RecordsMetadata) -> View:
    """The list of what the person has held or cancelled, with anyone."""
    return views.render_list(await records.past(store, me, metadata.page), metadata)


async def open_record(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The record of one discussion."""
    found = await records.record(store, me, metadata.discussion_id)
    return views.render(record_document(found, interaction.services.bank.set_by_id), metadata)


RECORDS = FormSpec(
    FormId.RECORDS,
    RecordsMetadata,
    word=Word("record", "Read what came of past discussions"),
    about_pair=False,
    open=open_records,
    opened_by=ActionId.OPEN_RECORDS,
    button_key="page",
    turned_by=ActionId.RECORDS_PAGE,
)
RECORD = FormSpec(
    FormId.RECORD, PairMetadata, open=open_record, opened_by=Action.OPEN_RECORD, button_key="discussion_id"
)
FORMS = (RECORDS, RECORD)
