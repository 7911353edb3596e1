"""Pulses: how a discussion was for each of the two, told in private (practice E18)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column


class Score(StrEnum):
    """How a discussion was."""

    GOOD = "good"
    MIXED = "mixed"
    POOR = "poor"


class Pulse(PairScoped, table=True):
    """How one of the two found a discussion. Its author alone can read it; others see numbers of many."""

    __table_args__ = (sa.UniqueConstraint("discussion_id", "author_id"),)

    discussion_id: int = Field(foreign_key="discussion.id")
    author_id: int = Field(foreign_key="person.id")
    score: Score = Field(sa_type=enum_column(Score))
    given_at: datetime


class Pulses(Repository):
    """Finds pulses."""

    async def mine(self, discussion_id: int, person_id: int) -> Pulse | None:
        """What a person said about a discussion."""
        statement = select(Pulse).where(Pulse.discussion_id == discussion_id, Pulse.author_id == person_id)
        return await self._first(statement)  # type: ignore[no-any-return]

    async def since(self, moment: datetime) -> Sequence[tuple[int, Score]]:
        """Who said what since a moment, in no order. Plain values, to be counted: the gate is not asked."""
        statement = sa.select(col(Pulse.author_id), col(Pulse.score)).where(col(Pulse.given_at) >= moment)
        return [(author_id, score) for author_id, score in await self._all(statement)]
