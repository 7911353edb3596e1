"""Team objectives: what a team or the whole organisation aims at, for an employee's objectives to fit (practice M7)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import Repository, WorkspaceScoped
from storage.encryption import EncryptedText
from storage.people import Person


class TeamObjective(WorkspaceScoped, table=True):
    """One objective of a team, listed by its manager for their reports; an admin's is everyone's."""

    listed_by_id: int = Field(foreign_key="person.id", index=True)
    text: str = Field(sa_type=EncryptedText)
    listed_at: datetime
    removed_at: datetime | None = Field(default=None, description="objectives that fit it go on naming it")


class TeamObjectives(Repository):
    """Finds team objectives."""

    async def get(self, key: int) -> TeamObjective:
        """One by key, listed or not."""
        return await self._get(TeamObjective, key)

    async def listed_by(self, person_id: int) -> Sequence[TeamObjective]:
        """What a person lists, in that order."""
        listed = select(TeamObjective).where(TeamObjective.listed_by_id == person_id, _is_listed())
        return await self._all(listed.order_by(col(TeamObjective.id)))

    async def for_reports_of(self, manager_id: int) -> Sequence[TeamObjective]:
        """What the reports of a manager can choose from: theirs first, then what admins list for everyone."""
        by_admins = sa.and_(col(Person.is_admin), sa.not_(col(Person.deactivated)))
        statement = (
            select(TeamObjective)
            .join(Person, col(Person.id) == col(TeamObjective.listed_by_id))
            .where(_is_listed(), sa.or_(col(TeamObjective.listed_by_id) == manager_id, by_admins))
            .order_by(sa.case((col(TeamObjective.listed_by_id) == manager_id, 0), else_=1), col(TeamObjective.id))
        )
        return await self._all(statement)


def _is_listed() -> sa.ColumnElement[bool]:
    return col(TeamObjective.removed_at).is_(None)
