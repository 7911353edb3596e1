"""Nudges: planned messages, each to one person, each delivered once (docs/delivery-contract.md)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Field, col, select

from storage.base import InWorkspace, Repository, one_of
from storage.pairs import Pair
from storage.people import Person


class NudgeState(StrEnum):
    """Where a nudge stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


WAITING = (NudgeState.PLANNED, NudgeState.CLAIMED)


class Nudge(InWorkspace, table=True):
    """One planned message to one person. The words are made when it is sent, from the state of then."""

    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "key"),
        # Finding what is due reads this index alone, however many nudges are settled or far ahead.
        sa.Index("ix_nudge_ready", "workspace_id", "ready_at", sqlite_where=sa.text("ready_at IS NOT NULL"),
                 postgresql_where=sa.text("ready_at IS NOT NULL")),
    )  # fmt: skip

    person_id: int = Field(foreign_key="person.id", index=True)
    pair_id: int = Field(foreign_key="pair.id", index=True)
    kind: str = Field(description="a kind of cycle.nudges")
    key: str = Field(description="stable: planning the same thing twice is planning it once")
    subject_id: int = Field(description="the discussion, commitment, request or pair it is about")
    due_at: datetime
    planned_at: datetime = Field(description="when this moment was settled on: nothing is late before it is known")
    state: NudgeState = Field(default=NudgeState.PLANNED, sa_type=one_of(NudgeState))
    ready_at: datetime | None = Field(
        default=None,
        description="when a worker may next take it: its due moment, or the end of a lease; none once settled",
    )
    attempts: int = 0
    message_id: str | None = Field(default=None, description="opaque id in the message's metadata, to find it again")
    channel: str | None = None
    ts: str | None = None
    settled_at: datetime | None = None
    failure: str | None = Field(default=None, description="Slack's error word, for admins")


CHANGING = (
    "state", "due_at", "planned_at", "ready_at", "attempts", "message_id", "channel", "ts", "settled_at", "failure",
)  # fmt: skip


class Nudges(Repository):
    """Finds nudges, and holds those that are due."""

    async def of_pair(self, pair_id: int, keys: Collection[str] = ()) -> Sequence[Nudge]:
        """The waiting nudges of a pair, and any others with these keys."""
        statement = select(Nudge).where(
            sa.or_(
                sa.and_(col(Nudge.pair_id) == pair_id, col(Nudge.state).in_(WAITING)),
                col(Nudge.key).in_(keys),
            )
        )
        return await self._all(statement)

    async def next_ready(self) -> datetime | None:
        """When there is next something to do."""
        statement = select(col(Nudge.ready_at)).where(col(Nudge.ready_at).is_not(None)).order_by(col(Nudge.ready_at))
        return await self._first(statement.limit(1))  # type: ignore[no-any-return]

    async def coming_to(self, person_id: int, limit: int) -> Sequence[Nudge]:
        """The next planned nudges of a person."""
        statement = (
            select(Nudge)
            .where(Nudge.person_id == person_id, Nudge.state == NudgeState.PLANNED)
            .order_by(col(Nudge.due_at))
            .limit(limit)
        )
        return await self._all(statement)

    async def take_due(self, now: datetime, people: int) -> Sequence[Nudge]:
        """What is due to up to `people` persons, held until the unit of work ends; the longest waiting first.

        A person is taken whole or not at all, so that what falls due together for somebody is never split between two
        workers; and only while none of their pairs is being changed, so that the reason cannot go away between being
        rechecked and being claimed. Nobody is waited for: whoever is busy is left for the next time. (On SQLite, where
        there is one writer, all of this holds by itself.)
        """
        due = sa.and_(col(Nudge.ready_at).is_not(None), col(Nudge.ready_at) <= now)
        longest = select(col(Nudge.person_id)).where(due).order_by(col(Nudge.ready_at)).limit(people * 2)
        waiting = list(dict.fromkeys(await self._all(longest)))[:people]
        # No key update: planning a nudge for somebody, which refers to them, goes on meanwhile.
        free = (
            select(col(Person.id)).where(col(Person.id).in_(waiting)).with_for_update(skip_locked=True, key_share=True)
        )
        mine = await self._all(free) if waiting else ()
        if not mine:
            return ()
        theirs = select(Nudge).where(col(Nudge.person_id).in_(mine), due).order_by(col(Nudge.due_at), col(Nudge.id))
        rows: Sequence[Nudge] = await self._all(theirs)
        at_rest = select(col(Pair.id)).where(col(Pair.id).in_({row.pair_id for row in rows}))
        held = set(await self._all(at_rest.with_for_update(read=True, skip_locked=True))) if rows else set()
        busy = {row.person_id for row in rows if row.pair_id not in held}
        return [row for row in rows if row.person_id not in busy]

    async def in_flight(self, message_ids: Collection[str], people: Collection[int]) -> Sequence[Nudge]:
        """The nudges that these messages to these people carry, unless somebody else has settled them since; held."""
        statement = (
            select(Nudge)
            .where(
                col(Nudge.person_id).in_(people),
                col(Nudge.message_id).in_(message_ids),
                Nudge.state == NudgeState.CLAIMED,
            )
            .order_by(col(Nudge.id))
        )
        return await self._all(statement.with_for_update())

    @staticmethod
    def write_together(rows: Iterable[Nudge]) -> None:
        """Have rows written in one statement at the next flush, whichever of their columns have changed.

        Otherwise there would be a statement for each run of rows in which the same columns have changed.
        """
        for row in rows:
            for column in CHANGING:
                flag_modified(row, column)
