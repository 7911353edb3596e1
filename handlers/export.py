"""`/career export`: records or the profile as files in the person's own conversation with the bot (practice L5)."""

import asyncio
from datetime import datetime
from typing import Final

import structlog
from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import profile_document
from cycle import record as records
from cycle.document import Document
from cycle.errors import NotAvailable
from cycle.nudges import Action
from cycle.profile import profile
from cycle.record_document import export_document, file_name
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.uploads import Upload, say_why_not, upload
from handlers.shared.view_metadata import ExportMetadata
from handlers.views import export as views
from handlers.views import uploads
from handlers.views.export import Contents, ExportForm, Format
from rendering.markdown import markdown
from storage.people import Person
from storage.store import Store

log = structlog.get_logger()

SECONDS: Final = 120
"""How long one person's files may take, from their turn to the end. Making them takes a few seconds at most."""


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.EXPORT_WITH)(choose_partner)


async def open_export(_interaction: Interaction, store: Store, me: Person, metadata: ExportMetadata) -> View:
    """Which discussions, what of them, and as what."""
    found = await records.exportable(store, me, metadata.pair_id, metadata.discussion_id)
    return views.render(found, metadata.updated(pair_id=found.pair.pk))


async def choose_partner(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person chose with whom: the list is of that person's discussions then."""
    await ack()
    interaction = Interaction.of(context)
    metadata = ExportMetadata(pair_id=views.chosen_pair(interaction.values))
    async with interaction.reading() as (store, me):
        view = await open_export(interaction, store, me, metadata)
    await interaction.redraw(view)


async def submit(interaction: Interaction, metadata: ExportMetadata, values: FormValues) -> Reply:
    """The person wants the files: they are told at once that these are on the way."""
    form = views.read(values, metadata)
    if not isinstance(form, ExportForm):
        return Reply.reject(form)
    exports = interaction.services.exports
    async with interaction.writing() as (store, me):
        person = (store.workspace_id, me.pk)
        found = await records.exportable(store, me, form.pair_id)
        if form.discussion_id not in {0, *(one.pk for one in found.discussions)}:
            raise NotAvailable(views.OTHER_LIST)
        if await interaction.is_repeat(store):
            return Reply.show(views.on_their_way(form))
        if exports.is_waiting(person) or exports.is_full:
            raise NotAvailable(uploads.STILL_COMING if exports.is_waiting(person) else uploads.COME_BACK)
    exports.add(person)
    interaction.services.background.run("export", send(interaction, form, person))
    return Reply.show(views.on_their_way(form))


async def send(interaction: Interaction, form: ExportForm, person: tuple[int, int]) -> None:
    """Make the files and send them, or say why there are none. Never raises; the person can always ask again."""
    try:
        async with asyncio.timeout(SECONDS):
            async with interaction.services.exports.making():
                files = await _files(interaction, form)
            await upload(interaction, files, views.comment([one.name for one in files]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the person has to hear of it
        await say_why_not(interaction, "export", error, views.again(form.discussion_id))
    else:
        log.info("export.sent", files=len(files))
    finally:
        interaction.services.exports.done(person)


async def _files(interaction: Interaction, form: ExportForm) -> list[Upload]:
    """The files. In memory only."""
    name, document = await (_profile if form.profile else _records)(interaction, form)
    return [
        Upload(f"{name}.{kind}", form.title(kind), await asyncio.to_thread(_rendered, kind, document, interaction.now))
        for kind in form.formats
    ]


async def _profile(interaction: Interaction, form: ExportForm) -> tuple[str, Document]:
    async with interaction.reading() as (store, me):
        found = await profile(store, me, form.pair_id, interaction.now)
    if form.contents is Contents.SHARED:
        found = found.shared_part
    return profile_document.file_name(interaction.now), profile_document.export_document(found, interaction.now)


async def _records(interaction: Interaction, form: ExportForm) -> tuple[str, Document]:
    async with interaction.reading() as (store, me):
        if form.discussion_id:
            found = [await records.record(store, me, form.discussion_id)]
        else:
            found = await records.records(store, me, form.pair_id)
    if form.contents is Contents.SHARED:
        found = [one.shared_part for one in found]
    return file_name(found), export_document(found, interaction.services.bank.set_by_id, interaction.now)


def _rendered(kind: Format, document: Document, now: datetime) -> bytes:
    if kind is Format.MARKDOWN:
        return markdown(document).encode()
    # Not before someone wants a PDF: the library takes a second to load, and tens of MB.
    from rendering.pdf import pdf  # noqa: PLC0415

    return pdf(document, now)


EXPORT = FormSpec(
    FormId.EXPORT,
    ExportMetadata,
    word=Word("export", "Get the records of your discussions, or the profile, as files"),
    about_pair=False,
    open=open_export,
    opened_by=Action.OPEN_EXPORT,
    button_key="discussion_id",
    submit=submit,
)
FORMS = (EXPORT,)
