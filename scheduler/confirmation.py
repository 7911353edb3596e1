"""Confirmation: find out whether messages were posted whose outcome is unknown.

A message is unconfirmed when its worker died, or got no answer that says yes or no. When its lease has ended, a worker
reads the bot's own conversation with that person, or its posts in that channel: a message that is found is sent, one
that is certainly not there is planned again. Failing to look says nothing about the message; it stays unconfirmed and
is looked for again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from scheduler.claiming import LEASE, START_WITHIN
from scheduler.clocks import Clocks
from scheduler.messenger import (
    FIND_SECONDS,
    Messenger,
    MessengerOf,
    NotPosted,
    Posted,
    RateLimited,
    UnconfirmedMessage,
    Unknown,
)
from scheduler.pauses import Pauses, growing
from storage.database import Database
from storage.messages import Release, SentMessage
from storage.store import Store

log = structlog.get_logger(__name__)

MESSAGES_PER_BATCH: Final = 50
"""Slack answers about this many questions about conversations per minute (Tier 3)."""

LOOKING_AT_ONCE: Final = 5
"""More would reach Slack's rate within seconds."""

LOOK_AGAIN: Final = timedelta(minutes=2)
LONGEST_LOOK_AGAIN: Final = timedelta(minutes=30)
"""A message that could not be looked for is looked for again after two minutes, then after twice as long each time."""


@dataclass(frozen=True)
class Confirmed:
    """What was found out about a batch, in messages."""

    found: int = 0
    missing: int = 0  # certainly not there: their nudges are planned again
    unknown: int = 0  # looking failed, or was not started
    taken: int = 0


@dataclass(frozen=True)
class NotFound:
    """The message is certainly not there."""


@dataclass(frozen=True)
class Unclear:
    """Looking failed."""


Finding = Posted | NotFound | Unclear
Findings = list[tuple[UnconfirmedMessage, Finding]]
"""What was found out. Messages that nobody began to look for are left out: their lease ends, and they come again."""


class Confirmation:
    """Confirms messages, batch by batch. Several may work on one database, in any number of processes."""

    def __init__(
        self,
        database: Database,
        messenger_of: MessengerOf,
        clocks: Clocks,
    ) -> None:
        self._database = database
        self._messenger_of = messenger_of
        self._clocks = clocks
        self._leaving = False
        self._pauses = Pauses(clocks.at_slack)  # its own: Slack counts reading and posting apart

    def leave(self) -> None:
        """Begin nothing new."""
        self._leaving = True

    def is_open(self, workspace_id: int) -> bool:
        """Whether anything may be looked for in a workspace now."""
        return not (self._leaving or self._pauses.left(workspace_id) or self._messenger_of(workspace_id) is None)

    async def confirm(self, workspace_id: int) -> Confirmed:
        """Look for one batch of unconfirmed messages of a workspace."""
        messenger = self._messenger_of(workspace_id)
        if messenger is None or not self.is_open(workspace_id):
            return Confirmed()
        start_by = self._clocks.monotonic() + START_WITHIN.total_seconds()
        async with self._database.unit(workspace_id) as store:
            messages = await lease_unconfirmed(store, self._clocks.now())
        findings = await self._look_for_all(workspace_id, messenger, messages, start_by)
        if findings:
            async with self._database.unit(workspace_id) as store:
                await _write(store, findings, self._clocks.now())
        return _summary(messages, findings)

    async def _look_for_all(
        self, workspace_id: int, messenger: Messenger, messages: Sequence[UnconfirmedMessage], start_by: float
    ) -> Findings:
        findings: Findings = []
        waiting = iter(messages)

        async def work() -> None:
            for message in waiting:  # shared: each worker takes the next
                if self._clocks.monotonic() <= start_by and self.is_open(workspace_id):
                    finding = await self._look_for(workspace_id, messenger, message)
                    if finding is not None:
                        findings.append((message, finding))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(LOOKING_AT_ONCE, len(messages))):
                group.create_task(work())
        return findings

    async def _look_for(self, workspace_id: int, messenger: Messenger, message: UnconfirmedMessage) -> Finding | None:
        """Look for a message. None if Slack asked us to wait, which is not the message's fault."""
        try:
            async with asyncio.timeout(FIND_SECONDS):
                return await messenger.find(message) or NotFound()
        except RateLimited as limit:
            log.warning("confirmation.later", seconds=limit.after.total_seconds())
            self._pauses.pause(workspace_id, min(limit.after, LONGEST_LOOK_AGAIN))
            return None
        except (Unknown, NotPosted, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            log.warning("confirmation.failed", message=message.public_id, reason=reason, attempts=message.attempts + 1)
        except Exception:
            log.exception("confirmation.broken", message=message.public_id)
        return Unclear()


async def lease_unconfirmed(store: Store, now: datetime) -> list[UnconfirmedMessage]:
    """Take a lease on messages whose lease has ended, in which they are looked for."""
    rows = await store.messages.lock_unconfirmed(now, MESSAGES_PER_BATCH)
    if not rows:
        return []
    keys = await store.nudges.keys_of_messages([row.pk for row in rows])
    people = await store.people.by_ids(row.person_id for row in rows if row.person_id is not None)
    for row in rows:
        row.leased_at, row.ready_at = now, now + LEASE
    return [
        UnconfirmedMessage(
            row.pk,
            row.public_id,
            None if row.person_id is None else people[row.person_id],
            row.claimed_at,
            keys.get(row.pk, ()),
            row.attempts,
            row.channel,
        )
        for row in rows
    ]


async def _write(store: Store, findings: Findings, now: datetime) -> None:
    """Write what was found out, in a number of statements that does not grow."""
    channels: dict[int, str] = {}
    sent: list[SentMessage] = []
    released: list[Release] = []
    again: dict[int, datetime] = {}
    for message, finding in findings:
        match finding:
            case Posted(channel, ts):
                sent.append(SentMessage(message.message_id, channel, ts, message.claimed_at))
                if message.recipient is not None:
                    channels[message.recipient.pk] = channel
            case NotFound():
                released.append(Release(message.message_id, now))
            case Unclear():
                again[message.message_id] = now + growing(LOOK_AGAIN, LONGEST_LOOK_AGAIN, message.attempts)
    await store.people.set_channels(channels)  # first: locks are taken in one order everywhere
    await store.messages.settle_sent(sent, now)
    await store.messages.release(released, now)
    await store.messages.look_again(again, now)


def _summary(messages: Sequence[UnconfirmedMessage], findings: Findings) -> Confirmed:
    found = sum(isinstance(finding, Posted) for _message, finding in findings)
    missing = sum(isinstance(finding, NotFound) for _message, finding in findings)
    confirmed = Confirmed(found, missing, len(messages) - found - missing, len(messages))
    if messages:
        log.info("confirmation.batch", **asdict(confirmed))
    return confirmed
