"""What a kind of nudge is: a rule that says when, a text that says what, and why the person gets it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Generic, NamedTuple, TypeVar

from cycle.snapshot import OpportunitySnapshot, PairSnapshot, PersonSnapshot
from storage.nudges import NudgeScope
from storage.people import Person

SnapshotT = TypeVar("SnapshotT", PairSnapshot, PersonSnapshot, OpportunitySnapshot)

# The stage of a nudge that goes to both, where the others of its kind go to one of the two (see `PlannedNudge.key`).
BOTH = "both"


class Action(StrEnum):
    """What pressing a button does; `handlers` has a listener for each."""

    START = "start"
    ACCEPT_PAIR = "accept_pair"
    DECLINE_PAIR = "decline_pair"
    OPEN_ASK = "open_ask"
    ANSWER_MEETING = "answer_meeting"
    TAKE_OTHER_TIME = "take_other_time"
    READ_REASON = "read_reason"
    OPEN_PREPARATION = "open_preparation"
    OPEN_SCHEDULE = "open_schedule"
    OPEN_AGENDA = "open_agenda"
    OPEN_BRIEF = "open_brief"
    OPEN_GUIDE = "open_guide"
    OPEN_WRAP_UP = "open_wrap_up"
    OPEN_THANK_YOU = "open_thank_you"
    OPEN_COMMITMENTS = "open_commitments"
    CONFIRM_DELIVERABLES = "confirm_deliverables"
    CHANGE_DELIVERABLES = "change_deliverables"
    COMMITMENT_DONE = "commitment_done"
    NEW_DATE = "new_date"
    ANSWER_CHANGE = "answer_change"
    OPEN_UPDATES = "open_updates"
    OPEN_OBJECTIVE_UPDATES = "open_objective_updates"
    OPEN_PULSE = "open_pulse"
    OPEN_RECORD = "open_record"
    OPEN_EXPORT = "open_export"
    CALENDAR_FILE = "calendar_file"
    MAIL_AGAIN = "mail_again"
    OPEN_OPPORTUNITY = "open_opportunity"
    OPEN_SETTINGS = "open_settings"
    REMIND_IN_AN_HOUR = "remind_in_an_hour"
    REMIND_TOMORROW = "remind_tomorrow"
    REMIND_NEXT_WEEK = "remind_next_week"
    REMIND_ON = "remind_on"


class Urgency(StrEnum):
    """Whether a nudge may be held back where someone has had enough messages for a day or a week.

    In this order they go out where more is due than can be sent at once.
    """

    NEVER_HELD_BACK = "never_held_back"  # someone waits for it
    AT_ITS_MOMENT = "at_its_moment"  # never held back either
    MAY_WAIT = "may_wait"
    HOME_ONLY = "home_only"  # shown where the person looks, never sent

    @property
    def is_held_back(self) -> bool:
        """Whether it waits where someone has had enough messages."""
        return self in {Urgency.MAY_WAIT, Urgency.HOME_ONLY}


class Topic(StrEnum):
    """What a nudge that may wait is about: people can do without some of these (`Person.muted`)."""

    DATES = "dates"
    PREPARING = "preparing"
    COMMITMENTS = "commitments"
    THANKS = "thanks"
    NEWS = "news"

    @property
    def reminds(self) -> bool:
        """Whether its nudges ask for something, and can be put off; news only tells."""
        return self is not Topic.NEWS


class ReadingOrder(IntEnum):
    """Where a nudge is read in a message that carries several about one pair: as the cycle runs, the rest after it."""

    PAIRING = 1
    LAST_DISCUSSION = 2
    DATE = 3
    NEXT_DISCUSSION = 4
    COMMITMENTS = 5
    OPPORTUNITIES = 6


@dataclass(frozen=True)
class Button:
    """A button: what it says, what it does, and to what (the key of a pair, discussion, commitment or request)."""

    label: str
    does: Action
    subject_id: int
    primary: bool = False


@dataclass(frozen=True)
class ListItem:
    """How a nudge reads where others of its list are in the same message: below one lead, with a menu of its own."""

    list_key: str
    """Which list: of the nudges in a message, those with the same key are read together."""
    text: str
    """What it says of itself. Like the text of a nudge by itself, it holds names, dates and counts only."""
    day: date
    """The day by which the list is sorted."""
    lead: Callable[[int], str] = field(compare=False)
    """The sentence above so many of them. It stays true whatever becomes of them, since it is not edited."""


@dataclass(frozen=True)
class NudgeText:
    """What a nudge says.

    `text` holds names, dates and counts only (practice C10): it is also the notification, which shows on lock screens.
    `quote` is for words that were written to be sent (a thank-you, a request), or that say which commitment is meant;
    it is in the message only. `reason` says why the person gets this message, where the text leaves that open.
    `item` is how it reads in a list, and `below` how it reads below a nudge that says part of it; None where neither
    happens.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    quote: str | None = None
    is_suggestion: bool = False
    """Whether the quote is a draft of ours, which nobody has written."""
    reason: str | None = None
    item: ListItem | None = None
    below: "Below | None" = None
    can_be_put_off: bool = False
    """Whether the person may have it again later instead."""


