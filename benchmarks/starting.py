"""From the start of the process to the first healthy answer, and the memory it then holds, beside a bare Bolt app.

Once with nothing there, as when the bot is tried out, and once on the database of before, as at every other start.
"""

import asyncio
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.fake_slack import FakeSlack
from benchmarks.support import Child, Row, at_most, child, free_port, running_bot, slack_settings

STARTS: Final = 3
SECONDS_WANTED: Final = 1.5
MEGABYTES_WANTED: Final = 110
SETTLES_AFTER: Final = 1.0
"""Seconds after the first healthy answer at which memory is read."""


@dataclass
class Starts:
    """What several starts of one program took."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    async def see(self, started: Child, port: int) -> None:
        """Wait until a child is healthy, then until it has settled."""
        self.seconds.append(await started.answers(f"http://127.0.0.1:{port}/healthz"))
        await asyncio.sleep(SETTLES_AFTER)
        self.megabytes.append(started.resident_megabytes())

    def row_of_time(self, case: str, peer: "Starts") -> Row:
        """The line about the start."""
        ours, theirs = statistics.median(self.seconds), statistics.median(peer.seconds)
        return Row(
            "Start to healthy", case, f"{ours:.2f} s", f"bare Bolt app {theirs:.2f} s", f"{ours / theirs:.1f}×",
            f"under {SECONDS_WANTED} s", at_most(ours, SECONDS_WANTED),
        )  # fmt: skip

    def row_of_memory(self, case: str, peer: "Starts") -> Row:
        """The line about memory."""
        ours, theirs = statistics.median(self.megabytes), statistics.median(peer.megabytes)
        return Row(
            "Memory after start", case, f"{ours:.0f} MB", f"bare Bolt app {theirs:.0f} MB", f"{ours / theirs:.1f}×",
            f"under {MEGABYTES_WANTED} MB", at_most(ours, MEGABYTES_WANTED),
        )  # fmt: skip


async def measure() -> list[Row]:
    """Start each in turn, several times; medians."""
    slack = FakeSlack()
    await slack.open()
    settings = slack_settings(slack.api_url)
    bare, new, again, sandbox = Starts(), Starts(), Starts(), Starts()
    try:
        for _ in range(STARTS):
            with TemporaryDirectory() as folder:
                await _start_bare(bare, Path(folder), slack.api_url)
                await _start_bot(new, Path(folder), settings)
                await _start_bot(again, Path(folder), settings)
            with TemporaryDirectory() as folder:
                await _start_bot(sandbox, Path(folder), {"SANDBOX_PORT": str(free_port())})
    finally:
        await slack.close()
    cases = {"HTTP, new SQLite database": new, "HTTP, database of before": again, "sandbox, new workspace": sandbox}
    return [
        *(starts.row_of_time(case, bare) for case, starts in cases.items()),
        *(starts.row_of_memory(case, bare) for case, starts in cases.items()),
    ]


async def _start_bare(bare: Starts, folder: Path, api_url: str) -> None:
    port = free_port()
    async with child(folder, "benchmarks.bare_app", str(port), api_url) as app:
        await bare.see(app, port)


async def _start_bot(starts: Starts, folder: Path, settings: dict[str, str]) -> None:
    port = free_port()
    async with running_bot(folder, port, **settings) as bot:
        await starts.see(bot, port)
