"""What Slack sends along with an interaction: trigger ids, which open modals, and response URLs."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.errors import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
"""How long a trigger id can open a modal, in real time; it works once."""

RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5

KEPT = 2000
"""Trigger ids and response URLs kept in memory; older ones count as unknown."""


@dataclass
class Trigger:
    """One trigger id: the person who acted, and the modal in which they did, if any."""

    user: str
    created: datetime
    view_id: str | None = None
    used: bool = False


class Triggers:
    """All trigger ids; each opens one modal."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self._known: dict[str, Trigger] = {}

    def new(self, user: str, view_id: str | None = None) -> str:
        """A new trigger id."""
        name = f"{secrets.randbelow(10**13):013}.{secrets.randbelow(10**12):012}.{secrets.token_hex(16)}"
        self._known[name] = Trigger(user, self._real(), view_id)
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return name

    def use(self, name: str) -> Trigger:
        """Use a trigger; raises `SlackError` invalid_trigger_id, exchanged_trigger_id or expired_trigger_id."""
        trigger = self.check(name)
        trigger.used = True
        return trigger

    def check(self, name: str) -> Trigger:
        """The trigger, if it could be used now; raises as `use` does."""
        trigger = self._known.get(name)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._real() - trigger.created > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        return trigger


@dataclass
class ResponseUrl:
    """One response_url: its channel, who acted, and the message that they acted on, if any."""

    channel: str
    user: str
    message_ts: str | None
    created: datetime
    uses_left: int = RESPONSE_URL_USES


class ResponseUrls:
    """All response URLs: each works five times within thirty minutes of the workspace's time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: dict[str, ResponseUrl] = {}

    def new(self, channel: str, user: str, message_ts: str | None = None) -> str:
        """The last path segment of a new response_url."""
        name = secrets.token_urlsafe(18)
        self._known[name] = ResponseUrl(channel, user, message_ts, self._now())
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return name

    def use(self, name: str) -> ResponseUrl:
        """Use a response_url once; raises `SlackError` invalid_url, expired_url or used_url."""
        known = self._known.get(name)
        if known is None:
            raise SlackError("invalid_url")
        if self._now() - known.created > RESPONSE_URL_LIFE:
            raise SlackError("expired_url")
        if known.uses_left == 0:
            raise SlackError("used_url")
        known.uses_left -= 1
        return known
