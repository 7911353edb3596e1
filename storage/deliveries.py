"""Deliveries for admins: what waits, what is unconfirmed, what failed. Never the words of a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.base import Repository
from storage.messages import MESSAGE, MessageState
from storage.nudges import NUDGE, NudgeState
from storage.people import PERSON


@dataclass(frozen=True)
class UnconfirmedDelivery:
    """A message that may or may not have arrived."""

    slack_id: str
    """The person's, or the channel's."""
    claimed_at: datetime
    attempts: int
    """How often looking for it has failed."""


@dataclass(frozen=True)
class FailedDelivery:
    """A nudge that was given up."""

    kind: str
    slack_id: str
    cause: str
    failed_at: datetime


class Deliveries(Repository):
    """Counts and lists what became of nudges. Each statement names the workspace itself."""

    async def counts(self, since: datetime) -> dict[NudgeState, int]:
        """How many nudges there are in each state; settled ones count if they were settled since a moment."""
        recent = NUDGE.c.settled_at.is_(None) | (NUDGE.c.settled_at >= since)
        statement = (
            sa.select(NUDGE.c.state, sa.func.count())
            .where(NUDGE.c.workspace_id == self._workspace_id, recent)
            .group_by(NUDGE.c.state)
        )
        return dict((await self._execute_core(statement)).all())

    async def overdue(self, due_before: datetime) -> int:
        """How many planned nudges were due before a moment."""
        statement = sa.select(sa.func.count()).where(
            NUDGE.c.workspace_id == self._workspace_id,
            NUDGE.c.state == NudgeState.PLANNED,
            NUDGE.c.due_at < due_before,
        )
        return int((await self._execute_core(statement)).scalar_one())

    async def waiting(self, now: datetime) -> int:
        """How many planned nudges could go out now and wait for their turn."""
        statement = sa.select(sa.func.count()).where(
            NUDGE.c.workspace_id == self._workspace_id, NUDGE.c.ready_at.is_not(None), NUDGE.c.ready_at <= now
        )
        return int((await self._execute_core(statement)).scalar_one())

    async def delays(self, since: datetime, after: timedelta) -> Sequence[timedelta]:
        """How long after they could have been messages were posted since a moment, where it was longer than `after`."""
        statement = sa.select(MESSAGE.c.posted_at, MESSAGE.c.due_at).where(
            MESSAGE.c.workspace_id == self._workspace_id, MESSAGE.c.posted_at >= since, MESSAGE.c.due_at.is_not(None)
        )
        waits = (posted_at - due_at for posted_at, due_at in await self._execute_core(statement))
        return [wait for wait in waits if wait > after]

    async def unconfirmed(self, claimed_before: datetime) -> Sequence[UnconfirmedDelivery]:
        """Messages that were claimed before a moment and are not settled, the oldest first."""
        statement = (
            sa.select(sa.func.coalesce(PERSON.c.slack_id, MESSAGE.c.channel), MESSAGE.c.claimed_at, MESSAGE.c.attempts)
            .join(PERSON, PERSON.c.id == MESSAGE.c.person_id, isouter=True)
            .where(
                MESSAGE.c.workspace_id == self._workspace_id,
                MESSAGE.c.state == MessageState.CLAIMED,
                MESSAGE.c.ready_at.is_not(None),  # what the partial index holds
                MESSAGE.c.claimed_at < claimed_before,
            )
            .order_by(MESSAGE.c.claimed_at)
        )
        return [UnconfirmedDelivery(*row) for row in await self._execute_core(statement)]

    async def failures(self, since: datetime, limit: int) -> Sequence[FailedDelivery]:
        """Nudges that were given up since a moment, the latest first."""
        statement = (
            sa.select(NUDGE.c.kind, PERSON.c.slack_id, NUDGE.c.failure, NUDGE.c.settled_at)
            .join(PERSON, PERSON.c.id == NUDGE.c.person_id)
            .where(
                NUDGE.c.workspace_id == self._workspace_id,
                NUDGE.c.state == NudgeState.FAILED,
                NUDGE.c.settled_at >= since,
            )
            .order_by(NUDGE.c.settled_at.desc(), NUDGE.c.id.desc())
            .limit(limit)
        )
        return [FailedDelivery(*row) for row in await self._execute_core(statement)]
