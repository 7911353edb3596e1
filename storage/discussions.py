"""Discussions: each is one round of a pair's cycle, from planning to follow-up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import NotFound, PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText
from storage.pairs import CURRENT_STATES, Pair, Place


class DiscussionState(StrEnum):
    """The states of a discussion: planning → scheduled → held → closed, or cancelled with a reason and a successor."""

    PLANNING = "planning"
    SCHEDULED = "scheduled"
    HELD = "held"  # wrapped up; the thank-you and the deliverables follow
    CLOSED = "closed"  # followed up
    CANCELLED = "cancelled"


OPEN = (DiscussionState.PLANNING, DiscussionState.SCHEDULED)
HELD_STATES = (DiscussionState.HELD, DiscussionState.CLOSED)
PAST = (*HELD_STATES, DiscussionState.CANCELLED)


class Discussion(PairScoped, table=True):
    """One discussion of a pair, from planning to follow-up."""

    __table_args__ = (
        sa.UniqueConstraint("pair_id", "number"),
        # One open discussion per pair: two wrap-ups that race each other cannot open two next ones.
        sa.Index(
            "uq_discussion_open",
            "pair_id",
            unique=True,
            sqlite_where=sa.text("state IN ('planning', 'scheduled')"),
            postgresql_where=sa.text("state IN ('planning', 'scheduled')"),
        ),
    )

    number: int = Field(description="1 for the first discussion of the pair")
    state: DiscussionState = Field(default=DiscussionState.PLANNING, sa_type=enum_column(DiscussionState))
    due_on: date = Field(description="by when the two want to meet, from the cadence")
    question_set: str | None = Field(default=None, description="which set of the question bank the two use")
    postponed: bool = Field(default=False, description="the date was left for later on purpose (practice E10)")
    starts_at: datetime | None = None
    minutes: int = 60
    place: Place | None = Field(
        default=None, sa_type=enum_column(Place), description="where or how the two met, once it is wrapped up"
    )
    round: int = Field(default=0, description="how often a date was set; a new date starts new nudges")
    dated_at: datetime | None = Field(default=None, description="when the present date was set, or the last dropped")
    dated_by_id: int | None = Field(default=None, foreign_key="person.id")
    moved_from: datetime | None = Field(default=None, description="the date before, as the other side knew it")
    wrapped_up_at: datetime | None = None
    wrapped_up_by_id: int | None = Field(default=None, foreign_key="person.id")
    added_at: datetime | None = Field(default=None, description="when either last added to it after that")
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by_id: int | None = Field(default=None, foreign_key="person.id")
    cancel_reason: str | None = Field(default=None, sa_type=EncryptedText)

    @property
    def ends_at(self) -> datetime | None:
        """When a dated discussion is over."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


@dataclass(frozen=True)
class BusyTime:
    """When one person is in a discussion: enough to avoid an overlap, and nothing that is private to a pair."""

    person_id: int
    pair_id: int
    discussion_id: int
    starts_at: datetime
    ends_at: datetime


def latest_ids(pair_ids: Collection[int] | sa.BindParameter[Any]) -> Any:
    """A subquery: of each pair the key of the open discussion, of the last one held and of the last one cancelled."""
    group = sa.case((col(Discussion.state).in_(OPEN), 0), (col(Discussion.state).in_(HELD_STATES), 1), else_=2)
    return (
        select(sa.func.max(col(Discussion.id)))
        .where(col(Discussion.pair_id).in_(pair_ids))
        .group_by(col(Discussion.pair_id), group)
    )


LATEST: Final = reused(
    select(Discussion).where(col(Discussion.id).in_(latest_ids(sa.bindparam("pair_ids", expanding=True))))
)


PAIR_OF_IT: Final = (
    select(Discussion.pair_id).where(col(Discussion.id) == sa.bindparam("discussion_id")).scalar_subquery()
)
BESIDE: Final = reused(
    select(Pair, Discussion)
    .join(Discussion, col(Discussion.pair_id) == col(Pair.id))
    .where(col(Pair.id) == PAIR_OF_IT)
    .order_by(col(Discussion.number))
)


# The key of the last discussion that a pair has held, within a statement.
LAST_HELD: Final = (
    select(Discussion.id)
    .where(col(Discussion.pair_id) == sa.bindparam("pair_id"), col(Discussion.state).in_(HELD_STATES))
    .order_by(col(Discussion.number).desc())
    .limit(1)
    .scalar_subquery()
)


