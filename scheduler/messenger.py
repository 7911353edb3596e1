"""What delivery needs of Slack: post a message once, and find out whether it was posted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from cycle.nudges import NudgeText
from storage.people import Person

POST_SECONDS: Final = 10.0
"""How long posting one message may take. After that we stop waiting for the answer, and the outcome is unknown."""

EDIT_SECONDS: Final = 15.0
"""How long reading one message and editing it may take."""

FIND_SECONDS: Final = 30.0
"""How long looking for one message may take: opening the conversation and reading a few pages of it."""

CLOCKS_DIFFER_BY: Final = timedelta(minutes=10)
"""How far our clock and Slack's, which dates the messages, may differ. It costs one more page of history at most."""


class MessageSize(NamedTuple):
    """How much room something takes in a message, or how much there is."""

    blocks: int
    characters: int

    def plus(self, other: "MessageSize") -> "MessageSize":
        """The two together."""
        return MessageSize(self.blocks + other.blocks, self.characters + other.characters)

    def fits(self, capacity: "MessageSize") -> bool:
        """Whether it is within a capacity, in blocks and in characters."""
        return self.blocks <= capacity.blocks and self.characters <= capacity.characters


@dataclass(frozen=True)
class MessagePart:
    """One nudge within a message."""

    nudge_id: int
    key: str
    """The nudge's stable key."""
    wording: NudgeText
    attempts: int = 0
    """How often the nudge has failed so far."""


Conversation = int | str
"""Where messages are posted one after the other: to a person (by key), or in a channel (Slack's id)."""


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to one person or channel, with what falls due together."""

    message_id: int
    public_id: str
    """Opaque; goes into the message's metadata, to find it again."""
    recipient: Person
    """Who gets it; of one that goes to a channel, who has set up that it does."""
    parts: tuple[MessagePart, ...]
    late: bool = False
    """Whether the message admits that it comes late."""
    due_at: datetime | None = None
    """When it could first have been sent."""
    starts_after: timedelta = timedelta()
    """How long after it was written it may be started, by the pace of its workspace."""
    channel: str | None = None
    """Slack's C… id of the channel that it goes to, where it goes to no person."""

    @property
    def conversation(self) -> Conversation:
        """Where it is posted."""
        return self.channel or self.recipient.pk


@dataclass(frozen=True)
class UnconfirmedMessage:
    """A message that may have been posted: its worker stopped, or got no answer."""

    message_id: int
    public_id: str
    recipient: Person | None
    """None where it went to a channel."""
    claimed_at: datetime
    nudge_keys: tuple[str, ...]
    attempts: int = 0
    """How often looking for it has failed."""
    channel: str | None = None
    """Slack's C… id of that channel."""

    @property
    def since(self) -> datetime:
        """The earliest moment, by Slack's clock, at which the message can be in the conversation."""
        return self.claimed_at - CLOCKS_DIFFER_BY


@dataclass(frozen=True)
class Posted:
    """Where a message is: Slack's D… id of the conversation, and the message's own id in it."""

    channel: str
    ts: str


@dataclass(frozen=True)
class EditedPart:
    """What a nudge in a message that was sent should say now: how its matter ended, or something else."""

    keys: tuple[str, ...]
    """The nudge's stable keys: its own, and those of the nudges whose place it has taken in this message."""
    outcome: str | None = None
    """What became of it, instead of its buttons."""
    wording: NudgeText | None = None
    ends_next: bool = False
    """Whether nothing is left of the next step that a listener has put in the place of its buttons, if it has."""


@dataclass(frozen=True)
class EditedMessage:
    """A message that Slack has, and what should be different about it."""

    message_id: int
    channel: str
    ts: str
    parts: tuple[EditedPart, ...]


class Unknown(Exception):
    """Slack may have taken the message or not; only reading the conversation tells."""


class NotPosted(Exception):
    """Slack certainly did not take the message. `cause` is its error word, or ours."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class TryLater(NotPosted):
    """Slack accepts nothing from this workspace for a known time."""

    def __init__(self, cause: str, after: timedelta) -> None:
        super().__init__(cause)
        self.after = after


class RateLimited(TryLater):
    """Slack asks us to wait for `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("ratelimited", retry_after)


class InstallationFault(NotPosted):
    """Slack accepts nothing from this workspace until an admin changes something or Slack itself recovers."""


class RecipientRefused(NotPosted):
    """Slack accepts no message for this person: they left, or cannot get direct messages."""


class ContentRefused(NotPosted):
    """Slack refuses what the message says, or answers with a word that we do not know; then `for_good` is False."""

    def __init__(self, cause: str, *, for_good: bool) -> None:
        super().__init__(cause)
        self.for_good = for_good


class TooLong(NotPosted):
    """The message is too long for Slack."""


class Messenger(Protocol):
    """Posts the messages of one workspace, finds them again and edits them."""

    @property
    def capacity(self) -> MessageSize:
        """How much the parts of one message may take together."""

    def size(self, part: MessagePart) -> MessageSize:
        """How much a part takes in a message. Pure."""

    async def post(self, message: OutgoingMessage) -> Posted:
        """Post one message, once. Raises `Unknown` or a `NotPosted`."""

    async def find(self, message: UnconfirmedMessage) -> Posted | None:
        """A message among those that the person got since it was claimed; None if it is certainly not there.

        Raises `RateLimited`, or anything else where it could not be found out.
        """

    async def edit(self, message: EditedMessage) -> None:
        """Edit a message, if anything is left to edit; doing it twice changes nothing.

        Raises as `post` does. After a `NotPosted` it is as it was.
        """


MessengerOf = Callable[[int], Messenger | None]
"""The messenger of a workspace, by its key; None for a workspace that this process does not serve."""
