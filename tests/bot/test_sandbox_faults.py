"""The named faults of the sandbox, through the real bot: whatever goes wrong, a message is there exactly once."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.bot import Bot
from bot.sandbox_workspace import SandboxWorkspace
from sandbox.acting import Stage
from sandbox.faults import NAMED
from sandbox.messages import posted_at
from tests.support.sandboxed import running

STARTS = datetime(2027, 2, 24, 10, tzinfo=ZoneInfo("Europe/Madrid"))
"""A Wednesday: everybody west of Tokyo is at work, or soon will be."""


class Faulty:
    """A workspace in which people ask Ben for career discussions while something goes wrong."""

    def __init__(self, workspace: SandboxWorkspace, bot: Bot, http: aiohttp.ClientSession) -> None:
        self.workspace, self.bot, self._http = workspace, bot, http
        self.stage: Stage = workspace._sandbox._filling._stage

    async def switch_on(self, **fault: Any) -> None:
        """Switch a fault on as the page does."""
        async with self._http.post(f"{self.workspace.address}/sandbox/faults", json=fault) as response:
            assert response.status == 200, await response.text()

    async def ask(self, name: str) -> None:
        """Someone asks Ben, which he is told at once."""
        actor = self.stage.actor(name)
        await actor.type("/career start")
        await self.bot.settle()
        actor.fill("other", "Ben Okafor")
        await actor.submit()
        await self.bot.settle()

    def received(self) -> list[str]:
        """The messages that Ben has."""
        people, messages = self.workspace._sandbox.people, self.workspace._sandbox._workspace.messages
        return [message.text for message in messages.all(people.by_name("Ben Okafor").dm)]

    async def incident(self) -> dict[str, Any]:
        """What the page says of what went wrong last."""
        async with self._http.get(f"{self.workspace.address}/sandbox/faults") as response:
            return dict((await response.json())["happened"][0])

    async def pending(self) -> list[Any]:
        """What is still switched on."""
        async with self._http.get(f"{self.workspace.address}/sandbox/faults") as response:
            return list((await response.json())["faults"])

    async def move(self, span: timedelta) -> None:
        """Move the clock ahead."""
        await self.stage.move_to(self.stage.now() + span)


@pytest.fixture
async def faulty(tmp_path: Path) -> AsyncIterator[Faulty]:
    """A fresh workspace with its bot."""
    async with running(tmp_path, STARTS) as (workspace, bot), aiohttp.ClientSession() as http:
        yield Faulty(workspace, bot, http)


async def test_whatever_goes_wrong_a_message_is_there_once(faulty: Faulty):
    """Each fault in turn: the message waits or is there already, and a quarter of an hour later it is there once."""
    waits = {"too_fast": 0, "server_error": 0, "slow": 1, "dropped_before": 0, "dropped_after": 1}
    askers = ["Ana Ruiz", "Dev Patel", "Elif Kaya", "Gloria Mendes", "Chiyo Tanaka"]
    for (name, there_at_once), asker in zip(waits.items(), askers, strict=True):
        seen = len(faulty.received())
        await faulty.switch_on(name=name, **({"seconds": 0.01} if name == "slow" else {}))
        await faulty.ask(asker)
        assert len(faulty.received()) - seen == there_at_once, name
        await faulty.move(timedelta(minutes=15))
        (arrived,) = faulty.received()[seen:]
        assert asker.split()[0] in arrived
        incident = await faulty.incident()
        assert (incident["label"], incident["person"]) == (NAMED[name].label, "Ben Okafor")
        assert (incident["arrived"]["copies"], incident["arrived"]["messages"]) == (1, 1)
        assert await faulty.pending() == []


async def test_nights_pass_while_a_clock_is_played_ahead(faulty: Faulty):
    """Nobody answers for three weeks: the request expires in its night, and the one who asked is told by day, once."""
    await faulty.ask("Ana Ruiz")
    mover, people = faulty.workspace._sandbox._mover, faulty.workspace._sandbox.people
    await mover.play_to(faulty.stage.now() + timedelta(days=26), lambda: True)
    messages = faulty.workspace._sandbox._workspace.messages.all(people.by_name("Ana Ruiz").dm)
    (told,) = [message for message in messages if "expired" in message.text]
    came = posted_at(told.ts).astimezone(STARTS.tzinfo)
    assert STARTS + timedelta(days=21) <= came <= STARTS + timedelta(days=24)
    assert (came.hour, came.minute) == (9, 0)


async def test_what_waits_for_a_token_arrives_once_it_is_back(faulty: Faulty):
    """With a revoked token, and then a deactivated account, nothing is lost: it comes once after it is switched off."""
    for name, asker in {"token_revoked": "Ana Ruiz", "account_inactive": "Elif Kaya"}.items():
        seen = len(faulty.received())
        await faulty.switch_on(name=name, times=None)
        await faulty.ask(asker)
        await faulty.move(timedelta(minutes=20))
        assert faulty.received()[seen:] == []
        (fault,) = await faulty.pending()
        assert (fault["label"], fault["times"]) == (NAMED[name].label, None)
        assert (await faulty.incident())["arrived"] == {"copies": 0, "messages": 0, "at": None}
        await faulty.switch_on(off=fault["id"])
        await faulty.move(timedelta(minutes=20))
        (arrived,) = faulty.received()[seen:]
        assert asker.split()[0] in arrived


async def test_a_message_that_is_refused_for_its_size_arrives_in_parts(faulty: Faulty):
    """Two requests that wait for Ben's morning would be one message; refused, each is there once in one of its own."""
    await faulty.move(timedelta(hours=10))
    for asker in ("Ana Ruiz", "Dev Patel"):
        await faulty.ask(asker)
    assert faulty.received() == []
    await faulty.switch_on(name="too_large")
    await faulty.move(timedelta(hours=14))
    assert len(faulty.received()) == 2
    for asker in ("Ana", "Dev"):
        assert sum(asker in text for text in faulty.received()) == 1
    assert (await faulty.incident())["arrived"]["copies"] == 1
    assert (await faulty.incident())["arrived"]["messages"] == 2
