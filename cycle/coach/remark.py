"""What the coach has to say about a text."""

from dataclasses import dataclass
from enum import StrEnum


class RemarkKind(StrEnum):
    """What a remark is about: the first three a goal, the last two a request, the others a question."""

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
    """One thing that could be worded better.

    Attributes:
        kind: what it is about.
        text: one or two short sentences for the author of the text.
        start: index of the first character it is about, in the text that was reviewed.
        end: index after the last one; 0 <= start < end <= len(text reviewed).
        suggestion: one better wording, or an example of one.
    """

    kind: RemarkKind
    text: str
    start: int
    end: int
    suggestion: str
