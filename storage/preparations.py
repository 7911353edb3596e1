"""Preparations: what each side answers before a talk, and the drafts of what is not handed in yet."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, WorkspaceScoped, enum_column
from storage.encryption import EncryptedText
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
    level: Level | None = Field(default=None, sa_type=enum_column(Level))
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


class Draft(WorkspaceScoped, table=True):
    """What somebody has typed into a form and not handed in: JSON, readable by its author alone."""

    __table_args__ = (
        sa.UniqueConstraint("person_id", "form", "subject_id"),
        sa.Index(None, "form", "subject_id"),  # both people's drafts of one form about one subject
    )

    person_id: int = Field(foreign_key="person.id")
    form: str = Field(description="which form, a callback id")
    subject_id: int = Field(default=0, description="what the form is about: a pair, a discussion, a commitment")
    state: str = Field(sa_type=EncryptedText, description="empty once handed in")
    view_id: str = Field(description="the modal in which it was typed: keystrokes that arrive late are known by it")
    saved_at: datetime = Field(index=True)  # abandoned drafts are found by it


class Preparations(Repository):
    """Finds preparations, answers and drafts."""

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

    async def answers(self, preparation_id: int) -> Sequence[Answer]:
        """The answers of a preparation. Whoever shows them asks `cycle.access.may_see` first."""
        statement = select(Answer).where(Answer.preparation_id == preparation_id).order_by(col(Answer.id))
        return await self._all(statement)

    async def draft(self, person_id: int, form: str, subject_id: int) -> Draft | None:
        """What somebody typed into a form about a subject and did not hand in."""
        statement = select(Draft).where(
            Draft.person_id == person_id, Draft.form == form, Draft.subject_id == subject_id
        )
        return await self._first(statement)  # type: ignore[no-any-return]

    async def delete_drafts(self, saved_before: datetime) -> int:
        """Forget drafts that nobody came back to; how many."""
        statement = sa.delete(Draft).where(col(Draft.saved_at) < saved_before).returning(col(Draft.id))
        return len(await self._all(statement))

    async def drafts_about(self, form: str, subject_id: int) -> Sequence[Draft]:
        """What anybody typed into a form about a subject, for keeping it when the subject is replaced."""
        return await self._all(select(Draft).where(Draft.form == form, Draft.subject_id == subject_id))
