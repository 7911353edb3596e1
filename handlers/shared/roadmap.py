"""The roadmap, as its own form and redrawn below others."""

from cycle import roadmap
from handlers.shared.forms import View
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PairMetadata
from handlers.views import roadmap as views
from storage.people import Person
from storage.store import Store


async def open_roadmap(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The roadmap of one pair."""
    return views.render(await roadmap.roadmap(store, me, metadata.pair_id, interaction.now))
