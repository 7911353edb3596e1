"""Posting: send messages to Slack, each at its slot, and report the outcome of each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from scheduler.clocks import Clocks
from scheduler.messenger import (
    POST_SECONDS,
    ContentRefused,
    Conversation,
    InstallationFault,
    MessagePart,
    Messenger,
    NotPosted,
    OutgoingMessage,
    Posted,
    RateLimited,
    TooLong,
    TryLater,
    Unknown,
)
from scheduler.pace import Slowdown
from scheduler.pauses import Pauses

log = structlog.get_logger(__name__)

IN_FLIGHT: Final = 50
"""Messages of one workspace being posted at the same moment: at Slack's usual fraction of a second each, more than its
rates take."""

PAUSE_AFTER_UNKNOWN: Final = timedelta(seconds=10)
"""After an unknown outcome nothing new is posted for a while, so that trouble at Slack does not leave hundreds of
messages unconfirmed: each costs a request to find out."""

HELD_UP_AFTER: Final = 0.5
"""Seconds that a message may start after its slot without moving those after it. The next claim makes up for the rest,
as far as a burst may."""

NOTICED_WITHIN: Final = 1.0
"""Seconds until what waits for its slot notices a pause, or that the process is about to stop."""

SHORTEST_PAUSE: Final = timedelta(seconds=1)
"""Slack counts in whole seconds."""

LONGEST_PAUSE: Final = timedelta(minutes=15)
"""Slack asks for a minute at most; whatever asks for more is tried again anyway."""

INSTALLATION_RETRY: Final = timedelta(minutes=1)
"""An installation that is broken is tried again after this, then after twice as long each time, up to `LONGEST_PAUSE`,
which is the longest that an admin who has fixed it waits."""


@dataclass(frozen=True)
class PutBack:
    """Not posted; to be planned again after a while."""

    after: timedelta = timedelta()


@dataclass(frozen=True)
class Refused:
    """Not posted, and Slack will not accept it as it is. `for_good` is False where that may change."""

    cause: str
    for_good: bool = True


@dataclass(frozen=True)
class Divided:
    """Not posted; to be posted as several messages, with these parts each."""

    groups: Sequence[Sequence[MessagePart]]


Outcome = Posted | PutBack | Refused | Divided
Outcomes = list[tuple[OutgoingMessage, Outcome]]
"""What became of messages, by message. Those whose outcome is unknown are left out."""


class Poster:
    """Posts the messages of one batch of one workspace."""

    def __init__(
        self,
        workspace_id: int,
        messenger: Messenger,
        pauses: Pauses,
        slowdown: Slowdown,
        clocks: Clocks,
        is_over: Callable[[], bool],
    ) -> None:
        """`is_over` says when nothing more of the batch may be started."""
        self._workspace_id = workspace_id
        self._messenger = messenger
        self._pauses = pauses
        self._slowdown = slowdown
        self._clocks = clocks
        self._is_over = is_over

    async def post_all(self, messages: Sequence[OutgoingMessage], since: float) -> Outcomes:
        """Post messages at their slots, in whose order they are given; `since` is when they were written (monotonic).

        One to a person (or channel) who got another just now starts once Slack has answered that. Where the process was
        held up, all that follows moves on: it would arrive in a clump otherwise.
        """
        outcomes: Outcomes = []
        in_flight = asyncio.Semaphore(IN_FLIGHT)
        last: dict[Conversation, asyncio.Task[None]] = {}

        async def post(message: OutgoingMessage, earlier: asyncio.Task[None] | None) -> None:
            if earlier is not None:
                await asyncio.wait([earlier])
            outcome = await self._post(message)
            if outcome is not None:
                outcomes.append((message, outcome))
            in_flight.release()

        async with asyncio.TaskGroup() as group:
            for message in messages:
                slot = since + message.starts_after.total_seconds()
                await self._wait_until(slot)
                since += max(0.0, self._clocks.monotonic() - slot - HELD_UP_AFTER)
                await in_flight.acquire()
                where = message.conversation
                last[where] = group.create_task(post(message, last.get(where)))
        return outcomes

    async def _wait_until(self, moment: float) -> None:
        """Wait until a moment (monotonic), or until nothing more may be started."""
        while (left := moment - self._clocks.monotonic()) > 0 and not self._is_stopped():
            await self._clocks.sleep(min(left, NOTICED_WITHIN))

    def _is_stopped(self) -> bool:
        """Whether nothing more may be started."""
        return self._is_over() or bool(self._pauses.left(self._workspace_id))

    async def _post(self, message: OutgoingMessage) -> Outcome | None:
        """Post a message, if it may still be started. None if it is unknown whether it was posted."""
        if self._is_stopped():
            return self._put_back()
        try:
            async with asyncio.timeout(POST_SECONDS):
                posted = await self._messenger.post(message)
        except NotPosted as reason:
            return self._outcome_of(message, reason)
        except (Unknown, TimeoutError) as accident:
            described = str(accident) or type(accident).__name__
            log.warning("delivery.unconfirmed", message=message.public_id, reason=described)
        except Exception:
            log.exception("delivery.broken", message=message.public_id)
        else:
            self._pauses.recovered(self._workspace_id)
            return posted
        self._pauses.pause(self._workspace_id, PAUSE_AFTER_UNKNOWN)
        return None

    def _outcome_of(self, message: OutgoingMessage, reason: NotPosted) -> Outcome:
        """What a message that was certainly not posted needs."""
        log.warning(
            "delivery.not_posted", message=message.public_id, person=message.recipient.id, cause=reason.cause,
            kind=type(reason).__name__,
        )  # fmt: skip
        parts = message.parts
        match reason:
            case TryLater():
                if isinstance(reason, RateLimited) and not self._pauses.left(self._workspace_id):
                    self._slow_down()
                self._pauses.pause(self._workspace_id, min(max(reason.after, SHORTEST_PAUSE), LONGEST_PAUSE))
                return self._put_back()
            case InstallationFault():
                self._pauses.pause_longer_each_time(self._workspace_id, INSTALLATION_RETRY, LONGEST_PAUSE)
                return self._put_back()
            case TooLong() if len(parts) > 1:
                return Divided([parts[: len(parts) // 2], parts[len(parts) // 2 :]])
            case ContentRefused() if len(parts) > 1:
                return Divided([[part] for part in parts])
            case ContentRefused():
                return Refused(reason.cause, for_good=reason.for_good)
            case _:
                return Refused(reason.cause)

    def _slow_down(self) -> None:
        self._slowdown.refused(self._workspace_id)
        if (times := self._slowdown.times(self._workspace_id)) > 1:
            log.warning("delivery.slowed_down", workspace=self._workspace_id, times=round(times, 2))

    def _put_back(self) -> PutBack:
        return PutBack(self._pauses.left(self._workspace_id))
