"""The brief as a modal. Nothing to fill in; buttons lead to what can be done."""

from typing import Any

from cycle.document import Document
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import PairMetadata
from handlers.views import document, kit


def render(brief: Document, metadata: PairMetadata) -> dict[str, Any]:
    """The modal of a brief."""
    return kit.modal(FormId.BRIEF, brief.title, document.blocks(brief), metadata=metadata)
