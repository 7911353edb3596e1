"""Runs the bot with a fake in place of the cycle, for tests that send signals to a real process.

The first argument says what the fake does when it is told to stop or to begin: see `Slow`.
"""

import asyncio
import os
import sys

from bot.clock import Clock
from bot.logs import configure_logging
from bot.running import run
from bot.settings import Settings, load_settings
from tests.bot.fake_career import FakeCareer, assemble_fake


def say(words: str) -> None:
    """Tell the test how far we are."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


class Slow(FakeCareer):
    """Is still sending when it is told to stop, until the test lets it finish by a line on standard input."""

    async def stop(self, drain_seconds: float) -> None:
        """Wait for the test, as for an answer from Slack."""
        say(f"draining for {drain_seconds:.0f}")
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        say("finished")


async def assemble(settings: Settings, *, clock: Clock) -> FakeCareer:
    """A slow bot, or one whose database never answers."""
    if sys.argv[1] == "stuck":
        say("assembling")
        await asyncio.Event().wait()
    return Slow((await assemble_fake(settings, clock=clock)).app)


if __name__ == "__main__":
    chosen = load_settings(os.environ, None)
    configure_logging(chosen)
    asyncio.run(run(chosen, assemble, announce=say))
