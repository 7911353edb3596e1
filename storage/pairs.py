"""Pairs: an employee and the manager they have career discussions with."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import NotFound, PairScoped, Repository, WorkspaceScoped, enum_column, locking, reused
from storage.encryption import EncryptedText

RowT = TypeVar("RowT", bound=PairScoped)


class PairState(StrEnum):
    """The states of a pair."""

    ASKED = "asked"
    ACTIVE = "active"
    DECLINED = "declined"
    EXPIRED = "expired"  # nobody answered
    ENDED = "ended"


CURRENT_STATES = (PairState.ASKED, PairState.ACTIVE)
UNANSWERED_STATES = (PairState.ASKED, PairState.EXPIRED)


class Side(StrEnum):
    """Which of the two a person is."""

    EMPLOYEE = "employee"
    MANAGER = "manager"

    @property
    def other(self) -> "Side":
        """The other of the two."""
        return Side.MANAGER if self is Side.EMPLOYEE else Side.EMPLOYEE


class Cadence(StrEnum):
    """How often the two want to talk (practices E9, E18: two weeks to twelve months)."""

    TWO_WEEKS = "2w"
    MONTHLY = "1m"
    TWO_MONTHS = "2m"
    QUARTERLY = "3m"
    HALF_YEARLY = "6m"  # the default (practice L6)
    YEARLY = "12m"


class Place(StrEnum):
    """Where or how the two talk (practice E9)."""

    ROOM = "room"
    VIDEO = "video"
    PHONE = "phone"
    WALK = "walk"
    MEAL = "meal"


class NotesBy(StrEnum):
    """Who takes notes (practice E9)."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    BOTH = "both"


