"""Nudges: planned messages, each to one person, each delivered once (docs/delivery-contract.md)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import Repository, WorkspaceScoped, enum_column
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


class Nudge(WorkspaceScoped, table=True):
    """One planned message to one person. The words are made when it is sent, from the state of then."""

    __table_args__ = (
        sa.UniqueConstraint("key", "workspace_id"),
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
    state: NudgeState = Field(default=NudgeState.PLANNED, sa_type=enum_column(NudgeState))
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


NUDGE: sa.Table = Nudge.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
PERSON: sa.Table = Person.__table__  # type: ignore[attr-defined]
STEP_COLUMNS = ("state", "ready_at", "message_id", "failure", "attempts", "due_at", "planned_at", "settled_at")
SETTLED_COLUMNS = ("state", "ready_at", "message_id", "channel", "ts", "failure", "settled_at")


@dataclass(frozen=True)
class Step:
    """Where a nudge that was taken stands from now on."""

    nudge: Nudge
    state: NudgeState
    ready_at: datetime | None = None
    message_id: str | None = None
    due_at: datetime | None = None  # where the moment has moved
    failure: str | None = None


@dataclass(frozen=True)
class Settlement:
    """What became of a nudge that a message carried."""

    nudge_id: int
    message_id: str
    state: NudgeState
    ready_at: datetime | None = None
    channel: str | None = None
    ts: str | None = None
    failure: str | None = None


class Nudges(Repository):
    """Finds nudges, takes those that are due, and settles them.

    Many are written at once by statements that say the workspace themselves, since the session is not asked then.
    """

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

    async def write(self, steps: Sequence[Step], now: datetime) -> None:
        """Write where taken nudges stand, in one statement. To be used in the unit of work that took them."""
        statement = (
            sa.update(NUDGE)
            .where(NUDGE.c.id == sa.bindparam("nudge"), NUDGE.c.workspace_id == self._workspace_id)
            .values({name: sa.bindparam(f"new_{name}") for name in STEP_COLUMNS})
        )
        rows = [
            {
                "nudge": step.nudge.pk,
                "new_state": step.state,
                "new_ready_at": step.ready_at,
                "new_message_id": step.message_id,
                "new_failure": step.failure,
                "new_attempts": step.nudge.attempts + (step.state is NudgeState.CLAIMED),
                "new_due_at": step.due_at or step.nudge.due_at,
                "new_planned_at": now if step.due_at else step.nudge.planned_at,
                "new_settled_at": None if step.state in WAITING else now,
            }
            for step in steps
        ]
        if rows:
            await (await self._session.connection()).execute(statement, rows)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        """Write what became of messages, in one statement, and which conversations they stand in.

        What somebody else has taken or settled since, after a lease ran out, stays as it is.
        """
        sent = (
            sa.update(NUDGE)
            .where(
                NUDGE.c.workspace_id == self._workspace_id,
                NUDGE.c.id == sa.bindparam("nudge"),
                NUDGE.c.message_id == sa.bindparam("message"),
                NUDGE.c.state == NudgeState.CLAIMED,
            )
            .values({name: sa.bindparam(f"new_{name}") for name in SETTLED_COLUMNS})
        )
        rows = [
            {
                "nudge": one.nudge_id,
                "message": one.message_id,
                "new_state": one.state,
                "new_ready_at": one.ready_at,
                "new_message_id": None if one.state is NudgeState.PLANNED else one.message_id,
                "new_channel": one.channel,
                "new_ts": one.ts,
                "new_failure": one.failure,
                "new_settled_at": None if one.state in WAITING else now,
            }
            for one in settlements
        ]
        if rows:
            await (await self._session.connection()).execute(sent, rows)

    async def remember_channels(self, channels: Mapping[int, str]) -> None:
        """Write down which conversation with us somebody has, by the person's key, in one statement."""
        statement = (
            sa.update(PERSON)
            .where(PERSON.c.id == sa.bindparam("person"), PERSON.c.workspace_id == self._workspace_id)
            .values(dm_channel=sa.bindparam("channel"))
        )
        rows = [{"person": person_id, "channel": channel} for person_id, channel in channels.items()]
        if rows:
            await (await self._session.connection()).execute(statement, rows)
