"""A Slack that records what it gets, and fails where a test says so."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from handlers.views import nudge_message
from scheduler.messenger import (
    EditedMessage,
    MessagePart,
    MessageSize,
    NotPosted,
    OutgoingMessage,
    Posted,
    RateLimited,
    UnconfirmedMessage,
)


class Died(BaseException):
    """The process was killed at this point."""


@dataclass(frozen=True)
class Accident:
    """What happens instead of an answer; `taken` says whether the message arrived nevertheless."""

    raises: BaseException
    taken: bool = False


class FakeMessenger:
    """Stands in for Slack. `shown` lists what people see, in order."""

    capacity = MessageSize(50, 9_000)

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.shown: list[OutgoingMessage] = []
        self.asked: list[OutgoingMessage] = []
        self.looked_for: list[UnconfirmedMessage] = []
        self.accidents: deque[Accident | None] = deque()
        self.refuses: Callable[[OutgoingMessage], BaseException | None] = lambda _message: None
        self.finding_fails: BaseException | None = None
        self.edits: list[EditedMessage] = []
        self.edit_accidents: deque[BaseException | None] = deque()
        self.blocks: dict[tuple[str, str], list[dict[str, Any]]] = {}
        """What people see of each message, by channel and ts; deleting one here is deleting it in Slack."""
        self._clock = clock
        self._places: dict[tuple[str, str], tuple[datetime, Posted]] = {}

    def will(self, *accidents: Accident | None) -> None:
        """What happens at the next posts, one each; None is no accident."""
        self.accidents.extend(accidents)

    def size(self, part: MessagePart) -> MessageSize:
        """Five blocks, and a character for each of the quote and the text."""
        return MessageSize(5, len(part.wording.text) + len(part.wording.quote or ""))

    async def post(self, message: OutgoingMessage) -> Posted:
        """Show it, unless an accident was planned or it is refused."""
        await asyncio.sleep(0)  # as over a network, others are on their way at the same time
        self.asked.append(message)
        accident = self.accidents.popleft() if self.accidents else None
        if accident is None and (refusal := self.refuses(message)) is not None:
            raise refusal
        if accident is None or accident.taken:
            self._show(message)
        if accident is not None:
            raise accident.raises
        return self._places[_address(message), message.public_id][1]

    def _show(self, message: OutgoingMessage) -> None:
        self.shown.append(message)
        channel = message.channel or f"D{message.recipient.slack_id[1:]}"
        posted = Posted(channel, f"{len(self.shown)}.000100")
        self._places[_address(message), message.public_id] = (self._clock(), posted)
        self.blocks[posted.channel, posted.ts] = nudge_message.render(message.parts, late=message.late)["blocks"]

    async def find(self, message: UnconfirmedMessage) -> Posted | None:
        """What was shown to someone since the message was claimed, by its id."""
        self.looked_for.append(message)
        if self.finding_fails is not None:
            raise self.finding_fails
        shown_at, posted = self._places.get((_address(message), message.public_id), (message.since, None))
        return posted if shown_at >= message.since else None

    async def edit(self, message: EditedMessage) -> None:
        """Edit what was shown, as the view says, unless an accident was planned."""
        await asyncio.sleep(0)
        self.edits.append(message)
        if (accident := self.edit_accidents.popleft() if self.edit_accidents else None) is not None:
            raise accident
        if (message.channel, message.ts) not in self.blocks:
            raise NotPosted("message_not_found")
        body = nudge_message.edited(self.blocks[message.channel, message.ts], message.parts)
        if body is not None:
            self.blocks[message.channel, message.ts] = body["blocks"]

    def buttons(self) -> set[str]:
        """The keys of the nudges that have buttons, or a menu, anywhere."""
        return {
            str(block.get("block_id")).removeprefix("nudge.").removeprefix("text.")
            for blocks in self.blocks.values()
            for block in blocks
            if block["type"] == "actions" or "accessory" in block
        }

    def texts(self) -> list[str]:
        """What each message says now, in order, outcomes included."""
        return [" ".join(nudge_message._sentences(blocks)) for blocks in self.blocks.values()]

    def times_shown(self) -> Mapping[str, int]:
        """How often each nudge was shown, by key."""
        return Counter(part.key for message in self.shown for part in message.parts)


def _address(message: OutgoingMessage | UnconfirmedMessage) -> str:
    """Slack's id of the person or channel that a message is for."""
    if message.channel is not None:
        return message.channel
    assert message.recipient is not None
    return message.recipient.slack_id


class LimitedMessenger(FakeMessenger):
    """Takes so many messages in any minute and one a second for each person, and refuses the others, as Slack does."""

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float], per_minute: int) -> None:
        super().__init__(clock)
        self.taken: list[tuple[float, OutgoingMessage]] = []
        self.refused = 0
        self._monotonic = monotonic
        self._minute: deque[float] = deque(maxlen=per_minute)
        self._last: dict[int, float] = {}

    async def post(self, message: OutgoingMessage) -> Posted:
        """Take it, or say for how many whole seconds to wait."""
        now = self._monotonic()
        waits = [self._last.get(message.recipient.pk, now - 1) + 1 - now]
        if len(self._minute) == self._minute.maxlen:
            waits.append(self._minute[0] + 60 - now)
        if max(waits) > 1e-6:  # seconds are added up, and exact only so far
            self.refused += 1
            raise RateLimited(timedelta(seconds=ceil(max(waits))))
        self._minute.append(now)
        self._last[message.recipient.pk] = now
        self.taken.append((now, message))
        return await super().post(message)


class Gate(FakeMessenger):
    """Says when a message arrives, and answers only once the gate is open."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()

    async def post(self, message: OutgoingMessage) -> Posted:
        """Wait at the gate."""
        self.arrived.set()
        await self.open.wait()
        return await super().post(message)
