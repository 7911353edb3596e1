"""The floor of delivery: a claim–post–settle loop over SQLAlchemy Core, with nothing else in it."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.due_people import NOW
from cycle.nudges import Action, Button, NudgeText
from handlers.views import nudge_message
from scheduler.messenger import MessagePart

LEASE: Final = timedelta(minutes=2)

floor = sa.Table(
    "bare_nudge",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("ready_at", sa.DateTime(timezone=True), index=True),
    sa.Column("message_id", sa.String),
    sa.Column("channel", sa.String),
    sa.Column("ts", sa.String),
)


def message() -> dict[str, Any]:
    """The same message for everyone, of the size of a real one."""
    words = NudgeText(
        "Your next career discussion with Ana is due by Tue 7 April and has no date yet.",
        (Button("Find a time", Action.OPEN_SCHEDULE, 1, primary=True),),
    )
    part = MessagePart(1, "schedule_next:1:1", words)
    return nudge_message.render([part], late=False)


Post = Callable[[dict[str, Any]], Awaitable[Any]]
"""Posts a message, given the arguments of `chat.postMessage`, and returns Slack's answer."""


class BareDelivery:
    """Claims a batch, posts it, settles it, until nothing is due."""

    def __init__(self, engine: AsyncEngine, post: Post, batch: int, in_flight: int) -> None:
        self._engine = engine
        self._post = post
        self._batch = batch
        self._in_flight = in_flight
        self._message = message()

    async def prepare(self, rows: int) -> None:
        """Make the table, with this many rows."""
        async with self._engine.begin() as connection:
            await connection.run_sync(floor.create)
            planned = [{"person": f"U{number}", "state": "planned"} for number in range(1, rows + 1)]
            await connection.execute(sa.insert(floor), planned)

    async def put_back(self) -> None:
        """Make everything due."""
        async with self._engine.begin() as connection:
            await connection.execute(sa.update(floor).values(state="planned", ready_at=NOW, message_id=None))

    async def deliver(self) -> None:
        """Deliver all that is due."""
        while claimed := await self._claim(NOW):
            sent = await self._post_all(claimed)
            await self._settle(sent)

    async def _claim(self, now: datetime) -> list[tuple[int, str, str]]:
        due = (
            sa.select(floor.c.id, floor.c.person)
            .where(floor.c.ready_at <= now)
            .order_by(floor.c.ready_at)
            .limit(self._batch)
            .with_for_update(skip_locked=True)
        )
        claim = (
            sa.update(floor)
            .where(floor.c.id == sa.bindparam("key"))
            .values(state="claimed", ready_at=now + LEASE, message_id=sa.bindparam("message"))
        )
        async with self._engine.begin() as connection:
            claimed = [(key, person, uuid.uuid4().hex) for key, person in await connection.execute(due)]
            if claimed:
                await connection.execute(claim, [{"key": key, "message": message} for key, _, message in claimed])
        return claimed

    async def _post_all(self, claimed: list[tuple[int, str, str]]) -> list[dict[str, Any]]:
        room = asyncio.Semaphore(self._in_flight)

        async def post(key: int, person: str, message_id: str) -> dict[str, Any]:
            metadata = {"event_type": "career_nudge", "event_payload": {"id": message_id}}
            async with room:
                said = await self._post({"channel": person, "metadata": metadata, **self._message})
            return {"key": key, "said_channel": said["channel"], "said_ts": said["ts"]}

        return await asyncio.gather(*(post(*one) for one in claimed))

    async def _settle(self, sent: list[dict[str, Any]]) -> None:
        settle = (
            sa.update(floor)
            .where(floor.c.id == sa.bindparam("key"), floor.c.state == "claimed")
            .values(state="sent", ready_at=None, channel=sa.bindparam("said_channel"), ts=sa.bindparam("said_ts"))
        )
        async with self._engine.begin() as connection:
            await connection.execute(settle, sent)
