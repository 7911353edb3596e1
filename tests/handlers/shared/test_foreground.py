import asyncio
from typing import Any

import pytest

from tests.support.harness import BotHarness


async def test_a_listener_is_at_work_until_its_end(
    sqlite_harness: BotHarness, workspace: Any, monkeypatch: pytest.MonkeyPatch
):
    """A command is acknowledged at once, and background work still waits until its modal is open."""
    was_quiet = []

    async def views_open(**_arguments: Any) -> None:
        waiting = asyncio.create_task(sqlite_harness.services.foreground.quiet(5))
        await asyncio.sleep(0)
        was_quiet.append(waiting.done())
        waiting.cancel()

    monkeypatch.setattr(sqlite_harness.app.client, "views_open", views_open)
    await sqlite_harness.command(workspace.ana.slack_id, "prep")
    assert was_quiet == [False]
    await sqlite_harness.services.foreground.quiet(5)
