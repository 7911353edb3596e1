"""What is due in any workspace: the only queries that look across workspaces, and they return no row's content."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from storage.database import Database
from storage.engine import READ_ONLY
from storage.messages import MESSAGE, MessageState
from storage.nudges import NUDGE
from storage.people import WORKSPACE

CLOCKS_AGREE_WITHIN: Final = timedelta(minutes=1)
"""A row that was written further in the future than this was written by a wrong clock. Clocks of servers agree within
a fraction of a second (NTP); a minute is more than any of them should be off, and the longest that we let a wrong one
delay anything."""


LONGEST_EDIT_WAIT: Final = timedelta(hours=1)
"""No edit waits for longer; one that should was put off by a wrong clock."""


class Work(StrEnum):
    """What there is to do in a workspace."""

    POST = "post"  # nudges are due
    CONFIRM = "confirm"  # messages are unconfirmed
    EDIT = "edit"  # sent messages say what is no longer so
    UNDO_WRONG_CLOCK = "undo_wrong_clock"  # something was put off by a clock that was wrong


@dataclass(frozen=True)
class Due:
    """Something to do in a workspace."""

    workspace_id: int
    work: Work


async def find_due(database: Database, now: datetime) -> list[Due]:
    """What there is to do, the longest waiting first. One statement that reads only what is due and takes no lock."""
    wrong = now + CLOCKS_AGREE_WITHIN
    ready, unconfirmed, edits = NUDGE.c.ready_at, MESSAGE.c.ready_at, MESSAGE.c.edit_ready_at
    statement = sa.union_all(
        _oldest(Work.POST, NUDGE, ready, ready <= now),
        _oldest(Work.CONFIRM, MESSAGE, unconfirmed, unconfirmed <= now),
        _oldest(Work.EDIT, MESSAGE, edits, sa.and_(MESSAGE.c.state == MessageState.SENT, _is_due_for_edit(edits, now))),
        _oldest(Work.UNDO_WRONG_CLOCK, NUDGE, NUDGE.c.set_aside_at, NUDGE.c.set_aside_at > wrong),
        _oldest(Work.UNDO_WRONG_CLOCK, MESSAGE, unconfirmed, MESSAGE.c.leased_at > wrong),
    )
    async with database.engine.execution_options(**READ_ONLY).connect() as connection:
        rows = (await connection.execute(statement)).all()
    return list(dict.fromkeys(Due(row.workspace_id, Work(row.work)) for row in sorted(rows, key=lambda row: row.since)))


def _is_due_for_edit(ready: sa.ColumnElement[datetime], now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(ready <= now, ready > now + LONGEST_EDIT_WAIT)


def _oldest(
    work: Work, table: sa.Table, indexed: sa.ColumnElement[datetime], condition: sa.ColumnElement[bool]
) -> sa.Select[tuple[int, str, datetime]]:
    """The workspaces with rows that meet a condition, and since when; `indexed` names the partial index to read."""
    return (
        sa.select(table.c.workspace_id, sa.literal(work.value).label("work"), sa.func.min(indexed).label("since"))
        .where(indexed.is_not(None), condition)
        .group_by(table.c.workspace_id)
    )


async def next_moment(database: Database) -> datetime | None:
    """When there is next something to do in any workspace; None when nothing is planned."""
    statement = sa.union_all(
        *(sa.select(sa.func.min(table.c.ready_at)).where(table.c.ready_at.is_not(None)) for table in (NUDGE, MESSAGE))
    )
    async with database.engine.execution_options(**READ_ONLY).connect() as connection:
        moments = [moment for (moment,) in await connection.execute(statement) if moment is not None]
    return min(moments, default=None)


@dataclass(frozen=True)
class KnownWorkspace:
    """A workspace in the database."""

    id: int
    team_id: str
    name: str


async def workspaces(database: Database) -> list[KnownWorkspace]:
    """All workspaces, in the order in which they came."""
    statement = sa.select(WORKSPACE.c.id, WORKSPACE.c.team_id, WORKSPACE.c.name).order_by(WORKSPACE.c.id)
    async with database.engine.execution_options(**READ_ONLY).connect() as connection:
        return [KnownWorkspace(*row) for row in await connection.execute(statement)]
