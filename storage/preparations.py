"""Preparations: what each side answers before a discussion."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.discussions import HELD_STATES, OPEN, Discussion
from storage.drafts import Draft
from storage.encryption import EncryptedEnum, EncryptedText
from storage.pairs import Side


class Level(StrEnum):
    """How well a person drives their own development, as one side sees it (practice E2)."""

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
    response: str | None = Field(
        default=None,
        sa_type=EncryptedText,
        description="the employee's, to how the manager sees them (L7); both read it",
    )


class Answer(PairScoped, table=True):
    """One answer of a preparation: private unless its author shares it (practice C10)."""

    __table_args__ = (sa.UniqueConstraint("preparation_id", "question"),)

    preparation_id: int = Field(foreign_key="preparation.id")
    author_id: int = Field(foreign_key="person.id")
    question: str = Field(description="a key of cycle.prompts")
    text: str = Field(sa_type=EncryptedText)
    shared: bool = False
    answered_at: datetime


class OwnPreparation(NamedTuple):
    """What one side has for a discussion: as submitted, and as typed since."""

    discussion: Discussion
    preparation: Preparation | None
    drafts: Mapping[str, Draft]  # by form


FOR_OPEN_DISCUSSION: Final = reused(
    select(Discussion, Draft, Preparation)
    .join(
        Draft,
        sa.and_(
            col(Draft.subject_id) == col(Discussion.id),
            col(Draft.person_id) == sa.bindparam("author_id"),
            col(Draft.form).in_(sa.bindparam("forms", expanding=True)),
        ),
        isouter=True,
    )
    .join(
        Preparation,
        sa.and_(
            col(Preparation.discussion_id) == col(Discussion.id),
            col(Preparation.author_id) == sa.bindparam("author_id"),
        ),
        isouter=True,
    )
    .where(col(Discussion.pair_id) == sa.bindparam("pair_id"), col(Discussion.state).in_(OPEN))
    .execution_options(populate_existing=True)  # drafts are saved past the session, which may hold them as they were
)
OF_PREPARATION: Final = reused(
    select(Answer).where(col(Answer.preparation_id) == sa.bindparam("preparation_id")).order_by(col(Answer.id))
)
OF_DISCUSSION: Final = reused(
    select(Preparation).where(col(Preparation.discussion_id).in_(sa.bindparam("ids", expanding=True)))
)
WITH_ANSWERS: Final = reused(
    select(Preparation, Answer)
    .join(Answer, col(Answer.preparation_id) == col(Preparation.id), isouter=True)
    .where(col(Preparation.discussion_id).in_(sa.bindparam("ids", expanding=True)))
    .order_by(col(Preparation.id), col(Answer.id))
)


LAST_HELD: Final = (
    select(Discussion.id)
    .where(col(Discussion.pair_id) == sa.bindparam("pair_id"), col(Discussion.state).in_(HELD_STATES))
    .order_by(col(Discussion.number).desc())
    .limit(1)
    .scalar_subquery()
)
OF_LAST_TIME: Final = reused(
    select(Answer)
    .join(Preparation, col(Preparation.id) == col(Answer.preparation_id))
    .where(col(Preparation.discussion_id) == LAST_HELD, col(Preparation.author_id) == sa.bindparam("author_id"))
    .order_by(col(Answer.id))
)


class Preparations(Repository):
    """Finds preparations and answers."""

    async def of_discussion(self, discussion_ids: Sequence[int]) -> Sequence[Preparation]:
        """Both sides' preparations of some discussions."""
        return await self._all(OF_DISCUSSION, ids=list(discussion_ids))

    async def with_answers(self, discussion_ids: Sequence[int]) -> Sequence[tuple[Preparation, Answer | None]]:
        """Both sides' preparations of some discussions, each once with each answer; once without where none are."""
        return await self._joined(WITH_ANSWERS, ids=list(discussion_ids))

    async def for_open_discussion(self, pair_id: int, author_id: int, forms: Sequence[str]) -> OwnPreparation | None:
        """What one side has for the discussion that a pair has open, in one statement; None where none is open.

        `forms` are the names under which drafts of preparations are saved.
        """
        rows: Sequence[tuple[Discussion, Draft | None, Preparation | None]] = await self._all(
            FOR_OPEN_DISCUSSION, pair_id=pair_id, author_id=author_id, forms=list(forms)
        )
        if not rows:
            return None
        discussion, _draft, preparation = rows[0]
        return OwnPreparation(discussion, preparation, {draft.form: draft for _, draft, _ in rows if draft is not None})

    async def answers_of(self, preparation_id: int) -> Sequence[Answer]:
        """The answers of a preparation, in their order."""
        return await self._all(OF_PREPARATION, preparation_id=preparation_id)

    async def of_last_time(self, pair_id: int, author_id: int) -> Sequence[Answer]:
        """What a person answered for the last discussion that the pair held."""
        return await self._all(OF_LAST_TIME, pair_id=pair_id, author_id=author_id)

    async def of_other_side(self, discussion_id: int, reader_id: int) -> Sequence[Answer]:
        """The other side's answers for a discussion, as far as the reader may read them, in their order."""
        statement = (
            select(Answer)
            .join(Preparation, col(Answer.preparation_id) == col(Preparation.id))
            .where(Preparation.discussion_id == discussion_id, Answer.author_id != reader_id)
            .order_by(col(Answer.id))
        )
        return await self._all(statement)

    async def of_pair(self, pair_id: int) -> Sequence[Preparation]:
        """Both sides' preparations for all discussions of a pair, in the order in which they were made."""
        return await self._all(select(Preparation).where(Preparation.pair_id == pair_id).order_by(col(Preparation.id)))

    async def answers_to(self, pair_id: int, questions: Collection[str]) -> Sequence[Answer]:
        """All that the two of a pair ever answered to some questions, the latest last."""
        statement = select(Answer).where(Answer.pair_id == pair_id, col(Answer.question).in_(questions))
        return await self._all(statement.order_by(col(Answer.answered_at), col(Answer.id)))
