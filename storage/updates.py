"""What the two write to each other about a commitment or an objective in between (practice E14)."""

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


class Update(PairScoped, table=True):
    """Something that one of the two wrote to the other: about a commitment, or about an objective that is shared.

    It is sent, so its words never change, and both read it.
    """

    __tablename__ = "commitmentupdate"  # as databases in use have it

    commitment_id: int | None = Field(
        default=None, foreign_key="commitment.id", index=True, description="the present one, if it was changed"
    )
    objective_id: int | None = Field(
        default=None, foreign_key="objective.id", index=True, description="the present one, if it was changed"
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
    select(Update)
    .where(
        col(Update.pair_id).in_(sa.bindparam("pair_ids", expanding=True)),
        col(Update.written_at) >= sa.bindparam("since"),
    )
    .order_by(col(Update.id))
)


class Updates(Repository):
    """Finds updates."""

    async def about(self, commitment_id: int) -> Sequence[Update]:
        """All that was written about a commitment, oldest first."""
        statement = select(Update).where(Update.commitment_id == commitment_id)
        return await self._all(statement.order_by(col(Update.id)))

    async def about_objective(self, objective_id: int) -> Sequence[Update]:
        """All that was written about an objective, oldest first."""
        statement = select(Update).where(Update.objective_id == objective_id)
        return await self._all(statement.order_by(col(Update.id)))

    async def of_pairs(self, pair_ids: Sequence[int], since: datetime) -> Sequence[Update]:
        """What was written in some pairs since a moment, oldest first."""
        return await self._all(WRITTEN_SINCE, pair_ids=list(pair_ids), since=since)

    async def move(self, commitment_id: int, new_commitment_id: int) -> None:
        """Give all that was written about a commitment to the one that has taken its place."""
        for one in await self.about(commitment_id):
            one.commitment_id = new_commitment_id

    async def move_to_objective(self, objective_id: int, new_objective_id: int) -> None:
        """Give all that was written about an objective to the one that has taken its place."""
        for one in await self.about_objective(objective_id):
            one.objective_id = new_objective_id

    async def settle_about_objective(self, objective_id: int, now: datetime) -> None:
        """No question about an objective waits for an answer any more."""
        for one in await self.about_objective(objective_id):
            if one.waits:
                one.answered_at = now
