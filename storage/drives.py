"""Drives: what the employee works for, what gives them energy and which path they prefer (practices C4, M5, L8)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText
from storage.objectives import Objective, ObjectiveState
from storage.pairs import Pair


class Motivation(StrEnum):
    """What makes work worth it (practice C4)."""

    PAY = "pay"
    SKILLS = "skills"
    IMPACT = "impact"
    AUTHORITY = "authority"
    RECOGNITION = "recognition"
    CREATIVITY = "creativity"


class PathPreference(StrEnum):
    """Which way a person would like to develop (practice L8)."""

    LEAD = "lead"
    EXPERT = "expert"
    EXPLORE = "explore"
    STAY = "stay"


class DriveKind(StrEnum):
    """What a drive says."""

    MOTIVATIONS = "motivations"  # a ranking, the most important first
    WORK = "work"  # that excites or makes proud
    MORE_OF_IT = "more_of_it"  # one way to have more of that work
    PATH = "path"


class Drive(PairScoped, table=True):
    """One thing that the employee said on a day, private unless shared; a changed one is a new row (practice C13)."""

    __table_args__ = (sa.Index("ix_drive_author_id", "author_id"),)

    discussion_id: int = Field(foreign_key="discussion.id", description="the one that it was said for")
    author_id: int = Field(foreign_key="person.id")
    kind: DriveKind = Field(sa_type=enum_column(DriveKind))
    text: str = Field(sa_type=EncryptedText, description="words, a PathPreference, or a ranking as `pay skills`")
    shared: bool = False
    shared_at: datetime | None = Field(default=None, description="when it was first shared; None if it never was")
    set_at: datetime
    replaces_id: int | None = Field(default=None, foreign_key="drive.id")
    replaced_at: datetime | None = Field(default=None, description="when it was changed or dropped; None while current")

    @property
    def motivations(self) -> tuple[Motivation, ...]:
        """The ranking, of a row that is one; values that this version does not know are left out."""
        return tuple(Motivation(one) for one in self.text.split() if one in set(Motivation))

    @property
    def path(self) -> PathPreference | None:
        """The path, of a row that names one."""
        return PathPreference(self.text) if self.text in set(PathPreference) else None


WITH_OBJECTIVES: Final = reused(
    select(Pair, Objective, Drive)
    .join(
        Objective,
        sa.and_(col(Objective.pair_id) == col(Pair.id), col(Objective.state) == ObjectiveState.CURRENT),
        isouter=True,
    )
    .join(
        Drive,
        sa.and_(col(Drive.author_id) == col(Pair.employee_id), col(Drive.replaced_at).is_(None)),
        isouter=True,
    )
    .where(col(Pair.id) == sa.bindparam("pair_id"))
    .order_by(col(Objective.set_at), col(Objective.id), col(Drive.set_at), col(Drive.id))
)


DRIVE: Final[sa.Table] = Drive.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it


class Drives(Repository):
    """Finds drives."""

    async def with_objectives(self, pair_id: int) -> Sequence[tuple[Pair, Objective | None, Drive | None]]:
        """A pair with each current objective, and each of these with all that the employee says now, the latest last.

        There are a handful of either. What the employee says to other managers is among it, as far as the reader may
        know of it.
        """
        return await self._joined(WITH_OBJECTIVES, pair_id=pair_id)

    async def history_of(self, author_id: int) -> Sequence[Drive]:
        """All that an employee ever said, as far as the reader may know of it, in the order in which it was said."""
        statement = select(Drive).where(Drive.author_id == author_id).order_by(col(Drive.set_at), col(Drive.id))
        return await self._all(statement)

    async def move(self, pair_id: int, discussion_id: int, new_discussion_id: int) -> None:
        """Move all that was said for a discussion, private or shared, to its successor."""
        is_of_it = (
            DRIVE.c.pair_id == pair_id, DRIVE.c.discussion_id == discussion_id,
            DRIVE.c.workspace_id == self._workspace_id,
        )  # fmt: skip
        await self._execute_core(sa.update(DRIVE).where(*is_of_it).values(discussion_id=new_discussion_id))
