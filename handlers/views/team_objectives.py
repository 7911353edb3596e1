"""Team objectives, listed by a manager or an admin (practice M7)."""

from collections.abc import Sequence
from typing import Any, Final

from cycle.team_objectives import LONGEST, MOST_LISTED
from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import TeamObjectivesMetadata
from handlers.views import kit
from storage.people import Person
from storage.team_objectives import TeamObjective

LISTED: Final = "listed"  # how the fields begin
NEW: Final = "new"


def field_of(one: TeamObjective) -> str:
    """The field of one that is listed."""
    return f"{LISTED}{one.pk}.text"


def new_field(metadata: TeamObjectivesMetadata) -> str:
    """The field of one more."""
    return f"{NEW}{metadata.added}.text"


def render(
    listed: Sequence[TeamObjective], me: Person, metadata: TeamObjectivesMetadata, values: FormValues, *, said: str = ""
) -> dict[str, Any]:
    """Those there are, each to reword or to clear, and one more."""
    readers = "Everyone in this workspace" if me.is_admin else "Everyone who reports to you"
    blocks = [kit.section(f":white_check_mark: {said}")] if said else []
    blocks.append(kit.context(f"{readers} can choose one of these for an objective. Clear one to remove it."))
    for number, one in enumerate(listed, start=1):
        text = values.text(field_of(one)) if field_of(one) in values else one.text
        blocks.append(kit.field(field_of(one), f"Team objective {number}", _input(text)))
    if len(listed) < MOST_LISTED:
        typed = values.text(new_field(metadata))
        blocks.append(kit.field(new_field(metadata), "One more" if listed else "Team objective", _input(typed)))
    return kit.modal(FormId.TEAM_OBJECTIVES, "Team objectives", blocks, submit="Save", metadata=metadata)


def _input(text: str) -> kit.Element:
    return kit.text_input(text, multiline=False, longest=LONGEST)
