import asyncio

from bot.readiness import Readiness
from tests.bot.fake_bot import FakeBot


async def test_a_part_that_hangs_or_fails_counts_as_not_answering():
    """The result comes in bounded time, and one part's trouble does not affect the other."""

    class Stuck(FakeBot):
        async def database_answers(self) -> bool:
            await asyncio.Event().wait()
            return True

        async def slack_answers(self) -> bool:
            raise ConnectionError

    bot = Stuck()
    async with asyncio.timeout(1):
        assert await Readiness(bot, patience=0.01).parts() == {"database": False, "slack": False}


async def test_frequent_probes_do_not_turn_into_requests_to_slack():
    """Probes within a second share one answer; a later one asks again."""
    moment = 100.0
    bot = FakeBot()
    readiness = Readiness(bot, now=lambda: moment)
    await asyncio.gather(*(readiness.parts() for _ in range(20)))
    assert bot.asked == ["database", "slack"]
    moment, bot.slack_is_up = 101.5, False
    assert await readiness.parts() == {"database": True, "slack": False}
