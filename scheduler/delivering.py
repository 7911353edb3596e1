"""Delivering: what is due goes out once, in the person's own hours, if its reason still holds.

The contract, and what happens in each kind of accident, is in docs/delivery-contract.md.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import structlog

from scheduler.claiming import START_WITHIN, Batch, Doubt, claim
from scheduler.messenger import (
    FIND_SECONDS,
    POST_SECONDS,
    Messenger,
    Parcel,
    Posted,
    TryLater,
    Undeliverable,
    Unknown,
)
from storage.database import Database
from storage.nudges import NudgeState, Settlement
from storage.store import Store

log = structlog.get_logger(__name__)

PEOPLE_A_BATCH: Final = 500
"""Small enough that a batch is claimed in a tenth of a second (on SQLite others wait to write meanwhile) and started
well within `START_WITHIN`, large enough that claiming and settling cost little a message."""

IN_FLIGHT: Final = 50
"""Messages being posted at the same moment: at Slack's usual fraction of a second each, more than its rates take."""

PAUSE_IN_DOUBT: Final = timedelta(seconds=10)
"""After an unknown outcome nothing new is posted for a while, lest a Slack in trouble puts hundreds in doubt: each one
costs a request to clear up."""

SHORTEST_PAUSE: Final = timedelta(seconds=1)
"""Slack counts in whole seconds."""


@dataclass(frozen=True)
class Delivered:
    """What became of a batch, in nudges."""

    sent: int = 0  # posted, or found to have been posted
    found: int = 0  # among the sent: turned out to have been posted before
    cancelled: int = 0  # their reason had gone
    put_back: int = 0  # for later: working hours, rates, a date that moved, a doubt cleared up
    failed: int = 0
    in_doubt: int = 0  # to be cleared up after the lease
    taken: int = 0  # all of them; 0 when nothing is left to do now


@dataclass(frozen=True)
class Outcome:
    """What became of a message: sent, failed with a cause, or planned again for a later moment."""

    state: NudgeState
    posted: Posted | None = None
    failure: str | None = None
    ready_at: datetime | None = None


Pending = Parcel | Doubt
Outcomes = list[tuple[Pending, Outcome]]


