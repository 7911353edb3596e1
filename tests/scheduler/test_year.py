"""Six weeks of a small company (`python -m benchmarks year` plays a year with a thousand pairs)."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cycle.replanning import out_of_line
from storage.due import find_due
from tests.support.databases import SqliteTemplate, opened
from tests.support.year import Year

AUTUMN = datetime(2027, 10, 25, 3, tzinfo=UTC)  # clocks change on 31 October in Europe, on 7 November in America
SIX_WEEKS = timedelta(days=42)


async def test_six_weeks_go_by_without_a_fault(sqlite_template: SqliteTemplate, tmp_path: Path):
    """Nothing outside hours, on days off, twice, over the budget or out of order; nothing and nobody is forgotten."""
    async with opened(sqlite_template.copy(tmp_path)) as database:
        year = Year(database, await database.workspace("T0ACME", "Acme"), pairs=4, begins=AUTUMN, accidents=0.05)
        await year.founds()
        await year.closes(date(2027, 11, 24), date(2027, 11, 26))
        await year.passes(SIX_WEEKS)
        assert year.slack.counts["messages"] > 30
        assert year.slack.faults == []
        assert [*await year.forgotten(), *await year.left_lying()] == []
        assert await find_due(database, year.now) == []
        async with database.reading(year.workspace_id) as store:
            assert await out_of_line(store, year.pair_ids, year.now) == []