class Pair(WorkspaceScoped, table=True):
    """An employee and a manager, from when one asked the other until it ended."""

    __table_args__ = (
        # One manager per employee: the database refuses a second one however two answers race.
        sa.Index(
            "uq_pair_active_employee",
            "workspace_id",
            "employee_id",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
    )

    employee_id: int = Field(foreign_key="person.id", index=True)
    manager_id: int = Field(foreign_key="person.id", index=True)
    state: PairState = Field(default=PairState.ASKED, sa_type=enum_column(PairState))
    asked_by_id: int = Field(foreign_key="person.id")
    asked_at: datetime
    request: str | None = Field(
        default=None, sa_type=EncryptedText, description="the words of the person who asked (E5)"
    )
    answered_at: datetime | None = None
    decline_reason: str | None = Field(default=None, sa_type=EncryptedText)
    ended_at: datetime | None = None
    cadence: Cadence = Field(default=Cadence.HALF_YEARLY, sa_type=enum_column(Cadence))
    minutes: int = Field(default=60, description="how long a discussion takes")
    place: Place | None = Field(default=None, sa_type=enum_column(Place))
    notes_by: NotesBy | None = Field(default=None, sa_type=enum_column(NotesBy))

    def side_of(self, person_id: int) -> Side | None:
        """Which of the two this person is; None for anyone else."""
        if person_id == self.employee_id:
            return Side.EMPLOYEE
        return Side.MANAGER if person_id == self.manager_id else None

    def person_id(self, side: Side) -> int:
        """The person on a side."""
        return self.employee_id if side is Side.EMPLOYEE else self.manager_id

    def other_than(self, person_id: int) -> int:
        """The other of the two."""
        return self.manager_id if person_id == self.employee_id else self.employee_id


class Pairs(Repository):
    """Finds pairs."""

    async def get(self, pair_id: int) -> Pair:
        """A pair by key."""
        return await self._get(Pair, pair_id)

    async def lock(self, pair_id: int) -> Pair:
        """Lock a pair until the transaction ends, and return it as it is now. Raises `NotFound`.

        Every change between the two begins with this: no one else changes what is read afterwards.
        """
        return await self.lock_of(Pair, pair_id)

    async def of(self, noun: "type[Pair | PairScoped]", key: int) -> Pair:
        """The pair that a row belongs to, or with that key. Raises `NotFound`."""
        found: Pair | None = await self._first(_pair_of(noun), key=key)
        if found is None:
            raise NotFound(f"{noun.__name__} {key}")
        return found

    async def with_row(self, noun: type[RowT], key: int) -> tuple[Pair, RowT]:
        """A row and the pair that it belongs to, in one statement. Raises `NotFound`."""
        statement = select(Pair, noun).join(noun, col(noun.pair_id) == col(Pair.id)).where(col(noun.id) == key)
        found = await self._first(statement)
        if found is None:
            raise NotFound(f"{noun.__name__} {key}")
        pair, row = found
        return pair, row

    async def lock_of(self, noun: "type[Pair | PairScoped]", key: int) -> Pair:
        """Lock the pair that a row belongs to, in one statement, and return it as it is now. Raises `NotFound`."""
        found: Pair | None = await self._first(_locking_pair_of(noun), key=key)
        if found is None:
            raise NotFound(f"{noun.__name__} {key}")
        return found

    async def by_ids(self, pair_ids: Sequence[int]) -> Sequence[Pair]:
        """Pairs by key, all in one query."""
        statement = select(Pair).where(col(Pair.id).in_(pair_ids))
        return await self._all(statement)

    async def lock_all(self, pair_ids: Sequence[int]) -> Sequence[int]:
        """Lock pairs until the transaction ends, in the order of their keys, in one statement; returns their keys."""
        return await self._all(locking(select(col(Pair.id)).where(col(Pair.id).in_(pair_ids)).order_by(col(Pair.id))))

    async def active_of_managers(self, manager_ids: Sequence[int]) -> Sequence[Pair]:
        """The active pairs in which any of these people are the manager, the oldest first."""
        statement = (
            select(Pair)
            .where(col(Pair.manager_id).in_(manager_ids), col(Pair.state) == PairState.ACTIVE)
            .order_by(col(Pair.id))
        )
        return await self._all(statement)

    async def current_of(self, person_id: int) -> Sequence[Pair]:
        """The asked and active pairs of a person, on either side: the one as employee first (practice E1)."""
        statement = (
            select(Pair)
            .where(
                col(Pair.state).in_(CURRENT_STATES),
                sa.or_(col(Pair.employee_id) == person_id, col(Pair.manager_id) == person_id),
            )
            .order_by(sa.case((col(Pair.employee_id) == person_id, 0), else_=1), col(Pair.id))
        )
        return await self._all(statement)

    async def of_person_since(self, person_id: int, moment: datetime) -> Sequence[Pair]:
        """The pairs of a person that are current, or were asked for since a moment, whatever became of them."""
        statement = select(Pair).where(
            sa.or_(col(Pair.employee_id) == person_id, col(Pair.manager_id) == person_id),
            sa.or_(col(Pair.state).in_(CURRENT_STATES), col(Pair.asked_at) > moment),
        )
        return await self._all(statement)

    async def has_manager(self, employee_id: int) -> bool:
        """Whether a person has career discussions as the employee; not with whom, so the gate is not asked."""
        statement = select(col(Pair.id)).where(Pair.employee_id == employee_id, Pair.state == PairState.ACTIVE)
        return await self._first(statement) is not None

    async def asked_before(self, moment: datetime) -> Sequence[int]:
        """The keys of the requests that have waited for an answer since before a moment."""
        return await self._all(select(col(Pair.id)).where(Pair.state == PairState.ASKED, col(Pair.asked_at) < moment))

    async def unanswered_between(self, person_id: int, other_id: int) -> Sequence[int]:
        """The keys of the requests of either of two people to the other that wait for an answer or expired, sorted."""
        both = (person_id, other_id)
        statement = select(col(Pair.id)).where(
            col(Pair.employee_id).in_(both), col(Pair.manager_id).in_(both), col(Pair.state).in_(UNANSWERED_STATES)
        )
        return await self._all(statement.order_by(col(Pair.id)))

    async def manager_ids(self) -> Sequence[int]:
        """The keys of everyone who is the manager in an active pair."""
        statement = select(col(Pair.manager_id)).where(col(Pair.state) == PairState.ACTIVE).distinct()
        return await self._all(statement.order_by(col(Pair.manager_id)))

    async def current_ids(self) -> Sequence[int]:
        """The keys of the asked and active pairs: all that may need nudges."""
        return await self._all(select(col(Pair.id)).where(col(Pair.state).in_(CURRENT_STATES)).order_by(col(Pair.id)))


@lru_cache
def _pair_of(noun: type[Pair | PairScoped]) -> Any:
    """The pair of the row with a `key`."""
    if issubclass(noun, Pair):
        return reused(select(Pair).where(col(Pair.id) == sa.bindparam("key")))
    of_row = select(Pair).join(noun, col(noun.pair_id) == col(Pair.id)).where(col(noun.id) == sa.bindparam("key"))
    return reused(of_row)


@lru_cache
def _locking_pair_of(noun: type[Pair | PairScoped]) -> Any:
    return locking(_pair_of(noun), Pair)
