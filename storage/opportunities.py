"""Opportunities: what colleagues offer each other to grow by, and who wants to take part (practice C11)."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import NotFound, Repository, WorkspaceScoped, enum_column, locking
from storage.encryption import EncryptedText
from storage.people import Person


class OpportunityKind(StrEnum):
    """What is offered."""

    ROLE = "role"
    PROJECT = "project"
    TRAINING = "training"
    SESSION = "session"  # people meet at a time, and sign up for it


class Opportunity(WorkspaceScoped, table=True):
    """Something that a person offers to everyone in the workspace."""

    offered_by_id: int = Field(foreign_key="person.id", index=True)
    kind: OpportunityKind = Field(sa_type=enum_column(OpportunityKind))
    title: str = Field(sa_type=EncryptedText)
    about: str = Field(sa_type=EncryptedText, description="the rest of it; may be empty")
    skills: str = Field(sa_type=EncryptedText, description="what one learns by it, apart by commas; may be empty")
    open_until: date | None = Field(default=None, description="the last day; None where there is none")
    starts_at: datetime | None = Field(default=None, description="when a session begins")
    minutes: int | None = Field(default=None, description="how long a session takes")
    place: str = Field(sa_type=EncryptedText, description="where a session is; may be empty")
    seats: int | None = Field(default=None, description="how many can take part; None for any number")
    offered_at: datetime
    round: int = Field(default=1, description="counts the times that a session has had: each is announced anew")
    moved_from: datetime | None = Field(default=None, description="the time before, of a session that was moved")
    moved_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When a session is over."""
        return self.starts_at + timedelta(minutes=self.minutes or 0) if self.starts_at else None


