"""Records: the list of past discussions, and one of them to read (practice L5)."""

from typing import Any, Final

from cycle.document import Document
from cycle.nudges import Action
from cycle.record import NONE_YET, Past, PastDiscussion
from cycle.record_document import label
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PairMetadata, RecordsMetadata
from handlers.views import document, kit
from storage.discussions import DiscussionState
from storage.people import Person

STATES: Final = {
    DiscussionState.HELD: "wrapped up",
    DiscussionState.CLOSED: "wrapped up, thank-you sent",
    DiscussionState.CANCELLED: "cancelled",
}


def render_list(past: Past, metadata: RecordsMetadata) -> dict[str, Any]:
    """A page of the list: when, with whom, and what became of it."""
    blocks = [_line(one, past.me) for one in past.discussions] or [kit.section(NONE_YET)]
    blocks += kit.paging(ActionId.RECORDS_PAGE, past.page, has_more=past.has_more)
    if past.discussions:
        blocks.append(kit.actions([kit.button("Get them as files", Action.OPEN_EXPORT)]))
    return kit.modal(FormId.RECORDS, "Records", blocks, metadata=metadata)


def _line(one: PastDiscussion, me: Person) -> kit.Block:
    day = label(one.discussion, me).partition(",")[0]
    text = f"*{day}* with {kit.fitted(one.other.name, 300)}\n{STATES[one.discussion.state]}"
    read = kit.button("Read", Action.OPEN_RECORD, str(one.discussion.pk), about=f"{day}, {one.other.name}")
    return kit.section(text, read)


def render(record: Document, metadata: PairMetadata) -> dict[str, Any]:
    """The record of one discussion."""
    return kit.modal(FormId.RECORD, record.title, document.blocks(record), metadata=metadata)
