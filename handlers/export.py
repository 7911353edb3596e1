"""`/career export`: records or the profile as files in the person's own conversation with the bot (practice L5).

Besides the answer to a plain message, this is the one place where a listener posts (docs/decisions/0018).
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from cycle import profile_document
from cycle import record as records
from cycle.document import Document
from cycle.errors import CareerError, NotAvailable
from cycle.nudges import Action
from cycle.profile import profile
from cycle.record_document import export_document, file_name
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ExportMetadata
from handlers.views import export as views
from handlers.views.export import Contents, ExportForm, Format
from rendering.markdown import markdown
from storage.people import Person
from storage.store import Store

log = structlog.get_logger()

SECONDS: Final = 120
"""How long one person's files may take, from their turn to the end. Making them takes a few seconds at most."""

SECONDS_PER_CALL: Final = 30

SLACK_TROUBLE: Final = (SlackClientError, ClientError, OSError, TimeoutError)

NO_PERMISSION: Final = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
SLOW_DOWN: Final = frozenset({"ratelimited", "rate_limited"})


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.EXPORT_WITH)(choose_partner)


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
            raise NotAvailable(views.STILL_COMING if exports.is_waiting(person) else views.COME_BACK)
    exports.add(person)
    interaction.services.background.run("export", send(interaction, form, person))
    return Reply.show(views.on_their_way(form))


async def send(interaction: Interaction, form: ExportForm, person: tuple[int, int]) -> None:
    """Make the files and send them, or say why there are none. Never raises; the person can always ask again."""
    try:
        async with asyncio.timeout(SECONDS):
            async with interaction.services.exports.making():
                files = await _files(interaction, form)
            await _upload(interaction, form, files)
    except Exception as error:  # noqa: BLE001 - whatever it is, the person has to hear of it
        sentence = _explained(error)
        await _say_why(interaction, views.failed(sentence, form.discussion_id), sentence)
    else:
        log.info("export.sent", files=len(files))
    finally:
        interaction.services.exports.done(person)


async def _files(interaction: Interaction, form: ExportForm) -> list[tuple[Format, str, bytes]]:
    """The files: kind, name and content. In memory only."""
    name, document = await (_profile if form.profile else _records)(interaction, form)
    return [
        (kind, f"{name}.{kind}", await asyncio.to_thread(_rendered, kind, document, interaction.now))
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


async def _upload(interaction: Interaction, form: ExportForm, files: list[tuple[Format, str, bytes]]) -> None:
    """Send the files as one message. No step is tried twice by itself: the last one may have had its effect."""
    client = _without_retries(interaction.client)
    opened = await client.conversations_open(users=interaction.slack_id)
    uploads = [{"filename": name, "content": content, "title": form.title(kind)} for kind, name, content in files]
    await client.files_upload_v2(
        channel=opened["channel"]["id"],
        file_uploads=uploads,
        initial_comment=views.comment([name for _, name, _ in files]),
    )


def _without_retries(client: AsyncWebClient) -> AsyncWebClient:
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        session=client.session,
        timeout=SECONDS_PER_CALL,
        retry_handlers=[],
    )


def _explained(error: Exception) -> str:
    """A sentence for the person; the log gets the kind of error only, since its text may quote what people wrote."""
    if isinstance(error, CareerError):
        return error.sentence
    word = str(error.response.get("error", "")) if isinstance(error, SlackApiError) else ""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
    log.warning("export.failed", error=word or type(error).__name__, at=line)
    if isinstance(error, SlackApiError) and word in NO_PERMISSION:
        return views.NO_PERMISSION.format(scope=error.response.get("needed") or "files:write")
    return views.SLOW_DOWN if word in SLOW_DOWN else views.NOT_SENT


async def _say_why(interaction: Interaction, message: Mapping[str, Any], sentence: str) -> None:
    """In the conversation in which the files were to come, or else in the form, if that is still open."""
    try:
        await _without_retries(interaction.client).chat_postMessage(channel=interaction.slack_id, **message)
    except SLACK_TROUBLE as error:
        log.warning("export.not_explained", error=type(error).__name__)
        with suppress(*SLACK_TROUBLE, NotAvailable):
            await interaction.redraw(views.notice(sentence), interaction.view_id)


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