class Deliverer:
    """Delivers the nudges of one workspace. Several may work on one database, in any number of processes."""

    def __init__(
        self, database: Database, workspace_id: int, messenger: Messenger, *, people: int = PEOPLE_A_BATCH
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._messenger = messenger
        self._people = people
        self._leaving = False
        self._quiet_until: datetime | None = None

    def leave(self) -> None:
        """Take no new work, and start nothing more of what was taken."""
        self._leaving = True

    async def deliver(self, now: datetime) -> Delivered:
        """Deliver one batch of what is due. Call again, with a fresh `now`, until nothing is `taken`."""
        if self._leaving or self._is_quiet(now):
            return Delivered()
        async with self._database.unit(self._workspace_id) as store:
            batch = await claim(store, now, self._people)
        outcomes = await self._carry_out(batch, now)
        if outcomes:
            async with self._database.unit(self._workspace_id) as store:
                await settle(store, outcomes, now)
        return _told(batch, outcomes)

    async def _carry_out(self, batch: Batch, now: datetime) -> Outcomes:
        """Post what is to be posted and look for what is in doubt. Whatever is unknown is left out of the answer."""
        outcomes: Outcomes = []
        clock = asyncio.get_running_loop().time
        start_by = clock() + START_WITHIN.total_seconds()
        # What goes to one person goes in order; what goes to several, at the same time.
        by_person = groupby(batch.parcels, key=lambda parcel: parcel.recipient.pk)
        waiting: Iterator[Sequence[Pending]] = iter(
            [*([doubt] for doubt in batch.doubts), *(list(parcels) for _person_id, parcels in by_person)]
        )

        async def carry_out() -> None:
            for in_order in waiting:  # shared: each takes the next
                for pending in in_order:
                    may_start = clock() < start_by and not self._leaving and not self._is_quiet(now)
                    outcome = await self._outcome(pending, now) if may_start else self._not_started(pending, now)
                    if outcome is not None:
                        outcomes.append((pending, outcome))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(IN_FLIGHT, len(batch.parcels) + len(batch.doubts))):
                group.create_task(carry_out())
        return outcomes

    async def _outcome(self, pending: Pending, now: datetime) -> Outcome | None:
        try:
            return await self._post(pending) if isinstance(pending, Parcel) else await self._look_for(pending, now)
        except TryLater as later:
            log.warning("delivery.later", cause=later.cause, seconds=later.after.total_seconds())
            self._pause(now + max(later.after, SHORTEST_PAUSE))
            return self._not_started(pending, now)
        except Undeliverable as refusal:
            log.warning("delivery.failed", person=pending.recipient.id, cause=refusal.cause)
            return Outcome(NudgeState.FAILED, failure=refusal.cause)
        except (Unknown, TimeoutError) as accident:
            log.warning(
                "delivery.in_doubt", message=pending.message_id, reason=str(accident) or type(accident).__name__
            )
        except Exception:
            log.exception("delivery.broken", message=pending.message_id)
        self._pause(now + PAUSE_IN_DOUBT)
        return None

    async def _post(self, parcel: Parcel) -> Outcome:
        async with asyncio.timeout(POST_SECONDS):
            return Outcome(NudgeState.SENT, posted=await self._messenger.post(parcel))

    async def _look_for(self, doubt: Doubt, now: datetime) -> Outcome:
        async with asyncio.timeout(FIND_SECONDS):
            posted = await self._messenger.find(doubt.recipient, doubt.message_id, doubt.since)
        return Outcome(NudgeState.SENT, posted=posted) if posted else Outcome(NudgeState.PLANNED, ready_at=now)

    def _not_started(self, pending: Pending, now: datetime) -> Outcome | None:
        """A message that Slack has not been given is planned again; a doubt stays one."""
        if isinstance(pending, Doubt):
            return None
        return Outcome(NudgeState.PLANNED, ready_at=max(now, self._quiet_until or now))

    def _is_quiet(self, now: datetime) -> bool:
        return self._quiet_until is not None and now < self._quiet_until

    def _pause(self, until: datetime) -> None:
        self._quiet_until = max(until, self._quiet_until or until)


async def settle(store: Store, outcomes: Outcomes, now: datetime) -> None:
    """Write down what became of messages."""
    await store.nudges.settle(
        [_settlement(key, pending, outcome) for pending, outcome in outcomes for key in pending.nudge_ids], now
    )
    # Where a conversation is known, a doubt is cleared up without asking Slack for it first.
    new = {
        pending.recipient.pk: outcome.posted.channel
        for pending, outcome in outcomes
        if outcome.posted is not None and outcome.posted.channel != pending.recipient.dm_channel
    }
    await store.nudges.remember_channels(new)


def _settlement(nudge_id: int, pending: Pending, outcome: Outcome) -> Settlement:
    return Settlement(
        nudge_id=nudge_id,
        message_id=pending.message_id,
        state=outcome.state,
        ready_at=outcome.ready_at,
        channel=outcome.posted.channel if outcome.posted else None,
        ts=outcome.posted.ts if outcome.posted else None,
        failure=outcome.failure,
    )


def _told(batch: Batch, outcomes: Outcomes) -> Delivered:
    counts: Counter[NudgeState] = Counter(step.state for step in batch.steps if step.state is not NudgeState.CLAIMED)
    for pending, outcome in outcomes:
        counts[outcome.state] += len(pending.nudge_ids)
    delivered = Delivered(
        sent=counts[NudgeState.SENT],
        found=sum(
            len(pending.nudge_ids) for pending, outcome in outcomes if isinstance(pending, Doubt) and outcome.posted
        ),
        cancelled=counts[NudgeState.CANCELLED],
        put_back=counts[NudgeState.PLANNED],
        failed=counts[NudgeState.FAILED],
        in_doubt=len(batch.steps) - counts.total(),
        taken=len(batch.steps),
    )
    if delivered.taken:
        log.info("delivery.batch", **asdict(delivered))
    return delivered
