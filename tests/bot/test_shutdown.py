import asyncio

from bot.shutdown import Shutdown
from tests.bot.conftest import Assemble
from tests.bot.fake_bot import FakeBot


async def test_a_part_that_does_not_finish_is_cut_short():
    """A part that never ends, or fails, does not hold up the others beyond the drain time."""
    shutdown = Shutdown(drain_seconds=0.05)

    async def never() -> None:
        await asyncio.Event().wait()

    async def broken() -> None:
        raise ConnectionError

    async with asyncio.timeout(1):
        await shutdown.finish(broken)
        await shutdown.finish(never)
    assert shutdown.seconds_left() == 0.0


async def test_the_bot_gets_the_time_that_is_left():
    """The bot gets what is left of the drain time, less what is kept back for closing."""
    bot = FakeBot()
    await Shutdown(drain_seconds=8).stop_bot(bot)
    assert bot.asked == ["stop"]
    assert 6 < bot.drain_seconds <= 7


async def test_work_that_never_ends_is_cut_short_before_its_database_is_closed(assembled: Assemble):
    """What hangs in the background is cancelled while Slack and the database can be reached; then both are closed."""
    bot = await assembled()
    started, could_reach_slack = asyncio.Event(), []

    async def never() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            could_reach_slack.append(not bot.session.closed)
            async with bot.services.database.reading(1) as store:
                await store.people.by_slack_id("U1")

    bot.services.background.run("never", never())
    await started.wait()
    async with asyncio.timeout(2):
        await bot.stop(0.05)
    assert could_reach_slack == [True]
    assert bot.session.closed


async def test_the_database_is_closed_after_the_last_listener(assembled: Assemble):
    """A listener that goes on after its acknowledgement reads to its end; only then is everything closed."""
    bot = await assembled()
    may_go_on, found = asyncio.Event(), []

    async def listener() -> None:
        with bot.services.foreground.request():
            await may_go_on.wait()
            async with bot.services.database.reading(1) as store:
                found.append(await store.people.by_slack_id("U1"))

    at_work = asyncio.create_task(listener())
    await asyncio.sleep(0)
    stopping = asyncio.create_task(bot.stop(5))
    done, _ = await asyncio.wait([stopping], timeout=0.2)
    assert not done
    assert not bot.session.closed
    may_go_on.set()
    async with asyncio.timeout(2):
        await stopping
    await at_work
    assert found == [None]
    assert bot.session.closed
