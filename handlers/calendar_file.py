"""“Add to calendar”: the date of a discussion as a file in the person's own conversation (practices E10, L2).

Each press sends what holds now, whichever message it was pressed in, so an old button cannot bring an old date.
Pressing again sends the file again, since the first may have been closed or lost: it has the same id, so a calendar
that is given both has one event.
"""

import asyncio
from datetime import datetime
from typing import Final

import structlog
from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.calendar_event import CalendarEvent, CalendarView, calendar_of_discussion
from cycle.errors import NotAvailable
from cycle.nudges import Action
from handlers.shared.forms import AnyForm
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.uploads import Upload, say_why_not, upload
from handlers.views import calendar_file as views
from handlers.views import uploads

log = structlog.get_logger()

SECONDS: Final = 60
"""How long making and sending a file may take."""


def register(listeners: Listeners) -> None:
    """Connect the listener."""
    listeners.action(Action.CALENDAR_FILE)(send_calendar_file)


async def send_calendar_file(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Add to calendar”, or what changes or removes it there, in a message or in a modal."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        view = await calendar_of_discussion(store, me, interaction.subject_id, interaction.workspace.team_id)
        person = (store.workspace_id, me.pk)
    exports = interaction.services.exports
    if exports.is_waiting(person) or exports.is_full:  # pressed twice in a row, or along with many others
        raise NotAvailable(uploads.STILL_COMING if exports.is_waiting(person) else uploads.COME_BACK)
    exports.add(person)
    interaction.services.background.run("calendar", _send(interaction, view, person))
    if interaction.in_modal:
        await interaction.say(views.ON_ITS_WAY)


async def _send(interaction: Interaction, view: CalendarView, person: tuple[int, int]) -> None:
    """Make the file and send it, or say why there is none. Never raises."""
    try:
        async with asyncio.timeout(SECONDS):
            content = await asyncio.to_thread(_rendered, view.event, interaction.now)
            file = Upload(views.file_name(view), views.TITLE, content)
            await upload(interaction, [file], views.comment(view, interaction.now))
    except Exception as error:  # noqa: BLE001 - whatever it is, the person has to hear of it
        await say_why_not(interaction, "calendar_file", error, views.again(interaction.subject_id))
    else:
        log.info("calendar_file.sent")
    finally:
        interaction.services.exports.done(person)


def _rendered(event: CalendarEvent, now: datetime) -> bytes:
    # Not before someone wants a file: the library takes a sixth of a second to load, and 10 MB.
    from rendering.calendar_file import calendar_file  # noqa: PLC0415

    return calendar_file(event, now)


FORMS: tuple[AnyForm, ...] = ()
