"""After “Start over”."""

from typing import Any

from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import kit

FORGOTTEN = "I have forgotten what you had typed here. What you handed in before is as it was."


def forgotten(about: Subject) -> dict[str, Any]:
    """A page between the old form and the new one."""
    opens = kit.actions([kit.button("Open the form", Act.OPEN_AFRESH, primary=True)])
    return kit.modal(Form.NOTICE, "Start over", [kit.section(FORGOTTEN), opens], about=about)
