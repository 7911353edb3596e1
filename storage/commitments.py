"""Commitments: who does what by when (practices E11–E13)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText


class CommitmentState(StrEnum):
    """What became of a commitment; a renegotiated one is replaced by another."""

    OPEN = "open"
    DONE = "done"
    RENEGOTIATED = "renegotiated"
    DROPPED = "dropped"


class Advocacy(StrEnum):
    """How a manager speaks up for an employee (practice M8)."""

    INTRODUCE = "introduce"
    NOMINATE = "nominate"
    SPONSOR = "sponsor"
    FREE_TIME = "free_time"
    FUND = "fund"


class Commitment(PairScoped, table=True):
    """Something one of the two does by a date. Its words and date never change: a change makes a new row."""

    discussion_id: int | None = Field(
        default=None, foreign_key="discussion.id", index=True, description="where it was agreed"
    )
    owner_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    due_on: date
    state: CommitmentState = Field(default=CommitmentState.OPEN, sa_type=enum_column(CommitmentState))
    agreed_at: datetime
    settled_at: datetime | None = None
    confirmed_at: datetime | None = Field(default=None, description="when the manager confirmed it (E12)")
    replaces_id: int | None = Field(default=None, foreign_key="commitment.id")
    advocacy: Advocacy | None = Field(default=None, sa_type=enum_column(Advocacy), description="the manager's (M8)")


class RequestState(StrEnum):
    """What became of a change that one side asked for."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ChangeRequest(PairScoped, table=True):
    """A new date (and perhaps new words) for a commitment, which the other side agrees to or not (practice E13)."""

    __table_args__ = (
        # One open request per commitment, so that two people pressing at once cannot leave two to answer.
        sa.Index(
            "uq_changerequest_asked",
            "commitment_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    commitment_id: int = Field(foreign_key="commitment.id", index=True)
    asked_by_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    due_on: date
    reason: str | None = Field(default=None, sa_type=EncryptedText)
    asked_at: datetime
    state: RequestState = Field(default=RequestState.ASKED, sa_type=enum_column(RequestState))
    answered_at: datetime | None = None


OPEN_OF: Final = reused(
    select(Commitment)
    .where(
        col(Commitment.pair_id).in_(sa.bindparam("pair_ids", expanding=True)),
        Commitment.state == CommitmentState.OPEN,
    )
    .order_by(col(Commitment.due_on), col(Commitment.id))
)
OPEN_OR_KEPT: Final = reused(
    select(Commitment)
    .where(
        col(Commitment.pair_id).in_(sa.bindparam("pair_ids", expanding=True)),
        sa.or_(
            col(Commitment.state) == CommitmentState.OPEN,
            sa.and_(col(Commitment.state) == CommitmentState.DONE, col(Commitment.settled_at) >= sa.bindparam("since")),
        ),
    )
    .order_by(col(Commitment.due_on), col(Commitment.id))
)
SETTLED_OF: Final = reused(
    select(Commitment)
    .where(
        col(Commitment.pair_id).in_(sa.bindparam("pair_ids", expanding=True)),
        col(Commitment.state).in_((CommitmentState.DONE, CommitmentState.DROPPED)),
        col(Commitment.settled_at) >= sa.bindparam("since"),
    )
    .order_by(col(Commitment.settled_at).desc(), col(Commitment.id).desc())
    .limit(sa.bindparam("most"))
)
REQUESTS_OF: Final = reused(
    select(ChangeRequest).where(
        col(ChangeRequest.pair_id).in_(sa.bindparam("pair_ids", expanding=True)),
        sa.or_(col(ChangeRequest.state) == RequestState.ASKED, col(ChangeRequest.answered_at) >= sa.bindparam("since")),
    )
)


class Commitments(Repository):
    """Finds commitments and the changes asked for."""

    async def get(self, commitment_id: int) -> Commitment:
        """A commitment by key."""
        return await self._get(Commitment, commitment_id)

    async def get_request(self, request_id: int) -> ChangeRequest:
        """A change request by key."""
        return await self._get(ChangeRequest, request_id)

    async def open_of(self, pair_ids: Sequence[int]) -> Sequence[Commitment]:
        """The open commitments of some pairs, the next due first."""
        return await self._all(OPEN_OF, pair_ids=list(pair_ids))

    async def open_or_kept(self, pair_ids: Sequence[int], kept_since: datetime) -> Sequence[Commitment]:
        """The commitments of some pairs that are open, or were kept since a moment; the next due first."""
        return await self._all(OPEN_OR_KEPT, pair_ids=list(pair_ids), since=kept_since)

    async def settled_of(self, pair_ids: Sequence[int], since: datetime, limit: int) -> Sequence[Commitment]:
        """What was done or dropped since a moment, latest first."""
        return await self._all(SETTLED_OF, pair_ids=list(pair_ids), since=since, most=limit)

    async def of_discussion(self, discussion_id: int) -> Sequence[Commitment]:
        """What was agreed in a discussion: the commitments as first made, and those that have replaced them since."""
        statement = select(Commitment).where(Commitment.discussion_id == discussion_id).order_by(col(Commitment.id))
        return await self._all(statement)

    async def of_discussions(self, discussion_ids: Sequence[int]) -> Sequence[Commitment]:
        """What was agreed in some discussions, as in `of_discussion`."""
        statement = select(Commitment).where(col(Commitment.discussion_id).in_(discussion_ids))
        return await self._all(statement.order_by(col(Commitment.id)))

    async def requests_of(self, pair_ids: Sequence[int], answered_since: datetime) -> Sequence[ChangeRequest]:
        """The change requests that are not answered, and those answered since a moment."""
        return await self._all(REQUESTS_OF, pair_ids=list(pair_ids), since=answered_since)
