import asyncio

import structlog

from bot.checks import NO_ANSWER, OK, State
from bot.readiness import Readiness
from tests.bot.fake_bot import FakeBot


async def test_a_check_that_hangs_or_fails_is_reported():
    """The report comes in bounded time, and one part's trouble does not affect the others."""

    async def hangs() -> State:
        await asyncio.Event().wait()
        return OK

    async def fails() -> State:
        raise ConnectionError

    async def well() -> State:
        return OK

    readiness = Readiness({"database": hangs, "slack": fails, "disk": well}, check_seconds=0.01)
    async with asyncio.timeout(1):
        report = await readiness.report()
    assert report == {"database": NO_ANSWER, "slack": State("check failed (ConnectionError)"), "disk": OK}


async def test_frequent_probes_do_not_turn_into_requests_to_slack():
    """Probes within a second share one report; a later one checks again."""
    moment = 100.0
    bot = FakeBot()
    readiness = Readiness(bot.checks, now=lambda: moment)
    await asyncio.gather(*(readiness.report() for _ in range(20)))
    assert bot.asked == ["database", "slack"]
    moment, bot.states["slack"] = 101.5, NO_ANSWER
    assert await readiness.report() == {"database": OK, "slack": NO_ANSWER}


async def test_only_a_change_of_state_is_logged():
    """A part that goes down, and comes back, is one line each, however often it is probed."""
    moment = 100.0
    bot = FakeBot()
    readiness = Readiness(bot.checks, now=lambda: moment)
    with structlog.testing.capture_logs() as lines:
        for state in (OK, NO_ANSWER, NO_ANSWER, OK, OK):
            moment, bot.states["slack"] = moment + 2, state
            await readiness.report()
    assert [(line["log_level"], line["part"], line["state"]) for line in lines] == [
        ("warning", "slack", "no answer"),
        ("info", "slack", "ok"),
    ]
