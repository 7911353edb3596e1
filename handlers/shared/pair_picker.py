"""Which pair? A person with several chooses; a person with one is not asked."""

from handlers.shared.forms import AnyForm, View, opened_view
from handlers.shared.interaction import Interaction, Partners
from handlers.shared.view_metadata import PairPickerMetadata
from handlers.views import pair_picker as views
from storage.pairs import PairState
from storage.people import Person
from storage.store import Store


async def view_for_my_pair(
    interaction: Interaction, store: Store, me: Person, partners: Partners, form: AnyForm
) -> View | None:
    """The form for my one pair, or the question which of several; None where there is no pair to open it for."""
    choices = [(pair, other) for pair, other in partners if pair.state is PairState.ACTIVE]
    if not choices:
        return None
    if len(choices) == 1:
        return await opened_view(interaction, store, me, form, form.metadata(pair_id=choices[0][0].pk))
    word = form.word.name if form.word else ""
    return views.render(choices, me, PairPickerMetadata(word=word))
