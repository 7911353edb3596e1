"""A channel that is told about opportunities, as a manager or an admin sets up (practice C11)."""

import asyncio

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError

from cycle import digests
from cycle.digests import CHANNEL, FREQUENCY, MONDAY, WEEKDAY, Wanted
from cycle.errors import FieldErrors
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import digest as views
from storage.opportunities import Frequency
from storage.people import Person
from storage.store import Store

LAST_WEEKDAY = 6
ASKED_FOR = 1.5
"""Seconds in which Slack may answer: the form itself has to be answered within three."""


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.SWITCH_OFF_DIGEST)(switch_off)


async def open_digest(_interaction: Interaction, store: Store, me: Person, _metadata: ViewMetadata) -> View:
    """My channel, if there is one."""
    return views.render(await digests.digest_of(store, me))


async def save_digest(interaction: Interaction, _metadata: ViewMetadata, values: FormValues) -> Reply:
    """The person chose a channel. Slack is asked first whether I could find my own posts in it."""
    channel = values.conversation(CHANNEL)
    if channel is None:
        return Reply.reject({CHANNEL: "Please choose a channel."})
    weekday = values.number(WEEKDAY, LAST_WEEKDAY)
    wanted = Wanted(
        channel, values.member(FREQUENCY, Frequency) or Frequency.WEEKLY, MONDAY if weekday is None else weekday
    )
    if errors := await _check_channel(interaction, channel):
        return Reply.reject(errors)
    async with interaction.changing_me() as (store, me):
        await digests.digest_of(store, me)
        if errors := await digests.check(store, me, wanted):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            await digests.save(store, me, wanted, interaction.now)
    await _announce(interaction)
    return Reply.show(views.saved(wanted))


async def _check_channel(interaction: Interaction, channel: str) -> FieldErrors:
    """Whether I am in a channel and may read what I have posted there: lost answers of Slack are found out so."""
    try:
        async with asyncio.timeout(ASKED_FOR):
            await interaction.client.conversations_history(channel=channel, limit=1)
    except TimeoutError:
        return FieldErrors({CHANNEL: views.SLOW})
    except SlackApiError as error:
        sentence = views.REFUSED.get(str(error.response.get("error")))
        if sentence is None:
            raise
        return FieldErrors({CHANNEL: sentence})
    return FieldErrors()


async def switch_off(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person stopped their digest, and confirmed."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing_me() as (store, me):
        await digests.digest_of(store, me)
        await digests.save(store, me, Wanted(None), interaction.now)
    await _announce(interaction)
    await interaction.redraw(views.switched_off())


async def _announce(interaction: Interaction) -> None:
    async with interaction.writing() as (store, _me):
        await digests.announce_all(store, interaction.now)
    interaction.services.wake()


DIGEST = FormSpec(
    FormId.DIGEST,
    ViewMetadata,
    open=open_digest,
    opened_by=ActionId.OPEN_DIGEST,
    button_key="",
    submit=save_digest,
)
FORMS = (DIGEST,)
