"""One private tap on how a discussion was (practice E18)."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import pulses
from cycle.nudges import Action
from handlers.shared.forms import FormSpec, View
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import PulseMetadata
from handlers.views import pulses as views
from storage.discussions import Discussion
from storage.people import Person
from storage.pulses import Score
from storage.store import Store


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    for does in views.SCORES:
        listeners.action(does)(give)


async def open_pulse(_interaction: Interaction, store: Store, me: Person, metadata: PulseMetadata) -> View:
    """How was it? With what the person has said before, if anything."""
    return views.render(await pulses.about(store, me, metadata.discussion_id), metadata)


async def give(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person tapped one of the three."""
    await ack()
    interaction = Interaction.of(context)
    metadata = PulseMetadata.of(interaction.view)
    score: Score = views.SCORES[ActionId(interaction.body["actions"][0]["action_id"])]
    async with interaction.changing(metadata.discussion_id, Discussion) as (store, me, pair):
        await pulses.give(store, me, pair, metadata.discussion_id, score, interaction.now)
    await interaction.redraw(views.given())


PULSE = FormSpec(
    FormId.PULSE,
    PulseMetadata,
    open=open_pulse,
    opened_by=Action.OPEN_PULSE,
    button_key="discussion_id",
)
FORMS = (PULSE,)
