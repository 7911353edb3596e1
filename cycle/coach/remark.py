"""What the coach says about somebody's words."""

from dataclasses import dataclass
from enum import StrEnum


class RemarkKind(StrEnum):
    """What a remark is about. The first three are about goals, the last two about requests."""

    VAGUE = "vague"
    ACTIVITY = "activity"
    SEVERAL = "several"
    FAR = "far"
    CLOSED = "closed"
    LEADING = "leading"
    TWO_IN_ONE = "two_in_one"
    LIFE = "life"
    BROAD = "broad"
    LEAVING = "leaving"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that could be said better.

    `start` and `end` are the span of the words it is about, as indices into the text that was reviewed
    (0 <= start < end <= len(text)). `better` is one concrete wording or example.
    """

    kind: RemarkKind
    says: str
    start: int
    end: int
    better: str
