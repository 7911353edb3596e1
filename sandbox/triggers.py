"""What Slack hands out with an interaction: trigger ids to open modals, and addresses to answer at."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.errors import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
"""A trigger id opens a modal within three seconds (of real time), once."""

RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5

KEPT = 2000
"""Triggers and answer addresses remembered after they have served; older ones count as unknown."""


@dataclass
class Trigger:
    """One trigger id: for whom, and the modal in which it came about, if any."""

    user: str
    created: datetime
    view_id: str | None = None
    used: bool = False


class Triggers:
    """Trigger ids in real time: each is good for one modal."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self._known: dict[str, Trigger] = {}

    def new(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger id."""
        name = f"{secrets.randbelow(10**13):013}.{secrets.randbelow(10**12):012}.{secrets.token_hex(16)}"
        self._known[name] = Trigger(user, self._real(), view_id)
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return name

    def use(self, name: str) -> Trigger:
        """Spend a trigger; raises `SlackError` invalid_trigger_id, exchanged_trigger_id or expired_trigger_id."""
        trigger = self.check(name)
        trigger.used = True
        return trigger

    def check(self, name: str) -> Trigger:
        """The trigger if it could be spent now; raises as `use` does."""
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
    """What one response_url belongs to: a channel, and the message that was acted on, if any."""

    channel: str
    message_ts: str | None
    created: datetime
    uses_left: int = RESPONSE_URL_USES


class ResponseUrls:
    """Answer addresses in the workspace's time: five uses in thirty minutes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: dict[str, ResponseUrl] = {}

    def new(self, channel: str, message_ts: str | None = None) -> str:
        """The last part of a fresh address."""
        name = secrets.token_urlsafe(18)
        self._known[name] = ResponseUrl(channel, message_ts, self._now())
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return name

    def use(self, name: str) -> ResponseUrl:
        """Take one use off; raises `SlackError` invalid_url, expired_url or used_url."""
        known = self._known.get(name)
        if known is None:
            raise SlackError("invalid_url")
        if self._now() - known.created > RESPONSE_URL_LIFE:
            raise SlackError("expired_url")
        if known.uses_left == 0:
            raise SlackError("used_url")
        known.uses_left -= 1
        return known
