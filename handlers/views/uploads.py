"""What is said where files could not be sent."""

from typing import Any, Final

from handlers.views import kit

COME_BACK: Final = "Many people are waiting for files right now. Please try again in a minute or two."
STILL_COMING: Final = "Your last files are still on their way. You can ask for more as soon as they have arrived."

NO_PERMISSION: Final = (
    "I'm not allowed to send files in this workspace yet, so nothing was sent. Please ask an admin to give me the "
    "permission `{scope}` and to reinstall me; then you can ask again."
)
SLOW_DOWN: Final = "Slack asked me to slow down, so nothing was sent. Please try again in a minute."
NOT_SENT: Final = (
    "I couldn't finish sending that. If it isn't here in a minute, please ask for it again: it does no harm should it "
    "come twice."
)


def failed(sentence: str, again: kit.Element) -> dict[str, Any]:
    """A message that says why nothing came, with a way to ask again."""
    return {"text": sentence, "blocks": [kit.section(sentence), kit.actions([again])]}


def notice(sentence: str) -> dict[str, Any]:
    """The same in the form, where no message can be sent."""
    return kit.notice("Not sent", sentence)
