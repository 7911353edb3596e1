"""`/career` and its words."""

from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from cycle.overview import overview
from cycle.pairing import is_open_request
from handlers import start
from handlers.app_config import COMMANDS
from handlers.forms import BY_WORD
from handlers.shared.forms import opened_view
from handlers.shared.ids import ActionId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.pair_picker import view_for_my_pair
from handlers.shared.view_metadata import PairPickerMetadata, StartMetadata
from handlers.views import help as views
from handlers.views import start as start_views


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    for command in COMMANDS:
        listeners.command(command.name)(career)
    listeners.action(ActionId.CHOOSE_PAIR)(choose_pair)


async def career(ack: AsyncAck, context: AsyncBoltContext, command: dict[str, Any]) -> None:
    """The person typed `/career`, with a word or without; case and spaces do not matter."""
    interaction, text = Interaction.of(context), str(command.get("text") or "").strip()
    typed = " ".join(text.split())
    word, first, rest = typed.lower(), *_apart(text)
    if word in BY_WORD:
        await ack()
        await _open(interaction, word)
    elif first in BY_WORD and (say := BY_WORD[first].say) is not None:
        await ack(**await say(interaction, rest))
    elif not word:
        async with interaction.reading() as (store, me):
            now = await overview(store, me, interaction.now)
        await ack(**views.what_now(now))
    else:
        await ack(**views.render(COMMANDS[0], "" if word == "help" else typed))


def _apart(text: str) -> tuple[str, str]:
    """The word that a text begins with, and the rest as it was typed."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first.lower(), rest[0] if rest else ""


async def _open(interaction: Interaction, word: str) -> None:
    """Open the form of a word. Where it needs a pair and there is none, say who has not answered, or offer to ask."""
    form = BY_WORD[word]
    async with interaction.reading_with_partners() as (store, me, partners):
        if form.about_pair:
            view = await view_for_my_pair(interaction, store, me, partners, form)
        else:
            view = await opened_view(interaction, store, me, form, form.metadata())
        if view is None:
            waiting = [(pair, other) for pair, other in partners if is_open_request(pair, interaction.now)]
            view = start_views.not_yet(waiting, me) if waiting else None
        if view is None:
            view = await opened_view(interaction, store, me, start.START, StartMetadata())
    await interaction.show(view)


async def choose_pair(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """A person in several pairs chose one: the form of the word that was typed replaces the question."""
    await ack()
    interaction = Interaction.of(context)
    form = BY_WORD.get(PairPickerMetadata.of(interaction.view).word)
    if form is None:
        raise NotAvailable("I no longer know what this was for. Please type the command again.")
    async with interaction.reading() as (store, me):
        view = await opened_view(interaction, store, me, form, form.metadata(pair_id=interaction.subject_id))
    await interaction.redraw(view)
