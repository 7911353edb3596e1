import asyncio

import structlog

from handlers.shared.services import BackgroundTasks


async def test_work_that_takes_too_long_is_cancelled():
    """What can be finished in time is finished, also what it starts; the rest is cancelled, and the log says so."""
    background, done = BackgroundTasks(), []

    async def quick(name: str) -> None:
        done.append(name)
        if name == "first":
            background.run("second", quick("second"))

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            done.append("cancelled")

    background.run("slow", slow())
    background.run("first", quick("first"))
    with structlog.testing.capture_logs() as logged:
        await background.finish(0.05)
    assert done == ["first", "second", "cancelled"]
    assert [entry["event"] for entry in logged] == ["background.cancelled"]
