"""What is stored of the plan: the nudges that planning compares, inserts and changes, many in one statement.

`storage.nudges` has the table, and what delivering does with it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from storage.base import Repository
from storage.messages import MESSAGE
from storage.nudges import NUDGE, Nudge, NudgeScope, NudgeState

EVER: Final = datetime.max.replace(tzinfo=UTC)
IS_PLANNED: Final = col(Nudge.state) == NudgeState.PLANNED


class StoredNudge(NamedTuple):
    """As much of a stored nudge as planning needs. Its owner is the pair, person or opportunity it was planned for."""

    id: int
    owner_id: int
    key: str
    due_at: datetime
    state: NudgeState = NudgeState.PLANNED
    failure: str | None = None


class LiveNudge(NamedTuple):
    """A nudge that is, or is just being put, into a message with its buttons, as far as its outcome depends on it."""

    id: int
    owner_id: int
    person_id: int
    scope: NudgeScope
    kind: str
    subject_id: int
    stage: str
    round: int | None
    key: str
    message_id: int
    reworded: bool
    due_at: datetime
    live_since: datetime
    sent_at: datetime | None


LIVE_COLUMNS: Final = (
    NUDGE.c.person_id, NUDGE.c.scope, NUDGE.c.kind, NUDGE.c.subject_id, NUDGE.c.stage, NUDGE.c.round, NUDGE.c.key,
    NUDGE.c.message_id, NUDGE.c.reworded, NUDGE.c.due_at, NUDGE.c.live_since, NUDGE.c.settled_at,
)  # fmt: skip


@dataclass(frozen=True)
class NewNudge:
    """A nudge to store."""

    person_id: int
    scope: NudgeScope
    pair_id: int | None
    opportunity_id: int | None
    kind: str
    stage: str
    key: str
    subject_id: int
    due_at: datetime
    round: int | None = None


@dataclass(frozen=True)
class RewordedNudge:
    """A nudge that an earlier message is edited to say, in place of the one that it said so far."""

    new: NewNudge
    instead_of: LiveNudge


@dataclass(frozen=True)
class ChangedNudge:
    """What planning makes of a stored nudge: planned for a moment, or cancelled (`ready_at` is None)."""

    id: int
    due_at: datetime
    ready_at: datetime | None
    planned_at: datetime | None = None  # where the moment was settled on only now


class NudgePlans(Repository):
    """Finds the stored nudges of pairs and persons, and writes what planning makes of them.

    Writes name the workspace themselves, since the session is not asked about them. Rows of these nudges that the
    session has loaded are not refreshed.
    """

    async def planned_of_pairs(self, pair_ids: Collection[int], due_before: datetime = EVER) -> list[StoredNudge]:
        """What is planned, and not on its way, of some pairs, as far as it is due before a moment."""
        due = col(Nudge.due_at) < due_before
        return await self._planned(col(Nudge.pair_id), pair_ids, sa.and_(col(Nudge.scope) == NudgeScope.PAIR, due))

    async def planned_of_persons(self, person_ids: Collection[int]) -> list[StoredNudge]:
        """What is planned, and not on its way, of some persons themselves rather than of their pairs."""
        return await self._planned(col(Nudge.person_id), person_ids, col(Nudge.scope) == NudgeScope.PERSON)

    async def planned_of_opportunities(self, opportunity_ids: Collection[int]) -> list[StoredNudge]:
        """The same of some opportunities."""
        return await self._planned(col(Nudge.opportunity_id), opportunity_ids, sa.true())

    async def of_opportunities_with_keys(self, keys: Collection[str]) -> list[StoredNudge]:
        """The nudges of opportunities with these keys, in whatever state."""
        return await self._stored(col(Nudge.opportunity_id), col(Nudge.key).in_(keys))

    async def of_pairs_with_keys(self, keys: Collection[str]) -> list[StoredNudge]:
        """The nudges of pairs with these keys, in whatever state."""
        return await self._stored(col(Nudge.pair_id), col(Nudge.key).in_(keys))

    async def of_persons_with_keys(self, keys: Collection[str]) -> list[StoredNudge]:
        """The nudges of persons themselves with these keys, in whatever state."""
        return await self._stored(col(Nudge.person_id), col(Nudge.key).in_(keys))

    async def of_pair(
        self, pair_id: int, keys: Collection[str], live_since: datetime
    ) -> tuple[list[StoredNudge], list[LiveNudge]]:
        """All that replanning a pair needs, in one query.

        What is planned of it and its nudges with these (not too many) keys in whatever state; and what still has
        something to press, as far as it was sent since a moment.
        """
        of_pair = NUDGE.c.pair_id == pair_id
        planned = sa.and_(of_pair, NUDGE.c.state == NudgeState.PLANNED)
        live_ones = sa.and_(of_pair, NUDGE.c.live_since.is_not(None))
        statement = sa.select(NUDGE.c.id, NUDGE.c.pair_id, *LIVE_COLUMNS, NUDGE.c.state, NUDGE.c.failure).where(
            NUDGE.c.workspace_id == self._workspace_id, sa.or_(planned, live_ones, NUDGE.c.key.in_(keys))
        )
        rows = (await self._execute_core(statement)).all()
        stored = [StoredNudge(row.id, row.pair_id, row.key, row.due_at, row.state, row.failure) for row in rows]
        live = [LiveNudge(*row[:-2]) for row in rows if row.live_since is not None and row.live_since >= live_since]
        return stored, live

    async def live_of_pairs(self, pair_ids: Collection[int], since: datetime, *, unasked: bool) -> list[LiveNudge]:
        """What still has something to press, of some pairs, as far as it was sent since a moment.

        Where `unasked`, only what is in messages that do not wait to be edited anyway.
        """
        return await self._live(NUDGE.c.pair_id, self._among(NUDGE.c.pair_id, pair_ids), since, unasked=unasked)

    async def live_of_persons(self, person_ids: Collection[int], since: datetime, *, unasked: bool) -> list[LiveNudge]:
        """The same of some persons themselves."""
        theirs = sa.and_(NUDGE.c.scope == NudgeScope.PERSON, self._among(NUDGE.c.person_id, person_ids))
        return await self._live(NUDGE.c.person_id, theirs, since, unasked=unasked)

    async def live_of_opportunities(
        self, opportunity_ids: Collection[int], since: datetime, *, unasked: bool
    ) -> list[LiveNudge]:
        """The same of some opportunities."""
        theirs = self._among(NUDGE.c.opportunity_id, opportunity_ids)
        return await self._live(NUDGE.c.opportunity_id, theirs, since, unasked=unasked)

    async def insert(self, nudges: Sequence[NewNudge], now: datetime) -> None:
        """Store nudges that were planned at a moment, in one statement."""
        rows = [
            {
                "workspace_id": self._workspace_id,
                "person_id": one.person_id,
                "scope": one.scope,
                "pair_id": one.pair_id,
                "opportunity_id": one.opportunity_id,
                "kind": one.kind,
                "stage": one.stage,
                "key": one.key,
                "round": one.round,
                "subject_id": one.subject_id,
                "due_at": one.due_at,
                "planned_at": now,
                "ready_at": one.due_at,
                "state": NudgeState.PLANNED,
                "attempts": 0,
            }
            for one in nudges
        ]
        if rows:
            await self._execute_core(sa.insert(NUDGE), rows)

    async def reword(self, nudges: Sequence[RewordedNudge], now: datetime) -> None:
        """Have messages say something else: new nudges take the place of the ones that they carry."""
        if not nudges:
            return
        await self.insert([one.new for one in nudges], now)
        of_the_message = (
            sa.update(NUDGE)
            .where(NUDGE.c.workspace_id == self._workspace_id, NUDGE.c.key == sa.bindparam("of_key"))
            .values(state=NudgeState.SENT, ready_at=None, message_id=sa.bindparam("in_message"), reworded=True,
                    settled_at=sa.bindparam("sent_at"), live_since=sa.bindparam("since"))
        )  # fmt: skip
        rows = [
            {"of_key": one.new.key, "in_message": one.instead_of.message_id, "sent_at": one.instead_of.sent_at,
             "since": one.instead_of.live_since}
            for one in nudges
        ]  # fmt: skip
        await self._execute_core(of_the_message, rows)
        replaced = [one.instead_of.id for one in nudges]
        await self._execute_core(sa.update(NUDGE).where(NUDGE.c.id.in_(replaced)).values(live_since=None))

    async def change(self, changes: Sequence[ChangedNudge], now: datetime) -> None:
        """Plan stored nudges anew, or cancel them; in one statement."""
        statement = (
            sa.update(NUDGE)
            .where(NUDGE.c.id == sa.bindparam("nudge"), NUDGE.c.workspace_id == self._workspace_id)
            .values(
                state=sa.bindparam("new_state"),
                due_at=sa.bindparam("new_due_at"),
                ready_at=sa.bindparam("new_ready_at"),
                planned_at=sa.func.coalesce(
                    sa.bindparam("new_planned_at", type_=NUDGE.c.planned_at.type), NUDGE.c.planned_at
                ),
                settled_at=sa.bindparam("new_settled_at"),
                set_aside_at=None,
                # The message that carried a reminder which was put off is about to say so, or that it is over.
                message_id=sa.case((NUDGE.c.put_off_until.is_not(None), NUDGE.c.message_id), else_=None),
                failure=None,
            )
        )
        rows = [
            {
                "nudge": one.id,
                "new_state": NudgeState.CANCELLED if one.ready_at is None else NudgeState.PLANNED,
                "new_due_at": one.due_at,
                "new_ready_at": one.ready_at,
                "new_planned_at": one.planned_at,
                "new_settled_at": now if one.ready_at is None else None,
            }
            for one in changes
        ]
        if rows:
            await self._execute_core(statement, rows)

    async def _live(
        self, owner: sa.ColumnElement[Any], condition: sa.ColumnElement[bool], since: datetime, *, unasked: bool
    ) -> list[LiveNudge]:
        statement = sa.select(NUDGE.c.id, owner, *LIVE_COLUMNS).where(
            condition, NUDGE.c.workspace_id == self._workspace_id, NUDGE.c.live_since.is_not(None),
            NUDGE.c.live_since >= since,
        )  # fmt: skip
        if unasked:
            asked = sa.exists().where(MESSAGE.c.id == NUDGE.c.message_id, MESSAGE.c.edit_ready_at.is_not(None))
            statement = statement.where(~asked)
        return [LiveNudge(*row) for row in await self._execute_core(statement)]

    async def _planned(self, owner: Any, owner_ids: Collection[int], condition: Any) -> list[StoredNudge]:
        statement = sa.select(*_columns(owner)).where(self._among(owner, owner_ids), IS_PLANNED, condition)
        return [
            StoredNudge(number, owner_id, key, _aware(due_at))
            for number, owner_id, key, due_at in await self._all(statement)
        ]

    async def _stored(self, owner: Any, condition: sa.ColumnElement[bool]) -> list[StoredNudge]:
        statement = sa.select(*_columns(owner), col(Nudge.state), col(Nudge.failure)).where(condition)
        return [
            StoredNudge(number, owner_id, key, _aware(due_at), state, failure)
            for number, owner_id, key, due_at, state, failure in await self._all(statement)
        ]


def _columns(owner: Any) -> tuple[Any, ...]:
    """What is read of every nudge.

    The moment comes as the driver gives it. A nightly run reads so many that SQLModel's own way, with a call or two for
    each, would be half its time.
    """
    return col(Nudge.id), owner, col(Nudge.key), sa.type_coerce(col(Nudge.due_at), sa.DateTime())


def _aware(moment: datetime) -> datetime:
    """A moment in UTC that says so; SQLite's do not."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
