"""What the two write to each other about a commitment: how it is going, questions, answers (practice E14)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText


class UpdateKind(StrEnum):
    """What an update is."""

    PROGRESS = "progress"  # how it is going
    QUESTION = "question"  # asks the other side for guidance
    ANSWER = "answer"


class CommitmentUpdate(PairScoped, table=True):
    """Something that one of the two wrote to the other about a commitment. It is sent, so its words never change."""

    commitment_id: int = Field(
        foreign_key="commitment.id", index=True, description="the present one, if it was changed"
    )
    author_id: int = Field(foreign_key="person.id")
    kind: UpdateKind = Field(sa_type=enum_column(UpdateKind))
    text: str = Field(sa_type=EncryptedText)
    written_at: datetime
    answered_at: datetime | None = Field(default=None, description="when the other side answered a question")

    @property
    def waits(self) -> bool:
        """Whether it is a question that the other side has not answered."""
        return self.kind is UpdateKind.QUESTION and self.answered_at is None


WRITTEN_SINCE: Final = reused(
    select(CommitmentUpdate)
    .where(
        col(CommitmentUpdate.pair_id).in_(sa.bindparam("pair_ids", expanding=True)),
        col(CommitmentUpdate.written_at) >= sa.bindparam("since"),
    )
    .order_by(col(CommitmentUpdate.id))
)


class Updates(Repository):
    """Finds updates."""

    async def about(self, commitment_id: int) -> Sequence[CommitmentUpdate]:
        """All that was written about a commitment, oldest first."""
        statement = select(CommitmentUpdate).where(CommitmentUpdate.commitment_id == commitment_id)
        return await self._all(statement.order_by(col(CommitmentUpdate.id)))

    async def of_pairs(self, pair_ids: Sequence[int], since: datetime) -> Sequence[CommitmentUpdate]:
        """What was written in some pairs since a moment, oldest first."""
        return await self._all(WRITTEN_SINCE, pair_ids=list(pair_ids), since=since)

    async def move(self, commitment_id: int, new_commitment_id: int) -> None:
        """Give all that was written about a commitment to the one that has taken its place."""
        for one in await self.about(commitment_id):
            one.commitment_id = new_commitment_id
