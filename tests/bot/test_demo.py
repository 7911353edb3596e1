"""The small team of the demo: what it has come to, and where it may be added."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot.bot import Bot
from bot.demo import start_for
from bot.demo.acts import Day, Moment
from bot.demo.team import BOARD, COURSE, ENDS, PLAN, STORY
from bot.sandbox_workspace import SandboxWorkspace
from sandbox import DEFAULT_PEOPLE
from sandbox.filling import IN_USE
from sandbox.people import slack_id
from tests.support.sandboxed import running

MADRID = ZoneInfo("Europe/Madrid")
STARTS = datetime(2027, 2, 24, 10, tzinfo=MADRID)
"""A Wednesday: the story begins on Monday 1 March, and the clocks of New York, London and Madrid change in it."""


class Demo:
    """A workspace with the bot, and the page's requests to it."""

    def __init__(self, workspace: SandboxWorkspace, bot: Bot, http: aiohttp.ClientSession) -> None:
        self.workspace = workspace
        self._bot = bot
        self.said: list[str] = []
        self._http = http

    async def fill(self) -> list[str]:
        """What the terminal says about filling it."""
        self.said.clear()
        await self.workspace.fill(self.said.append)
        return list(self.said)

    async def state(self, name: str) -> dict[str, Any]:
        """What a person sees on the page."""
        address = f"{self.workspace.address}/sandbox/state"
        async with self._http.get(address, params={"as": slack_id("U", name)}) as response:
            assert response.status == 200
            return dict(await response.json())

    async def home(self, name: str) -> str:
        """A person's App Home, freshly opened, as JSON."""
        address = f"{self.workspace.address}/sandbox/home_opened"
        async with self._http.post(address, json={"as": slack_id("U", name)}) as response:
            assert response.status == 200
        await self._bot.settle()
        state = await self.state(name)
        return json.dumps(state["home"]["blocks"], ensure_ascii=False)

    async def messages(self, name: str) -> list[str]:
        """A person's messages, each after its moment on their own clock."""
        return [f"{one['local']}: {one['text']}" for one in (await self.state(name))["dm"]["messages"]]


@asynccontextmanager
async def opened(folder: Path, start_at: datetime = STARTS) -> AsyncIterator[Demo]:
    """The workspace as `career demo` puts it together."""
    async with running(folder, start_at) as (workspace, bot), aiohttp.ClientSession() as http:
        yield Demo(workspace, bot, http)


async def test_the_team_is_in_the_middle_of_things(tmp_path: Path):
    """Each pair is where its story ends, every message came in its person's hours, and a restart keeps all of it."""
    async with opened(tmp_path) as demo:
        assert (await demo.state("Ana Ruiz"))["can_be_filled"]
        assert await demo.fill() == [
            "Adding a small team and 10 weeks of their discussions. That takes a few seconds…",
        ]
        await _check_the_manager(demo)
        await _check_the_reports(demo)
        before = {one.name: await demo.messages(one.name) for one in DEFAULT_PEOPLE if not one.is_bot}
        assert await demo.fill() == [IN_USE]
    async with opened(tmp_path) as demo:
        assert await demo.fill() == [IN_USE]
        assert not (await demo.state("Ana Ruiz"))["can_be_filled"]
        assert {name: await demo.messages(name) for name in before} == before
    _check_hours(before)


async def _check_the_manager(demo: Demo) -> None:
    home = await demo.home("Ben Okafor")
    assert (await demo.state("Ben Okafor"))["now"].startswith("2027-05-04T11:30")
    for shown in (
        "My forecasts run by themselves now",  # Chiyo waits for a yes
        "Dev proposed something for the agenda.",
        "Next discussion: Fri 14 May at 15:00 for you, 10:00 for Dev (New York)",  # in ten days
        "both of you have prepared",
        "How did it go with Elif?",  # they have just met
        "Next discussion: Thu 10 Jun at 10:00 for you, 11:00 for Ana (Madrid)",  # their second
        f"You: {BOARD}\\n_was due on Thu 29 Apr, 5 days ago_",
        f"Ana: {COURSE}\\n_by Fri 7 May_",  # this week
        f"Ana: {PLAN} (Thu 8 Apr)",  # kept
    ):
        assert shown in home, shown
    read = await demo.messages("Ben Okafor")
    assert read[-1] == ("Tue 4 May, 11:55: How did it go with Elif? Two minutes now, and nothing you agreed gets lost.")
    assert read[-2].startswith("Tue 4 May, 09:00: Chiyo Tanaka would like to have regular career discussions with you")
    assert "Mon 22 Mar, 09:00: Confirmed: 2 commitments. Ana can see it." in read


async def _check_the_reports(demo: Demo) -> None:
    ana = await demo.home("Ana Ruiz")
    assert "*Ben Okafor* · your manager" in ana
    assert "*Gloria Mendes* · reports to you" in ana
    assert "Mon 22 Mar, 12:00: Ben read your note and confirmed what you promised." in await demo.messages("Ana Ruiz")
    assert (await demo.messages("Dev Patel"))[-1] == (
        "Thu 29 Apr, 09:00: Ben accepted one of your agenda items. Ben reworded one of your agenda items."
    )
    assert "You asked, and Ben has not answered yet." in await demo.home("Chiyo Tanaka")
    assert (await demo.messages("Elif Kaya"))[-1].startswith("Tue 4 May, 13:55: How did it go with Ben?")
    assert "Mon 3 May, 09:00: Your career discussion with Ana is on Wed 12 May at 11:00." in "\n".join(
        await demo.messages("Gloria Mendes")
    )


def _check_hours(messages: dict[str, list[str]]) -> None:
    """Nobody was written to outside their own hours."""
    clocks = [text.split(", ")[1][:5] for texts in messages.values() for text in texts]
    assert len(clocks) > 30
    assert all("09:00" <= clock < "17:00" for clock in clocks)


def test_a_moment_of_the_story_is_on_each_persons_own_clock():
    """Weeks count from the first Monday, and hours are those of the place."""
    monday = datetime(2027, 3, 1, tzinfo=MADRID).date()
    assert Day("3 Thu").on(monday).isoformat() == "2027-03-18"
    assert Moment("3 Thu 11:00").at(monday, "America/New_York").isoformat() == "2027-03-18T11:00:00-04:00"


def test_the_demo_ends_in_the_week_in_which_it_is_started():
    """`career demo` begins ten weeks back, whatever day it is, so that its dates are those of today."""
    for day in range(1, 29):
        now = datetime(2027, 3, day, 15, tzinfo=MADRID)
        ends = ENDS.at(start_for(now).date(), MADRID.key)
        assert start_for(now).weekday() == 0
        assert abs((ends - now).days) <= 7


def test_the_story_is_told_by_people_of_the_sandbox():
    """Every scene has someone who is there, at an hour of their working day."""
    assert {each.who for each in STORY} == {one.name for one in DEFAULT_PEOPLE if not one.deleted and not one.is_bot}
    for each in STORY:
        _week, weekday, clock = each.when.split()
        assert weekday not in {"Sat", "Sun"}
        assert "09:00" <= clock < "17:00"
