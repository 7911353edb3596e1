"""`/career profile` and `/career history`: one page about the employee, and how it changed (practices C2, C13)."""

from cycle.history import history
from cycle.profile import profile
from handlers.shared.forms import FormSpec, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import HistoryMetadata, PairMetadata
from handlers.views import profile as views
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listeners are those of the forms."""


async def open_profile(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The profile of the employee of one pair."""
    return views.render(await profile(store, me, metadata.pair_id, interaction.now))


async def open_history(_interaction: Interaction, store: Store, me: Person, metadata: HistoryMetadata) -> View:
    """A page of how it changed."""
    return views.render_history(await history(store, me, metadata.pair_id, metadata.page))


PROFILE = FormSpec(
    FormId.PROFILE,
    PairMetadata,
    word=Word("profile", "See ambitions, strengths, what to learn and what matters, on one page"),
    open=open_profile,
    opened_by=ActionId.OPEN_PROFILE,
)
HISTORY = FormSpec(
    FormId.HISTORY,
    HistoryMetadata,
    word=Word("history", "See how objectives, skill gaps and what matters have changed, with dates"),
    open=open_history,
    opened_by=ActionId.OPEN_HISTORY,
    turned_by=ActionId.HISTORY_PAGE,
)
FORMS = (PROFILE, HISTORY)
