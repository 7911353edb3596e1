import asyncio
from pathlib import Path

import pytest

from tests.support.databases import PostgresTemplate, SqliteTemplate, Template
from tests.support.fuzzing import fuzz

SEED = 20261125


def check(count: int, folder: Path, template: Template) -> None:
    """Send requests that nearly come from Slack: no 5xx, no traceback, none slow, and all is whole afterwards."""
    report = asyncio.run(fuzz(count, SEED, folder, template))
    assert report.faults == []
    assert report.statuses.total() == count
    assert report.statuses[200] > count // 2, "most mutations have to get past the edge, or little is tested"


def test_no_signed_request_breaks_the_bot(sqlite_template: SqliteTemplate, tmp_path: Path):
    """A thousand requests, each a genuine one with something wrong in it, are answered or refused."""
    check(1_000, tmp_path, sqlite_template)


@pytest.mark.postgres
def test_no_signed_request_breaks_the_bot_on_postgresql(postgres_template: PostgresTemplate, tmp_path: Path):
    """PostgreSQL refuses other values than SQLite does: a hundred requests show what the listeners let through."""
    check(100, tmp_path, postgres_template)
