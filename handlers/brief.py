"""The brief: what helps on the day before a discussion, or to look back at one (practice E16)."""

from cycle.brief import brief
from cycle.brief_document import brief_document
from cycle.guards import active_pair, open_discussion, with_own_pair
from cycle.nudges import Action
from cycle.suggestions import order_of_discussion
from handlers.shared.forms import FormSpec, View, Word
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PairMetadata
from handlers.views import brief as views
from storage.discussions import Discussion
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listener of the brief is its form's, for the button that opens it."""


async def open_brief(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The brief of a discussion, or of the one that a pair has open."""
    if metadata.discussion_id:
        pair, discussion = await with_own_pair(store, metadata.discussion_id, Discussion)
    else:
        pair = await active_pair(store, me, metadata.pair_id)
        discussion = await open_discussion(store, pair)
    shown = await brief(store, me, pair, discussion, interaction.now)
    bank, set_id = interaction.services.bank, discussion.question_set
    document = brief_document(shown, bank.set_by_id.get(set_id or ""), order_of_discussion(bank, set_id))
    return views.render(document, metadata.updated(pair_id=pair.pk, discussion_id=discussion.pk))


BRIEF = FormSpec(
    FormId.BRIEF,
    PairMetadata,
    word=Word("brief", "Read what there is to know before you meet"),
    open=open_brief,
    opened_by=Action.OPEN_BRIEF,
    button_key="discussion_id",
)
FORMS = (BRIEF,)
