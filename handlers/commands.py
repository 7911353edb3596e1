"""`/career` and its words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from cycle.overview import overview
from handlers import agenda, brief, commitments, preparation, schedule, start, thanks, wrap_up
from handlers.shared.app_config import COMMANDS
from handlers.shared.ids import ActionId
from handlers.shared.interaction import Interaction
from handlers.shared.pair_picker import ViewForPair, open_for_my_pair
from handlers.views import help as view

# The words that are about a pair; `start` and `help` are about none.
FORMS: Mapping[str, ViewForPair] = MappingProxyType(
    {
        "prep": preparation.view_for_pair,
        "schedule": schedule.view_for_pair,
        "agenda": agenda.view_for_pair,
        "brief": brief.view_for_pair,
        "wrapup": wrap_up.view_for_pair,
        "thanks": thanks.view_for_pair,
        "commitments": commitments.view_for_pair,
    }
)


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    for command in COMMANDS:
        app.command(command.name)(career)
    app.action(ActionId.CHOOSE_PAIR)(choose_pair)


async def career(ack: AsyncAck, context: AsyncBoltContext, command: dict[str, Any]) -> None:
    """Somebody typed `/career`, with a word or without; case and spaces do not matter."""
    interaction, typed = Interaction.of(context), " ".join(command.get("text", "").split())
    word = typed.lower()
    if word in FORMS:
        await ack()
        await open_for_my_pair(interaction, word, FORMS[word])
    elif word == "start":
        await start.open_form(ack, context)
    elif not word:
        async with interaction.reading() as (store, me):
            now = await overview(store, me, interaction.now)
        await ack(**view.what_now(now))
    else:
        await ack(**view.render("" if word == "help" else typed))


async def choose_pair(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Somebody in several pairs chose one: the chooser becomes the form of the word that was typed."""
    await ack()
    interaction = Interaction.of(context)
    if (view_for_pair := FORMS.get(interaction.metadata.does)) is None:
        raise NotAvailable("I no longer know what this was for. Please type the command again.")
    async with interaction.reading() as (store, me):
        form = await view_for_pair(interaction, store, me, interaction.subject_id)
    await interaction.redraw(form)
