"""Plays a year: the clock goes through all of the bot's moments and nights, while nobody in the workspace acts."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from sandbox.clock import ClockMover
from sandbox.errors import PageError
from sandbox.workspace import Workspace

YEAR: Final = timedelta(days=365)

LONGEST_SECONDS: Final = 180.0
"""After this much real time the clock stops where it is, so that a bot with endless moments cannot hang the page. A
small team takes about a minute."""

MOST_STOPS: Final = 20_000
"""Moments and nights in one year: a bot that has more is going round in circles."""

SHOWN_EVERY: Final = 0.3
"""Seconds between two looks of the pages at how far it has come."""

BUSY: Final = "A year is being played. Wait until it is over, or stop it."


@dataclass(frozen=True)
class Played:
    """How a year ended: whether before its end, and how many messages the bot sent to each person, by full name."""

    is_over: bool
    sent: dict[str, int]


class Playing:
    """Plays a year, one at a time. `until` is where the clock goes; None while nothing is played."""

    def __init__(
        self, workspace: Workspace, mover: ClockMover, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._workspace = workspace
        self._mover = mover
        self._monotonic = monotonic
        self._stops = 0
        self._ends_by = 0.0
        self._shown_at = 0.0
        self.until: datetime | None = None
        self._is_stopped = False

    def check_idle(self) -> None:
        """Raise `PageError` while a year is played: nobody acts meanwhile."""
        if self.until is not None:
            raise PageError(BUSY, status=HTTPStatus.CONFLICT)

    async def play(self) -> Played:
        """Play a year. Raises `PageError` where one is being played already, and what the bot raises on the way."""
        self.check_idle()
        self._is_stopped, self._stops = False, 0
        self._ends_by = self._monotonic() + LONGEST_SECONDS
        self.until = target = self._workspace.clock.now() + YEAR
        before = self._sent()
        try:
            self._show()
            await self._mover.play_to(target, self._goes_on)
        finally:
            self.until = None
        sent = {name: count for name, count in (self._sent() - before).most_common() if count}
        return Played(self._workspace.clock.now() >= target, sent)

    def stop(self) -> None:
        """Stop at the next moment; the clock stays there."""
        self._is_stopped = True

    def _goes_on(self) -> bool:
        self._stops += 1
        if self._monotonic() - self._shown_at >= SHOWN_EVERY:
            self._show()
        return not self._is_stopped and self._stops <= MOST_STOPS and self._monotonic() < self._ends_by

    def _show(self) -> None:
        self._shown_at = self._monotonic()
        self._workspace.events.publish("playing")

    def _sent(self) -> Counter[str]:
        bot, people = self._workspace.bot, self._workspace.people.all()
        return Counter(
            {one.name: sum(each.user == bot.id for each in self._workspace.messages.all(one.dm)) for one in people}
        )
