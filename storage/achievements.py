"""Achievements: what people noted down when it happened, for their next preparation (practice C8)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, col, select

from storage.base import Repository, WorkspaceScoped, locking
from storage.encryption import EncryptedText


class Achievement(WorkspaceScoped, table=True):
    """One achievement of a person, who alone can read it. It belongs to them, not to a pair: managers change."""

    person_id: int = Field(foreign_key="person.id", index=True)
    text: str = Field(sa_type=EncryptedText)
    happened_on: date
    saved_at: datetime


class Achievements(Repository):
    """Finds achievements."""

    async def lock(self, achievement_id: int) -> Achievement | None:
        """An achievement by key, locked; None where it was removed or is another person's."""
        statement = locking(select(Achievement).where(Achievement.id == achievement_id))
        return await self._first(statement)  # type: ignore[no-any-return]

    async def get(self, achievement_id: int) -> Achievement:
        """An achievement by key."""
        return await self._get(Achievement, achievement_id)

    async def latest_of(self, person_id: int, limit: int) -> Sequence[Achievement]:
        """A person's achievements, the latest day first."""
        statement = select(Achievement).where(Achievement.person_id == person_id)
        latest_first = (col(Achievement.happened_on).desc(), col(Achievement.id).desc())
        return await self._all(statement.order_by(*latest_first).limit(limit))

    async def since(self, person_id: int, day: date, limit: int) -> Sequence[Achievement]:
        """A person's latest achievements from a day on, in the order in which they happened."""
        statement = select(Achievement).where(Achievement.person_id == person_id, col(Achievement.happened_on) >= day)
        latest_first = (col(Achievement.happened_on).desc(), col(Achievement.id).desc())
        found = await self._all(statement.order_by(*latest_first).limit(limit))
        return list(reversed(found))
