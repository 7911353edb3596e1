"""A process of its own that delivers what is due, and notes what it posted in a file that all may append to."""

import asyncio
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from scheduler.clocks import Clocks
from scheduler.delivery import Delivery
from scheduler.messenger import MessagePart, MessageSize, OutgoingMessage, Posted, UnconfirmedMessage
from storage.database import Database
from storage.engine import make_engine
from storage.key_file import KeyFile
from storage.write_queue import DatabaseBusy
from tests.support.databases import cipher

SMALL_BATCH = 20  # people, so that the processes keep meeting
START_SECONDS = 30


class NotingMessenger:
    """Stands in for Slack: a line for each nudge that was posted."""

    capacity = MessageSize(50, 9_000)

    def __init__(self, notes: Path) -> None:
        self._notes = notes.open("a", buffering=1)

    def size(self, _part: MessagePart) -> MessageSize:
        """Small."""
        return MessageSize(1, 1)

    async def post(self, message: OutgoingMessage) -> Posted:
        """Note it; a line is written whole."""
        await asyncio.sleep(0)
        for part in message.parts:
            self._notes.write(f"{message.recipient.id} {part.key}\n")
        return Posted(f"D{message.recipient.id}", "1.000100")

    async def find(self, message: UnconfirmedMessage) -> Posted | None:
        """Nothing is ever unconfirmed here."""
        raise NotImplementedError


def deliver_all(url: str, workspace_id: int, now: datetime, notes: Path, together: Barrier) -> None:
    """Deliver until nothing is due, beginning together with the others."""
    asyncio.run(_deliver_all(url, workspace_id, now, notes, together))


async def _deliver_all(url: str, workspace_id: int, now: datetime, notes: Path, together: Barrier) -> None:
    database = Database(make_engine(url, cipher()))
    messenger = NotingMessenger(notes)
    delivery = Delivery(database, lambda _workspace_id: messenger, Clocks(lambda: now), people=SMALL_BATCH)
    together.wait(START_SECONDS)
    taken = True
    while taken:
        try:
            taken = (await delivery.deliver(workspace_id)).taken > 0
        except DatabaseBusy:
            continue  # the other process was writing: as at the next tick of the scheduler
    await database.close()


def open_database(url: str, together: Barrier) -> None:
    """Open a database, migrating it where needed, together with the others."""
    together.wait(START_SECONDS)
    asyncio.run(_open(url))


async def _open(url: str) -> None:
    await (await Database.open(url, cipher())).close()


def open_with_key_file(folder: str, together: Barrier) -> None:
    """Open the SQLite database of a data folder with its key file, making both where needed, with the others."""
    together.wait(START_SECONDS)
    asyncio.run(_open_with_key_file(Path(folder)))


async def _open_with_key_file(folder: Path) -> None:
    await (await Database.open(f"sqlite:///{folder / 'career.db'}", KeyFile(folder).cipher)).close()
