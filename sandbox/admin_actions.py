"""What an admin does to people: deactivate them, make them admins or guests, move them, set a status."""

from collections.abc import Callable
from typing import Any, get_args

from sandbox import payloads
from sandbox.bot_client import BotClient
from sandbox.errors import PageError
from sandbox.people import Person
from sandbox.settings import Guest
from sandbox.time_zones import label_of
from sandbox.workspace import Workspace

STATUS_TEXT = 100
"""Characters in a status, as documented."""

_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "deleted": (lambda value: isinstance(value, bool), "true or false"),
    "is_admin": (lambda value: isinstance(value, bool), "true or false"),
    "guest": (lambda value: value is None or value in get_args(Guest), f"null or one of {', '.join(get_args(Guest))}"),
    "tz": (lambda value: isinstance(value, str), "the IANA name of a time zone"),
    "status_text": (
        lambda value: isinstance(value, str) and len(value) <= STATUS_TEXT,
        f"a text of up to {STATUS_TEXT} characters",
    ),
    "status_emoji": (lambda value: isinstance(value, str), "a text like :palm_tree:"),
    "status_expiration": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "seconds since 1970, or 0 for never",
    ),
}


def changes_from(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a person that a JSON object changes; other keys are ignored. Raises `PageError`."""
    changes = {name: body[name] for name in _CHECKS if name in body}
    for name, value in changes.items():
        fits, expected = _CHECKS[name]
        if not fits(value):
            raise PageError(f"`{name}` must be {expected}.")
    if not changes:
        raise PageError(f"Name at least one of {', '.join(_CHECKS)}.")
    if "tz" in changes:
        try:
            changes["tz_label"] = label_of(changes["tz"])
        except ValueError as error:
            raise PageError(str(error)) from error
    return changes


class AdminActions:
    """Changes people and sends the bot the events that Slack would send."""

    def __init__(self, workspace: Workspace, bot_client: BotClient) -> None:
        self._workspace = workspace
        self._bot_client = bot_client

    async def change_person(self, person: Person, changes: dict[str, Any]) -> dict[str, Any]:
        """Apply changes to a person and send user_change; nothing is sent where nothing differs.

        Raises `PageError` for bots.
        """
        if person.is_bot:
            raise PageError("Only people can be changed here, not bots.", status=403)
        if any(getattr(person, name) != value for name, value in changes.items()):
            changed = self._workspace.change_person(person, **changes)
            await self._bot_client.send_event(payloads.user_change(self._workspace, changed))
        return {"ok": True}
