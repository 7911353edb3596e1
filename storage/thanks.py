"""Thank-yous: the employee's written thanks, with the deliverables confirmed (practice E12)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository
from storage.encryption import EncryptedText


class ThankYou(PairScoped, table=True):
    """The note an employee sends after a talk, and when the manager confirmed its deliverables."""

    discussion_id: int = Field(foreign_key="discussion.id", unique=True)
    author_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    sent_at: datetime
    confirmed_at: datetime | None = None


class Thanks(Repository):
    """Finds thank-yous."""

    async def of_discussions(self, discussion_ids: Sequence[int]) -> Sequence[ThankYou]:
        """The notes sent after some talks."""
        return await self._all(select(ThankYou).where(col(ThankYou.discussion_id).in_(discussion_ids)))
