"""Thank-yous: the employee's written thanks, with the deliverables confirmed (practice E12)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column
from storage.encryption import EncryptedText


class MailState(StrEnum):
    """What became of the mail with a note, where its author wants one."""

    WAITING = "waiting"  # written down; the mail server has not been asked yet
    SENDING = "sending"  # the server may have it already
    SENT = "sent"  # the server has it
    FAILED = "failed"  # the server certainly does not have it
    UNCONFIRMED = "unconfirmed"  # the server's answer was lost


class MailFailure(StrEnum):
    """Why a mail was certainly not sent."""

    NO_ADDRESS = "no_address"
    NO_PERMISSION = "no_permission"  # to look addresses up
    NO_LOOKUP = "no_lookup"  # Slack did not answer
    NOT_REACHED = "not_reached"
    REFUSED = "refused"


class ThankYou(PairScoped, table=True):
    """The note that an employee sends after a discussion, and when the manager confirmed its deliverables."""

    discussion_id: int = Field(foreign_key="discussion.id", unique=True)
    author_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    sent_at: datetime
    confirmed_at: datetime | None = None
    mail_state: MailState | None = Field(default=None, sa_type=enum_column(MailState), description="None: no mail")
    mail_attempt: int | None = Field(default=None, description="1 for the first attempt to send the mail")
    mail_at: datetime | None = Field(default=None, description="when that attempt was asked for, or ended")
    mail_failure: MailFailure | None = Field(default=None, sa_type=enum_column(MailFailure))


class Thanks(Repository):
    """Finds thank-yous."""

    async def get(self, thank_you_id: int) -> ThankYou:
        """A note by key."""
        return await self._get(ThankYou, thank_you_id)

    async def of_discussions(self, discussion_ids: Sequence[int]) -> Sequence[ThankYou]:
        """The notes sent after some discussions."""
        return await self._all(select(ThankYou).where(col(ThankYou.discussion_id).in_(discussion_ids)))

    async def of_pairs(
        self, pair_ids: Sequence[int], discussion_ids: Sequence[int], sent_since: datetime
    ) -> Sequence[ThankYou]:
        """The notes for some discussions, and all others sent between some pairs since a moment, oldest first."""
        lately = sa.and_(col(ThankYou.pair_id).in_(pair_ids), col(ThankYou.sent_at) >= sent_since)
        statement = (
            select(ThankYou)
            .where(sa.or_(col(ThankYou.discussion_id).in_(discussion_ids), lately))
            .order_by(col(ThankYou.id))
        )
        return await self._all(statement)
