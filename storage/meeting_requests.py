"""Meeting requests: one side asks the other to meet, and proposes times (practice E5)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText


class MeetingState(StrEnum):
    """What became of a meeting request. A date that is set in another way leaves it as it is: the date says enough."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    COUNTERED = "countered"  # another time was proposed instead
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # taken back, or replaced by a newer one


class MeetingRequest(PairScoped, table=True):
    """A request to meet for the discussion that is open, in the asker's words, with one to three times."""

    __table_args__ = (
        # One that waits per discussion, so that two who press at once cannot leave two to answer.
        sa.Index(
            "uq_meetingrequest_asked",
            "discussion_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    discussion_id: int = Field(foreign_key="discussion.id", index=True)
    asked_by_id: int = Field(foreign_key="person.id")
    words: str | None = Field(default=None, sa_type=EncryptedText)
    times: str = Field(description="unix seconds, in order, apart by spaces")
    asked_at: datetime
    state: MeetingState = Field(default=MeetingState.ASKED, sa_type=enum_column(MeetingState))
    answered_at: datetime | None = None
    other_time: datetime | None = Field(default=None, description="proposed instead of the asker's")
    reason: str | None = Field(default=None, sa_type=EncryptedText, description="why it was declined")

    @property
    def moments(self) -> list[datetime]:
        """The times, in order."""
        return moments_of(self.times)


def moments_of(times: str) -> list[datetime]:
    """Times as they are stored, as moments."""
    return [datetime.fromtimestamp(int(seconds), UTC) for seconds in times.split()]


OF_DISCUSSIONS: Final = reused(
    select(MeetingRequest)
    .where(col(MeetingRequest.discussion_id).in_(sa.bindparam("ids", expanding=True)))
    .order_by(col(MeetingRequest.id))
)


class MeetingRequests(Repository):
    """Finds meeting requests."""

    async def get(self, request_id: int) -> MeetingRequest:
        """A request by key."""
        return await self._get(MeetingRequest, request_id)

    async def of_discussions(self, discussion_ids: Sequence[int]) -> Sequence[MeetingRequest]:
        """The requests to meet for some discussions, the first one first."""
        return await self._all(OF_DISCUSSIONS, ids=list(discussion_ids))
