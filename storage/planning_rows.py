"""Planning rows: what the rules of nudges read, as plain tuples instead of entities, and without what people wrote.

A nightly run plans every pair of a workspace. To make entities of a dozen rows of each, and to decrypt their texts,
would be most of its time (`python -m benchmarks replanning`). Each tuple has the attributes of its noun that rules
read, under the same names, so a snapshot of such rows is planned like any other; a rule that reads more fails there.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import col

from storage.agenda import AgendaItem, ItemState
from storage.base import Repository, WorkspaceScoped
from storage.commitments import ChangeRequest, Commitment, CommitmentState, RequestState
from storage.discussions import Discussion, DiscussionState, latest_ids
from storage.meeting_requests import MeetingRequest, MeetingState
from storage.opportunities import SignUp
from storage.pairs import Pair, PairState
from storage.people import Person
from storage.preparations import Preparation
from storage.thanks import MailState, ThankYou
from storage.updates import Update, UpdateKind
from storage.wrap_ups import Addition

RowT = TypeVar("RowT", bound=tuple[Any, ...])


class PairRow(NamedTuple):
    """A pair."""

    id: int
    state: PairState
    employee_id: int
    manager_id: int
    asked_by_id: int
    asked_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id

    def other_than(self, person_id: int) -> int:
        """The other of the two."""
        return self.manager_id if person_id == self.employee_id else self.employee_id


class PersonRow(NamedTuple):
    """A person, with what their calendar depends on."""

    id: int
    tz: str
    deactivated: bool
    country: str | None
    weekdays: str | None
    opens: time | None
    closes: time | None
    workspace_country: str | None
    time_off: str
    closed_days: str
    status_from: date | None
    status_until: date | None
    muted: str

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class DiscussionRow(NamedTuple):
    """A discussion."""

    id: int
    pair_id: int
    state: DiscussionState
    due_on: date
    postponed: bool
    starts_at: datetime | None
    minutes: int
    round: int
    dated_at: datetime | None
    dated_by_id: int | None
    moved_from: datetime | None
    wrapped_up_at: datetime | None
    wrapped_up_by_id: int | None
    added_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by_id: int | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id

    @property
    def ends_at(self) -> datetime | None:
        """When a dated discussion is over."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


class ItemRow(NamedTuple):
    """An agenda item."""

    discussion_id: int
    author_id: int
    state: ItemState
    carried_from_id: int | None
    proposed_at: datetime
    answered_at: datetime | None
    counter_answered_at: datetime | None


class PreparationRow(NamedTuple):
    """A preparation: whose, for which discussion."""

    discussion_id: int
    author_id: int


class CommitmentRow(NamedTuple):
    """A commitment."""

    id: int
    pair_id: int
    discussion_id: int | None
    owner_id: int
    due_on: date
    agreed_at: datetime
    state: CommitmentState
    settled_at: datetime | None
    confirmed_at: datetime | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class RequestRow(NamedTuple):
    """A request for a change of a commitment."""

    id: int
    pair_id: int
    commitment_id: int
    asked_by_id: int
    state: RequestState
    asked_at: datetime
    answered_at: datetime | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class NoteRow(NamedTuple):
    """A thank-you."""

    id: int
    pair_id: int
    discussion_id: int
    sent_at: datetime
    confirmed_at: datetime | None
    mail_state: MailState | None
    mail_attempt: int | None
    mail_at: datetime | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class AdditionRow(NamedTuple):
    """What was added to a discussion after it was wrapped up."""

    id: int
    discussion_id: int
    author_id: int
    added_at: datetime
    has_notes: bool
    for_employee: int
    for_manager: int
    has_format: bool

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class MeetingRow(NamedTuple):
    """A request to meet for a discussion."""

    id: int
    discussion_id: int
    asked_by_id: int
    asked_at: datetime
    state: MeetingState
    answered_at: datetime | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class UpdateRow(NamedTuple):
    """What one of the two wrote about a commitment."""

    id: int
    pair_id: int
    commitment_id: int
    author_id: int
    kind: UpdateKind
    written_at: datetime
    answered_at: datetime | None

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class SignUpRow(NamedTuple):
    """Someone who wants to take part in an opportunity."""

    id: int
    opportunity_id: int
    person_id: int
    signed_up_at: datetime

    @property
    def pk(self) -> int:
        """The primary key."""
        return self.id


