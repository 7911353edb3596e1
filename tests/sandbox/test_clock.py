from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Hooks, Sandbox, SandboxSettings
from sandbox.clock import MAX_STEPS, next_opening

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Planner:
    """A bot that has something to do at certain moments, and writes down when it was called."""

    def __init__(self, *moments: datetime) -> None:
        self.waiting = list(moments)
        self.calls: list[datetime] = []
        self.sandbox: Sandbox | None = None

    async def next_moment(self) -> datetime | None:
        """The earliest that is still to come."""
        return min(self.waiting, default=None)

    async def catch_up(self) -> None:
        """Do what is due."""
        assert self.sandbox is not None
        now = self.sandbox.clock.now()
        self.calls.append(now.replace(microsecond=0))
        self.waiting = [moment for moment in self.waiting if moment > now]


@asynccontextmanager
async def _running(settings: SandboxSettings, planner: Planner) -> AsyncIterator[Sandbox]:
    hooks = Hooks(next_moment=planner.next_moment, catch_up=planner.catch_up)
    sandbox = Sandbox(settings=replace(settings, start_at=START), hooks=hooks, real=lambda: START)
    planner.sandbox = sandbox
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()


async def _move(http: aiohttp.ClientSession, sandbox: Sandbox, by: str, status: int = 200) -> Any:
    async with http.post(f"{sandbox.address}/sandbox/clock", json={"by": by}) as response:
        assert response.status == status
        return await response.json()


async def test_every_moment_on_the_way_is_visited(settings: SandboxSettings, http: aiohttp.ClientSession):
    """What is due within the span is done at its own moment, then once at the end; what lies beyond waits."""
    moments = [START + timedelta(hours=hours) for hours in (3, 20, 30)]
    planner = Planner(*moments)
    async with _running(settings, planner) as sandbox:
        answer = await _move(http, sandbox, "day")
        assert datetime.fromisoformat(answer["now"]) == START + timedelta(days=1)
        assert planner.calls == [START, *moments[:2], START + timedelta(days=1)]
        assert planner.waiting == moments[2:]


async def test_to_the_next_nudge(settings: SandboxSettings, http: aiohttp.ClientSession):
    """The clock stops at the next moment; with nothing planned it says so and stays."""
    planner = Planner(START + timedelta(days=9))
    async with _running(settings, planner) as sandbox:
        answer = await _move(http, sandbox, "next")
        assert datetime.fromisoformat(answer["now"]) == START + timedelta(days=9)
        refused = await _move(http, sandbox, "next", status=409)
        assert "Nothing is planned" in refused["message"]
        await _move(http, sandbox, "year", status=400)


async def test_what_is_on_its_way_is_no_moment_to_stop_at(settings: SandboxSettings, http: aiohttp.ClientSession):
    """A message whose outcome is not written down yet would be looked for two minutes later: it is finished first."""
    planner = Planner(START, START + timedelta(days=9))
    async with _running(settings, planner) as sandbox:
        answer = await _move(http, sandbox, "next")
        assert datetime.fromisoformat(answer["now"]) == START + timedelta(days=9)


async def test_a_moment_that_never_passes_does_not_hang_the_page(
    settings: SandboxSettings, http: aiohttp.ClientSession
):
    """A bot that names the same moment again and again gets one more call, then the clock moves on."""
    stuck = Planner(START + timedelta(hours=1))

    async def never_done() -> None:
        stuck.calls.append(START)

    stuck.catch_up = never_done  # type: ignore[method-assign]
    async with _running(settings, stuck) as sandbox:
        answer = await _move(http, sandbox, "day")
        assert datetime.fromisoformat(answer["now"]) == START + timedelta(days=1)
        assert len(stuck.calls) == 4


async def test_a_bot_with_endless_moments_is_stopped(settings: SandboxSettings, http: aiohttp.ClientSession):
    """Five hundred steps at most, then the clock goes where it was sent."""
    endless = Planner(*[START + timedelta(seconds=second) for second in range(1, MAX_STEPS + 100)])
    async with _running(settings, endless) as sandbox:
        answer = await _move(http, sandbox, "hour")
        assert datetime.fromisoformat(answer["now"]) == START + timedelta(hours=1)
        assert len(endless.calls) == MAX_STEPS + 2


async def test_a_failing_bot_leaves_the_clock_where_it_got_to(
    settings: SandboxSettings, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
):
    """The page gets a sentence, the log the traceback, and the clock can be moved again."""
    planner = Planner(START + timedelta(minutes=10))
    working = planner.catch_up

    async def failing() -> None:
        await working()
        if planner.calls[-1] > START:
            raise RuntimeError("no database")

    planner.catch_up = failing  # type: ignore[method-assign]
    async with _running(settings, planner) as sandbox:
        answer = await _move(http, sandbox, "hour", status=500)
        assert "the log says more" in answer["message"]
        assert "no database" in caplog.text
        assert sandbox.clock.now() == START + timedelta(minutes=10)
    planner.catch_up = working  # type: ignore[method-assign]


async def test_the_clock_runs_on_and_never_back(sandbox: Sandbox, real: Any):
    """Real time passes in the workspace too; an earlier moment changes nothing; a naive one is refused."""
    before = sandbox.clock.now()
    real.ahead += timedelta(minutes=5)
    assert sandbox.clock.now() - before >= timedelta(minutes=5)
    sandbox.clock.set(before)
    assert sandbox.clock.now() - before >= timedelta(minutes=5)
    real.ahead -= timedelta(hours=2)
    assert sandbox.clock.now() - before >= timedelta(minutes=5)
    with pytest.raises(ValueError, match="aware"):
        sandbox.clock.set(datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_new_workspace_opens_on_a_working_morning(moment: datetime):
    """Ten o'clock in Madrid, Monday to Friday, within three days (and the hour that summer time may take)."""
    opening = next_opening(moment)
    local = opening.astimezone(ZoneInfo("Europe/Madrid"))
    assert (local.hour, local.minute, local.weekday() < 5) == (10, 0, True)
    assert timedelta() <= opening - moment <= timedelta(days=3, hours=1)
