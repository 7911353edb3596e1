"""Skill gaps: what the employee wants to learn, and how the two will close the gap (practices E7, M3, C5)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column
from storage.encryption import EncryptedText
from storage.objectives import Development
from storage.pairs import Pair, PairState


class GapState(StrEnum):
    """What became of a gap; a changed one is replaced, never overwritten (practice C13)."""

    OPEN = "open"
    CLOSED = "closed"
    CHANGED = "changed"
    DROPPED = "dropped"


class Gap(PairScoped, table=True):
    """A skill or knowledge that the employee of a pair still lacks. Its author's alone unless shared."""

    author_id: int = Field(foreign_key="person.id")
    skill: str = Field(sa_type=EncryptedText)
    way: str = Field(sa_type=EncryptedText, description="how the two will close it; empty until they know")
    development: Development | None = Field(default=None, sa_type=enum_column(Development))
    shared: bool = False
    state: GapState = Field(default=GapState.OPEN, sa_type=enum_column(GapState))
    set_at: datetime
    settled_at: datetime | None = None
    replaces_id: int | None = Field(default=None, foreign_key="gap.id")


class Gaps(Repository):
    """Finds gaps."""

    async def get(self, gap_id: int) -> Gap:
        """A gap by key."""
        return await self._get(Gap, gap_id)

    async def open_or_closed(self, pair_id: int, closed_since: datetime) -> Sequence[Gap]:
        """The open gaps, then those closed since a moment, each in the order in which they were set."""
        lately = sa.and_(col(Gap.state) == GapState.CLOSED, col(Gap.settled_at) >= closed_since)
        statement = select(Gap).where(Gap.pair_id == pair_id, sa.or_(col(Gap.state) == GapState.OPEN, lately))
        by_state = sa.case((col(Gap.state) == GapState.OPEN, 0), else_=1)
        return await self._all(statement.order_by(by_state, col(Gap.set_at), col(Gap.id)))

    async def open_of(self, employee_id: int) -> Sequence[Gap]:
        """The open gaps of an employee, of both sides' naming, in the order in which they were set."""
        statement = (
            select(Pair, Gap)
            .join(Gap, col(Gap.pair_id) == col(Pair.id))
            .where(Pair.employee_id == employee_id, Pair.state == PairState.ACTIVE, Gap.state == GapState.OPEN)
        )
        return [gap for _pair, gap in await self._all(statement.order_by(col(Gap.set_at), col(Gap.id)))]

    async def all_of(self, pair_id: int) -> Sequence[Gap]:
        """Every gap that there ever was, in the order in which they were set (C13)."""
        return await self._all(select(Gap).where(Gap.pair_id == pair_id).order_by(col(Gap.set_at), col(Gap.id)))