class SignUp(WorkspaceScoped, table=True):
    """Someone who wants to take part. Only they and the one who offers it know."""

    __table_args__ = (sa.UniqueConstraint("opportunity_id", "person_id"),)

    opportunity_id: int = Field(foreign_key="opportunity.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    signed_up_at: datetime
    cancelled_at: datetime | None = None


class Frequency(StrEnum):
    """How often a digest comes."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"  # on the first such weekday of a month


class Digest(WorkspaceScoped, table=True):
    """A channel that is told about opportunities, as the person who set it up chose."""

    __table_args__ = (
        # One per channel: two people who set one up at once leave one.
        sa.Index(
            "uq_digest_channel",
            "channel",
            "workspace_id",
            unique=True,
            sqlite_where=sa.text("switched_off_at IS NULL"),
            postgresql_where=sa.text("switched_off_at IS NULL"),
        ),
    )

    set_up_by_id: int = Field(foreign_key="person.id", index=True)
    channel: str = Field(description="Slack's C… id")
    frequency: Frequency = Field(sa_type=enum_column(Frequency))
    weekday: int = Field(description="0 is Monday")
    set_up_at: datetime = Field(description="since when it comes on these days")
    switched_off_at: datetime | None = None


@dataclass(frozen=True)
class NewDigest:
    """A digest to save."""

    set_up_by_id: int
    channel: str
    frequency: Frequency
    weekday: int
    set_up_at: datetime


DIGEST: Final[sa.Table] = Digest.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
OPPORTUNITY: Final[sa.Table] = Opportunity.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
SHOWN_FOR: Final = timedelta(days=90)
"""How long an opportunity is open that names no last day."""


class Taken(NamedTuple):
    """How many have signed up for an opportunity, and whether one person has."""

    people: int = 0
    by_me: bool = False


class Opportunities(Repository):
    """Finds opportunities, and who signed up for them."""

    async def get(self, key: int) -> Opportunity:
        """One by key, open or not."""
        return await self._get(Opportunity, key)

    async def lock(self, key: int) -> Opportunity:
        """Lock one until the transaction ends, and return it as it is now. Raises `NotFound`.

        Every change of it, and of who signed up for it, begins with this.
        """
        found: Opportunity | None = await self._first(locking(select(Opportunity).where(Opportunity.id == key)))
        if found is None:
            raise NotFound(f"Opportunity {key}")
        return found

    async def lock_all(self, keys: Collection[int]) -> Sequence[int]:
        """Lock some, in the order of their keys, in one statement; returns their keys."""
        statement = select(col(Opportunity.id)).where(col(Opportunity.id).in_(keys)).order_by(col(Opportunity.id))
        return await self._all(locking(statement)) if keys else ()

    async def by_ids(self, keys: Collection[int]) -> Sequence[Opportunity]:
        """Some by key, in one query."""
        return await self._all(select(Opportunity).where(col(Opportunity.id).in_(keys)))

    async def open_at(self, moment: datetime) -> Sequence[Opportunity]:
        """Those that are open at a moment, wherever one is; the latest first."""
        statement = select(Opportunity).where(_may_be_open(moment))
        return await self._all(statement.order_by(col(Opportunity.offered_at).desc(), col(Opportunity.id).desc()))

    async def open_ids(self, moment: datetime) -> Sequence[int]:
        """The keys of those that may need nudges at a moment."""
        return await self._all(select(col(Opportunity.id)).where(_may_be_open(moment)).order_by(col(Opportunity.id)))

    async def sign_ups(self, keys: Collection[int]) -> Sequence[SignUp]:
        """Who wants to take part in some, in the order in which they signed up."""
        statement = select(SignUp).where(col(SignUp.opportunity_id).in_(keys), _holds())
        return await self._all(statement.order_by(col(SignUp.signed_up_at), col(SignUp.id)))

    async def sign_up_of(self, key: int, person_id: int) -> SignUp | None:
        """A person's own, whether they have cancelled it or not."""
        statement = select(SignUp).where(SignUp.opportunity_id == key, SignUp.person_id == person_id)
        return await self._first(statement)  # type: ignore[no-any-return]

    async def taken(self, keys: Collection[int], person_id: int) -> dict[int, Taken]:
        """How many want to take part in some, and whether a person does; none of what nobody wants to take part in.

        Not who, so the gate is not asked.
        """
        mine = sa.func.sum(sa.case((col(SignUp.person_id) == person_id, 1), else_=0))
        statement = (
            select(col(SignUp.opportunity_id), sa.func.count(), mine)
            .where(col(SignUp.opportunity_id).in_(keys), _holds())
            .group_by(col(SignUp.opportunity_id))
        )
        rows = await self._all(statement) if keys else ()
        return {key: Taken(people, by_me=bool(by_me)) for key, people, by_me in rows}


class Digests(Repository):
    """Finds digests, and adds them."""

    async def add(self, digest: NewDigest) -> bool:
        """Save a digest, unless its channel has one: also one that is being saved at the same moment. Says if it did.

        In that case it waits until the other transaction has ended.
        """
        insert = self._insert_into(DIGEST).values(workspace_id=self._workspace_id, **asdict(digest))
        added = await self._execute_core(insert.on_conflict_do_nothing().returning(DIGEST.c.id))
        return added.first() is not None

    async def get(self, key: int) -> Digest:
        """One by key, switched off or not."""
        return await self._get(Digest, key)

    async def lock_on(self) -> Sequence[Digest]:
        """Lock all that are switched on, in the order of their keys, and return them as they are now."""
        return await self._all(locking(_on().order_by(col(Digest.id))))

    async def on(self) -> Sequence[Digest]:
        """All that are switched on, the oldest first."""
        return await self._all(_on().order_by(col(Digest.id)))


def _holds() -> Any:
    """Whether a sign-up counts: it was not cancelled, and the person has not left."""
    has_left = select(col(Person.id)).where(Person.id == SignUp.person_id, col(Person.deactivated)).exists()
    return sa.and_(col(SignUp.cancelled_at).is_(None), ~has_left)


def _on() -> Any:
    return select(Digest).where(col(Digest.switched_off_at).is_(None))


def _may_be_open(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether an opportunity is open at a moment, or was until yesterday: where its last day is over depends on zones.

    One that was withdrawn stays as long, since people are still told.
    """
    day = moment.astimezone(UTC).date() - timedelta(days=1)
    return sa.or_(
        col(Opportunity.starts_at) > moment,
        sa.and_(col(Opportunity.starts_at).is_(None), col(Opportunity.open_until) >= day),
        sa.and_(
            col(Opportunity.starts_at).is_(None),
            col(Opportunity.open_until).is_(None),
            col(Opportunity.offered_at) > moment - SHOWN_FOR,
        ),
    )
