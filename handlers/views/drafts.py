"""After “Start over”."""

from typing import Any

from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import kit

FORGOTTEN = "I have forgotten what you had typed here. What you handed in before is as it was."


def forgotten(metadata: ViewMetadata) -> dict[str, Any]:
    """A page between the old form and the new one."""
    opens = kit.actions([kit.button("Open the form", ActionId.OPEN_AFRESH, primary=True)])
    return kit.modal(FormId.NOTICE, "Start over", [kit.section(FORGOTTEN), opens], metadata=metadata)
