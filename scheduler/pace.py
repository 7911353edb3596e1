"""The pace: how many messages a workspace gets a minute, and which of them starts when (pure, except `Slowdown`).

Slack takes one message a second in a conversation and some hundreds a minute in a workspace. The next free slot of a
workspace is in the database, so that all processes share one pace; the arithmetic is the generic cell rate algorithm.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final, NamedTuple

from scheduler.messenger import Conversation
from storage.due import CLOCKS_AGREE_WITHIN

A_MINUTE: Final = timedelta(minutes=1)

BURST: Final = timedelta(seconds=2)
"""How much unused time is made up for: the first few messages of a quiet workspace go at once, and so does what fell
behind while a batch was settled and the next one claimed."""

JITTER: Final = timedelta(seconds=1)
"""How much closer together messages may arrive than they were started."""

CLAIMED_AHEAD: Final = timedelta(seconds=3)
"""What starts within this time is claimed at once. News that comes up meanwhile waits for no longer than that."""

PER_CONVERSATION: Final = timedelta(seconds=1)
"""Between two messages to one person, or in one channel."""


class Slot(NamedTuple):
    """When the message at a place of a sequence starts."""

    place: int
    at: datetime


@dataclass(frozen=True)
class Pace:
    """How far apart the messages of one workspace are started."""

    interval: timedelta
    burst: timedelta = BURST

    @classmethod
    def of(cls, per_minute: int) -> "Pace":
        """At most so many messages in any minute, however they jitter, a burst included."""
        return cls((A_MINUTE + BURST + JITTER) / per_minute)

    def slower(self, times: float) -> "Pace":
        """A pace so many times as slow, which makes up for nothing; itself where it need not be slower."""
        return self if times <= 1 else replace(self, interval=self.interval * times, burst=timedelta())

    def free_from(self, next_slot: datetime | None, now: datetime) -> datetime:
        """The first free slot, as far as it is not too long ago. One far ahead was written by a wrong clock."""
        earliest = now - self.burst
        if next_slot is None or next_slot > now + CLOCKS_AGREE_WITHIN:
            return earliest
        return max(next_slot, earliest)

    def room(self, free_from: datetime, now: datetime) -> int:
        """How many slots there are within `CLAIMED_AHEAD`."""
        return max(0, ceil((now + CLAIMED_AHEAD - free_from) / self.interval))

    def slots(
        self, recipients: Sequence[Conversation], free_from: datetime, now: datetime, until: datetime,
        last: Mapping[Conversation, datetime],
    ) -> tuple[list[Slot], datetime]:  # fmt: skip
        """The slots of messages to people and channels, and the first slot that is free afterwards.

        `last` is when these got their last message. Each slot goes to the first message whose recipient can have one
        by then; those to one of them keep their order. Messages that would start after `until` get none.
        """
        waiting = list(range(len(recipients)))
        can_have = {where: last[where] + PER_CONVERSATION for where in recipients if where in last}
        slots: list[Slot] = []
        slot = free_from
        while waiting and (at := max(slot, now)) <= until:
            ready = next((place for place in waiting if can_have.get(recipients[place], at) <= at), None)
            if ready is None:
                slot = min(can_have[recipients[place]] for place in waiting)
                continue
            waiting.remove(ready)
            slots.append(Slot(ready, at))
            can_have[recipients[ready]] = at + PER_CONVERSATION
            slot += self.interval
        return slots, slot


UNPACED: Final = Pace.of(1_000_000)
"""For where nobody minds how many arrive at once, such as a workspace on this machine."""


STEP: Final = 1.2
"""How many times as slow each further refusal makes it."""

MOST_REFUSALS: Final = 9
"""That is a quarter of the pace. If it is still too fast, something else is wrong than our rate."""


@dataclass
class Slowdown:
    """By how much this process stays below the pace, after Slack has refused messages that kept to it.

    One may be chance: messages do not all take equally long. Each further one makes it slower by a fifth, and each
    minute without one takes one back.
    """

    monotonic: Callable[[], float]
    _refusals: dict[int, tuple[int, float]] = field(default_factory=dict)

    def refused(self, workspace_id: int) -> None:
        """Slack has asked for a pause. Call it once per pause, not for each message that was on its way."""
        self._refusals[workspace_id] = min(self._left(workspace_id) + 1, MOST_REFUSALS), self.monotonic()

    def times(self, workspace_id: int) -> float:
        """How many times as slow as the pace to go; 1 for no slower."""
        return float(STEP ** max(0, self._left(workspace_id) - 1))

    def _left(self, workspace_id: int) -> int:
        refusals, since = self._refusals.get(workspace_id, (0, 0.0))
        return max(0, refusals - int((self.monotonic() - since) // A_MINUTE.total_seconds()))
