"""After a long preparation form, of a release before the pages, was submitted."""

from typing import Any

from cycle.nudges import Action
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import kit

MOVED = (
    "Preparing has become a few short pages since you opened this. Nothing is lost and nothing is shared yet: what you "
    "typed is on the pages as a draft. Save each page there."
)


def moved(metadata: PreparationMetadata) -> dict[str, Any]:
    """Where everything is now."""
    opens = kit.actions([kit.button("Open the pages", Action.OPEN_PREPARATION, str(metadata.pair_id), primary=True)])
    return kit.modal(FormId.NOTICE, "Prepare", [kit.section(MOVED), opens])
