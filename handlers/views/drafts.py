"""After “Start over”."""

from typing import Any

from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import StartOverMetadata
from handlers.views import kit

DISCARDED = "Your draft is gone. What you had saved before is unchanged."


def discarded(metadata: StartOverMetadata) -> dict[str, Any]:
    """A page between the old form and the new one."""
    opens = kit.actions([kit.button("Open the form", ActionId.OPEN_AFRESH, primary=True)])
    return kit.modal(FormId.NOTICE, "Start over", [kit.section(DISCARDED), opens], metadata=metadata)
