"""What delivery needs of Slack: say something once, and find out whether it was said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from cycle.nudges import NudgeKind, NudgeText, PlannedNudge
from storage.people import Person

POST_SECONDS: Final = 10.0
"""How long posting one message may take. After that nobody waits for the answer, and the outcome is unknown."""

FIND_SECONDS: Final = 30.0
"""How long looking for one message may take: opening the conversation and reading a few pages of it."""


class Note(NamedTuple):
    """One nudge within a message."""

    kind: NudgeKind
    planned: PlannedNudge
    words: NudgeText


@dataclass(frozen=True)
class Parcel:
    """One message to one person, with everything that fell due together."""

    message_id: str
    """Opaque; goes into the message's metadata, to find it again."""
    recipient: Person
    notes: tuple[Note, ...]
    late: bool = False
    """Whether the message should admit that it comes late."""
    nudge_ids: tuple[int, ...] = ()
    """What is settled with it."""


@dataclass(frozen=True)
class Posted:
    """Where a message stands: Slack's D… id of the conversation, and the message's own id in it."""

    channel: str
    ts: str


class Unknown(Exception):
    """Slack may have taken the message or not; only reading the conversation tells."""


class Undeliverable(Exception):
    """Slack did not take the message and never will. `cause` is its error word."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class TryLater(Exception):
    """Slack did not take the message, through no fault of the message: worth trying again `after` a while."""

    def __init__(self, cause: str, after: timedelta) -> None:
        super().__init__(cause)
        self.cause = cause
        self.after = after


class RateLimited(TryLater):
    """Slack asks to be left alone for `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("ratelimited", retry_after)


class Messenger(Protocol):
    """Posts messages and finds them again."""

    async def post(self, parcel: Parcel) -> Posted:
        """Post one message, once. Raises `Unknown`, `Undeliverable`, or `TryLater` (among them `RateLimited`)."""

    async def find(self, recipient: Person, message_id: str, since: datetime) -> Posted | None:
        """The message with this id among our own to somebody since a moment; None if it is certainly not there.

        Raises as `post` does; `Unknown` where it could not be found out.
        """
