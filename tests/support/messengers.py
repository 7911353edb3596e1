"""A Slack that remembers what it was given, and has the accidents that it is told to have."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scheduler.messenger import Parcel, Posted
from storage.people import Person


class Died(BaseException):
    """The process was killed at this point."""


@dataclass(frozen=True)
class Accident:
    """What happens instead of an answer; `taken` says whether the message is there all the same."""

    raises: BaseException
    taken: bool


class FakeMessenger:
    """Stands in for Slack. `shown` lists what people see, in order."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.shown: list[Parcel] = []
        self.looked_for: list[str] = []
        self.accidents: deque[Accident | None] = deque()
        self.looking_fails: BaseException | None = None
        self._clock = clock
        self._places: dict[tuple[str, str], tuple[datetime, Posted]] = {}

    def will(self, *accidents: Accident | None) -> None:
        """What happens at the next posts, one each; None is no accident."""
        self.accidents.extend(accidents)

    async def post(self, parcel: Parcel) -> Posted:
        """Show it, unless an accident was planned."""
        await asyncio.sleep(0)  # as over a network, others are on their way at the same time
        accident = self.accidents.popleft() if self.accidents else None
        if accident is None or accident.taken:
            self._show(parcel)
        if accident is not None:
            raise accident.raises
        return self._places[parcel.recipient.slack_id, parcel.message_id][1]

    def _show(self, parcel: Parcel) -> None:
        self.shown.append(parcel)
        posted = Posted(f"D{parcel.recipient.slack_id[1:]}", f"{len(self.shown)}.000100")
        self._places[parcel.recipient.slack_id, parcel.message_id] = (self._clock(), posted)

    async def find(self, recipient: Person, message_id: str, since: datetime) -> Posted | None:
        """What was shown to somebody since a moment, by its id."""
        self.looked_for.append(message_id)
        if self.looking_fails is not None:
            raise self.looking_fails
        at, posted = self._places.get((recipient.slack_id, message_id), (since, None))
        return posted if at >= since else None

    def said(self) -> Counter[str]:
        """How often each nudge was shown, by key."""
        return Counter(note.planned.key for parcel in self.shown for note in parcel.notes)
