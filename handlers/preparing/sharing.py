"""The last page: what the other side can read (practices C10, E16)."""

from cycle.bank import Bank
from cycle.guards import own_pair
from cycle.preparations import PreparationView
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.forms import Reply
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import sharing as views


def parse(_values: FormValues, _prepared: PreparationView, _metadata: PreparationMetadata, _bank: Bank) -> None:
    """There is nothing to fill in."""


async def submit(interaction: Interaction, metadata: PreparationMetadata, _values: FormValues) -> Reply:
    """The person is done."""
    async with interaction.reading() as (store, me):
        await own_pair(store, me, metadata.pair_id)
    return Reply.close()


SHARING = PreparationPage(views.VIEW, parse)
