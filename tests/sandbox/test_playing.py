"""A year that is played, and the calendar of what the bot wrote."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import aiohttp
import pytest

from sandbox import Hooks, Sandbox, SandboxSettings
from sandbox.playing import BUSY, LONGEST_SECONDS, YEAR
from tests.sandbox.conftest import PageClient

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVERY = timedelta(days=30)


class Writer:
    """A bot that writes to Ana every thirty days, at nine, and has something to do every night at three."""

    def __init__(self) -> None:
        self.sandbox: Sandbox
        self.next: datetime | None = START + EVERY
        self.nights: list[datetime] = []
        self.wrote: list[datetime] = []
        self.waits = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.is_stuck = False

    async def next_moment(self) -> datetime | None:
        """When it writes next."""
        return self.next

    async def catch_up(self) -> None:
        """Write, if it is time."""
        now = self.sandbox.clock.now()
        if self.next is not None and self.next <= now and not self.is_stuck:
            self.wrote.append(now)
            workspace = self.sandbox._workspace
            workspace.post(workspace.people.by_name("Ana Ruiz"), workspace.bot, {"text": f"Letter {len(self.wrote)}"})
            self.next += EVERY

    def next_night(self) -> datetime:
        """Three in the morning, UTC."""
        now = self.sandbox.clock.now()
        night = datetime.combine(now.date(), time(3), UTC)
        return night if night > now else night + timedelta(days=1)

    async def do_night(self) -> None:
        """Take note of it, and wait if the test says so."""
        self.waits.set()
        await self.may_go_on.wait()
        self.nights.append(self.sandbox.clock.now())


@asynccontextmanager
async def opened(
    settings: SandboxSettings, http: aiohttp.ClientSession, writer: Writer
) -> AsyncIterator[PageClient]:  # fmt: skip
    """Ana's page in a workspace with this bot, whose clock stands still unless it is moved."""
    hooks = Hooks(
        next_moment=writer.next_moment, catch_up=writer.catch_up, next_night=writer.next_night, do_night=writer.do_night
    )
    writer.sandbox = Sandbox(settings=replace(settings, start_at=START), hooks=hooks, real=lambda: START)
    await writer.sandbox.start()
    try:
        yield PageClient(http, writer.sandbox, "Ana Ruiz")
    finally:
        await writer.sandbox.stop()


async def calendar(http: aiohttp.ClientSession, page: PageClient, status: int = 200, **query: str) -> Any:
    """What the page asks for its calendar."""
    address = f"{page._sandbox.address}/sandbox/calendar"
    async with http.get(address, params={"as": page.me, **query}) as response:
        answer = await response.json()
        assert response.status == status, answer
        return answer


async def test_a_year_goes_through_every_moment_and_night(settings: SandboxSettings, http: aiohttp.ClientSession):
    """Each letter comes at its own moment and each night is done at three; the answer counts what came for whom."""
    writer = Writer()
    async with opened(settings, http, writer) as ana:
        answer = await ana.post("year")
        assert (answer["is_over"], answer["sent"]) == (True, {"Ana Ruiz": 12})
        assert datetime.fromisoformat(answer["now"]) == START + YEAR
        assert writer.wrote == [START + EVERY * number for number in range(1, 13)]
        assert len(writer.nights) == 365
        assert {(night.hour, night.minute) for night in writer.nights} == {(3, 0)}
        assert (await ana.state())["playing_until"] is None


async def test_a_year_can_be_stopped_and_nobody_acts_in_it(settings: SandboxSettings, http: aiohttp.ClientSession):
    """While it is played, the page knows and refuses to act; stopped, the clock stays where it got to."""
    writer = Writer()
    writer.may_go_on.clear()
    async with opened(settings, http, writer) as ana:
        playing = asyncio.create_task(ana.post("year"))
        async with asyncio.timeout(5):
            await writer.waits.wait()
        assert datetime.fromisoformat((await ana.state())["playing_until"]) == START + YEAR
        for what in ("message", "clock", "year", "fill"):
            assert (await ana.post(what, status=409, text="x", by="day"))["message"] == BUSY
        await ana.post("year", stop=True)
        writer.may_go_on.set()
        answer = await playing
        assert (answer["is_over"], answer["sent"]) == (False, {})
        assert writer.sandbox.clock.now() == START.replace(hour=3) + timedelta(days=1)
        assert (await ana.post("year"))["is_over"] is True


