"""Snapshots: all that planning nudges, and wording them, depends on: of a pair, of a person, or of an opportunity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import ClassVar, Final

from cycle.calendar import LONGEST_AWAY, WorkingCalendar, calendar_of
from cycle.opportunity_dates import closes_at
from cycle.zones import local_day
from storage.agenda import AgendaItem, ItemState
from storage.commitments import ChangeRequest, Commitment, RequestState
from storage.discussions import Discussion, DiscussionState
from storage.meeting_requests import MeetingRequest, MeetingState
from storage.nudges import NudgeScope
from storage.opportunities import Digest, Opportunity
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.planning_rows import SignUpRow
from storage.preparations import Preparation
from storage.thanks import ThankYou
from storage.updates import Update
from storage.wrap_ups import Addition

# What one of the two sent (an answer to a request for a change, a thank-you) stays in the snapshot this long, whatever
# has happened since: long enough to reach someone who was away for a season.
NEWS_KEPT = timedelta(days=90)
# That a commitment was kept is news for less: long enough for a holiday.
KEPT_LATELY = timedelta(days=21)
NOTHING: Final = frozenset[tuple[int, str]]()


def muted_by(person: Person) -> frozenset[tuple[int, str]]:
    """The topics of which a person wants no nudges, each with their key."""
    return frozenset((person.pk, topic) for topic in person.muted.split()) if person.muted else NOTHING


@dataclass(frozen=True)
class PairSnapshot:
    """A pair with its present discussion, those before it, and what is open between the two.

    `now` is when it was taken: rules do not look at it, wordings do.
    """

    scope: ClassVar = NudgeScope.PAIR

    pair: Pair
    employee: Person
    manager: Person
    now: datetime
    current: Discussion | None = None  # planning or scheduled
    held: Discussion | None = None  # the last that took place
    cancelled: Discussion | None = None  # the last that was cancelled
    agenda: Sequence[AgendaItem] = ()  # of the current discussion
    preparations: Sequence[Preparation] = ()  # of the current discussion
    thanks: Sequence[ThankYou] = ()  # for the last discussion held, and any other that was sent lately
    commitments: Sequence[Commitment] = ()  # open ones
    kept: Sequence[Commitment] = ()  # those that were done lately
    requests: Sequence[ChangeRequest] = ()  # asked and not answered, or answered lately
    meetings: Sequence[MeetingRequest] = ()  # requests to meet for the current discussion, while it has no date
    updates: Sequence[Update] = ()  # written about commitments lately
    additions: Sequence[Addition] = ()  # to the last discussion held, after it was wrapped up
    calendars: Mapping[int, WorkingCalendar] = field(default_factory=dict)  # by person; as in the profile if not given
    until: date | None = None  # rules may leave out what is due after this day

    def __post_init__(self) -> None:
        of_the_profile = {person.pk: calendar_of(person) for person in (self.employee, self.manager)}
        object.__setattr__(self, "calendars", of_the_profile | dict(self.calendars))

    @property
    def key(self) -> int:
        """The key of the pair."""
        return self.pair.pk

    @cached_property
    def person_ids(self) -> tuple[int, int]:
        """The keys of the two, the employee's first (E1)."""
        return self.pair.employee_id, self.pair.manager_id

    @cached_property
    def recipient_ids(self) -> frozenset[int]:
        """Those of the two who can be sent anything: not the ones who are deactivated."""
        return frozenset(person.pk for person in (self.employee, self.manager) if not person.deactivated)

    @cached_property
    def muted(self) -> frozenset[tuple[int, str]]:
        """The topics of which the two want no nudges, by the keys of the persons."""
        return muted_by(self.employee) | muted_by(self.manager)

    def person(self, side: Side) -> Person:
        """The person on a side."""
        return self.employee if side is Side.EMPLOYEE else self.manager

    def by_id(self, person_id: int) -> Person:
        """One of the two by key."""
        return self.employee if person_id == self.pair.employee_id else self.manager

    def other_than(self, person_id: int) -> Person:
        """The other of the two."""
        return self.by_id(self.pair.other_than(person_id))

    def calendar(self, person_id: int) -> WorkingCalendar:
        """The working calendar of one of the two."""
        return self.calendars[person_id]

    def common_day_from(self, day: date, person_id: int) -> date:
        """The first day, from one on, on which both are at work; a person's own where they share no working day.

        Days are those of that person's calendar.
        """
        mine, theirs = self.calendar(person_id), self.calendar(self.pair.other_than(person_id))
        found = own = mine.working_day_from(day)
        while not theirs.is_working_day(found):
            found = mine.working_days_after(found, 1)
            if found - own > LONGEST_AWAY:
                return own
        return found

    def is_beyond(self, day: date) -> bool:
        """Whether a rule may leave out what is due on a day or later: a night looks a few weeks ahead."""
        return self.until is not None and day > self.until

    def today(self, person: Person) -> date:
        """A person's own date when the snapshot was taken: the day on which a text is read."""
        return local_day(person, self.now)

    @cached_property
    def scheduled(self) -> tuple[Discussion, datetime] | None:
        """The discussion that the pair has a date for, and when it starts (the moment may have passed)."""
        discussion = self.current
        if discussion is None or discussion.state is not DiscussionState.SCHEDULED or discussion.starts_at is None:
            return None
        return discussion, discussion.starts_at

    @cached_property
    def waiting_request(self) -> MeetingRequest | None:
        """The request to meet that waits for an answer: none once there is a date."""
        if self.pair.state is not PairState.ACTIVE or self.current is None or self.scheduled is not None:
            return None
        return next((one for one in self.meetings if one.state is MeetingState.ASKED), None)

    @cached_property
    def undated_since(self) -> datetime | None:
        """Since when the present discussion has needed a date: the start, or the end or loss of the date before."""
        before = (
            self.pair.answered_at,
            self.current.dated_at if self.current and self.current.postponed else None,
            self.held.wrapped_up_at if self.held else None,
            self.cancelled.cancelled_at if self.cancelled else None,
        )
        return max((moment for moment in before if moment), default=None)

    @cached_property
    def proposed_items(self) -> Sequence[AgendaItem]:
        """What the employee has put on the present agenda, whatever became of it; not what was left from last time."""
        return [
            item
            for item in self.agenda
            if item.author_id == self.pair.employee_id
            and item.carried_from_id is None
            and item.state is not ItemState.WITHDRAWN
        ]

    @cached_property
    def unanswered_items(self) -> Sequence[AgendaItem]:
        """What the employee has proposed and the manager has not answered."""
        return [item for item in self.proposed_items if item.state is ItemState.PROPOSED]

    @cached_property
    def thank_you(self) -> ThankYou | None:
        """The note for the last discussion held."""
        held_id = self.held.pk if self.held else None
        return next((note for note in self.thanks if note.discussion_id == held_id), None)

    def deliverables(self, discussion_id: int) -> Sequence[Commitment]:
        """The employee's open commitments from a discussion."""
        return [
            one
            for one in self.commitments
            if one.discussion_id == discussion_id and one.owner_id == self.pair.employee_id
        ]

    def unconfirmed(self, discussion_id: int) -> Sequence[Commitment]:
        """Those of them that the manager has not confirmed (E12)."""
        return [one for one in self.deliverables(discussion_id) if one.confirmed_at is None]

    def commitment(self, commitment_id: int) -> Commitment | None:
        """An open commitment by key."""
        return next((one for one in self.commitments if one.id == commitment_id), None)

    def request(self, request_id: int) -> ChangeRequest | None:
        """A change request by key."""
        return next((one for one in self.requests if one.id == request_id), None)

    def change_is_asked(self, commitment: Commitment) -> bool:
        """Whether one of the two has asked to change a commitment and waits for the answer."""
        return any(one.commitment_id == commitment.id and one.state is RequestState.ASKED for one in self.requests)


