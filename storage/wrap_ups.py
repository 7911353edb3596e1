"""What people write down at a discussion: each side's notes, and what was added once it was wrapped up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, reused
from storage.discussions import LAST_HELD, Discussion
from storage.encryption import EncryptedText
from storage.thanks import ThankYou


class Notes(PairScoped, table=True):
    """What one of the two wrote down at a discussion, for both to read. Only its author changes it."""

    __table_args__ = (sa.UniqueConstraint("discussion_id", "author_id"),)

    discussion_id: int = Field(foreign_key="discussion.id")
    author_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    written_at: datetime


class Addition(PairScoped, table=True):
    """What one of the two added after a discussion was wrapped up: what the other side is told about it."""

    discussion_id: int = Field(foreign_key="discussion.id", index=True)
    author_id: int = Field(foreign_key="person.id")
    added_at: datetime
    has_notes: bool = Field(default=False, description="the author's notes are new, or have changed")
    for_employee: int = Field(default=0, description="how many commitments the employee has taken on")
    for_manager: int = Field(default=0, description="how many commitments the manager has taken on")
    has_format: bool = Field(default=False, description="how the two meet has changed")


WITH_THANKS: Final = reused(
    select(Discussion, Notes, ThankYou)
    .join(Notes, col(Notes.discussion_id) == col(Discussion.id), isouter=True)
    .join(ThankYou, col(ThankYou.discussion_id) == col(Discussion.id), isouter=True)
    .where(col(Discussion.id).in_(sa.bindparam("ids", expanding=True)))
    .order_by(col(Notes.id))
)


class WrapUps(Repository):
    """Finds notes and additions."""

    async def notes(self, discussion_ids: Sequence[int]) -> Sequence[Notes]:
        """Both sides' notes of some discussions."""
        statement = select(Notes).where(col(Notes.discussion_id).in_(discussion_ids)).order_by(col(Notes.id))
        return await self._all(statement)

    async def with_thanks(
        self, discussion_ids: Sequence[int]
    ) -> Sequence[tuple[Discussion, Notes | None, ThankYou | None]]:
        """Some discussions, each once with the notes of each side, and with the thank-you that was sent after it."""
        return await self._joined(WITH_THANKS, ids=list(discussion_ids))

    async def last_held(self, pair_id: int) -> Sequence[tuple[Discussion, Notes | None]]:
        """The last discussion that a pair has held, once with the notes of each side; once without where none are."""
        statement = (
            select(Discussion, Notes)
            .join(Notes, col(Notes.discussion_id) == col(Discussion.id), isouter=True)
            .where(col(Discussion.id) == LAST_HELD)
            .order_by(col(Notes.id))
        )
        return await self._all(statement, pair_id=pair_id)

    async def additions(self, discussion_ids: Sequence[int]) -> Sequence[Addition]:
        """What was added to some discussions, oldest first."""
        statement = select(Addition).where(col(Addition.discussion_id).in_(discussion_ids)).order_by(col(Addition.id))
        return await self._all(statement)
