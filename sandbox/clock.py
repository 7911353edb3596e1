"""The workspace's clock: real time plus an offset that only grows."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.settings import Hooks
from sandbox.state_store import StateStore

MAX_STEPS = 500
"""Stops in one move of the clock, so that a bot which always has another moment to come cannot hang the page."""

NO_PROGRESS = timedelta(hours=1)
"""How far the clock goes on when the bot has something to do that it cannot do now."""

OPENING = time(10)
OPENING_ZONE = ZoneInfo("Europe/Madrid")
SATURDAY = 5


def real_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


def next_opening(moment: datetime) -> datetime:
    """The next weekday, 10:00 in Madrid, at or after `moment`: a new workspace always starts in office hours."""
    local = moment.astimezone(OPENING_ZONE)
    day = local.date()
    while True:
        opening = datetime.combine(day, OPENING, OPENING_ZONE)
        if day.weekday() < SATURDAY and opening >= local:
            return opening.astimezone(UTC)
        day += timedelta(days=1)


class SandboxClock:
    """Keeps the workspace's time, which never goes back, not even across a restart.

    `real` returns the machine's time; tests pass their own. `started_at` is the time at which the workspace began.
    """

    def __init__(self, store: StateStore, start_at: datetime | None, real: Callable[[], datetime]) -> None:
        self._store = store
        self._real = real
        stored = store.load("clock").get("offset")
        self.started_at = datetime.fromisoformat(stored["started"]) if stored else (start_at or next_opening(real()))
        if stored is None:
            self._offset = timedelta()
            self._latest = datetime.min.replace(tzinfo=UTC)
            self.set(self.started_at)
        else:
            self._offset = timedelta(seconds=stored["seconds"])
            self._latest = datetime.fromisoformat(stored["latest"])

    def now(self) -> datetime:
        """The workspace's time, aware UTC, never earlier than any that was returned before."""
        self._latest = max(self._latest, self._real() + self._offset)
        return self._latest

    def set(self, moment: datetime) -> None:
        """Move ahead to `moment` (aware); an earlier one changes nothing. Raises `ValueError` for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("The clock needs an aware datetime.")
        if moment <= self._latest:
            return
        self._offset = moment - self._real()
        self._latest = moment.astimezone(UTC)
        self._store.save(
            "clock",
            "offset",
            {
                "seconds": self._offset.total_seconds(),
                "latest": self._latest.isoformat(),
                "started": self.started_at.isoformat(),
            },
        )


class ClockMover:
    """Moves the clock in steps, so that the bot sends everything at its own time."""

    def __init__(self, clock: SandboxClock, hooks: Hooks | None) -> None:
        self._clock = clock
        self._hooks = hooks
        self._moving = asyncio.Lock()

    async def next_moment(self) -> datetime | None:
        """When the bot has something to do next; None where nothing is planned."""
        return None if self._hooks is None else await self._hooks.next_moment()

    async def move_by(self, span: timedelta) -> None:
        """Move ahead by `span`, stopping at each of the bot's moments on the way."""
        async with self._moving:
            await self._catch_up()
            await self._move_to(self._clock.now() + span)

    async def move_to_next(self) -> bool:
        """Move ahead to the bot's next moment; returns False where it has none."""
        async with self._moving:
            await self._catch_up()
            moment = await self.next_moment()
            if moment is None:
                return False
            await self._move_to(max(moment, self._clock.now()))
            return True

    async def play_to(self, target: datetime, goes_on: Callable[[], bool]) -> None:
        """Move ahead to `target` as if the time passed, nights included, for as long as `goes_on` says so."""
        async with self._moving:
            if self._hooks is not None:
                await self._hooks.catch_up()
            while self._clock.now() < target and goes_on():
                await self._play_on(target)

    async def _play_on(self, target: datetime) -> None:
        """Move to the next moment or night, or to `target` where that comes first."""
        if self._hooks is None:
            self._clock.set(target)
            return
        now = self._clock.now()
        moment, night = await self._hooks.next_moment(), self._hooks.next_night()
        if moment is not None and moment <= now:
            moment = now + NO_PROGRESS  # the bot could not do it now
        self._clock.set(min(stop for stop in (moment, night, target) if stop is not None))
        if night is not None and self._hooks.do_night is not None and self._clock.now() >= night:
            await self._hooks.do_night()
        else:
            await self._hooks.catch_up()

    async def _move_to(self, target: datetime) -> None:
        if self._hooks is not None:
            await self._visit_moments(self._hooks, target)
        self._clock.set(target)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Have the bot finish what is due. What is on its way meanwhile would look like its next moment."""
        if self._hooks is not None:
            await self._hooks.catch_up()

    async def _visit_moments(self, hooks: Hooks, target: datetime) -> None:
        previous: datetime | None = None
        for _ in range(MAX_STEPS):
            moment = await hooks.next_moment()
            if moment is None or moment > target:
                return
            self._clock.set(moment)
            await hooks.catch_up()
            if previous is not None and moment <= previous:
                return  # the bot returned the same moment again: it makes no progress
            previous = moment