class Discussions(Repository):
    """Finds discussions."""

    async def get(self, discussion_id: int) -> Discussion:
        """A discussion by key."""
        return await self._get(Discussion, discussion_id)

    async def open_of(self, pair_id: int) -> Discussion | None:
        """The discussion that a pair is planning or has scheduled."""
        statement = select(Discussion).where(Discussion.pair_id == pair_id, col(Discussion.state).in_(OPEN))
        return await self._first(statement)  # type: ignore[no-any-return]

    async def latest(self, pair_ids: Sequence[int]) -> Sequence[Discussion]:
        """Of each pair the open discussion, the last one held and the last one cancelled, where there are any."""
        return await self._all(LATEST, pair_ids=list(pair_ids))

    async def latest_held(self, pair_id: int, limit: int) -> Sequence[Discussion]:
        """The discussions that a pair has held, latest first."""
        statement = (
            select(Discussion)
            .where(Discussion.pair_id == pair_id, col(Discussion.state).in_(HELD_STATES))
            .order_by(col(Discussion.number).desc())
            .limit(limit)
        )
        return await self._all(statement)

    async def of_pair(self, pair_id: int) -> Sequence[Discussion]:
        """All discussions of a pair, whatever became of them, the first one first."""
        return await self._all(select(Discussion).where(Discussion.pair_id == pair_id).order_by(col(Discussion.number)))

    async def beside(self, discussion_id: int) -> tuple[Pair, list[Discussion]]:
        """The pair of a discussion and all discussions of that pair, the first one first. Raises `NotFound`."""
        rows: Sequence[tuple[Pair, Discussion]] = await self._all(BESIDE, discussion_id=discussion_id)
        if not rows:
            raise NotFound(f"Discussion {discussion_id}")
        return rows[0][0], [one for _, one in rows]

    async def past_of(self, person_id: int, limit: int, offset: int = 0) -> Sequence[tuple[Pair, Discussion]]:
        """What a person held or cancelled with anyone, former partners included, and with whom; the latest first."""
        when = sa.func.coalesce(col(Discussion.starts_at), col(Discussion.cancelled_at), col(Discussion.wrapped_up_at))
        statement = (
            select(Pair, Discussion)
            .join(Discussion, col(Discussion.pair_id) == col(Pair.id))
            .where(
                col(Discussion.state).in_(PAST),
                sa.or_(col(Pair.employee_id) == person_id, col(Pair.manager_id) == person_id),
            )
            .order_by(when.desc(), col(Discussion.id).desc())
            .limit(limit)
            .offset(offset)
        )
        return await self._all(statement)

    async def pairs_with_past(self, person_id: int) -> Sequence[Pair]:
        """The pairs of a person that held or cancelled a discussion, former ones included; as the employee first."""
        has_past = select(col(Discussion.pair_id)).where(col(Discussion.state).in_(PAST))
        statement = (
            select(Pair)
            .where(
                sa.or_(col(Pair.employee_id) == person_id, col(Pair.manager_id) == person_id),
                col(Pair.id).in_(has_past),
            )
            .order_by(sa.case((col(Pair.employee_id) == person_id, 0), else_=1), col(Pair.id).desc())
        )
        return await self._all(statement)

    async def busy(self, person_ids: Collection[int], since: datetime, until: datetime) -> list[BusyTime]:
        """When these people have discussions that start from `since` to `until`, on either side.

        One value per person and discussion, in no order. Plain values, so the gate is not asked: whether someone is
        free is no secret, unlike what they talk about.
        """
        statement = (
            sa.select(
                col(Pair.employee_id), col(Pair.manager_id), col(Discussion.pair_id), col(Discussion.id),
                col(Discussion.starts_at), col(Discussion.minutes),
            )
            .join(Pair, col(Pair.id) == col(Discussion.pair_id))
            .where(
                col(Discussion.state) == DiscussionState.SCHEDULED,
                col(Discussion.starts_at).between(since, until),
                col(Pair.state).in_(CURRENT_STATES),
                sa.or_(col(Pair.employee_id).in_(person_ids), col(Pair.manager_id).in_(person_ids)),
            )
        )  # fmt: skip
        return [
            BusyTime(person_id, pair_id, discussion_id, starts_at, starts_at + timedelta(minutes=minutes))
            for employee_id, manager_id, pair_id, discussion_id, starts_at, minutes in await self._all(statement)
            for person_id in (employee_id, manager_id)
            if person_id in person_ids
        ]
