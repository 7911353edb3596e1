"""Delivery: what is due goes out once, in the person's own working hours, if its reason still holds.

The contract, and what happens in each kind of accident, is in docs/delivery-contract.md.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from scheduler.claiming import LEASE, START_WITHIN, Batch, claim, reserve
from scheduler.clocks import Clocks
from scheduler.messenger import MessengerOf, OutgoingMessage
from scheduler.pace import UNPACED, Pace, Slowdown
from scheduler.pauses import Pauses
from scheduler.posting import Poster
from scheduler.profile_check import ProfileCheck
from scheduler.settlement import Settlement, settlement_of, write
from storage.database import Database
from storage.nudges import NudgeState

log = structlog.get_logger(__name__)

PEOPLE_PER_BATCH: Final = 500
"""Small enough that a batch is claimed in a tenth of a second (on SQLite others wait to write meanwhile) and started
well within `START_WITHIN`, large enough that claiming and settling cost little per message. At Slack's rates the pace
leaves fewer."""

AT_THE_DATABASE: Final = 8
"""Batches that are claimed or settled at the same moment; the others wait for their slots, or for this."""

DELAYED_AFTER: Final = timedelta(minutes=15)
"""A message that goes out later than this after it could have is counted."""

SETTLE_PAUSES: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between attempts to write down what was posted, while the database is busy or away. Together with waiting for
the database they stay within the lease."""


@dataclass(frozen=True)
class Delivered:
    """What became of a batch, in nudges."""

    sent: int = 0
    cancelled: int = 0  # their reason had gone
    put_back: int = 0  # for later: working hours, rates, a date that moved, a fault
    failed: int = 0
    unconfirmed: int = 0  # to be looked for after the lease
    taken: int = 0  # all of them; 0 when nothing is left to do now
    delayed: int = 0  # messages that went out later than `DELAYED_AFTER`
    longest_wait: int = 0  # the longest that a message went out after it could have, in seconds


class Delivery:
    """Delivers nudges, batch by batch. Several may work on one database, in any number of processes."""

    def __init__(
        self,
        database: Database,
        messenger_of: MessengerOf,
        clocks: Clocks,
        profile_check: ProfileCheck | None = None,
        *,
        pace: Pace = UNPACED,
        people: int = PEOPLE_PER_BATCH,
    ) -> None:
        self._database = database
        self._messenger_of = messenger_of
        self._clocks = clocks
        self._profile_check = profile_check
        self._pace = pace
        self._people = people
        self._leaving = False
        self._pauses = Pauses(clocks.at_slack)
        self._slowdown = Slowdown(clocks.at_slack)
        self._at_the_database = asyncio.Semaphore(AT_THE_DATABASE)

    def leave(self) -> None:
        """Take no new work, and start nothing more of what was taken."""
        self._leaving = True

    def is_open(self, workspace_id: int) -> bool:
        """Whether anything may be posted in a workspace now."""
        return not (self._leaving or self._pauses.left(workspace_id) or self._messenger_of(workspace_id) is None)

    async def deliver(self, workspace_id: int) -> Delivered:
        """Deliver one batch of what is due in a workspace."""
        messenger = self._messenger_of(workspace_id)
        if messenger is None or not self.is_open(workspace_id):
            return Delivered()
        pace = self._pace.slower(self._slowdown.times(workspace_id))
        if self._profile_check is not None:
            await self._profile_check.check(workspace_id)
        async with self._at_the_database, self._database.unit(workspace_id) as store:
            claimed_at, since = self._clocks.now(), self._clocks.monotonic()
            batch = await claim(store, claimed_at, self._people, messenger, pace)
        start_by = since + START_WITHIN.total_seconds()
        poster = Poster(
            workspace_id, messenger, self._pauses, self._slowdown, self._clocks,
            lambda: self._leaving or self._clocks.monotonic() > start_by,
        )  # fmt: skip
        counts: Counter[NudgeState] = Counter()
        waits: list[timedelta] = []
        messages = batch.messages
        while messages:
            settlement = settlement_of(await poster.post_all(messages, since), self._clocks.now())
            messages = await self._settle(workspace_id, settlement, pace, claimed_at + LEASE)
            since = self._clocks.monotonic()
            counts += settlement.counts
            waits += settlement.waits
        return _summary(batch, counts, waits)

    async def _settle(
        self, workspace_id: int, settlement: Settlement, pace: Pace, lease_ends_at: datetime
    ) -> list[OutgoingMessage]:
        """Write a settlement, trying again for a while: what is not written has to be looked for in Slack."""
        for pause in SETTLE_PAUSES:
            try:
                return await self._write(workspace_id, settlement, pace, lease_ends_at)
            except Exception:
                log.exception("delivery.settling_failed", workspace=workspace_id, again_in_seconds=pause)
                await self._clocks.sleep(pause)
        return await self._write(workspace_id, settlement, pace, lease_ends_at)

    async def _write(
        self, workspace_id: int, settlement: Settlement, pace: Pace, lease_ends_at: datetime
    ) -> list[OutgoingMessage]:
        """Write a settlement. Returns the messages to post next, at slots of their own."""
        async with self._at_the_database, self._database.unit(workspace_id) as store:
            now = self._clocks.now()
            messages = await write(store, settlement, now, lease_ends_at)
            slots = await reserve(store, [one.conversation for one in messages], now, pace, {})
        return [replace(messages[slot.place], starts_after=slot.at - now) for slot in slots]


def _summary(batch: Batch, counts: Counter[NudgeState], waits: Sequence[timedelta]) -> Delivered:
    for transition in batch.transitions:
        if transition.state is not NudgeState.CLAIMED:
            counts[transition.state] += 1
    delivered = Delivered(
        sent=counts[NudgeState.SENT],
        cancelled=counts[NudgeState.CANCELLED],
        put_back=counts[NudgeState.PLANNED],
        failed=counts[NudgeState.FAILED],
        unconfirmed=len(batch.transitions) - counts.total(),
        taken=len(batch.transitions),
        delayed=sum(wait > DELAYED_AFTER for wait in waits),
        longest_wait=round(max(waits, default=timedelta()).total_seconds()),
    )
    if delivered.taken:
        log.info("delivery.batch", **asdict(delivered))
    return delivered
