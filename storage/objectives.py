"""Objectives: what the employee aims at, on two horizons (practice E3)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText


class Horizon(StrEnum):
    """How far ahead an objective lies (practice E3)."""

    SHORT = "short"  # 6–12 months
    LONG = "long"  # 2–5 years


class ObjectiveState(StrEnum):
    """What became of an objective; a changed one is replaced, never overwritten (practice C13)."""

    CURRENT = "standing"  # the value that databases in use hold
    CHANGED = "changed"
    DROPPED = "dropped"


class Objective(PairScoped, table=True):
    """One objective of the employee of a pair: private unless shared."""

    owner_id: int = Field(foreign_key="person.id")
    horizon: Horizon = Field(sa_type=enum_column(Horizon))
    text: str = Field(sa_type=EncryptedText)
    target_on: date
    shared: bool = False
    state: ObjectiveState = Field(default=ObjectiveState.CURRENT, sa_type=enum_column(ObjectiveState))
    set_at: datetime
    settled_at: datetime | None = Field(default=None, description="when it was changed or dropped")
    replaces_id: int | None = Field(default=None, foreign_key="objective.id")


CURRENT: Final = reused(
    select(Objective)
    .where(col(Objective.pair_id) == sa.bindparam("pair_id"), Objective.state == ObjectiveState.CURRENT)
    .order_by(col(Objective.set_at), col(Objective.id))
)


class Objectives(Repository):
    """Finds objectives."""

    async def get(self, objective_id: int) -> Objective:
        """An objective by key."""
        return await self._get(Objective, objective_id)

    async def current(self, pair_id: int) -> Sequence[Objective]:
        """The current objectives, in the order in which they were set."""
        return await self._all(CURRENT, pair_id=pair_id)

    async def ever(self, pair_id: int) -> Sequence[Objective]:
        """All objectives of a pair in the order in which they were set, changed and dropped ones included."""
        statement = select(Objective).where(Objective.pair_id == pair_id)
        return await self._all(statement.order_by(col(Objective.set_at), col(Objective.id)))
