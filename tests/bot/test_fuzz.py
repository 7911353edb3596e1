import asyncio
from pathlib import Path

import pytest

from tests.support.databases import SqliteTemplate
from tests.support.fuzzing import fuzz

REQUESTS, SEED = 1_000, 20261125


@pytest.mark.xfail(strict=False, reason="some listeners still trust what they are given")
def test_no_signed_request_breaks_the_bot(sqlite_template: SqliteTemplate, tmp_path: Path):
    """A thousand requests that nearly come from Slack: no 5xx, no traceback, none slow, and all is whole afterwards."""
    report = asyncio.run(fuzz(REQUESTS, SEED, tmp_path, sqlite_template))
    assert report.faults == []
    assert report.statuses.total() == REQUESTS
    assert report.statuses[200] > REQUESTS // 2, "most mutations get past the edge, or little is tested"
