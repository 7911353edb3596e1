"""The product, assembled anew for each journey."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.chromium import Pages
from tests.support.stage import Stage


@pytest_asyncio.fixture(loop_scope="session")
async def stage(pages: Pages, tmp_path: Path) -> AsyncIterator[Stage]:
    """A new workspace on a Monday at 10:00 in Madrid; at the end no page may have reported an error."""
    async with Stage.opened(pages, tmp_path / "data") as stage:
        yield stage
    assert stage.troubles == []