@dataclass(frozen=True)
class Report:
    """One of a manager's reports, as far as the manager's own nudges need to know."""

    pair: Pair
    employee: Person
    current: Discussion | None = None
    held: Discussion | None = None


@dataclass(frozen=True)
class PersonSnapshot:
    """One person with the active pairs in which they are the manager. `now` is when it was taken."""

    scope: ClassVar = NudgeScope.PERSON

    me: Person
    now: datetime
    reports: Sequence[Report] = ()
    calendars: Mapping[int, WorkingCalendar] = field(default_factory=dict)  # as in the profile if not given

    def __post_init__(self) -> None:
        object.__setattr__(self, "calendars", {self.me.pk: calendar_of(self.me)} | dict(self.calendars))

    @property
    def key(self) -> int:
        """The key of the person."""
        return self.me.pk

    @cached_property
    def muted(self) -> frozenset[tuple[int, str]]:
        """The topics of which the person wants no nudges."""
        return muted_by(self.me)

    @property
    def recipient_ids(self) -> frozenset[int]:
        """The person, unless they are deactivated and cannot be sent anything."""
        return frozenset() if self.me.deactivated else frozenset((self.me.pk,))

    def by_id(self, _person_id: int) -> Person:
        """The person themselves: nobody else is planned for here."""
        return self.me

    def calendar(self, person_id: int) -> WorkingCalendar:
        """The person's working calendar."""
        return self.calendars[person_id]


