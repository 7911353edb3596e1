"""What a kind of nudge is: a rule that says when, words that say what, and why the person gets it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cycle.snapshot import PairSnapshot
from storage.people import Person


class Action(StrEnum):
    """What pressing a button does; `handlers` has a listener for each."""

    ACCEPT_PAIR = "accept_pair"
    DECLINE_PAIR = "decline_pair"
    READ_REASON = "read_reason"
    OPEN_PREPARATION = "open_preparation"
    OPEN_SCHEDULE = "open_schedule"
    OPEN_AGENDA = "open_agenda"
    OPEN_BRIEF = "open_brief"
    OPEN_WRAP_UP = "open_wrap_up"
    OPEN_THANK_YOU = "open_thank_you"
    OPEN_COMMITMENTS = "open_commitments"
    CONFIRM_DELIVERABLES = "confirm_deliverables"
    COMMITMENT_DONE = "commitment_done"
    NEW_DATE = "new_date"
    ANSWER_CHANGE = "answer_change"


@dataclass(frozen=True)
class Button:
    """A button: what it says, what it does, and to what (the key of a pair, discussion, commitment or request)."""

    label: str
    does: Action
    subject_id: int
    primary: bool = False


@dataclass(frozen=True)
class NudgeText:
    """What a nudge says.

    `text` holds names, dates and counts only, never what people wrote in private (practice C10): a direct message shows
    on lock screens and in exports. `quote` is for what somebody wrote in order to send it: a thank-you, or a request.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    quote: str | None = None


@dataclass(frozen=True)
class PlannedNudge:
    """A nudge that should exist. `key` is stable; `ends_at` is when it stops making sense, if it ever does."""

    kind: str
    key: str
    person_id: int
    subject_id: int
    due_at: datetime
    ends_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it makes sense at a moment."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True)
class NudgeKind:
    """A kind of nudge. `rule` and `words` are pure."""

    name: str
    why: str
    rule: Callable[[PairSnapshot], Iterable[PlannedNudge]]
    words: Callable[[PairSnapshot, PlannedNudge, Person], NudgeText | None]
    """None where what it was about has gone; it is then not sent."""
