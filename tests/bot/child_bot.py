"""Runs a fake bot, for tests that send signals to a real process.

The first argument is what the fake does: `slow` takes its time to stop, `lacking` too, and has a notice for the admin,
`stuck` never gets ready to start, `web`, `worker` and `tick` do a share of the work and say when they deliver, `demo`
runs in the sandbox of the demo.
"""

import asyncio
import os
import sys
from functools import partial

from bot.clock import Clock
from bot.logs import configure_logging
from bot.runner import Share, run, run_demo, tick
from bot.settings import Settings, load_settings
from tests.bot.fake_bot import FakeBot, assemble_fake


def say(text: str) -> None:
    """Let the test know how far the run has come."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Slow(FakeBot):
    """Is still sending when it is stopped, until the test lets it finish by a line on standard input."""

    async def start(self) -> None:
        """Say so, where the test asks what a process does."""
        if sys.argv[1] in {"web", "worker"}:
            say("delivers")

    async def do_due(self) -> None:
        """Say so."""
        say("does what is due")

    async def stop(self, drain_seconds: float) -> None:
        """Wait for the test, as for an answer from Slack."""
        say(f"draining for {drain_seconds:.0f}")
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        say("finished")


async def assemble(settings: Settings, *, clock: Clock) -> FakeBot:
    """A slow bot, or one whose database never answers."""
    if sys.argv[1] == "stuck":
        say("assembling")
        await asyncio.Event().wait()
    slow = Slow((await assemble_fake(settings, clock=clock)).app)
    slow.notices = ["In Acme the app lacks users:read."] if sys.argv[1] == "lacking" else []
    return slow


if __name__ == "__main__":
    chosen = load_settings(os.environ, None)
    configure_logging(chosen)
    starts = {
        "demo": run_demo,
        "tick": tick,
        "web": partial(run, share=Share.ANSWER),
        "worker": partial(run, share=Share.DELIVER),
    }
    asyncio.run(starts.get(sys.argv[1], run)(chosen, assemble, announce=say))
