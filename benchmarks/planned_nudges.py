"""The nudges of a hundred thousand pairs, written by the database itself from the plan of one of them.

The pairs are those of `benchmarks.pairs`: they differ in their keys, and so do their nudges. Planning and writing them
as the bot does would take minutes; that is measured with fewer.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from benchmarks.pairs import COMMITMENTS, REPORTS
from cycle.nudges import PlannedNudge, plan
from cycle.nudges.kind import BOTH
from cycle.snapshot_loading import load_snapshots
from storage.database import Database
from storage.nudges import NudgeScope, NudgeState

SAMPLE: Final = 997
"""The pair whose plan is taken: no other number in the key of a nudge is like its keys."""

PAIRS_PER_INSERT: Final = 5_000

# The templates have a row for each nudge of a pair, in this order.
COLUMNS: Final = "kind, stage, round, due_at, factor, plus, is_manager, before, names_person, after"
FILL: Final = """
    INSERT INTO nudge (workspace_id, scope, pair_id, person_id, kind, stage, round, subject_id, key, due_at, planned_at,
                       ready_at, state, attempts, reworded)
    WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}),
    template({columns}) AS (VALUES {templates}),
    nudges AS (SELECT n, n * factor + plus AS subject, template.*,
                      CASE is_manager WHEN 1 THEN {pairs} + 1 + (n - 1) / {reports} ELSE n END AS person
               FROM numbers CROSS JOIN template)
    SELECT {workspace_id}, '{scope}', n, person, kind, stage, round, subject,
           kind || ':' || subject || before || CASE names_person WHEN 1 THEN ':' || person ELSE '' END || after,
           {moment}, {now}, {moment}, '{state}', 0, {false}
    FROM nudges ORDER BY n
"""


class Template(NamedTuple):
    """A nudge of a pair; its subject is the number of the pair times `factor` plus `plus`."""

    kind: str
    stage: str
    round: int | None
    due_at: str
    factor: int
    plus: int
    is_manager: int
    before: str
    names_person: int
    after: str


async def save_nudges(database: Database, workspace_id: int, pairs: int, now: datetime) -> int:
    """Write the nudges of all pairs as a night at this moment would plan them. Returns how many each pair has."""
    async with database.reading(workspace_id) as store:
        (snapshot,) = (await load_snapshots(store, await store.pairs.by_ids([SAMPLE]), now)).values()
    templates = [_template(planned) for planned in plan(snapshot, now).values()]
    on_sqlite = database.engine.dialect.name == "sqlite"
    moments = {"moment": "due_at", "now": f"'{_written(now)}'"}
    for first in range(1, pairs + 1, PAIRS_PER_INSERT):
        fill = FILL.format(
            first=first, last=min(first + PAIRS_PER_INSERT, pairs + 1) - 1, pairs=pairs, reports=REPORTS,
            workspace_id=workspace_id, scope=NudgeScope.PAIR, state=NudgeState.PLANNED, columns=COLUMNS,
            templates=_values(templates), false="0" if on_sqlite else "false",
            **{name: text if on_sqlite else f"({text} || '+00')::timestamptz" for name, text in moments.items()},
        )  # fmt: skip
        async with database.engine.begin() as connection:
            if not on_sqlite:  # to check the foreign keys of millions of rows takes longer than to write them
                await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            await connection.execute(sa.text(fill.replace(":", r"\:")))
    async with database.engine.connect() as connection:
        settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await settled.exec_driver_sql("ANALYZE")
    return len(templates)


def _template(planned: PlannedNudge) -> Template:
    """Tells the keys of the sample from other numbers."""
    first = SAMPLE * len(COMMITMENTS) - len(COMMITMENTS) + 1
    is_commitment = first <= planned.subject_id < first + len(COMMITMENTS)
    factor, plus = (len(COMMITMENTS), planned.subject_id - SAMPLE * len(COMMITMENTS)) if is_commitment else (1, 0)
    assert is_commitment or planned.subject_id == SAMPLE, planned
    before = "" if planned.round is None else f":{planned.round}"
    stage = f":{planned.stage}" if planned.stage else ""
    if planned.stage == BOTH:
        before, stage = before + stage, ""
    return Template(
        planned.kind, planned.stage, planned.round, _written(planned.due_at), factor, plus,
        int(planned.person_id != SAMPLE), before, int(planned.to_each), stage,
    )  # fmt: skip


def _values(templates: Sequence[Template]) -> str:
    return ", ".join(f"({', '.join(_literals(one))})" for one in templates)


def _literals(template: Template) -> Iterable[str]:
    for value in template:
        match value:
            case None:
                yield "CAST(NULL AS integer)"
            case int():
                yield str(value)
            case _:
                yield f"'{value}'"


def _written(moment: datetime) -> str:
    """A moment in UTC as SQLite's column holds it."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
