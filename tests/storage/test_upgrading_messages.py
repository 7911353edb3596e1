"""Nudges that were in flight at revision 0003 are neither lost nor posted twice by the code of today."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.messenger import Posted, UnconfirmedMessage
from storage.database import Database
from storage.engine import make_engine
from storage.messages import MESSAGE, MessageState
from storage.nudges import NUDGE, NudgeState
from storage.schema import config, preparing
from tests.storage.test_upgrading import OF_0002, Rows, upgrade_filled
from tests.support.databases import Template, cipher
from tests.support.messengers import FakeMessenger

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE_ENDS = NOON + timedelta(minutes=1)
SOON = NOON + timedelta(days=3)


def nudge(key: int, state: str, person_id: int = 11, **rest: object) -> dict[str, object]:
    """A nudge of revision 0002, due at noon."""
    return {"id": key, "workspace_id": 1, "person_id": person_id, "pair_id": 21, "kind": "day_before",
            "key": f"day_before:32:2:{key}", "subject_id": 32, "due_at": NOON, "planned_at": NOON, "attempts": 1,
            "state": state, **rest}  # fmt: skip


IN_FLIGHT = {"ready_at": LEASE_ENDS, "message_id": "arrived"}
NUDGES = [
    nudge(1, "planned", ready_at=SOON),
    nudge(2, "claimed", **IN_FLIGHT),
    nudge(3, "claimed", **IN_FLIGHT),
    nudge(4, "claimed", person_id=12, ready_at=LEASE_ENDS, message_id="lost"),
    nudge(5, "sent", message_id="sent", channel="D11", ts="1.5", settled_at=NOON),
    nudge(6, "sent", message_id="sent", channel="D11", ts="1.5", settled_at=NOON),
    nudge(7, "failed", message_id="refused", failure="is_archived", settled_at=NOON),
    nudge(8, "failed", failure="user_disabled", settled_at=NOON),
    nudge(9, "cancelled", settled_at=NOON),
]
BEFORE: Rows = {**OF_0002, "nudge": NUDGES}


class Slack(FakeMessenger):
    """A Slack that has one of the messages in flight, by its id."""

    async def find(self, message: UnconfirmedMessage) -> Posted | None:
        """Where that message is."""
        self.looked_for.append(message)
        return Posted("D11", "2.5") if message.public_id == "arrived" else None


@pytest.fixture(scope="module")
def upgraded_url(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database that was upgraded with nudges in flight, to copy."""
    url = template.empty(tmp_path_factory.mktemp("upgraded"))
    asyncio.run(upgrade_filled(url, BEFORE))
    yield url
    template.drop(url)


@pytest.fixture
async def upgraded(template: Template, upgraded_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with nudges in flight, filled by an earlier revision and upgraded by the code of today."""
    url = template.copy_of(upgraded_url, tmp_path)
    database = await Database.open(url, cipher())
    yield database
    await database.close()
    template.drop(url)


async def rows_of(database: Database, table: sa.Table) -> list[sa.RowMapping]:
    """All rows of a table by key."""
    async with database.engine.connect() as connection:
        return list((await connection.execute(sa.select(table).order_by(table.c.id))).mappings())


async def test_what_was_in_flight_becomes_messages(upgraded: Database):
    """Each id of before is one message now, with its lease, its place or its failure, and its nudges refer to it."""
    messages = {row["public_id"]: row for row in await rows_of(upgraded, MESSAGE)}
    assert {key: (row["state"], row["person_id"], row["ready_at"]) for key, row in messages.items()} == {
        "arrived": (MessageState.CLAIMED, 11, LEASE_ENDS), "lost": (MessageState.CLAIMED, 12, LEASE_ENDS),
        "sent": (MessageState.SENT, 11, None), "refused": (MessageState.FAILED, 11, None),
    }  # fmt: skip
    assert (messages["sent"]["channel"], messages["sent"]["ts"], messages["sent"]["posted_at"]) == ("D11", "1.5", NOON)
    assert messages["refused"]["failure"] == "is_archived"
    nudges = {row["id"]: row for row in await rows_of(upgraded, NUDGE)}
    of_message = {public_id: [key for key, row in nudges.items() if row["message_id"] == message["id"]]
                  for public_id, message in messages.items()}  # fmt: skip
    assert of_message == {"arrived": [2, 3], "lost": [4], "sent": [5, 6], "refused": [7]}
    assert {key: row["ready_at"] for key, row in nudges.items() if row["ready_at"]} == {1: SOON}
    assert [row["state"] for row in nudges.values()] == [one["state"] for one in NUDGES]


async def test_what_was_in_flight_is_neither_lost_nor_doubled(upgraded: Database):
    """After the lease the one that arrived is found and the one that did not is planned again."""
    slack = Slack(lambda: NOON)
    confirmation = Confirmation(upgraded, {1: slack}.get, Clocks(lambda: LEASE_ENDS, lambda: 0.0))
    confirmed = await confirmation.confirm(1)
    assert (confirmed.found, confirmed.missing) == (1, 1)
    assert {message.since <= NOON for message in slack.looked_for} == {True}
    states = {row["id"]: (row["state"], row["ready_at"]) for row in await rows_of(upgraded, NUDGE)}
    assert states[2] == states[3] == (NudgeState.SENT, None)
    assert states[4] == (NudgeState.PLANNED, LEASE_ENDS)
    assert [row["ts"] for row in await rows_of(upgraded, MESSAGE) if row["public_id"] == "arrived"] == ["2.5"]


async def test_an_upgrade_can_be_undone(upgraded: Database):
    """Back at the revision before, every nudge says again what it said."""
    engine = make_engine(upgraded.engine.url.render_as_string(hide_password=False), cipher())
    async with preparing(engine) as connection:  # as upgrades run
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "0003"))
        found = (await connection.execute(sa.text("SELECT * FROM nudge ORDER BY id"))).mappings().all()
    await engine.dispose()
    kept = ("id", "state", "message_id", "channel", "ts", "failure")
    assert [[row[name] for name in kept] for row in found] == [[one.get(name) for name in kept] for one in NUDGES]
    assert [bool(row["ready_at"]) for row in found] == [bool(one.get("ready_at")) for one in NUDGES]