@dataclass(frozen=True)
class Below:
    """How a nudge reads below another one in the same message, which has said part of it already."""

    key: str
    """The stable key of the other one."""
    text: str
    buttons: tuple[Button, ...] = ()


class PlannedNudge(NamedTuple):
    """A nudge that should exist, from `due_at` until it stops making sense at `ends_at`, if it ever does.

    A tuple, since a night plans millions of them.
    """

    kind: str
    subject_id: int
    """The key of the discussion, commitment, request, note, pair, person or opportunity it is about."""
    person_id: int
    """Who gets it; of one that goes to a channel, in whose working hours."""
    due_at: datetime
    ends_at: datetime | None = None
    stage: str = ""
    """Which of the several nudges of this kind about one subject."""
    round: int | None = None
    """Which round, where a subject has several and each has nudges of its own: the dates of a discussion, the digests
    that tell of an opportunity (by key)."""
    to_each: bool = False
    """Whether several people get the same nudge."""
    scope: NudgeScope = NudgeScope.PAIR
    channel: str | None = None
    """Slack's C… id of the channel that it goes to, where it goes to no person."""

    @property
    def key(self) -> str:
        """What makes this nudge itself: planning it twice is planning it once, now and in later releases.

        The kind and the subject, then, where there are any, the round, the person and the stage. The stage that both
        get comes before the person; databases in use hold these keys, so they do not change.
        """
        person_id = self.person_id if self.to_each else None
        return key_of(self.kind, self.subject_id, round_=self.round, person_id=person_id, stage=self.stage)

    def holds(self, now: datetime) -> bool:
        """Whether it makes sense at a moment."""
        return self.ends_at is None or now < self.ends_at


def key_of(
    kind: str, subject_id: int, *, round_: int | None = None, person_id: int | None = None, stage: str = ""
) -> str:
    """The key of a nudge (see `PlannedNudge.key`); `person_id` where several people get the same one."""
    about = f"{kind}:{subject_id}" if round_ is None else f"{kind}:{subject_id}:{round_}"
    if person_id is None:
        return f"{about}:{stage}" if stage else about
    if not stage:
        return f"{about}:{person_id}"
    return f"{about}:{stage}:{person_id}" if stage == BOTH else f"{about}:{person_id}:{stage}"


def never(*_any: object) -> bool:
    """For what is never so."""
    return False


def no_outcome(_snapshot: object, _planned: PlannedNudge, _me: Person) -> None:
    """For kinds that have nothing of their own to say about what became of their matter."""


def no_reason(_snapshot: object, _planned: PlannedNudge, _me: Person) -> None:
    """For kinds whose text says it all."""


def no_item(_snapshot: object, _planned: PlannedNudge, _me: Person) -> None:
    """For kinds whose nudges are never part of a list, however many are in one message."""


@dataclass(frozen=True)
class NudgeKind(Generic[SnapshotT]):
    """A kind of nudge. `rule`, `text` and `reason` are pure; the last two are asked when a nudge is sent."""

    name: str
    urgency: Urgency
    order: ReadingOrder
    rule: Callable[[SnapshotT], Iterable[PlannedNudge]]
    """Every nudge of this kind that the snapshot calls for, past ones included; it does not look at `now`."""
    text: Callable[[SnapshotT, PlannedNudge, Person], NudgeText | None]
    """What the person reads; None where what it was about has gone, and it is not sent."""
    reason: Callable[[SnapshotT, PlannedNudge, Person], str | None] = no_reason
    """Why they get this very message, in one short sentence; None where the text says it."""
    topic: Topic | None = None
    """Of those that may wait: what people switch off who want no more of these."""
    scope: NudgeScope = NudgeScope.PAIR
    outcome: Callable[[SnapshotT, PlannedNudge, Person], str | None] = no_outcome
    """What became of its matter, for a message that was sent: a sentence of names, dates and counts only. Asked only
    once the matter is settled: the rule no longer calls for the nudge whatever the time, or it `is_over`."""
    is_over: Callable[[SnapshotT, PlannedNudge], bool] = never
    """Whether its matter is settled although the rule still calls for it. Reads only what rules read."""
    offers_next: Callable[[SnapshotT, PlannedNudge], bool] | None = None
    """Whether the next step that a listener offers where it answers in the message itself can still be taken, once the
    matter is settled. Reads only what rules read. None where there is none, or it may stay."""
    may_reword: Callable[[SnapshotT, PlannedNudge, datetime], bool] = never
    """Whether a new nudge may be said by editing the one of the round before, sent at a moment: silently."""
    series: str = ""
    """Kinds of one series remind of the same thing, and only the last that was sent keeps its buttons."""
    item: Callable[[SnapshotT, PlannedNudge, Person], ListItem | None] = no_item
    """How it reads in a list, where several of one list are in one message. Its buttons are then in a menu, of five
    choices at most: what puts it off is among them as far as there is room. Asked only where there is a text."""
