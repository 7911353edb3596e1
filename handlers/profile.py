"""`/career profile` and `/career history`: one page about the employee, and how it changed (practices C2, C13)."""

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.history import history
from cycle.profile import profile
from handlers.shared.forms import FormSpec, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import HistoryMetadata, PairMetadata
from handlers.views import profile as views
from storage.people import Person
from storage.store import Store


def register(app: AsyncApp) -> None:
    """Connect the listeners."""
    app.action(ActionId.HISTORY_PAGE)(turn_page)


async def open_profile(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The profile of the employee of one pair."""
    return views.render(await profile(store, me, metadata.pair_id, interaction.now))


async def open_history(_interaction: Interaction, store: Store, me: Person, metadata: HistoryMetadata) -> View:
    """A page of how it changed."""
    return views.render_history(await history(store, me, metadata.pair_id, metadata.page))


async def turn_page(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person went to what was earlier or later."""
    await ack()
    interaction = Interaction.of(context)
    metadata = HistoryMetadata.of(interaction.view).updated(page=min(interaction.subject_id, views.LAST_PAGE))
    async with interaction.reading() as (store, me):
        view = await open_history(interaction, store, me, metadata)
    await interaction.redraw(view)


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
)
FORMS = (PROFILE, HISTORY)
