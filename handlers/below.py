"""The modal below the current one: redrawn after a change, so that people do not return to an outdated view."""

from typing import TypeVar

from handlers.guide import open_guide
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.roadmap import open_roadmap
from handlers.shared.view_metadata import GuideMetadata, OnTopMetadata, PairMetadata
from storage.pairs import Pair

M = TypeVar("M", bound=OnTopMetadata)


def on_top(interaction: Interaction, metadata: M) -> M:
    """The metadata of a modal that is about to open, with what it will lie on, if that is one that can be redrawn."""
    below = interaction.view.get("callback_id")
    if interaction.is_third or below not in {FormId.ROADMAP, FormId.GUIDE}:
        return metadata
    part = GuideMetadata.of(interaction.view).part if below == FormId.GUIDE else ""
    return metadata.updated(below=below, part=part)


def redraw_below(interaction: Interaction, pair: Pair, metadata: OnTopMetadata) -> None:
    """Redraw the modal below this one, in the background."""
    below = interaction.view.get("previous_view_id")
    if below and metadata.below:
        interaction.services.background.run("below", _redraw(interaction, pair.pk, metadata, str(below)))


async def _redraw(interaction: Interaction, pair_id: int, metadata: OnTopMetadata, view_id: str) -> None:
    async with interaction.reading() as (store, me):
        if metadata.below == FormId.GUIDE:
            shown = GuideMetadata(pair_id=pair_id, part=metadata.part)
            view = await open_guide(interaction, store, me, shown)
        else:
            view = await open_roadmap(interaction, store, me, PairMetadata(pair_id=pair_id))
    await interaction.redraw(view, view_id)