@dataclass(frozen=True)
class OpportunitySnapshot:
    """An opportunity, with who takes part and which channels are told. `now` is when it was taken."""

    scope: ClassVar = NudgeScope.TEAM

    opportunity: Opportunity
    people: Mapping[int, Person]  # who offers it, has signed up, or has set up a digest; or has something waiting
    now: datetime
    sign_ups: Sequence[SignUpRow] = ()  # that were not cancelled, in their order
    digests: Sequence[Digest] = ()  # that are switched on
    calendars: Mapping[int, WorkingCalendar] = field(default_factory=dict)  # as in the profile if not given

    def __post_init__(self) -> None:
        of_the_profile = {key: calendar_of(person) for key, person in self.people.items()}
        object.__setattr__(self, "calendars", of_the_profile | dict(self.calendars))

    @property
    def key(self) -> int:
        """The key of the opportunity."""
        return self.opportunity.pk

    @property
    def offered_by(self) -> Person:
        """Who offers it."""
        return self.people[self.opportunity.offered_by_id]

    @cached_property
    def closes_at(self) -> datetime:
        """When it is no longer open."""
        return closes_at(self.opportunity, self.offered_by)

    @property
    def names_its_end(self) -> bool:
        """Whether people read until when it is open."""
        return self.opportunity.starts_at is not None or self.opportunity.open_until is not None

    @cached_property
    def muted(self) -> frozenset[tuple[int, str]]:
        """The topics of which each of these people wants no nudges, by the keys of the persons."""
        return frozenset[tuple[int, str]]().union(*(muted_by(person) for person in self.people.values()))

    @property
    def recipient_ids(self) -> frozenset[int]:
        """Those of them who can be sent anything: not the ones who are deactivated."""
        return frozenset(key for key, person in self.people.items() if not person.deactivated)

    def by_id(self, person_id: int) -> Person:
        """One of them by key."""
        return self.people[person_id]

    def calendar(self, person_id: int) -> WorkingCalendar:
        """The working calendar of one of them."""
        return self.calendars[person_id]

    def today(self, person: Person) -> date:
        """A person's own date when the snapshot was taken."""
        return local_day(person, self.now)


Snapshot = PairSnapshot | PersonSnapshot | OpportunitySnapshot
# What a snapshot is of: a scope, and the key of the pair, the person or the opportunity.
SnapshotKey = tuple[NudgeScope, int]


def at_moment(snapshot: Snapshot, moment: datetime) -> Snapshot:
    """A snapshot as it would be loaded at a later moment, if nothing happened until then: old news is gone. Pure."""
    if not isinstance(snapshot, PairSnapshot):
        return replace(snapshot, now=moment)
    held_id = snapshot.held.pk if snapshot.held else None
    since = moment - NEWS_KEPT
    return replace(
        snapshot,
        now=moment,
        thanks=[one for one in snapshot.thanks if one.discussion_id == held_id or one.sent_at >= since],
        kept=[one for one in snapshot.kept if one.settled_at and one.settled_at >= moment - KEPT_LATELY],
        requests=[one for one in snapshot.requests if one.answered_at is None or one.answered_at >= since],
        updates=[one for one in snapshot.updates if one.written_at >= since],
    )
