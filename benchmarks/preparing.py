"""`/career prep`, with all it reads, beside a bare Bolt app that opens a constant modal.

Both are served by their real web app in a process of their own, over loopback HTTP, with signed requests and the same
fake Slack, which runs in the measuring process so that both moments come from one clock. A client sends its next
command as soon as the modal of the one before is open. The two apps are asked in turns, in blocks, so that whatever
slows the machine down hits both.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlencode

import aiohttp

from benchmarks.fake_slack import FakeSlack
from benchmarks.prepared_people import remember_pairs, slack_id
from benchmarks.support import (
    EVENTS_PATH,
    Row,
    Verdict,
    at_most,
    child,
    free_port,
    milliseconds,
    percentile,
    running_bot,
    signed,
    slack_settings,
)

WANTED: Final = 2.0
"""At most this many times the bare app's time until the modal opens."""

CLIENTS: Final = {1: 100, 16: 480, 64: 640}
"""How many work at the same time, and how many commands they send in a block, all together."""

BLOCKS: Final = 4
WARM_UP: Final = 64
MOST_CLIENTS: Final = max(CLIENTS)
MODAL_WITHIN: Final = 10.0
"""Seconds after which a modal that has not come is an error."""

PERCENTS: Final = (50, 99)


@dataclass
class Times:
    """Seconds from sending a command, one of each a command."""

    to_ack: list[float] = field(default_factory=list)
    to_modal: list[float] = field(default_factory=list)


class Crowd:
    """Clients that send commands to one app."""

    def __init__(self, session: aiohttp.ClientSession, slack: FakeSlack, port: int) -> None:
        self._session = session
        self._slack = slack
        self._address = f"http://127.0.0.1:{port}{EVENTS_PATH}"
        self._triggers = count(1)

    async def send(self, clients: int, commands: int) -> Times:
        """Let some clients send some commands, all together."""
        times = Times()
        async with asyncio.TaskGroup() as group:
            for client in range(clients):
                group.create_task(self._keep_sending(client, commands // clients, times))
        return times

    async def _keep_sending(self, client: int, commands: int, times: Times) -> None:
        for _ in range(commands):
            trigger_id = f"{self._address}.{next(self._triggers)}"
            body = urlencode(
                {
                    "command": "/career",
                    "text": "prep",
                    "user_id": slack_id(client),
                    "team_id": "T1",
                    "channel_id": "C1",
                    "trigger_id": trigger_id,
                    "response_url": f"{self._slack.api_url}response",
                }
            )
            headers = signed(body)
            modal = self._slack.modal(trigger_id)
            sent = time.perf_counter()
            async with self._session.post(self._address, data=body, headers=headers) as answer:
                answer.raise_for_status()
                await answer.read()
                times.to_ack.append(time.perf_counter() - sent)
            async with asyncio.timeout(MODAL_WITHIN):
                times.to_modal.append(await modal - sent)


async def measure() -> list[Row]:
    """Both apps with one, several and many clients."""
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = FakeSlack()
        await slack.open()
        stack.push_async_callback(slack.close)
        await remember_pairs(folder / "data", MOST_CLIENTS)
        our_port, bare_port = free_port(), free_port()
        ours = await stack.enter_async_context(running_bot(folder, our_port, **slack_settings(slack.api_url)))
        bare = await stack.enter_async_context(child(folder, "benchmarks.bare_app", str(bare_port), slack.api_url))
        await ours.answers(f"http://127.0.0.1:{our_port}/healthz")
        await bare.answers(f"http://127.0.0.1:{bare_port}/healthz")
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        crowds = Crowd(session, slack, our_port), Crowd(session, slack, bare_port)
        for crowd in crowds:
            await crowd.send(16, WARM_UP)
        for clients, commands in CLIENTS.items():
            rows += _rows(clients, *await _in_turns(crowds, clients, commands))
    return rows


async def _in_turns(crowds: Sequence[Crowd], clients: int, commands: int) -> list[Times]:
    totals = [Times() for _ in crowds]
    for block in range(BLOCKS):
        in_order = list(zip(crowds, totals, strict=True))
        for crowd, total in in_order if block % 2 else reversed(in_order):
            times = await crowd.send(clients, commands)
            total.to_ack += times.to_ack
            total.to_modal += times.to_modal
    return totals


def _rows(clients: int, ours: Times, bare: Times) -> list[Row]:
    who = f"{clients} client{'s' if clients > 1 else ''}"
    rows = []
    for percent in PERCENTS:
        mine, theirs = percentile(ours.to_modal, percent), percentile(bare.to_modal, percent)
        rows.append(
            Row(
                "/career prep until the modal opens",
                f"{who}, p{percent}",
                milliseconds(mine),
                f"bare Bolt app {milliseconds(theirs)}",
                f"{mine / theirs:.2f}×",
                f"at most {WANTED:.0f}×",
                at_most(mine / theirs, WANTED),
            )
        )
    for percent in PERCENTS:
        mine, theirs = percentile(ours.to_ack, percent), percentile(bare.to_ack, percent)
        rows.append(
            Row(
                "/career prep until the ack",
                f"{who}, p{percent}",
                milliseconds(mine),
                f"bare Bolt app {milliseconds(theirs)}",
                f"{mine / theirs:.2f}×",
                verdict=Verdict.TOLD,
            )
        )
    return rows
