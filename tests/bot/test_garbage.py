import gc
from collections.abc import Iterator

import pytest

from bot import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the collector as the other tests expect it."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


async def test_nothing_is_collected_before_the_start_was_answered(monkeypatch: pytest.MonkeyPatch):
    """The collector rests during the start and for a moment after it, then looks at what is new alone."""
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append((seconds, gc.isenabled()))

    monkeypatch.setattr("bot.garbage.asyncio.sleep", sleep)
    garbage.pause()
    await garbage.resume_soon()
    assert waited == [(garbage.AFTER_THE_START, False)]
    assert gc.isenabled()
    assert gc.get_threshold()[0] == garbage.NEW_OBJECTS
    assert gc.get_freeze_count() > 0
