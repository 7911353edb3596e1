"""Thank-yous: the employee's written thanks, with the deliverables confirmed (practice E12)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository
from storage.encryption import EncryptedText


class ThankYou(PairScoped, table=True):
    """The note that an employee sends after a discussion, and when the manager confirmed its deliverables."""

    discussion_id: int = Field(foreign_key="discussion.id", unique=True)
    author_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    sent_at: datetime
    confirmed_at: datetime | None = None


class Thanks(Repository):
    """Finds thank-yous."""

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
