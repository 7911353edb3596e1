"""Preparations: what each side answers before a discussion."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column
from storage.encryption import EncryptedEnum, EncryptedText
from storage.pairs import Side


class Level(StrEnum):
    """How somebody's work on their own career development is assessed (practice E2)."""

    DEVELOPING = "developing"
    STRONG = "strong"
    OUTSTANDING = "outstanding"


class Preparation(PairScoped, table=True):
    """One side's answers for one discussion. The level stays hidden from the other side until both are in (E2)."""

    __table_args__ = (sa.UniqueConstraint("discussion_id", "author_id"),)

    discussion_id: int = Field(foreign_key="discussion.id")
    author_id: int = Field(foreign_key="person.id")
    side: Side = Field(sa_type=enum_column(Side))
    level: Level | None = Field(default=None, sa_column=sa.Column(EncryptedEnum(Level)))
    submitted_at: datetime


class Answer(PairScoped, table=True):
    """One answer of a preparation: private unless its author shares it (practice C10)."""

    __table_args__ = (sa.UniqueConstraint("preparation_id", "question"),)

    preparation_id: int = Field(foreign_key="preparation.id")
    author_id: int = Field(foreign_key="person.id")
    question: str = Field(description="a key of cycle.prompts")
    text: str = Field(sa_type=EncryptedText)
    shared: bool = False
    answered_at: datetime


class Preparations(Repository):
    """Finds preparations and answers."""

    async def of_discussion(self, discussion_ids: Sequence[int]) -> Sequence[Preparation]:
        """Both sides' preparations of some discussions."""
        return await self._all(select(Preparation).where(col(Preparation.discussion_id).in_(discussion_ids)))

    async def of_author(self, discussion_id: int, author_id: int) -> tuple[Preparation, list[Answer]] | None:
        """What one side has handed in for a discussion, and its answers in their order."""
        statement = (
            select(Preparation, Answer)
            .join(Answer, col(Answer.preparation_id) == col(Preparation.id), isouter=True)
            .where(Preparation.discussion_id == discussion_id, Preparation.author_id == author_id)
            .order_by(col(Answer.id))
        )
        rows: Sequence[tuple[Preparation, Answer | None]] = await self._all(statement)
        return (rows[0][0], [answer for _preparation, answer in rows if answer is not None]) if rows else None

    async def answers(self, preparation_ids: Sequence[int]) -> Sequence[Answer]:
        """The answers of some preparations, in their order."""
        statement = select(Answer).where(col(Answer.preparation_id).in_(preparation_ids)).order_by(col(Answer.id))
        return await self._all(statement)