class PlanningRows(Repository):
    """Finds the rows that planning takes, each noun in one query. Plain values, so the gate is not asked."""

    async def pairs(self, pair_ids: Collection[int]) -> list[PairRow]:
        """Pairs by key."""
        return await self._rows(PairRow, Pair, self._among(col(Pair.id), pair_ids))

    async def active_pairs_of(self, manager_ids: Collection[int]) -> list[PairRow]:
        """The active pairs in which any of these people are the manager, the oldest first."""
        theirs = await self._rows(
            PairRow, Pair, self._among(col(Pair.manager_id), manager_ids), col(Pair.state) == PairState.ACTIVE
        )
        return sorted(theirs, key=lambda row: row.id)

    async def people(self, person_ids: Collection[int]) -> dict[int, PersonRow]:
        """People by key."""
        rows = await self._rows(PersonRow, Person, self._among(col(Person.id), person_ids))
        return {row.id: row for row in rows}

    async def discussions(self, pair_ids: Collection[int]) -> list[DiscussionRow]:
        """Of each pair the open discussion, the last held and the last cancelled, where there are any."""
        return await self._rows(DiscussionRow, Discussion, col(Discussion.id).in_(latest_ids(pair_ids)))

    async def items(self, discussion_ids: Collection[int]) -> list[ItemRow]:
        """The agenda items of some discussions."""
        return await self._rows(ItemRow, AgendaItem, self._among(col(AgendaItem.discussion_id), discussion_ids))

    async def meetings(self, discussion_ids: Collection[int]) -> list[MeetingRow]:
        """The requests to meet for some discussions."""
        rows = await self._rows(
            MeetingRow, MeetingRequest, self._among(col(MeetingRequest.discussion_id), discussion_ids)
        )
        return sorted(rows, key=lambda row: row.id)

    async def preparations(self, discussion_ids: Collection[int]) -> list[PreparationRow]:
        """The preparations for some discussions."""
        return await self._rows(
            PreparationRow, Preparation, self._among(col(Preparation.discussion_id), discussion_ids)
        )

    async def commitments(self, pair_ids: Collection[int], kept_since: datetime) -> list[CommitmentRow]:
        """The commitments of some pairs that are open, or were kept since a moment."""
        mine = self._among(col(Commitment.pair_id), pair_ids)
        kept = sa.and_(col(Commitment.state) == CommitmentState.DONE, col(Commitment.settled_at) >= kept_since)
        is_open = col(Commitment.state) == CommitmentState.OPEN
        return await self._rows(CommitmentRow, Commitment, mine, sa.or_(is_open, kept))

    async def requests(self, pair_ids: Collection[int], answered_since: datetime) -> list[RequestRow]:
        """Changes that were asked for between some pairs: not answered yet, or answered since a moment."""
        news = sa.or_(col(ChangeRequest.state) == RequestState.ASKED, col(ChangeRequest.answered_at) >= answered_since)
        return await self._rows(RequestRow, ChangeRequest, self._among(col(ChangeRequest.pair_id), pair_ids), news)

    async def notes(
        self, pair_ids: Collection[int], discussion_ids: Collection[int], sent_since: datetime
    ) -> list[NoteRow]:
        """The thank-yous for some discussions, and all others sent between some pairs since a moment."""
        lately = sa.and_(self._among(col(ThankYou.pair_id), pair_ids), col(ThankYou.sent_at) >= sent_since)
        return await self._rows(
            NoteRow, ThankYou, sa.or_(self._among(col(ThankYou.discussion_id), discussion_ids), lately)
        )

    async def additions(self, discussion_ids: Collection[int]) -> list[AdditionRow]:
        """What was added to some discussions after they were wrapped up."""
        return await self._rows(AdditionRow, Addition, self._among(col(Addition.discussion_id), discussion_ids))

    async def updates(self, pair_ids: Collection[int], since: datetime) -> list[UpdateRow]:
        """What was written about commitments in some pairs since a moment."""
        mine = self._among(col(Update.pair_id), pair_ids)
        return await self._rows(UpdateRow, Update, mine, col(Update.written_at) >= since)

    async def sign_ups(self, opportunity_ids: Collection[int]) -> list[SignUpRow]:
        """Who wants to take part in some opportunities, in the order in which they signed up.

        A person who changes an opportunity or signs up for it may not read the other names, but replans them too.
        """
        theirs = self._among(col(SignUp.opportunity_id), opportunity_ids)
        rows = await self._rows(SignUpRow, SignUp, theirs, col(SignUp.cancelled_at).is_(None))
        return sorted(rows, key=lambda row: (row.signed_up_at, row.id))

    async def _rows(self, kind: type[RowT], noun: type[WorkspaceScoped], *conditions: Any) -> list[RowT]:
        # Not by the session, which would take as long again to hand on plain values.
        table: sa.Table = noun.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
        columns = [table.c[name] for name in kind._fields]  # type: ignore[attr-defined]  # all are named tuples
        statement = sa.select(*columns).where(table.c.workspace_id == self._workspace_id, *conditions)
        return [kind(*row) for row in (await self._execute_core(statement)).all()]