async def test_a_year_is_bounded(settings: SandboxSettings, http: aiohttp.ClientSession):
    """A bot that cannot do what is due does not hold the year up, and one that takes too long ends it early."""
    writer = Writer()
    writer.is_stuck = True
    async with opened(settings, http, writer) as ana:
        assert (await ana.post("year"))["is_over"] is True
        assert writer.wrote == []
        seconds = iter([0.0] * 5 + [LONGEST_SECONDS] * 1000)
        writer.sandbox._playing._monotonic = lambda: next(seconds)
        assert (await ana.post("year"))["is_over"] is False


async def test_a_bot_that_fails_ends_the_year(settings: SandboxSettings, http: aiohttp.ClientSession):
    """The page gets a sentence, and everything can go on from there."""
    writer = Writer()

    async def failing() -> None:
        raise RuntimeError("no database")

    async with opened(settings, http, writer) as ana:
        working, writer.sandbox._mover._hooks = (
            writer.sandbox._mover._hooks,
            Hooks(next_moment=writer.next_moment, catch_up=failing),
        )
        assert "the log says more" in (await ana.post("year", status=500))["message"]
        writer.sandbox._mover._hooks = working
        assert (await ana.post("year"))["is_over"] is True


async def test_the_calendar_has_what_the_bot_wrote_by_local_date(
    settings: SandboxSettings, http: aiohttp.ClientSession
):
    """Twelve months from the workspace's first one, then the last twelve; own messages and fleeting ones left out."""
    writer = Writer()
    async with opened(settings, http, writer) as ana:
        chiyo = PageClient(http, writer.sandbox, "Chiyo Tanaka")
        workspace, person = writer.sandbox._workspace, writer.sandbox.people.by_name("Chiyo Tanaka")
        workspace.clock.set(datetime(2026, 11, 30, 16, tzinfo=UTC))
        workspace.post(person, workspace.bot, {"text": "Tomorrow in Tokyo"})
        workspace.post(person, person, {"text": "Her own"})
        workspace.post(person, workspace.bot, {"text": "Fleeting"}, ephemeral=True)
        shown = await calendar(http, chiyo)
        assert (shown["months"][0], shown["months"][-1], len(shown["months"])) == ("2026-11", "2027-10", 12)
        assert [(one["date"], one["time"], one["text"]) for one in shown["messages"]] == [
            ("2026-12-01", "01:00", "Tomorrow in Tokyo")
        ]
        assert (shown["days_off"]["2026-12-05"], "2026-12-04" in shown["days_off"]) == ("Weekend", False)
        await ana.post("year")
        shown = await calendar(http, ana)
        assert (shown["started"], shown["months"][0], shown["latest"]) == ("2026-11", "2026-12", "2027-11")
        assert [one["text"] for one in shown["messages"]] == [f"Letter {number}" for number in range(1, 13)]
        january = await calendar(http, ana, **{"from": "2027-01", "months": "1"})
        assert [one["date"] for one in january["messages"]] == ["2027-01-22"]


@pytest.mark.parametrize(
    "wrong", [{"from": "soon"}, {"from": "2027-13"}, {"from": "9999-12"}, {"months": "0"}, {"months": "-1"}]
)
async def test_a_calendar_that_makes_no_sense_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession, ana: PageClient, wrong: dict[str, str]
):
    """A sentence, not a traceback."""
    assert (await calendar(http, ana, status=400, **wrong))["message"].endswith(".")
